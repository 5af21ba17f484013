"""What the command line says of the simulated TWS, as `open_simulator` takes it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from datetime import datetime, time
from decimal import Decimal
from typing import Final, final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import attrs
import typer

from trio_tws import _versions as v
from trio_tws.testing import (
    INSTRUMENTS,
    Faults,
    Hours,
    Instrument,
    NightlyReset,
    OrderFaults,
    Permissions,
    Scenario,
    Simulator,
    TwsLimits,
    always_open,
    open_simulator,
)

DEFAULT_ZONE: Final = "US/Eastern"
_ALL: Final = "all"


@final
@attrs.frozen(kw_only=True)
class Setup:
    """The arguments of `open_simulator` that the command line knows, and what is played."""

    server_version: int = v.MAX_SERVER_VERSION
    seed: int = 0
    hours: Hours = always_open
    accounts: tuple[str, ...] = ("DU1234567",)
    cash: Decimal = Decimal(1_000_000)
    next_order_id: int = 1
    start: datetime | None = None
    zone: str = DEFAULT_ZONE
    latency: float = 0.0
    speed: float = 1.0
    faults: Faults = attrs.field(factory=Faults)
    order_faults: OrderFaults = attrs.field(factory=OrderFaults)
    master_client_id: int | None = None
    permissions: Permissions = attrs.field(factory=Permissions)
    limits: TwsLimits | None = attrs.field(factory=TwsLimits)
    idle_farms: bool = False
    nightly_reset: NightlyReset | None = None
    is_competing: bool = False
    scenarios: tuple[Scenario, ...] = ()

    def open(self) -> AbstractAsyncContextManager[Simulator]:
        """Runs the simulated TWS; the scenarios are played by whoever runs it."""
        return open_simulator(
            server_version=self.server_version,
            seed=self.seed,
            hours=self.hours,
            accounts=self.accounts,
            cash=self.cash,
            next_order_id=self.next_order_id,
            start=self.start,
            zone=self.zone,
            # A zone's own name is one of those that TWS uses. New York has the usual one.
            zone_label="EST" if self.zone == DEFAULT_ZONE else self.zone,
            latency=self.latency,
            speed=self.speed,
            faults=self.faults,
            order_faults=self.order_faults,
            master_client_id=self.master_client_id,
            permissions=self.permissions,
            limits=self.limits,
            idle_farms=self.idle_farms,
            nightly_reset=self.nightly_reset,
        )


@contextmanager
def said_with(option: str) -> Iterator[None]:
    """Has what makes no sense name the option with which it was said."""
    try:
        yield
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error


def read_zone(name: str) -> str:
    """Looks a time zone up.

    Raises:
        typer.BadParameter: There is none of this name.
    """
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, ZoneInfoNotFoundError):  # OSError: "US" is a directory
        cause = f"{name!r} is no time zone; write one as Europe/Berlin"
        raise typer.BadParameter(cause, param_hint="--zone") from None


def read_start(text: str | None, zone: str) -> datetime | None:
    """Reads a time, by the clock of a zone unless it says another.

    Raises:
        typer.BadParameter: It is none, or before the market begins.
    """
    if text is None:
        return None
    with said_with("--start"):
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(f"{text!r} is no time; write 2026-01-15T09:30") from None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(zone))
        if moment.timestamp() < 0:
            raise ValueError(f"{text!r}: the market begins in 1970")
        return moment


def read_speed(speed: float) -> float:
    """Looks whether time goes forward.

    Raises:
        typer.BadParameter: It does not.
    """
    with said_with("--speed"):
        if not speed > 0:
            raise ValueError(f"{speed:g}: time goes forward only")
        return speed


def read_nightly_reset(
    at: str | None, seconds: float | None, loses_data: bool
) -> NightlyReset | None:
    """Gives when IB is lost each night; None for never.

    Raises:
        typer.BadParameter: It makes no sense.
    """
    with said_with("--nightly-reset"):
        if at is None:
            if seconds is not None or loses_data:
                raise ValueError("give the time at which it begins, as 23:45")
            return None
        try:
            moment = time.fromisoformat(at)
        except ValueError:
            raise ValueError(f"{at!r} is no time of day; write 23:45") from None
    with said_with("--nightly-seconds"):
        reset = NightlyReset(at=moment, keeps_data=not loses_data)
        return reset if seconds is None else attrs.evolve(reset, seconds=seconds)


def read_permissions(
    no_live: str | None, no_delayed: str | None, no_depth: str | None
) -> Permissions:
    """Gives what the login may see.

    Raises:
        typer.BadParameter: A word is no symbol and no kind of anything that is traded.
    """
    return Permissions(
        live=_all_but(no_live, "--no-live"),
        delayed=_all_but(no_delayed, "--no-delayed"),
        depth=_all_but(no_depth, "--no-depth"),
    )


def _all_but(text: str | None, option: str) -> Callable[[Instrument], bool]:
    words = {word.strip().casefold() for word in (text or "").split(",")} - {""}
    known = {word.casefold() for one in INSTRUMENTS for word in _words(one)} | {_ALL}
    if words - known:
        kinds = ", ".join(sorted({one.sec_type for one in INSTRUMENTS}))
        symbols = ", ".join(sorted({one.symbol for one in INSTRUMENTS}))
        wrong = ", ".join(sorted(words - known))
        cause = f"{wrong} is not traded here; there are all, {kinds}, {symbols}"
        raise typer.BadParameter(cause, param_hint=option)

    def has_it(instrument: Instrument) -> bool:
        return words.isdisjoint({_ALL, *(word.casefold() for word in _words(instrument))})

    return has_it


def _words(instrument: Instrument) -> tuple[str, ...]:
    """The words that mean an instrument; the symbol of a bond is that of a stock."""
    symbol = instrument.local_symbol if instrument.sec_type == "BOND" else instrument.symbol
    return instrument.sec_type, symbol, instrument.local_symbol
