from decimal import Decimal

from tests.testing.program import START
from tests.testing.trading import AAPL, CALL, EURUSD, PUT, SPX
from trio_tws.testing import INSTRUMENTS, Market
from trio_tws.testing._order_views import Leg, View, view_of

MARKET = Market(INSTRUMENTS)
NOW = START.timestamp() + 0.5


def test_a_view_is_the_market_of_the_moment() -> None:
    view = view_of(MARKET, (Leg(AAPL.con_id),), NOW)
    quote = MARKET.quote(AAPL.con_id, NOW)
    trade = MARKET.trade(AAPL.con_id, int(NOW))
    assert quote is not None
    assert trade is not None
    assert (view.bid, view.ask) == (quote.bid, quote.ask)
    assert (view.bid_size, view.ask_size) == (quote.bid_size, quote.ask_size)
    assert (view.since, view.last, view.last_size) == (int(NOW), trade.price, trade.size)
    assert view.middle == (quote.bid + quote.ask) / 2


def test_an_index_has_no_quotes_and_a_pair_no_trades() -> None:
    index = view_of(MARKET, (Leg(SPX.con_id),), NOW)
    assert (index.bid, index.ask) == (None, None)
    assert index.middle == index.last is not None
    assert view_of(MARKET, (Leg(EURUSD.con_id),), NOW).last is None


def test_a_combination_has_the_prices_of_its_legs() -> None:
    call, put = (view_of(MARKET, (Leg(one.con_id),), NOW) for one in (CALL, PUT))
    legs = (Leg(CALL.con_id, Decimal(1)), Leg(PUT.con_id, Decimal(-2)))
    both = view_of(MARKET, legs, NOW)
    assert both.bid == round((call.bid or 0) - 2 * (put.ask or 0), 6)
    assert both.ask == round((call.ask or 0) - 2 * (put.bid or 0), 6)
    assert both.bid_size == min(call.bid_size, put.ask_size // 2)
    assert both.ask_size == min(call.ask_size, put.bid_size // 2)
    assert both.last is None
    assert both.last_size == 0
    assert both.since == max(call.since, put.since)


def test_a_combination_with_something_unquoted_has_no_price() -> None:
    view = view_of(MARKET, (Leg(CALL.con_id), Leg(SPX.con_id)), NOW)
    assert (view.bid, view.ask, view.middle) == (None, None, None)
    assert View(1).middle is None
