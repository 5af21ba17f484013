import pytest

from trio_tws import Order, VolatilityOrder, evolve
from trio_tws._orders.resend import resendable

REPORTED = Order(
    client_id=5,
    order_id=7,
    perm_id=9,
    action="BUY",
    order_type="LMT",
    lmt_price=150.0,
    open_close="?",
    delta_neutral_order_type="None",
    adjusted_order_type="None",
    trail_stop_price=151.5,
    volatility_type=0,
    reference_price_type=0,
    transmit=False,
    order_ref="mine",
)


def test_what_tws_fills_in_goes_and_the_rest_stays() -> None:
    assert resendable(REPORTED) == Order(
        action="BUY", order_type="LMT", lmt_price=150.0, order_ref="mine"
    )


def test_words_of_a_user_stay() -> None:
    said = Order(open_close="O", delta_neutral_order_type="MKT", adjusted_order_type="STP")
    assert resendable(said) == said


@pytest.mark.parametrize("order_type", ["TRAIL", "TRAIL LIMIT"])
def test_a_trailing_stop_keeps_its_stop_price(order_type: str) -> None:
    assert resendable(evolve(REPORTED, order_type=order_type)).trail_stop_price == 151.5


def test_a_volatility_order_keeps_its_volatility() -> None:
    order = VolatilityOrder("BUY", 1, 25.0)
    assert resendable(order) == order
