"""Executions and commissions."""

from typing import Any

import ibapi.execution

from tests._model.survivors import changed
from tests.conformance.official import (
    CALLS,
    EXPECTED,
    OBJECTS,
    SAME,
    Expected,
    field_of,
    theirs,
)
from trio_tws._enums import OptionExerciseType
from trio_tws._model.executions import (
    CommissionAndFeesReport,
    ExecutionFilter,
    ReqExecutions,
)

OBJECTS[ExecutionFilter] = ibapi.execution.ExecutionFilter


def _req_executions(client: Any, message: ReqExecutions) -> None:
    wanted = theirs(message.exec_filter, field_of(ReqExecutions, "exec_filter"))
    wanted.specificDates = wanted.specificDates or None  # an empty list is refused below 200
    client.reqExecutions(message.req_id, wanted)


def _report(message: CommissionAndFeesReport, version: int) -> list[Expected]:
    """It takes the date for a number, and none for 0."""
    date = int(message.yield_redemption_date or 0)
    values = {
        "commissionAndFeesReport": (
            changed(message, yield_redemption_date=date),
            field_of(ExecutionFilter, "time"),
        )
    }
    return [Expected("commissionAndFeesReport", values)]


def _same_type(ours: OptionExerciseType, there: Any) -> bool:
    return bool(there.value[0] == ours)


CALLS[ReqExecutions] = _req_executions
EXPECTED[CommissionAndFeesReport] = _report
SAME[OptionExerciseType] = _same_type
