from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import trio

from tests.testing.program import START
from tests.testing.trading import AAPL, ACCOUNT, CALL, SPX
from trio_tws import LimitOrder, Stock, open_tws, with_conditions
from trio_tws._enums import SecType, TriggerMethod
from trio_tws._model.conditions import (
    Condition,
    ExecutionCondition,
    MarginCondition,
    PercentChangeCondition,
    PriceCondition,
    TimeCondition,
    UnknownCondition,
    VolumeCondition,
)
from trio_tws.testing import INSTRUMENTS, Books, Market, exchange_hours, open_simulator
from trio_tws.testing._order_conditions import Circumstances, con_ids_of, flaw_of, times_of

MARKET = Market(INSTRUMENTS)
NOW = START.timestamp()
ZONE = ZoneInfo("US/Eastern")
BEFORE = TimeCondition(is_more=False, time="20240116-14:30:01")
AFTER = TimeCondition(is_more=True, time="20240116-14:30:01")
YES, NO = BEFORE, AFTER


def holds(*conditions: Condition, cash: int = 1000, has_traded: bool = False) -> bool:
    books = Books((ACCOUNT,), MARKET, Decimal(cash))
    circumstances = Circumstances(MARKET, books, ACCOUNT, ZONE, NOW, lambda _: has_traded)
    return circumstances.hold(conditions)


@pytest.mark.parametrize(("ignores_rth", "is_met"), [(False, [False, True]), (True, [True, True])])
@pytest.mark.parametrize("version", [176, 226])
async def test_conditions_look_at_regular_hours_unless_they_ignore_them(
    version: int, ignores_rth: bool, is_met: list[bool], autojump_clock: object
) -> None:
    early = datetime(2026, 1, 15, 13, tzinfo=UTC)  # 08:00 in New York: open, and not regular
    cheap = PriceCondition(AAPL.con_id, "SMART", is_more=True, price=1.0)
    async with open_simulator(server_version=version, start=early, hours=exchange_hours) as sim:
        async with open_tws(stream=sim.open_stream(), client_id=1) as tws:
            order = with_conditions(
                LimitOrder("BUY", 1, 900.0, outside_rth=True), cheap, ignore_rth=ignores_rth
            )
            trade = await tws.place_order(await tws.qualify(Stock("AAPL")), order)
            await trade.accepted()
            found: list[bool] = []
            for seconds in (5390, 20):  # until just before the opening, and just after it
                await trio.sleep(seconds)
                await tws.current_time()
                found.append(trade.state.filled == 1)
            assert found == is_met


def price(is_more: bool, level: float, **more: Any) -> PriceCondition:
    return PriceCondition(AAPL.con_id, "SMART", is_more, level, **more)


def either(condition: TimeCondition) -> TimeCondition:
    return TimeCondition(condition.is_more, condition.time, is_conjunction_connection=False)


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ((), True),
        ((YES,), True),
        ((NO,), False),
        ((either(YES),), True),
        ((either(NO),), False),
        ((YES, NO), False),
        ((either(YES), NO), True),
        ((either(NO), YES), True),
        ((either(NO), NO), False),
        ((NO, either(NO), YES), True),
        ((YES, either(NO), YES, NO), False),
    ],
)
def test_conditions_are_joined(conditions: tuple[Condition, ...], expected: bool) -> None:
    assert holds(*conditions) is expected


def test_each_kind_looks_at_its_own() -> None:
    session = MARKET.session(AAPL.con_id, NOW)
    change = 100 * (MARKET.price(AAPL.con_id, NOW) / session.close_previous - 1)
    for is_more in (True, False):
        assert holds(price(is_more, 1.0)) is is_more
        assert holds(price(is_more, 1.0, trigger_method=TriggerMethod.BID_ASK)) is is_more
        assert holds(PriceCondition(CALL.con_id, "SMART", is_more, 1.0)) is is_more
        assert holds(VolumeCondition(AAPL.con_id, "SMART", is_more, 1)) is is_more
        assert holds(MarginCondition(is_more, 50)) is is_more
        level = change - 1
        assert holds(PercentChangeCondition(AAPL.con_id, "SMART", is_more, level)) is is_more
    assert not holds(MarginCondition(is_more=True, percent=50), cash=0)
    traded = ExecutionCondition("AAPL", SecType.STOCK, "SMART")
    assert holds(traded, has_traded=True)
    assert not holds(traded)
    assert not holds(UnknownCondition(type=2))
    assert not holds(TimeCondition(is_more=True, time="soon"))


def test_what_they_look_at_is_known() -> None:
    many = (price(is_more=True, level=1.0), YES, TimeCondition(is_more=True, time="soon"))
    assert con_ids_of(many) == {AAPL.con_id}
    assert times_of(many, ZONE) == [NOW + 1]


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        (UnknownCondition(type=2), 10340),
        (price(is_more=True, level=1.0, trigger_method=TriggerMethod(5)), 146),
        (PriceCondition(7, "SMART", is_more=True, price=1.0), 147),
        (VolumeCondition(7, "SMART", is_more=True, volume=1), 147),
        (PercentChangeCondition(7, "SMART", is_more=True, change_percent=1.0), 147),
        (TimeCondition(is_more=True, time="soon"), 391),
        (YES, None),
        (price(is_more=True, level=1.0), None),
        (PriceCondition(SPX.con_id, "CBOE", is_more=True, price=1.0), None),
        (MarginCondition(is_more=True, percent=1), None),
    ],
)
def test_what_makes_no_sense_is_told(condition: Condition, code: int | None) -> None:
    flaw = flaw_of(condition, MARKET, ZONE)
    assert (None if flaw is None else flaw[0]) == code
