from decimal import Decimal
from typing import Any

import attrs
import pytest

from tests.testing.program import START
from tests.testing.trading import AAPL, CALL, EURUSD, MSFT, STRADDLE, order, trading
from trio_tws._model.contracts import Contract
from trio_tws.testing import INSTRUMENTS, Market
from trio_tws.testing._order_booked import BookedOrder, Draft
from trio_tws.testing._order_groups import hedge_size, reduced_total
from trio_tws.testing._order_kinds import KINDS
from trio_tws.testing._order_views import Leg

MARKET = Market(INSTRUMENTS)
NOW = START.timestamp()


def booked(con_id: int = AAPL.con_id, filled: int = 0, **wanted: Any) -> BookedOrder:
    draft = Draft(
        contract=Contract(con_id=con_id),
        instrument=MARKET.instrument(con_id) if con_id else None,
        legs=(Leg(con_id),),
        order=order(**wanted),
        kind=KINDS["MKT"],
        account="DU1",
        tick=0.01,
    )
    return BookedOrder(1, 1, 1, draft, NOW, filled=Decimal(filled), average=10.0)


@pytest.mark.parametrize(
    ("oca", "filled", "total"),
    [
        ({"oca_group": "one", "oca_type": 1}, 40, 0),
        ({"oca_group": "one", "oca_type": 2}, 40, 60),
        ({"oca_group": "one", "oca_type": 3}, 40, 60),
        ({}, 40, 60),
        ({}, 100, 0),
    ],
)
def test_a_fill_takes_its_share_from_a_rival(oca: dict[str, Any], filled: int, total: int) -> None:
    one, other = booked(filled=filled, **oca), booked()
    assert reduced_total(one, other, Decimal(filled)) == total
    combination = attrs.evolve(other, draft=attrs.evolve(other.draft, instrument=None))
    assert reduced_total(one, combination, Decimal(filled)) == total


@pytest.mark.parametrize(
    ("con_id", "hedge", "size"),
    [
        (MSFT.con_id, {"hedge_type": ""}, None),
        (MSFT.con_id, {"hedge_type": "P", "hedge_param": "2"}, 20),
        (EURUSD.con_id, {"hedge_type": "F"}, 10_000),
        (AAPL.con_id, {"hedge_type": "D", "hedge_param": "-0.5"}, 500),
        (AAPL.con_id, {"hedge_type": "D"}, 1000),
        (0, {"hedge_type": "P"}, None),
    ],
)
def test_a_hedge_has_the_size_of_what_it_hedges(
    con_id: int, hedge: dict[str, Any], size: int | None
) -> None:
    parent = booked(CALL.con_id, filled=10)
    assert hedge_size(booked(con_id, **hedge), parent, MARKET, NOW) == size


def test_a_beta_hedge_goes_by_value() -> None:
    parent = booked(CALL.con_id, filled=10)
    child = booked(MSFT.con_id, hedge_type="B", hedge_param="1.5")
    expected = Decimal(15_000) // Decimal(str(MARKET.price(MSFT.con_id, NOW)))
    assert hedge_size(child, parent, MARKET, NOW) == expected
    assert hedge_size(child, booked(0, filled=10), MARKET, NOW) is None


async def test_a_child_of_the_same_side_goes_its_own_way() -> None:
    async with trading() as trader:
        parent = await trader.place(AAPL, order("BUY", 100, transmit=False))
        more = await trader.place(AAPL, order("BUY", 100, parent_id=parent, transmit=False))
        less = await trader.place(AAPL, order("SELL", 50, parent_id=parent))
        assert [trader.told(number).filled for number in (parent, more, less)] == [100, 100, 50]
        combination = await trader.place(STRADDLE, order("BUY", 1, transmit=False))
        assert trader.told(combination).filled == 0
