"""How a quantity is divided among accounts: in whole steps, by weights."""

from collections.abc import Sequence
from decimal import Decimal
from typing import final

import attrs

_ZERO = Decimal(0)


@final
@attrs.frozen
class Part:
    """One account that an order is for, beside others."""

    account: str
    weight: Decimal
    """Its share of the order, in proportion to those of the others; not negative."""


def shared_out(total: Decimal, weights: Sequence[Decimal], step: Decimal) -> list[Decimal]:
    """Divides a quantity by weights; the shares add up to it.

    Each share is rounded down to whole steps. What is left then goes step by step to those who have
    lost most by that, of equals to the first: six equal shares of 400 are 67, 67, 67, 67, 66, 66.

    Args:
        total: What is divided.
        weights: That of each share; one at least is above 0.
        step: What shares are multiples of; of a total that is none, one share is not.

    Source: IB's page "Allocation Methods and Groups", for equal shares; it says nothing of others.
    """
    whole = sum(weights, _ZERO)
    exact = [total * weight / whole for weight in weights]
    shares = [share // step * step for share in exact]
    left = total - sum(shares, _ZERO)
    for at in sorted(range(len(exact)), key=lambda at: shares[at] - exact[at]):
        piece = min(step, left)
        shares[at] += piece
        left -= piece
    return shares
