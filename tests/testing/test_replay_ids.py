import pytest

from tests.helpers import NEXT_ID
from trio_tws._model.cancels import CancelOrder
from trio_tws._model.contracts import Contract, ReqContractData
from trio_tws._model.executions import Execution, ExecutionData
from trio_tws._model.open_orders import OrderStatus
from trio_tws._model.order_reports import CompletedOrder, OpenOrder
from trio_tws._model.order_states import AttachedOrders
from trio_tws._model.orders import Order
from trio_tws._model.place_order import PlaceOrder
from trio_tws._model.session import CurrentTime, Error, ReqCurrentTime
from trio_tws.testing._replay_ids import Id, id_of, renumbered


def later(one: Id) -> int:
    return one.number + (1000 if one.is_order else 100)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (ReqContractData(0, Contract()), Id(is_order=False, number=0)),
        (Error(7, 200, "no"), Id(is_order=False, number=7)),
        (Error(-1, 2104, "fine"), None),
        (ReqCurrentTime(), None),
        (NEXT_ID, None),
        (PlaceOrder(4, Contract(), Order()), Id(is_order=True, number=4)),
        (CancelOrder(4), Id(is_order=True, number=4)),
        (OrderStatus(4), Id(is_order=True, number=4)),
        (OrderStatus(-4), None),
        (ExecutionData(7, execution=Execution(order_id=4)), Id(is_order=False, number=7)),
        (ExecutionData(execution=Execution(order_id=4)), Id(is_order=True, number=4)),
        (ExecutionData(execution=Execution(order_id=None)), None),
        (CompletedOrder(), None),
    ],
)
def test_a_message_names_what_it_is_about(message: object, expected: Id | None) -> None:
    assert id_of(message) == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (ReqContractData(0, Contract()), ReqContractData(100, Contract())),
        (Error(7, 200, "no"), Error(107, 200, "no")),
        (Error(-1, 2104, "fine"), Error(-1, 2104, "fine")),
        (NEXT_ID, NEXT_ID),
        (
            PlaceOrder(4, Contract(), Order(parent_id=3), AttachedOrders(sl_order_id=5)),
            PlaceOrder(1004, Contract(), Order(parent_id=1003), AttachedOrders(sl_order_id=1005)),
        ),
        (
            OpenOrder(4, order=Order(order_id=4, parent_id=0)),
            OpenOrder(1004, order=Order(order_id=1004, parent_id=0)),
        ),
        (OrderStatus(4, parent_id=3), OrderStatus(1004, parent_id=1003)),
        (
            ExecutionData(7, execution=Execution(order_id=4)),
            ExecutionData(107, execution=Execution(order_id=1004)),
        ),
    ],
)
def test_every_id_is_replaced(message: object, expected: object) -> None:
    assert renumbered(message, later) == expected


def test_what_has_no_id_stays_the_same_object() -> None:
    message = object.__new__(CurrentTime)

    assert renumbered(message, later) is message
