"""What a scenario can do to a message on its way: refuse it, lose it, hold it back, double it."""

from __future__ import annotations

from functools import partial
from typing import Final, cast, final

import attrs
from attrs.validators import ge, gt

from trio_tws._model.place_order import PlaceOrder
from trio_tws._wire import evolve
from trio_tws.testing._scene import Passing, Scene

_LEAST: Final = 2


@attrs.frozen
class MessageAct:
    """What all of these are."""

    def pass_on(self, scene: Scene, passing: Passing) -> None:
        """Lets the message go on, or another, or several, at once or later, or never."""
        raise NotImplementedError


@final
@attrs.frozen
class Reject(MessageAct):
    """A request is answered with an error, and not looked at."""

    code: int
    words: str

    def pass_on(self, scene: Scene, passing: Passing) -> None:
        """Says no; the number of a new order is used up by that."""
        client, request = passing.client, passing.message
        if isinstance(request, PlaceOrder):
            scene.simulator.exchange.book.use(client.client_id or 0, request.order_id)
        client.say(client.error(_id_of(request), self.code, self.words))
        scene.fired()


@final
@attrs.frozen
class Answer(MessageAct):
    """A request is answered by the test."""

    messages: tuple[object, ...]

    def pass_on(self, scene: Scene, passing: Passing) -> None:
        """Says what the test says, with the id of the request."""
        req_id = getattr(passing.message, "req_id", None)
        for message in self.messages:
            has_id = req_id is not None and hasattr(message, "req_id")
            passing.client.say(evolve(message, req_id=req_id) if has_id else message)
        scene.fired()


@final
@attrs.frozen
class Drop(MessageAct):
    """A message is lost."""

    def pass_on(self, scene: Scene, passing: Passing) -> None:
        """Does not let it go."""
        del passing
        scene.fired()


@final
@attrs.frozen
class Delay(MessageAct):
    """A message takes its time; others overtake it."""

    seconds: float = attrs.field(validator=gt(0))

    def pass_on(self, scene: Scene, passing: Passing) -> None:
        """Lets it go later."""
        scene.later(self.seconds, passing.go)
        scene.fired()


@final
@attrs.frozen
class Duplicate(MessageAct):
    """A message comes more than once."""

    times: int = attrs.field(default=_LEAST, validator=ge(_LEAST))

    def pass_on(self, scene: Scene, passing: Passing) -> None:
        """Lets it go so many times."""
        for _ in range(self.times):
            passing.go()
        scene.fired()


@final
@attrs.frozen
class Reorder(MessageAct):
    """Messages that come soon after each other change places."""

    within: float = attrs.field(default=0.1, validator=gt(0))

    def pass_on(self, scene: Scene, passing: Passing) -> None:
        """Holds it, and lets those that are held go when the time is over."""
        if not scene.waiting:
            scene.later(self.within, partial(self._release, scene))
        scene.waiting.append(passing)

    def _release(self, scene: Scene) -> None:
        held = list(scene.waiting)
        scene.waiting.clear()
        shuffled = scene.dice.sample(held, len(held))
        if shuffled == held:  # which of two is as likely as not
            shuffled.append(shuffled.pop(0))
        for passing in shuffled:
            passing.go()
        if len(held) >= _LEAST:
            scene.fired()


def _id_of(request: object) -> int:
    """Gives the id under which TWS speaks of a request."""
    for name in ("req_id", "order_id"):
        found = cast("int | None", getattr(request, name, None))
        if found is not None:
            return found
    return -1
