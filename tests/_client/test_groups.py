import pytest
import trio
import trio.testing

from tests._client.peer import Peer, session
from trio_tws import (
    DisplayGroupList,
    DisplayGroupUpdated,
    Gap,
    LocalProtocolError,
    QueryDisplayGroups,
    RemoteProtocolError,
    RequestError,
    SubscribeToGroupEvents,
    UpdateDisplayGroup,
    open_tws,
)
from trio_tws.testing import open_simulator


@pytest.mark.parametrize("version", [100, 176, 226])
async def test_what_one_program_shows_all_see(version: int, autojump_clock: object) -> None:
    async with open_simulator(server_version=version) as simulator:
        async with (
            open_tws(stream=simulator.open_stream(), client_id=1, strict=True) as one,
            open_tws(stream=simulator.open_stream(), client_id=2, strict=True) as two,
        ):
            number = (await one.display_groups())[1]
            async with one.open_display_group(number) as mine:
                async with two.open_display_group(number) as theirs:
                    assert (await anext(mine)).contract_info == "none"
                    assert (await anext(theirs)).contract_info == "none"
                    await mine.update("272093@SMART")
                    async for shown in theirs:
                        assert shown.contract_info == "272093@SMART"
                        break
                    assert (await anext(mine)).contract_info == "272093@SMART"
            await one.current_time()
            await two.current_time()
            assert [client.requests for client in simulator.clients] == [{}, {}]


async def test_a_group_tells_about_itself(autojump_clock: object) -> None:
    async with open_simulator() as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            async with tws.open_display_group(1) as group:
                assert group.group_id == 1
                await anext(group)
                assert group.statistics().delivered == 1
                assert repr(group).startswith("<DisplayGroup 1 ")
                group.close()
                await tws.current_time()
                assert simulator.clients[0].requests == {}
                with pytest.raises(trio.ClosedResourceError):
                    await anext(group)


async def test_a_group_that_there_is_not_is_an_error(autojump_clock: object) -> None:
    async with open_simulator() as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            async with tws.open_display_group(99) as group:
                with pytest.raises(RequestError, match="321"):
                    await anext(group)
            with pytest.raises(LocalProtocolError, match="group_id=0"):
                tws.open_display_group(0)


async def test_an_update_names_the_subscription_that_tws_has_heard(
    autojump_clock: object,
) -> None:
    """One that it did not hear right after the start is sent again, with another id."""

    async def act(peer: Peer) -> None:
        await peer.read_until(SubscribeToGroupEvents)
        second = await peer.read_until(SubscribeToGroupEvents)
        await peer.send(DisplayGroupUpdated(second.req_id, "none"))
        update = await peer.read_until(UpdateDisplayGroup)
        await peer.send(DisplayGroupUpdated(second.req_id, f"{update.req_id - second.req_id}"))

    async with session(act) as (tws, _peer):
        async with tws.open_display_group(1) as group:
            assert (await anext(group)).contract_info == "none"
            await group.update("none")
            assert (await anext(group)).contract_info == "0"


async def test_a_slow_reader_may_ask_for_gaps(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(SubscribeToGroupEvents)
        await peer.send(*[DisplayGroupUpdated(request.req_id, "none")] * 3)

    async with session(act) as (tws, _peer):
        async with tws.open_display_group(1, buffer=1, overflow="gap") as group:
            await trio.testing.wait_all_tasks_blocked()
            assert await anext(group) == Gap(2)


@pytest.mark.parametrize(("text", "groups"), [("", []), ("3", [3]), ("4|1", [4, 1])])
async def test_the_list_is_read(text: str, groups: list[int], autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(QueryDisplayGroups)
        await peer.send(DisplayGroupList(request.req_id, text))

    async with session(act) as (tws, _peer):
        assert await tws.display_groups() == groups


async def test_a_list_that_is_none_is_told(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(QueryDisplayGroups)
        await peer.send(DisplayGroupList(request.req_id, "red|blue"))

    async with session(act) as (tws, _peer):
        with pytest.raises(RemoteProtocolError, match=r"red\|blue"):
            await tws.display_groups()
