import socket
import struct
from itertools import permutations

import pytest
import trio
from trio.testing import memory_stream_pair, wait_all_tasks_blocked

from tests.testing.program import START, VERSIONS, Program, running, session, without_times
from trio_tws import ClientIdInUse, Stock, TooManyClients, open_tws
from trio_tws import _versions as v
from trio_tws._errors import Redirected, ServerTooNew, ServerTooOld
from trio_tws._model.bars import CancelHistoricalData, HistoricalDataEnd, ReqHistoricalData
from trio_tws._model.contracts import Contract, ContractDataEnd, ReqContractData
from trio_tws._model.session import (
    CurrentTime,
    Error,
    ManagedAccounts,
    NextValidId,
    ReqCurrentTime,
    StartApi,
)
from trio_tws._model.ticks import CancelMktData, ReqMktData, TickSnapshotEnd
from trio_tws.protocol import (
    EndOfStream,
    Hello,
    MalformedMessage,
    ServerHello,
    SessionReady,
    UnknownMessage,
    frame,
)
from trio_tws.testing import Faults, SimulatedClient, Simulator, Stage, Startup
from trio_tws.testing._client import FAREWELL, MOST_CLIENTS, MOST_KEPT, _keep
from trio_tws.testing._outgoing import HIGH_WATER

AAPL = Stock("AAPL")


def the_client(simulator: Simulator) -> SimulatedClient:
    (client,) = simulator.clients
    return client


# The start of a session ...........................................................................


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_session_starts_with_accounts_next_id_and_farms(version: int) -> None:
    async with running(server_version=version, accounts=("DU1", "DU2")) as simulator:
        program = Program(simulator.open_stream())
        hello = await program.greet()
        assert hello == ServerHello(version, "20240116 09:30:00", "EST")
        await program.send(StartApi(3))
        told = [await program.next() for _ in range(6)]
        assert without_times(told) == [
            ManagedAccounts(("DU1", "DU2")),
            NextValidId(1),
            SessionReady(("DU1", "DU2"), 1),
            *(Error(-1, code, words) for code, words in simulator.network.notices()),
        ]
        client = the_client(simulator)
        assert client.client_id == 3
        assert client.server_version == version
        assert client.received == [StartApi(3)]
        assert [error.code for error in client.errors] == [2104, 2106, 2158]


async def test_the_version_is_the_newest_that_both_sides_know() -> None:
    async with running(server_version=176) as simulator:
        newer = await Program(simulator.open_stream()).greet(max_version=226)
        older = await Program(simulator.open_stream()).greet(max_version=170)
        too_new = Program(simulator.open_stream())
        with pytest.raises(ServerTooOld):
            await too_new.greet(min_version=200)
        assert (newer.server_version, older.server_version) == (176, 170)


@pytest.mark.parametrize(
    "first_bytes",
    [
        b"63\0",  # a client from before v100
        b"GET / HTTP/1.1\r\n\r\n",
        b"API\0" + frame(b"hello"),
        b"API\0" + frame(b"v9..99"),
        b"API\0\xff\xff\xff\xff",
        b"",
    ],
)
async def test_what_is_no_client_is_closed_without_a_word(first_bytes: bytes) -> None:
    async with running() as simulator:
        program = Program(simulator.open_stream())
        if first_bytes:
            await program.stream.send_all(first_bytes)
        else:
            await program.stream.send_eof()
        assert await program.rest() == b""
        await wait_all_tasks_blocked()
        assert simulator.clients == []


async def test_a_greeting_may_come_in_any_pieces() -> None:
    async with running() as simulator:
        program = Program(simulator.open_stream())
        for byte in program.connection.send(Hello()):
            await program.stream.send_all(bytes([byte]))
            await wait_all_tasks_blocked()
        assert (await program.until(ServerHello)).server_version == 226


