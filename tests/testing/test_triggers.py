from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from trio_tws import CurrentTime, OrderStatus, PlaceOrder, ReqCurrentTime, ReqIds, StartApi
from trio_tws.testing._triggers import After, At, Before, Moment, On

NEW_YORK = ZoneInfo("US/Eastern")
NINE = datetime(2026, 1, 15, 9, tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("moment", "hours"),
    [
        ("10:00", 1),
        ("09:30:00", 0.5),
        ("08:00", 23),
        ("09:00", 0),
        (time(16), 7),
        (datetime(2026, 1, 15, 15, tzinfo=UTC), 1),
        (NINE, 0),
        (3600, 1),
        (0, 0),
    ],
)
def test_a_moment_comes_next(moment: Moment, hours: float) -> None:
    assert At(moment).seconds_left(NINE.timestamp(), NEW_YORK) == hours * 3600


def test_what_is_past_does_not_come() -> None:
    with pytest.raises(ValueError, match="it is 2026-01-15 09:00:00 EST"):
        At(datetime(2026, 1, 15, 13, tzinfo=UTC)).seconds_left(NINE.timestamp(), NEW_YORK)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("ten", "'ten'.* is no time of day; write 10:00"),
        ("10:00+01:00", "by the clock of TWS"),
        (time(10, tzinfo=UTC), "by the clock of TWS"),
        (datetime(2026, 1, 15), "has no time zone"),  # noqa: DTZ001 - that is what is tested
        (-1, "in the past"),
        (float("nan"), "in the past"),
    ],
)
def test_what_is_no_moment_is_refused(moment: Moment, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        At(moment)


def test_a_message_fits_by_class_program_and_what_is_in_it() -> None:
    two = On((ReqIds, ReqCurrentTime))
    assert two.fits(1, ReqIds())
    assert two.fits(2, ReqCurrentTime())
    assert not two.fits(1, StartApi(1))
    one = On((ReqIds,), client_id=1)
    assert one.fits(1, ReqIds())
    assert not one.fits(2, ReqIds())
    some = On((ReqIds,), where=lambda message: message == ReqIds(2))
    assert some.fits(1, ReqIds(2))
    assert not some.fits(1, ReqIds(1))


def test_directions_are_not_mixed_up() -> None:
    with pytest.raises(ValueError, match=r"on\(OrderStatus\): TWS sends .*; use before"):
        On((PlaceOrder, OrderStatus))
    for kind in (Before, After):
        with pytest.raises(ValueError, match=r"PlaceOrder is sent to TWS; use on"):
            kind((CurrentTime, PlaceOrder))
    with pytest.raises(ValueError, match="Faults"):
        On((StartApi,))
    with pytest.raises(TypeError, match="int is not a message"):
        On((int,))


@pytest.mark.parametrize("nth", [0, -1])
def test_numbers_begin_with_one(nth: int) -> None:
    with pytest.raises(ValueError, match="nth"):
        On((ReqIds,), nth=nth)
