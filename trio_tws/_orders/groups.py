"""Orders that belong together: attached to one another, cancelling one another, placed as one.

An `OrderGroup` says which order hangs on which by their places in it, for order ids exist only once
they are placed. `OrderGroup.numbered` fills them in, and sees to it that TWS sends nothing of a
family before it has all of it: every order but the last is held (``transmit=False``), and the last
one releases them all.
"""

from collections.abc import Iterator, Sequence
from enum import IntEnum
from itertools import pairwise
from typing import final

import attrs

from trio_tws._model.contracts import Contract
from trio_tws._model.orders import Order
from trio_tws._wire import evolve
from trio_tws._wire.late import frozen


@final
@frozen
class GroupedOrder:
    """An order with its place in an `OrderGroup`."""

    order: Order
    parent: int | None = None
    """The place of the order that has to fill before this one works; None for none."""
    contract: Contract | None = None
    """What it trades; None for what the group is placed for."""


def _places(_: object, __: object, orders: tuple[GroupedOrder, ...]) -> None:
    if not orders:
        raise ValueError("a group has no orders; give it one at least")
    for at, grouped in enumerate(orders):
        if grouped.parent is not None and not 0 <= grouped.parent < at:
            raise ValueError(
                f"orders[{at}] has parent={grouped.parent}; it stands at an earlier place"
            )


@final
@frozen
class OrderGroup:
    """Orders that are placed as one, each after the one that it hangs on."""

    orders: tuple[GroupedOrder, ...] = attrs.field(validator=_places)

    def numbered(self, ids: int | Sequence[int]) -> list[tuple[int, Contract | None, Order]]:
        """Gives what is to be placed, in order: id, contract and order.

        The contract is None where the order trades what the group is placed for. An order with
        ``transmit=False`` that is alone, or the last of its family, stays held: TWS parks the whole
        family.

        Args:
            ids: The first order id, from which on they are counted up; or one for each order.

        Raises:
            ValueError: There are more or fewer ids than orders, they do not rise, or they are not
                above zero.
        """
        count = len(self.orders)
        numbers = [*range(ids, ids + count)] if isinstance(ids, int) else [*ids]
        if len(numbers) != count:
            raise ValueError(f"{len(numbers)} ids for {count} orders")
        if numbers[0] <= 0 or any(a >= b for a, b in pairwise(numbers)):
            raise ValueError(f"ids={numbers} do not rise from above zero; TWS takes no others")
        last = {head: at for at, head in enumerate(self._heads())}  # of each family
        return [
            (
                numbers[at],
                grouped.contract,
                evolve(
                    grouped.order,
                    parent_id=0 if grouped.parent is None else numbers[grouped.parent],
                    transmit=grouped.order.transmit and at in last.values(),
                ),
            )
            for at, grouped in enumerate(self.orders)
        ]

    def _heads(self) -> list[int]:
        """Gives the place of the head of its family for each order."""
        heads: list[int] = []
        for at, grouped in enumerate(self.orders):
            heads.append(at if grouped.parent is None else heads[grouped.parent])
        return heads


Groupable = Order | GroupedOrder | OrderGroup
"""What can be put into a group; a `GroupedOrder` brings a contract of its own."""


class OcaType(IntEnum):
    """What a fill does to the other orders of a group.

    Source: IB's class Order, ocaType.
    """

    CANCEL_WITH_BLOCK = 1
    """Cancels them; only one is routed at a time, so that no two are filled."""
    REDUCE_WITH_BLOCK = 2
    """Reduces them by as much; only one is routed at a time."""
    REDUCE = 3
    """Reduces them by as much; all are routed, and more than was wanted may be filled."""


def attach(parent: Groupable, *children: Groupable) -> OrderGroup:
    """Attaches orders to one that has to fill first.

    Of several children of one parent, TWS cancels the rest when one is filled.

    Args:
        parent: The order that has to fill; of a group its first one.
        *children: Those that wait for it; of a group those that wait for none of their own.

    Returns:
        The parent, and after it the children as they are given.

    Raises:
        ValueError: There are no children.
    """
    if not children:
        raise ValueError("attach() needs an order to attach")
    return OrderGroup((*_shifted(parent, 0, None), *_in_line(children, len(_members(parent)), 0)))


def one_cancels_all(
    *orders: Groupable, oca_group: str = "", oca_type: OcaType = OcaType.CANCEL_WITH_BLOCK
) -> OrderGroup:
    """Puts orders into a group of which one fill cancels, or reduces, all others.

    Args:
        *orders: Two or more. Of a group, such as a bracket, those that hang on no other.
        oca_group: A name that no other group has, today; one is made up unless it is given. Orders
            that are placed later join a group by its name.
        oca_type: What becomes of the others.

    Raises:
        ValueError: There are less than two and no name to join, or one is in a group already.
    """
    if not orders or (len(orders) == 1 and not oca_group):
        raise ValueError(f"one_cancels_all() needs two orders or more, not {len(orders)}")
    name = oca_group or _new_name()
    kind = OcaType(oca_type).value
    members = list(_in_line(orders, 0, None))
    for at, grouped in enumerate(members):
        if grouped.parent is None:
            if grouped.order.oca_group:
                raise ValueError(f"orders[{at}] is in oca_group={grouped.order.oca_group!r}")
            order = evolve(grouped.order, oca_group=name, oca_type=kind)
            members[at] = attrs.evolve(grouped, order=order)
    return OrderGroup(tuple(members))


def _new_name() -> str:
    from uuid import uuid4  # noqa: PLC0415 - dear, and seldom needed

    return f"oca-{uuid4().hex}"


def _members(group: Groupable) -> tuple[GroupedOrder, ...]:
    if isinstance(group, Order):
        return (GroupedOrder(group),)
    return group.orders if isinstance(group, OrderGroup) else OrderGroup((group,)).orders


def _in_line(groups: Sequence[Groupable], start: int, parent: int | None) -> Iterator[GroupedOrder]:
    """Puts orders one after the other, with their heads attached to a parent."""
    for group in groups:
        yield from _shifted(group, start, parent)
        start += len(_members(group))


def _shifted(group: Groupable, start: int, parent: int | None) -> Iterator[GroupedOrder]:
    for grouped in _members(group):
        place = parent if grouped.parent is None else grouped.parent + start
        yield attrs.evolve(grouped, parent=place)
