"""What an order would do to the account, and cost, if it were placed."""

from typing import Final, final

from trio_tws._model.order_states import OrderAllocation, OrderState
from trio_tws._wire.late import frozen

SECOND_LOOK: Final = 2.0
"""Seconds to wait for figures where TWS first sends a preview without any."""


@final
@frozen
class MarginChange:
    """A figure of the account's margin, and what an order does to it; None where TWS tells none.

    In the currency of the preview.
    """

    before: float | None
    change: float | None
    after: float | None


@final
@frozen
class OrderPreview:
    """What an order would do, from `TWS.what_if`.

    Source: IB's class OrderState.
    """

    order_state: OrderState
    """Everything, as TWS sent it."""

    @property
    def init_margin(self) -> MarginChange:
        """The initial margin."""
        state = self.order_state
        return MarginChange(
            state.init_margin_before, state.init_margin_change, state.init_margin_after
        )

    @property
    def maint_margin(self) -> MarginChange:
        """The maintenance margin."""
        state = self.order_state
        return MarginChange(
            state.maint_margin_before, state.maint_margin_change, state.maint_margin_after
        )

    @property
    def equity_with_loan(self) -> MarginChange:
        """The equity with loan value."""
        state = self.order_state
        return MarginChange(
            state.equity_with_loan_before,
            state.equity_with_loan_change,
            state.equity_with_loan_after,
        )

    @property
    def init_margin_outside_rth(self) -> MarginChange:
        """The initial margin outside regular trading hours; since server version 195."""
        state = self.order_state
        return MarginChange(
            state.init_margin_before_outside_rth,
            state.init_margin_change_outside_rth,
            state.init_margin_after_outside_rth,
        )

    @property
    def maint_margin_outside_rth(self) -> MarginChange:
        """The maintenance margin outside regular trading hours; since server version 195."""
        state = self.order_state
        return MarginChange(
            state.maint_margin_before_outside_rth,
            state.maint_margin_change_outside_rth,
            state.maint_margin_after_outside_rth,
        )

    @property
    def equity_with_loan_outside_rth(self) -> MarginChange:
        """The equity with loan value outside regular trading hours; since server version 195."""
        state = self.order_state
        return MarginChange(
            state.equity_with_loan_before_outside_rth,
            state.equity_with_loan_change_outside_rth,
            state.equity_with_loan_after_outside_rth,
        )

    @property
    def margin_currency(self) -> str:
        """The currency of the margins; since server version 195, before that the account's."""
        return self.order_state.margin_currency

    @property
    def commission(self) -> float | None:
        """What it costs, in ``commission_currency``; None where TWS knows only a range."""
        return self.order_state.commission_and_fees

    @property
    def commission_range(self) -> tuple[float | None, float | None]:
        """The least and the most that it costs."""
        state = self.order_state
        return state.min_commission_and_fees, state.max_commission_and_fees

    @property
    def commission_currency(self) -> str:
        """The currency of the commission."""
        return self.order_state.commission_and_fees_currency

    @property
    def allocations(self) -> tuple[OrderAllocation, ...]:
        """What it does to each account of an adviser; since server version 195."""
        return self.order_state.order_allocations

    @property
    def reject_reason(self) -> str:
        """Why IB would refuse it; empty if it would not. Since server version 195."""
        return self.order_state.reject_reason

    @property
    def warning_text(self) -> str:
        """What TWS has to say beside; mostly empty."""
        return self.order_state.warning_text
