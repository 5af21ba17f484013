"""The exception tree, as drawn and as it is; and what each exception tells."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import trio

import trio_tws
from tests._client.peer import Peer, session
from tests.testing import program as simulated
from trio_tws import _errors
from trio_tws import _versions as v
from trio_tws._model.bars import CancelHistoricalData, ReqHistoricalData
from trio_tws._model.builders import Future, Stock
from trio_tws._model.codes import CodeClass, Ends, code_table
from trio_tws._model.contract_details import ContractData
from trio_tws._model.contracts import Contract, ContractDataEnd, ReqContractData
from trio_tws._model.families import request_error
from trio_tws._model.orders import Order
from trio_tws._model.session import Error, ReqIds
from trio_tws._model.ticks import ReqMktData
from trio_tws._orders.rejections import Doing, Verdict, judge
from trio_tws.protocol import Notice

BRANCH = re.compile(r"^ {4}((?:│ {3}| {4})*)(?:[├└]── )(\w+)", re.MULTILINE)

CASES: dict[str, Any] = {
    "LocalProtocolError": lambda: _errors.LocalProtocolError("no"),
    "RemoteProtocolError": lambda: _errors.RemoteProtocolError("no", b"bytes"),
    "ConnectFailed": lambda: _errors.ConnectFailed("no"),
    "ConnectionRefused": lambda: _errors.ConnectionRefused("no"),
    "ApiNotEnabled": lambda: _errors.ApiNotEnabled("no"),
    "ClientIdInUse": lambda: _errors.ClientIdInUse("no"),
    "TooManyClients": lambda: _errors.TooManyClients("no"),
    "HandshakeTimeout": lambda: _errors.HandshakeTimeout("no", "the version"),
    "ServerTooOld": lambda: _errors.ServerTooOld("no"),
    "ServerTooNew": lambda: _errors.ServerTooNew("no"),
    "NotTWS": lambda: _errors.NotTWS("no"),
    "Redirected": lambda: _errors.Redirected("no", "host:4002"),
    "LiveAccount": lambda: _errors.LiveAccount("no"),
}


def drawn() -> dict[str, str]:
    """Each exception of the drawing, with the one that it hangs on."""
    above = ["TWSError"]
    found: dict[str, str] = {}
    for indent, name in BRANCH.findall(_errors.__doc__ or ""):
        depth = len(indent) // 4
        above[depth + 1 :] = [name]
        found[name] = above[depth]
    return found


def subclasses(cls: type[Exception]) -> Iterator[type[Exception]]:
    for one in cls.__subclasses__():
        if one.__module__.startswith("trio_tws."):
            yield one
            yield from subclasses(one)


def test_the_tree_is_as_it_is_drawn() -> None:
    real = {cls.__name__: cls.__bases__[0].__name__ for cls in subclasses(_errors.TWSError)}

    assert real == drawn()


def test_every_exception_of_the_tree_is_public_and_documented() -> None:
    tree: list[type[Exception]] = [_errors.TWSError, *subclasses(_errors.TWSError)]
    for cls in tree:
        assert getattr(trio_tws, cls.__name__) is cls
        assert cls.__doc__


def test_the_module_lists_all_that_it_has() -> None:
    here = {name for name, value in vars(_errors).items() if isinstance(value, type)}

    assert set(_errors.__all__) == here


def test_an_exception_is_final_unless_something_hangs_on_it() -> None:
    open_ended = {
        cls.__name__ for cls in subclasses(_errors.TWSError) if not hasattr(cls, "__final__")
    }

    assert open_ended == {name for name in drawn().values() if name != "TWSError"}


@pytest.mark.parametrize(
    "name", [name for name, above in drawn().items() if above == "ConnectFailed"]
)
def test_a_failed_connection_says_what_failed_and_what_to_look_at(name: str) -> None:
    error = CASES[name]()

    assert isinstance(error, _errors.ConnectFailed)
    assert (error.message, str(error)) == ("no", f"no. {error.advice}")
    assert error.advice.endswith(".")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("ConnectFailed", None),
        ("ConnectionRefused", 502),
        ("ApiNotEnabled", None),
        ("ClientIdInUse", 326),
        ("TooManyClients", None),
        ("HandshakeTimeout", None),
        ("ServerTooOld", 503),
        ("ServerTooNew", 506),
        ("NotTWS", 507),
        ("Redirected", 502),
        ("LiveAccount", None),
    ],
)
def test_a_failed_connection_has_the_code_that_ib_gives_it(name: str, code: int | None) -> None:
    assert CASES[name]().code == code


def test_advice_may_be_given_for_the_case_at_hand() -> None:
    error = _errors.ApiNotEnabled("no", "Click the disclaimer.")

    assert (error.advice, str(error)) == ("Click the disclaimer.", "no. Click the disclaimer.")
    assert _errors.ApiNotEnabled.advice != error.advice


def test_an_exception_keeps_what_it_is_about() -> None:
    request = ReqIds()

    assert CASES["RemoteProtocolError"]().payload == b"bytes"
    assert _errors.RemoteProtocolError("no").payload == b""
    assert CASES["HandshakeTimeout"]().stage == "the version"
    assert CASES["Redirected"]().address == "host:4002"
    assert _errors.SlowConsumer("ticks", 10, 3).lost == 3
    timeout = _errors.ResponseTimeout(request, 2.5)
    assert (timeout.request, timeout.seconds) == (request, 2.5)


def test_a_request_error_has_tws_s_words_and_ours() -> None:
    plain = _errors.RequestError(200, "No security definition")
    full = _errors.RequestError(200, "No security definition", ReqIds(), "Check the symbol.")

    assert str(plain) == "TWS answered error 200: No security definition"
    assert (plain.code, plain.message, plain.request, plain.advice) == (
        200,
        "No security definition",
        None,
        "",
    )
    assert str(full) == (
        "TWS answered error 200 to ReqIds: No security definition (Check the symbol.)"
    )
    assert (full.request, full.advice) == (ReqIds(), "Check the symbol.")


KINDS = [
    cls for cls in subclasses(_errors.RequestError) if cls.__module__.startswith(_errors.__name__)
]


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_refusal_has_advice_of_its_own_and_takes_better(kind: Any) -> None:
    usual = kind(162, "no", ReqIds())
    better = kind(162, "no", ReqIds(), "Ask again.")

    assert usual.advice.endswith(".")
    assert str(usual) == f"TWS answered error 162 to ReqIds: no ({usual.advice})"
    assert (better.advice, kind.advice) == ("Ask again.", usual.advice)
    assert str(better).endswith("(Ask again.)")


@pytest.mark.parametrize("kind", [_errors.RequestError, *KINDS])
def test_a_code_in_the_docstring_of_a_kind_gives_that_kind_or_may(kind: type[Any]) -> None:
    summary = (kind.__doc__ or "").partition("\n")[0]
    for code in map(int, re.findall(r"\b\d{3,5}\b", summary)):
        assert code_table()[code].family in {kind.__name__, f"{kind.__name__}?", "?"} or (
            kind is _errors.AmbiguousContract and code == 200
        )


@pytest.mark.slow
@pytest.mark.parametrize("version", [176, v.MAX_SERVER_VERSION])
async def test_every_code_ends_a_request_as_the_table_says_or_leaves_it(version: int) -> None:
    """The words are none that tell anything, so that the code alone decides."""

    async def answer(peer: Peer) -> None:
        for code in code_table():
            req_id = (await peer.read_until(ReqContractData)).req_id
            await peer.send(Error(req_id, code, "-"), ContractData(req_id), ContractDataEnd(req_id))

    wrong: list[int] = []
    async with session(answer, version, pacing=None) as (tws, _peer):
        for code, facts in code_table().items():
            family = facts.family.removesuffix("?") or "RequestError"
            try:
                answered = await tws.contract_details(Stock("AAPL"))
            except _errors.RequestError as error:
                is_right = (
                    facts.ends is not Ends.NO
                    and (type(error).__name__, error.code, error.message) == (family, code, "-")
                    and isinstance(error.request, ReqContractData)
                )
            else:
                is_right = facts.ends is Ends.NO and len(answered) == 1
            wrong += [] if is_right else [code]
    assert wrong == []


async def test_a_warning_is_told_and_an_error_with_an_unknown_id_is_an_event() -> None:
    warnings = [c for c, facts in code_table().items() if facts.code_class is CodeClass.WARNING]

    async def answer(peer: Peer) -> None:
        req_id = (await peer.read_until(ReqContractData)).req_id
        await peer.send(
            *(Error(req_id, code, "-") for code in warnings),
            Error(12_345, 200, "No security definition"),
            ContractData(req_id),
            ContractDataEnd(req_id),
        )

    async with session(answer) as (tws, _peer):
        async with tws.open_events(Notice, Error) as events:
            await tws.contract_details(Stock("AAPL"))
            told = [await anext(events) for _ in range(len(warnings) + 1)]
    assert [getattr(event, "code", None) for event in told] == [*warnings, 200]
    assert {type(event) for event in told[:-1]} == {Notice}
    assert isinstance(told[-1], Error)
    assert told[-1].req_id == 12_345


async def test_a_code_that_ib_has_added_can_be_made_a_notice() -> None:
    added = 65_003

    async def answer(peer: Peer) -> None:
        for _ in range(2):
            req_id = (await peer.read_until(ReqContractData)).req_id
            await peer.send(
                Error(req_id, added, "-"), ContractData(req_id), ContractDataEnd(req_id)
            )

    async with session(answer) as (tws, _peer):
        with pytest.raises(_errors.RequestError):
            await tws.contract_details(Stock("AAPL"))
        trio_tws.treat_as_notice(added)
        assert len(await tws.contract_details(Stock("AAPL"))) == 1


AAPL, UNKNOWN, FUTURES = Stock("AAPL"), Stock("NOSUCH"), Future("ES", exchange="CME")


@pytest.mark.parametrize(
    ("requests", "code", "kind"),
    [
        ([ReqContractData(7, UNKNOWN)], 200, _errors.ContractNotFound),
        ([ReqMktData(7, UNKNOWN)], 200, _errors.ContractNotFound),
        ([ReqMktData(7, FUTURES)], 200, _errors.AmbiguousContract),
        ([ReqHistoricalData(7, FUTURES)], 200, _errors.AmbiguousContract),
        ([ReqContractData(7, Contract())], 321, _errors.InvalidRequest),
        ([ReqMktData(7, AAPL, "233", snapshot=True)], 321, _errors.InvalidRequest),
        ([ReqMktData(7, AAPL), ReqMktData(7, AAPL)], 102, _errors.InvalidRequest),
        ([ReqContractData(7, AAPL), ReqContractData(7, AAPL)], 322, _errors.InvalidRequest),
        ([ReqHistoricalData(7, AAPL, duration="1 X")], 321, _errors.InvalidRequest),
        ([ReqHistoricalData(7, AAPL, duration="60 S", bar_size_setting="1 day")], 162, None),
        ([ReqHistoricalData(7, AAPL, "19700101-00:00:00")], 162, _errors.NoData),
        ([ReqHistoricalData(7, AAPL, what_to_show="FEE_RATE")], 162, _errors.NoData),
        ([ReqHistoricalData(7, AAPL, "yesterday")], 10314, _errors.InvalidRequest),
        ([ReqHistoricalData(7, AAPL), CancelHistoricalData(7)], 162, _errors.RequestCancelled),
    ],
)
async def test_the_simulated_tws_refuses_in_words_that_tell_the_kind(
    autojump_clock: object,
    requests: list[object],
    code: int,
    kind: type[_errors.RequestError] | None,
) -> None:
    """Where no kind is given, it is a step that does not fit."""
    async with simulated.session(latency=1) as program:
        error = Error(*await program.error(*requests))

    assert error.code == code
    assert type(request_error(error, requests[-1])) is (kind or _errors.InvalidRequest)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (_errors.ResponseTimeout(ReqIds(), 30.0), "no answer to ReqIds within 30 s"),
        (_errors.SlowConsumer("ticks", 10, 3), "ticks: more than 10 events were waiting and 3"),
        (_errors.InternalError("a bug"), "a bug"),
    ],
)
def test_an_exception_names_the_thing_and_the_value(error: Exception, words: str) -> None:
    assert str(error).startswith(words)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            _errors.OrderRejected(201, "margin", 5, 900),
            "order 5, perm_id 900 was rejected with error 201: margin",
        ),
        (
            _errors.OrderRejected(None, "Rejected by System", advice="Ask IB."),
            "the order was rejected: Rejected by System (Ask IB.)",
        ),
        (_errors.OrderCancelled(None, 5), "order 5 was cancelled before all of it was filled"),
        (
            _errors.OrderInDoubt(5, 0, "the connection is lost"),
            "what became of order 5 is not known: the connection is lost (Don't send it again",
        ),
        (
            _errors.OrderInDoubt(None, 900, "silence", advice="Wait."),
            "what became of perm_id 900 is not known: silence (Wait.)",
        ),
        (
            _errors.ModifyRefused(110, "price", 5, "Round."),
            "the change of order 5 was refused with error 110: price (Round.)",
        ),
        (
            _errors.CancelRefused(161, "state", 5),
            "the cancel of order 5 was refused with error 161: state",
        ),
        (_errors.OrderLimit("max_open_orders", 2, 3, "wait"), "max_open_orders allows 2, not 3"),
        (
            _errors.OrderLimit("max_notional", 2, None, "wait"),
            "max_notional allows 2, and what this order has can't be told (wait)",
        ),
    ],
)
def test_an_exception_of_an_order_names_it_and_says_what_to_do(
    error: Exception, words: str
) -> None:
    assert str(error).startswith(words)


def test_an_exception_of_an_order_keeps_what_it_is_about() -> None:
    order, contract, state = Order(), Contract(), object()
    rejected = _errors.OrderRejected(201, "no", 5, 900, order, contract, "Ask.", "{}")
    cancelled = _errors.OrderCancelled(state, 5, 900)
    in_doubt = _errors.OrderInDoubt(5, 900, "silence", state)
    limit = _errors.OrderLimit("max_quantity", 10, 11, "less")

    assert (rejected.code, rejected.message, rejected.advice) == (201, "no", "Ask.")
    assert (rejected.order_id, rejected.perm_id) == (5, 900)
    assert (rejected.order, rejected.contract) == (order, contract)
    assert rejected.advanced_reject_json == "{}"
    assert (cancelled.state, cancelled.order_id, cancelled.perm_id) == (state, 5, 900)
    assert (in_doubt.order_id, in_doubt.perm_id, in_doubt.reason) == (5, 900, "silence")
    assert (in_doubt.state, in_doubt.advice) == (state, _errors.OrderInDoubt.advice)
    assert (limit.limit, limit.allowed, limit.value) == ("max_quantity", 10, 11)
    for kind in (_errors.ModifyRefused, _errors.CancelRefused):
        refused = kind(161, "no", 5, "Wait.")
        assert (refused.code, refused.message) == (161, "no")
        assert (refused.order_id, refused.advice) == (5, "Wait.")


@pytest.mark.parametrize("kind", [_errors.ModifyRefused, _errors.CancelRefused])
def test_the_codes_in_the_docstring_of_a_refusal_leave_the_order(kind: type[Any]) -> None:
    summary = (kind.__doc__ or "").partition("\n")[0]
    for code in map(int, re.findall(r"\b\d{3,5}\b", summary)):
        expected = "CHANGE" if kind is _errors.ModifyRefused else "CANCEL"
        doing = Doing(is_heard_of=True, is_changing=True)
        assert judge(code, "words", doing) is Verdict[f"{expected}_REFUSED"]


def test_a_lost_connection_is_trio_s_error_too() -> None:
    error = trio_tws.ConnectionLost("TWS closed it")

    assert isinstance(error, _errors.TWSError)
    assert isinstance(error, trio.BrokenResourceError)
