"""What the doctor looks at, stage by stage. Nothing is printed here."""

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import UTC, datetime
from enum import Enum
from typing import Final

import attrs
import trio

from trio_tws import (
    TWS,
    ClientIdInUse,
    ConnectFailed,
    ConnectionLost,
    ConnectionRefused,
    Contract,
    HandshakeTimeout,
    MarketDataKind,
    Notice,
    RequestError,
    Stock,
    Subscription,
    TickPrice,
    TooManyClients,
    TWSError,
    open_tws,
)
from trio_tws._cli._session_facts import PORTS, accounts_text, version_text
from trio_tws._cli._watchlist import NOT_SUBSCRIBED
from trio_tws._model.session import is_paper


class Stage(Enum):
    """What is looked at, in this order."""

    TCP = "connection"
    VERSION = "server version"
    SESSION = "session"
    TIME = "time"
    FARMS = "data farms"
    LOOKUP = "contract"
    PRICE = "price"
    BARS = "bars"


TIMEOUT_STAGES: Final = {
    "the TCP connection": Stage.TCP,
    "the server's version": Stage.VERSION,
    "the accounts and the next order id": Stage.SESSION,
}
"""The stages of connecting, as `HandshakeTimeout.stage` names them."""

_FAILS: Final[dict[type[ConnectFailed], Stage]] = {
    ConnectionRefused: Stage.TCP,
    ClientIdInUse: Stage.SESSION,
    TooManyClients: Stage.SESSION,
}
"""Which stage a failure to connect belongs to; those not listed, to the version."""

_IDLE: Final = frozenset({2107, 2108})
"""A farm is idle until it is needed."""
_WELL: Final = _IDLE | {2104, 2106, 2158}
"""And: a farm is connected."""
_ABOUT_FARMS: Final = _WELL | {1100, 2103, 2105, 2110, 2119, 2157}
"""And: it is broken, it is being connected, or TWS itself has lost IB."""
_FARM: Final = re.compile(r":|demand\.")
"""What stands before the name of a farm."""
_FARM_KINDS: Final = 3
_HEAR_FARMS: Final = 1.5
_HEAR_NOTICES: Final = 0.1
_MOST_SECONDS_OFF: Final = 5
_DAY: Final = 86_400

_PROBED: Final = Stock("AAPL")
_PORT_PATIENCE: Final = 1.0


class Verdict(Enum):
    """How a stage went."""

    OK = "ok"
    WARNING = "warning"
    """Something to know; most programs will do without it."""
    FAILED = "failed"
    SKIPPED = "skipped"
    """Something before it had failed."""


@attrs.frozen
class Finding:
    """What was found in one stage."""

    stage: Stage
    verdict: Verdict
    what: str = ""
    advice: tuple[str, ...] = ()

    @property
    def is_skipped(self) -> bool:
        """Whether nothing was found, because nothing was looked for."""
        return self.verdict is Verdict.SKIPPED


@attrs.frozen
class Target:
    """Which TWS to examine, and as whom."""

    host: str
    port: int
    client_id: int
    timeout: float
    """Seconds for the connection to be ready."""


Tell = Callable[[Finding], None]
Enter = Callable[[Stage], None]


async def examine(
    target: Target, tell: Tell, enter: Enter, ports: Iterable[int] = tuple(PORTS)
) -> bool:
    """Examines a TWS and tells each finding as it is made; says whether all that matters is well.

    Args:
        target: Where it is.
        tell: Is called with each finding, one for each `Stage` and in their order.
        enter: Is called with each stage when it begins.
        ports: Where else on that host to look for a TWS, if there is none.
    """
    told: list[Finding] = []

    def note(finding: Finding) -> None:
        told.append(finding)
        tell(finding)

    stages = list(Stage)
    try:
        enter(Stage.TCP)
        async with open_tws(
            target.host,
            target.port,
            client_id=target.client_id,
            live=True,  # nothing is traded, and the account is what we are here to see
            read_only=True,
            connect_timeout=target.timeout,
            response_timeout=target.timeout,
        ) as tws:
            for finding in _connected(tws, target):
                note(finding)
            await _examine_session(tws, target, note, enter)
    except ConnectFailed as error:
        for finding in await _not_connected(error, target, ports):
            note(finding)
    except ConnectionLost as error:
        note(Finding(stages[len(told)], Verdict.FAILED, str(error)))
    for stage in stages[len(told) :]:
        note(Finding(stage, Verdict.SKIPPED))
    return not any(finding.verdict is Verdict.FAILED for finding in told)


