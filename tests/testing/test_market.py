"""The market as the simulator asks for it."""

import math
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trio_tws.testing import MarketSession, exchange_hours
from trio_tws.testing._bars import BarRequestError, parse_bar_size
from trio_tws.testing._instruments import INSTRUMENTS, Instrument
from trio_tws.testing._market import Market
from trio_tws.testing._market_facts import MarketBar, MarketTrade, TradingDay
from trio_tws.testing._shapes import DAY

BY_NAME = {instrument.local_symbol: instrument for instrument in INSTRUMENTS}
AAPL, SAP, ES, SPX = (BY_NAME[name] for name in ("AAPL", "SAP", "ESZ7", "SPX"))
PAIR, BOND, CALL = (
    BY_NAME[name] for name in ("EUR.USD", "IBCID127128131", "AAPL  271217C00230000")
)

MARKET = Market(INSTRUMENTS, seed=0)
NOON = 1_792_843_200  # 2026-10-24 12:00 UTC, a Saturday
NO = Decimal(-1)

times = st.integers(NOON - 3 * DAY, NOON)
traded = st.sampled_from([AAPL, SAP, ES, BOND, CALL, SPX])
quoted = st.sampled_from([AAPL, SAP, ES, BOND, CALL, PAIR])
shows = st.sampled_from(["TRADES", "MIDPOINT", "BID", "ASK", "BID_ASK"])


def is_on_grid(price: float, tick: float) -> bool:
    """Exactly: the float is the one that the decimal number reads as."""
    return Decimal(str(price)) % Decimal(str(tick)) == 0


def trades_of(instrument: Instrument, start: int, end: int) -> list[MarketTrade]:
    trades = (MARKET.trade(instrument.con_id, second) for second in range(start, end))
    return [trade for trade in trades if trade is not None]


def combined(bars: list[MarketBar]) -> MarketBar:
    """What several trade bars make together; their average price is left to another test."""
    return MarketBar(
        start=bars[0].start,
        open=bars[0].open,
        high=max(bar.high for bar in bars),
        low=min(bar.low for bar in bars),
        close=bars[-1].close,
        volume=sum((bar.volume for bar in bars), Decimal(0)),
        wap=NO,
        count=sum(bar.count for bar in bars),
    )


@pytest.mark.slow
@given(instrument=quoted, t=st.floats(0, 2e9))
def test_quotes_are_on_the_grid_and_apart(instrument: Instrument, t: float) -> None:
    quote = MARKET.quote(instrument.con_id, t)
    assert quote is not None
    assert 0 < quote.bid < quote.ask
    assert is_on_grid(quote.bid, instrument.min_tick)
    assert is_on_grid(quote.ask, instrument.min_tick)
    for size in (quote.bid_size, quote.ask_size):
        assert size > 0
        assert size % instrument.lot_size == 0
    middle = MARKET.price(instrument.con_id, t)
    assert quote.bid < middle < quote.ask
    assert is_on_grid(middle, instrument.min_tick / 2)


@given(instrument=traded, second=times)
def test_trades_are_within_the_quote(instrument: Instrument, second: int) -> None:
    trade = MARKET.trade(instrument.con_id, second)
    if trade is None:
        assert instrument is CALL
        assert second % MARKET.trade_interval(CALL.con_id)
        return
    assert trade.time == second
    assert is_on_grid(trade.price, instrument.min_tick)
    assert trade.size % instrument.lot_size == 0
    quote = MARKET.quote(instrument.con_id, second)
    if quote is None:
        assert trade.price == MARKET.price(instrument.con_id, second)
        assert trade.size == 0
    else:
        assert quote.bid <= trade.price <= quote.ask
        assert trade.size > 0


def test_an_index_has_no_quote_and_a_pair_no_trade() -> None:
    assert MARKET.quote(SPX.con_id, NOON) is None
    assert MARKET.trade(PAIR.con_id, NOON) is None


