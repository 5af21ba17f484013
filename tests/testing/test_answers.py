import attrs
import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from tests.testing.program import START, VERSIONS, Program, running, session
from trio_tws import Contract, Future, MarketDataKind, RequestError, Stock, open_tws
from trio_tws import _versions as v
from trio_tws._model.bars import (
    CancelHistoricalData,
    HistoricalData,
    HistoricalDataEnd,
    ReqHistoricalData,
)
from trio_tws._model.cancels import CancelOrder, ReqGlobalCancel
from trio_tws._model.contract_details import ContractData
from trio_tws._model.contracts import (
    CancelContractData,
    ContractDataEnd,
    ReqContractData,
)
from trio_tws._model.session import (
    CurrentTime,
    ManagedAccounts,
    NextValidId,
    ReqCurrentTime,
    ReqIds,
    ReqManagedAccts,
)
from trio_tws._model.ticks import (
    CancelMktData,
    ReqMarketDataType,
    ReqMktData,
    TickPrice,
    TickSnapshotEnd,
)
from trio_tws.protocol import UnknownMessage
from trio_tws.testing import SimulatedClient
from trio_tws.testing._answers import answer

AAPL = Stock("AAPL")
UNKNOWN = Stock("NOSUCH")
each_version = pytest.mark.parametrize("version", VERSIONS)
NO_DEFINITION = "No security definition has been found for the request"


async def goes_on(program: Program) -> None:
    await program.send(ReqCurrentTime())
    await program.until(CurrentTime)


# The session ......................................................................................


@each_version
async def test_the_session_itself_can_be_asked_about(version: int) -> None:
    async with session(version, accounts=("DU1", "DU2")) as program:
        await program.send(ReqCurrentTime(), ReqManagedAccts(), ReqIds())
        assert await program.until(CurrentTime) == CurrentTime(START)
        assert await program.until(ManagedAccounts) == ManagedAccounts(("DU1", "DU2"))
        assert await program.until(NextValidId) == NextValidId(1)


async def test_a_message_that_is_not_known_is_refused_by_its_number() -> None:
    async with session(176) as program:
        await program.send_raw(b"161\x001\0")
        req_id, code, words = await program.error()
        assert (req_id, code) == (-1, 321)
        assert "message 161" in words
        await goes_on(program)


async def test_a_request_that_is_newer_than_the_session_is_refused_by_its_name() -> None:
    async with session(v.COMPLETED_ORDERS - 1) as program:
        await program.send_raw(b"99\x001\0")  # as IB's own client does
        req_id, code, words = await program.error()
        assert (req_id, code) == (-1, 321)
        assert f"ReqCompletedOrders needs server version {v.COMPLETED_ORDERS}" in words
        await goes_on(program)


@attrs.frozen
class ReqMiracle:
    req_id: int


async def test_a_request_without_an_answer_is_refused_by_its_name() -> None:
    async with running() as simulator:
        program = await Program.started(simulator)
        client: SimulatedClient = simulator.clients[0]
        answer(client, ReqMiracle(7))
        req_id, code, words = await program.error()
        assert (req_id, code) == (7, 321)
        assert "ReqMiracle" in words
        answer(client, UnknownMessage(999, b""))
        assert (await program.error())[:2] == (-1, 321)
        await goes_on(program)


# Contracts ........................................................................................


@each_version
async def test_all_that_matches_is_told_and_then_the_end(version: int) -> None:
    async with session(version) as program:
        await program.send(ReqContractData(7, Future("ES", exchange="CME")))
        first, second = [await program.until(ContractData) for _ in range(2)]
        assert {first.contract.local_symbol, second.contract.local_symbol} == {"ESZ7", "ESH8"}
        assert await program.next() == ContractDataEnd(7)


@each_version
async def test_an_unknown_contract_is_refused(version: int) -> None:
    async with session(version) as program:
        for request in (
            ReqContractData(7, UNKNOWN),
            ReqMktData(7, UNKNOWN),
            ReqMktData(7, Contract()),
            ReqHistoricalData(7, UNKNOWN),
        ):
            assert await program.error(request) == (7, 200, NO_DEFINITION)


async def test_a_contract_has_to_be_unique_for_data() -> None:
    async with session() as program:
        futures = Future("ES", exchange="CME")
        for request in (ReqMktData(7, futures), ReqHistoricalData(7, futures)):
            words = "The contract description specified for ES is ambiguous."
            assert await program.error(request) == (7, 200, words)


async def test_a_description_has_to_say_something() -> None:
    async with session() as program:
        req_id, code, words = await program.error(ReqContractData(7, Contract(currency="USD")))
        assert (req_id, code) == (7, 321)
        assert "valid symbol" in words
        assert (await program.error(ReqContractData(7, Contract(issuer_id="x"))))[1] == 200


async def test_a_request_for_contracts_can_be_taken_back(autojump_clock: object) -> None:
    async with session(latency=5) as program:
        await program.send(ReqContractData(7, AAPL), CancelContractData(7), CancelContractData(8))
        await trio.sleep(10)
        await program.send(ReqCurrentTime())
        assert not [x for x in await program.all_until(CurrentTime) if isinstance(x, ContractData)]


async def test_answers_about_contracts_and_bars_take_their_time(autojump_clock: object) -> None:
    async with session(latency=5) as program:
        began = trio.current_time()
        await program.send(
            ReqContractData(7, AAPL), ReqHistoricalData(8, AAPL), ReqMktData(9, AAPL)
        )
        await program.until(TickPrice)
        assert trio.current_time() == began
        await program.until(ContractDataEnd)
        assert trio.current_time() == began + 5
        await program.until(HistoricalDataEnd)
        assert trio.current_time() == began + 5


