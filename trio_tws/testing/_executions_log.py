"""All that was traded: each fill with what it cost, and what was corrected later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Final, final
from zoneinfo import ZoneInfo

import attrs

from trio_tws._enums import OptionExerciseType
from trio_tws._model.contracts import Contract
from trio_tws._model.executions import (
    CommissionAndFeesReport,
    Execution,
    ExecutionData,
    ExecutionFilter,
)
from trio_tws.testing._order_booked import BookedOrder
from trio_tws.testing._order_hours import begin_of_day, moment_of, spelled

_ADDED: Final = 1
_REMOVED: Final = 2
_SIDES: Final = {"BUY": "BOT", "SELL": "SLD", "SSHORT": "SLD"}


@final
@attrs.frozen(kw_only=True)
class Deal:
    """One fill: of an order, or of one leg of a combination."""

    name: str
    """What its ids begin with; they end with the number of the correction."""
    revision: int = 1
    """1 for the fill as it was, 2 for its first correction."""
    booked: BookedOrder
    account: str
    """Who has got it: one of those that the order is for."""
    contract: Contract
    con_id: int
    """0 for a combination as a whole, which moves no position."""
    quantity: Decimal
    """Signed: negative if it was sold; 0 if it was taken back."""
    is_buy: bool
    price: float
    time: float
    """Epoch seconds."""
    cumulated: Decimal
    """Of the order, or of this leg of it, so far."""
    average: float
    """Of the same."""
    cost: Decimal | None = None
    """The commission; None for a combination as a whole: its legs cost."""
    currency: str = ""
    """Of the commission."""
    profit: Decimal | None = None
    """What was realised; None if nothing was closed."""
    adds_liquidity: bool = False
    exercise: OptionExerciseType = OptionExerciseType.NONE

    @property
    def exec_id(self) -> str:
        """The id under which it is told."""
        return f"{self.name}.{self.revision:02}"

    def data(self, zone: ZoneInfo, req_id: int = -1) -> ExecutionData:
        """Makes the message that tells of it."""
        booked = self.booked
        exchange = self.contract.exchange
        execution = Execution(
            order_id=booked.order_id,
            exec_id=self.exec_id,
            time=spelled(self.time, zone),
            acct_number=self.account,
            exchange="ISLAND" if exchange == "SMART" else exchange,
            side="BOT" if self.is_buy else "SLD",
            shares=abs(self.quantity),
            price=self.price,
            perm_id=booked.perm_id,
            client_id=booked.client_id,
            cum_qty=self.cumulated,
            avg_price=self.average,
            order_ref=booked.order.order_ref,
            model_code=booked.order.model_code,
            last_liquidity=_ADDED if self.adds_liquidity else _REMOVED,
            opt_exercise_or_lapse_type=self.exercise,
        )
        return ExecutionData(req_id, self.contract, execution)

    def report(self) -> CommissionAndFeesReport | None:
        """Makes the message that tells what it cost; None for a combination as a whole."""
        if self.cost is None:
            return None
        profit = None if self.profit is None else float(self.profit)
        return CommissionAndFeesReport(self.exec_id, float(self.cost), self.currency, profit)


@final
class ExecutionsLog:
    """All deals in their order, corrections included."""

    def __init__(self) -> None:
        self._deals: list[Deal] = []
        self._count = 0

    def new_names(self, perm_id: int, now: float, legs: int = 0) -> list[str]:
        """Gives the names of the parts of a new fill: of the whole, then of each leg."""
        self._count += 1
        root = f"{perm_id % 0xFFFFFFFF:08x}.{int(now) + self._count:08x}"
        return [f"{root}.{part:02}" for part in range(1, legs + 2)]

    def add(self, deal: Deal) -> None:
        """Takes note of a fill or a correction."""
        self._deals.append(deal)

    def __iter__(self) -> Iterator[Deal]:
        return iter(tuple(self._deals))

    def current(self) -> list[Deal]:
        """Gives each fill once, as it was corrected last."""
        return list({deal.name: deal for deal in self._deals}.values())

    def find(self, exec_id: str) -> Deal:
        """Gives the fill with an id, as it was corrected last.

        Raises:
            KeyError: There is none; the id may be that of any of its corrections.
        """
        name = exec_id.rpartition(".")[0]
        for deal in self.current():
            if deal.name == name:
                return deal
        raise KeyError(exec_id)


def is_wanted(deal: Deal, wanted: ExecutionFilter, now: float, zone: ZoneInfo) -> bool:
    """Tells whether a filter lets a deal pass; one that says nothing lets those of today pass.

    A time that can't be read, or a side that is none, lets nothing pass.
    """
    execution, contract = deal.data(zone).execution, deal.contract
    return all(
        (
            _is_of_day(deal, wanted, now, zone),
            wanted.client_id in {0, execution.client_id},
            wanted.acct_code in {"", execution.acct_number},
            not wanted.time or _is_after(deal.time, moment_of(wanted.time, zone)),
            wanted.symbol in {"", contract.symbol},
            wanted.sec_type in {"", contract.sec_type},
            wanted.exchange in {"", execution.exchange, contract.exchange},
            not wanted.side or _SIDES.get(wanted.side, wanted.side) == execution.side,
        )
    )


def _is_after(time: float, then: float | None) -> bool:
    return then is not None and time >= then


def _is_of_day(deal: Deal, wanted: ExecutionFilter, now: float, zone: ZoneInfo) -> bool:
    if wanted.specific_dates:
        day = datetime.fromtimestamp(deal.time, zone)
        return int(f"{day:%Y%m%d}") in wanted.specific_dates
    days = wanted.last_n_days or 1
    return deal.time >= begin_of_day(now, zone, days - 1)
