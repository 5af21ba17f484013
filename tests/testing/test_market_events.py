from datetime import UTC, date, datetime
from itertools import pairwise

import pytest

from trio_tws.testing import CLOSED, INSTRUMENTS, Calendar, DayHours, Market, exchange_hours
from trio_tws.testing._market_events import jump, named
from trio_tws.testing._shapes import DAY

AAPL, ES, CALL, SPX = 265598, 2_100_000_001, 2_100_000_003, 416904
T = int(datetime(2026, 1, 15, 15, tzinfo=UTC).timestamp())


def market() -> Market:
    return Market(INSTRUMENTS)


def test_what_is_halted_keeps_its_quote_and_is_not_traded() -> None:
    one, plain = market(), market()
    path = one.path(AAPL)
    assert path.halt(T + 10.5)
    assert not path.halt(T + 11)
    assert path.resume(T + 20)
    assert not path.resume(T + 20)

    assert [one.is_halted(AAPL, T + second) for second in (10, 10.5, 19.9, 20)] == [0, 1, 1, 0]
    for second in range(40):
        is_halted = 11 <= second <= 20
        shown = T + (10 if is_halted else second)
        assert one.quote(AAPL, T + second) == plain.quote(AAPL, shown)
        assert one.price(AAPL, T + second) == plain.price(AAPL, shown)
        assert one.last_trade(AAPL, T + second) == plain.trade(AAPL, shown)
        assert (one.trade(AAPL, T + second) is None) is is_halted


def test_bars_leave_the_halt_out() -> None:
    one, plain = market(), market()
    one.path(AAPL).halt(T + 10)
    one.path(AAPL).resume(T + 50)

    assert one.bar(AAPL, T + 11, T + 51, "TRADES") is None
    assert one.bar(AAPL, T, T + 60, "TRADES").count == 11 + 9  # type: ignore[union-attr] # has one
    assert one.bar(AAPL, T + 51, T + 60, "ASK") == plain.bar(AAPL, T + 51, T + 60, "ASK")


def test_a_halt_has_no_end_until_it_is_resumed() -> None:
    one = market()
    one.path(AAPL).halt(T)

    assert one.trade(AAPL, T + 10**6) is None
    assert one.bar(AAPL, T - 5, T + 10**6, "TRADES").count == 6  # type: ignore[union-attr] # has one


def test_halts_that_touch_show_what_was_before_the_first() -> None:
    one, plain = market(), market()
    path = one.path(AAPL)
    for t in (T + 10, T + 15.25):
        path.halt(t)
        path.resume(t + 5)

    assert one.quote(AAPL, T + 20) == plain.quote(AAPL, T + 10)
    assert one.quote(AAPL, T + 21) == plain.quote(AAPL, T + 21)


def test_the_last_trade_is_that_before_the_market_closed() -> None:
    one = Market(INSTRUMENTS, 0, exchange_hours)
    closed = int(datetime(2026, 1, 17, 15, tzinfo=UTC).timestamp())
    last = one.last_trade(AAPL, closed)

    assert last is not None
    one.path(AAPL).halt(last.time - 60)
    assert one.last_trade(AAPL, closed) == Market(INSTRUMENTS, 0, exchange_hours).trade(
        AAPL, last.time - 60
    )


def test_a_jump_moves_all_prices_from_the_next_second_on() -> None:
    one, plain = market(), market()
    before = plain.quote(AAPL, T + 10)
    aapl = one.instrument(AAPL)
    jump(one, aapl, T + 10.5, 10)
    step = round(round(0.1 * plain.price(AAPL, T + 10) / aapl.min_tick) * aapl.min_tick, 2)

    assert one.quote(AAPL, T + 10) == before
    for second in range(11, 30):
        now, then = one.quote(AAPL, T + second), plain.quote(AAPL, T + second)
        assert now is not None
        assert then is not None
        assert round(now.bid - then.bid, 2) == round(now.ask - then.ask, 2) == step
    bars = one.bars(AAPL, T + 60, "60 S", "1 secs", "TRADES")
    assert [bar.close for bar in bars] == [
        trade.price for second in range(60) if (trade := one.trade(AAPL, T + second))
    ]
    whole = one.bar(AAPL, T, T + 60, "TRADES")
    assert whole is not None
    assert whole.high == max(bar.high for bar in bars)
    assert whole.low == min(bar.low for bar in bars)
    assert whole.volume == sum(bar.volume for bar in bars)


def test_jumps_add_up() -> None:
    one, plain = market(), market()
    jump(one, one.instrument(AAPL), T, 10)
    jump(one, one.instrument(AAPL), T + 10, -10)

    assert one.price(AAPL, T + 20) < plain.price(AAPL, T + 20)
    assert one.price(AAPL, T + 10) > plain.price(AAPL, T + 10)


