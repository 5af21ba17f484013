"""Market data lines."""

from typing import Any

from tests._model.survivors import changed
from tests.conformance.official import EXPECTED, PARAMETERS, SAME, Expected, callback
from trio_tws import _versions as v
from trio_tws._enums import TickAttrib, TickType
from trio_tws._model.ticks import TickPrice

PARAMETERS.update(
    {
        ("tickPrice", "attrib"): "attribs",
        ("tickReqParams", "tickerId"): "req_id",
    }
)

_SIZES = {
    TickType.BID: TickType.BID_SIZE,
    TickType.ASK: TickType.ASK_SIZE,
    TickType.LAST: TickType.LAST_SIZE,
    TickType.DELAYED_BID: TickType.DELAYED_BID_SIZE,
    TickType.DELAYED_ASK: TickType.DELAYED_ASK_SIZE,
    TickType.DELAYED_LAST: TickType.DELAYED_LAST_SIZE,
}


def _tick_price(message: TickPrice, version: int) -> list[Expected]:
    mask = message.attribs
    if version < v.PAST_LIMIT:  # the field is a flag there
        mask = TickAttrib(mask == 1)
    told = TickAttrib(0b011 if version < v.PRE_OPEN_BID_ASK else 0b111)
    price = callback("tickPrice", changed(message, attribs=mask & told))
    if message.tick_type not in _SIZES:
        return [price]
    return [price, callback("tickSize", changed(message, tick_type=_SIZES[message.tick_type]))]


def _same_mask(ours: TickAttrib, there: Any) -> bool:
    flags = (there.canAutoExecute, there.pastLimit, there.preOpen)
    return TickAttrib(sum(flag << at for at, flag in enumerate(flags))) == ours


EXPECTED[TickPrice] = _tick_price
SAME[TickAttrib] = _same_mask
