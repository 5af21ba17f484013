"""Each way in which a session does not come about is an error of its own, and leaves nothing."""

import socket
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import trio
import trio.testing

from tests._client.peer import Peer, tasks_below
from tests._client.steps import steps
from trio_tws import (
    ApiNotEnabled,
    ClientIdInUse,
    ConnectFailed,
    ConnectionRefused,
    Error,
    HandshakeTimeout,
    LiveAccount,
    NotTWS,
    Redirected,
    ServerTooNew,
    ServerTooOld,
    TooManyClients,
    open_tws,
)
from trio_tws._client._establish import Established, Offer, establish
from trio_tws._model.session import StartApi
from trio_tws.protocol import MAX_FRAME, Hello, ServerHello, State
from trio_tws.testing import Faults, Stage, open_simulator


async def failure_with(act: Callable[[Peer], Awaitable[None]], **options: Any) -> ConnectFailed:
    """Connects to a peer that acts as it likes; gives the error, which has to come."""
    ours, theirs = trio.testing.memory_stream_pair()
    peer = Peer(theirs, 226)
    before = tasks_below()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(act, peer)
        with pytest.raises(ConnectFailed) as caught:
            async with open_tws(stream=ours, **options):
                raise AssertionError
        nursery.cancel_scope.cancel()
    assert tasks_below() == before
    with pytest.raises(trio.ClosedResourceError):
        await ours.send_all(b"still open?")
    assert caught.value.message in str(caught.value)
    assert caught.value.advice in str(caught.value)
    return caught.value


async def test_nothing_listening_is_refused_with_what_to_look_at() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(
            ConnectionRefused, match=f"127.0.0.1:{port}.*refused.*Socket port"
        ) as caught:
            async with open_tws(port=port):
                raise AssertionError
    assert caught.value.code == 502
    assert isinstance(caught.value.__cause__, OSError)


async def test_each_address_that_was_tried_gives_its_reason() -> None:
    class Refuses(trio.abc.HostnameResolver):
        async def getaddrinfo(
            self,
            host: bytes | None,
            port: bytes | str | int | None,
            family: int = 0,
            type: int = 0,  # noqa: A002 - its name in the base
            proto: int = 0,
            flags: int = 0,
        ) -> Any:
            addresses = [("127.0.0.1", 1), ("127.0.0.2", 1)]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", one) for one in addresses]

        async def getnameinfo(self, sockaddr: Any, flags: int) -> Any:
            raise AssertionError

    trio.socket.set_custom_hostname_resolver(Refuses())
    with pytest.raises(ConnectionRefused) as caught:
        async with open_tws("two.addresses.invalid", 1):
            raise AssertionError
    assert str(caught.value).count("Connection refused") == 2


async def test_a_name_that_does_not_exist_is_refused_too() -> None:
    with pytest.raises(ConnectionRefused, match=r"no\.such\.host\.invalid"):
        async with open_tws("no.such.host.invalid"):
            raise AssertionError


async def test_a_close_without_a_word_means_that_the_api_is_off() -> None:
    async def act(peer: Peer) -> None:
        await peer.read_until(Hello)
        await peer.stream.aclose()

    failure = await failure_with(act)
    assert isinstance(failure, ApiNotEnabled)
    assert "Enable ActiveX and Socket Clients" in failure.advice


async def test_a_break_without_a_word_means_the_same() -> None:
    async def act(peer: Peer) -> None:
        await trio.aclose_forcefully(peer.stream)

    assert isinstance(await failure_with(act), ApiNotEnabled)


@pytest.mark.parametrize(
    ("silent_after", "stage"),
    [
        (Stage.HELLO, "the server's version"),
        (Stage.VERSION, "the accounts and the next order id"),
        (Stage.ACCOUNTS, "the accounts and the next order id"),
    ],
)
async def test_silence_names_the_stage_that_was_reached(
    silent_after: Stage, stage: str, autojump_clock: object
) -> None:
    async with open_simulator(faults=Faults(silent_after=silent_after)) as simulator:
        started = trio.current_time()
        with pytest.raises(HandshakeTimeout, match="within 5 s") as caught:
            async with open_tws(stream=simulator.open_stream(), connect_timeout=5):
                raise AssertionError
        assert caught.value.stage == stage
        assert trio.current_time() - started == 5
        await trio.testing.wait_all_tasks_blocked()
        assert simulator.clients == []


