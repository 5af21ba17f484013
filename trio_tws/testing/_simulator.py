"""A simulated TWS: one market, one login, and any number of programs connected to it."""

import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from ipaddress import ip_address
from logging import getLogger
from typing import Final, final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import trio
import trio.testing

from trio_tws import _versions as v
from trio_tws._errors import InternalError
from trio_tws.testing._client import SimulatedClient
from trio_tws.testing._desk import Desk
from trio_tws.testing._faults import Faults
from trio_tws.testing._instrument import Instrument
from trio_tws.testing._instruments import INSTRUMENTS
from trio_tws.testing._market import Market

_LOCALHOST: Final = "127.0.0.1"

_logger = getLogger("trio_tws.testing")


@final
class Simulator:
    """A simulated TWS, made by `open_simulator`.

    Attributes:
        market: What is traded, at all hours.
        server_version: The newest version it speaks.
        accounts: The accounts of its login; they begin with D, so they are paper accounts.
        next_order_id: What it tells each program at its start.
        zone: Its time zone.
        zone_label: What it calls that zone in the handshake; real ones write anything.
        latency: Seconds before it answers a request for contracts or bars.
        speed: How many simulated seconds go by in one second.
        faults: What goes wrong on each connection, unless one says otherwise.
        desk: What its user has set up in its windows; programs see it and change it.
        clients: The programs connected now, in the order they came.
        failure: The bug that ended it; None while there is none.
    """

    def __init__(
        self,
        nursery: trio.Nursery,
        block: trio.CancelScope,
        market: Market,
        *,
        server_version: int,
        accounts: tuple[str, ...],
        next_order_id: int,
        epoch: float,
        zone: ZoneInfo,
        zone_label: str,
        latency: float,
        speed: float,
        faults: Faults,
    ) -> None:
        self.market = market
        self.server_version = server_version
        self.accounts = accounts
        self.next_order_id = next_order_id
        self.zone = zone
        self.zone_label = zone_label
        self.latency = latency
        self.speed = speed
        self.faults = faults
        self.desk = Desk(accounts, market.instruments)
        self.clients: list[SimulatedClient] = []
        self.failure: Exception | None = None
        self._nursery = nursery
        self._block = block
        self._started_at = trio.current_time()
        self._epoch = epoch

    def now(self) -> float:
        """Gives the simulated time in epoch seconds; it runs on trio's clock."""
        return self._epoch + (trio.current_time() - self._started_at) * self.speed

    def open_stream(
        self, faults: Faults | None = None
    ) -> trio.StapledStream[trio.testing.MemorySendStream, trio.testing.MemoryReceiveStream]:
        """Connects a program in memory; gives its end of the stream, for ``open_tws(stream=…)``.

        What the program does not read waits in the stream, without a limit.
        """
        ours, theirs = trio.testing.memory_stream_pair()
        self._nursery.start_soon(self._serve, ours, faults)
        return theirs

    async def listen(self, port: int = 0, host: str = _LOCALHOST) -> int:
        """Listens on a TCP port for programs in any language; gives the port.

        Args:
            port: The port; 0 lets the system choose one.
            host: The address; anything but this computer's own is logged as a warning, because
                everyone who reaches it can connect.

        Raises:
            OSError: The port is taken, or not allowed.
        """
        listeners = await trio.open_tcp_listeners(port, host=host)
        addresses: list[tuple[str, int]] = [one.socket.getsockname()[:2] for one in listeners]
        if not all(ip_address(address).is_loopback for address, _ in addresses):
            _logger.warning("the simulated TWS listens on %s, where other computers reach it", host)
        self._nursery.start_soon(trio.serve_listeners, self._serve, listeners)
        return addresses[0][1]

    async def _serve(
        self, stream: trio.abc.HalfCloseableStream, faults: Faults | None = None
    ) -> None:
        client = SimulatedClient(self, stream, self.faults if faults is None else faults)
        self.clients.append(client)
        try:
            await client.run()
        except Exception as error:  # noqa: BLE001 - raised by open_simulator, bare
            self.failure = error
            self._block.cancel()
        finally:
            self.clients.remove(client)


