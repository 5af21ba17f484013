"""The exception tree, as drawn and as it is; and what each exception tells."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import trio

import trio_tws
from trio_tws import _errors
from trio_tws._model.session import ReqIds

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


def test_an_exception_is_final_unless_something_hangs_on_it_or_will() -> None:
    open_ended = {
        cls.__name__ for cls in subclasses(_errors.TWSError) if not hasattr(cls, "__final__")
    }

    assert open_ended == {name for name in drawn().values() if name != "TWSError"} | {
        "RequestError"
    }


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


def test_a_lost_connection_is_trio_s_error_too() -> None:
    error = trio_tws.ConnectionLost("TWS closed it")

    assert isinstance(error, _errors.TWSError)
    assert isinstance(error, trio.BrokenResourceError)
