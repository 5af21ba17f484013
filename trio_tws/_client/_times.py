"""The forms in which TWS writes times, and the one in which we do.

======================================  =========================================================
where                                   form
======================================  =========================================================
ticks, real-time bars, errors           seconds or milliseconds since 1970
bars                                    these, or a day, or any of the next three
executions, completed orders            ``20260116 09:30:00 US/Eastern``
the same below server version 174       ``20260116  09:30:00``, two blanks, in the zone of TWS
the same where TWS is set to UTC        ``20260116-14:30:00``, since 214 with a Z
head timestamp                          the form with the dash, or seconds
trading schedule                        the form with the dash, but in the zone it names itself
historical news                         ``2026-01-16 14:30:00.0`` in UTC
account update                          ``09:30`` in the zone of TWS
trading hours                           ``20260116:0930-20260116:1600;20260117:CLOSED``
======================================  =========================================================

What is read here comes out aware and in UTC, or is a day. Where a zone's clock shows a time twice,
in the autumn, the first is meant; TWS does not say which.

What can't be read raises `RemoteProtocolError`. Nothing here does I/O or asks a clock.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from trio_tws._client._zones import zone_named
from trio_tws._errors import LocalProtocolError, RemoteProtocolError
from trio_tws._wire.values import from_millis, from_seconds

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

# Patterns are texts: `re` compiles one when it is first used, and a program needs few of them.
_DAY: Final = r"(?a)\d{8}"
_EPOCH: Final = r"(?a)-?(?!\d{8}$)\d{1,17}"  # eight digits would be a day
_LOCAL: Final = (
    r"(?a)(?P<day>\d{8})(?:(?P<dash>-)| +)(?P<clock>\d\d:\d\d:\d\d)(?:Z|(?P<zone> +\S.*))?"
)
_NEWS: Final = r"(?a)\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?"
_CLOCK: Final = r"(?a)\d\d:\d\d"
_SPAN: Final = r"(?a)(?:(\d{8}):)?(\d{4})-(?:(\d{8}):)?(\d{4})"

_FIRST_MILLIS: Final = 10**11
"""More than that many seconds are the year 5138, and as many milliseconds were 1973."""

_SECONDS_TODAY: Final = range(9, 12)
"""How many digits a number of seconds has between 1973 and 5138; a day has eight."""

_ONE_DAY: Final = timedelta(days=1)


def read_zone(name: str, what: str = "a time zone") -> "ZoneInfo":
    """Gives the zone that TWS means by a name.

    Args:
        name: As TWS writes it.
        what: What an error message calls it.

    Raises:
        RemoteProtocolError: Nobody knows it.
    """
    zone = zone_named(name)
    if zone is None:
        raise RemoteProtocolError(f"{what} is {name!r}, which is no known time zone")
    return zone


def read_day(text: str, what: str = "a day") -> date:
    """Reads yyyymmdd.

    Raises:
        RemoteProtocolError: It is something else, or no day of the calendar.
    """
    if re.fullmatch(_DAY, text) is None:
        raise _unreadable(what, text)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _unreadable(what, text) from error


def read_time(text: str, zone: "ZoneInfo | None" = None, what: str = "a time") -> datetime:
    """Reads a moment in any of the forms that say a day and a time, or count from 1970.

    Args:
        text: As TWS writes it.
        zone: Where its clock stands if the text does not say it; without one such a text can't be
            read.
        what: What an error message calls it.

    Returns:
        An aware datetime in UTC.

    Raises:
        RemoteProtocolError: It has another form, no zone, or one that nobody knows.
    """
    try:
        if re.fullmatch(_EPOCH, text):
            number = int(text)
            return from_seconds(number) if abs(number) < _FIRST_MILLIS else from_millis(number)
        if re.fullmatch(_NEWS, text):
            return datetime.fromisoformat(text).replace(tzinfo=UTC)
        if (found := re.fullmatch(_LOCAL, text)) is not None:
            local = datetime.strptime(f"{found['day']} {found['clock']}", "%Y%m%d %H:%M:%S")  # noqa: DTZ007
            if found["zone"] is not None:
                return _in_utc(local, read_zone(found["zone"].strip(), f"the zone of {what}"))
            if found["dash"] is not None or text.endswith("Z"):
                return local.replace(tzinfo=UTC)
            if zone is not None:
                return _in_utc(local, zone)
    except (ValueError, OverflowError) as error:
        raise _unreadable(what, text) from error
    raise _unreadable(what, text)


def read_bar_time(text: str, zone: "ZoneInfo | None" = None) -> datetime | date:
    """Reads when a bar begins: a moment in UTC, or for bars of a day and longer a day.

    Raises:
        RemoteProtocolError: It is neither.
    """
    if len(text) in _SECONDS_TODAY and text.isdecimal() and text.isascii():
        return from_seconds(int(text))  # as `read_time` would, without a look at other forms
    what = "a bar's time"
    return read_day(text, what) if re.fullmatch(_DAY, text) else read_time(text, zone, what)


def read_schedule_time(text: str, zone: "ZoneInfo") -> datetime:
    """Reads a time of a trading schedule, whose dash does not mean UTC; gives it in UTC.

    Raises:
        RemoteProtocolError: It has another form.
    """
    return read_time(text.replace("-", " ", 1), zone, "a schedule's time")


def read_update_time(text: str, zone: "ZoneInfo", near: datetime) -> datetime:
    """Reads the hour and minute of an account update; gives it in UTC.

    Args:
        text: hh:mm.
        zone: Where that clock stands, the zone of TWS.
        near: A moment within half a day of it, aware: TWS does not say the day.

    Raises:
        RemoteProtocolError: It has another form.
    """
    what = "an account's update time"
    if re.fullmatch(_CLOCK, text) is None:
        raise _unreadable(what, text)
    try:
        clock = time.fromisoformat(text)
    except ValueError as error:
        raise _unreadable(what, text) from error
    day = near.astimezone(zone).date()
    days = (day - _ONE_DAY, day, day + _ONE_DAY)
    return min(
        (_in_utc(datetime.combine(at, clock), zone) for at in days), key=lambda at: abs(at - near)
    )


def read_hours(text: str, zone: "ZoneInfo") -> list[tuple[datetime, datetime]]:
    """Reads the trading hours of a contract: when each session opens and closes, in UTC.

    Args:
        text: ``20260116:0930-20260116:1600;20260117:CLOSED``. Old servers leave the second day
            out, and put several sessions of a day behind one, with commas.
        zone: That of the contract's time_zone_id.

    Returns:
        The sessions in TWS's order; none for days without trade.

    Raises:
        RemoteProtocolError: It has another form.
    """
    sessions: list[tuple[datetime, datetime]] = []
    for part in filter(None, text.replace(" ", "").split(";")):
        if part.endswith(":CLOSED"):
            continue
        day = ""
        for span in part.split(","):
            found = re.fullmatch(_SPAN, span)
            if found is None or not (day := found[1] or day):
                raise _unreadable("a contract's trading hours", text)
            opens = _hour(day, found[2], text)
            closes = _hour(found[3] or day, found[4], text)
            if closes <= opens and found[3] is None:
                closes += _ONE_DAY
            sessions.append((_in_utc(opens, zone), _in_utc(closes, zone)))
    return sessions


def _hour(day: str, clock: str, text: str) -> datetime:
    try:
        if clock == "2400":
            return datetime.strptime(day, "%Y%m%d") + _ONE_DAY  # noqa: DTZ007
        return datetime.strptime(day + clock, "%Y%m%d%H%M")  # noqa: DTZ007
    except ValueError as error:
        raise _unreadable("a contract's trading hours", text) from error


def write_time(moment: datetime | None, argument: str) -> str:
    """Writes a moment for a request: ``yyyymmdd-hh:mm:ss`` in UTC; empty for None.

    All servers take this form, and no zone has to be named. Parts of a second are left out.

    Args:
        moment: Aware.
        argument: Its name, for the error message.

    Raises:
        LocalProtocolError: It has no time zone, or no time in UTC.
    """
    if moment is None:
        return ""
    if moment.utcoffset() is None:
        raise LocalProtocolError(f"{argument}={moment} has no time zone; give an aware datetime")
    try:
        utc = moment.astimezone(UTC)
    except OverflowError as error:
        raise LocalProtocolError(f"{argument}={moment} is out of range in UTC") from error
    return f"{utc.year:04}{utc:%m%d-%H:%M:%S}"


def write_day(day: date | None, argument: str) -> str:
    """Writes a day for a request, yyyymmdd; empty for None.

    Raises:
        LocalProtocolError: It is a datetime, whose day depends on the zone.
    """
    if day is None:
        return ""
    if isinstance(day, datetime):
        raise LocalProtocolError(f"{argument}={day} is a moment; give a date")
    return f"{day.year:04}{day:%m%d}"


def _in_utc(local: datetime, zone: "ZoneInfo") -> datetime:
    return local.replace(tzinfo=zone).astimezone(UTC)


def _unreadable(what: str, text: str) -> RemoteProtocolError:
    return RemoteProtocolError(f"{what} is {text!r}, which can't be read")