@asynccontextmanager
async def open_simulator(
    *,
    server_version: int = v.MAX_SERVER_VERSION,
    instruments: Iterable[Instrument] = INSTRUMENTS,
    seed: int = 0,
    accounts: tuple[str, ...] = ("DU1234567",),
    next_order_id: int = 1,
    start: datetime | None = None,
    zone: str = "US/Eastern",
    zone_label: str = "EST",
    latency: float = 0.0,
    speed: float = 1.0,
    faults: Faults | None = None,
) -> AsyncIterator[Simulator]:
    """Runs a simulated TWS for the length of a block.

    It speaks the bytes of TWS at any server version, to programs connected in memory
    (`Simulator.open_stream`) and over TCP (`Simulator.listen`), on this computer only unless told
    otherwise. Its market is a function of the seed and the time, so a test sees the same each time;
    its time runs on trio's clock, so `trio.testing.MockClock` makes hours pass at once.

    To a request that it does not simulate it answers with error 321. Leaving the block closes all
    connections, and nothing of it runs then. What the block raises comes out bare.

    Args:
        server_version: The newest version it speaks, 100 to 226.
        instruments: What is traded.
        seed: Tells one market from another.
        accounts: The accounts of the login.
        next_order_id: What it tells each program; it places no orders yet, so it stays the same.
        start: The time at which it begins, aware; None for now. For the same prices on each run,
            give one.
        zone: The time zone of this TWS, an IANA name.
        zone_label: What it calls that zone in the handshake.
        latency: Seconds before it answers a request for contracts or bars.
        speed: How many simulated seconds go by in one second.
        faults: What goes wrong on each connection.

    Raises:
        ValueError: An argument makes no sense: an unknown version or time zone, a start without a
            time zone or before 1970, a negative latency, a speed that is not positive, instruments
            that make no `Market`.
        InternalError: The simulator has a bug; the block was cancelled.
    """
    if not v.MIN_SERVER_VERSION <= server_version <= v.MAX_SERVER_VERSION:
        known = f"{v.MIN_SERVER_VERSION} to {v.MAX_SERVER_VERSION}"
        raise ValueError(f"server_version={server_version}: it is {known}")
    if latency < 0 or speed <= 0:
        raise ValueError(f"latency={latency}, speed={speed}: time goes forward only")
    market, epoch, time_zone = Market(instruments, seed), _epoch(start), _zone(zone)
    caught: BaseException | None = None
    block = trio.CancelScope()
    async with trio.open_nursery() as nursery:
        simulator = Simulator(
            nursery,
            block,
            market,
            server_version=server_version,
            accounts=accounts,
            next_order_id=next_order_id,
            epoch=epoch,
            zone=time_zone,
            zone_label=zone_label,
            latency=latency,
            speed=speed,
            faults=faults or Faults(),
        )
        try:
            with block:
                yield simulator
        except BaseException as error:  # noqa: BLE001 - raised again below, bare
            caught = error
        nursery.cancel_scope.cancel()
    if simulator.failure is not None and (caught is None or isinstance(caught, Exception)):
        bug = simulator.failure
        raise InternalError(f"a bug in the simulated TWS: {bug!r}; please report it") from bug
    if caught is not None:
        raise caught


def _epoch(start: datetime | None) -> float:
    if start is None:
        return time.time()
    if start.tzinfo is None:
        raise ValueError(f"start={start} has no time zone; give an aware datetime")
    if start.timestamp() < 0:
        raise ValueError(f"start={start}: the market begins in 1970")
    return start.timestamp()


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:  # OSError: "US" is a directory
        raise ValueError(f"zone={name!r}: there is no such time zone") from error
