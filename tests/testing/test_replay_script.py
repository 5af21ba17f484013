from typing import Final

import pytest

from tests.testing.recordings import C, S, Said, close, loose, passages
from trio_tws._model.cancels import CancelOrder
from trio_tws._model.contracts import Contract, ContractDataEnd, ReqContractData
from trio_tws._model.executions import (
    CommissionAndFeesReport,
    Execution,
    ExecutionData,
    ReqExecutions,
)
from trio_tws._model.open_orders import OpenOrderEnd, OrderStatus, ReqOpenOrders
from trio_tws._model.orders import Order
from trio_tws._model.place_order import PlaceOrder
from trio_tws._model.positions import PositionData, ReqPositions
from trio_tws._model.session import (
    Error,
    ManagedAccounts,
    NextValidId,
    ReqCurrentTime,
    ReqIds,
    StartApi,
)
from trio_tws.protocol import Hello, ServerHello, UnknownMessage
from trio_tws.testing._recording import Passage
from trio_tws.testing._replay_script import Asked, script_of

VERSION = 176


def told(found: list[Passage], *, is_timeline: bool = False) -> dict[object, list[object]]:
    """What comes of each, with the seconds after it."""
    script = script_of(found, is_timeline=is_timeline)
    assert script.hello is not None
    return {
        asked.message: [(answer.delay, answer.message) for answer in asked.answers]
        for asked in (script.hello, *script.asked)
    }


START: Final[dict[object, list[object]]] = {
    Hello(): [(0.25, ServerHello(VERSION, "20260115 10:00:00", "EST"))],
    StartApi(7): [(0.25, ManagedAccounts(("DU1234567",))), (0.5, NextValidId(5))],
}


def answers(*said: Said) -> dict[object, list[object]]:
    found = told(passages(*said, version=VERSION))
    assert found.pop(Hello()) == START[Hello()]
    start = found.pop(StartApi(7))
    assert start[:2] == START[StartApi(7)]
    if start[2:]:
        found[StartApi] = start[2:]
    return found


def test_a_session_begins_with_two_causes() -> None:
    assert told(passages(version=VERSION)) == START


def test_answers_belong_to_the_request_with_their_id() -> None:
    one, two = ReqContractData(1, Contract(symbol="A")), ReqContractData(2, Contract(symbol="B"))

    assert answers(
        Said(2, C, one),
        Said(3, C, two),
        Said(4, S, ContractDataEnd(1)),
        Said(4.5, S, Error(2, 200, "no")),
        Said(4.5, S, ContractDataEnd(9)),
    ) == {
        one: [(2, ContractDataEnd(1))],
        two: [(1.5, Error(2, 200, "no"))],
        StartApi: [(4.0, ContractDataEnd(9))],
    }


def test_answers_without_an_id_belong_to_the_last_request_of_their_kind() -> None:
    assert answers(
        Said(2, C, ReqPositions()),
        Said(3, C, ReqIds()),
        Said(4, S, PositionData("DU1234567")),
        Said(5, S, NextValidId(9)),
        Said(6, S, PositionData("DU1234567")),
    ) == {
        ReqPositions(): [(2, PositionData("DU1234567")), (4, PositionData("DU1234567"))],
        ReqIds(): [(2, NextValidId(9))],
    }


def test_what_nobody_asked_for_belongs_to_the_start() -> None:
    assert answers(
        Said(2, C, ReqCurrentTime()), Said(3, S, Error(-1, 2104, "ok")), Said(3, S, b"999\0?\0")
    ) == {
        ReqCurrentTime(): [],
        StartApi: [(2.5, Error(-1, 2104, "ok")), (2.5, UnknownMessage(999, b"999\0?\0"))],
    }