@pytest.mark.slow
@given(instrument=traded, end=times, length=st.integers(1, 2000))
def test_a_bar_is_its_trades(instrument: Instrument, end: int, length: int) -> None:
    bar = MARKET.bar(instrument.con_id, end - length, end, "TRADES")
    trades = trades_of(instrument, end - length, end)
    if bar is None:
        assert not trades
        return
    prices = [trade.price for trade in trades]
    assert (bar.open, bar.close) == (prices[0], prices[-1])
    assert (bar.high, bar.low) == (max(prices), min(prices))
    assert bar.count == len(trades)
    assert bar.volume == sum(trade.size for trade in trades)
    if bar.volume:
        turnover = sum(Decimal(str(trade.price)) * trade.size for trade in trades)
        tick = Decimal(str(instrument.min_tick))
        assert abs(bar.wap - turnover / bar.volume) < tick / 1000
        assert bar.low <= float(bar.wap) <= bar.high
    else:
        assert bar.wap == 0


@pytest.mark.slow
@given(
    instrument=traded,
    end=times,
    sizes=st.sampled_from(
        [
            ("1800 S", "1 secs", "5 secs"),
            ("3600 S", "5 secs", "1 min"),
            ("3600 S", "1 min", "5 mins"),
            ("1 D", "5 mins", "15 mins"),
            ("1 D", "1 hour", "8 hours"),
            ("3 D", "8 hours", "1 day"),
        ]
    ),
)
def test_small_bars_make_the_larger_ones(
    instrument: Instrument, end: int, sizes: tuple[str, str, str]
) -> None:
    duration, small, large = sizes
    minor = MARKET.bars(instrument.con_id, end, duration, small, "TRADES")
    major = MARKET.bars(instrument.con_id, end, duration, large, "TRADES")
    for index, bar in enumerate(major):
        after = major[index + 1].start if index + 1 < len(major) else end
        inside = [one for one in minor if bar.start <= one.start < after]
        assert combined(inside) == attrs.evolve(bar, wap=NO)


@pytest.mark.slow
@given(instrument=quoted, end=times, length=st.integers(1, 300))
def test_quote_bars_are_their_quotes(instrument: Instrument, end: int, length: int) -> None:
    start = end - length
    quotes = [MARKET.quote(instrument.con_id, second) for second in range(start, end)]
    bids = [quote.bid for quote in quotes if quote is not None]
    asks = [quote.ask for quote in quotes if quote is not None]
    middles = [MARKET.price(instrument.con_id, second) for second in range(start, end)]
    for what, prices in (("BID", bids), ("ASK", asks), ("MIDPOINT", middles)):
        assert MARKET.bar(instrument.con_id, start, end, what) == MarketBar(
            start, prices[0], max(prices), min(prices), prices[-1], NO, NO, -1
        )
    both = MARKET.bar(instrument.con_id, start, end, "BID_ASK")
    assert both is not None
    assert (both.high, both.low) == (max(asks), min(bids))
    tolerance = instrument.min_tick / 1000
    assert math.isclose(both.open, sum(bids) / length, abs_tol=tolerance)
    assert math.isclose(both.close, sum(asks) / length, abs_tol=tolerance)
    assert (both.volume, both.wap, both.count) == (NO, NO, -1)


@given(what=shows, end=times)
def test_pages_of_history_fit_together(what: str, end: int) -> None:
    """The second page ends where the first one begins."""
    both = MARKET.bars(AAPL.con_id, end, "7200 S", "5 mins", what)
    new = MARKET.bars(AAPL.con_id, end, "3600 S", "5 mins", what)
    old = MARKET.bars(AAPL.con_id, new[0].start, "3600 S", "5 mins", what)
    assert old + new == both


def test_a_day_of_five_minutes() -> None:
    bars = MARKET.bars(AAPL.con_id, NOON + 100.5, "1 D", "5 mins", "TRADES")
    starts = [bar.start for bar in bars]
    assert starts == list(range(NOON - DAY + 300, NOON + 1, 300))
    assert {bar.count for bar in bars[:-1]} == {300}
    assert bars[-1].count == 101, "the trades from second 0 to second 100"


def test_a_year_of_days() -> None:
    bars = MARKET.bars(AAPL.con_id, NOON, "1 Y", "1 day", "TRADES")
    begins = [datetime.fromtimestamp(bar.start, UTC) for bar in bars]
    assert [f"{day:%Y%m%d}" for day in (begins[0], begins[-1])] == ["20251025", "20261024"]
    assert len(bars) == 365
    assert bars[-1].count == DAY // 2


def test_weeks_and_months() -> None:
    weeks = MARKET.bars(AAPL.con_id, NOON, "2 M", "1 week", "TRADES")
    assert {datetime.fromtimestamp(bar.start, UTC).weekday() for bar in weeks} == {0}
    months = MARKET.bars(AAPL.con_id, NOON, "1 Y", "1 month", "TRADES")
    assert [datetime.fromtimestamp(bar.start, UTC).month for bar in months] == [
        *(11, 12),
        *range(1, 11),
    ]


