"""How a simulated TWS can be awkward about orders, as switches."""

from typing import final

import attrs
from attrs.validators import ge, optional


@final
@attrs.frozen
class OrderFaults:
    """What goes wrong with orders; by default nothing.

    All is deterministic: what is shuffled is shuffled by a seed.

    Raises:
        ValueError: A number is below its range.
    """

    repeats_status: bool = False
    """Every state of an order is told twice, as TWS often does."""
    shuffle_seed: int | None = None
    """What belongs to one event comes in an order drawn with this seed: a report before its
    execution, the filled order before both."""
    commission_delay: float = attrs.field(default=0.0, validator=ge(0))
    """Seconds from an execution to the report of what it cost."""
    acknowledge_delay: float | None = attrs.field(default=None, validator=optional(ge(0)))
    """Seconds before TWS takes note of an order; None for the latency of the simulator.

    A cancel that comes before finds an order that nobody has seen yet, and a change is refused.
    """
    cancel_delay: float = attrs.field(default=0.0, validator=ge(0))
    """Seconds in which an order is to be cancelled and may still be filled: PendingCancel."""
    is_deaf: bool = False
    """Orders are heard and not acted on, as where a precaution of TWS waits for a person."""
    is_mute: bool = False
    """Orders are worked, and nothing is told of it but to those who ask."""
    greets_first: bool = False
    """A client that comes back is told of its orders before anything else, instead of last."""
