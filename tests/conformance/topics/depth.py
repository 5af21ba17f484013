"""Market depth."""

from tests._model.facts import class_of, message_of
from tests.conformance.official import EXPECTED, Expected, field_of
from trio_tws._model.depth import MarketDepth, MarketDepthData, MarketDepthL2

_PARTS = {
    "position": "position",
    "operation": "operation",
    "side": "side",
    "price": "price",
    "size": "size",
}
_L2_PARTS = _PARTS | {"marketMaker": "market_maker", "isSmartDepth": "is_smart_depth"}


def _market_depth(message: MarketDepth | MarketDepthL2, version: int) -> list[Expected]:
    data = message.market_depth_data
    names = _PARTS if isinstance(message, MarketDepth) else _L2_PARTS
    values = {
        there: (getattr(data, name), field_of(MarketDepthData, name))
        for there, name in names.items()
    }
    values["reqId"] = (message.req_id, field_of(class_of(message), "req_id"))
    return [Expected(message_of(class_of(message)).official_name, values)]


EXPECTED[MarketDepth] = EXPECTED[MarketDepthL2] = _market_depth
