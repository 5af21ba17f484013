import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trio_tws._client._zones import _key, zone_named, zone_table

SUMMER = datetime(2026, 7, 1, 12, tzinfo=UTC)
WINTER = datetime(2026, 1, 1, 12, tzinfo=UTC)

ROWS = zone_table()
NAMES = [(name, zone) for zone, *groups in ROWS for names in groups for name in names]


def test_the_table_has_every_zone_once_and_no_name_twice() -> None:
    zones = [zone for zone, *_ in ROWS]
    keys = [_key(name) for name, _ in NAMES]

    assert sorted(set(zones)) == zones
    assert len(set(keys)) == len(keys)


def test_every_zone_of_the_table_is_in_the_database_under_its_present_name() -> None:
    assert {zone for zone, *_ in ROWS} <= available_timezones()


def test_every_name_of_the_table_leads_to_its_zone() -> None:
    """An old id leads to itself where the database has it, which is the same zone."""
    for name, zone in NAMES:
        found = zone_named(name)
        assert found is not None, name
        for moment in (SUMMER, WINTER):
            expected = moment.astimezone(ZoneInfo(zone)).utcoffset()
            assert moment.astimezone(found).utcoffset() == expected, name


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("America/New_York", "America/New_York"),
        ("UTC", "UTC"),
        # abbreviations, which the database has as offsets, as other zones, or not at all
        ("EST", "America/New_York"),
        ("EDT", "America/New_York"),
        ("CST", "America/Chicago"),
        ("MST", "America/Denver"),
        ("HST", "Pacific/Honolulu"),
        ("BST", "Europe/London"),
        ("IST", "Asia/Kolkata"),
        ("JST", "Asia/Tokyo"),
        ("HKT", "Asia/Hong_Kong"),
        ("CEST", "Europe/Paris"),
        ("AEDT", "Australia/Sydney"),
        ("Z", "UTC"),
        # what other clients met
        ("British Summer Time", "Europe/London"),
        ("Greenwich Mean Time", "Europe/London"),
        ("GMT Standard Time", "Europe/London"),
        ("Central Standard Time", "America/Chicago"),
        ("Central European Standard Time", "Europe/Paris"),
        ("中国标准时间", "Asia/Shanghai"),
        # other languages and Windows
        ("Eastern Standard Time", "America/New_York"),
        ("China Standard Time", "Asia/Shanghai"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("Mitteleuropäische Sommerzeit", "Europe/Paris"),
        ("heure d’été d’Europe centrale", "Europe/Paris"),
        ("日本標準時", "Asia/Tokyo"),
        ("香港標準時間", "Asia/Hong_Kong"),
        ("Москва, стандартное время", "Europe/Moscow"),
        # whole hours
        ("GMT+8", "Etc/GMT-8"),
        ("GMT-05:00", "Etc/GMT+5"),
        ("UTC+0900", "Etc/GMT-9"),
        ("UTC+0", "Etc/GMT-0"),
    ],
)
def test_a_name_has_the_zone_that_tws_means(name: str, zone: str) -> None:
    found = zone_named(name)

    assert found is not None
    assert found.key == zone


@pytest.mark.parametrize("name", ["US/Eastern", "US/Central", "MET", "GB-Eire", "Japan", "GMT"])
def test_an_old_id_is_known_whether_or_not_the_database_has_it(name: str) -> None:
    assert zone_named(name) is not None
    assert name in {name for _, _, ids, _ in ROWS for name in ids}


@pytest.mark.parametrize(
    "name",
    ["", " ", "Not/AZone", "US", "/etc/passwd", "../UTC", "XYZ", "GMT+25", "GMT+5:30", "a\0b"],
)
def test_a_name_that_nobody_knows_is_none(name: str) -> None:
    assert zone_named(name) is None


@pytest.mark.parametrize(
    ("name", "page", "zone"),
    [
        ("中国标准时间", "gb18030", "Asia/Shanghai"),
        ("日本標準時", "cp932", "Asia/Tokyo"),
        ("台北標準時間", "big5", "Asia/Taipei"),
        ("대한민국 표준시", "cp949", "Asia/Seoul"),
        ("Mitteleuropäische Normalzeit", "cp1252", "Europe/Paris"),
        ("Москва, стандартное время", "cp1251", "Europe/Moscow"),
    ],
)
def test_a_name_in_the_computers_code_page_is_read(name: str, page: str, zone: str) -> None:
    as_the_handshake_leaves_it = name.encode(page).decode("utf-8", "backslashreplace")
    found = zone_named(as_the_handshake_leaves_it)

    assert "\\x" in as_the_handshake_leaves_it
    assert found is not None
    assert found.key == zone


def test_bytes_that_are_no_name_in_any_code_page_are_none() -> None:
    assert zone_named("\\xff\\xfe\\x01") is None


@given(st.sampled_from(NAMES), st.sampled_from([str.upper, str.lower, str.title]))
def test_neither_case_nor_blanks_matter_in_the_table(
    row: tuple[str, str], change: Callable[[str], str]
) -> None:
    name, _ = row
    other = f"  {change(name).replace(' ', '  ')} "
    if _key(other) == _key(name):  # not so in Turkish and German, where letters have no twin
        assert zone_named(other) is not None


@given(st.text())
def test_no_text_makes_it_fail(name: str) -> None:
    found = zone_named(name)

    assert found is None or SUMMER.astimezone(found).utcoffset() is not None


def test_the_ambiguous_ones_hold_all_year() -> None:
    est = zone_named("EST")

    assert est is not None
    assert SUMMER.astimezone(est).utcoffset() == timedelta(hours=-4)
    assert unicodedata.is_normalized("NFC", "".join(name for name, _ in NAMES))
