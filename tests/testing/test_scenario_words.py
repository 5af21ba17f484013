"""Each word makes its rule; what comes of the rules is with their acts and triggers."""

from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest

from trio_tws import CurrentTime, ExecutionData, OrderStatus, PlaceOrder, ReqCurrentTime, ReqIds
from trio_tws.testing import (
    AfterMessage,
    AtMoment,
    BeforeMessage,
    Farm,
    OnOrder,
    OnRequest,
    Rule,
    Simulator,
    after,
    at,
    before,
    on,
)
from trio_tws.testing import _message_acts as message_acts
from trio_tws.testing import _world_acts as world_acts
from trio_tws.testing._message_acts import MessageAct
from trio_tws.testing._triggers import After, At, Before, On
from trio_tws.testing._world_acts import WorldAct

InWorld = AtMoment | OnRequest | BeforeMessage | AfterMessage
Messages = OnRequest | BeforeMessage

TRIGGERS = (
    (at(5), At(5)),
    (on(ReqIds), On((ReqIds,))),
    (on(PlaceOrder), On((PlaceOrder,))),
    (before(OrderStatus), Before((OrderStatus,))),
    (after(OrderStatus), After((OrderStatus,))),
)


def look(simulator: Simulator) -> None:
    """What a test could do."""


IN_WORLD: Sequence[tuple[Callable[[InWorld], Rule], WorldAct]] = [
    (lambda when: when.halt("ES"), world_acts.Halt("ES")),
    (
        lambda when: when.halt("ES", seconds=5, after=2),
        world_acts.Halt("ES", seconds=5, after=2),
    ),
    (lambda when: when.resume("ES", after=2), world_acts.Resume("ES", after=2)),
    (lambda when: when.gap("ES", -3, after=2), world_acts.Gap("ES", -3, after=2)),
    (lambda when: when.lose_connection(after=2), world_acts.LoseConnection(after=2)),
    (lambda when: when.lose_ib(), world_acts.LoseIb(60)),
    (
        lambda when: when.lose_ib(5, keeps_data=False, after=2),
        world_acts.LoseIb(5, keeps_data=False, after=2),
    ),
    (
        lambda when: when.lose_farm(Farm.HISTORICAL, seconds=5, after=2),
        world_acts.LoseFarm(Farm.HISTORICAL, seconds=5, after=2),
    ),
    (lambda when: when.compete(), world_acts.Compete()),
    (
        lambda when: when.compete(seconds=5, after=2),
        world_acts.Compete(seconds=5, after=2),
    ),
    (lambda when: when.restart(5, after=2), world_acts.Restart(5, after=2)),
    (lambda when: when.do(look, after=2), world_acts.Do(look, after=2)),
]


@pytest.mark.parametrize(("say", "act"), IN_WORLD)
def test_what_happens_in_the_world_goes_with_each_trigger(
    say: Callable[[InWorld], Rule], act: WorldAct
) -> None:
    for when, trigger in TRIGGERS:
        rule = say(when)
        assert (rule.trigger, rule.act) == (trigger, act)


TO_MESSAGES: Sequence[tuple[Callable[[Messages], Rule], MessageAct]] = [
    (lambda when: when.drop(), message_acts.Drop()),
    (lambda when: when.delay(3), message_acts.Delay(3)),
    (lambda when: when.duplicate(), message_acts.Duplicate(2)),
    (lambda when: when.duplicate(5), message_acts.Duplicate(5)),
    (lambda when: when.reorder(), message_acts.Reorder(0.1)),
    (lambda when: when.reorder(within=2), message_acts.Reorder(2)),
]


@pytest.mark.parametrize(("say", "act"), TO_MESSAGES)
def test_what_happens_to_messages_goes_with_both_directions(
    say: Callable[[Messages], Rule], act: MessageAct
) -> None:
    for when, trigger in TRIGGERS:
        if isinstance(when, OnRequest | BeforeMessage):
            rule = say(when)
            assert (rule.trigger, rule.act) == (trigger, act)


def test_requests_are_refused_and_answered() -> None:
    answer = CurrentTime, OrderStatus
    assert on(ReqIds).reject(321, "no").act == message_acts.Reject(321, "no")
    assert on(ReqIds).answer(*answer).act == message_acts.Answer(answer)


@pytest.mark.parametrize(
    ("rule", "act"),
    [
        (on(PlaceOrder).fill(3), world_acts.Fill(Decimal(3))),
        (on(PlaceOrder).fill(0.1, 5.5), world_acts.Fill(Decimal("0.1"), 5.5)),
        (on(PlaceOrder).fill("1.10", after=2), world_acts.Fill(Decimal("1.10"), after=2)),
        (on(PlaceOrder).cancel(after=2), world_acts.Cancel(after=2)),
        (on(PlaceOrder).correct(price=5.5), world_acts.Correct(price=5.5)),
        (
            on(PlaceOrder).correct(shares=0, after=2),
            world_acts.Correct(shares=Decimal(0), after=2),
        ),
    ],
)
def test_exchanges_do_this_to_orders(rule: Rule, act: WorldAct) -> None:
    assert rule.trigger == On((PlaceOrder,))
    assert rule.act == act


def test_only_what_is_certainly_an_order_can_be_filled() -> None:
    assert isinstance(on(PlaceOrder, nth=2), OnOrder)
    assert not isinstance(on(ReqIds), OnOrder)
    assert not isinstance(on(PlaceOrder, ReqIds), OnOrder)


def test_messages_are_narrowed_down() -> None:
    def is_big(_: object) -> bool:
        return True

    kinds = (ReqIds, ReqCurrentTime)
    assert on(*kinds, where=is_big, nth=2, client_id=5).drop().trigger == On(
        kinds, where=is_big, nth=2, client_id=5
    )
    told = (OrderStatus, ExecutionData)
    for word, trigger in ((before, Before), (after, After)):
        rule = word(*told, where=is_big, nth=2, client_id=5).restart()
        assert rule.trigger == trigger(told, where=is_big, nth=2, client_id=5)


@pytest.mark.parametrize(
    ("say", "words"),
    [
        (lambda: at("ten"), "no time of day"),
        (lambda: on(OrderStatus), "TWS sends OrderStatus"),
        (lambda: before(PlaceOrder), "is sent to TWS"),
        (lambda: after(PlaceOrder), "is sent to TWS"),
        (lambda: on(PlaceOrder, nth=0), "nth"),
        (lambda: at(5).halt("ES", seconds=0), "seconds"),
        (lambda: at(5).restart(after=-1), "after"),
        (lambda: on(PlaceOrder).duplicate(1), "times"),
        (lambda: on(PlaceOrder).fill(0), "quantity"),
    ],
)
def test_what_makes_no_sense_is_not_taken(say: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        say()