def test_an_option_has_no_bars_where_it_does_not_trade() -> None:
    trades = MARKET.bars(CALL.con_id, NOON, "300 S", "30 secs", "TRADES")
    assert [bar.start for bar in trades] == list(range(NOON - 300, NOON, 60))
    quotes = MARKET.bars(CALL.con_id, NOON, "300 S", "30 secs", "BID_ASK")
    assert [bar.start for bar in quotes] == list(range(NOON - 300, NOON, 30))


def test_no_time_has_no_bar() -> None:
    assert MARKET.bar(AAPL.con_id, NOON, NOON, "TRADES") is None
    assert MARKET.bar(AAPL.con_id, NOON, NOON, "BID_ASK") is None


def test_the_adjusted_last_is_the_last() -> None:
    adjusted = MARKET.bars(AAPL.con_id, NOON, "1 D", "1 hour", "ADJUSTED_LAST")
    assert adjusted == MARKET.bars(AAPL.con_id, NOON, "1 D", "1 hour", "TRADES")


@pytest.mark.parametrize(
    ("instrument", "what", "name"),
    [
        (PAIR, "TRADES", "EUR.USD@IDEALPRO Trades"),
        (SPX, "MIDPOINT", "SPX@CBOE Midpoint"),
        (SPX, "BID_ASK", "SPX@CBOE Bid_ask"),
        (AAPL, "HISTORICAL_VOLATILITY", "AAPL@SMART Historical_volatility"),
        (AAPL, "AGGTRADES", "AAPL@SMART Aggtrades"),
    ],
)
def test_what_does_not_exist_is_no_data(instrument: Instrument, what: str, name: str) -> None:
    with pytest.raises(BarRequestError, match=what) as caught:
        MARKET.bars(instrument.con_id, NOON, "1 D", "1 hour", what)
    assert caught.value.code == 162
    assert caught.value.text.endswith(f":HMDS query returned no data: {name}")
    with pytest.raises(BarRequestError):
        MARKET.bar(instrument.con_id, NOON - 5, NOON, what)


def test_a_request_that_tws_refuses_is_refused() -> None:
    with pytest.raises(BarRequestError, match="invalid step: 1"):
        MARKET.bars(AAPL.con_id, NOON, "1 D", "1 secs", "TRADES")


@given(instrument=st.sampled_from([AAPL, CALL, SPX]), t=st.floats(NOON - 2 * DAY, NOON))
def test_a_session_is_the_day_so_far(instrument: Instrument, t: float) -> None:
    midnight = int(t) - int(t) % DAY
    session = MARKET.session(instrument.con_id, t)
    bar = MARKET.bar(instrument.con_id, midnight, int(t) + 1, "TRADES")
    before = MARKET.bar(instrument.con_id, midnight - DAY, midnight, "TRADES")
    assert bar is not None
    assert before is not None
    assert session == TradingDay(bar.open, bar.high, bar.low, before.close, bar.volume)


