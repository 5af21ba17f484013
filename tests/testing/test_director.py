"""What scenarios say is done at its time, in its order, and with its name where it goes wrong."""

from collections.abc import Callable

import pytest
import trio

from tests.testing.program import START, Program, running
from trio_tws import CurrentTime, ReqCurrentTime
from trio_tws._model.session import Error, NextValidId, ReqIds
from trio_tws.testing import Rule, Scenario, ScenarioError, Simulator, after, at, before, on


def note(told: list[object], what: object) -> Callable[[Simulator], None]:
    return lambda _: told.append(what)


async def heard(program: Program) -> list[str]:
    """Asks for ids, and gives what came until they did, but for the notices of the start."""
    await program.send(ReqIds())
    events = await program.all_until(NextValidId)
    return [
        f"{event.code}" if isinstance(event, Error) else type(event).__name__
        for event in events
        if not (isinstance(event, Error) and event.code in {2104, 2106, 2158})
    ]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (at(0).halt("APPL"), r"^at\(0\)\.halt\('APPL'\): nothing with the symbol"),
        (at(START).restart(), r"that time is past: it is 2024-01-16 09:30:05 EST"),
        (on(ReqIds).gap("APPL", 1), r"^on\(ReqIds\)\.gap\('APPL', 1\): nothing with"),
    ],
)
async def test_what_cannot_happen_is_refused_by_name(
    rule: Rule, words: str, autojump_clock: object
) -> None:
    async with running() as simulator:
        await trio.sleep(5)
        with pytest.raises(ValueError, match=words):
            simulator.director.play(Scenario(on(ReqIds).drop(), rule))
        assert await heard(await Program.started(simulator)) == ["NextValidId"]


@pytest.mark.parametrize("speed", [1, 60])
async def test_things_happen_at_their_time_and_before_all_else(
    speed: float, autojump_clock: object
) -> None:
    told: list[object] = []
    scenario = Scenario(
        at(0).do(note(told, "at once")),
        at(60).do(note(told, "in a minute")),
        at("09:32").do(note(told, "at its time")),
        at(60).do(note(told, "later"), after=60),
    )
    async with running(scenario=scenario, speed=speed) as simulator:
        assert told == ["at once"]
        await trio.sleep(60 / speed)
        assert told == ["at once", "in a minute"]
        assert simulator.now() == START.timestamp() + 60
        await trio.sleep(60 / speed)
        assert told[:2] == ["at once", "in a minute"]
        assert set(told[2:]) == {"at its time", "later"}
    assert not scenario.unfired


async def test_rules_about_a_message_form_a_line(autojump_clock: object) -> None:
    told: list[object] = []
    late = on(ReqCurrentTime).do(note(told, "never"))
    scenario = Scenario(
        on(ReqCurrentTime).do(note(told, "first")),
        on(ReqIds).drop(),
        on(ReqCurrentTime).duplicate(),
        on(ReqCurrentTime).do(note(told, "each")),
        on(ReqCurrentTime).drop(),
        late,
    )
    async with running(scenario=scenario) as simulator:
        program = await Program.started(simulator)
        await program.send(ReqCurrentTime(), ReqIds())
        await trio.sleep(1)
        (client,) = simulator.clients
        assert [type(one) for one in client.received[1:]] == [ReqCurrentTime, ReqIds]
    assert told == ["first", "each", "each"]
    assert scenario.unfired == [late]
    assert [scenario.times_fired(rule) for rule in scenario.rules] == [1, 1, 1, 2, 2, 0]


async def test_both_directions_have_a_line_of_their_own(autojump_clock: object) -> None:
    told: list[object] = []
    scenario = Scenario(
        after(CurrentTime).do(note(told, "said")),
        before(CurrentTime).do(note(told, "about to be said")),
        before(CurrentTime).duplicate(3),
        on(ReqCurrentTime).do(note(told, "heard")),
    )
    async with running(scenario=scenario) as simulator:
        program = await Program.started(simulator)
        await program.send(ReqCurrentTime())
        assert await heard(program) == ["CurrentTime"] * 3 + ["NextValidId"]
    assert told == ["heard", "about to be said", "said", "said", "said"]


async def test_what_comes_with_a_number_comes_once(autojump_clock: object) -> None:
    only, other = on(ReqIds, nth=2).reject(321, "no"), on(ReqIds, client_id=9).drop()
    scenario = Scenario(only, other)
    async with running(scenario=scenario) as simulator:
        program = await Program.started(simulator)
        assert await heard(program) == ["NextValidId"]
        assert await program.error(ReqIds()) == (-1, 321, "no")
        assert await heard(program) == ["NextValidId"]
    assert scenario.times_fired(only) == 1
    assert scenario.unfired == [other]


async def test_what_is_held_back_goes_on_where_it_was(autojump_clock: object) -> None:
    """Past the rule that held it, and to those behind; to a program that has left it does not."""
    scenario = Scenario(on(ReqIds).delay(5), on(ReqIds, nth=1).reject(321, "no"))
    async with running(scenario=scenario) as simulator:
        program, leaver = await Program.started(simulator, 1), await Program.started(simulator, 2)
        began = trio.current_time()
        assert await program.error(ReqIds()) == (-1, 321, "no")
        assert round(trio.current_time() - began, 3) == 5
        await leaver.send(ReqIds())
        await leaver.stream.aclose()
        assert await heard(program) == ["NextValidId"]
        assert round(trio.current_time() - began, 3) == 10
    assert [scenario.times_fired(rule) for rule in scenario.rules] == [3, 1]


async def test_what_has_no_effect_has_not_happened(autojump_clock: object) -> None:
    first, second = at(1).halt("AAPL"), at(2).halt("AAPL")
    scenario = Scenario(first, second)
    async with running(scenario=scenario):
        await trio.sleep(3)
    assert scenario.unfired == [second]


def stumble(_: object) -> bool:
    raise LookupError("of the test")


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        (at(1).do(stumble), r"at\(1\)\.do\(stumble\)"),
        (on(ReqIds).do(stumble), r"on\(ReqIds\)\.do\(stumble\)"),
        (after(NextValidId).do(stumble, after=1), r"after\(NextValidId\)\.do\(stumble, after=1\)"),
        (on(ReqIds, where=stumble).drop(), r"on\(ReqIds, where=stumble\)\.drop\(\)"),
    ],
)
async def test_what_goes_wrong_has_the_name_of_its_rule(
    rule: Rule, name: str, autojump_clock: object
) -> None:
    with pytest.raises(ScenarioError, match=f"^{name}: of the test$") as info:
        async with running(scenario=Scenario(rule)) as simulator:
            await (await Program.started(simulator)).send(ReqIds())
            await trio.sleep_forever()
    assert isinstance(info.value.__cause__, LookupError)


async def test_an_act_on_a_message_that_goes_wrong_has_its_name_too(autojump_clock: object) -> None:
    nonsense = on(ReqIds).answer("no message")
    with pytest.raises(ScenarioError, match=r"^on\(ReqIds\)\.answer\('no message'\): "):
        async with running(scenario=Scenario(nonsense)) as simulator:
            await (await Program.started(simulator)).send(ReqIds())
            await trio.sleep_forever()


async def test_the_inner_one_of_two_names_is_told(autojump_clock: object) -> None:
    inner = Scenario(at(0).do(stumble))
    with pytest.raises(ScenarioError, match=r"^at\(0\)\.do\(stumble\): of the test$"):
        async with running(scenario=Scenario(at(1).do(lambda one: one.play(inner)))):
            await trio.sleep_forever()