async def test_a_client_may_say_everything_at_once() -> None:
    async with running(server_version=176) as simulator:
        program = Program(simulator.open_stream())
        hello = program.connection.send(Hello())
        start, question = frame(b"71\x002\x009\0\0"), frame(b"49\x001\0")
        await program.stream.send_all(hello + start + question)
        assert await program.until(CurrentTime) == CurrentTime(START)
        assert the_client(simulator).client_id == 9


async def test_requests_before_the_start_are_dropped_and_kept_for_the_test_to_see() -> None:
    async with running(server_version=176) as simulator:
        program = Program(simulator.open_stream())
        await program.greet()
        await program.send_raw(b"49\x001\0", b"161\x001\0")
        await wait_all_tasks_blocked()
        client = the_client(simulator)
        assert client.refused == [ReqCurrentTime(), UnknownMessage(161, b"161\x001\0")]
        await program.send(StartApi(1))
        told = await program.all_until(SessionReady)
        assert not any(isinstance(event, CurrentTime | Error) for event in told)
        assert client.received == [StartApi(1)]


async def test_a_session_starts_once() -> None:
    async with session() as program:
        await program.send_raw(b"\x00\x00\x01\x0f\x08\x05")
        _, code, words = await program.error()
        assert code == 321
        assert "StartApi" in words
        await program.send(ReqCurrentTime())
        await program.until(CurrentTime)


# What can't be read ...............................................................................


@pytest.mark.parametrize(
    ("payload", "req_id"),
    [
        (b"1\x0011\x00seven\0", -1),
        (b"1\x0011\x007\0", 7),
        (b"25\x001\x007\x00left over\0", 7),
        (b"no id\0", -1),
        (b"", -1),
    ],
)
async def test_a_request_that_cannot_be_read_is_refused_and_the_session_goes_on(
    payload: bytes, req_id: int
) -> None:
    async with running(server_version=176) as simulator:
        program = await Program.started(simulator)
        await program.send_raw(payload)
        answered_id, code, words = await program.error()
        assert (answered_id, code) == (req_id, 320)
        assert words.startswith("Error reading request.")
        await program.send(ReqCurrentTime())
        await program.until(CurrentTime)
        assert isinstance(the_client(simulator).received[1], MalformedMessage)


async def test_a_start_that_cannot_be_read_is_refused_and_can_be_repeated() -> None:
    async with running(server_version=176) as simulator:
        program = Program(simulator.open_stream())
        await program.greet()
        await program.send_raw(b"71\x002\x00one\0\0")
        assert (await program.error())[:2] == (-1, 320)
        await program.send(StartApi(1))
        await program.until(SessionReady)


async def test_a_frame_that_is_too_long_ends_the_session() -> None:
    async with session() as program:
        await program.stream.send_all(b"\xff\xff\xff\xff")
        assert (await program.all_until(EndOfStream))[-1] == EndOfStream(0)


async def test_the_last_messages_are_kept() -> None:
    kept: list[object] = []
    for number in range(MOST_KEPT + 3):
        _keep(kept, number)
    assert kept == list(range(3, MOST_KEPT + 3))


# Several clients ..................................................................................


async def test_an_id_is_free_once_the_end_of_its_program_has_come(autojump_clock: object) -> None:
    """Programs connect again within a millisecond, when nobody has read their end yet."""
    async with running() as simulator:
        first = await Program.started(simulator, 7)
        again = Program(simulator.open_stream())
        await again.greet()
        await again.send(StartApi(7))
        await wait_all_tasks_blocked()
        assert [client.client_id for client in simulator.clients] == [7, None]
        await first.stream.aclose()
        await again.until(SessionReady)


async def test_an_id_in_use_is_refused_and_free_again_once_its_program_has_gone() -> None:
    async with running() as simulator:
        async with open_tws(stream=simulator.open_stream(), client_id=5) as first:
            with pytest.raises(ClientIdInUse, match="already in use"):
                async with open_tws(stream=simulator.open_stream(), client_id=5):
                    raise AssertionError
            async with open_tws(stream=simulator.open_stream(), client_id=6) as second:
                await first.current_time()
                await second.current_time()
                assert [client.client_id for client in simulator.clients] == [5, 6]
        async with open_tws(stream=simulator.open_stream(), client_id=5) as again:
            await again.current_time()


