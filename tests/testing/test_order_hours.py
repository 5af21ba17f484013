from datetime import UTC, datetime, time
from math import inf
from zoneinfo import ZoneInfo

import pytest

from tests.testing.trading import AAPL, order, trading
from trio_tws._model.session import Error
from trio_tws.testing import INSTRUMENTS, Calendar, DayHours, Market, exchange_hours
from trio_tws.testing._order_hours import (
    auction_of,
    begin_of_day,
    calendars_of,
    end_of_day,
    moment_of,
    next_at,
    open_from,
    spelled,
    waiting,
    working_from,
)
from trio_tws.testing._order_kinds import Waits
from trio_tws.testing._order_views import Leg

NEW_YORK = ZoneInfo("US/Eastern")
BY_NAME = {one.local_symbol: one for one in INSTRUMENTS}
STOCKS, FUTURES = (exchange_hours(BY_NAME[name]) for name in ("AAPL", "ESZ7"))
MORNINGS = Calendar("UTC", lambda _: DayHours("06:00-08:00"))
NIGHTS = Calendar("UTC", lambda _: DayHours("20:00-22:00"))


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


TUESDAY = at("2024-01-16 12:00")


def test_where_nothing_closes_there_are_no_calendars() -> None:
    legs = (Leg(BY_NAME["AAPL"].con_id), Leg(BY_NAME["ESZ7"].con_id))
    assert calendars_of(Market(INSTRUMENTS), legs) == ()
    assert calendars_of(Market(INSTRUMENTS, hours=exchange_hours), legs) == (STOCKS, FUTURES)
    assert open_from((), TUESDAY + 0.5, use_rth=True) == TUESDAY + 0.5
    assert end_of_day((), TUESDAY, NEW_YORK, use_rth=True) == at("2024-01-17 05:00")
    assert auction_of(Waits.FOR_OPENING, (), TUESDAY, NEW_YORK) == at("2024-01-16 14:30")
    assert auction_of(Waits.FOR_CLOSE, (), TUESDAY, NEW_YORK) == at("2024-01-16 21:00")


def test_all_have_to_be_open() -> None:
    saturday = at("2024-01-13 12:00")
    assert open_from((STOCKS, FUTURES), saturday, use_rth=True) == at("2024-01-16 14:30")
    assert open_from((STOCKS, FUTURES), saturday, use_rth=False) == at("2024-01-16 09:00")
    assert open_from((FUTURES,), saturday, use_rth=False) == at("2024-01-14 23:00")
    now = at("2024-01-16 15:00") + 0.5
    assert open_from((STOCKS, FUTURES), now, use_rth=True) == now


def test_some_are_never_open_together() -> None:
    assert open_from((MORNINGS, NIGHTS), TUESDAY, use_rth=True) == inf
    assert end_of_day((MORNINGS, NIGHTS), TUESDAY, NEW_YORK, use_rth=True) == inf


@pytest.mark.parametrize(
    ("use_rth", "now", "end"),
    [
        (True, "2024-01-16 15:00", "2024-01-16 21:00"),
        (True, "2024-01-16 21:00", "2024-01-17 21:00"),
        (False, "2024-01-16 15:00", "2024-01-16 22:00"),
        (True, "2024-07-03 15:00", "2024-07-03 17:00"),
    ],
)
def test_a_day_ends_with_the_first_of_all(use_rth: bool, now: str, end: str) -> None:
    found = end_of_day((STOCKS, FUTURES), at(now), NEW_YORK, use_rth=use_rth)
    assert found == at(end)


@pytest.mark.parametrize(
    ("waits", "now", "then"),
    [
        (Waits.FOR_OPENING, "2024-01-12 14:29", "2024-01-12 14:30"),
        (Waits.FOR_OPENING, "2024-01-12 14:30", "2024-01-16 14:30"),
        (Waits.FOR_CLOSE, "2024-01-12 14:30", "2024-01-12 21:00"),
        (Waits.FOR_CLOSE, "2024-07-03 12:00", "2024-07-03 17:00"),
        (Waits.FOR_STOP, "2024-07-03 12:00", None),
    ],
)
def test_auctions_are_those_of_the_exchange(waits: Waits, now: str, then: str | None) -> None:
    found = auction_of(waits, (STOCKS,), at(now), NEW_YORK)
    assert found == (None if then is None else at(then))


def test_a_day_with_a_break_has_one_opening_and_one_close() -> None:
    lunch = (Calendar("UTC", lambda _: DayHours("09:00-11:30,12:30-15:00")),)
    assert auction_of(Waits.FOR_OPENING, lunch, TUESDAY, NEW_YORK) == at("2024-01-17 09:00")
    assert auction_of(Waits.FOR_CLOSE, lunch, TUESDAY, NEW_YORK) == at("2024-01-16 15:00")
    assert end_of_day(lunch, TUESDAY, NEW_YORK, use_rth=True) == at("2024-01-16 15:00")


def test_the_clock_of_a_zone() -> None:
    assert next_at(time(9, 30), TUESDAY, NEW_YORK) == at("2024-01-16 14:30")
    assert next_at(time(7), TUESDAY, NEW_YORK) == at("2024-01-17 12:00")
    assert begin_of_day(TUESDAY, NEW_YORK) == at("2024-01-16 05:00")
    assert begin_of_day(TUESDAY, NEW_YORK, 2) == at("2024-01-14 05:00")
    assert spelled(TUESDAY, NEW_YORK) == "20240116 07:00:00 US/Eastern"
    assert moment_of("20240116", NEW_YORK) == at("2024-01-17 05:00")
    assert moment_of("20240116 07:00:00 US/Eastern", NEW_YORK) == TUESDAY
    assert moment_of("soon", NEW_YORK) is None


async def test_an_order_that_comes_at_night_is_told_so(autojump_clock: object) -> None:
    start = datetime.fromtimestamp(TUESDAY, UTC)
    async with trading(start=start, hours=exchange_hours) as trader:
        market, now = trader.simulator.market, trader.simulator.now()
        for number, wanted in enumerate((order("BUY", 100), order("SELL", 7, "MOC")), 1):
            await trader.place(AAPL, wanted, number)
        waits, closes = (one.draft for one in trader.simulator.exchange.book.open())
        assert working_from(market, waits, now) == at("2024-01-16 14:30")
        assert working_from(market, closes, now) == now
        words = waiting(waits, at("2024-01-16 14:30"), NEW_YORK)
        opening = "2024-01-16 09:30:00 US/Eastern"
        found = [one.message for one in trader.heard if isinstance(one, Error)]
        assert found == [words]
        assert words.splitlines() == [
            "Order Message:",
            "BUY 100 AAPL NASDAQ.NMS",
            f"Warning: Your order will not be placed at the exchange until {opening}.",
        ]
