"""What happens to the simulated TWS each night: IB's servers are reset."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, final

import attrs
import trio
from attrs.validators import gt

if TYPE_CHECKING:
    from datetime import tzinfo

    from trio_tws.testing._simulator import Simulator


@final
@attrs.frozen(kw_only=True)
class NightlyReset:
    """When IB resets its servers, by the clock of the simulated TWS, and how that goes.

    Raises:
        ValueError: It takes no time.

    Source: IB's page "System Status", for North America.
    """

    at: time = time(23, 45)
    """When it begins, each day."""
    seconds: float = attrs.field(default=60.0, validator=gt(0))
    """How long IB is lost, in simulated seconds. In reality it comes and goes for an hour."""
    keeps_data: bool = True
    """Whether requests for data live through it: 1102, else 1101."""


def seconds_until(at: time, now: float, zone: tzinfo) -> float:
    """Gives the seconds from a moment, in epoch seconds, until it is this late in a zone.

    Where clocks skip the time, it is what it would have been before they did.
    """
    here = datetime.fromtimestamp(now, zone)
    due = datetime.combine(here.date(), at, zone)
    if due.timestamp() <= now:
        due = datetime.combine(here.date() + timedelta(days=1), at, zone)
    return due.timestamp() - now


async def reset_each_night(simulator: Simulator, nightly: NightlyReset) -> None:
    """Loses IB each night, and has it back, until cancelled."""
    while True:
        left = seconds_until(nightly.at, simulator.now(), simulator.zone)
        await trio.sleep(left / simulator.speed)
        await simulator.reset(nightly.seconds, keeps_data=nightly.keeps_data)
