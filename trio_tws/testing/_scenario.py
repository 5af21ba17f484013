"""What a test has happen, as a list of rules."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, final

import attrs

from trio_tws.testing._message_acts import MessageAct
from trio_tws.testing._scene import Passing, spell
from trio_tws.testing._triggers import Trigger
from trio_tws.testing._world_acts import WorldAct

if TYPE_CHECKING:
    from trio_tws.testing._director import Director


@final
@attrs.frozen(repr=False, eq=False)
class Rule:
    """When something happens, and what: made by `at`, `on`, `before` and `after`.

    As text it is the call that made it.
    """

    trigger: Trigger
    """When."""
    act: WorldAct | MessageAct
    """What."""

    def __repr__(self) -> str:
        return f"{spell(self.trigger)}.{spell(self.act)}"


@attrs.define(eq=False)
class Part:
    """A rule in a scenario, and how far it has come."""

    rule: Rule
    """The rule."""
    dice: Random
    matches: int = 0
    fired: int = 0
    waiting: list[Passing] = attrs.field(factory=list[Passing])


@final
class Scenario:
    """What a test has happen to the simulated TWS and the programs at it.

    Each rule says when and what. ``open_simulator(scenario=…)`` or `Simulator.play` begins to play
    it, once; rules can be added then, too. With the same seeds and the same program the same
    happens each time.

    Rules about messages form a line: what one lets go on is looked at by the next, in the order in
    which they were written; what one drops, or answers, no later one sees. A rule that holds
    something back hands it on when the time has come.

    Args:
        *rules: Made by `at`, `on`, `before` and `after`.
        seed: Of what is left to chance: the order into which `reorder` brings messages.
    """

    def __init__(self, *rules: Rule, seed: int = 0) -> None:
        self._seed = seed
        self._parts: list[Part] = []
        self._director: Director | None = None
        self.add(*rules)

    def __repr__(self) -> str:
        return f"Scenario({', '.join(map(str, self.rules))})"

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules, in the order in which they were added."""
        return tuple(part.rule for part in self._parts)

    @property
    def unfired(self) -> list[Rule]:
        """Those that have had no effect so far.

        For the end of a test, so that it does not pass because nothing happened:
        ``assert not scenario.unfired``.
        """
        return [part.rule for part in self._parts if not part.fired]

    def times_fired(self, rule: Rule) -> int:
        """Gives how many times a rule has had an effect.

        Raises:
            ValueError: The rule is not in this scenario.
        """
        found = [part.fired for part in self._parts if part.rule is rule]
        if not found:
            raise ValueError(f"{rule} is not in this scenario")
        return sum(found)

    def add(self, *rules: Rule) -> None:
        """Adds rules; of one that is being played, they count from now on.

        Raises:
            ValueError: It is being played, and one of the rules can't happen there: a symbol that
                is not traded, a time that is past. None of them was added.
            ScenarioError: A rule is for this moment, and can't be carried out.
        """
        first = len(self._parts)
        parts = [
            Part(rule, Random(f"{self._seed} {number}")) for number, rule in enumerate(rules, first)
        ]
        if self._director is not None:
            self._director.check(parts)
        self._parts += parts
        if self._director is not None:
            self._director.enter(parts)

    def begin(self, director: Director) -> None:
        """Is played from now on; `Simulator.play` calls it.

        Raises:
            ValueError: It is being played, or was; or as by `add`.
        """
        if self._director is not None:
            raise ValueError("this scenario is being played already; make another one")
        director.check(self._parts)
        self._director = director
        director.enter(self._parts)
