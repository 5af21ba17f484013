"""What an order waits for: six conditions, and whatever TWS may add to them.

On the wire a condition is one structure, whose type tells which of its fields count; that is
`UnknownCondition`, which is also what a condition of a new type is given out as. Those that are
known have a class each, with the fields that they have, and are joined with ``&`` and ``|``.
"""

import functools
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final, Self, cast, final

import attrs

from trio_tws._enums import SecType, TriggerMethod
from trio_tws._model.moments import utc_text
from trio_tws._wire import Via, in_kind, layout, rest, struct, when, wire
from trio_tws._wire.kinds import BOOL, own_kind
from trio_tws._wire.late import frozen


@final
@frozen
class JoinedConditions:
    """Conditions joined with ``&`` and ``|``, which bind as everywhere in Python.

    On the wire they are a list, where each says how it is joined to the next one. It knows no
    parentheses, and IB does not say whether "and" binds before "or" or whether the list is read
    from its start. `chain` therefore gives only what both ways of reading agree on: one group of
    conditions that all have to hold, and any number of single ones of which each is enough.
    """

    any_of: tuple[tuple["KnownCondition", ...], ...]
    """Groups, of which one is enough; of a group, all have to hold."""

    def __and__(self, other: "_Joinable | JoinedConditions") -> "JoinedConditions":
        """Both have to hold."""
        return JoinedConditions(tuple(a + b for a in self.any_of for b in _groups(other)))

    def __or__(self, other: "_Joinable | JoinedConditions") -> "JoinedConditions":
        """One of the two is enough."""
        return JoinedConditions(self.any_of + _groups(other))

    def chain(self) -> tuple["Condition", ...]:
        """Gives them as a list for an order: the group first, then what is enough by itself.

        Raises:
            ValueError: There are several groups of more than one condition.
        """
        groups = [group for group in self.any_of if len(group) > 1]
        if len(groups) > 1:
            raise ValueError(
                f"{len(groups)} groups joined with & can't be joined with |: IB does not say how"
                " such a list is read; place an order for each, in one_cancels_all()"
            )
        first = groups[0] if groups else ()
        single = [group[0] for group in self.any_of if len(group) == 1]
        return tuple(_flagged((*first, *single), len(first)))


class _Joinable:
    """What the conditions with a class of their own have in common: the two operators."""

    __slots__ = ()

    def __and__(self, other: "_Joinable | JoinedConditions") -> JoinedConditions:
        """Both have to hold."""
        return JoinedConditions(_groups(self)) & other

    def __or__(self, other: "_Joinable | JoinedConditions") -> JoinedConditions:
        """One of the two is enough."""
        return JoinedConditions(_groups(self)) | other


def _groups(joined: _Joinable | JoinedConditions) -> tuple[tuple["KnownCondition", ...], ...]:
    match joined:
        case JoinedConditions():
            return joined.any_of
        case _Joinable():
            return ((cast("KnownCondition", joined),),)  # nothing else has this base
        case _:
            raise TypeError(f"{joined!r} can't be joined to a condition")


def _flagged(chain: "tuple[KnownCondition, ...]", grouped: int) -> "Iterator[KnownCondition]":
    """Joins the first so many with "and", the rest with "or"; the last one's flag says nothing."""
    last = len(chain) - 1
    for at, condition in enumerate(chain):
        yield attrs.evolve(condition, is_conjunction_connection=at < grouped - 1 or at == last)


@final
@frozen
class PriceCondition(_Joinable):
    """An instrument trades at a price, or beyond it.

    Source: IB's class PriceCondition.
    """

    con_id: int
    exchange: str
    is_more: bool
    """At or above the price; at or below it if false."""
    price: float
    """In the instrument's currency."""
    trigger_method: TriggerMethod = TriggerMethod.DEFAULT
    is_conjunction_connection: bool = True
    """The next condition has to hold too; one of the two is enough if false."""


@final
@frozen
class TimeCondition(_Joinable):
    """A time is reached.

    Source: IB's class TimeCondition.
    """

    is_more: bool
    """After the time; before it if false."""
    time: str
    """``yyyymmdd hh:mm:ss Zone/Name`` or ``yyyymmdd-hh:mm:ss`` (UTC)."""
    is_conjunction_connection: bool = True
    """The next condition has to hold too; one of the two is enough if false."""

    @classmethod
    def after(cls, moment: datetime) -> Self:
        """Describes that a moment has come.

        Raises:
            ValueError: It has no time zone.
        """
        return cls(is_more=True, time=utc_text("moment", moment))

    @classmethod
    def before(cls, moment: datetime) -> Self:
        """Describes that a moment has not come yet.

        Raises:
            ValueError: It has no time zone.
        """
        return cls(is_more=False, time=utc_text("moment", moment))


@final
@frozen
class MarginCondition(_Joinable):
    """The margin cushion of the account reaches a size.

    Source: IB's class MarginCondition.
    """

    is_more: bool
    """At or above it; at or below it if false."""
    percent: int
    """Of the account's net liquidation value."""
    is_conjunction_connection: bool = True
    """The next condition has to hold too; one of the two is enough if false."""


