"""Tick-by-tick streams."""

from typing import Any

from tests._model.facts import class_of
from tests.conformance.official import EXPECTED, Expected, field_of
from trio_tws._model.tick_by_tick import TickByTick

_ALL_LAST = {
    "time": "time",
    "price": "price",
    "size": "size",
    "tickAttribLast": "tick_attrib_last",
    "exchange": "exchange",
    "specialConditions": "special_conditions",
}
_BID_ASK = {
    "time": "time",
    "bidPrice": "price_bid",
    "askPrice": "price_ask",
    "bidSize": "size_bid",
    "askSize": "size_ask",
    "tickAttribBidAsk": "tick_attrib_bid_ask",
}
_MID_POINT = {"time": "time", "midPoint": "price"}


def _tick_by_tick(message: TickByTick, version: int) -> list[Expected]:
    if message.last is not None:
        call = _callback("tickByTickAllLast", message, message.last, _ALL_LAST)
        call.values["tickType"] = (message.tick_type, field_of(TickByTick, "tick_type"))
        return [call]
    if message.bid_ask is not None:
        return [_callback("tickByTickBidAsk", message, message.bid_ask, _BID_ASK)]
    if message.mid_point is not None:
        return [_callback("tickByTickMidPoint", message, message.mid_point, _MID_POINT)]
    return []


def _callback(name: str, message: TickByTick, tick: Any, parameters: dict[str, str]) -> Expected:
    values = {
        there: (getattr(tick, own), field_of(class_of(tick), own))
        for there, own in parameters.items()
    }
    return Expected(name, {"reqId": (message.req_id, field_of(TickByTick, "req_id")), **values})


EXPECTED[TickByTick] = _tick_by_tick
