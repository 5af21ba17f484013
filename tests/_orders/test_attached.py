"""Brackets and hedges."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests._orders.built import END
from trio_tws import (
    Cash,
    Forex,
    GoodTill,
    HedgeType,
    LimitOrder,
    MarketOrder,
    OrderGroup,
    Stock,
    StopLimitOrder,
    StopOrder,
    TrailingStopOrder,
    bracket,
    evolve,
    hedge,
)

BUY = LimitOrder("BUY", 100, 30)
SELL = LimitOrder("SELL", 100, 30)
TRAIL = TrailingStopOrder("SELL", 100, trailing_amount=1)


def test_a_bracket_has_a_profit_and_a_loss() -> None:
    group = bracket(BUY, take_profit=40, stop_loss=20)

    assert [(g.order, g.parent, g.contract) for g in group.orders] == [
        (BUY, None, None),
        (LimitOrder("SELL", 100, 40), 0, None),
        (StopOrder("SELL", 100, 20), 0, None),
    ]


@pytest.mark.parametrize("action", ["SELL", "SSHORT"])
def test_what_was_sold_is_bought_back(action: Any) -> None:
    entry = evolve(SELL, action=action)
    profit, loss = (g.order for g in bracket(entry, take_profit=20, stop_loss=40).orders[1:])

    assert profit == LimitOrder("BUY", 100, 20)
    assert loss == StopOrder("BUY", 100, 40)


def test_a_bracket_may_have_one_side_only() -> None:
    (profit,) = (g.order for g in bracket(BUY, take_profit=40).orders[1:])
    (loss,) = (g.order for g in bracket(BUY, stop_loss=20).orders[1:])

    assert (profit.order_type, loss.order_type) == ("LMT", "STP")


def test_the_exits_take_over_what_the_entry_says() -> None:
    said: Any = {
        "outside_rth": True,
        "order_ref": "mine",
        "account": "DU1",
        "model_code": "m",
        "fa_group": "g",
        "fa_method": "NetLiq",
        "fa_percentage": "5",
        "transmit": False,
        "tif": GoodTill(END),
    }
    group = bracket(LimitOrder("BUY", 100, 30, **said), take_profit=40, stop_loss=20)

    assert group.orders[1].order == LimitOrder("SELL", 100, 40, **said)
    assert group.orders[2].order == StopOrder("SELL", 100, 20, **said)


@pytest.mark.parametrize(
    ("tif", "exits"), [("DAY", "DAY"), ("GTC", "GTC"), ("IOC", "DAY"), ("FOK", "DAY")]
)
def test_the_exits_outlast_an_entry_that_is_over_at_once(tif: str, exits: str) -> None:
    group = bracket(LimitOrder("BUY", 100, 30, tif=tif), take_profit=40, stop_loss=20)

    assert [g.order.tif for g in group.orders] == [tif, exits, exits]


def test_an_order_is_taken_as_it_is() -> None:
    profit = LimitOrder("SELL", 50, 40, tif="GTC")

    assert [g.order for g in bracket(BUY, take_profit=profit, stop_loss=TRAIL).orders] == [
        BUY,
        profit,
        TRAIL,
    ]


@pytest.mark.parametrize("entry", [MarketOrder("BUY", 100), StopOrder("BUY", 100, 999)])
def test_the_price_of_an_entry_that_is_not_known_is_not_compared(entry: Any) -> None:
    assert len(bracket(entry, take_profit=40, stop_loss=39).orders) == 3


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (partial(bracket, BUY), r"bracket\(\) needs a take_profit, a stop_loss or both"),
        (
            partial(bracket, MarketOrder("BUY", Cash(500)), stop_loss=20),
            r"total_quantity=Decimal\('0'\) can't be closed; give a number",
        ),
        (
            partial(bracket, BUY, stop_loss=31),
            "limit price=30.0, as it is when the entry's action is BUY",
        ),
        (
            partial(bracket, BUY, take_profit=30),
            "the entry's limit price=30.0 is not below take_profit=30",
        ),
        (partial(bracket, SELL, stop_loss=20), "stop_loss=20 is not above the entry's limit"),
        (partial(bracket, SELL, take_profit=40), "price=30.0 is not above take_profit=40"),
        (
            partial(bracket, MarketOrder("BUY", 1), take_profit=20, stop_loss=40),
            "stop_loss=40 is not below take_profit=20",
        ),
        (
            partial(bracket, BUY, stop_loss=StopLimitOrder("SELL", 100, 35, 34)),
            "stop_loss=35.0 is not below",
        ),
        (
            partial(bracket, BUY, take_profit=LimitOrder("SELL", 100, 25)),
            "is not below take_profit=25.0",
        ),
        (partial(bracket, BUY, stop_loss=float("-inf")), "stop_loss=-inf is no price"),
        (
            partial(bracket, BUY, take_profit=LimitOrder("BUY", 100, 40)),
            "take_profit has action='BUY', as the entry; it closes",
        ),
    ],
)
def test_a_bracket_that_can_not_be_right_is_refused(
    build: Callable[[], OrderGroup], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        build()


EUR = Forex("EURUSD")
NO_KIND: Any = "X"


@pytest.mark.parametrize("kind", [HedgeType.FX, "F", HedgeType.DELTA])
def test_a_hedge_has_no_quantity_of_its_own(kind: Any) -> None:
    parent, hedging = hedge(BUY, EUR, kind, "SELL", account="DU1").orders

    assert parent.order == BUY
    assert (hedging.parent, hedging.contract) == (0, EUR)
    expected = evolve(MarketOrder("SELL", 1, account="DU1"), total_quantity=0, hedge_type=kind)
    assert hedging.order == expected


@pytest.mark.parametrize("kind", [HedgeType.BETA, HedgeType.PAIR])
def test_a_beta_and_a_pair_have_a_number(kind: HedgeType) -> None:
    order = hedge(BUY, Stock("SPY"), kind, "SELL", 1.25, hedge_max_size=5).orders[1].order

    assert (order.hedge_type, order.hedge_param, order.hedge_max_size) == (kind, "1.25", 5)


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (partial(hedge, BUY, EUR, "B", "SELL"), "hedge_param=None: a hedge of type B needs one"),
        (partial(hedge, BUY, EUR, "F", "SELL", 1), "hedge_param=1: a hedge of type F has none"),
        (partial(hedge, BUY, EUR, "P", "SELL", 0), "hedge_param=0 is not above zero"),
        (partial(hedge, BUY, EUR, NO_KIND, "SELL"), "'X' is not a valid HedgeType"),
        (
            partial(hedge, BUY, EUR, "F", "SELL", hedge_max_size=0),
            "hedge_max_size=0 is less than 1",
        ),
    ],
)
def test_a_hedge_that_can_not_be_right_is_refused(
    build: Callable[[], OrderGroup], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        build()
