"""Historical bars."""

from tests.conformance.official import EXPECTED, PARAMETERS, Expected, callback, field_of
from trio_tws._model.bars import HistoricalData
from trio_tws._wire.fields import spec_of

PARAMETERS.update(
    {
        ("historicalDataEnd", "end"): "end_date",
        ("historicalDataEnd", "start"): "start_date",
        ("reqHistoricalData", "durationStr"): "duration",
    }
)


def _historical_data(message: HistoricalData, version: int) -> list[Expected]:
    req_id = (message.req_id, field_of(HistoricalData, "req_id"))
    bars = field_of(HistoricalData, "bars")
    calls = [
        Expected("historicalData", {"reqId": req_id, "bar": (bar, bars)}) for bar in message.bars
    ]
    if version in spec_of(HistoricalData).ends:
        calls.append(callback("historicalDataEnd", message))
    return calls


EXPECTED[HistoricalData] = _historical_data
