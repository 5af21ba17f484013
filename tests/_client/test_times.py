from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from trio_tws import LocalProtocolError, RemoteProtocolError
from trio_tws._client._times import (
    read_bar_time,
    read_day,
    read_hours,
    read_schedule_time,
    read_time,
    read_update_time,
    read_zone,
    write_day,
    write_time,
)
from trio_tws._client._zones import zone_table

EASTERN = ZoneInfo("America/New_York")
MOMENT = datetime(2024, 1, 16, 14, 30, tzinfo=UTC)

zones = st.sampled_from([ZoneInfo(zone) for zone, *_ in zone_table()])
moments = st.datetimes(datetime(1975, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=0)
)


# Moments ..........................................................................................


@pytest.mark.parametrize(
    "text",
    [
        "1705415400",
        "1705415400000",
        "20240116-14:30:00",
        "20240116-14:30:00Z",
        "20240116 14:30:00Z",
        "20240116 09:30:00 US/Eastern",
        "20240116  09:30:00 America/New_York",
        "20240116 09:30:00 EST",
        "20240116 22:30:00 中国标准时间",
        "20240116 14:30:00 Greenwich Mean Time",
        "20240116-09:30:00 US/Eastern",
        "2024-01-16 14:30:00.0",
        "2024-01-16 14:30:00",
    ],
)
def test_a_moment_is_read_in_every_form_that_tws_has(text: str) -> None:
    read = read_time(text)

    assert read == MOMENT
    assert read.tzinfo is UTC


def test_a_moment_without_a_zone_is_in_the_one_given() -> None:
    assert read_time("20240116  09:30:00", EASTERN) == MOMENT
    assert read_time("20240116-14:30:00", EASTERN) == MOMENT
    assert read_time("20240116 15:30:00 MET", EASTERN) == MOMENT


def test_a_moment_before_1970_or_of_few_digits_is_read() -> None:
    assert read_time("-1000000000") == datetime(1938, 4, 24, 22, 13, 20, tzinfo=UTC)
    assert read_time("0") == datetime(1970, 1, 1, tzinfo=UTC)
    assert read_time("1705415400250").microsecond == 250_000


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "20240116",
        "20240116  09:30:00",
        "20240116 09:30:00 ",
        "20240199-09:30:00",
        "20240116-24:30:00",
        "00000000-00:00:00",
        "2024-13-16 14:30:00.0",
        "9" * 17,
        "9" * 30,
        "١٧٠٥٤١٥٤٠٠",
        "00010101 00:00:00 Asia/Tokyo",
    ],
)
def test_a_moment_that_can_not_be_read_says_so(text: str) -> None:
    with pytest.raises(RemoteProtocolError, match=r"a head timestamp is .*, which can't be read"):
        read_time(text, what="a head timestamp")


def test_a_moment_in_a_zone_that_nobody_knows_names_it() -> None:
    with pytest.raises(RemoteProtocolError, match="the zone of a time is 'Not/AZone'"):
        read_time("20240116 09:30:00 Not/AZone")


def test_a_zone_is_given_or_it_raises() -> None:
    assert read_zone("EST") == EASTERN
    with pytest.raises(RemoteProtocolError, match="the schedule's zone is 'x', which is no known"):
        read_zone("x", "the schedule's zone")


def test_in_autumn_the_first_of_two_is_meant_and_in_spring_none_is_lost() -> None:
    assert read_time("20261101 01:30:00", EASTERN) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert read_time("20261101 02:30:00", EASTERN) == datetime(2026, 11, 1, 7, 30, tzinfo=UTC)
    assert read_time("20260308 02:30:00", EASTERN) == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


@given(moments, zones, st.sampled_from([" ", "  "]))
def test_what_a_zones_clock_shows_is_read_as_the_moment(
    moment: datetime, zone: ZoneInfo, blanks: str
) -> None:
    local = moment.astimezone(zone)
    text = f"{local:%Y%m%d}{blanks}{local:%H:%M:%S} {zone.key}"
    read = read_time(text)

    if local.fold:  # shown twice: the first is meant
        assert read == local.replace(fold=0).astimezone(UTC)
    else:
        assert read == moment


@given(moments)
def test_what_is_written_is_read_again(moment: datetime) -> None:
    assert read_time(write_time(moment, "end")) == moment


@given(moments)
def test_seconds_and_milliseconds_are_told_apart(moment: datetime) -> None:
    seconds = int(moment.timestamp())
    assume(len(str(seconds)) != 8)

    assert read_time(str(seconds)) == read_time(str(seconds * 1000)) == moment


@given(st.text(alphabet="0123456789:- ZA/"))
def test_any_other_text_raises_and_nothing_else(text: str) -> None:
    try:
        read = read_bar_time(text)
    except RemoteProtocolError:
        return
    assert not isinstance(read, datetime) or read.tzinfo is UTC


# Days and bars ....................................................................................


def test_a_day_is_read() -> None:
    assert read_day("20240229") == date(2024, 2, 29)


@pytest.mark.parametrize("text", ["", "20230229", "2024-02-29", "202402", "2024022９"])
def test_a_day_that_is_none_says_so(text: str) -> None:
    with pytest.raises(RemoteProtocolError, match=r"a maturity is .*, which can't be read"):
        read_day(text, "a maturity")


@given(st.dates())
def test_a_day_that_is_written_is_read_again(day: date) -> None:
    assert read_day(write_day(day, "start")) == day


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("1705398600", datetime(2024, 1, 16, 9, 50, tzinfo=UTC)),
        ("20240116", date(2024, 1, 16)),
        ("20240116-14:30:00", MOMENT),
        ("20240116-14:30:00Z", MOMENT),
        ("20240116 09:30:00 US/Eastern", MOMENT),
        ("20240116  09:30:00 America/New_York", MOMENT),
    ],
)
def test_a_bar_begins_at_a_moment_or_on_a_day(text: str, time: datetime | date) -> None:
    assert read_bar_time(text) == time
    assert type(read_bar_time(text)) is type(time)


