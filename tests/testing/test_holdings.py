from decimal import Decimal
from typing import Final

import attrs
from hypothesis import given
from hypothesis import strategies as st

from trio_tws.testing import INSTRUMENTS, Instrument
from trio_tws.testing._holdings import Holding, unit_value

NONE: Final = Holding(7)


def instrument(sec_type: str) -> Instrument:
    return next(one for one in INSTRUMENTS if one.sec_type == sec_type)


def test_a_unit_is_worth_its_price_times_the_multiplier() -> None:
    assert unit_value(instrument("STK"), 230.01) == Decimal("230.01")
    assert unit_value(instrument("FUT"), 6000.25) == Decimal("300012.50")
    assert unit_value(instrument("OPT"), 1.5) == 150
    assert unit_value(attrs.evolve(instrument("STK"), price_magnifier=100), 250.0) == Decimal("2.5")


def test_a_bond_is_quoted_as_a_percentage_of_a_thousand() -> None:
    assert unit_value(instrument("BOND"), 86.5) == 865


def test_commissions_are_part_of_what_a_purchase_has_cost() -> None:
    held, profit = NONE.traded(Decimal(10), Decimal(100), Decimal(1), 7)
    assert profit is None
    assert (held.quantity, held.average_cost) == (Decimal(10), Decimal("100.1"))
    held, profit = held.traded(Decimal(30), Decimal(104), Decimal(0), 7)
    assert profit is None
    assert (held.quantity, held.average_cost) == (Decimal(40), Decimal("103.025"))


def test_commissions_lessen_what_a_short_sale_has_brought() -> None:
    held, profit = NONE.traded(Decimal(-10), Decimal(100), Decimal(1), 7)
    assert profit is None
    assert (held.quantity, held.average_cost) == (Decimal(-10), Decimal("99.9"))


def test_a_rebate_makes_it_cheaper() -> None:
    assert NONE.traded(Decimal(10), Decimal(100), Decimal(-1), 7)[0].average_cost == Decimal("99.9")
    assert NONE.traded(Decimal(-10), Decimal(100), Decimal(-1), 7)[0].average_cost == Decimal(
        "100.1"
    )


def test_closing_makes_a_profit_and_leaves_the_cost_of_the_rest() -> None:
    held, _ = NONE.traded(Decimal(10), Decimal(100), Decimal(1), 7)
    held, profit = held.traded(Decimal(-4), Decimal(110), Decimal(2), 7)
    assert profit == 4 * Decimal("9.9") - 2
    assert (held.quantity, held.average_cost) == (Decimal(6), Decimal("100.1"))
    assert held.realized == profit
    held, profit = held.traded(Decimal(-6), Decimal(90), Decimal(0), 7)
    assert profit == 6 * Decimal("-10.1")
    assert held.quantity == held.average_cost == 0


def test_buying_back_makes_a_profit() -> None:
    held, _ = NONE.traded(Decimal(-10), Decimal(100), Decimal(0), 7)
    held, profit = held.traded(Decimal(10), Decimal(90), Decimal(5), 7)
    assert profit == 95
    assert held.quantity == 0


def test_a_trade_may_close_and_open_at_once() -> None:
    held, _ = NONE.traded(Decimal(10), Decimal(100), Decimal(0), 7)
    held, profit = held.traded(Decimal(-15), Decimal(110), Decimal(3), 7)
    assert profit == 100 - 2
    assert (held.quantity, held.average_cost) == (Decimal(-5), Decimal("109.8"))


def test_what_is_of_one_day_ends_with_it() -> None:
    held, _ = NONE.traded(Decimal(10), Decimal(100), Decimal(0), 7)
    held, profit = held.traded(Decimal(-5), Decimal(110), Decimal(0), 7)
    assert held.realized == profit
    assert held.opening == 0
    assert held.on(7) is held.on(6) is held
    later = held.on(8)
    assert later.realized == later.flow == 0
    assert later.day == 8
    assert later.quantity == later.opening == 5
    assert later.average_cost == 100


def test_the_profit_of_a_day_is_that_of_its_trades_and_of_what_was_held_before() -> None:
    held, _ = NONE.traded(Decimal(10), Decimal(100), Decimal(1), 7)
    assert held.daily(Decimal(103), Decimal(50)) == 30 - 1
    held = held.on(8)
    assert held.daily(Decimal(103), Decimal(101)) == 20
    held, _ = held.traded(Decimal(-4), Decimal(105), Decimal(1), 8)
    assert held.daily(Decimal(103), Decimal(101)) == 20 + 8 - 1


def test_what_is_held_gains_with_its_price() -> None:
    held, _ = NONE.traded(Decimal(-10), Decimal(100), Decimal(0), 7)
    assert held.unrealized(Decimal(98)) == 20


AMOUNTS = st.integers(-50, 50).filter(bool).map(Decimal)
PRICES = st.integers(1, 500).map(Decimal)


@given(st.lists(st.tuples(AMOUNTS, PRICES), min_size=1, max_size=12), PRICES)
def test_profits_add_up_to_the_money_that_is_there(
    trades: list[tuple[Decimal, Decimal]], last: Decimal
) -> None:
    """Whatever is traded: realized and unrealized profit are what money and goods have become."""
    held, money, made = NONE, Decimal(0), Decimal(0)
    for quantity, price in trades:
        held, profit = held.traded(quantity, price, Decimal("1.5"), 7)
        money -= quantity * price + Decimal("1.5")
        made += profit or 0
    assert held.quantity == sum(quantity for quantity, _ in trades)
    assert round(made + held.unrealized(last), 6) == round(money + held.quantity * last, 6)
    assert round(held.daily(last, Decimal(0)), 6) == round(money + held.quantity * last, 6)
    assert held.realized == made