async def test_a_program_that_is_turned_away_hears_why_and_then_the_end(
    autojump_clock: object,
) -> None:
    async with running() as simulator:
        await Program.started(simulator, 1)
        program = Program(simulator.open_stream())
        await program.greet()
        await program.send(StartApi(1))
        told = await program.all_until(EndOfStream)
        assert [event.code for event in told if isinstance(event, Error)] == [326]
        await program.stream.send_all(b"it does not listen")
        await trio.sleep(FAREWELL / 2)
        assert len(simulator.clients) == 2  # it has not closed its end
        await trio.sleep(FAREWELL)
        assert len(simulator.clients) == 1


async def test_the_33rd_program_is_turned_away_without_a_word(autojump_clock: object) -> None:
    async with running() as simulator:
        programs = [await Program.started(simulator, number) for number in range(MOST_CLIENTS)]
        with pytest.raises(TooManyClients):
            async with open_tws(stream=simulator.open_stream(), client_id=99):
                raise AssertionError
        await programs[7].stream.aclose()
        async with open_tws(stream=simulator.open_stream(), client_id=99) as tws:
            await tws.current_time()


async def test_what_one_program_asks_another_does_not_hear() -> None:
    async with running() as simulator:
        one, other = [await Program.started(simulator, number) for number in (1, 2)]
        await one.send(ReqMktData(1, AAPL, snapshot=True))
        await other.send(ReqCurrentTime())
        assert len(await one.all_until(TickSnapshotEnd)) > 10
        heard = await other.all_until(CurrentTime)
        assert all(isinstance(event, Error | CurrentTime) for event in heard)


# Its requests .....................................................................................


async def test_what_is_under_way_can_be_seen(autojump_clock: object) -> None:
    async with running(latency=1) as simulator:
        program = await Program.started(simulator)
        asked = ReqContractData(7, Contract(con_id=265598))
        await program.send(asked, ReqMktData(8, AAPL))
        await wait_all_tasks_blocked()
        client = the_client(simulator)
        assert client.requests == {7: asked, 8: ReqMktData(8, AAPL)}
        await program.until(ContractDataEnd)
        assert client.requests == {8: ReqMktData(8, AAPL)}
        await program.send(CancelMktData(8))
        await wait_all_tasks_blocked()
        assert client.requests == {}


async def test_only_what_is_under_way_and_of_that_kind_can_be_ended(
    autojump_clock: object,
) -> None:
    async with running(latency=1) as simulator:
        program = await Program.started(simulator)
        asked = ReqContractData(7, Contract(con_id=265598))
        await program.send(asked)
        await wait_all_tasks_blocked()
        client = the_client(simulator)
        assert not client.end(8, ReqContractData)
        assert not client.end(7, ReqMktData)
        assert client.requests == {7: asked}
        assert client.end(7, ReqContractData)
        await trio.sleep(2)
        await program.send(ReqCurrentTime())
        told = await program.all_until(CurrentTime)
        assert not any(isinstance(event, ContractDataEnd) for event in told)


async def test_an_id_can_be_used_again_in_the_very_write_that_ends_it(
    autojump_clock: object,
) -> None:
    async with running(latency=1) as simulator:
        program = await Program.started(simulator)
        bars = ReqHistoricalData(7, AAPL, duration="60 S")
        await program.send(bars, CancelHistoricalData(7), bars)
        assert (await program.error())[:2] == (7, 162)
        assert the_client(simulator).requests == {7: bars}


async def test_a_program_that_vanishes_is_forgotten_with_all_it_asked_for() -> None:
    async with running() as simulator:
        program = await Program.started(simulator)
        await program.send(ReqMktData(1, AAPL))
        await program.until(Error)
        await trio.aclose_forcefully(program.stream)
        await wait_all_tasks_blocked()
        assert simulator.clients == []
        assert simulator.failure is None


