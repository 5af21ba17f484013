"""How much the simulated TWS lets itself be asked, as one table that a user can change."""

from __future__ import annotations

from typing import Final, final

import attrs

from trio_tws.protocol import DEFAULT_PACING, UNPACED, Rate, Slot

_FIRST_LINES: Final = 100


@final
@attrs.frozen(kw_only=True)
class TwsLimits:
    """What TWS allows before it refuses, with the numbers of a login that pays for nothing extra.

    What is allowed in a stretch of time is counted in trio's time, as the client's `Pacing` counts
    it, however fast the simulated time goes by. All programs of the login share everything but the
    messages. None lifts a limit.

    Raises:
        ValueError: A limit allows nothing.

    Source: as of `Pacing`. The words of the refusals are those that TWS is known by, except those
    about tick-by-tick data of the same instrument, which are ours.
    """

    messages_per_second: int | None = 50
    """Messages of a program in any second. The one beyond gets error 100, and is answered
    nevertheless; then the count begins anew. A program that has connected with ``+PACEAPI`` is read
    more slowly instead."""
    warnings: int = 3
    """How many errors 100 a program gets; with the last one its connection is closed. IB does not
    say how patient TWS is."""
    market_data_lines: int | None = _FIRST_LINES
    """Open lines of market data, depth, real-time bars and tick-by-tick data; then 101."""
    market_depth: int | None = 3
    """Open books; then 309."""
    tick_by_tick: int | None = 5
    """Open streams of tick-by-tick data; then 10190."""
    same_tick_by_tick: Rate | None = DEFAULT_PACING.same_tick_by_tick
    """Requests for tick-by-tick data of one instrument; then 10189."""
    scanners: int | None = 10
    """Scanners of one program; then 162."""
    open_history: int | None = DEFAULT_PACING.open_history
    """Requests for the past under way, and bars that are kept up to date; then 162."""
    small_bars: Rate | None = DEFAULT_PACING.small_bars
    """Requests for bars of 30 seconds and less, for ticks of the past and for real-time bars; then
    162, 10187 or 420, "pacing violation". BID_ASK counts twice. What was refused does not count."""
    same_series: Rate | None = DEFAULT_PACING.same_series
    """Those of the same contract, exchange and kind of data."""
    identical: Rate | None = DEFAULT_PACING.identical
    """Those that are equal but for their id."""
    orders_per_side: int | None = 15
    """Orders that work on one side of one contract for one account; then 201. IB's page says 20,
    its servers are seen to say 15."""

    def __attrs_post_init__(self) -> None:
        for name, value in attrs.asdict(self, recurse=False).items():
            if isinstance(value, int) and value < 1:
                raise ValueError(f"{name}={value}: at least one has to be allowed; None lifts it")

    @classmethod
    def for_lines(cls, lines: int) -> TwsLimits:
        """Gives the limits of a login that has so many market data lines.

        Raises:
            ValueError: There are fewer than 100.
        """
        if lines < _FIRST_LINES:
            raise ValueError(f"lines={lines}: every login has {_FIRST_LINES}")
        return cls(
            messages_per_second=lines // 2,
            market_data_lines=lines,
            market_depth=min(lines // 100 + 2, 60),
            tick_by_tick=lines // 20,
        )

    def size(self, slot: Slot) -> int | None:
        """Gives how many of these may be open at a time."""
        sizes = {
            Slot.HISTORY: self.open_history,
            Slot.LINE: self.market_data_lines,
            Slot.DEPTH: self.market_depth,
            Slot.TICK_BY_TICK: self.tick_by_tick,
        }
        return sizes[slot]

    def rate(self, name: str) -> Rate | None:
        """Gives the rate that has this name in `Pacing`."""
        rates = {
            "small_bars": self.small_bars,
            "same_series": self.same_series,
            "identical": self.identical,
            "same_tick_by_tick": self.same_tick_by_tick,
        }
        return rates[name]


DEFAULT_LIMITS: Final = TwsLimits()
"""What holds if nothing is said."""

NO_LIMITS: Final = TwsLimits(
    messages_per_second=None,
    market_data_lines=None,
    market_depth=None,
    tick_by_tick=None,
    same_tick_by_tick=UNPACED.same_tick_by_tick,
    scanners=None,
    open_history=UNPACED.open_history,
    small_bars=UNPACED.small_bars,
    same_series=UNPACED.same_series,
    identical=UNPACED.identical,
    orders_per_side=None,
)
"""A TWS that never tires."""
