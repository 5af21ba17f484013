"""Lines without permission: refused, or delayed by fifteen minutes."""

import pytest

from tests.testing.program import START, Program, running, session
from trio_tws import Contract, NoMarketDataPermission, Stock, TickPrice, open_tws
from trio_tws._enums import MarketDataKind, TickType
from trio_tws._model.options import TickOptionComputation
from trio_tws._model.session import Error
from trio_tws._model.ticks import (
    MarketDataType,
    ReqMarketDataType,
    ReqMktData,
    TickGeneric,
    TickSize,
    TickSnapshotEnd,
    TickString,
)
from trio_tws.testing import INSTRUMENTS, Instrument, Permissions
from trio_tws.testing._data_kinds import DELAY, DELAYED

AAPL, MSFT = Stock("AAPL"), Stock("MSFT")
VERSIONS = (176, 226)
LATE_KINDS = (MarketDataKind.DELAYED, MarketDataKind.DELAYED_FROZEN)
ONLY_MSFT = Permissions(live=lambda one: one.symbol == "MSFT")


def nothing(_: Instrument) -> bool:
    return False


def told_kinds(events: list[object]) -> set[TickType]:
    ticks = (TickPrice, TickSize, TickString, TickGeneric)
    return {event.tick_type for event in events if isinstance(event, ticks)}


def test_what_is_late_has_a_name_that_says_so() -> None:
    assert {late: late.name for late in DELAYED.values()} == {
        late: f"DELAYED_{live.name}" for live, late in DELAYED.items()
    }


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", [None, MarketDataKind.LIVE, MarketDataKind.FROZEN])
async def test_who_asks_for_live_data_is_refused(version: int, kind: MarketDataKind | None) -> None:
    async with session(version, permissions=ONLY_MSFT) as program:
        if kind is not None:
            await program.send(ReqMarketDataType(kind))
        req_id, code, words = await program.error(ReqMktData(7, AAPL))
        assert (req_id, code) == (7, 10089)
        assert "Delayed market data is available.AAPL NASDAQ/TOP/ALL" in words
        assert (await program.error(ReqMktData(7, AAPL, snapshot=True)))[:2] == (7, 10089)


@pytest.mark.parametrize("kind", MarketDataKind)
async def test_where_there_is_no_delayed_data_either_nothing_helps(kind: MarketDataKind) -> None:
    async with session(permissions=Permissions(live=nothing, delayed=nothing)) as program:
        await program.send(ReqMarketDataType(kind))
        told = await program.error(ReqMktData(7, AAPL))
        assert told == (7, 354, "Requested market data is not subscribed.")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", LATE_KINDS)
async def test_who_asks_for_delayed_data_has_that(version: int, kind: MarketDataKind) -> None:
    async with running(server_version=version, permissions=ONLY_MSFT) as simulator:
        program = await Program.started(simulator)
        await program.send(ReqMarketDataType(kind), ReqMktData(7, AAPL, snapshot=True))
        events = await program.all_until(TickSnapshotEnd)
        notice = next(one for one in events if isinstance(one, Error) and one.req_id == 7)
        words = "Requested market data is not subscribed. Displaying delayed market data."
        assert (notice.code, notice.message) == (10167, words)
        assert MarketDataType(7, MarketDataKind.DELAYED) in events
        assert told_kinds(events) == set(DELAYED.values()) - {TickType.DELAYED_MODEL_OPTION}
        (apple,) = [one for one in INSTRUMENTS if one.symbol == "AAPL" and one.sec_type == "STK"]
        quote = simulator.market.quote(apple.con_id, START.timestamp() - DELAY)
        assert quote is not None
        prices = {one.tick_type: one.price for one in events if isinstance(one, TickPrice)}
        assert prices[TickType.DELAYED_BID] == quote.bid
        assert prices[TickType.DELAYED_ASK] == quote.ask


async def test_the_model_of_an_option_is_late_too() -> None:
    option = next(one for one in INSTRUMENTS if one.sec_type == "OPT")
    async with session(permissions=Permissions(live=nothing)) as program:
        asked = ReqMktData(7, Contract(con_id=option.con_id), snapshot=True)
        await program.send(ReqMarketDataType(MarketDataKind.DELAYED), asked)
        model = await program.until(TickOptionComputation)
        assert model.tick_type is TickType.DELAYED_MODEL_OPTION


