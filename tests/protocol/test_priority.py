from typing import Any

import pytest

from trio_tws import (
    CancelMktData,
    CancelOrder,
    CancelPositions,
    ExerciseAction,
    ExerciseOptions,
    Order,
    PlaceOrder,
    ReqCurrentTime,
    ReqGlobalCancel,
    ReqMktData,
    ReqPositions,
    StartApi,
    Stock,
    SubscribeToGroupEvents,
    TickSize,
    UnsubscribeFromGroupEvents,
    UpdateDisplayGroup,
)
from trio_tws._model import MESSAGES
from trio_tws._wire.fields import spec_of
from trio_tws.protocol._priority import PLAIN, Place, Rank, place_of

AAPL = Stock("AAPL")


def blank(cls: Any) -> object:
    """Gives a message without values: its class is all that counts."""
    return object.__new__(cls)


@pytest.mark.parametrize(
    "message",
    [
        PlaceOrder(1, AAPL, Order()),
        CancelOrder(1),
        ReqGlobalCancel(),
        ExerciseOptions(1, AAPL, ExerciseAction.EXERCISE, 1),
        StartApi(1),
    ],
)
def test_orders_go_first_and_in_their_own_order(message: object) -> None:
    assert place_of(message) == Place(Rank.ORDER)


def test_everything_that_trades_is_an_order() -> None:
    for cls in MESSAGES.outgoing.values():
        if spec_of(cls).is_trade:
            assert place_of(blank(cls)).rank is Rank.ORDER


def test_a_cancel_goes_before_requests_and_has_the_key_of_its_own() -> None:
    assert place_of(CancelMktData(7)) == Place(Rank.CANCEL, 7)
    assert place_of(ReqMktData(7, AAPL)) == Place(Rank.REQUEST, 7)


def test_every_cancel_has_the_rank_of_one() -> None:
    cancels = {spec_of(cls).cancel for cls in MESSAGES.outgoing.values()} - {None}
    assert len(cancels) > 20
    for cls in MESSAGES.outgoing.values():
        assert (place_of(blank(cls)).rank is Rank.CANCEL) == (cls in cancels)


def test_a_request_without_an_id_and_its_cancel_have_one_key_too() -> None:
    assert place_of(ReqPositions()) == Place(Rank.REQUEST, CancelPositions)
    assert place_of(CancelPositions()) == Place(Rank.CANCEL, CancelPositions)


def test_what_has_the_same_id_is_about_the_same_thing() -> None:
    messages = (
        SubscribeToGroupEvents(7, 1),
        UpdateDisplayGroup(7, "none"),
        UnsubscribeFromGroupEvents(7),
    )
    assert {place_of(message).key for message in messages} == {7}


@pytest.mark.parametrize("other", [ReqCurrentTime(), TickSize(7), "no message"])
def test_anything_else_waits_for_its_turn(other: object) -> None:
    assert place_of(other) == PLAIN
