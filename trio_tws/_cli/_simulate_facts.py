"""What `trio-tws simulate` says of itself at its start."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from trio_tws._cli._session_facts import accounts_text, version_text
from trio_tws._cli._simulate_setup import Setup
from trio_tws.testing import (
    INSTRUMENTS,
    Faults,
    Instrument,
    NightlyReset,
    OrderFaults,
    TwsLimits,
    always_open,
)

Fact = tuple[str, str]

_EVERYWHERE: Final = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - only to be recognised


def simulated(setup: Setup) -> Iterator[Fact]:
    """Gives what is simulated, a fact a row; what is as on a good day is left out."""
    symbols = ", ".join(sorted({one.symbol for one in INSTRUMENTS}))
    yield "server version", version_text(setup.server_version)
    yield "market", f"{len(INSTRUMENTS)} instruments of {symbols}; seed {setup.seed}"
    is_open = setup.hours is always_open
    yield "hours", "open at all hours" if is_open else "those of the exchanges"
    yield "time", _time(setup)
    each = ", each" if len(setup.accounts) > 1 else ""
    yield "accounts", f"{accounts_text(setup.accounts)}{each} with {setup.cash:,} USD"
    if setup.next_order_id > 1:
        yield "next order id", str(setup.next_order_id)
    if setup.master_client_id is not None:
        yield "master client", str(setup.master_client_id)
    yield "data", "; ".join(_data(setup)) or "all of it, live"
    yield "limits", _limits(setup.limits)
    for name, parts in (
        ("IB", _ib(setup)),
        ("orders", _orders(setup.order_faults)),
        ("connections", _connections(setup.faults)),
    ):
        text = "; ".join(parts)
        if text:
            yield name, text
    rules = [str(rule) for scenario in setup.scenarios for rule in scenario.rules]
    yield from zip(("what happens", *[""] * len(rules)), rules, strict=False)


def ways_in(host: str, port: int) -> Iterator[Fact]:
    """Gives how programs connect."""
    near = "127.0.0.1" if host in _EVERYWHERE else host
    yield "from trio_tws", f'open_tws("{near}", {port}, client_id=1)'
    yield "from ibapi", f'app.connect("{near}", {port}, clientId=1)'
    yield "from ib_async", f'ib.connect("{near}", {port}, clientId=1)'
    yield "to look at it", f"trio-tws doctor --host {near} --port {port}"


def _time(setup: Setup) -> str:
    start = setup.start or datetime.now(UTC)
    here = f"{start.astimezone(ZoneInfo(setup.zone)):%Y-%m-%d %H:%M:%S %Z} ({setup.zone})"
    return here if setup.speed == 1 else f"{here}, {setup.speed:g} times as fast as in reality"


def _data(setup: Setup) -> Iterator[str]:
    permissions = setup.permissions
    for name, has_it in (
        ("live data", permissions.live),
        ("delayed data", permissions.delayed),
        ("depth", permissions.depth),
    ):
        missing = [one for one in INSTRUMENTS if not has_it(one)]
        if missing:
            yield f"no {name} of {_names(missing)}"


def _names(meant: Sequence[Instrument]) -> str:
    """Names instruments, by their kind where all of that are meant."""
    others = [one for one in INSTRUMENTS if one not in meant]
    if not others:
        return "anything"
    mixed = {one.sec_type for one in others}
    names = [one.local_symbol if one.sec_type in mixed else one.sec_type for one in meant]
    return ", ".join(dict.fromkeys(names))


def _limits(limits: TwsLimits | None) -> str:
    if limits is None:
        return "none"
    return (
        f"{limits.market_data_lines} market data lines, {limits.messages_per_second} messages "
        f"a second, {limits.market_depth} books, {limits.tick_by_tick} tick-by-tick streams"
    )


def _ib(setup: Setup) -> Iterator[str]:
    if setup.latency:
        yield f"{setup.latency:g} s away"
    if setup.idle_farms:
        yield "its farms sleep until they are needed"
    if setup.is_competing:
        yield "somebody uses the login's market data elsewhere"
    if setup.nightly_reset is not None:
        yield _nightly(setup.nightly_reset)


def _nightly(reset: NightlyReset) -> str:
    data = "" if reset.keeps_data else ", and requests for data with it"
    return f"lost each night at {reset.at:%H:%M} for {reset.seconds:g} s{data}"


def _orders(faults: OrderFaults) -> Iterator[str]:
    if faults.is_deaf:
        yield "heard, and not acted on"
    if faults.is_mute:
        yield "worked without a word"
    if faults.acknowledge_delay is not None:
        yield f"taken note of after {faults.acknowledge_delay:g} s"
    if faults.cancel_delay:
        yield f"cancelled after {faults.cancel_delay:g} s"
    if faults.commission_delay:
        yield f"costs told after {faults.commission_delay:g} s"
    if faults.repeats_status:
        yield "each state told twice"
    if faults.shuffle_seed is not None:
        yield f"shuffled with seed {faults.shuffle_seed}"
    if faults.greets_first:
        yield "told to who comes back before anything else"


def _connections(faults: Faults) -> Iterator[str]:
    if faults.silent_after is not None:
        yield f"silent after {faults.silent_after.value}"
    if faults.cut_after is not None:
        yield f"cut after {faults.cut_after} bytes"
    if faults.segment is not None:
        yield f"in pieces of {faults.segment} bytes"
    if faults.startup_delay:
        yield f"{faults.startup_delay:g} s before each thing at their start"
    if faults.deaf_for:
        yield f"deaf for {faults.deaf_for:g} s after their start"
