"""What a program knows of its orders and positions, to be kept while it does not run."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final, Self, TypedDict, cast, final

import attrs

from trio_tws._model.positions import PositionData
from trio_tws._orders.fill_sums import NOTHING
from trio_tws._orders.trade_state import TradeState
from trio_tws._wire.late import frozen

_NO_POSITIONS: Final[Mapping[tuple[str, int], Decimal]] = MappingProxyType({})


@final
@frozen
class KnownOrder:
    """How an order is called that was open when it was last heard of."""

    perm_id: int = 0
    """Its number in the account; 0 if TWS had not told it yet."""
    client_id: int = 0
    """The program that placed it."""
    order_id: int | None = None
    """Its number in that program; None if it has none."""


class _Order(TypedDict):
    perm_id: int
    client_id: int
    order_id: int | None


class _Position(TypedDict):
    account: str
    con_id: int
    position: str


class _Known(TypedDict):
    open_orders: list[_Order]
    exec_ids: list[str]
    positions: list[_Position]


@final
@frozen
class Known:
    """What a program knows: it survives as JSON, and `reconcile` compares it with TWS."""

    open_orders: tuple[KnownOrder, ...] = ()
    exec_ids: frozenset[str] = frozenset()
    """Of all executions that the program has made use of."""
    positions: Mapping[tuple[str, int], Decimal] = attrs.field(default=_NO_POSITIONS, hash=False)
    """By account and con_id; a position that is not there is 0."""

    @classmethod
    def snapshot(cls, states: Iterable[TradeState], positions: Iterable[PositionData] = ()) -> Self:
        """Gives what is known as of now.

        Args:
            states: How the orders stand; executions count of all, names of those that are open.
            positions: The positions; of two with the same account and contract, the later one.
        """
        states = tuple(states)
        return cls(
            tuple(
                KnownOrder(one.perm_id, one.client_id, one.order_id)
                for one in states
                if not one.is_done
            ),
            frozenset(fill.execution.exec_id for one in states for fill in one.fills),
            held(positions),
        )

    def to_json(self) -> str:
        """Gives it as JSON, the same text for the same knowledge but for the order of orders."""
        import json  # noqa: PLC0415 - few programs keep what is known

        known: _Known = {
            "open_orders": [
                {"perm_id": one.perm_id, "client_id": one.client_id, "order_id": one.order_id}
                for one in self.open_orders
            ],
            "exec_ids": sorted(self.exec_ids),
            "positions": [
                {"account": account, "con_id": con_id, "position": str(position)}
                for (account, con_id), position in sorted(self.positions.items())
            ],
        }
        return json.dumps(known)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Makes it of what `to_json` gave.

        Raises:
            ValueError: The text is something else.
        """
        import json  # noqa: PLC0415 - as above

        try:
            known = cast(_Known, json.loads(text))
            return cls(
                tuple(
                    KnownOrder(one["perm_id"], one["client_id"], one["order_id"])
                    for one in known["open_orders"]
                ),
                frozenset(known["exec_ids"]),
                {
                    (one["account"], one["con_id"]): Decimal(one["position"])
                    for one in known["positions"]
                },
            )
        except (ArithmeticError, KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"this is not what Known.to_json gave: {text[:80]!r}; start from Known() to have "
                "all that TWS knows"
            ) from error


def held(positions: Iterable[PositionData]) -> Mapping[tuple[str, int], Decimal]:
    """Gives what is held by account and con_id, without what is 0."""
    latest = {(one.account, one.contract.con_id): one.position or NOTHING for one in positions}
    return MappingProxyType({key: position for key, position in latest.items() if position})