async def test_a_tcp_connection_that_hangs_times_out_in_its_stage(
    autojump_clock: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hangs(trio.abc.SocketFactory):
        def socket(self, *args: object, **options: object) -> Any:
            return self

        async def connect(self, address: object) -> None:
            await trio.sleep_forever()

        def __enter__(self) -> Any:
            return self

        def close(self) -> None:
            pass

        def setsockopt(self, *args: object) -> None:
            pass

    trio.socket.set_custom_socket_factory(Hangs())
    with pytest.raises(HandshakeTimeout) as caught:
        async with open_tws("127.0.0.1", 1):
            raise AssertionError
    assert caught.value.stage == "the TCP connection"


async def test_a_taken_client_id_is_told(autojump_clock: object) -> None:
    async with open_simulator() as simulator:
        async with open_tws(stream=simulator.open_stream(), client_id=7):
            with pytest.raises(ClientIdInUse, match="already in use") as caught:
                async with open_tws(stream=simulator.open_stream(), client_id=7):
                    raise AssertionError
            assert caught.value.code == 326
            async with open_tws(stream=simulator.open_stream(), client_id=8):
                pass


async def test_the_33rd_program_is_told() -> None:
    async with open_simulator() as simulator, trio.open_nursery() as nursery:

        async def stay(client_id: int, task_status: trio.TaskStatus[None]) -> None:
            async with open_tws(stream=simulator.open_stream(), client_id=client_id):
                task_status.started()
                await trio.sleep_forever()

        for client_id in range(32):
            await nursery.start(stay, client_id)
        with pytest.raises(TooManyClients, match="32 programs"):
            async with open_tws(stream=simulator.open_stream(), client_id=32):
                raise AssertionError
        nursery.cancel_scope.cancel()


async def test_the_paper_disclaimer_is_told() -> None:
    async def act(peer: Peer) -> None:
        await peer.read_until(Hello)
        await peer.send(ServerHello(226))
        await peer.read_until(StartApi)
        await peer.send(Error(-1, 10141, "Paper trading disclaimer must first be accepted"))
        await peer.stream.aclose()

    failure = await failure_with(act)
    assert isinstance(failure, ApiNotEnabled)
    assert "10141" in failure.message
    assert "Accept the paper trading disclaimer" in failure.advice


@pytest.mark.parametrize(
    ("answered", "offered", "kind", "code"),
    [
        (99, (100, 226), ServerTooOld, 503),
        (150, (176, 226), ServerTooOld, 503),
        (227, (100, 226), ServerTooNew, 506),
        (201, (100, 200), ServerTooNew, 506),
    ],
)
async def test_a_version_outside_the_offer_is_told(
    answered: int, offered: tuple[int, int], kind: type[ConnectFailed], code: int
) -> None:
    async with open_simulator(faults=Faults(answer_version=answered)) as simulator:
        with pytest.raises(kind, match=str(answered)) as caught:
            async with open_tws(
                stream=simulator.open_stream(),
                min_server_version=offered[0],
                max_server_version=offered[1],
            ):
                raise AssertionError
        assert caught.value.code == code


async def test_a_redirect_is_told_and_never_followed() -> None:
    async def redirect(peer: Peer) -> None:
        await peer.read_until(Hello)
        payload = b"-1\x00192.0.2.1:7500\0"
        await peer.stream.send_all(len(payload).to_bytes(4) + payload)

    failure = await failure_with(redirect)
    assert isinstance(failure, Redirected)
    assert failure.address == "192.0.2.1:7500"


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\xff" * 100,
        b"\0\0\0\x06what\0",
        b"\0\0\0\x08what\0is\0",
    ],
)
async def test_what_is_no_tws_is_told(answer: bytes) -> None:
    async def act(peer: Peer) -> None:
        await peer.read_until(Hello)
        await peer.stream.send_all(answer)
        await peer.stream.send_eof()
        await trio.sleep_forever()

    assert isinstance(await failure_with(act), NotTWS | ApiNotEnabled)


async def test_garbage_after_the_version_is_told() -> None:
    async def act(peer: Peer) -> None:
        await peer.read_until(Hello)
        await peer.send(ServerHello(226))
        await peer.read_until(StartApi)
        await peer.stream.send_all(b"\xff\xff\xff\xff")
        await trio.sleep_forever()

    failure = await failure_with(act)
    assert isinstance(failure, NotTWS)
    assert failure.code == 507


async def test_cancelling_closes_the_stream(autojump_clock: object) -> None:
    ours, theirs = trio.testing.memory_stream_pair()
    with trio.move_on_after(1) as scope:
        async with open_tws(stream=ours):
            raise AssertionError
    assert scope.cancelled_caught
    with pytest.raises(trio.ClosedResourceError):
        await ours.send_all(b"x")
    assert await theirs.receive_some()
    assert await theirs.receive_some() == b""


async def test_a_stream_that_is_broken_already_is_a_closed_connection() -> None:
    ours, theirs = trio.testing.memory_stream_pair()
    await theirs.aclose()
    with pytest.raises(ApiNotEnabled, match="before it answered") as caught:
        async with open_tws(stream=ours):
            raise AssertionError
    assert isinstance(caught.value.__cause__, trio.BrokenResourceError)


async def test_an_account_with_real_money_is_refused_before_the_block_begins() -> None:
    async def greet(peer: Peer) -> None:
        await peer.greet(("U1234567",))
        await peer.read_to_end()

    assert isinstance(await failure_with(greet), LiveAccount)


async def test_a_caller_who_starts_the_session_gets_it_as_soon_as_the_version_is_agreed() -> None:
    async with open_simulator(server_version=176) as simulator:
        async with open_tws(stream=simulator.open_stream(), async_connect=True) as tws:
            assert tws.server_version == 176
            assert tws.accounts == ()
            await tws.start_api()
            assert tws.accounts


@pytest.mark.parametrize("version", [100, 226])
async def test_over_tcp_the_greetings_are_written_without_a_turn_for_others(version: int) -> None:
    """Three waits: for the connection, for the version, and for the accounts."""
    async with open_simulator(server_version=version) as simulator:
        port = await simulator.listen()
        offer = Offer(Hello(), StartApi(1), live=False, strict=True, max_frame=MAX_FRAME)
        found: list[Established] = []

        async def connect() -> None:
            found.append(await establish(None, ("127.0.0.1", port), offer, 5))

        with steps() as made:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(connect, name="connect")
        await found[0].stream.aclose()
        assert found[0].connection.state is State.READY
    assert made["connect"] <= 1 + 3 + 1, "the accounts and the order id may come apart"


async def test_the_stages_are_told_as_they_begin() -> None:
    stages: list[str] = []
    async with open_simulator() as simulator:
        port = await simulator.listen()
        offer = Offer(Hello(), StartApi(1), live=False, strict=True, max_frame=MAX_FRAME)
        found = await establish(None, ("127.0.0.1", port), offer, 5, stages.append)
        await found.stream.aclose()
    assert stages == [
        "the TCP connection",
        "the server's version",
        "the accounts and the next order id",
    ]
