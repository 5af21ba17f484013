"""What TWS tells of one order, in few words."""

from decimal import Decimal

from trio_tws._enums import OrderStatusName, SecType
from trio_tws._model.contracts import Contract
from trio_tws._model.executions import CommissionAndFeesReport, Execution, ExecutionData
from trio_tws._model.open_orders import OrderStatus
from trio_tws._model.order_reports import CompletedOrder, OpenOrder
from trio_tws._model.order_states import OrderState
from trio_tws._model.orders import Order
from trio_tws._orders.record import TradeRecord
from trio_tws._wire import evolve
from trio_tws.protocol import Notice

CLIENT, ORDER_ID, PERM_ID = 7, 5, 900

AAPL = Contract(con_id=265598, symbol="AAPL", sec_type=SecType.STOCK)
SPREAD = Contract(symbol="IBKR,MCD", sec_type=SecType.COMBO)
BUY_100 = Order(CLIENT, action="BUY", total_quantity=Decimal(100), order_type="LMT", lmt_price=10.0)


def record(order: Order = BUY_100, contract: Contract = AAPL) -> TradeRecord:
    return TradeRecord(CLIENT, ORDER_ID, 0, contract, order, is_ours=True)


def opened(
    status: str = "Submitted",
    order: Order = BUY_100,
    *,
    contract: Contract = AAPL,
    order_id: int = ORDER_ID,
    perm_id: int = PERM_ID,
    client_id: int = CLIENT,
) -> OpenOrder:
    order = evolve(order, perm_id=perm_id, client_id=client_id)
    return OpenOrder(order_id, contract, order, OrderState(OrderStatusName(status)))


def status(
    word: str = "Submitted",
    filled: int = 0,
    remaining: int | None = 100,
    price: float = 0.0,
    *,
    order_id: int = ORDER_ID,
    perm_id: int = PERM_ID,
    client_id: int = CLIENT,
) -> OrderStatus:
    return OrderStatus(
        order_id,
        OrderStatusName(word),
        Decimal(filled),
        None if remaining is None else Decimal(remaining),
        price,
        perm_id,
        client_id=client_id,
    )


def executed(
    exec_id: str = "0001.01.01",
    shares: int = 100,
    price: float = 10.0,
    so_far: int = 0,
    *,
    contract: Contract = AAPL,
    order_id: int | None = ORDER_ID,
    perm_id: int = PERM_ID,
    client_id: int = CLIENT,
) -> ExecutionData:
    return ExecutionData(
        -1,
        contract,
        Execution(
            order_id,
            exec_id,
            shares=Decimal(shares),
            price=price,
            perm_id=perm_id,
            client_id=client_id,
            cum_qty=Decimal(so_far),
            avg_price=price,
        ),
    )


def cost(
    exec_id: str = "0001.01.01", amount: float = 1.1, currency: str = "USD"
) -> CommissionAndFeesReport:
    return CommissionAndFeesReport(exec_id, amount, currency)


def completed(
    word: str, words: str = "", filled: int = 0, perm_id: int = PERM_ID
) -> CompletedOrder:
    order = evolve(BUY_100, client_id=0, perm_id=perm_id, filled_quantity=Decimal(filled))
    state = OrderState(OrderStatusName(word), completed_status=words)
    return CompletedOrder(AAPL, order, state)


def said(code: int, message: str = "words", req_id: int = ORDER_ID) -> Notice:
    return Notice(code, message, req_id)


def together(*values: object) -> tuple[object, ...]:
    """Values to be compared at once: a Decimal with an int, a status with its word."""
    return values
