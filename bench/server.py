"""A server that has its bytes ready before they are asked for, so that it is never what is slow.

``python -m bench.server KIND SERVER_VERSION WARM COUNT`` prints its port and serves one client
after the other until it is ended. The first request on a connection is answered with WARM messages,
any further one with COUNT.
"""

import socket
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

import attrs

from bench.frames import START, Frames, StampedTrades
from bench.scenarios import LINES, RATE
from trio_tws._model.accounts import (
    AccountUpdateMultiEnd,
    AcctDownloadEnd,
    ReqAccountData,
    ReqAccountUpdatesMulti,
)
from trio_tws._model.bars import ReqHistoricalData
from trio_tws._model.executions import ExecutionDataEnd, ReqExecutions
from trio_tws._model.open_orders import (
    CompletedOrdersEnd,
    OpenOrderEnd,
    ReqAllOpenOrders,
    ReqCompletedOrders,
    ReqOpenOrders,
)
from trio_tws._model.positions import PositionEnd, ReqPositions
from trio_tws._model.session import (
    CurrentTime,
    ManagedAccounts,
    NextValidId,
    ReqCurrentTime,
    StartApi,
)
from trio_tws._model.tick_by_tick import ReqTickByTickData
from trio_tws._model.ticks import ReqMktData
from trio_tws.protocol import Connection, EndOfStream, Hello, Role, ServerHello

ACCOUNT: Final = "DU1234567"
_EPOCH: Final = 2
"""The format of dates that are seconds since 1970; otherwise they are text with a zone."""

_START_UP: Final[Mapping[type, Callable[[object], object]]] = {
    ReqPositions: lambda _: PositionEnd(),
    ReqOpenOrders: lambda _: OpenOrderEnd(),
    ReqCompletedOrders: lambda _: CompletedOrdersEnd(),
    ReqAccountData: lambda _: AcctDownloadEnd(ACCOUNT),
    ReqAccountUpdatesMulti: lambda asked: AccountUpdateMultiEnd(_req_id(asked)),
    ReqExecutions: lambda asked: ExecutionDataEnd(_req_id(asked)),
}
"""What some clients ask for before they call themselves connected; there is nothing of it."""


def _req_id(asked: object) -> int:
    found: object = getattr(asked, "req_id", -1)
    assert isinstance(found, int)
    return found


@attrs.frozen
class Script:
    """What the server does.

    Attributes:
        kind: A kind of scenario.
        server_version: What it agrees to, unless the client is older.
        warm: How much it sends first.
        count: How much it sends after that.
    """

    kind: str
    server_version: int
    warm: int
    count: int


def listen() -> socket.socket:
    """Opens a port of this machine that nobody else has."""
    return socket.create_server(("127.0.0.1", 0))


def serve(listener: socket.socket, script: Script, clients: int | None = None) -> None:
    """Serves so many clients, one after the other, or any number."""
    frames: dict[int, Frames] = {}
    served = 0
    while clients is None or served < clients:
        peer, _ = listener.accept()
        with peer:
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with suppress(ConnectionError):  # a client that is done may leave without a word
                _Visit(peer, script, frames).run()
        served += 1


class _Visit:
    """One client's connection."""

    def __init__(self, peer: socket.socket, script: Script, frames: dict[int, Frames]) -> None:
        self._peer = peer
        self._script = script
        self._all_frames = frames
        self._frames = Frames(script.server_version)
        self._connection = Connection(Role.SERVER)
        self._client_id = 0
        self._passes = 0
        self._lines: list[int] = []

    def run(self) -> None:
        """Answers until the client is gone."""
        while True:
            self._connection.receive_data(self._peer.recv(65536))
            while events := self._connection.events():
                for event in events:
                    if isinstance(event, EndOfStream):
                        return
                    self._take(event)

    def _take(self, event: object) -> None:
        if isinstance(event, Hello):
            version = min(self._script.server_version, event.max_version)
            now = f"{datetime.now(UTC):%Y%m%d %H:%M:%S}"
            self._peer.sendall(self._connection.send(ServerHello(version, now, "UTC")))
            self._frames = self._all_frames.setdefault(version, Frames(version))
        elif isinstance(event, StartApi):
            self._client_id = event.client_id
            self._send(NextValidId(1), ManagedAccounts((ACCOUNT,)))
        elif isinstance(event, ReqCurrentTime):
            self._send(CurrentTime(START))
        elif type(event) in _START_UP:
            self._send(_START_UP[type(event)](event))
        elif isinstance(event, ReqAllOpenOrders):
            first = 1 if self._passes == 0 else self._script.warm + 1
            self._peer.sendall(self._frames.orders(first, self._size(), self._client_id))
        elif isinstance(event, ReqHistoricalData):
            is_epoch = event.format_date == _EPOCH
            sent = self._frames.history(event.req_id, self._size(), is_epoch=is_epoch)
            self._peer.sendall(sent)
        elif isinstance(event, ReqMktData):
            self._take_line(event.req_id)
        elif isinstance(event, ReqTickByTickData):
            self._take_tick_by_tick(event.req_id)

    def _take_line(self, req_id: int) -> None:
        if self._script.kind == "ticks":
            self._peer.sendall(self._frames.ticks(req_id, self._size()))
        elif self._script.kind == "fan-out":
            self._lines.append(req_id)
            if len(self._lines) == LINES:
                self._peer.sendall(self._frames.fan_out(tuple(self._lines), self._size()))
                self._lines.clear()

    def _take_tick_by_tick(self, req_id: int) -> None:
        if self._script.kind != "paced":
            self._peer.sendall(self._frames.trades(req_id, self._size()))
            return
        trades = StampedTrades(self._frames, req_id)
        began = time.perf_counter()
        for at in range(self._size()):
            time.sleep(max(0.0, began + at / RATE - time.perf_counter()))
            self._peer.sendall(trades.next())
        self._peer.sendall(trades.last)

    def _send(self, *messages: object) -> None:
        self._peer.sendall(self._frames.join(messages))

    def _size(self) -> int:
        self._passes += 1
        return self._script.warm if self._passes == 1 else self._script.count


def main(arguments: Iterable[str]) -> None:
    """Serves until the process is ended."""
    kind, *numbers = arguments
    version, warm, count = map(int, numbers)
    with listen() as listener:
        print(listener.getsockname()[1], flush=True)
        serve(listener, Script(kind, version, warm, count))


if __name__ == "__main__":
    main(sys.argv[1:])
