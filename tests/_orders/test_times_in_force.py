"""Times in force: IB's words, and moments."""

from datetime import datetime

import pytest

from tests._orders.built import END
from trio_tws import GoodTill, Order, TimeInForce
from trio_tws._orders.times_in_force import with_time_in_force


@pytest.mark.parametrize("tif", [tif for tif in TimeInForce if tif is not TimeInForce.GTD])
def test_a_word_in_any_case_is_ibs(tif: TimeInForce) -> None:
    for spelt in (tif, tif.value, tif.value.lower()):
        order = with_time_in_force(Order(), spelt)
        assert (order.tif, order.good_till_date) == (tif.value, "")
        assert type(order.tif) is str


def test_a_moment_is_sent_in_utc() -> None:
    order = with_time_in_force(Order(), GoodTill(END))

    assert (order.tif, order.good_till_date) == ("GTD", "20270104-21:00:00")


def test_a_moment_has_a_zone() -> None:
    naive = datetime(2027, 1, 4)  # noqa: DTZ001 - that is the point
    with pytest.raises(ValueError, match="moment=2027-01-04 00:00:00 has no time zone"):
        GoodTill(naive)


def test_gtd_without_a_moment_is_refused() -> None:
    with pytest.raises(ValueError, match=r"tif='GTD' needs a moment; give tif=GoodTill"):
        with_time_in_force(Order(), "GTD")


def test_an_unknown_word_is_refused_with_a_way_out() -> None:
    with pytest.raises(ValueError, match=r"tif='GTX' is none of DAY, GTC.*; evolve\(order, tif="):
        with_time_in_force(Order(), "GTX")
