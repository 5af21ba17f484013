from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import trio
import trio.testing

from tests._client.peer import Peer, session
from trio_tws import (
    ACCOUNT_SUMMARY_TAGS,
    AccountSummary,
    AccountSummaryEnd,
    AccountValue,
    CancelAccountSummary,
    Complete,
    Gap,
    LocalProtocolError,
    Money,
    ReqAccountSummary,
    RequestError,
    ResponseTimeout,
    open_tws,
)
from trio_tws.testing import open_simulator

START = datetime(2026, 3, 2, 15, tzinfo=UTC)


def sent(peer: Peer) -> list[Any]:
    kinds = (ReqAccountSummary, CancelAccountSummary)
    return [one for one in peer.received if isinstance(one, kinds)]


@pytest.mark.parametrize("version", [100, 176, 226])
async def test_a_summary_is_of_all_accounts_and_nothing_runs_on(
    version: int, autojump_clock: object
) -> None:
    accounts = ("DF1", "DU2", "DU3")
    async with open_simulator(
        server_version=version, accounts=accounts, start=START, cash=Decimal(5)
    ) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            values = await tws.account_summary(["NetLiquidation", "AccountType"])
            assert [(one.account, one.tag) for one in values] == [
                (account, tag)
                for account in accounts[1:]
                for tag in ("AccountType", "NetLiquidation")
            ]
            assert values[1].amount == Money(Decimal("5.00"), "USD")
            assert await tws.account_summary(["SMA"], group="All") != []
            await tws.current_time()
            assert simulator.clients[0].requests == {}


async def test_all_tags_are_asked_for_unless_some_are_named(autojump_clock: object) -> None:
    async with open_simulator(start=START) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            values = await tws.account_summary()
            assert [one.tag for one in values] == sorted(ACCOUNT_SUMMARY_TAGS)
            (base,) = {one.currency for one in await tws.account_summary(["$LEDGER"])}
            assert base == "BASE"
            assert [one.tag for one in await tws.account_summary("SMA,Cushion")] == [
                "Cushion",
                "SMA",
            ]


async def test_a_group_that_is_not_there_is_an_error(autojump_clock: object) -> None:
    async with open_simulator(start=START) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            with pytest.raises(RequestError, match="321"):
                await tws.account_summary(group="Mine")
            async with tws.open_account_summary(group="Mine") as values:
                with pytest.raises(RequestError, match="321"):
                    await anext(values)


@pytest.mark.parametrize("tags", ["", []])
async def test_nothing_can_not_be_asked_for(tags: Any, autojump_clock: object) -> None:
    async with session() as (tws, peer):
        with pytest.raises(LocalProtocolError, match="tags is empty"):
            await tws.account_summary(tags)
        with pytest.raises(LocalProtocolError, match="tags is empty"):
            async with tws.open_account_summary(tags):
                pass
        assert sent(peer) == []


async def test_any_number_may_be_asked_for_at_once(autojump_clock: object) -> None:
    """TWS has room for two of one client at a time: the others wait."""
    async with open_simulator(start=START) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            found: list[list[AccountValue]] = []

            async def ask() -> None:
                found.append(await tws.account_summary(["SMA"]))

            async with tws.open_account_summary(["SMA"]), trio.open_nursery() as nursery:
                for _ in range(20):
                    nursery.start_soon(ask)
            assert len(found) == 20
            assert all(len(values) == 1 for values in found)


async def test_two_streams_leave_no_room_for_more(autojump_clock: object) -> None:
    async with open_simulator(start=START) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            async with tws.open_account_summary(["SMA"]):
                async with tws.open_account_summary(["SMA"]):
                    with pytest.raises(LocalProtocolError, match="leave one of their blocks"):
                        async with tws.open_account_summary(["SMA"]):
                            pass
                    with pytest.raises(LocalProtocolError, match="leave one of their blocks"):
                        await tws.account_summary(["SMA"])
                assert len(await tws.account_summary(["SMA"])) == 1


async def test_a_stream_gives_all_and_then_what_changes(autojump_clock: object) -> None:
    async with open_simulator(start=START) as simulator:
        simulator.books.trade("DU1234567", 265598, Decimal(1), 200.0, Decimal(0), simulator.now())
        async with open_tws(stream=simulator.open_stream()) as tws:
            async with tws.open_account_summary(["NetLiquidation", "AccountType"]) as values:
                found = [await anext(values) for _ in range(4)]
                assert trio.current_time() == pytest.approx(180, abs=2)
            tags = [one.tag if isinstance(one, AccountValue) else one for one in found]
            assert tags == ["AccountType", "NetLiquidation", Complete(), "NetLiquidation"]
            await tws.current_time()
            assert simulator.clients[0].requests == {}


def burst(count: int) -> Any:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(ReqAccountSummary)
        values = [
            AccountSummary(request.req_id, "DU1", "SMA", str(number), "USD")
            for number in range(count)
        ]
        await peer.send(*values, AccountSummaryEnd(request.req_id))

    return act


async def test_a_slow_reader_may_ask_for_gaps(autojump_clock: object) -> None:
    async with session(burst(5)) as (tws, _peer):
        async with tws.open_account_summary(buffer=2, overflow="gap") as values:
            await trio.testing.wait_all_tasks_blocked()
            assert await anext(values) == Gap(4)


async def test_latest_keeps_the_newest_of_each_value_and_the_end(autojump_clock: object) -> None:
    async with session(burst(5)) as (tws, _peer):
        async with tws.open_account_summary(buffer=1, overflow="latest") as values:
            await trio.testing.wait_all_tasks_blocked()
            assert await anext(values) == AccountValue("DU1", "SMA", "4", "USD")
            assert await anext(values) == Complete()


async def test_silence_is_a_timeout_and_leaves_room(autojump_clock: object) -> None:
    async with session(response_timeout=20) as (tws, peer):
        await trio.sleep(10)
        for _ in range(3):
            with pytest.raises(ResponseTimeout):
                await tws.account_summary()
        await trio.testing.wait_all_tasks_blocked()
        assert [type(one) for one in sent(peer)] == [ReqAccountSummary, CancelAccountSummary] * 3