def test_news_of_an_order_belong_to_the_order_or_to_its_cancel() -> None:
    place, cancel = PlaceOrder(5, Contract(symbol="A"), Order()), CancelOrder(5)
    fill = ExecutionData(execution=Execution(order_id=5, exec_id="x.1"))

    assert answers(
        Said(2, C, place),
        Said(2.5, S, OrderStatus(5)),
        Said(3, S, fill),
        Said(4, C, cancel),
        Said(4.5, S, CommissionAndFeesReport("x.1")),
        Said(5, S, Error(5, 202, "cancelled")),
        Said(6, S, CommissionAndFeesReport("y")),
        Said(6, S, OrderStatus(6)),
    ) == {
        place: [(0.5, OrderStatus(5)), (1, fill), (2.5, CommissionAndFeesReport("x.1"))],
        cancel: [(1, Error(5, 202, "cancelled"))],
        StartApi: [(5.5, CommissionAndFeesReport("y")), (5.5, OrderStatus(6))],
    }


def test_news_of_an_order_belong_to_a_list_until_it_ends() -> None:
    place = PlaceOrder(5, Contract(symbol="A"), Order())

    assert answers(
        Said(2, C, place),
        Said(3, C, ReqOpenOrders()),
        Said(4, S, OrderStatus(5)),
        Said(4, S, OpenOrderEnd()),
        Said(5, S, OrderStatus(5)),
    ) == {
        place: [(3, OrderStatus(5))],
        ReqOpenOrders(): [(1, OrderStatus(5)), (1, OpenOrderEnd())],
    }


def test_executions_that_were_asked_for_belong_to_the_request() -> None:
    fill = ExecutionData(3, execution=Execution(order_id=5, exec_id="x.1"))

    assert answers(
        Said(2, C, ReqExecutions(3)), Said(3, S, fill), Said(3, S, CommissionAndFeesReport("x.1"))
    ) == {ReqExecutions(3): [(1, fill), (1, CommissionAndFeesReport("x.1"))]}


def test_the_end_belongs_to_what_was_sent_last() -> None:
    found = passages(Said(2, C, ReqCurrentTime()), version=VERSION)
    assert told([*found, close(3, S), close(4, C)])[ReqCurrentTime()] == [(1, None)]
    assert told([*found[:2], close(1, S)])[Hello()][1:] == [(1, None)]


def test_who_left_first_was_not_sent_away() -> None:
    found = passages(Said(2, C, ReqCurrentTime()), version=VERSION)
    assert told([*found, close(3, C), close(4, S)])[ReqCurrentTime()] == []
    start = told([*found, close(3, C), close(4, S)], is_timeline=True)[StartApi(7)]
    assert start[-1] == (3.5, None)


def test_on_a_timeline_all_belongs_to_the_start() -> None:
    one = ReqContractData(1, Contract(symbol="A"))
    found = passages(Said(2, C, one), Said(4, S, ContractDataEnd(1)), version=VERSION)

    start: list[object] = [(3.5, ContractDataEnd(1)), (4.5, None)]
    assert told([*found, close(5, S)], is_timeline=True) == {
        Hello(): START[Hello()],
        StartApi(7): START[StartApi(7)] + start,
        one: [],
    }


def test_what_is_not_the_protocol_is_passed_over_or_sent_as_it_is() -> None:
    script = script_of([loose(b"API\0"), loose(b"news", S)])
    assert (script.hello, script.asked, script.server_hello) == (None, (), None)

    with_start = passages(version=VERSION)
    assert told([*with_start, loose(b"noise", S, 3)])[StartApi(7)][2:] == [(2.5, None)]


@pytest.mark.parametrize(
    ("ours", "theirs", "is_same"),
    [
        (ReqContractData(1, Contract(symbol="A")), ReqContractData(9, Contract(symbol="A")), True),
        (ReqContractData(1, Contract(symbol="A")), ReqContractData(1, Contract(symbol="B")), False),
        (PlaceOrder(1, Contract(), Order()), PlaceOrder(2, Contract(), Order()), True),
    ],
)
def test_a_pattern_has_no_id_of_its_own(ours: object, theirs: object, is_same: bool) -> None:
    (passage, *_) = passages()
    first, second = Asked(0, passage, ours), Asked(0, passage, theirs)

    assert (first.pattern == second.pattern) is is_same


def test_what_can_not_be_read_is_the_same_if_its_bytes_are() -> None:
    bad = b"9\x008\0one\0"
    script = script_of(passages(Said(2, C, bad), Said(2, C, bad), version=VERSION))

    _, first, second = script.asked
    assert first.pattern == second.pattern == UnknownMessage(-1, bad)
