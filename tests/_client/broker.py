"""What TWS says of orders, said by hand."""

from decimal import Decimal

from tests._client.peer import Peer
from trio_tws import (
    CommissionAndFeesReport,
    Contract,
    Execution,
    ExecutionData,
    OpenOrder,
    Order,
    OrderState,
    OrderStatus,
    OrderStatusName,
    PlaceOrder,
    Stock,
)
from trio_tws._wire import evolve

S = OrderStatusName
AAPL = Stock("AAPL", con_id=265598)
PERM = 700_000_000


def order(**changes: object) -> Order:
    """An order to buy 100 at 150."""
    base = Order(
        action="BUY", total_quantity=Decimal(100), order_type="LMT", lmt_price=150.0, tif="DAY"
    )
    return evolve(base, **changes)


def opened(
    request: PlaceOrder, status: OrderStatusName = S.SUBMITTED, client_id: int = 0
) -> OpenOrder:
    """The order as TWS reports it."""
    told = evolve(
        request.order, client_id=client_id, perm_id=PERM + request.order_id, open_close="?"
    )
    return OpenOrder(request.order_id, request.contract, told, OrderState(status))


def status(
    order_id: int, word: OrderStatusName = S.SUBMITTED, filled: int = 0, client_id: int = 0
) -> OrderStatus:
    """How an order of 100 stands."""
    return OrderStatus(
        order_id,
        word,
        Decimal(filled),
        Decimal(100 - filled),
        150.0 if filled else 0.0,
        PERM + order_id,
        client_id=client_id,
    )


def execution(
    order_id: int,
    shares: int = 100,
    exec_id: str = "0001.01.01",
    *,
    req_id: int = -1,
    client_id: int = 0,
    contract: Contract = AAPL,
) -> ExecutionData:
    """A fill."""
    done = Execution(
        order_id,
        exec_id,
        "20260302 10:00:00 US/Eastern",
        "DU1",
        "NYSE",
        "BOT",
        Decimal(shares),
        150.0,
        PERM + order_id,
        client_id,
    )
    return ExecutionData(req_id, contract, done)


def report(exec_id: str = "0001.01.01") -> CommissionAndFeesReport:
    """What a fill cost."""
    return CommissionAndFeesReport(exec_id, 1.0, "USD")


async def placed(peer: Peer) -> PlaceOrder:
    """Waits for an order and acknowledges it."""
    request = await peer.read_until(PlaceOrder)
    await peer.send(opened(request), status(request.order_id))
    return request