def _connected(tws: TWS, target: Target) -> Iterator[Finding]:
    """Gives what is found in the stages of connecting, when all of them went well."""
    yield Finding(Stage.TCP, Verdict.OK, f"{target.host}:{target.port} answers")
    yield Finding(Stage.VERSION, Verdict.OK, version_text(tws.server_version))
    usual = PORTS.get(target.port, "")
    what = f"{accounts_text(tws.accounts)}; next order id {tws.next_order_id}"
    if usual.endswith("paper") and not all(map(is_paper, tws.accounts)):
        advice = f"Port {target.port} is by convention {usual}, but this login has real money."
        yield Finding(Stage.SESSION, Verdict.WARNING, what, (advice,))
    else:
        yield Finding(Stage.SESSION, Verdict.OK, what)


async def _not_connected(
    error: ConnectFailed, target: Target, ports: Iterable[int]
) -> list[Finding]:
    """Gives what is found in the stages of connecting, when one of them failed."""
    if isinstance(error, HandshakeTimeout):
        failed = TIMEOUT_STAGES[error.stage]
    else:
        failed = _FAILS.get(type(error), Stage.VERSION)
    advice = [error.advice]
    if failed is Stage.TCP:
        for port in ports:
            if port != target.port and await _listens(target.host, port):
                usual = f" (by convention {PORTS[port]})" if port in PORTS else ""
                advice.append(f"Something listens on {port}{usual}: try --port {port}.")
    stages = list(Stage)
    went_well = stages[: stages.index(failed)]
    findings = [Finding(stage, Verdict.OK) for stage in went_well]
    return [*findings, Finding(failed, Verdict.FAILED, error.message, tuple(advice))]


async def _listens(host: str, port: int) -> bool:
    with trio.move_on_after(_PORT_PATIENCE):
        try:
            await (await trio.open_tcp_stream(host, port)).aclose()
        except OSError:
            return False
        return True
    return False


async def _examine_session(tws: TWS, target: Target, note: Tell, enter: Enter) -> None:
    """Examines what a session can do; the contract that is found serves for what follows."""
    contract = _PROBED

    async def lookup() -> Finding:
        nonlocal contract
        found = (await tws.contract_details(_PROBED))[0]
        contract = found.contract
        what = f"{contract.symbol} is con_id {contract.con_id}, {found.details.long_name}"
        return Finding(Stage.LOOKUP, Verdict.OK, what)

    examinations: tuple[tuple[Stage, Verdict, Callable[[], Awaitable[Finding]]], ...] = (
        (Stage.TIME, Verdict.FAILED, lambda: _time(tws)),
        (Stage.FARMS, Verdict.WARNING, lambda: _farms(tws)),
        (Stage.LOOKUP, Verdict.FAILED, lookup),
        (Stage.PRICE, Verdict.WARNING, lambda: _price(tws, contract, target.timeout)),
        (Stage.BARS, Verdict.WARNING, lambda: _bars(tws, contract)),
    )
    for stage, otherwise, look in examinations:
        enter(stage)
        note(await _attempt(stage, look, otherwise))


async def _attempt(
    stage: Stage, look: Callable[[], Awaitable[Finding]], otherwise: Verdict
) -> Finding:
    """Gives the finding, or what the exception in its place tells."""
    try:
        return await look()
    except ConnectionLost:
        raise
    except RequestError as error:
        advice = (error.advice,) if error.advice else ()
        return Finding(stage, otherwise, _words(error), advice)
    except TWSError as error:
        return Finding(stage, otherwise, str(error))


def _words(error: RequestError) -> str:
    return f"TWS says: {error.message} ({error.code})"


