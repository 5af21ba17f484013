"""One order in the books of the exchange: what was asked for, and how far it has come."""

from __future__ import annotations

from decimal import Decimal
from typing import final

import attrs

from trio_tws._enums import OrderStatusName
from trio_tws._model.contracts import Contract
from trio_tws._model.orders import Order
from trio_tws._wire import evolve
from trio_tws.testing._alloc_shares import Part, shared_out
from trio_tws.testing._instrument import Instrument
from trio_tws.testing._order_algo_work import AlgoWork
from trio_tws.testing._order_algos import AlgoPlan
from trio_tws.testing._order_kinds import OrderKind, Waits
from trio_tws.testing._order_views import Leg

_ZERO = Decimal(0)

CHILD = "child"
"""Held until the order is filled that it is attached to."""

TRIGGER = "trigger"
"""Held until a price is reached."""

LOCATE = "locate"
"""Held until shares are found that can be sold short."""

LATER = ""
"""Held for a time, a condition or an auction; TWS has no word for it."""


@final
@attrs.frozen(kw_only=True)
class Draft:
    """An order that has been found in order, before it has a place in the books."""

    contract: Contract
    """As TWS reports it, with all that it knows."""
    instrument: Instrument | None
    """None for a combination."""
    legs: tuple[Leg, ...]
    order: Order
    """With what TWS fills in by itself."""
    kind: OrderKind
    account: str
    """Whose it is; the master account for one that is divided among others."""
    parts: tuple[Part, ...] = ()
    """Whom it is divided among; empty for an order of one account."""
    tick: float
    """The distance of two prices."""
    starts_at: float | None = None
    """Not before this moment, in epoch seconds as all of them."""
    located_at: float | None = None
    """When the shares are found that it sells short; None if it needs none."""
    auction_at: float | None = None
    """When it is filled, if it is for the opening or the close."""
    expires_at: float | None = None
    """When it ends; None for never."""
    algo: AlgoPlan | None = None
    """How it is worked off, if it is by an algorithm."""
    anchor: float | None = None
    """Where what it is pegged to stood when it came."""

    def divided(self, quantity: Decimal) -> list[tuple[str, Decimal]]:
        """Gives how much of a quantity each account gets."""
        if not self.parts:
            return [(self.account, quantity)]
        weights = [part.weight for part in self.parts]
        shares = shared_out(quantity, weights, self.step)
        return [(part.account, share) for part, share in zip(self.parts, shares, strict=True)]

    @property
    def is_restless(self) -> bool:
        """Whether it has to be looked at whenever its market moves, whatever the price."""
        return (
            self.kind.waits is Waits.FOR_TRAILED_TOUCH
            or self.algo is not None
            or self.located_at is not None
            or bool(self.order.scale_price_increment)
        )

    @property
    def step(self) -> Decimal:
        """What sizes are multiples of."""
        return Decimal(1) if self.instrument is None else self.instrument.size_increment


@final
@attrs.define
class Tally:
    """What one account has got of an order."""

    filled: Decimal = _ZERO
    value: Decimal = _ZERO
    """Price times size, of all of it."""
    charged: dict[int, Decimal] = attrs.field(factory=dict[int, Decimal])
    """What each leg has cost in commissions."""

    @property
    def average(self) -> float:
        """The average price; 0 while there is none."""
        return round(float(self.value / self.filled), 8) if self.filled else 0.0

    def add(self, quantity: Decimal, price: float) -> None:
        """Adds a fill, or takes one away."""
        self.filled += quantity
        self.value += quantity * Decimal(str(price))


