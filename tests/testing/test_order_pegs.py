from typing import Any

import pytest

from tests.testing.program import START
from tests.testing.trading import AAPL, CALL, MSFT, order
from trio_tws.testing import INSTRUMENTS, Market
from trio_tws.testing._greeks import years_left
from trio_tws.testing._order_kinds import KINDS, Pays, kind_of
from trio_tws.testing._order_pegs import Peg, followed_con_id, limit_of, on_tick
from trio_tws.testing._order_views import View
from trio_tws.testing._path import option_price

MARKET = Market(INSTRUMENTS)
NOW = START.timestamp()
VIEW = View(0, 10.0, 10.1)
OPTION = MARKET.instrument(CALL.con_id)


def price(pays: Pays, is_buy: bool = True, view: View = VIEW, **more: Any) -> float | None:
    peg = Peg(MARKET, OPTION, NOW, 0.01, more.pop("anchor", None))
    return limit_of(pays, order(**more), view, peg, is_buy=is_buy)


@pytest.mark.parametrize(
    ("pays", "is_buy", "more", "expected"),
    [
        (Pays.ANY, True, {}, None),
        (Pays.FIRST_PRICE, True, {}, None),
        (Pays.LIMIT, True, {"lmt_price": 5.0}, 5.0),
        (Pays.TRAILED_LIMIT, True, {"lmt_price": 5.0}, 5.0),
        (Pays.OWN_SIDE, True, {"aux_price": 0.02}, 10.02),
        (Pays.OWN_SIDE, False, {"aux_price": 0.02}, 10.08),
        (Pays.OWN_SIDE, True, {"percent_offset": 0.01}, 10.1),
        (Pays.OWN_SIDE, True, {"aux_price": 0.02, "lmt_price": 10.01}, 10.01),
        (Pays.OWN_SIDE, False, {"aux_price": 0.02, "lmt_price": 10.09}, 10.09),
        (Pays.BEHIND_OWN_SIDE, True, {"aux_price": 0.02}, 9.98),
        (Pays.OTHER_SIDE, True, {"aux_price": 0.02}, 10.08),
        (Pays.OTHER_SIDE, False, {}, 10.0),
        (Pays.MIDDLE, True, {}, 10.05),
        (Pays.MIDDLE, False, {"aux_price": 0.01}, 10.06),
        (Pays.MIDPRICE, True, {"aux_price": 5.0}, 10.05),
        (Pays.MIDPRICE, False, {"lmt_price": 10.06}, 10.06),
        (Pays.PROTECTED, True, {}, 10.3),
        (Pays.PROTECTED, False, {}, 9.8),
    ],
)
def test_a_price_follows_the_quotes(
    pays: Pays, is_buy: bool, more: dict[str, Any], expected: float | None
) -> None:
    assert price(pays, is_buy, **more) == expected


def test_without_quotes_the_limit_stands() -> None:
    assert price(Pays.OWN_SIDE, view=View(0), lmt_price=7.0) == 7.0
    assert price(Pays.MIDDLE, view=View(0)) is None


def test_a_price_is_one_that_can_be_quoted() -> None:
    assert on_tick(10.057, 0.01, is_buy=True) == 10.05
    assert on_tick(10.051, 0.01, is_buy=False) == 10.06
    assert on_tick(0.1 + 0.2, 0.1, is_buy=True) == 0.3


def test_an_option_moves_with_its_stock() -> None:
    spot = MARKET.price(AAPL.con_id, NOW)
    assert price(Pays.STOCK, starting_price=5.0, delta=50.0, stock_ref_price=spot - 2) == 6.0
    assert price(Pays.STOCK, starting_price=5.0, delta=50.0, anchor=spot) == 5.0
    assert price(Pays.STOCK, starting_price=5.0, delta=50.0) == 5.0
    assert price(Pays.STOCK, delta=50.0) is None
    nothing = Peg(MARKET, None, NOW, 0.01)
    peg_stock = order(starting_price=5.0, delta=50.0)
    assert limit_of(Pays.STOCK, peg_stock, VIEW, nothing, is_buy=True) == 5.0
    assert limit_of(Pays.VOLATILITY, order(volatility=1.0), VIEW, nothing, is_buy=True) is None


@pytest.mark.parametrize(("is_decrease", "expected"), [(False, 6.0), (True, 4.0)])
def test_a_price_moves_with_its_benchmark(is_decrease: bool, expected: float) -> None:
    more: dict[str, Any] = {
        "starting_price": 5.0,
        "reference_contract_id": MSFT.con_id,
        "stock_ref_price": MARKET.price(MSFT.con_id, NOW) - 2,
        "pegged_change_amount": 0.5,
        "reference_change_amount": 1.0,
        "is_pegged_change_amount_decrease": is_decrease,
    }
    assert price(Pays.BENCHMARK, **more) == expected
    more["reference_change_amount"] = 0.0
    assert price(Pays.BENCHMARK, **more) == 5.0
    more["starting_price"] = None
    assert price(Pays.BENCHMARK, **more) is None


def test_an_option_has_the_price_of_its_volatility() -> None:
    def worth(volatility: float) -> float:
        return option_price(
            spot=MARKET.price(AAPL.con_id, NOW),
            strike=OPTION.strike,
            right=OPTION.right,
            volatility=volatility,
            years=years_left(OPTION, NOW),
        )

    annual = price(Pays.VOLATILITY, volatility=30.0, volatility_type=2, lmt_price=0.01)
    assert annual == pytest.approx(worth(0.3), abs=0.01)
    daily = price(Pays.VOLATILITY, volatility=2.0, volatility_type=1)
    assert daily == pytest.approx(worth(0.02 * 252**0.5), abs=0.01)


def test_what_a_price_follows_is_known() -> None:
    assert followed_con_id(Pays.STOCK, order(), OPTION) == AAPL.con_id
    assert followed_con_id(Pays.BENCHMARK, order(reference_contract_id=5), OPTION) == 5
    assert followed_con_id(Pays.LIMIT, order(), OPTION) is None
    assert followed_con_id(Pays.STOCK, order(), None) is None


def test_kinds_have_more_than_one_name() -> None:
    assert kind_of("PEGMID") is KINDS["PEG MID"]
    assert kind_of("MKT", "OPG") is KINDS["MOO"]
    assert kind_of("LMT", "AUC") is KINDS["LOO"]
    assert kind_of("NO SUCH") is None
