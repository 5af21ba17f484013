"""Changes of an order that were sent, and what TWS made of each.

TWS acknowledges a change by an OpenOrder that has it, and refuses one by an error; neither says
which change it means. So they are taken to be answered in the order in which they were sent: an
OpenOrder that shows one has taken those before it too, and an error refuses the oldest.
"""

from enum import Enum
from typing import Final, final

from trio_tws._model.orders import Order
from trio_tws.protocol import Notice

REPEATED: Final = (
    "total_quantity",
    "lmt_price",
    "aux_price",
    "trailing_percent",
    "lmt_price_offset",
    "percent_offset",
    "discretionary_amt",
    "cash_qty",
)
"""What TWS reports as it was sent.

Other fields it may put into other words (good_till_date), set by a preset (tif), move with the
market (trail_stop_price) or never report (transmit): a change of nothing but such fields is shown
by any OpenOrder.
"""

MAX_CHANGES: Final = 100


class ChangeOutcome(Enum):
    """What TWS made of a change."""

    PENDING = "pending"
    TAKEN = "taken"
    REFUSED = "refused"


@final
class Change:
    """One change of an order that was sent.

    Args:
        order: As it was sent.
        before: As it was before.

    Attributes:
        outcome: What TWS made of it.
        refusal: TWS's words, if it was refused.
    """

    __slots__ = ("before", "order", "outcome", "refusal")

    def __init__(self, order: Order, before: Order) -> None:
        self.order = order
        self.before = before
        self.outcome = ChangeOutcome.PENDING
        self.refusal: Notice | None = None

    def is_shown_by(self, reported: Order) -> bool:
        """Tells whether an order, as TWS reports it, has this change."""
        return all(
            _same(getattr(self.order, name), getattr(reported, name))
            for name in REPEATED
            if not _same(getattr(self.order, name), getattr(self.before, name))
            and not (name == "lmt_price" and _has_moving_limit(reported))
        )


def _same(one: object, other: object) -> bool:
    return (one or 0) == (other or 0)  # TWS reports 0 for some fields that were not set


def _has_moving_limit(order: Order) -> bool:
    return order.order_type.startswith("TRAIL")


@final
class Changes:
    """The changes that wait for their answer, oldest first, and the last refusal."""

    __slots__ = ("_waiting", "refusal")

    def __init__(self) -> None:
        self._waiting: tuple[Change, ...] = ()  # mostly it stays so: a list costs every order one
        self.refusal: Notice | None = None
        """What TWS said to the last change, if it refused it."""

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def orders(self) -> tuple[Order, ...]:
        """What waits, as it was sent."""
        return tuple([change.order for change in self._waiting]) if self._waiting else ()

    def send(self, order: Order, before: Order) -> Change:
        """Takes note of a change; one that waited longer than 100 others is given up."""
        change = Change(order, self._waiting[-1].order if self._waiting else before)
        self._waiting = (*self._waiting, change)[-MAX_CHANGES:]
        self.refusal = None
        return change

    def show(self, reported: Order) -> None:
        """Takes note of an OpenOrder: the newest change that it shows is taken, and all before."""
        for number in range(len(self._waiting), 0, -1):
            if self._waiting[number - 1].is_shown_by(reported):
                for change in self._waiting[:number]:
                    change.outcome = ChangeOutcome.TAKEN
                self._waiting = self._waiting[number:]
                return

    def refuse(self, notice: Notice) -> None:
        """Takes note of a refusal: it is the oldest change that is refused."""
        change, *waiting = self._waiting
        self._waiting = tuple(waiting)
        change.outcome, change.refusal = ChangeOutcome.REFUSED, notice
        self.refusal = notice
