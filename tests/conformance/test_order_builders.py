"""What builders make is for IB's own Python client the order with the same attributes."""

import pytest

from tests._orders.built import BUILT
from tests._orders.test_algos import ALL as ALGOS
from tests.conformance.official import written
from tests.conformance.test_bytes_in import problems
from tests.conformance.test_bytes_out import compare
from trio_tws import (
    Combo,
    ComboLeg,
    LegLimitOrder,
    LimitOrder,
    MarginCondition,
    OpenOrder,
    PlaceOrder,
    Stock,
    VolumeCondition,
    attach,
    bracket,
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
LEGS = (ComboLeg(1, 1, "BUY"), ComboLeg(2, 1, "SELL"))
COMBO = with_leg_prices(Combo(LEGS, "AAPL"), (0.5, -0.25))
ENTRY = LimitOrder("BUY", 100, 30)
CONDITIONS = VolumeCondition(1, "SMART", is_more=True, volume=1) & MarginCondition(
    is_more=False, percent=30
)
GROUPS = [
    bracket(ENTRY, take_profit=40, stop_loss=20),
    one_cancels_all(ENTRY, LimitOrder("SELL", 100, 40), oca_group="g"),
    attach(ENTRY, LimitOrder("SELL", 100, 40)),
    hedge(ENTRY, STOCK, "B", "SELL", 1.5),
]


def messages() -> list[PlaceOrder]:
    """Gives a message of every builder."""
    plain = [
        PlaceOrder(7, COMBO if order.smart_combo_routing_params else STOCK, order)
        for order, _ in BUILT
    ]
    return [
        *plain,
        PlaceOrder(7, COMBO, LegLimitOrder("BUY", 1, non_guaranteed=True)),
        PlaceOrder(7, STOCK, with_conditions(ENTRY, CONDITIONS, cancel_order=True)),
        *(PlaceOrder(7, STOCK, with_algo(ENTRY, algo)) for algo, _, _ in ALGOS),
        *(
            PlaceOrder(order_id, STOCK, order)
            for group in GROUPS
            for order_id, _, order in group.numbered(7)
        ),
    ]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("message", messages(), ids=lambda message: message.order.order_type)
def test_the_official_client_writes_the_same(message: PlaceOrder, version: int) -> None:
    ours = Codec(version, reads_incoming=True).encode(message)

    assert not compare(message, version, ours, written(message, version))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("message", messages(), ids=lambda message: message.order.order_type)
def test_the_official_client_reads_the_same(message: PlaceOrder, version: int) -> None:
    """As an open order, the way TWS reports it: that has no field for a few things, as transmit."""
    opened = OpenOrder(message.order_id, message.contract, message.order)

    assert problems(opened, version) == []
