"""Durations and bar sizes of historical data: how TWS spells, limits and aligns them.

Sources: IB's pages "Historical Bar Data" and "Historical Data Limitations" (the `longest` column);
the texts of the refusals as users of TWS have published them. Not known, and so ours: the number
in "invalid step" for other sizes than one second (users only ever quote `invalid step: 1`), and
where TWS draws the line for bars of a minute and more, whose limits IB says it has lifted.
"""

import calendar
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from math import ceil
from typing import Final, final

import attrs

__all__ = [
    "BAR_SIZES",
    "BarRequestError",
    "BarSize",
    "Duration",
    "bar_bounds",
    "check_bar_request",
    "parse_bar_size",
    "parse_duration",
]

DAY: Final = 86_400
_WEEK: Final = 7 * DAY
_FIRST_YEAR: Final = 1970
_FIRST_MONDAY: Final = 4 * DAY  # 1970 began on a Thursday.
_MONTH: Final = 30 * DAY  # In comparisons only; months are counted by the calendar.

MOST_BARS: Final = 60_000
"""No request may ask for more bars than this, whatever their size: six weeks of minutes."""

SHOWS: Final = frozenset(
    {
        *("TRADES", "MIDPOINT", "BID", "ASK", "BID_ASK", "ADJUSTED_LAST", "AGGTRADES", "SCHEDULE"),
        *("HISTORICAL_VOLATILITY", "OPTION_IMPLIED_VOLATILITY", "FEE_RATE"),
        *("YIELD_BID", "YIELD_ASK", "YIELD_BID_ASK", "YIELD_LAST"),
    }
)
"""What TWS can be asked to show; the simulated market has only the first seven, and schedules."""


@final
class BarRequestError(ValueError):
    """TWS would refuse this request for bars, with this code and this text."""

    def __init__(self, code: int, text: str, *, value: str) -> None:
        """Keep the refusal; `value` is what was refused, as it was given."""
        super().__init__(f"{value!r}: {text}")
        self.code: Final = code
        """The error code, 162 or 321."""
        self.text: Final = text
        """The text of the error message, as TWS words it."""


def _invalid(cause: str, *, value: str) -> BarRequestError:
    # Between the quotes TWS gives the name of one of its own obfuscated classes, which changes
    # with the build.
    return BarRequestError(321, f"Error validating request.-'bN' : cause - {cause}", value=value)


def no_data(text: str, *, value: str) -> BarRequestError:
    """What the historical data service, not TWS itself, refuses: code 162."""
    text = f"Historical Market Data Service error message:{text}"
    return BarRequestError(162, text, value=value)


@final
@attrs.frozen
class BarSize:
    """A bar size, and where its bars begin: all times are whole epoch seconds, UTC."""

    name: str
    """TWS's spelling."""
    seconds: int
    """Length; of a month, 30 days."""
    longest: int | None = None
    """The longest duration in seconds that IB allows; None where it sets no limit."""

    def start(self, second: int) -> int:
        """When the bar begins in which this second falls."""
        if self.seconds == _MONTH:
            moment = datetime.fromtimestamp(second, UTC)
            return calendar.timegm((moment.year, moment.month, 1, 0, 0, 0))
        if self.seconds == _WEEK:
            return second - (second - _FIRST_MONDAY) % _WEEK
        return second - second % self.seconds

    def after(self, start: int) -> int:
        """When the bar ends that begins at `start`, which is when the next one begins."""
        return self.start(start + 31 * DAY) if self.seconds == _MONTH else start + self.seconds


BAR_SIZES: Final = (
    BarSize("1 secs", 1, longest=1800),
    BarSize("5 secs", 5, longest=3600),
    BarSize("10 secs", 10, longest=4 * 3600),
    BarSize("15 secs", 15, longest=4 * 3600),
    BarSize("30 secs", 30, longest=8 * 3600),
    BarSize("1 min", 60),
    BarSize("2 mins", 120),
    BarSize("3 mins", 180),
    BarSize("5 mins", 300),
    BarSize("10 mins", 600),
    BarSize("15 mins", 900),
    BarSize("20 mins", 1200),
    BarSize("30 mins", 1800),
    BarSize("1 hour", 3600),
    BarSize("2 hours", 2 * 3600),
    BarSize("3 hours", 3 * 3600),
    BarSize("4 hours", 4 * 3600),
    BarSize("8 hours", 8 * 3600),
    BarSize("1 day", DAY),
    BarSize("1 week", _WEEK),
    BarSize("1 month", _MONTH),
)
"""Every bar size, shortest first."""

# IB's pages spell the second `1 sec`, which TWS has refused since 2015 at the latest; TWS's own
# list of the legal ones has 1W and 1M.
_ALIASES: Final = {"1 sec": "1 secs", "1W": "1 week", "1M": "1 month"}
_BY_NAME: Final = {size.name: size for size in BAR_SIZES}
_LEGAL: Final = ", ".join([*(size.name for size in BAR_SIZES[:-2]), "1W", "1M"])


