from decimal import Decimal
from typing import Any

import pytest

from trio_tws.testing import INSTRUMENTS, Market
from trio_tws.testing._matching import Match, Part, Side, Supply, Terms, auction, match, parts_of
from trio_tws.testing._order_views import Leg, View, view_of

D = Decimal
VIEW = View(100, 9.9, 10.1, D(300), D(200), 10.0, D(50))


def parts(view: View = VIEW, con_id: int = 1) -> list[Part]:
    return [Part(Leg(con_id), view)]


def got(view: View = VIEW, supply: Supply | None = None, **terms: Any) -> Match | None:
    given: dict[str, Any] = {"is_buy": True, "quantity": D(100), "rested": True} | terms
    return match(Terms(**given), view, supply or Supply(), parts(view))


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({}, Match(D(100), 10.1, Side.ASK)),
        ({"is_buy": False}, Match(D(100), 9.9, Side.BID)),
        ({"quantity": D(1000)}, Match(D(200), 10.1, Side.ASK)),
        ({"limit": 10.5}, Match(D(100), 10.1, Side.ASK)),  # for less than its limit
        ({"limit": 10.0}, Match(D(50), 10.0, Side.TRADE)),
        ({"limit": 10.05}, Match(D(50), 10.05, Side.TRADE)),  # at its own price
        ({"limit": 9.95}, None),
        ({"limit": 10.0, "rested": False}, None),
        ({"limit": 10.0, "is_buy": False}, Match(D(50), 10.0, Side.TRADE)),
        ({"limit": 9.0, "is_buy": False}, Match(D(100), 9.9, Side.BID)),
        ({"limit": 10.5, "is_buy": False}, None),
        ({"limit": 10.05, "resting_limit": 10.0}, Match(D(50), 10.0, Side.TRADE)),
        ({"limit": 10.2, "resting_limit": 9.0}, Match(D(100), 10.1, Side.ASK)),
        ({"quantity": D(300), "least": D(300)}, None),
        ({"limit": 10.0, "least": D(51)}, None),
        ({"limit": 10.0, "least": D(50)}, Match(D(50), 10.0, Side.TRADE)),
    ],
)
def test_an_order_takes_what_its_price_reaches(
    terms: dict[str, Any], expected: Match | None
) -> None:
    found = got(**terms)
    assert found == expected
    assert found is None or found.adds_liquidity is (found.side is Side.TRADE)


def test_nothing_is_taken_twice_in_a_moment() -> None:
    supply = Supply()
    supply.take(parts(), Side.ASK, D(150))
    assert got(supply=supply) == Match(D(50), 10.1, Side.ASK)
    supply.take(parts(), Side.ASK, D(50))
    assert got(supply=supply) is None
    assert supply.left(parts(con_id=2), Side.ASK) == 200
    later = View(101, 9.9, 10.1, D(300), D(70))
    assert got(later, supply) == Match(D(70), 10.1, Side.ASK)
    supply.take(parts(later), Side.ASK, D(1))
    assert supply.left(parts(later), Side.ASK) == 69


def test_without_quotes_or_trades_there_is_nothing() -> None:
    assert got(View(100)) is None
    assert got(View(100), limit=10.0) is None


@pytest.mark.parametrize(
    ("limit", "view", "expected"),
    [
        (None, VIEW, Match(D(100), 10.0, Side.TRADE)),
        (9.0, VIEW, None),
        (None, View(100, 9.0, 10.0), Match(D(100), 9.5, Side.TRADE)),
        (None, View(100), None),
    ],
)
def test_an_auction_has_one_price(limit: float | None, view: View, expected: Match | None) -> None:
    assert auction(Terms(is_buy=True, quantity=D(100), limit=limit), view) == expected


def test_a_combination_takes_from_its_legs() -> None:
    """Two bought and one sold of another, in each unit."""
    supply = Supply()
    both = [Part(Leg(1, D(2)), VIEW), Part(Leg(2, D(-1)), VIEW)]
    assert supply.left(both, Side.ASK) == 100  # 200 asked for, 300 bid for
    assert supply.left(both, Side.BID) == 150
    supply.take(both, Side.ASK, D(30))
    assert supply.left(parts(), Side.ASK) == 140
    assert supply.left(parts(con_id=2), Side.BID) == 270
    supply.take(parts(con_id=2), Side.BID, D(265))
    assert supply.left(both, Side.ASK) == 5


def test_nobody_gives_more_than_is_asked() -> None:
    """Though his limit is beyond it, and the trade is what fills him."""
    supply = Supply()
    supply.take(parts(), Side.ASK, D(200))
    supply.take(parts(), Side.BID, D(300))
    assert got(supply=supply, limit=10.5) == Match(D(50), 10.1, Side.TRADE)
    assert got(supply=supply, limit=9.5, is_buy=False) == Match(D(50), 9.9, Side.TRADE)


def test_parts_have_markets_of_their_own() -> None:
    market, legs = Market(INSTRUMENTS), (Leg(265598), Leg(272093, D(-1)))
    whole = view_of(market, legs, 10**9)
    assert parts_of(market, legs[:1], VIEW, 10**9) == [Part(legs[0], VIEW)]
    assert parts_of(market, legs, whole, 10**9) == [
        Part(leg, view_of(market, (Leg(leg.con_id),), 10**9)) for leg in legs
    ]
