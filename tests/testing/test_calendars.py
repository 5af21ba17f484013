from datetime import UTC, date, datetime
from itertools import takewhile

import attrs
import pytest

from trio_tws.testing import (
    ALWAYS_OPEN,
    INSTRUMENTS,
    Calendar,
    Instrument,
    always_open,
    exchange_hours,
)

BY_NAME = {instrument.local_symbol: instrument for instrument in INSTRUMENTS}
AAPL, SAP, ES, SPX = (BY_NAME[name] for name in ("AAPL", "SAP", "ESZ7", "SPX"))
PAIR, BOND, CALL = (
    BY_NAME[name] for name in ("EUR.USD", "IBCID127128131", "AAPL  271217C00230000")
)


def told(calendar: Calendar, day: date, *, use_rth: bool) -> list[str]:
    """The sessions of a day, by the exchange's clock."""
    return [
        f"{datetime.fromtimestamp(session.start, calendar.zone):%d %H:%M}"
        f" to {datetime.fromtimestamp(session.end, calendar.zone):%d %H:%M}"
        for session in calendar.day(day, use_rth=use_rth)
    ]


@pytest.mark.parametrize(
    ("name", "regular", "extended"),
    [
        ("AAPL", "16 09:30 to 16 16:00", "16 04:00 to 16 20:00"),
        ("SPY", "16 09:30 to 16 16:00", "16 04:00 to 16 20:00"),
        ("AAPL  271217C00230000", "16 09:30 to 16 16:00", "16 09:30 to 16 16:00"),
        ("SAP", "16 09:00 to 16 17:30", "16 09:00 to 16 17:30"),
        ("ESZ7", "16 08:30 to 16 16:00", "15 17:00 to 16 16:00"),
        ("SPX", "16 08:30 to 16 15:00", "16 08:30 to 16 15:00"),
        ("EUR.USD", "15 17:15 to 16 17:00", "15 17:15 to 16 17:00"),
        ("IBCID127128131", "16 08:00 to 16 17:00", "16 08:00 to 16 17:00"),
    ],
)
def test_a_tuesday(name: str, regular: str, extended: str) -> None:
    calendar = exchange_hours(BY_NAME[name])
    tuesday = date(2024, 1, 16)
    assert told(calendar, tuesday, use_rth=True) == [regular]
    assert told(calendar, tuesday, use_rth=False) == [extended]


@pytest.mark.parametrize(
    "instrument",
    [one for one in INSTRUMENTS if one.sec_type != "CRYPTO"],
    ids=lambda one: one.local_symbol,
)
def test_nothing_is_traded_on_a_saturday_or_at_new_year(instrument: Instrument) -> None:
    calendar = exchange_hours(instrument)
    for day in (date(2024, 1, 13), date(2024, 1, 14), date(2024, 1, 1)):
        assert calendar.day(day) == ()


@pytest.mark.parametrize(
    ("name", "day", "regular", "extended"),
    [
        ("AAPL", date(2024, 7, 3), ["03 09:30 to 03 13:00"], ["03 04:00 to 03 17:00"]),
        ("AAPL", date(2024, 7, 4), [], []),
        ("AAPL  271217C00230000", date(2024, 11, 29), ["29 09:30 to 29 13:00"], None),
        ("IBCID127128131", date(2024, 11, 29), ["29 08:00 to 29 14:00"], None),
        ("IBCID127128131", date(2024, 10, 14), [], []),
        ("SPX", date(2024, 12, 24), ["24 08:30 to 24 12:00"], None),
        ("ESZ7", date(2024, 7, 4), [], ["03 17:00 to 04 12:00"]),
        ("ESZ7", date(2024, 11, 29), ["29 08:30 to 29 12:15"], ["28 17:00 to 29 12:15"]),
        ("ESZ7", date(2024, 3, 29), [], []),
        ("EUR.USD", date(2024, 7, 4), ["03 17:15 to 04 17:00"], None),
        ("EUR.USD", date(2024, 12, 25), [], []),
        ("SAP", date(2024, 7, 4), ["04 09:00 to 04 17:30"], None),
        ("SAP", date(2024, 4, 1), [], []),
    ],
)
def test_days_that_are_like_no_other(
    name: str, day: date, regular: list[str], extended: list[str] | None
) -> None:
    calendar = exchange_hours(BY_NAME[name])
    assert told(calendar, day, use_rth=True) == regular
    assert told(calendar, day, use_rth=False) == (regular if extended is None else extended)


def test_a_year_has_252_trading_days() -> None:
    begin, end = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (2024, 2025))
    sessions = exchange_hours(AAPL).sessions_from(begin, use_rth=True)
    assert len(list(takewhile(lambda session: session.start < end, sessions))) == 252


def test_futures_open_on_sunday_and_have_a_break_each_day() -> None:
    calendar = exchange_hours(ES)
    monday = date(2024, 1, 22)
    assert told(calendar, monday, use_rth=False) == ["21 17:00 to 22 16:00"]
    (session,) = calendar.day(monday)
    assert calendar.next_open(session.end) == session.end + 3600


def test_crypto_never_sleeps() -> None:
    assert exchange_hours(BY_NAME["BTC.USD"]) is ALWAYS_OPEN is always_open(AAPL)


def test_other_exchanges_need_a_calendar_of_yours() -> None:
    tokyo = attrs.evolve(SAP, exchange="TSEJ", primary_exchange="TSEJ", currency="JPY")
    with pytest.raises(
        ValueError, match=r"SAP: the hours of STK at TSEJ are not known; give hours="
    ):
        exchange_hours(tokyo)