@final
@frozen
class ExecutionCondition(_Joinable):
    """The account trades an instrument.

    Source: IB's class ExecutionCondition.
    """

    symbol: str
    sec_type: SecType
    exchange: str
    is_conjunction_connection: bool = True
    """The next condition has to hold too; one of the two is enough if false."""


@final
@frozen
class VolumeCondition(_Joinable):
    """So much of an instrument has been traded today.

    Source: IB's class VolumeCondition.
    """

    con_id: int
    exchange: str
    is_more: bool
    """At or above the volume; at or below it if false."""
    volume: int
    is_conjunction_connection: bool = True
    """The next condition has to hold too; one of the two is enough if false."""


@final
@frozen
class PercentChangeCondition(_Joinable):
    """The price of an instrument has moved by so much since yesterday's close.

    Source: IB's class PercentChangeCondition.
    """

    con_id: int
    exchange: str
    is_more: bool
    """At or above the change; at or below it if false."""
    change_percent: float
    is_conjunction_connection: bool = True
    """The next condition has to hold too; one of the two is enough if false."""


def _is_and(letter: str) -> bool:
    return letter == "a"


def _letter(is_and: bool) -> str:
    return "a" if is_and else "o"


CONJUNCTION: Final = own_kind("conj", _is_and, _letter, like=BOOL)
"""A flag that text writes as ``a`` for and, ``o`` for or."""


@struct
class UnknownCondition:
    """A condition of a type that this version of the package does not know.

    It can be sent again as it came. Source: IB's class OrderCondition.
    """

    type: int = wire(1, default=0)
    is_conjunction_connection: bool | None = wire(2, default=None)
    is_more: bool | None = wire(3, default=None)
    con_id: int | None = wire(4, default=None)
    exchange: str = wire(5, default="")
    symbol: str = wire(6, default="")
    sec_type: SecType = wire(7, default=SecType.NONE)
    percent: int | None = wire(8, default=None)
    change_percent: float | None = wire(9, default=None)
    price: float | None = wire(10, default=None)
    trigger_method: TriggerMethod | None = wire(11, default=None)
    time: str = wire(12, default="")
    volume: int | None = wire(13, default=None)
    fields: tuple[str, ...] = wire(default=())
    """What follows the type in text, where nothing is known of it."""


KnownCondition = (
    PriceCondition
    | TimeCondition
    | MarginCondition
    | ExecutionCondition
    | VolumeCondition
    | PercentChangeCondition
)
"""One of the six conditions that have a class of their own."""

Condition = KnownCondition | UnknownCondition
"""What an order waits for."""

CONDITIONS: Final[Mapping[int, type[KnownCondition]]] = {
    1: PriceCondition,
    3: TimeCondition,
    4: MarginCondition,
    5: ExecutionCondition,
    6: VolumeCondition,
    7: PercentChangeCondition,
}
"""The class of each type of condition; there is no type 2."""

_TYPES: Final = {cls: number for number, cls in CONDITIONS.items()}
_FIELDS: Final = {cls: tuple(cls.__annotations__) for cls in _TYPES}


@functools.cache
def _absent() -> UnknownCondition:
    """Gives what a known condition has where protobuf has nothing; clients write all there is."""
    return UnknownCondition(
        is_conjunction_connection=True,
        is_more=False,
        con_id=0,
        percent=0,
        change_percent=0.0,
        price=0.0,
        trigger_method=TriggerMethod.DEFAULT,
        volume=0,
    )


def _seen(on_wire: UnknownCondition) -> Condition:
    cls = CONDITIONS.get(on_wire.type)
    if cls is None:
        return on_wire
    told = [(name, getattr(on_wire, name)) for name in _FIELDS[cls]]
    return cls(**{name: getattr(_absent(), name) if at is None else at for name, at in told})


def _on_wire(condition: Condition) -> UnknownCondition:
    if isinstance(condition, UnknownCondition):
        return condition
    cls = type(condition)
    if cls not in _TYPES:
        raise TypeError(f"{condition!r} is not a condition")
    values = {name: getattr(condition, name) for name in _FIELDS[cls]}
    return UnknownCondition(type=_TYPES[cls], **values)


VIA_UNKNOWN: Final = Via("Condition", UnknownCondition, _seen, _on_wire)
"""How a list of conditions travels."""


def _is_unknown(number: int) -> bool:
    return number not in CONDITIONS


def _starts(fields: list[str]) -> bool:
    return len(fields) > 1 and fields[0].isdigit() and fields[1] in ("a", "o")


U = UnknownCondition

layout(
    UnknownCondition,
    U.type,
    when(U.type, frozenset(CONDITIONS), in_kind(CONJUNCTION, U.is_conjunction_connection)),
    when(U.type, frozenset({1, 3, 4, 6, 7}), U.is_more),
    when(U.type, 1, U.price),
    when(U.type, 3, U.time),
    when(U.type, 4, U.percent),
    when(U.type, 5, U.sec_type, U.exchange, U.symbol),
    when(U.type, 6, U.volume),
    when(U.type, 7, U.change_percent),
    when(U.type, frozenset({1, 6, 7}), U.con_id, U.exchange),
    when(U.type, 1, U.trigger_method),
    when(U.type, _is_unknown, rest(U.fields, _starts)),
)
