"""What is built can be sent, in text and in protobuf, and a server reads what was meant."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests._orders import test_algos
from tests._orders.built import BUILT, name_of
from trio_tws import (
    Algo,
    AuctionOrder,
    BoxTopOrder,
    Cash,
    Combo,
    ComboLeg,
    Contract,
    Forex,
    GoodTill,
    LegLimitOrder,
    LimitIfTouchedOrder,
    LimitOnCloseOrder,
    LimitOnOpenOrder,
    LimitOrder,
    MarginCondition,
    MarketIfTouchedOrder,
    MarketOnCloseOrder,
    MarketOnOpenOrder,
    MarketOrder,
    MarketToLimitOrder,
    MarketWithProtectionOrder,
    MidpriceOrder,
    Order,
    OrderGroup,
    PassiveRelativeOrder,
    PeggedToMarketOrder,
    PeggedToMidpointOrder,
    PlaceOrder,
    PriceCondition,
    RelativeOrder,
    Stock,
    StopLimitOrder,
    StopOrder,
    StopWithProtectionOrder,
    TimeCondition,
    TimeInForce,
    TrailingStopOrder,
    VolatilityOrder,
    bracket,
    evolve,
    hedge,
    one_cancels_all,
    with_algo,
    with_conditions,
    with_leg_prices,
)
from trio_tws import _versions as v
from trio_tws.protocol._codec import Codec

VERSIONS = [176, 200, v.MAX_SERVER_VERSION]
STOCK = Stock("AAPL", "IBKRATS")
COMBO = Combo((ComboLeg(1, 1, "BUY"), ComboLeg(2, 1, "SELL")), "AAPL")


def received(order: Order, version: int, contract: Contract = STOCK, order_id: int = 7) -> object:
    """Gives what a server reads of an order."""
    client = Codec(version, reads_incoming=True, strict=True)
    server = Codec(version, reads_incoming=False, strict=True)
    return server.decode(client.encode(PlaceOrder(order_id, contract, order)))


def assert_arrives(order: Order, version: int, contract: Contract = STOCK) -> None:
    """Sends an order and sees that it comes out as it was; protobuf keeps no order of tags."""
    arrived: Any = received(order, version, contract)
    tags = sorted(arrived.order.algo_params, key=order.algo_params.index)
    arrived = evolve(arrived, order=evolve(arrived.order, algo_params=tuple(tags)))

    assert arrived == PlaceOrder(7, contract, order)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("pair", BUILT, ids=name_of)
def test_an_order_of_every_builder_arrives(pair: tuple[Order, Order], version: int) -> None:
    order, _ = pair
    assert_arrives(order, version, COMBO if order.smart_combo_routing_params else STOCK)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("algo", "_strategy", "_params"), test_algos.ALL)
def test_an_order_with_an_algorithm_arrives(
    algo: Algo, _strategy: str, _params: object, version: int
) -> None:
    assert_arrives(with_algo(LimitOrder("BUY", 1, 1), algo), version)


@pytest.mark.parametrize("version", VERSIONS)
def test_an_order_with_conditions_arrives(version: int) -> None:
    joined = (
        PriceCondition(265598, "SMART", is_more=True, price=180.5)
        & TimeCondition.after(datetime(2027, 1, 4, 15, tzinfo=UTC))
    ) | MarginCondition(is_more=False, percent=30)

    order = with_conditions(LimitOrder("BUY", 1, 1), joined, ignore_rth=True)
    assert_arrives(order, version)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_prices_of_legs_arrive(version: int) -> None:
    order = LegLimitOrder("BUY", 1, non_guaranteed=True)
    assert_arrives(order, version, with_leg_prices(COMBO, (0.5, -0.25)))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "group",
    [
        bracket(LimitOrder("BUY", 1, 30), take_profit=40, stop_loss=20),
        one_cancels_all(LimitOrder("BUY", 1, 30), LimitOrder("SELL", 1, 40)),
        hedge(LimitOrder("BUY", 1, 30), Forex("EURUSD"), "F", "SELL"),
    ],
)
def test_the_orders_of_a_group_arrive(group: OrderGroup, version: int) -> None:
    for order_id, own, order in group.numbered(7):
        contract = own or STOCK
        arrived = received(order, version, contract, order_id)
        assert arrived == PlaceOrder(order_id, contract, order)


# Of any numbers ...................................................................................

sides: Any = st.sampled_from(["BUY", "SELL", "SSHORT"])
prices = st.floats(min_value=-1e9, max_value=1e9)
above_zero = st.floats(min_value=1e-9, max_value=1e9)
offsets = st.floats(min_value=0, max_value=1e9)
quantities = st.one_of(
    st.integers(min_value=101, max_value=10**9),
    st.decimals(min_value=101, max_value=10**9, places=8),
    st.builds(Cash, above_zero),
)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zones come with them
options: dict[str, st.SearchStrategy[Any]] = {
    "account": st.sampled_from(["", "DU1"]),
    "order_ref": st.text("abc XYZ", max_size=5),
    "outside_rth": st.booleans(),
    "all_or_none": st.booleans(),
    "hidden": st.booleans(),
    "sweep_to_fill": st.booleans(),
    "block_order": st.booleans(),
    "transmit": st.booleans(),
    "good_after_time": moments,
    "min_qty": st.integers(min_value=1, max_value=100),
    "display_size": st.integers(min_value=0, max_value=100),
    "open_close": st.sampled_from(["", "O", "C"]),
}
timed = options | {
    "tif": st.one_of(
        st.sampled_from([tif for tif in TimeInForce if tif is not TimeInForce.GTD]),
        st.builds(GoodTill, moments.map(lambda moment: moment.replace(year=2041, day=1))),
    )
}


def builds(
    builder: Any, *arguments: Any, takes_tif: bool = True, **optional: Any
) -> st.SearchStrategy[Order]:
    """Gives orders of a builder, with any of the options."""
    may_be = optional | (timed if takes_tif else options)
    keywords = st.fixed_dictionaries({}, optional=may_be)
    return st.tuples(sides, quantities, *arguments, keywords).map(
        lambda drawn: builder(*drawn[:-1], **drawn[-1])
    )


def trailing(side: Any, quantity: Any, amount: float, **said: Any) -> Order:
    return TrailingStopOrder(side, quantity, trailing_amount=amount, **said)


EVERY = {
    "market": builds(MarketOrder),
    "limit": builds(LimitOrder, prices),
    "market on open": builds(MarketOnOpenOrder, takes_tif=False),
    "limit on open": builds(LimitOnOpenOrder, prices, takes_tif=False),
    "market on close": builds(MarketOnCloseOrder),
    "limit on close": builds(LimitOnCloseOrder, prices),
    "market if touched": builds(MarketIfTouchedOrder, prices),
    "limit if touched": builds(LimitIfTouchedOrder, prices, prices),
    "market to limit": builds(MarketToLimitOrder),
    "market with protection": builds(MarketWithProtectionOrder),
    "midprice": builds(MidpriceOrder, limit_price=prices),
    "box top": builds(BoxTopOrder),
    "auction": builds(AuctionOrder, prices, takes_tif=False),
    "stop": builds(StopOrder, prices),
    "stop limit": builds(StopLimitOrder, prices, prices),
    "stop with protection": builds(StopWithProtectionOrder, prices),
    "trailing stop": builds(trailing, above_zero, stop_price=prices),
    "pegged to market": builds(PeggedToMarketOrder, offsets, limit_price=prices),
    "pegged to midpoint": builds(PeggedToMidpointOrder, offsets, limit_price=prices),
    "relative": builds(RelativeOrder, offsets, limit_price=prices),
    "passive relative": builds(PassiveRelativeOrder, offsets, limit_price=prices),
    "volatility": builds(
        VolatilityOrder, above_zero, continuous_update=st.booleans(), stock_range_lower=prices
    ),
}


@pytest.mark.parametrize("orders", EVERY.values(), ids=[*EVERY])
@settings(max_examples=15)
@given(st.data())
def test_what_is_built_of_any_numbers_arrives(
    orders: st.SearchStrategy[Order], data: st.DataObject
) -> None:
    order = data.draw(orders)
    assert isinstance(order.total_quantity, Decimal)
    for version in VERSIONS:
        assert_arrives(order, version)
