"""Against what the exchanges have published, year by year."""

from datetime import date

import pytest

from trio_tws.testing._holidays import (
    american_bond_holidays,
    american_half_days,
    american_holidays,
    currency_holidays,
    easter,
    futures_half_days,
    futures_holidays,
    xetra_holidays,
)


def days(year: int, text: str) -> set[date]:
    """Reads days such as ``1-15 2-19``."""
    return {date(year, *map(int, day.split("-"))) for day in text.split()}


@pytest.mark.parametrize(
    ("year", "text"),
    [
        (1970, "3-29"),
        (1981, "4-19"),
        (2000, "4-23"),
        (2008, "3-23"),
        (2011, "4-24"),
        (2024, "3-31"),
        (2025, "4-20"),
        (2026, "4-5"),
        (2038, "4-25"),
    ],
)
def test_easter(year: int, text: str) -> None:
    assert {easter(year)} == days(year, text)


def test_easter_is_a_sunday_between_22_march_and_25_april() -> None:
    for year in range(1970, 2200):
        found = easter(year)
        assert found.weekday() == 6
        assert date(year, 3, 22) <= found <= date(year, 4, 25)


@pytest.mark.parametrize(
    ("year", "holidays", "half"),
    [
        (2021, "1-1 1-18 2-15 4-2 5-31 7-5 9-6 11-25 12-24", "11-26"),
        (2022, "1-17 2-21 4-15 5-30 6-20 7-4 9-5 11-24 12-26", "11-25"),
        (2023, "1-2 1-16 2-20 4-7 5-29 6-19 7-4 9-4 11-23 12-25", "7-3 11-24"),
        (2024, "1-1 1-15 2-19 3-29 5-27 6-19 7-4 9-2 11-28 12-25", "7-3 11-29 12-24"),
        (2026, "1-1 1-19 2-16 4-3 5-25 6-19 7-3 9-7 11-26 12-25", "11-27 12-24"),
    ],
)
def test_nyse(year: int, holidays: str, half: str) -> None:
    closed = {day for day in american_holidays(year) if day.weekday() < 5}
    assert closed == days(year, holidays)
    assert american_half_days(year) == days(year, half)


def test_martin_luther_king_day_is_kept_since_1998() -> None:
    assert date(1997, 1, 20) not in american_holidays(1997)
    assert date(1998, 1, 19) in american_holidays(1998)


def test_bonds_have_two_holidays_more() -> None:
    assert american_bond_holidays(2024) - american_holidays(2024) == days(2024, "10-14 11-11")


def test_futures_are_traded_in_the_morning_of_most_holidays() -> None:
    assert futures_holidays(2024) == days(2024, "1-1 3-29 12-25")
    assert futures_half_days(2024) == days(2024, "1-15 2-19 5-27 6-19 7-4 9-2 11-28")


def test_currencies_have_the_days_as_they_fall() -> None:
    assert currency_holidays(2022) == days(2022, "1-1 12-25")


def test_xetra() -> None:
    wanted = "1-1 3-29 4-1 5-1 12-24 12-25 12-26 12-31"
    assert xetra_holidays(2024) == days(2024, wanted)