async def _time(tws: TWS) -> Finding:
    now = await tws.current_time()
    ahead = (now - datetime.now(UTC)).total_seconds()
    what = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    if abs(ahead) <= _MOST_SECONDS_OFF:
        return Finding(Stage.TIME, Verdict.OK, f"{what}, as on this computer")
    way = "behind" if ahead > 0 else "ahead of"
    far = abs(ahead) > _DAY
    apart = f"{abs(ahead) / _DAY:,.0f} days" if far else f"{abs(ahead):,.0f} s"
    advice = ["Let the network set both clocks (NTP)."]
    if far:
        advice.append("A simulated TWS may have a time of its own.")
    what += f"; this computer is {apart} {way} it"
    return Finding(Stage.TIME, Verdict.WARNING, what, tuple(advice))


async def _farms(tws: TWS) -> Finding:
    """Listens for a moment to what TWS says of its links to IB, mostly just after the start."""
    latest: dict[str, Notice] = {}
    kinds: set[int] = set()
    with trio.move_on_after(_HEAR_FARMS):
        async for event in tws.events:
            if isinstance(event, Notice) and event.code in _ABOUT_FARMS:
                kinds.add(event.code)
                latest[_FARM.split(event.message)[-1]] = event
            if len(kinds & _WELL) == _FARM_KINDS:
                break
    broken = [f"{one.message} ({one.code})" for one in latest.values() if one.code not in _WELL]
    if broken:
        advice = "TWS connects again by itself; until then this data has to wait."
        return Finding(Stage.FARMS, Verdict.WARNING, "; ".join(broken), (advice,))
    idle = ", ".join(farm for farm, one in latest.items() if one.code in _IDLE)
    awake = ", ".join(farm for farm, one in latest.items() if one.code not in _IDLE)
    heard = [f"connected: {awake}"] if awake else []
    if idle:
        heard.append(f"idle until they are needed: {idle}")
    return Finding(Stage.FARMS, Verdict.OK, "; ".join(heard) or "TWS said nothing about them")


async def _price(tws: TWS, contract: Contract, patience: float) -> Finding:
    """Waits for one price: live, or if TWS refuses that, delayed."""
    refusal: RequestError | None = None
    async with tws.open_events(Notice) as notices:
        try:
            price = await _first_price(tws, contract, patience)
        except RequestError as error:
            if error.code not in NOT_SUBSCRIBED:
                raise
            refusal = error
            await tws.set_market_data_type(MarketDataKind.DELAYED)
            price = await _first_price(tws, contract, patience)
        if price is None:
            what = f"none of {contract.symbol} came within {patience:g} s"
            return await _no_price(what, notices)
    if refusal is None:
        what = f"{contract.symbol} at {price:g} {contract.currency}"
        return Finding(Stage.PRICE, Verdict.OK, what)
    what = f"delayed data only ({price:g}). {_words(refusal)}"
    return Finding(Stage.PRICE, Verdict.WARNING, what, (refusal.advice,))


async def _no_price(what: str, notices: Subscription[Notice]) -> Finding:
    """Finds out why there is none: TWS may have said it, and gone on with the request."""
    said: list[str] = []
    with trio.move_on_after(_HEAR_NOTICES):
        async for notice in notices:
            if notice.req_id > 0:
                # Not in a comprehension, which the cancel would take away.
                said.append(f"{notice.message} ({notice.code})")  # noqa: PERF401
    if said:
        return Finding(Stage.PRICE, Verdict.WARNING, f"{what}. TWS says: {'; '.join(said)}")
    return Finding(Stage.PRICE, Verdict.WARNING, what, ("The market may be closed.",))


async def _first_price(tws: TWS, contract: Contract, patience: float) -> float | None:
    with trio.move_on_after(patience):
        async with tws.open_ticks(contract) as ticks:
            async for tick in ticks:
                if isinstance(tick, TickPrice) and tick.price is not None:
                    return tick.price
    return None


async def _bars(tws: TWS, contract: Contract) -> Finding:
    bars = await tws.historical_bars(contract, duration="1 D", bar_size="5 mins")
    what = f"{len(bars)} of 5 minutes; the last begins {bars[-1].time:%Y-%m-%d %H:%M} UTC"
    return Finding(Stage.BARS, Verdict.OK, what)