async def test_an_id_is_used_once_at_a_time(autojump_clock: object) -> None:
    async with session(latency=5) as program:
        await program.send(
            ReqContractData(1, AAPL), ReqHistoricalData(2, AAPL), ReqMktData(3, AAPL)
        )
        for taken in (1, 2, 3):
            assert await program.error(ReqMktData(taken, AAPL)) == (
                taken,
                102,
                "Duplicate ticker id",
            )
            assert (await program.error(ReqContractData(taken, AAPL)))[:2] == (taken, 322)
            assert (await program.error(ReqHistoricalData(taken, AAPL)))[:2] == (taken, 322)
        await trio.sleep(5)
        await program.send(ReqHistoricalData(2, AAPL))
        await program.until(HistoricalData)


# Market data ......................................................................................


@each_version
async def test_a_line_goes_on_until_it_is_cancelled(version: int, autojump_clock: object) -> None:
    async with session(version) as program:
        await program.send(ReqMarketDataType(MarketDataKind.DELAYED), ReqMktData(7, AAPL))
        await trio.sleep(10)
        await program.send(CancelMktData(7), ReqCurrentTime())
        told = await program.all_until(CurrentTime)
        bids = [x for x in told if isinstance(x, TickPrice) and x.tick_type == 1]
        assert len(bids) > 5
        await trio.sleep(10)
        await program.send(ReqCurrentTime())
        assert isinstance(await program.next(), CurrentTime)


@each_version
async def test_a_snapshot_ends_by_itself(version: int) -> None:
    async with running(server_version=version) as simulator:
        program = await Program.started(simulator)
        await program.send(ReqMktData(7, AAPL, snapshot=True))
        await program.until(TickSnapshotEnd)
        assert simulator.clients[0].requests == {}
        if version >= v.REQ_SMART_COMPONENTS:
            await program.send(ReqMktData(7, AAPL, regulatory_snapshot=True))
            await program.until(TickSnapshotEnd)


async def test_a_snapshot_has_no_generic_ticks() -> None:
    async with session() as program:
        asked = ReqMktData(7, AAPL, generic_tick_list="233", snapshot=True)
        req_id, code, words = await program.error(asked)
        assert (req_id, code) == (7, 321)
        assert "not applicable to generic ticks" in words


# Taking back ......................................................................................


@each_version
async def test_what_is_not_there_cannot_be_cancelled(version: int) -> None:
    async with session(version) as program:
        assert await program.error(CancelMktData(7)) == (
            7,
            300,
            "Can't find EId with tickerId:7",
        )
        assert await program.error(CancelHistoricalData(7)) == (
            7,
            366,
            "No historical data query found for ticker id:7",
        )
        assert await program.error(CancelOrder(7)) == (
            7,
            10147,
            "OrderId 7 that needs to be cancelled is not found.",
        )
        await program.send(ReqGlobalCancel())
        await goes_on(program)


async def test_a_cancel_ends_requests_of_its_own_kind_only(autojump_clock: object) -> None:
    async with session(latency=5) as program:
        await program.send(ReqHistoricalData(7, AAPL), ReqMktData(8, AAPL))
        assert (await program.error(CancelMktData(7)))[:2] == (7, 300)
        assert (await program.error(CancelHistoricalData(8)))[:2] == (8, 366)
        assert (await program.until(HistoricalData)).req_id == 7


# Bars .............................................................................................


@each_version
async def test_a_query_can_be_cancelled_while_it_is_under_way(
    version: int, autojump_clock: object
) -> None:
    async with session(version, latency=5) as program:
        await program.send(ReqHistoricalData(7, AAPL))
        await trio.sleep(2)
        began = trio.current_time()
        assert await program.error(CancelHistoricalData(7)) == (
            7,
            162,
            "Historical Market Data Service error message:API historical data query cancelled: 7",
        )
        assert trio.current_time() == began
        assert (await program.error(CancelHistoricalData(7)))[1] == 366
        await trio.sleep(10)
        await program.send(ReqCurrentTime())
        assert isinstance(await program.next(), CurrentTime)


async def test_an_answered_query_is_not_there_to_be_cancelled() -> None:
    async with session() as program:
        await program.send(ReqHistoricalData(7, AAPL))
        await program.until(HistoricalDataEnd)
        assert (await program.error(CancelHistoricalData(7)))[1] == 366


@pytest.mark.parametrize(
    ("duration", "size", "code", "words"),
    [
        ("1 D", "1 secs", 162, "invalid step"),
        ("60 S", "1 day", 162, "invalid step"),
        ("1 fortnight", "1 day", 321, "duration format"),
        ("1 D", "7 mins", 321, "bar size setting is invalid"),
    ],
)
async def test_steps_that_do_not_fit_are_refused(
    duration: str, size: str, code: int, words: str
) -> None:
    async with session() as program:
        asked = ReqHistoricalData(7, AAPL, duration=duration, bar_size_setting=size)
        req_id, answered, message = await program.error(asked)
        assert (req_id, answered) == (7, code)
        assert words in message
        await goes_on(program)


async def test_our_own_client_gets_the_refusals_as_exceptions() -> None:
    async with running() as simulator, open_tws(stream=simulator.open_stream()) as tws:
        with pytest.raises(RequestError, match=NO_DEFINITION):
            await tws.contract_details(UNKNOWN)
        with pytest.raises(RequestError, match="invalid step"):
            await tws.historical_bars(AAPL, duration="1 Y", bar_size="1 secs")
        async with tws.open_ticks(UNKNOWN) as ticks:
            with pytest.raises(RequestError, match=NO_DEFINITION):
                await anext(ticks)
        await wait_all_tasks_blocked()
        assert simulator.clients[0].requests == {}