@final
@attrs.frozen
class Duration:
    """How far back from its end a request reaches."""

    count: int
    """How many units."""
    unit: str
    """S, D, W, M or Y."""

    @property
    def seconds(self) -> int:
        """The length in seconds, a month counted as 30 days and a year as 365."""
        return self.count * _UNITS[self.unit].seconds

    def before(self, end: float) -> float:
        """The beginning of the stretch that ends at `end`, both in epoch seconds, UTC.

        Months and years are counted by the calendar: `1 M` before 31 March is the last day of
        February. Never before 1970.
        """
        if self.unit not in {"M", "Y"}:
            return max(0.0, end - self.seconds)
        moment = datetime.fromtimestamp(int(end), UTC)
        months = moment.year * 12 + moment.month - 1
        year, month = divmod(months - self.count * (12 if self.unit == "Y" else 1), 12)
        if year < _FIRST_YEAR:
            return 0.0
        day = min(moment.day, calendar.monthrange(year, month + 1)[1])
        then = calendar.timegm((year, month + 1, day, 0, 0, 0))
        return then + end % DAY


@attrs.frozen
class _Unit:
    seconds: int
    most: int
    beyond: str
    """What TWS says to more than `most` of them."""


_IN_YEARS: Final = "must be made in years."
_UNITS: Final = {
    "S": _Unit(1, DAY, "Historical data request for greater than 86400 seconds rejected."),
    "D": _Unit(
        DAY, 365, f"Historical data requests for durations longer than 365 days {_IN_YEARS}"
    ),
    "W": _Unit(
        _WEEK, 52, f"Historical data request for durations longer than 52 weeks {_IN_YEARS}"
    ),
    "M": _Unit(
        _MONTH, 12, f"Historical data request for durations longer than 12 months {_IN_YEARS}"
    ),
    "Y": _Unit(365 * DAY, 1000, "Historical data requested duration is invalid."),
}


def parse_duration(text: str) -> Duration:
    """Read `<n> S|D|W|M|Y`.

    Raises:
        BarRequestError: It is spelled otherwise, is nothing, or is beyond what TWS takes in this
            unit (code 321).
    """
    found = re.fullmatch("([0-9]{1,9}) ([SDWMY])", text)
    if found is None:
        raise _invalid(
            "When specifying a unit, historical data request duration format is"
            " integer{SPACE}unit (S|D|W|M|Y).",
            value=text,
        )
    duration = Duration(int(found[1]), found[2])
    if duration.count < 1:
        raise _invalid("Historical data requested duration is invalid.", value=text)
    unit = _UNITS[duration.unit]
    if duration.count > unit.most:
        raise _invalid(unit.beyond, value=text)
    return duration


def parse_bar_size(text: str) -> BarSize:
    """Find a bar size by TWS's spelling; `1 sec`, `1W` and `1M` are understood as well.

    Raises:
        BarRequestError: There is none of that name; the text lists those there are (code 321).
    """
    size = _BY_NAME.get(_ALIASES.get(text, text))
    if size is None:
        cause = f"Historical data bar size setting is invalid. Legal ones are: {_LEGAL}"
        raise _invalid(cause, value=text)
    return size


def check_bar_request(duration: str, bar_size: str, what: str) -> tuple[Duration, BarSize]:
    """Refuse what TWS would refuse, whatever the contract, and read the rest.

    Returns:
        The duration and the bar size.

    Raises:
        BarRequestError: With code 321 if one of the three is misspelled; with code 162, "invalid
            step", if the bars are longer than the duration, or so short that there would be too
            many of them.
    """
    size = parse_bar_size(bar_size)
    length = parse_duration(duration)
    if what not in SHOWS:
        raise _invalid("What to show field is missing or incorrect.", value=what)
    most = MOST_BARS * size.seconds if size.longest is None else size.longest
    if not size.seconds <= length.seconds <= most:
        raise no_data(f"invalid step: {size.seconds}", value=f"{duration} of {bar_size}")
    return length, size


def bar_bounds(end: float, duration: Duration, size: BarSize) -> Iterator[tuple[int, int]]:
    """Begin and end of each bar of a request, oldest first, in whole epoch seconds, UTC.

    The bars begin at the bar size's own marks, and none begins before the duration does, so that
    every bar but the last is whole and a request that ends where another begins overlaps nothing.
    The last one stops at `end`, and has the seconds that begin before it.
    """
    begin = ceil(duration.before(end))
    stop = ceil(end)
    start = size.start(begin)
    if start < begin:
        start = size.after(start)
    while start < stop:
        after = size.after(start)
        yield start, min(after, stop)
        start = after