def test_a_jump_in_a_halt_shows_when_it_ends() -> None:
    one, plain = market(), market()
    one.path(AAPL).halt(T)
    jump(one, one.instrument(AAPL), T + 10, 10)
    one.path(AAPL).resume(T + 20)

    prices = [one.price(AAPL, T + second) for second in range(15, 25)]
    assert prices[:6] == [plain.price(AAPL, T)] * 6
    assert prices[6] > 1.05 * prices[5]


def test_options_follow_in_their_next_minute() -> None:
    one, plain = market(), market()
    jump(one, one.instrument(AAPL), T + 90, 10)

    assert one.quote(CALL, T + 119) == plain.quote(CALL, T + 119)
    assert one.price(CALL, T + 120) > plain.price(CALL, T + 120)


def test_an_index_jumps_by_its_values() -> None:
    one, plain = market(), market()
    jump(one, one.instrument(SPX), T, -10)

    assert one.price(SPX, T + 1) < 0.91 * plain.price(SPX, T + 1)


def test_nothing_falls_to_zero() -> None:
    one = market()
    with pytest.raises(ValueError, match=r"-99 % from .* would take AAPL to zero"):
        jump(one, one.instrument(AAPL), T, -99)
    assert one.price(AAPL, T + 1) == market().price(AAPL, T + 1)


def test_what_is_closed_for_a_year_can_jump() -> None:
    def hours(day: date) -> DayHours:
        return CLOSED if day.year in {2026, 2027} else DayHours("09:30-16:00")

    one = Market(INSTRUMENTS, 0, lambda _: Calendar("UTC", hours))
    jump(one, one.instrument(AAPL), T, -10)
    assert one.trade(AAPL, T) is None
    assert one.last_trade(AAPL, 0) is None


def test_a_symbol_means_all_that_has_it() -> None:
    one = market()
    assert {each.sec_type for each in named(one, "AAPL")} == {"STK", "OPT"}
    (call,) = named(one, one.instrument(CALL).local_symbol)
    assert call.con_id == CALL
    with pytest.raises(ValueError, match=r"'AAPLE' is traded here; there are AAPL, "):
        named(one, "AAPLE")


def test_asking_changes_nothing() -> None:
    one, other = market(), market()
    for each in (one, other):
        each.path(AAPL).halt(T + 5)
        jump(each, each.instrument(AAPL), T + 7, 1)
        each.path(AAPL).resume(T + 9)
    prices = [one.price(AAPL, T + second) for second in range(20)]
    assert prices == [other.price(AAPL, T + second) for second in reversed(range(20))][::-1]
    assert any(a != b for a, b in pairwise(prices))


def test_a_price_is_looked_for_beyond_a_jump() -> None:
    one = market()
    aapl, top = one.instrument(AAPL), one.price(AAPL, T) + 15
    levels = [one.level(AAPL, "ASK", top, is_up=True)]
    assert one.next_reach(AAPL, T, levels) == T + 1 + DAY
    jump(one, aapl, T + 10, 10)
    assert one.next_reach(AAPL, T, levels) == T + 11
    assert one.next_reach(AAPL, T + 10, levels) == T + 11


def test_while_it_is_halted_each_moment_counts() -> None:
    one = market()
    levels = [one.level(AAPL, "ASK", 1.0, is_up=False)]
    one.path(AAPL).halt(T + 10)
    assert [one.next_reach(AAPL, T + t, levels) for t in (0, 10, 10.5, 500)] == [
        *(T + 1, T + 11, T + 11, T + 501)
    ]
    one.path(AAPL).resume(T + 600)
    assert one.next_reach(AAPL, T + 600, levels) == T + 601
    assert one.next_reach(AAPL, T + 601, levels) == T + 602 + DAY


def test_those_who_listen_are_told_of_each_event() -> None:
    one, told = market(), list[int]()
    one.listen(lambda: told.append(one.events))
    path = one.path(AAPL)
    path.halt(T)
    path.halt(T + 1)
    path.resume(T + 2)
    path.resume(T + 3)
    jump(one, one.instrument(AAPL), T + 4, 1)
    assert told == [1, 2, 3]


def test_the_day_so_far_is_the_same_whatever_has_happened_meanwhile() -> None:
    grown = market()
    for second in range(0, 100, 7):
        grown.session(AAPL, T + second)
        if second == 49:
            jump(grown, grown.instrument(AAPL), T + second, 2)
            grown.path(AAPL).halt(T + second + 1)
            grown.path(AAPL).resume(T + second + 5)
    at_once = market()
    jump(at_once, at_once.instrument(AAPL), T + 49, 2)
    at_once.path(AAPL).halt(T + 50)
    at_once.path(AAPL).resume(T + 54)
    assert grown.session(AAPL, T + 99) == at_once.session(AAPL, T + 99)
    assert grown.session(AAPL, T + 20) == at_once.session(AAPL, T + 20)