def test_a_pairs_session_is_of_the_midpoint() -> None:
    session = MARKET.session(PAIR.con_id, NOON)
    assert session.open == MARKET.price(PAIR.con_id, NOON - DAY // 2)
    assert session.close_previous == MARKET.price(PAIR.con_id, NOON - DAY // 2 - 1)
    assert session.volume == 0


def test_the_first_day_has_its_own_opening_as_previous_close() -> None:
    session = MARKET.session(AAPL.con_id, 100.0)
    assert session.close_previous == session.open


@pytest.mark.slow
def test_the_same_seed_is_the_same_market() -> None:
    asked: list[list[float]] = []
    some = [AAPL, SAP, CALL]
    for seed in (0, 0, 1):
        market = Market(reversed(some), seed)
        asked.append([market.price(one.con_id, NOON) for one in some])
    assert asked[0] == asked[1] == [MARKET.price(one.con_id, NOON) for one in some]
    assert all(one != other for one, other in zip(asked[0], asked[2], strict=True))


def test_it_knows_its_instruments() -> None:
    assert MARKET.instruments == INSTRUMENTS
    assert MARKET.instrument(AAPL.con_id) is AAPL


def test_an_unknown_con_id_is_a_key_error() -> None:
    for ask in (MARKET.instrument, MARKET.trade_interval):
        with pytest.raises(KeyError):
            ask(1)


@pytest.mark.parametrize("ask", [MARKET.price, MARKET.quote, MARKET.session])
def test_there_is_nothing_before_1970(ask: object) -> None:
    assert callable(ask)
    with pytest.raises(ValueError, match="begins in 1970"):
        ask(AAPL.con_id, -0.5)


def test_there_are_no_trades_or_bars_before_1970() -> None:
    with pytest.raises(ValueError, match="begins in 1970"):
        MARKET.trade(AAPL.con_id, -60)
    with pytest.raises(ValueError, match="begins in 1970"):
        MARKET.bars(AAPL.con_id, -1.0, "1 D", "1 min", "TRADES")
    with pytest.raises(ValueError, match="begins in 1970"):
        MARKET.bar(AAPL.con_id, -60, 0, "TRADES")


def test_two_of_one_con_id_are_refused() -> None:
    with pytest.raises(ValueError, match="two instruments have the con_id 265598"):
        Market([AAPL, attrs.evolve(AAPL, symbol="OTHER")])


@pytest.mark.parametrize("others", [[], [attrs.evolve(CALL, con_id=AAPL.con_id)]])
def test_an_option_needs_its_underlying(others: list[Instrument]) -> None:
    with pytest.raises(ValueError, match="its underlying, con_id 265598, has to be in the market"):
        Market([CALL, *others])


def test_a_whole_tick_prints_as_such() -> None:
    bond = Market([attrs.evolve(BOND, con_id=1, min_tick=5.0, base_price=1000.0, spread_ticks=1)])
    assert MARKET.price(ES.con_id, NOON) % 0.125 == 0
    assert bond.price(1, NOON) % 2.5 == 0


@pytest.mark.slow
@pytest.mark.wide
def test_a_year_of_an_option_agrees_with_its_days() -> None:
    """The dearest question there is: half a million minutes, counted one by one."""
    year = MARKET.bars(CALL.con_id, NOON, "1 Y", "1 day", "TRADES")
    day = MARKET.bars(CALL.con_id, year[100].start + DAY, "1 D", "1 day", "TRADES")
    assert day == year[100:101]
    assert len(year) == 365


# Hours ............................................................................................

HOURS = Market(INSTRUMENTS, hours=exchange_hours)
FRIDAY_CLOSE = 1_792_785_600  # 2026-10-23 20:00 UTC, when stocks close
EVENING = FRIDAY_CLOSE + 4 * 3600
MONDAY = FRIDAY_CLOSE + 3 * DAY - 6 * 3600 - 1800  # 2026-10-26 13:30 UTC, when they open
PRE_MARKET = MONDAY - 5 * 3600 - 1800


def test_what_is_shown_while_it_is_open_is_what_would_be_shown_anyway() -> None:
    for con_id in (one.con_id for one in INSTRUMENTS):
        for second in range(MONDAY + 3600, MONDAY + 3700, 7):
            assert HOURS.is_open(con_id, second, use_rth=True)
            assert HOURS.quote(con_id, second) == MARKET.quote(con_id, second)
            assert HOURS.trade(con_id, second) == MARKET.trade(con_id, second)
            assert HOURS.price(con_id, second) == MARKET.price(con_id, second)


def test_while_it_is_closed_nothing_moves() -> None:
    last = HOURS.quote(AAPL.con_id, EVENING - 1)
    assert last == MARKET.quote(AAPL.con_id, EVENING - 1)
    for second in (EVENING, NOON, PRE_MARKET - 1):
        assert not HOURS.is_open(AAPL.con_id, second)
        assert HOURS.quote(AAPL.con_id, second) == last
        assert HOURS.trade(AAPL.con_id, second) is None
        assert HOURS.last_trade(AAPL.con_id, second) == MARKET.trade(AAPL.con_id, EVENING - 1)
    assert HOURS.price(AAPL.con_id, PRE_MARKET) != HOURS.price(AAPL.con_id, NOON)
    assert MARKET.is_open(AAPL.con_id, NOON)


def test_regular_hours_have_a_last_trade_of_their_own() -> None:
    found = HOURS.last_trade(AAPL.con_id, NOON, use_rth=True)
    assert found == MARKET.trade(AAPL.con_id, FRIDAY_CLOSE - 1)
    (daily,) = HOURS.bars(AAPL.con_id, NOON, "1 D", "1 day", "TRADES", use_rth=True)
    assert found is not None
    assert daily.close == found.price
    assert HOURS.last_trade(CALL.con_id, NOON) == MARKET.trade(CALL.con_id, FRIDAY_CLOSE - 60)


def test_the_next_moment_of_a_closed_market_is_its_opening() -> None:
    assert HOURS.next_moment(AAPL.con_id, NOON) == PRE_MARKET
    assert HOURS.next_moment(AAPL.con_id, EVENING - 0.5) == EVENING
    assert HOURS.next_moment(CALL.con_id, NOON) == MONDAY
    assert HOURS.next_moment(CALL.con_id, MONDAY + 61) == MONDAY + 120
    assert MARKET.next_moment(AAPL.con_id, NOON + 0.5) == NOON + 1


@pytest.mark.parametrize("instrument", [AAPL, ES, PAIR, CALL], ids=lambda one: one.local_symbol)
@pytest.mark.parametrize("use_rth", [True, False])
def test_a_days_bar_is_what_was_open_of_it(instrument: Instrument, use_rth: bool) -> None:
    what = "TRADES" if instrument.has_trades else "BID"
    con_id = instrument.con_id
    days = HOURS.bars(con_id, NOON, "5 D", "1 day", what, use_rth=use_rth)
    assert [datetime.fromtimestamp(bar.start, UTC).day for bar in days] == [19, 20, 21, 22, 23]
    hours = HOURS.bars(con_id, NOON, "5 D", "1 hour", what, use_rth=use_rth)
    for bar, session in zip(days, sessions_of(con_id, NOON, 5, use_rth=use_rth), strict=True):
        inside = [one for one in hours if session.start <= one.start < session.end]
        if instrument.has_trades:
            assert combined(inside) == attrs.evolve(bar, start=inside[0].start, wap=NO)
        else:
            assert (inside[0].open, inside[-1].close) == (bar.open, bar.close)
        whole = MARKET.bar(con_id, session.start, session.end, what)
        assert whole == attrs.evolve(bar, start=session.start)
    assert sum(bar.count for bar in hours) == sum(bar.count for bar in days) or what == "BID"


def sessions_of(con_id: int, end: int, count: int, *, use_rth: bool) -> list[MarketSession]:
    before = HOURS.calendar(con_id).sessions_before(end, use_rth=use_rth)
    return list(islice(before, count))[::-1]


def test_a_bar_over_a_weekend_has_both_sides_of_it() -> None:
    bar = HOURS.bar(AAPL.con_id, FRIDAY_CLOSE - 60, MONDAY + 60, "TRADES", use_rth=True)
    assert bar is not None
    assert (bar.start, bar.count) == (FRIDAY_CLOSE - 60, 120)
    parts = [
        *trades_of(AAPL, FRIDAY_CLOSE - 60, FRIDAY_CLOSE),
        *trades_of(AAPL, MONDAY, MONDAY + 60),
    ]
    assert bar.high == max(trade.price for trade in parts)
    assert bar.volume == sum(trade.size for trade in parts)
    quotes = HOURS.bar(AAPL.con_id, FRIDAY_CLOSE, MONDAY, "BID_ASK", use_rth=True)
    assert quotes is None
    # The first minute of an option can be without one: its quotes hold for a minute.
    assert HOURS.bar(CALL.con_id, MONDAY + 1, MONDAY + 59, "TRADES") is None


def test_the_session_is_the_trading_day() -> None:
    friday = HOURS.session(AAPL.con_id, NOON)
    (regular,) = HOURS.bars(
        AAPL.con_id, FRIDAY_CLOSE - 12 * 3600, "1 D", "1 day", "TRADES", use_rth=True
    )
    (whole,) = HOURS.bars(AAPL.con_id, NOON, "1 D", "1 day", "TRADES")
    assert friday == TradingDay(whole.open, whole.high, whole.low, regular.close, whole.volume)
    monday = HOURS.session(AAPL.con_id, PRE_MARKET)
    trade = HOURS.trade(AAPL.con_id, PRE_MARKET)
    close = HOURS.last_trade(AAPL.con_id, NOON, use_rth=True)
    assert trade is not None
    assert close is not None
    assert (monday.open, monday.volume) == (trade.price, trade.size)
    assert monday.close_previous == close.price


def test_before_the_first_opening_there_is_a_price_and_no_trade() -> None:
    day = HOURS.session(AAPL.con_id, 5)
    assert day.open == day.high == day.low == day.close_previous
    assert day.volume == 0
    assert HOURS.last_trade(AAPL.con_id, 5) is None
    assert HOURS.quote(AAPL.con_id, 5) == MARKET.quote(AAPL.con_id, 0)
    first = HOURS.calendar(AAPL.con_id).next_open(0)
    assert HOURS.session(AAPL.con_id, first).volume > 0


def test_a_bar_grows_only_while_it_is_open() -> None:
    size = parse_bar_size("1 hour")
    found = HOURS.growing_bar(AAPL.con_id, MONDAY + 59.5, size, "TRADES", use_rth=True)
    assert found == MARKET.bar(AAPL.con_id, MONDAY, MONDAY + 60, "TRADES")
    assert HOURS.growing_bar(AAPL.con_id, MONDAY - 1, size, "TRADES", use_rth=True) is None
    assert HOURS.growing_bar(AAPL.con_id, MONDAY - 1, size, "TRADES") is not None
    anyway = MARKET.growing_bar(AAPL.con_id, NOON + 59.5, size, "TRADES")
    assert anyway == MARKET.bar(AAPL.con_id, NOON, NOON + 60, "TRADES")


def test_a_year_of_days_is_asked_for_in_no_time() -> None:
    bars = HOURS.bars(ES.con_id, NOON, "1 Y", "1 day", "TRADES")
    assert len(bars) == 257
    assert all(bar.count > 0 for bar in bars)


def test_a_halt_holds_orders_at_once_and_the_market_from_the_next_second_on() -> None:
    market = Market(INSTRUMENTS, seed=0)
    market.path(AAPL.con_id).halt(NOON + 0.5)

    assert [market.is_halted(AAPL.con_id, NOON + t) for t in (0, 0.5, 9)] == [False, True, True]
    assert market.trade(AAPL.con_id, NOON) == MARKET.trade(AAPL.con_id, NOON)
    assert market.trade(AAPL.con_id, NOON + 1) is None
    assert market.last_trade(AAPL.con_id, NOON + 9) == MARKET.trade(AAPL.con_id, NOON)


# When a price comes ...............................................................................


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def test_a_price_is_found_where_the_market_comes_to_it() -> None:
    market, con_id, begin = Market([AAPL]), AAPL.con_id, at("2026-01-15 15:00")
    quote = market.quote(con_id, begin)
    assert quote is not None
    wanted = quote.ask + 0.2
    found = market.next_reach(con_id, begin, [market.level(con_id, "ASK", wanted, is_up=True)])
    seconds = range(begin + 1, found + 1)
    asks = [one.ask for second in seconds if (one := market.quote(con_id, second)) is not None]
    assert max(asks[:-1]) < wanted <= asks[-1]


def test_a_price_that_does_not_come_is_asked_for_again_when_hours_change() -> None:
    far = [HOURS.level(AAPL.con_id, "TRADES", 10**6, is_up=True)]
    times = ["08:59", "10:00", "15:00", "21:00", "23:59"]  # in UTC: five hours before New York
    edges = ["09:00", "14:30", "21:00"]
    found = [HOURS.next_reach(AAPL.con_id, at(f"2026-01-15 {time}"), far) for time in times]
    assert found[:3] == [at(f"2026-01-15 {edge}") for edge in edges]
    assert found[3:] == [at("2026-01-16 01:00")] * 2
    nights = Market([AAPL]).next_reach(AAPL.con_id, at("2026-01-15 15:00") + 0.5, far)
    assert nights == at("2026-01-15 15:00") + 1 + DAY


def test_the_day_so_far_grows_second_by_second() -> None:
    begin, events = at("2026-01-15 15:00"), list[int]()
    grown, halted = Market(INSTRUMENTS, hours=exchange_hours), Market(INSTRUMENTS)
    for second in [*range(5), 3, 3, 10, 11, 3 * DAY]:
        one = grown.session(AAPL.con_id, begin + second)
        assert one == HOURS.session(AAPL.con_id, begin + second)
    halted.listen(lambda: events.append(halted.events))
    halted.path(AAPL.con_id).halt(begin)
    assert events == [1]
    first = halted.session(AAPL.con_id, begin + 5)
    assert halted.session(AAPL.con_id, begin + 6) == first