def test_a_bar_of_an_old_server_is_in_the_zone_of_tws() -> None:
    assert read_bar_time("20240116  09:30:00", EASTERN) == MOMENT


@pytest.mark.parametrize(
    "text", ["", "20240199", "20240116  09:30:00", "20240116 09:30:00 Not/AZone", "9" * 30, "x-y"]
)
def test_the_time_of_a_bar_that_can_not_be_read_says_so(text: str) -> None:
    with pytest.raises(RemoteProtocolError, match="a bar's time is"):
        read_bar_time(text)


# Schedules, updates and hours .....................................................................


def test_the_dash_of_a_schedule_is_not_utc() -> None:
    assert read_schedule_time("20240116-09:30:00", EASTERN) == MOMENT


@pytest.mark.parametrize(
    ("text", "near", "expected"),
    [
        ("09:30", MOMENT, MOMENT),
        ("09:30", MOMENT + timedelta(hours=11), MOMENT),
        ("09:30", MOMENT - timedelta(hours=11), MOMENT),
        (
            "23:59",
            datetime(2024, 1, 17, 5, 1, tzinfo=UTC),
            datetime(2024, 1, 17, 4, 59, tzinfo=UTC),
        ),
        (
            "00:01",
            datetime(2024, 1, 17, 4, 59, tzinfo=UTC),
            datetime(2024, 1, 17, 5, 1, tzinfo=UTC),
        ),
    ],
)
def test_an_update_is_at_the_nearest_time_that_the_clock_shows(
    text: str, near: datetime, expected: datetime
) -> None:
    assert read_update_time(text, EASTERN, near) == expected


@pytest.mark.parametrize("text", ["", "9:30", "25:00", "09:30:00"])
def test_an_update_at_no_time_says_so(text: str) -> None:
    with pytest.raises(RemoteProtocolError, match="an account's update time is"):
        read_update_time(text, EASTERN, MOMENT)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2024, 1, day, hour, minute, tzinfo=EASTERN).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "sessions"),
    [
        ("", []),
        ("20240115:CLOSED", []),
        ("20240116:0930-20240116:1600", [(at(16, 9, 30), at(16, 16))]),
        (
            "20240115:CLOSED;20240116:0930-20240116:1600;20240116:1800-20240117:1700",
            [(at(16, 9, 30), at(16, 16)), (at(16, 18), at(17, 17))],
        ),
        ("20240116:0930-1600", [(at(16, 9, 30), at(16, 16))]),
        ("20240116:1700-1600; ", [(at(16, 17), at(17, 16))]),
        (
            "20240116:0700-1830,1831-2330;20240117:CLOSED",
            [(at(16, 7), at(16, 18, 30)), (at(16, 18, 31), at(16, 23, 30))],
        ),
        ("20240116:0000-20240116:2400", [(at(16, 0), at(17, 0))]),
    ],
)
def test_trading_hours_are_read(text: str, sessions: list[tuple[datetime, datetime]]) -> None:
    assert read_hours(text, EASTERN) == sessions


@pytest.mark.parametrize(
    "text", ["always", "0930-1600", "20240199:0930-1600", "20240116:0990-1600"]
)
def test_trading_hours_that_can_not_be_read_say_so(text: str) -> None:
    with pytest.raises(RemoteProtocolError, match=r"trading hours is .*can't be read"):
        read_hours(text, EASTERN)


# Out ..............................................................................................


def test_a_moment_is_written_in_utc_whatever_its_zone() -> None:
    assert write_time(MOMENT, "end") == "20240116-14:30:00"
    assert write_time(MOMENT.astimezone(EASTERN), "end") == "20240116-14:30:00"
    assert write_time(MOMENT.replace(microsecond=999_999), "end") == "20240116-14:30:00"
    assert write_time(datetime(33, 1, 2, 3, 4, 5, tzinfo=UTC), "end") == "00330102-03:04:05"
    assert write_time(None, "end") == ""


class Nowhere(tzinfo):
    """A zone that does not say where it is: it counts as none."""

    def utcoffset(self, moment: datetime | None, /) -> timedelta | None:
        return None

    def tzname(self, moment: datetime | None, /) -> str | None:
        return None

    def dst(self, moment: datetime | None, /) -> timedelta | None:
        return None


@pytest.mark.parametrize("zone", [None, Nowhere()])
def test_a_naive_moment_is_refused_by_the_name_of_its_argument(zone: tzinfo | None) -> None:
    with pytest.raises(LocalProtocolError, match=r"start=2024-01-16 .* has no time zone; give an"):
        write_time(MOMENT.replace(tzinfo=zone), "start")


def test_a_moment_outside_of_the_calendar_in_utc_is_refused() -> None:
    ahead = timezone(timedelta(hours=9))
    with pytest.raises(LocalProtocolError, match=r"end=0001-01-01 .* is out of range"):
        write_time(datetime(1, 1, 1, tzinfo=ahead), "end")


def test_a_day_is_written_and_a_moment_is_no_day() -> None:
    assert write_day(date(2024, 1, 16), "start") == "20240116"
    assert write_day(date(33, 1, 2), "start") == "00330102"
    assert write_day(None, "start") == ""
    with pytest.raises(LocalProtocolError, match=r"start=2024.* is a moment; give a date"):
        write_day(MOMENT, "start")
