"""Has what scenarios say happen, to one simulator.

What is due at a moment of the simulated clock is done a hundredth of a millisecond before it, so
that it comes before everything else that happens then: trio lets tasks that are due at the same
moment run in random order, and a halt at 10:00 should stop each trade of 10:00, in every run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final, cast, final

import attrs
import trio

from trio_tws.testing._agenda import Agenda
from trio_tws.testing._message_acts import MessageAct
from trio_tws.testing._scenario import Part, Rule, Scenario
from trio_tws.testing._scene import Passing, ScenarioError, Scene
from trio_tws.testing._triggers import After, At, On
from trio_tws.testing._world_acts import WorldAct

if TYPE_CHECKING:
    from trio_tws.testing._client import SimulatedClient
    from trio_tws.testing._simulator import Simulator

_AHEAD: Final = 1e-5
"""Simulated seconds by which a rule is ahead of all else at its moment; at today's epoch seconds a
float tells five times less apart."""


@attrs.define
class _Way:
    """The rules about messages that go one way."""

    ahead: list[Part] = attrs.field(factory=list[Part])
    """Those that a message meets."""
    behind: list[Part] = attrs.field(factory=list[Part])
    """Those about what has come of it."""

    def __bool__(self) -> bool:
        return bool(self.ahead or self.behind)


@final
class Director:
    """Plays scenarios in a simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._agenda = Agenda()
        self._heard = _Way()
        self._told = _Way()

    async def run(self) -> None:
        """Does what is due, until cancelled."""
        await self._agenda.run(trio.lowlevel.checkpoint)

    def play(self, scenario: Scenario) -> None:
        """Begins to play a scenario; see `Simulator.play`."""
        scenario.begin(self)

    def check(self, parts: Iterable[Part]) -> None:
        """Looks whether rules can happen here.

        Raises:
            ValueError: One can't; the text names it.
        """
        for part in parts:
            rule = part.rule
            try:
                if isinstance(rule.trigger, At):
                    self._seconds_left(rule.trigger)
                if isinstance(rule.act, WorldAct):
                    rule.act.check(self._simulator)
            except ValueError as error:
                raise ValueError(f"{rule}: {error}") from error

    def enter(self, parts: Iterable[Part]) -> None:
        """Begins to play rules."""
        for part in parts:
            trigger, act = part.rule.trigger, part.rule.act
            if isinstance(trigger, At):
                seconds = self._seconds_left(trigger)
                self._after(seconds, part.rule, partial(self._happen, part, None))
                continue
            way = self._heard if isinstance(trigger, On) else self._told
            needs_it = isinstance(act, WorldAct) and act.is_behind
            is_behind = needs_it or isinstance(trigger, After)
            (way.behind if is_behind else way.ahead).append(part)

    def _seconds_left(self, trigger: At) -> float:
        return trigger.seconds_left(self._simulator.now(), self._simulator.zone)

    # Messages .....................................................................................

    def hear(self, client: SimulatedClient, request: object) -> None:
        """Takes a request that has come, and hands on what rules leave of it."""
        if not self._heard:
            client.hear(request)
            return
        self._pass(self._heard, Passing(client, request, partial(self._hear, client)))

    def _hear(self, client: SimulatedClient, request: object) -> None:
        client.hear(request)
        self._follow(self._heard.behind, Passing(client, request, client.hear))

    def tell(self, client: SimulatedClient, message: object) -> None:
        """Takes what TWS is about to say, and hands on what rules leave of it."""
        if not self._told:
            client.utter(message)
            return
        self._pass(self._told, Passing(client, message, partial(self._tell, client)))

    def _tell(self, client: SimulatedClient, message: object) -> None:
        client.utter(message)
        self._follow(self._told.behind, Passing(client, message, client.utter, is_said=True))

    def _pass(self, way: _Way, passing: Passing, start: int = 0) -> None:
        """Shows a message to the rules on its way, until one takes it."""
        for at, part in enumerate(way.ahead[start:], start + 1):
            if not self._fits(part, passing):
                continue
            act = part.rule.act
            if isinstance(act, MessageAct):
                further = partial(self._further, way, at, passing)
                held = Passing(passing.client, passing.message, further)
                with _named(part.rule):
                    act.pass_on(self._scene(part, held), held)
                return
            self._happen(part, passing)
        passing.onward(passing.message)

    def _further(self, way: _Way, start: int, passing: Passing, message: object) -> None:
        self._pass(way, Passing(passing.client, message, passing.onward), start)

    def _follow(self, parts: list[Part], passing: Passing) -> None:
        for part in parts:
            if self._fits(part, passing):
                self._happen(part, passing)

    def _fits(self, part: Part, passing: Passing) -> bool:
        trigger = part.rule.trigger
        with _named(part.rule):
            if isinstance(trigger, At) or not trigger.fits(
                passing.client.client_id, passing.message
            ):
                return False
        part.matches += 1
        return trigger.nth in {None, part.matches}

    # Acts .........................................................................................

    def _happen(self, part: Part, passing: Passing | None) -> None:
        """Has something happen in the world, at once or later."""
        act = cast(WorldAct, part.rule.act)  # for all others there is a message to take
        self._after(act.after, part.rule, partial(self._do, part, act, passing))

    def _do(self, part: Part, act: WorldAct, passing: Passing | None) -> None:
        if act.do(self._scene(part, passing)):
            part.fired += 1

    def _scene(self, part: Part, passing: Passing | None) -> Scene:
        def fired() -> None:
            part.fired += 1

        return Scene(
            simulator=self._simulator,
            later=lambda seconds, act: self._after(seconds, part.rule, act),
            fired=fired,
            dice=part.dice,
            waiting=part.waiting,
            passing=passing,
        )

    def _after(self, seconds: float, rule: Rule, act: Callable[[], None]) -> None:
        """Does something after so many simulated seconds, at once if that is none."""

        def named() -> None:
            with _named(rule):
                act()

        if seconds:
            self._agenda.put(max(0, seconds - _AHEAD) / self._simulator.speed, named)
        else:
            named()


@contextmanager
def _named(rule: Rule) -> Iterator[None]:
    """Has what goes wrong name the rule."""
    try:
        yield
    except ScenarioError:
        raise
    except Exception as error:
        raise ScenarioError(f"{rule}: {error}") from error
