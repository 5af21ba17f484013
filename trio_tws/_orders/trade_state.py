"""How an order stands, as one value that does not change."""

from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import Final, final

import attrs

from trio_tws._enums import OrderStatusName
from trio_tws._errors import OrderRejected
from trio_tws._model.contracts import Contract
from trio_tws._model.executions import CommissionAndFeesReport, Execution
from trio_tws._model.order_states import OrderState
from trio_tws._model.orders import Order
from trio_tws._wire.late import frozen
from trio_tws.protocol import Notice

NO_COMMISSIONS: Final[Mapping[str, Decimal]] = MappingProxyType({})


@cache
def no_contract() -> Contract:
    """Gives what is known of a contract while nothing is."""
    return Contract()


@cache
def no_order() -> Order:
    """Gives what is known of an order while nothing is."""
    return Order()


@cache
def no_order_state() -> OrderState:
    """Gives what is known of an order's state while nothing is."""
    return OrderState()


@final
class TradePhase(Enum):
    """How far an order has come, from all that TWS has said of it."""

    SENT = "sent"
    """It has been sent, and nothing has been heard."""
    WORKING = "working"
    """TWS has it: it waits in TWS, at IB or at the exchange."""
    CANCELLING = "cancelling"
    """TWS is cancelling it; until that is done it may be filled."""
    INACTIVE = "inactive"
    """TWS holds it, or it is refused without a word why; it may come back."""
    FILLED = "filled"
    """All of it is filled."""
    CANCELLED = "cancelled"
    """It is cancelled; a part of it may have been filled."""
    REJECTED = "rejected"
    """TWS or IB has refused it."""

    @property
    def is_done(self) -> bool:
        """Whether no more is expected. TWS has the last word: it may yet report a fill."""
        return self in _DONE


_DONE: Final = frozenset({TradePhase.FILLED, TradePhase.CANCELLED, TradePhase.REJECTED})


@final
@frozen(weakref_slot=False)  # so that it can be made quickly
class Fill:
    """A part of an order that was traded, and what it cost."""

    contract: Contract
    """What was traded: of a combination the whole, or one leg."""
    execution: Execution
    report: CommissionAndFeesReport | None = None
    """None until TWS has told.

    After a correction that of what was corrected, until the correction has one.
    """
    replaces: tuple[str, ...] = ()
    """The exec_ids of what this corrects, oldest first."""


@final
@frozen
class TradeState:
    """How an order stands: all that TWS has said of it until now.

    Source: EWrapper.openOrder, orderStatus, execDetails, commissionAndFeesReport, completedOrder
    and error.
    """

    phase: TradePhase
    status: OrderStatusName = OrderStatusName.NONE
    """TWS's word for it, as last told; it may lag behind the fills."""
    order_id: int | None = None
    """Its number in the program that placed it; None where it has none.

    Negative for what a person ordered in TWS and client 0 may change.
    """
    client_id: int = 0
    """The program that placed it."""
    perm_id: int = 0
    """Its number in the account, for good; 0 until TWS has told."""
    contract: Contract = attrs.field(factory=no_contract)
    """As TWS last reported it, else as it was sent."""
    order: Order = attrs.field(factory=no_order)
    """As TWS last reported it, else as it was sent."""
    order_state: OrderState = attrs.field(factory=no_order_state)
    """As TWS last reported it."""
    filled: Decimal = Decimal(0)
    """How much is filled; of a combination, how many times the whole."""
    remaining: Decimal | None = None
    """How much is not; None where it can't be told. Of a done order, what will not be filled."""
    average_price: float | None = None
    """Of what is filled, per unit in the contract's currency, without commission.

    None while nothing is. Net for a combination.
    """
    fills: tuple[Fill, ...] = ()
    """In the order in which they were told; a correction stands where the corrected one stood.

    Those of a combination's legs are among them, and don't add to filled.
    """
    commissions: Mapping[str, Decimal] = attrs.field(default=NO_COMMISSIONS, hash=False)
    """What the fills cost that have been reported on, by currency."""
    why_held: str = ""
    """locate, trigger, or both; empty if it is not held."""
    mkt_cap_price: float | None = None
    """The price at which IB caps the order; None while it does not."""
    warnings: tuple[Notice, ...] = ()
    """What TWS said beside, the newest 100 of it, oldest first."""
    rejection: OrderRejected | None = None
    """Why it is rejected; None while it is not."""
    refused_change: Notice | None = None
    """What TWS said to the last change; None if it did not refuse it, or has not answered yet."""
    cancel_refusal: Notice | None = None
    """What TWS said to the last cancel; None if it did not refuse it, or has not answered yet."""
    changes_pending: int = 0
    """How many changes have been sent that TWS has neither shown nor refused."""
    is_ours: bool = False
    """Whether it was placed with this client id, now or in an earlier session."""
    completed_status: str = ""
    """How it ended, in TWS's words, such as ``Filled Size: 100``; only lists tell that."""

    @property
    def is_done(self) -> bool:
        """Whether no more is expected; see `TradePhase.is_done`."""
        return self.phase.is_done
