"""Moments, written in UTC."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from trio_tws._model.moments import utc_text


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2027, 1, 4, 9, 30, tzinfo=timezone(timedelta(hours=-5))), "20270104-14:30:00"),
        (datetime(2027, 1, 4, 23, 59, 59, 999_999, tzinfo=UTC), "20270104-23:59:59"),
        (datetime(27, 1, 4, tzinfo=UTC), "00270104-00:00:00"),
    ],
)
def test_a_moment_is_written_in_utc(moment: datetime, text: str) -> None:
    assert utc_text("start", moment) == text


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = datetime(2027, 1, 4)  # noqa: DTZ001 - that is the point
    with pytest.raises(ValueError, match="start=2027-01-04 00:00:00 has no time zone; give an"):
        utc_text("start", naive)


def test_a_moment_that_utc_does_not_have_is_refused() -> None:
    last = datetime.max.replace(tzinfo=timezone(timedelta(hours=-5)))
    with pytest.raises(ValueError, match=r"start=9999-12-31 .* is out of range in UTC"):
        utc_text("start", last)
