from collections.abc import Callable

import pytest
import trio

from tests.testing.program import Program, running
from trio_tws import MarketOrder, PlaceOrder, ReqCurrentTime, Stock
from trio_tws._model.contracts import ContractDataEnd, ReqContractData
from trio_tws._model.session import Error, NextValidId, ReqIds
from trio_tws.testing import Rule, Scenario, before, on

AAPL = Stock("AAPL")


async def heard(*rules: Rule, asked: list[object]) -> list[tuple[int, str]]:
    """What comes of requests, and after how many whole seconds."""
    found: list[tuple[int, str]] = []
    scenario = Scenario(*rules)
    async with running(scenario=scenario) as simulator:
        program = await Program.started(simulator)
        while isinstance(event := await program.next(), Error) and event.code < 2158:
            pass
        began = trio.current_time()
        with trio.move_on_after(10):
            await program.send(*asked)
            while True:
                event = await program.next()
                words = f" {event.code}" if isinstance(event, Error) else ""
                found.append((round(trio.current_time() - began), f"{type(event).__name__}{words}"))
    assert not scenario.unfired
    return found


async def test_a_request_is_refused_under_its_id(autojump_clock: object) -> None:
    async with running(scenario=Scenario(on(ReqContractData, ReqIds).reject(200, "no"))) as sim:
        program = await Program.started(sim)
        assert await program.error(ReqContractData(7, AAPL)) == (7, 200, "no")
        assert await program.error(ReqIds()) == (-1, 200, "no")


async def test_a_refused_order_has_used_its_number(autojump_clock: object) -> None:
    async with running(scenario=Scenario(on(PlaceOrder).reject(201, "no"))) as simulator:
        program = await Program.started(simulator)
        order = MarketOrder("BUY", 1)
        assert await program.error(PlaceOrder(5, AAPL, order)) == (5, 201, "no")
        await program.send(ReqIds())
        assert (await program.until(NextValidId)).order_id == 6
        assert simulator.exchange.book.open() == []


async def test_a_test_can_answer_itself(autojump_clock: object) -> None:
    rules = on(ReqContractData, ReqIds).answer(NextValidId(77), ContractDataEnd(0))
    async with running(scenario=Scenario(rules)) as simulator:
        program = await Program.started(simulator)
        await program.send(ReqContractData(7, AAPL))
        assert (await program.until(NextValidId)).order_id == 77
        assert (await program.until(ContractDataEnd)).req_id == 7
        await program.send(ReqIds())
        assert (await program.until(ContractDataEnd)).req_id == 0


async def test_what_is_dropped_is_not_heard(autojump_clock: object) -> None:
    asked: list[object] = [ReqCurrentTime(), ReqIds()]
    assert await heard(on(ReqIds).drop(), asked=asked) == [(0, "CurrentTime")]
    assert await heard(before(NextValidId, nth=2).drop(), asked=asked) == [(0, "CurrentTime")]


@pytest.mark.parametrize("rule", [on(ReqIds).delay(3), before(NextValidId, nth=2).delay(3)])
async def test_what_is_late_is_overtaken(rule: Rule, autojump_clock: object) -> None:
    assert await heard(rule, asked=[ReqIds(), ReqCurrentTime()]) == [
        (0, "CurrentTime"),
        (3, "NextValidId"),
    ]


@pytest.mark.parametrize("rule", [on(ReqIds).duplicate(3), before(NextValidId, nth=2).duplicate(3)])
async def test_what_comes_more_than_once_does(rule: Rule, autojump_clock: object) -> None:
    assert await heard(rule, asked=[ReqIds()]) == [(0, "NextValidId")] * 3


async def test_rules_stand_in_line(autojump_clock: object) -> None:
    late_twice = (on(ReqIds).delay(2), on(ReqIds).duplicate())
    assert await heard(*late_twice, asked=[ReqIds()]) == [(2, "NextValidId")] * 2
    twice_late = (on(ReqIds).duplicate(), on(ReqIds, nth=2).delay(2))
    assert await heard(*twice_late, asked=[ReqIds()]) == [(0, "NextValidId"), (2, "NextValidId")]


async def test_what_comes_together_changes_places(autojump_clock: object) -> None:
    asked: list[object] = [ReqIds(), ReqCurrentTime()]
    rule = on(ReqIds, ReqCurrentTime).reorder()
    assert [name for _, name in await heard(rule, asked=asked)] == ["CurrentTime", "NextValidId"]


async def test_more_than_two_are_shuffled_by_the_seed(autojump_clock: object) -> None:
    async def order(seed: int) -> list[int]:
        scenario = Scenario(on(ReqContractData).reorder(within=2), seed=seed)
        async with running(scenario=scenario) as simulator:
            program = await Program.started(simulator)
            began = trio.current_time()
            await program.send(*(ReqContractData(req_id, AAPL) for req_id in range(1, 9)))
            ends = [(await program.until(ContractDataEnd)).req_id for _ in range(8)]
            assert round(trio.current_time() - began, 3) == 2
            await program.send(ReqContractData(9, AAPL))
            assert (await program.until(ContractDataEnd)).req_id == 9
        assert scenario.times_fired(scenario.rules[0]) == 1
        return ends

    first, again, other = await order(1), await order(1), await order(2)
    assert first == again != other
    assert sorted(first) == sorted(other) == list(range(1, 9)) != first


async def test_what_is_late_for_one_who_has_left_is_lost(autojump_clock: object) -> None:
    scenario = Scenario(on(PlaceOrder).delay(5))
    async with running(scenario=scenario) as simulator:
        program = await Program.started(simulator)
        await program.send(PlaceOrder(5, AAPL, MarketOrder("BUY", 1)))
        await trio.sleep(1)
        await program.stream.aclose()
        await trio.sleep(5)
        assert list(simulator.exchange.book) == []


@pytest.mark.parametrize(
    "make",
    [
        lambda: on(ReqIds).delay(0),
        lambda: on(ReqIds).duplicate(1),
        lambda: on(ReqIds).reorder(within=0),
    ],
)
def test_numbers_have_a_range(make: Callable[[], Rule]) -> None:
    with pytest.raises(ValueError, match="must be"):
        make()