OPTION = next(one for one in INSTRUMENTS if one.sec_type == "OPT" and one.symbol == "AAPL")
NO_UNDERLYING = "Part of requested market data is not subscribed. Subscription-independent ticks"


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("delayed", "no"), [(True, ""), (False, "not ")])
async def test_an_option_without_its_underlying_has_no_model(
    version: int, delayed: bool, no: str
) -> None:
    only_options = Permissions(live=lambda one: one.sec_type == "OPT", delayed=lambda _: delayed)
    async with session(version, permissions=only_options) as program:
        await program.send(ReqMktData(7, Contract(con_id=OPTION.con_id), snapshot=True))
        events = await program.all_until(TickSnapshotEnd)
    (notice,) = [one for one in events if isinstance(one, Error) and one.req_id == 7]
    where = f"Delayed market data is {no}available.AAPL NASDAQ/TOP/ALL"
    assert notice.code == 10090
    assert notice.message == f"{NO_UNDERLYING} are still active.{where}"
    assert told_kinds(events) >= {TickType.BID, TickType.ASK, TickType.LAST}
    assert not any(isinstance(one, TickOptionComputation) for one in events)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("delayed", [True, False])
async def test_a_late_option_is_computed_from_what_is_late(version: int, delayed: bool) -> None:
    late = Permissions(live=nothing, delayed=lambda one: delayed or one.sec_type == "OPT")
    async with session(version, permissions=late) as program:
        asked = ReqMktData(7, Contract(con_id=OPTION.con_id), snapshot=True)
        await program.send(ReqMarketDataType(MarketDataKind.DELAYED), asked)
        events = await program.all_until(TickSnapshotEnd)
    notices = [one for one in events if isinstance(one, Error) and one.req_id == 7]
    assert [one.code for one in notices] == [10167, 10091]
    assert notices[1].message.startswith("Part of requested market data requires additional sub")
    assert any(isinstance(one, TickOptionComputation) for one in events) is delayed


async def test_a_late_option_with_a_live_underlying_lacks_nothing() -> None:
    async with session(permissions=Permissions(live=lambda one: one.sec_type == "STK")) as program:
        asked = ReqMktData(7, Contract(con_id=OPTION.con_id), snapshot=True)
        await program.send(ReqMarketDataType(MarketDataKind.DELAYED), asked)
        events = await program.all_until(TickSnapshotEnd)
    notices = [one.code for one in events if isinstance(one, Error) and one.req_id == 7]
    assert notices == [10167]
    assert any(isinstance(one, TickOptionComputation) for one in events)


async def test_our_client_goes_on_where_a_part_is_missing(autojump_clock: object) -> None:
    only_options = Permissions(live=lambda one: one.sec_type == "OPT")
    for permissions, kind in (
        (only_options, MarketDataKind.LIVE),
        (Permissions(live=nothing), MarketDataKind.DELAYED),
    ):
        async with (
            running(permissions=permissions) as simulator,
            open_tws(stream=simulator.open_stream()) as tws,
        ):
            await tws.set_market_data_type(kind)
            async with tws.open_ticks(Contract(con_id=OPTION.con_id)) as ticks:
                async for tick in ticks:
                    if isinstance(tick, TickPrice):
                        break


async def test_live_always_wins() -> None:
    async with session(permissions=ONLY_MSFT) as program:
        await program.send(
            ReqMarketDataType(MarketDataKind.DELAYED), ReqMktData(7, MSFT, snapshot=True)
        )
        events = await program.all_until(TickSnapshotEnd)
        assert MarketDataType(7, MarketDataKind.LIVE) in events
        assert not told_kinds(events) & set(DELAYED.values())


async def test_a_regulatory_snapshot_is_paid_by_the_piece() -> None:
    async with session(permissions=Permissions(live=nothing)) as program:
        await program.send(ReqMktData(7, AAPL, regulatory_snapshot=True))
        events = await program.all_until(TickSnapshotEnd)
        assert MarketDataType(7, MarketDataKind.LIVE) in events


@pytest.mark.parametrize("version", VERSIONS)
async def test_our_client_sees_late_ticks_and_is_told(version: int, autojump_clock: object) -> None:
    async with (
        running(server_version=version, permissions=ONLY_MSFT) as simulator,
        open_tws(stream=simulator.open_stream()) as tws,
    ):
        with pytest.raises(NoMarketDataPermission):
            async with tws.open_ticks(AAPL) as ticks:
                await anext(ticks)
        await tws.set_market_data_type(MarketDataKind.DELAYED)
        async with tws.open_ticks(AAPL) as ticks:
            async for tick in ticks:
                if isinstance(tick, TickPrice):
                    assert tick.tick_type is TickType.DELAYED_BID
                    break
