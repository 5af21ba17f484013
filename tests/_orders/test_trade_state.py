"""The value that says how an order stands."""

from decimal import Decimal

import pytest

from trio_tws._orders.trade_state import TradePhase, TradeState

DONE = {TradePhase.FILLED, TradePhase.CANCELLED, TradePhase.REJECTED}


@pytest.mark.parametrize("phase", TradePhase)
def test_filled_cancelled_and_rejected_orders_are_done(phase: TradePhase) -> None:
    assert phase.is_done is (phase in DONE)
    assert TradeState(phase).is_done is phase.is_done


def test_a_state_can_be_compared_and_be_a_key() -> None:
    one = TradeState(TradePhase.SENT, commissions={"USD": Decimal(1)})
    other = TradeState(TradePhase.SENT, commissions={"USD": Decimal(2)})

    assert one != other
    assert len({one, other}) == 2
