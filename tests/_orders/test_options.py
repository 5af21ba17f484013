"""What may be said of an order of any type."""

from datetime import datetime
from functools import partial
from typing import Any

import pytest

from tests._orders.built import BUY, END, START
from trio_tws import Cash, GoodTill, LimitOrder, MarketOnOpenOrder, MarketOrder, Order, evolve
from trio_tws._orders.options import ACTIONS, OrderOptions, complete
from trio_tws._wire.fields import fields_of

OF_OUR_OWN = {"non_guaranteed"}
ANY_VALUE: dict[str, Any] = {
    "tif": "GTC",
    "good_after_time": START,
    "short_sale_slot": 1,
    "designated_location": "GSCO",
    "account": "DU1",
    "model_code": "m",
    "order_ref": "r",
    "fa_group": "g",
    "fa_method": "m",
    "fa_percentage": "5",
    "open_close": "O",
    "min_qty": 5,
    "display_size": 5,
    "discretionary_amt": 0.5,
    "trigger_method": 2,
}


def test_an_option_is_a_field_of_an_order() -> None:
    assert set(OrderOptions.__annotations__) - OF_OUR_OWN <= {f.name for f in fields_of(Order)}


@pytest.mark.parametrize("name", sorted(OrderOptions.__annotations__))
def test_an_option_changes_the_order_and_nothing_else(name: str) -> None:
    options: Any = {name: ANY_VALUE.get(name, name != "transmit")}
    if name == "designated_location":
        options["short_sale_slot"] = 2
    order = complete(Order(order_type="LMT", lmt_price=1.0), "BUY", 100, options)
    plain = LimitOrder("BUY", 100, 1)

    changed = {f.name for f in fields_of(Order) if getattr(order, f.name) != getattr(plain, f.name)}
    assert changed == ({*options} if name != "non_guaranteed" else {"smart_combo_routing_params"})


@pytest.mark.parametrize("action", ACTIONS)
def test_there_are_three_sides(action: Any) -> None:
    assert MarketOrder(action, 1).action == action


def test_an_order_may_leave_its_quantity_to_others() -> None:
    assert complete(Order(), "BUY", None, {}) == evolve(BUY, total_quantity=0)


def test_guaranteed_is_what_combinations_are_unless_said() -> None:
    assert MarketOrder("BUY", 1, non_guaranteed=False).smart_combo_routing_params == ()


NAIVE = datetime(2027, 1, 4)  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"display_size": 100}, "display_size=100 is not below the quantity, 100"),
        ({"display_size": -1}, "display_size=-1 is less than 0"),
        (
            {"display_size": 5, "discretionary_amt": 0.5},
            "display_size=5 and discretionary_amt=0.5 exclude each other",
        ),
        ({"discretionary_amt": -0.5}, "discretionary_amt=-0.5 is below zero"),
        ({"min_qty": 101}, "min_qty=101 is above the quantity, 100"),
        ({"min_qty": 0}, "min_qty=0 is less than 1"),
        ({"short_sale_slot": 3}, "short_sale_slot=3; it is 0, 1 or 2"),
        ({"short_sale_slot": 2}, "designated_location='': slot 2 has a location"),
        ({"short_sale_slot": 1, "designated_location": "X"}, "and no other has"),
        ({"what_if": True, "transmit": False}, "what_if=True with transmit=False"),
        ({"good_after_time": NAIVE}, "good_after_time=2027-01-04 00:00:00 has no time zone"),
        (
            {"good_after_time": END, "tif": GoodTill(START)},
            "good_after_time=20270104-21:00:00 is not before the end",
        ),
        ({"tif": "never"}, "tif='never' is none of DAY"),
    ],
)
def test_what_can_not_be_right_is_named(options: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        MarketOrder("BUY", 100, **options)


def test_an_option_that_is_none_is_refused() -> None:
    options: Any = {"outside_hours": True, "colour": "red"}
    with pytest.raises(TypeError, match="an order has no option colour, outside_hours"):
        MarketOrder("BUY", 100, **options)


def test_a_side_that_is_none_is_refused() -> None:
    side: Any = "buy"
    with pytest.raises(ValueError, match="action='buy'; it is BUY, SELL or SSHORT"):
        MarketOrder(side, 100)


def test_a_type_with_a_time_in_force_takes_no_other() -> None:
    with pytest.raises(ValueError, match="tif='DAY': this type of order has OPG"):
        MarketOnOpenOrder("BUY", 100, tif="DAY")


@pytest.mark.parametrize("options", [{"display_size": 5}, {"min_qty": 5}])
def test_sizes_are_not_compared_with_money(options: Any) -> None:
    build = partial(MarketOrder, "BUY", Cash(1))
    assert build(**options).cash_qty == 1.0
