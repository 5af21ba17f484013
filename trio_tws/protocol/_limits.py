"""IB's limits on how much and how fast TWS may be asked, as one table that a user can change."""

from typing import Final, final

from trio_tws._errors import LocalProtocolError
from trio_tws._wire.late import frozen


@final
@frozen
class Rate:
    """So many in any stretch of so many seconds.

    Raises:
        LocalProtocolError: Nothing would ever be allowed, or no time passes.
    """

    most: int
    seconds: float

    def __attrs_post_init__(self) -> None:
        if self.most < 1 or self.seconds <= 0:
            raise LocalProtocolError(f"{self}: at least one has to be allowed, in more than 0 s")


@final
@frozen(kw_only=True)
class Pacing:
    """What a session keeps to, so that TWS refuses nothing for having been asked too much.

    Who asks for more waits. The numbers are IB's, which changes them now and then; None lifts a
    limit.

    The limits on what goes in a stretch of time, and on requests for the past, hold unless they are
    lifted: waiting for them ends by itself. Those on lines, books and streams hold only if they are
    set, because such a wait may never end. How many there are depends on what the login pays for,
    and how many are left on the windows of TWS and on other programs, so TWS knows best, and
    refuses with error 101, 309 or 10190.

    Only what this session sends is counted: other programs of the same login, and an earlier
    session of this one, use up the same limits.

    Raises:
        LocalProtocolError: A limit allows nothing.

    Source: IB's TWS API, "Pacing Limitations", "Historical Data Limitations", "Market Data Lines".
    """

    messages_per_second: int | None = 45
    """Messages of all kinds in any second. IB allows 50 (half the number of market data lines) and
    ends sessions that send more; 45 leave room for what bunches up on its way. Orders go first,
    and one message in ten is theirs alone; cancels go before requests."""
    small_bars: Rate | None = Rate(60, 600)
    """Requests for bars of 30 seconds and less, for ticks of the past, and for real-time bars.
    BID_ASK counts twice."""
    same_series: Rate | None = Rate(5, 2)
    """Requests for small bars, or for ticks of the past, of the same contract, exchange and kind of
    data: IB refuses the sixth. BID_ASK counts twice."""
    identical: Rate | None = Rate(1, 15)
    """Requests for small bars, or for ticks of the past, that are equal but for their id."""
    same_tick_by_tick: Rate | None = Rate(1, 15)
    """Requests for tick-by-tick data of the same instrument."""
    open_history: int | None = 50
    """Requests for the past that TWS works on at once: bars of any size, ticks, and the time of the
    earliest data. Bars that are kept up to date count until they are closed."""
    market_data_lines: int | None = None
    """Open lines of market data, depth, real-time bars and tick-by-tick data. Every login has at
    least 100."""
    market_depth: int | None = None
    """Open books. IB gives 3 for 100 lines, one more for each further 100, and 60 at most."""
    tick_by_tick: int | None = None
    """Open streams of tick-by-tick data. IB gives one for 20 lines."""
    margin: float = 0.25
    """Seconds by which the stretches of the four rates are kept longer, because what leaves at even
    distances may arrive at uneven ones."""

    def __attrs_post_init__(self) -> None:
        if self.margin < 0:
            raise LocalProtocolError(f"margin={self.margin}: time goes forward only")
        for name in (
            "messages_per_second",
            "open_history",
            "market_data_lines",
            "market_depth",
            "tick_by_tick",
        ):
            value: int | None = getattr(self, name)
            if value is not None and value < 1:
                raise LocalProtocolError(f"{name}={value}: at least one has to be allowed")


DEFAULT_PACING: Final = Pacing()
"""What a session keeps to if nothing is said."""

UNPACED: Final = Pacing(
    messages_per_second=None,
    small_bars=None,
    same_series=None,
    identical=None,
    same_tick_by_tick=None,
    open_history=None,
)
"""No limits at all."""
