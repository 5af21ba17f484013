"""A simulated TWS: one market, one login, and any number of programs connected to it."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import cast, final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import trio
import trio.testing

from trio_tws import _versions as v
from trio_tws._errors import InternalError
from trio_tws.testing._books import Books
from trio_tws.testing._calendars import Hours, always_open
from trio_tws.testing._client import SimulatedClient
from trio_tws.testing._desk import Desk
from trio_tws.testing._director import Director
from trio_tws.testing._exchange import Exchange
from trio_tws.testing._faults import Faults
from trio_tws.testing._instrument import Instrument
from trio_tws.testing._instruments import INSTRUMENTS
from trio_tws.testing._limits import DEFAULT_LIMITS, NO_LIMITS, TwsLimits
from trio_tws.testing._listening import LOCALHOST, listeners_at
from trio_tws.testing._market import Market
from trio_tws.testing._network import Network
from trio_tws.testing._nights import NightlyReset, reset_each_night
from trio_tws.testing._order_faults import OrderFaults
from trio_tws.testing._permissions import Permissions
from trio_tws.testing._scenario import Scenario
from trio_tws.testing._scene import ScenarioError
from trio_tws.testing._throttle import Throttle


@final
class Simulator:
    """A simulated TWS, made by `open_simulator`.

    Attributes:
        market: What is traded.
        server_version: The newest version it speaks.
        accounts: The accounts of its login; they begin with D, so they are paper accounts.
        next_order_id: The lowest order id that it tells a program; one that has used higher ones
            is told the next.
        zone: Its time zone.
        zone_label: What it calls that zone in the handshake; real ones write anything.
        latency: Seconds before it answers a request for contracts or bars.
        speed: How many simulated seconds go by in one second.
        faults: What goes wrong on each connection, unless one says otherwise.
        desk: What its user has set up in its windows; programs see it and change it.
        books: What the accounts hold, and what that is worth.
        exchange: Where orders are worked.
        master_client_id: The client that hears of the orders of all; None for none.
        permissions: Which data the login may see; set it to change that for requests to come.
        throttle: How much is asked, and how much of that is too much.
        network: Whether IB and its farms are there.
        director: What has scenarios happen.
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
        cash: Decimal,
        next_order_id: int,
        epoch: float,
        zone: ZoneInfo,
        zone_label: str,
        latency: float,
        speed: float,
        faults: Faults,
        order_faults: OrderFaults,
        master_client_id: int | None,
        permissions: Permissions,
        limits: TwsLimits,
        idle_farms: bool,
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
        self.books = Books(accounts, market, cash)
        self.master_client_id = master_client_id
        self.exchange = Exchange(self, order_faults)
        self.clients: list[SimulatedClient] = []
        self.failure: Exception | None = None
        self._nursery = nursery
        self._block = block
        self._started_at = trio.current_time()
        self._epoch = epoch
        self._is_down = False
        self.permissions = permissions
        self.throttle = Throttle(limits)
        self.network = Network(self, idle_farms=idle_farms)
        self.director = Director(self)

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

    async def listen(self, port: int = 0, host: str = LOCALHOST) -> int:
        """Listens on a TCP port for programs in any language; gives the port.

        Args:
            port: The port; 0 lets the system choose one.
            host: The address; anything but this computer's own is logged as a warning, because
                everyone who reaches it can connect.

        Raises:
            OSError: The port is taken, or not allowed.
        """
        taken, listeners = await listeners_at(port, host, "the simulated TWS")
        self._nursery.start_soon(trio.serve_listeners, self._serve, listeners)
        return taken

    def play(self, scenario: Scenario) -> None:
        """Has a scenario happen from now on, beside those that are being played.

        Raises:
            ValueError: It is being played already, or a rule of it can't happen here: a symbol that
                is not traded, a time that is past.
            ScenarioError: A rule is for this moment, and can't be carried out.
        """
        self.director.play(scenario)

    def start_soon(self, work: Callable[[], Awaitable[None]]) -> None:
        """Has something go on beside the block, until that ends."""
        self._nursery.start_soon(self._guard, work)

    async def reset(self, seconds: float = 60.0, *, keeps_data: bool = True) -> None:
        """Loses IB for so many simulated seconds, as when its servers are reset each night.

        Cancelled, it leaves IB lost; `Network.restore` brings it back.

        Args:
            seconds: How long.
            keeps_data: Whether requests for data live through it.
        """
        self.network.lose()
        await trio.sleep(seconds / self.speed)
        self.network.restore(keeps_data=keeps_data)

    async def restart(self, seconds: float = 30.0) -> None:
        """Ends TWS and starts it again: all connections are closed, and none stand meanwhile.

        Orders live on, the farms are connected as at a start, and so is IB. Cancelled, it has
        started again.

        Args:
            seconds: How many simulated seconds go by until it is there again.
        """
        self._is_down = True
        for client in self.clients:
            client.hang_up()
        try:
            await trio.sleep(seconds / self.speed)
        finally:
            self.network.start()
            self._is_down = False

    async def work(self, nightly_reset: NightlyReset | None) -> None:
        """Works the orders and the farms; `open_simulator` has it run."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._guard, self.exchange.run)
            nursery.start_soon(self._guard, self.network.run)
            nursery.start_soon(self._guard, self.director.run)
            if nightly_reset is not None:
                nights = partial(reset_each_night, self, nightly_reset)
                nursery.start_soon(self._guard, nights)

    async def _guard(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - raised by open_simulator, bare
            self.failure = _innermost(error)
            self._block.cancel()

    async def _serve(
        self, stream: trio.abc.HalfCloseableStream, faults: Faults | None = None
    ) -> None:
        if self._is_down:
            await trio.aclose_forcefully(stream)
            return
        client = SimulatedClient(self, stream, self.faults if faults is None else faults)
        self.clients.append(client)
        try:
            await self._guard(client.run)
        finally:
            self.clients.remove(client)


@asynccontextmanager
async def open_simulator(
    *,
    server_version: int = v.MAX_SERVER_VERSION,
    instruments: Iterable[Instrument] = INSTRUMENTS,
    seed: int = 0,
    hours: Hours = always_open,
    accounts: tuple[str, ...] = ("DU1234567",),
    cash: Decimal = Decimal(1_000_000),
    next_order_id: int = 1,
    start: datetime | None = None,
    zone: str = "US/Eastern",
    zone_label: str = "EST",
    latency: float = 0.0,
    speed: float = 1.0,
    faults: Faults | None = None,
    order_faults: OrderFaults | None = None,
    master_client_id: int | None = None,
    permissions: Permissions | None = None,
    limits: TwsLimits | None = DEFAULT_LIMITS,
    idle_farms: bool = False,
    nightly_reset: NightlyReset | None = None,
    scenario: Scenario | None = None,
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
        hours: When each instrument is traded: at all hours, so that a program can be tried at any
            time, or by the calendar of its exchange, `exchange_hours`.
        accounts: The accounts of the login.
        cash: What each account begins with, in US dollars.
        next_order_id: The lowest order id that it tells a program.
        start: The time at which it begins, aware; None for now. For the same prices on each run,
            give one.
        zone: The time zone of this TWS, an IANA name.
        zone_label: What it calls that zone in the handshake.
        latency: Seconds before it answers a request for contracts or bars.
        speed: How many simulated seconds go by in one second.
        faults: What goes wrong on each connection.
        order_faults: What goes wrong with orders.
        master_client_id: The client id that hears of the orders and executions of all clients.
        permissions: Which data the login may see; all if nothing is said.
        limits: What is refused for being too much; None refuses nothing.
        idle_farms: Whether the farms of market data and of the past are asleep at the start, and
            wake with the first request that needs them, as with IB Gateway.
        nightly_reset: When IB is lost each night; never if nothing is said.
        scenario: What happens meanwhile.

    Raises:
        ValueError: An argument makes no sense: an unknown version or time zone, a start without a
            time zone or before 1970, a negative latency, a speed that is not positive, instruments
            that make no `Market`, or whose exchange `hours` does not know, a scenario that can't
            be played.
        ScenarioError: A rule of a scenario could not be carried out; the block was cancelled.
        InternalError: The simulator has a bug; the block was cancelled.
    """
    if not v.MIN_SERVER_VERSION <= server_version <= v.MAX_SERVER_VERSION:
        known = f"{v.MIN_SERVER_VERSION} to {v.MAX_SERVER_VERSION}"
        raise ValueError(f"server_version={server_version}: it is {known}")
    if latency < 0 or speed <= 0:
        raise ValueError(f"latency={latency}, speed={speed}: time goes forward only")
    market, epoch, time_zone = Market(instruments, seed, hours), _epoch(start), _zone(zone)
    caught: BaseException | None = None
    block = trio.CancelScope()
    async with trio.open_nursery() as nursery:
        simulator = Simulator(
            nursery,
            block,
            market,
            server_version=server_version,
            accounts=accounts,
            cash=cash,
            next_order_id=next_order_id,
            epoch=epoch,
            zone=time_zone,
            zone_label=zone_label,
            latency=latency,
            speed=speed,
            faults=faults or Faults(),
            order_faults=order_faults or OrderFaults(),
            master_client_id=master_client_id,
            permissions=permissions or Permissions(),
            limits=limits or NO_LIMITS,
            idle_farms=idle_farms,
        )
        nursery.start_soon(simulator.work, nightly_reset)
        try:
            if scenario is not None:
                simulator.play(scenario)
            with block:
                yield simulator
        except BaseException as error:  # noqa: BLE001 - raised again below, bare
            caught = error
        nursery.cancel_scope.cancel()
    if simulator.failure is not None and (caught is None or isinstance(caught, Exception)):
        bug = _bare(simulator.failure)
        if isinstance(bug, ScenarioError):
            raise bug
        raise InternalError(f"a bug in the simulated TWS: {bug!r}; please report it") from bug
    if caught is not None:
        raise caught


def _bare(bug: Exception) -> Exception:
    """Takes an error out of the groups in which it is alone: a program's session has a nursery."""
    if not isinstance(bug, ExceptionGroup):
        return bug
    group = cast("ExceptionGroup[Exception]", bug)
    return _bare(group.exceptions[0]) if len(group.exceptions) == 1 else group


def _innermost(error: Exception) -> Exception:
    """Gives what went wrong in a program's session, which has a nursery that wraps it."""
    if not isinstance(error, ExceptionGroup):
        return error
    group = cast("ExceptionGroup[Exception]", error)
    return _innermost(group.exceptions[0]) if len(group.exceptions) == 1 else group


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
