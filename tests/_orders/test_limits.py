"""The limits that a program sets itself."""

from decimal import Decimal

import pytest

from tests._orders.telling import AAPL, BUY_100
from trio_tws._enums import SecType
from trio_tws._errors import OrderLimit
from trio_tws._model.contracts import Contract
from trio_tws._model.orders import Order
from trio_tws._orders.limits import OrderLimits, multiplier, worst_price
from trio_tws._wire import evolve

MARKET = Order(action="BUY", total_quantity=Decimal(100), order_type="MKT")


def check(
    limits: OrderLimits,
    order: Order = BUY_100,
    contract: Contract = AAPL,
    hint: float | None = None,
    open_orders: int = 0,
    sent_at: tuple[float, ...] = (),
) -> None:
    limits.check(contract, order, hint, open_orders, sent_at, now=1_000.0)


def test_no_limits_let_everything_pass() -> None:
    check(OrderLimits(), MARKET, Contract(), None, 10_000, (999.0,) * 10_000)


def test_what_is_at_a_limit_passes() -> None:
    limits = OrderLimits(Decimal(100), Decimal(1_000), frozenset({"AAPL"}), 3, 2)

    check(limits, open_orders=2, sent_at=(1_000.0, 940.0, 100.0))


@pytest.mark.parametrize(
    ("limits", "value"),
    [
        (OrderLimits(max_quantity=Decimal(99)), Decimal(100)),
        (OrderLimits(max_notional=Decimal("999.99")), Decimal(1_000)),
        (OrderLimits(allowed_symbols=frozenset({"MSFT"})), "AAPL"),
        (OrderLimits(allowed_symbols=frozenset()), "AAPL"),
        (OrderLimits(max_open_orders=2), 3),
        (OrderLimits(max_orders_a_minute=1), 2),
    ],
    ids=repr,
)
def test_what_is_above_is_refused_by_name(limits: OrderLimits, value: object) -> None:
    with pytest.raises(OrderLimit) as caught:
        check(limits, open_orders=2, sent_at=(940.1, 939.9))

    error = caught.value
    assert getattr(limits, error.limit) is not None
    assert error.value == value
    assert str(error).startswith(f"{error.limit} allows {error.allowed}, not {error.value} (")


def test_a_contract_without_a_symbol_is_not_allowed() -> None:
    with pytest.raises(OrderLimit, match="a contract without a symbol"):
        check(OrderLimits(allowed_symbols=frozenset({"AAPL"})), contract=Contract(con_id=265598))


def test_a_market_order_needs_a_price_from_somebody() -> None:
    limits = OrderLimits(max_notional=Decimal(1_000))

    check(limits, MARKET, hint=10.0)
    with pytest.raises(OrderLimit, match=r"not 1001\.0+ \("):
        check(limits, MARKET, hint=10.01)
    with pytest.raises(OrderLimit, match=r"can't be told.*price_hint") as caught:
        check(limits, MARKET)
    assert caught.value.value is None


def test_cash_is_its_own_notional() -> None:
    order = Order(action="BUY", total_quantity=Decimal(0), order_type="MKT", cash_qty=500.0)

    check(OrderLimits(max_notional=Decimal(500)), order)
    with pytest.raises(OrderLimit, match="not 500"):
        check(OrderLimits(max_notional=Decimal(499)), order)


def test_the_multiplier_counts_and_a_derivative_needs_one() -> None:
    limits = OrderLimits(max_notional=Decimal(49_999))
    future = Contract(symbol="ES", sec_type=SecType.FUTURE)

    with pytest.raises(OrderLimit, match="not 50000"):
        check(limits, contract=evolve(future, multiplier="50"))
    with pytest.raises(OrderLimit, match=r"no multiplier: qualify\(\) it"):
        check(limits, contract=future)


def test_a_multiplier_is_a_number_or_unknown() -> None:
    assert multiplier(AAPL) == 1
    assert multiplier(evolve(AAPL, multiplier="0.5")) == Decimal("0.5")
    assert multiplier(evolve(AAPL, multiplier="many")) is None


@pytest.mark.parametrize(
    ("order", "hint", "price"),
    [
        (Order(action="BUY", order_type="LMT", lmt_price=10.0), 12.0, 10.0),
        (Order(action="BUY", order_type="LMT", lmt_price=-2.0), None, 2.0),
        (Order(action="SELL", order_type="LMT", lmt_price=10.0), 12.0, 12.0),
        (Order(action="SELL", order_type="LMT", lmt_price=10.0), None, 10.0),
        (Order(action="BUY", order_type="STP", aux_price=11.0), 10.0, 11.0),
        (Order(action="BUY", order_type="STP LMT", lmt_price=11.5, aux_price=11.0), 10.0, 11.5),
        (Order(action="BUY", order_type="TRAIL", aux_price=1.0), None, None),
        (Order(action="BUY", order_type="TRAIL", aux_price=1.0), 10.0, 10.0),
        (Order(action="BUY", order_type="MKT", lmt_price=0.0), None, None),
        (MARKET, None, None),
    ],
    ids=repr,
)
def test_the_price_is_the_worst_that_is_known(
    order: Order, hint: float | None, price: float | None
) -> None:
    assert worst_price(order, hint) == price
