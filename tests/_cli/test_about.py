import pytest

from trio_tws import (
    CancelMktData,
    CancelOrder,
    CurrentTime,
    ReqMktData,
    TickPrice,
    TickReqParams,
    TickSnapshotEnd,
)
from trio_tws import _versions as v
from trio_tws._cli._about import about, everything
from trio_tws._model import MESSAGES
from trio_tws._wire import Registry, incoming, outgoing

TOYS = Registry()


@outgoing(2, registry=TOYS)
class TakeBack:
    """Takes a question back."""


@outgoing(9, since=v.PNL, proto=v.PNL, cancel=TakeBack, registry=TOYS)
class Question:
    """Asks ``something``.

    In words that
    take two lines.

    And a paragraph.

    Source: EClient.ask, askAgain and answerMe; EWrapper.told, and what people say.
    """


@incoming(7, version=3, answers=Question, registry=TOYS)
class Answer:
    pass


@incoming(1, version=3, version_until=v.PNL, answers=Question, ends_until=v.PNL, registry=TOYS)
class End:
    """Ends it."""


def test_a_message_tells_what_its_declaration_says() -> None:
    price = about(TickPrice)

    assert (price.key, price.name, price.cls) == ("in:1", "TickPrice", TickPrice)
    assert price.summary.startswith("One price of a line")
    assert price.methods == ("EWrapper.tickPrice",)
    assert price.protobuf_since == v.PROTOBUF_MARKET_DATA
    assert (price.version, price.version_until) == (6, None)
    assert price.answers == ("ReqMktData",)
    assert not price.is_last
    assert not price.is_trade


def test_conversations_are_told_from_both_ends() -> None:
    request = about(ReqMktData)

    assert request.key == "out:1"
    assert {"TickPrice", "TickSize", "TickSnapshotEnd"} <= set(request.answered_by)
    assert request.cancelled_by == "CancelMktData"
    assert about(CancelMktData).cancels == ("ReqMktData",)
    assert about(CancelMktData).cancelled_by is None
    assert about(TickSnapshotEnd).is_last
    assert about(CancelOrder).is_trade


def test_what_is_bound_to_a_version_says_so() -> None:
    question, end = about(Question, TOYS), about(End, TOYS)

    assert question.since == v.PNL
    assert question.version is None
    assert end.since is None
    assert end.protobuf_since is None
    assert (end.is_last, end.is_last_until) == (True, v.PNL)
    assert (end.version, end.version_until) == (3, v.PNL)


def test_the_docstring_is_taken_apart() -> None:
    question = about(Question, TOYS)

    assert question.summary == "Asks `something`."
    assert question.details == "In words that take two lines.\n\nAnd a paragraph."
    assert question.methods == (
        "EClient.ask",
        "EClient.askAgain",
        "EClient.answerMe",
        "EWrapper.told",
    )
    assert about(End, TOYS).details == ""


def test_a_message_may_have_no_docstring() -> None:
    assert about(Answer, TOYS).summary == ""
    assert about(Answer, TOYS).methods == ()


def test_a_class_that_is_no_message_is_refused() -> None:
    with pytest.raises(TypeError, match="int is not a message"):
        about(int)


def test_everything_is_in_order() -> None:
    assert [one.key for one in everything(TOYS)] == ["out:2", "out:9", "in:1", "in:7"]
    assert {one.cls for one in everything()} == set(MESSAGES)


def test_every_message_of_the_tables_says_what_it_is_and_what_ib_calls_it() -> None:
    for one in everything():
        assert one.summary.endswith("."), one.name
        assert one.methods, one.name


def test_the_versions_that_know_a_message() -> None:
    params = about(TickReqParams)

    assert not params.is_known_to(v.REQ_SMART_COMPONENTS - 1)
    assert params.is_known_to(v.REQ_SMART_COMPONENTS)
    assert about(CurrentTime).is_known_to(v.MIN_SERVER_VERSION)


def test_the_format_goes_by_the_version() -> None:
    price = about(TickPrice)

    assert price.format_at(v.PROTOBUF_MARKET_DATA - 1) == "text"
    assert price.format_at(v.PROTOBUF_MARKET_DATA) == "protobuf"
    assert about(End, TOYS).format_at(v.MAX_SERVER_VERSION) == "text"


def test_its_own_version_number_is_sent_in_text_until_it_is_gone() -> None:
    end, price, question = about(End, TOYS), about(TickPrice), about(Question, TOYS)

    assert [end.sends_own_version_at(v.PNL + step) for step in (-1, 0)] == [True, False]
    last = v.PROTOBUF_MARKET_DATA - 1
    assert [price.sends_own_version_at(last + step) for step in (0, 1)] == [True, False]
    assert not question.sends_own_version_at(v.MIN_SERVER_VERSION)
