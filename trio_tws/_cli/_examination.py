"""What the doctor looks at, stage by stage. Nothing is printed here."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from enum import Enum
from typing import Final

import attrs
import trio

from trio_tws import (
    TWS,
    ApiNotEnabled,
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
    TickPrice,
    TooManyClients,
    TWSError,
    open_tws,
)
from trio_tws import _versions as v
from trio_tws._cli._session_facts import PORTS, accounts_text, is_paper, version_text
from trio_tws._cli._watchlist import NOT_SUBSCRIBED

TCP: Final = "the TCP connection"
VERSION: Final = "the server's version"
ACCOUNTS: Final = "the accounts and the next order id"
"""The stages of connecting, as `HandshakeTimeout.stage` has them."""

TIME: Final = "the time"
FARMS: Final = "the data farms"
LOOKUP: Final = "a contract"
TICK: Final = "a price"
BARS: Final = "a day of bars"

STAGES: Final = (TCP, VERSION, ACCOUNTS, TIME, FARMS, LOOKUP, TICK, BARS)

_NO_TCP: Final = (ConnectionRefused,)
_REFUSED_AT_THE_START: Final = (ClientIdInUse, TooManyClients)

_FARM_IS_WELL: Final = frozenset({2104, 2106, 2158, 2107, 2108})
"""Connected, or idle until needed."""
_FARM_KINDS: Final = 3
_LINK_IS_BROKEN: Final = frozenset({1100, 2110})
_HEAR_FARMS: Final = 1.5
_WAIT_FOR_PRICE: Final = 10.0
_MOST_SECONDS_OFF: Final = 5

_PROBED: Final = Stock("AAPL")
_PORT_PATIENCE: Final = 1.0


class Verdict(Enum):
    """How a stage went."""

    OK = "ok"
    WARNING = "warning"
    """Something to know; most programs will do without it."""
    FAILED = "failed"
    SKIPPED = "skipped"
    """What it needs had failed."""


@attrs.frozen
class Finding:
    """What was found in one stage."""

    stage: str
    verdict: Verdict
    what: str
    advice: str = ""


@attrs.frozen
class Target:
    """Which TWS to examine, and as whom."""

    host: str
    port: int
    client_id: int
    timeout: float
    """Seconds for the connection to be ready."""


Tell = Callable[[Finding], None]


async def examine(
    target: Target, tell: Tell, enter: Callable[[str], None], ports: Iterable[int] = PORTS
) -> bool:
    """Examines a TWS and tells each finding as it is made; says whether all that matters is well.

    Args:
        target: Where it is.
        tell: Is called with each finding, in the order of `STAGES`.
        enter: Is called with each stage when it begins.
        ports: Where else to look for a TWS, if there is none.
    """
    told: list[Finding] = []

    def note(finding: Finding) -> None:
        told.append(finding)
        tell(finding)

    try:
        enter(TCP)
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
            await _examine_session(tws, note, enter)
    except ConnectFailed as error:
        for finding in await _not_connected(error, target, ports):
            note(finding)
    except ConnectionLost as error:
        note(Finding(STAGES[len(told)], Verdict.FAILED, str(error)))
    for stage in STAGES[len(told) :]:
        note(Finding(stage, Verdict.SKIPPED, ""))
    return not any(finding.verdict is Verdict.FAILED for finding in told)


def _connected(tws: TWS, target: Target) -> list[Finding]:
    """Gives what is found in the stages of connecting, when all of them went well."""
    usual = PORTS.get(target.port, "")
    promised_paper = usual.endswith("paper")
    version = Finding(VERSION, Verdict.OK, version_text(tws.server_version))
    accounts = Finding(
        ACCOUNTS, Verdict.OK, f"{accounts_text(tws.accounts)}; next order id {tws.next_order_id}"
    )
    if tws.server_version < v.PROTOBUF:
        version = attrs.evolve(version, advice="It works; a newer TWS or IB Gateway offers more.")
    if promised_paper and not all(map(is_paper, tws.accounts)):
        accounts = attrs.evolve(
            accounts,
            verdict=Verdict.WARNING,
            advice=f"Port {target.port} is by convention {usual}, but this login has real money.",
        )
    return [Finding(TCP, Verdict.OK, f"{target.host}:{target.port} answers"), version, accounts]


async def _not_connected(error: ConnectFailed, target: Target, ports: Iterable[int]) -> list[Finding]:
    """Gives what is found in the stages of connecting, when one of them failed."""
    if isinstance(error, HandshakeTimeout):
        failed = error.stage
    elif isinstance(error, _NO_TCP):
        failed = TCP
    else:
        failed = ACCOUNTS if isinstance(error, _REFUSED_AT_THE_START) else VERSION
    findings = [Finding(stage, Verdict.OK, "") for stage in STAGES[: STAGES.index(failed)]]
    advice = [error.advice]
    if failed == TCP:
        others = [port for port in ports if port != target.port]
        found = [port for port in others if await _listens(target.host, port)]
        advice += [
            f"Something listens on {port} (by convention {PORTS.get(port, 'nothing')}): try --port {port}."
            for port in found
        ]
    if isinstance(error, ApiNotEnabled):
        advice.append("If neither helps, see whether another program than TWS has this port.")
    findings.append(Finding(failed, Verdict.FAILED, error.message, " ".join(advice)))
    return findings


async def _listens(host: str, port: int) -> bool:
    with trio.move_on_after(_PORT_PATIENCE):
        try:
            await (await trio.open_tcp_stream(host, port)).aclose()
        except OSError:
            return False
        return True
    return False


async def _examine_session(tws: TWS, note: Tell, enter: Callable[[str], None]) -> None:
    """Examines what a session can do; stops where nothing more is to be hoped for."""
    contract = _PROBED
    for stage, look in ((TIME, _time), (FARMS, _farms)):
        enter(stage)
        note(await _attempt(stage, look(tws), Verdict.FAILED))
    enter(LOOKUP)
    lookup, contract = await _lookup(tws)
    note(lookup)
    if lookup.verdict is Verdict.FAILED:
        return
    for stage, see in ((TICK, _price), (BARS, _bars)):
        enter(stage)
        note(await _attempt(stage, see(tws, contract), Verdict.WARNING))


async def _attempt(stage: str, look: Awaitable[Finding], otherwise: Verdict) -> Finding:
    """Gives the finding, or what the exception in its place tells."""
    try:
        return await look
    except ConnectionLost:
        raise
    except RequestError as error:
        return Finding(stage, otherwise, f"TWS says: {error.message} ({error.code})", error.advice)
    except TWSError as error:
        return Finding(stage, otherwise, str(error))


async def _time(tws: TWS) -> Finding:
    now = await tws.current_time()
    ahead = (now - datetime.now(UTC)).total_seconds()
    what = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    if abs(ahead) <= _MOST_SECONDS_OFF:
        return Finding(TIME, Verdict.OK, f"{what}, as on this computer")
    way = "behind" if ahead > 0 else "ahead of"
    what += f"; this computer is {abs(ahead):,.0f} s {way} it"
    return Finding(TIME, Verdict.WARNING, what, "Let the network set both clocks (NTP).")


async def _farms(tws: TWS) -> Finding:
    """Listens for a moment to what TWS says of its links to IB, mostly just after the start."""
    latest: dict[str, Notice] = {}
    kinds: set[int] = set()
    with trio.move_on_after(_HEAR_FARMS):
        async for event in tws.events:
            if isinstance(event, Notice) and (2100 <= event.code < 2200 or event.code in _LINK_IS_BROKEN):
                kinds.add(event.code)
                latest[event.message.rpartition(":")[2]] = event
            if len(kinds & _FARM_IS_WELL) == _FARM_KINDS:
                break
    broken = [one for one in latest.values() if one.code not in _FARM_IS_WELL]
    if broken:
        words = "; ".join(f"{one.message} ({one.code})" for one in broken)
        advice = "TWS reconnects by itself; data of this farm has to wait."
        return Finding(FARMS, Verdict.WARNING, words, advice)
    if not latest:
        return Finding(FARMS, Verdict.OK, f"nothing was said of them within {_HEAR_FARMS:g} s")
    return Finding(FARMS, Verdict.OK, ", ".join(latest))


async def _lookup(tws: TWS) -> tuple[Finding, Contract]:
    found: list[Contract] = []

    async def look() -> Finding:
        answers = await tws.contract_details(_PROBED)
        found.append(answers[0].contract)
        details = answers[0].details
        what = f"{found[0].symbol} is con_id {found[0].con_id}, {details.long_name}"
        return Finding(LOOKUP, Verdict.OK, what)

    finding = await _attempt(LOOKUP, look(), Verdict.FAILED)
    return finding, found[0] if found else _PROBED


async def _price(tws: TWS, contract: Contract) -> Finding:
    """Waits for one price: live, or if TWS refuses that, delayed."""
    try:
        price = await _first_price(tws, contract)
    except RequestError as error:
        if error.code not in NOT_SUBSCRIBED:
            raise
        await tws.set_market_data_type(MarketDataKind.DELAYED)
        delayed = await _first_price(tws, contract)
        what = f"no live data: TWS says: {error.message} ({error.code})"
        if delayed is not None:
            what += f"; delayed data is there ({delayed:g})"
        return Finding(TICK, Verdict.WARNING, what, error.advice)
    if price is None:
        what = f"none of {contract.symbol} within {_WAIT_FOR_PRICE:g} s"
        return Finding(TICK, Verdict.WARNING, what, "The market may be closed.")
    return Finding(TICK, Verdict.OK, f"{contract.symbol} at {price:g} {contract.currency}")


async def _first_price(tws: TWS, contract: Contract) -> float | None:
    with trio.move_on_after(_WAIT_FOR_PRICE):
        async with tws.open_ticks(contract) as ticks:
            async for tick in ticks:
                if isinstance(tick, TickPrice) and tick.price is not None:
                    return tick.price
    return None


async def _bars(tws: TWS, contract: Contract) -> Finding:
    bars = await tws.historical_bars(contract, duration="1 D", bar_size="5 mins")
    last = bars[-1].time
    return Finding(BARS, Verdict.OK, f"{len(bars)} of 5 minutes; the last begins {last:%Y-%m-%d %H:%M} UTC")