async def connected(port: int, *options: tuple[int, int, int | bytes]) -> trio.SocketStream:
    """Connects over TCP with options of the socket."""
    made = trio.socket.socket()
    for option in options:
        made.setsockopt(*option)
    await made.connect(("127.0.0.1", port))
    return trio.SocketStream(made)


HARD_CLOSE = (socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def test_a_program_that_resets_the_connection_is_forgotten() -> None:
    async with running() as simulator:
        stream = await connected(await simulator.listen(), HARD_CLOSE)
        program = await Program.started(simulator, stream=stream)
        await program.send(ReqMktData(1, AAPL))
        await wait_all_tasks_blocked(0.05)
        await trio.aclose_forcefully(stream)
        while simulator.clients:
            await trio.lowlevel.checkpoint()
        assert simulator.failure is None


async def test_a_program_that_only_stops_reading_is_forgotten() -> None:
    async with running() as simulator:
        stream = simulator.open_stream()
        program = await Program.started(simulator, stream=stream)
        await stream.receive_stream.aclose()
        await program.send(ReqCurrentTime())
        await wait_all_tasks_blocked()
        assert simulator.clients == []


async def test_a_program_that_is_turned_away_may_have_gone_already() -> None:
    ours, theirs = memory_stream_pair()
    pump = ours.send_stream.close_hook

    def break_once() -> None:
        ours.send_stream.close_hook = pump
        raise trio.BrokenResourceError

    ours.send_stream.close_hook = break_once
    async with running() as simulator, trio.open_nursery() as nursery:
        await Program.started(simulator, 1)
        nursery.start_soon(simulator._serve, ours)
        program = Program(theirs)
        await program.greet()
        await program.send(StartApi(1))
        assert isinstance((await program.all_until(EndOfStream))[0], Error)
        await wait_all_tasks_blocked()
        assert len(simulator.clients) == 1


@pytest.mark.slow
async def test_a_program_that_does_not_read_is_not_read_either() -> None:
    questions, answer_size = 3_000, 100_000
    async with running(limits=None) as simulator, trio.open_nursery() as nursery:
        small = (socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        async with await connected(await simulator.listen(), small) as stream:
            program = await Program.started(simulator, stream=stream)
            asked = [
                ReqHistoricalData(number, AAPL, duration="1 D", bar_size_setting="1 min")
                for number in range(questions)
            ]
            nursery.start_soon(program.send, *asked)
            await wait_all_tasks_blocked(0.1)
            client = the_client(simulator)
            assert len(client.received) < questions
            waiting = client._outgoing.size
            assert waiting < HIGH_WATER + answer_size
            for number in range(3):
                assert (await program.until(HistoricalDataEnd)).req_id == number
            nursery.cancel_scope.cancel()  # it may be sending still, and the stream is closed next


# Faults of the start ..............................................................................


@pytest.mark.parametrize("order", list(permutations(Startup)))
async def test_the_order_of_the_start_is_free(order: tuple[Startup, ...]) -> None:
    async with running(faults=Faults(startup=order)) as simulator:
        program = Program(simulator.open_stream())
        await program.greet()
        await program.send(StartApi(1), ReqCurrentTime())
        kinds: dict[type, Startup] = {
            ManagedAccounts: Startup.ACCOUNTS,
            NextValidId: Startup.NEXT_ID,
            Error: Startup.FARMS,
        }
        told: list[Startup] = []
        while len(set(told)) < len(order):
            event = await program.next()
            told += [kinds[type(event)]] if type(event) in kinds else []
        assert tuple(dict.fromkeys(told)) == order


async def test_each_step_of_the_start_can_be_late(autojump_clock: object) -> None:
    async with running(faults=Faults(startup_delay=2)) as simulator:
        program = Program(simulator.open_stream())
        await program.greet()
        await program.send(StartApi(1))
        before = trio.current_time()
        for kind, seconds in ((ManagedAccounts, 2), (NextValidId, 4), (Error, 6)):
            await program.until(kind)
            assert trio.current_time() - before == pytest.approx(seconds)


HEARD = {
    None: [ServerHello, ManagedAccounts, NextValidId, Error, CurrentTime],
    Stage.HELLO: [],
    Stage.VERSION: [ServerHello],
    Stage.ACCOUNTS: [ServerHello, ManagedAccounts],
    Stage.READY: [ServerHello, ManagedAccounts, NextValidId, Error],
}


@pytest.mark.parametrize("stage", HEARD)
async def test_a_server_can_go_silent_at_each_stage(
    autojump_clock: object, stage: Stage | None
) -> None:
    async with running(server_version=176, faults=Faults(silent_after=stage)) as simulator:
        program = Program(simulator.open_stream())
        heard: list[type] = []

        async def listen() -> None:
            while True:
                kind = type(await program.next())
                heard.extend([kind] * (heard[-1:] != [kind]))

        async with trio.open_nursery() as nursery:
            await program.send(Hello())
            nursery.start_soon(listen)
            await trio.sleep(1)
            await program.send_raw(b"71\x002\x001\0\0")
            await trio.sleep(1)
            await program.send_raw(b"49\x001\0")
            await trio.sleep(60)
            nursery.cancel_scope.cancel()
        assert heard == HEARD[stage]
        assert the_client(simulator).received == [StartApi(1), ReqCurrentTime()]


async def test_frames_can_come_before_the_version() -> None:
    early = (b"84\x001\x00news\0", b"\x00\x01")
    async with running(faults=Faults(before_version=early)) as simulator:
        program = Program(simulator.open_stream())
        await program.send(Hello())
        events = await program.all_until(ServerHello)
        assert events[:-1] == [UnknownMessage(-1, payload) for payload in early]


async def test_a_server_can_answer_with_a_version_that_was_not_offered() -> None:
    for version, refusal in ((99, ServerTooOld), (300, ServerTooNew), (-1, Redirected)):
        async with running(faults=Faults(answer_version=version)) as simulator:
            program = Program(simulator.open_stream())
            with pytest.raises(refusal) as caught:
                await program.greet()
            if isinstance(caught.value, Redirected):
                assert caught.value.address == "127.0.0.2:7496"


async def test_a_server_can_choose_any_version_that_was_offered() -> None:
    async with running(faults=Faults(answer_version=v.SIZE_RULES)) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            assert tws.server_version == v.SIZE_RULES
            await tws.contract_details(AAPL)


# Faults of the bytes ..............................................................................


@pytest.mark.parametrize("version", [100, 226])
async def test_what_is_written_in_one_turn_can_come_in_one_piece(version: int) -> None:
    pieces: dict[bool, list[bytes]] = {}
    for merge in (False, True):
        faults = Faults(merge=merge)
        async with running(server_version=version, faults=faults) as simulator:
            program = Program(simulator.open_stream())
            await program.greet()
            await program.send(StartApi(1))
            pieces[merge] = []
            with trio.move_on_after(0.05):
                while True:
                    pieces[merge].append(bytes(await program.stream.receive_some()))
    assert len(pieces[True]) == 1
    assert len(b"".join(pieces[False])) == len(pieces[True][0])


# Its pace .........................................................................................


async def test_who_is_too_fast_three_times_and_does_not_read_is_cut_off() -> None:
    async with running() as simulator, trio.open_nursery() as nursery:
        small = (socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        async with await connected(await simulator.listen(), small) as stream:
            program = await Program.started(simulator, stream=stream)
            asked = ReqHistoricalData(7, AAPL, duration="1 D", bar_size_setting="1 min")
            nursery.start_soon(program.send, *[asked] * 160)
            await wait_all_tasks_blocked(0.1)
            assert simulator.clients == []


async def test_what_was_said_last_is_written_before_it_hangs_up(autojump_clock: object) -> None:
    async with running() as simulator:
        program = await Program.started(simulator)
        client = the_client(simulator)
        client.say(client.error(-1, 1, "the last"))
        client.hang_up_when_written()
        assert client.has_left
        client.say(client.error(-1, 2, "after it"))
        while (await program.until(Error)).code != 1:
            pass
        assert await program.rest() == b""