@final
@attrs.define(eq=False)
class BookedOrder:
    """One order; the exchange changes it."""

    client_id: int
    order_id: int
    """0 for an order of a person, until it is bound to client 0 and gets a negative one."""
    perm_id: int
    draft: Draft
    placed_at: float
    is_manual: bool = False
    is_parked: bool = False
    """It was sent with transmit off."""
    is_acknowledged: bool = False
    """The exchange has taken note of it."""
    is_off: bool = False
    """It was deactivated."""
    is_cancelling: bool = False
    is_announced: bool = False
    """The exchange has looked at it once; TWS has said so if it has to wait for it to open."""
    held_by: tuple[str, ...] = ()
    """Why it is not on the market: CHILD, TRIGGER, LOCATE, LATER."""
    is_released: bool = False
    """Its conditions have held."""
    is_triggered: bool = False
    """Its stop has been reached."""
    stop: float | None = None
    """Where its trailing stop is."""
    fixed_limit: float | None = None
    """The price that it has found and keeps."""
    live_since: float | None = None
    """When it came to the market."""
    algo_work: AlgoWork | None = None
    """How far its algorithm has come, once that has begun."""
    takers: list[BookedOrder] = attrs.field(factory=list["BookedOrder"])
    """The orders that take the profit of its ladder."""
    covered: Decimal = _ZERO
    """How far up its ladder they go."""
    restored: Decimal = _ZERO
    """How much of what it had got was closed by them and is wanted again."""
    filled: Decimal = _ZERO
    average: float = 0.0
    last_price: float = 0.0
    tallies: dict[str, Tally] = attrs.field(factory=dict[str, Tally])
    """What each account has got."""
    final: OrderStatusName | None = None
    """What became of it, once that is settled."""
    done_at: float = 0.0
    end: str = ""
    """The same in words."""
    told: object = None
    """The state that was told last."""

    @property
    def order(self) -> Order:
        """What is wanted, as it is now."""
        return self.draft.order

    @property
    def is_buy(self) -> bool:
        """Whether it buys; of a combination, whether it buys what its legs make."""
        return self.order.action == "BUY"

    @property
    def total(self) -> Decimal:
        """How much is wanted."""
        return self.order.total_quantity or _ZERO

    @property
    def remaining(self) -> Decimal:
        """How much of it is still wanted."""
        return max(_ZERO, self.total - self.filled)

    @property
    def is_done(self) -> bool:
        """Whether nothing more becomes of it."""
        return self.final is not None

    @property
    def is_at_work(self) -> bool:
        """Whether the exchange has to look after it."""
        return not (self.is_done or self.is_parked or self.is_off) and self.is_acknowledged

    @property
    def status(self) -> OrderStatusName:
        """What TWS calls its state."""
        if self.final is not None:
            return self.final
        if self.is_parked or not self.is_acknowledged:
            return OrderStatusName.PENDING_SUBMIT
        if self.is_cancelling:
            return OrderStatusName.PENDING_CANCEL
        if self.is_off:
            return OrderStatusName.INACTIVE
        return OrderStatusName.PRE_SUBMITTED if self.held_by else OrderStatusName.SUBMITTED

    @property
    def why_held(self) -> str:
        """TWS's words for why it is held; empty where it has none."""
        return "" if self.is_done else ",".join(filter(None, self.held_by))

    @property
    def group(self) -> tuple[str, str] | None:
        """The account and name of the group of which one order cancels the others."""
        return (self.draft.account, self.order.oca_group) if self.order.oca_group else None

    def tally(self, account: str) -> Tally:
        """Gives what an account has got, to be added to."""
        return self.tallies.setdefault(account, Tally())

    @property
    def cost(self) -> Decimal:
        """What it has cost in commissions."""
        return sum((sum(one.charged.values(), _ZERO) for one in self.tallies.values()), _ZERO)

    def shares_of_fill(self, quantity: Decimal) -> list[tuple[str, Decimal]]:
        """Divides a fill among the accounts by what each has still to get; without those of 0."""
        draft = self.draft
        due = [
            max(_ZERO, share - self.tally(account).filled)
            for account, share in draft.divided(self.total)
        ]
        if not draft.parts or sum(due) < quantity:
            found = draft.divided(quantity)
        else:
            shares = shared_out(quantity, due, draft.step)
            found = [(part.account, share) for part, share in zip(draft.parts, shares, strict=True)]
        return [(account, share) for account, share in found if share]

    def signed(self, quantity: Decimal) -> Decimal:
        """Gives a quantity with the sign of what it does to a position."""
        return quantity if self.is_buy else -quantity

    def update(self, **changes: object) -> None:
        """Changes fields of what is wanted."""
        self.draft = attrs.evolve(self.draft, order=evolve(self.order, **changes))

    def settle(self, status: OrderStatusName, end: str, now: float) -> None:
        """Ends it for good."""
        self.final, self.end, self.done_at = status, end, now
