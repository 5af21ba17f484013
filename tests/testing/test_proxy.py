import errno
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
import trio

from tests.testing.program import START, Program
from trio_tws import ClientIdInUse, ConnectFailed, ConnectionLost, Stock, open_tws
from trio_tws._model.session import StartApi
from trio_tws.protocol import Role, SessionReady
from trio_tws.testing import (
    Faults,
    PassageKind,
    Simulator,
    open_replay,
    open_simulator,
    read_recording,
    recorded_messages,
)
from trio_tws.testing._proxy import SessionNews, open_proxy

pytestmark = pytest.mark.slow

HOST = "127.0.0.1"


async def until(is_so: Callable[[], bool]) -> None:
    with trio.fail_after(10):
        while not is_so():  # noqa: ASYNC110 - files and other sides have no events
            await trio.sleep(0.01)


async def listening(simulator: Simulator) -> tuple[str, int]:
    return HOST, await simulator.listen()


@pytest.mark.parametrize("version", [176, 226])
async def test_a_program_sees_no_difference_and_the_session_is_recorded(
    version: int, tmp_path: Path
) -> None:
    news: list[SessionNews] = []
    path = tmp_path / "session.txt"
    async with open_simulator(server_version=version, start=START) as simulator:
        to = await listening(simulator)
        async with open_proxy(to, path, tell=news.append) as port:
            async with open_tws(port=port, client_id=4) as tws:
                (aapl,) = await tws.contract_details(Stock("AAPL"))
                received = list(simulator.clients[0].received)
            await until(lambda: len(news) == 2)

    assert aapl.contract.con_id == 265598
    assert news == [SessionNews(1, "began", path), SessionNews(1, "ended", path)]
    found = list(read_recording(path))
    sent = [message for one, message in recorded_messages(found) if one.sender is Role.CLIENT]
    assert sent[1:] == received
    assert {one.sender for one in found if one.kind is PassageKind.CLOSE} == set(Role)
    async with open_replay(path) as replay, open_tws(stream=replay.open_stream()) as tws:
        assert await tws.contract_details(Stock("AAPL")) == [aapl]


async def test_each_session_has_its_file(tmp_path: Path) -> None:
    news: list[SessionNews] = []
    (tmp_path / "day-2.txt").write_text("precious")
    async with open_simulator() as simulator:
        to = await listening(simulator)
        async with open_proxy(to, tmp_path / "day.txt", tell=news.append) as port:
            async with open_tws(port=port, client_id=1), open_tws(port=port, client_id=2):
                with pytest.raises(ClientIdInUse):
                    async with open_tws(port=port, client_id=2):
                        pass
            await until(lambda: len(news) == 6)

    names = ["day-2.txt", "day-3.txt", "day-4.txt", "day.txt"]
    assert sorted(os.listdir(tmp_path)) == names  # noqa: PTH208 - the names are what is looked at
    assert (tmp_path / "day-2.txt").read_text() == "precious"
    for name in ("day.txt", "day-3.txt", "day-4.txt"):
        assert len(list(read_recording(tmp_path / name))) > 4


async def test_bytes_pass_unchanged_even_if_nobody_understands_them(tmp_path: Path) -> None:
    async def echo(stream: trio.SocketStream) -> None:
        async for data in stream:
            await stream.send_all(data.upper())
        await stream.send_all(b"bye")

    path = tmp_path / "x.txt"
    async with trio.open_nursery() as nursery:
        (listener,) = await trio.open_tcp_listeners(0, host=HOST)
        to = (HOST, listener.socket.getsockname()[1])
        nursery.start_soon(trio.serve_listeners, echo, [listener])
        async with open_proxy(to, path) as port:
            async with await trio.open_tcp_stream(HOST, port) as stream:
                await stream.send_all(b"get / http/1.1")
                assert await stream.receive_some() == b"GET / HTTP/1.1"
                await stream.send_eof()
                assert b"".join([bytes(data) async for data in stream]) == b"bye"
            await until(lambda: path.read_bytes().endswith(b"# end\n"))
        nursery.cancel_scope.cancel()

    assert [(one.sender, one.data) for one in read_recording(path)] == [
        (Role.CLIENT, b"get / http/1.1"),
        (Role.SERVER, b"GET / HTTP/1.1"),
        (Role.CLIENT, b""),
        (Role.SERVER, b"bye"),
        (Role.SERVER, b""),
    ]


async def test_a_tws_that_is_not_there_is_told(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind((HOST, 0))
        to = (HOST, unused.getsockname()[1])
    news: list[SessionNews] = []
    async with open_proxy(to, tmp_path / "x.txt", tell=news.append) as port:
        with pytest.raises(ConnectFailed):
            async with open_tws(port=port):
                pass

    (one,) = news
    assert one.what == "TWS can't be reached"
    assert one.failure is not None
    assert not (tmp_path / "x.txt").exists()


async def test_a_file_that_can_not_be_made_is_told(tmp_path: Path) -> None:
    news: list[SessionNews] = []
    async with open_simulator() as simulator:
        to = await listening(simulator)
        async with open_proxy(to, tmp_path / "no" / "x.txt", tell=news.append) as port:
            with pytest.raises(ConnectFailed):
                async with open_tws(port=port):
                    pass

    (one,) = news
    assert one.what == "its file can't be made"
    assert one.failure is not None
    assert one.failure.errno == errno.ENOENT


async def test_a_connection_that_breaks_breaks_for_both(tmp_path: Path) -> None:
    news: list[SessionNews] = []
    async with open_simulator(faults=Faults(cut_after=1_000)) as simulator:
        to = await listening(simulator)
        async with open_proxy(to, tmp_path / "x.txt", tell=news.append) as port:
            with pytest.raises(ConnectionLost):
                async with open_tws(port=port) as tws, tws.open_ticks(Stock("AAPL")) as ticks:
                    async for _ in ticks:
                        pass
            await until(lambda: len(news) == 2)

    found = list(read_recording(tmp_path / "x.txt"))
    assert sum(len(one.on_the_wire) for one in found if one.sender is Role.SERVER) == 1_000


async def test_a_program_that_vanishes_ends_its_session(tmp_path: Path) -> None:
    news: list[SessionNews] = []
    async with open_simulator() as simulator:
        to = await listening(simulator)
        async with open_proxy(to, tmp_path / "x.txt", tell=news.append) as port:
            stream = await trio.open_tcp_stream(HOST, port)
            program = Program(stream)
            await program.greet()
            await program.send(StartApi(1))
            await program.until(SessionReady)
            linger = b"\1\0\0\0\0\0\0\0"  # closing resets the connection
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            await stream.aclose()
            await until(lambda: len(news) == 2 and not simulator.clients)

    list(read_recording(tmp_path / "x.txt"))


async def test_leaving_the_block_ends_sessions_and_files(tmp_path: Path) -> None:
    async with open_simulator() as simulator:
        to = await listening(simulator)
        async with trio.open_nursery() as nursery:
            async with open_proxy(to, tmp_path / "x.txt") as port:
                is_in = trio.Event()

                async def stay() -> None:
                    with pytest.raises(ConnectionLost):
                        async with open_tws(port=port):
                            is_in.set()
                            await trio.sleep_forever()

                nursery.start_soon(stay)
                await is_in.wait()

    assert len(list(read_recording(tmp_path / "x.txt"))) > 4


async def test_what_the_block_raises_comes_out_bare(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        async with open_proxy((HOST, 1), tmp_path / "x.txt"):
            raise KeyError
