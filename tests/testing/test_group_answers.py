import pytest

from tests.testing.program import Program, running, session
from trio_tws import Stock
from trio_tws._model.groups import (
    DisplayGroupList,
    DisplayGroupUpdated,
    QueryDisplayGroups,
    SubscribeToGroupEvents,
    UnsubscribeFromGroupEvents,
    UpdateDisplayGroup,
)
from trio_tws._model.session import CurrentTime, ReqCurrentTime
from trio_tws._model.ticks import ReqMktData, TickPrice


async def test_there_are_seven_groups() -> None:
    async with session() as program:
        await program.send(QueryDisplayGroups(7))
        assert await program.until(DisplayGroupList) == DisplayGroupList(7, "1|2|3|4|5|6|7")


async def test_a_change_is_told_to_all_who_look_at_that_group() -> None:
    async with running() as simulator:
        one = await Program.started(simulator, 1)
        two = await Program.started(simulator, 2)
        await two.send(ReqMktData(6, Stock("AAPL")))  # is under way too, and no group
        await two.until(TickPrice)
        for program, req_id, group in ((one, 7, 1), (one, 8, 2), (two, 9, 1)):
            await program.send(SubscribeToGroupEvents(req_id, group))
            shown = "265598@SMART" if group == 1 else "none"
            assert await program.until(DisplayGroupUpdated) == DisplayGroupUpdated(req_id, shown)
        for shown in ("272093@NYSE", "none"):
            await two.send(UpdateDisplayGroup(9, shown))
            assert await one.until(DisplayGroupUpdated) == DisplayGroupUpdated(7, shown)
            assert await two.until(DisplayGroupUpdated) == DisplayGroupUpdated(9, shown)


@pytest.mark.parametrize("shown", ["265598@NOSUCH", "4711@SMART", "AAPL", ""])
async def test_what_can_not_be_shown_is_refused(shown: str) -> None:
    async with session() as program:
        await program.send(SubscribeToGroupEvents(7, 1))
        assert (await program.error(UpdateDisplayGroup(7, shown)))[:2] == (7, 321)
        assert (await program.error(UpdateDisplayGroup(7, "none")))[:2] == (7, 321)


async def test_a_group_has_to_be_there_and_an_id_free() -> None:
    async with session() as program:
        assert (await program.error(SubscribeToGroupEvents(7, 8)))[:2] == (7, 321)
        await program.send(SubscribeToGroupEvents(7, 1))
        assert (await program.error(SubscribeToGroupEvents(7, 1)))[:2] == (7, 322)


async def test_who_has_left_hears_nothing() -> None:
    async with session() as program:
        await program.send(SubscribeToGroupEvents(7, 1), SubscribeToGroupEvents(8, 1))
        await program.send(UnsubscribeFromGroupEvents(7), UnsubscribeFromGroupEvents(7))
        await program.send(UpdateDisplayGroup(8, "none"), ReqCurrentTime())
        found = await program.all_until(CurrentTime)
        updates = [one for one in found if isinstance(one, DisplayGroupUpdated)]
        assert [one.req_id for one in updates] == [7, 8, 8]
