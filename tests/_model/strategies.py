"""Random messages, derived from their declarations.

A strategy gives valid messages only: what a field can't tell from "unset" is left out, as are texts
that come back as other texts by design. Every field keeps its default about half the time, so that
messages are small and what a server version refuses does not hide the rest.
"""

import functools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum, IntEnum, IntFlag
from random import Random
from typing import Any, Final, cast

import attrs
from hypothesis import HealthCheck, Phase, find, given, seed, settings
from hypothesis import strategies as st

from tests._model.facts import class_of
from tests._model.survivors import changed
from trio_tws._enums import SecType, TickByTickKind, TriggerMethod
from trio_tws._model import MESSAGES
from trio_tws._model.conditions import (
    ExecutionCondition,
    MarginCondition,
    PercentChangeCondition,
    PriceCondition,
    TimeCondition,
    VolumeCondition,
)
from trio_tws._model.contract_details import ContractDetails
from trio_tws._model.contracts import Contract, TagValue
from trio_tws._model.executions import CommissionAndFeesReport
from trio_tws._model.orders import Order
from trio_tws._model.reference import DepthMarketDataDescription
from trio_tws._model.tick_by_tick import (
    MidpointTick,
    QuoteTick,
    TickAttribBidAsk,
    TickAttribLast,
    TickByTick,
    TradeTick,
)
from trio_tws._wire.fields import WireField, fields_of, spec_of
from trio_tws._wire.kinds import UNSET_FLOAT, UNSET_INT, UNSET_LONG, Kind, Lookup
from trio_tws._wire.layout import resolve
from trio_tws._wire.nodes import Each, Gate, Maybe, Node, When

Values = st.SearchStrategy[Any]

SENTINELS: Final = frozenset({UNSET_INT, UNSET_LONG, -UNSET_LONG - 1, UNSET_FLOAT})


@attrs.frozen
class Texts:
    """Which characters texts are made of."""

    plain: Values
    """A free text."""
    escaped: Values
    r"""A text that may travel with ``\\u`` escapes."""


PRINTABLE: Final = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=8)

OUT: Final = Texts(
    plain=st.text(
        st.one_of(st.characters(min_codepoint=32, max_codepoint=126), st.sampled_from("\t\r\n")),
        max_size=8,
    ),
    escaped=PRINTABLE,
)
"""What TWS takes."""

IN: Final = Texts(
    plain=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8),
    escaped=st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8
    ).filter(lambda text: "\\u" not in text),
)
"""What TWS sends: any text without NUL."""

_DATES: Final = st.sampled_from(["", "202603", "20260320", "20271217"])
_TIMES: Final = st.sampled_from(["", "09:30", "16:00:00"])
_ZONES: Final = st.sampled_from(["", "EST", "MET", "US/Eastern", "America/New_York"])

_WORDS: Final = st.sampled_from(["", "SMART", "SPY", "20261231 12:00:00 US/Eastern"])
_ANDS: Final = {"is_conjunction_connection": st.booleans()}
_MORE: Final = {"is_more": st.booleans(), **_ANDS}
_NUMBERS: Final = st.integers(0, 1 << 30)
_OF: Final = {"con_id": _NUMBERS, "exchange": _WORDS, **_MORE}
_PRICES: Final = st.floats(-1e9, 1e9)
_CONDITIONS: Final = st.one_of(
    st.builds(PriceCondition, price=_PRICES, trigger_method=st.sampled_from(TriggerMethod), **_OF),
    st.builds(TimeCondition, time=_WORDS, **_MORE),
    st.builds(MarginCondition, percent=_NUMBERS, **_MORE),
    st.builds(
        ExecutionCondition,
        symbol=_WORDS,
        sec_type=st.sampled_from(SecType),
        exchange=_WORDS,
        **_ANDS,
    ),
    st.builds(VolumeCondition, volume=_NUMBERS, **_OF),
    st.builds(PercentChangeCondition, change_percent=_PRICES, **_OF),
)

SHAPED: Final[dict[tuple[type, str], Values]] = {
    (CommissionAndFeesReport, "yield_redemption_date"): st.sampled_from(["", "0", "20301231"]),
    (Contract, "last_trade_date_or_contract_month"): _DATES,
    (ContractDetails, "maturity"): _DATES,
    (ContractDetails, "last_trade_time"): _TIMES,
    (ContractDetails, "time_zone_id"): _ZONES,
    (DepthMarketDataDescription, "service_data_type"): st.sampled_from(["", "Deep", "Deep2"]),
    (Order, "compete_against_best_offset"): st.floats(0, 1) | st.just(float("inf")),
    (Order, "conditions"): _CONDITIONS,
    (Order, "order_type"): st.sampled_from(["LMT", "MKT", "PEG BEST", "PEGMID"]),
}
"""Fields whose values have to have a shape, because text packs them, with others or into a flag."""


_FIRST_TICK: Final = datetime(2026, 3, 2, 15, tzinfo=UTC)


def _one_tick(tick: TickByTick) -> TickByTick:
    kind = tick.tick_type
    is_trade = kind in (TickByTickKind.LAST, TickByTickKind.ALL_LAST)
    is_quote, is_mid = kind == TickByTickKind.BID_ASK, kind == TickByTickKind.MID_POINT
    return changed(
        tick,
        last=(tick.last or TradeTick(_FIRST_TICK)) if is_trade else None,
        bid_ask=(tick.bid_ask or QuoteTick(_FIRST_TICK)) if is_quote else None,
        mid_point=(tick.mid_point or MidpointTick(_FIRST_TICK)) if is_mid else None,
    )


FITTED: Final[dict[type, Callable[[Any], Any]]] = {TickByTick: _one_tick}
"""Makes the fields of a message fit together that do not do so by chance."""


def messages(cls: type, texts: Texts | None = None) -> Values:
    """Gives a strategy for valid instances of a message."""
    return structs(cls, texts or (IN if spec_of(cls).is_incoming else OUT))


@functools.cache
def structs(cls: type, texts: Texts) -> Values:
    """Gives a strategy for valid instances of a message or structure."""
    given_fields = {field.name: _field(cls, field, texts) for field in fields_of(cls)}
    made = st.builds(cls, **given_fields)
    return made.map(FITTED[cls]) if cls in FITTED else made


def _field(cls: type, field: WireField, texts: Texts) -> Values:
    if field.number is None and not field.in_text:
        return st.just(field.default)  # it is not on the wire at all
    shaped = SHAPED.get((cls, field.name))
    values = _values(field, texts) if shaped is None else shaped
    if wanted := _called_for().get((cls, field.name)):
        values = st.sampled_from(sorted(wanted)).map(_member_of(field)) | values
    if field.is_list and field.text_kind is None:
        values = st.lists(values, max_size=3).map(tuple)
    if field.unset is not None:
        unset = field.unset
        values = values.filter(lambda value: value != unset)
    if field.is_optional:
        values = st.none() | values
    return values if field.default is attrs.NOTHING else st.just(field.default) | values


@functools.cache
def _called_for() -> dict[tuple[type, str], set[Any]]:
    """Gives the values on which a layout makes other fields depend: chance rarely finds them."""
    found: dict[tuple[type, str], set[Any]] = {}

    def collect(cls: type, nodes: tuple[Node, ...]) -> None:
        for node in nodes:
            if isinstance(node, When) and not callable(node.test):
                (path,) = node.paths
                holder = cls
                for name in path[:-1]:
                    (held,) = (field.struct for field in fields_of(holder) if field.name == name)
                    assert held is not None, f"{name} is no structure"
                    holder = held
                several = isinstance(node.test, frozenset)
                wanted = cast(frozenset[object], node.test) if several else {node.test}
                found.setdefault((holder, path[-1]), set()).update(wanted)
            if isinstance(node, When | Gate | Maybe):
                collect(cls, node.items)
            elif isinstance(node, Each) and node.field.struct is not None:
                collect(node.field.struct, node.items)

    for cls in MESSAGES:
        collect(cls, resolve(cls))
    return found


def _values(field: WireField, texts: Texts) -> Values:
    if field.struct is not None and field.text_kind is None:
        made = structs(field.struct, texts)
        return made if field.via is None else made.map(field.via.read)
    kind = field.text_kind or field.kind
    assert kind is not None, "a field is a structure or has a kind"
    members = _member_of(field)
    if issubclass(members, Enum):
        return _members(members, texts)
    return _OF_KIND[kind.name](kind, texts)


def _member_of(field: WireField) -> type:
    """Gives the enumeration of a field, or the type that leaves its texts as they are."""
    for held in field.kind.names.values() if field.kind else ():
        if isinstance(held, Lookup):
            return class_of(next(iter(held.values())))
    return str


def _members(members: type[Enum], texts: Texts) -> Values:
    """Gives the members of an open enumeration, and some that it has not heard of."""
    known = st.sampled_from(members)
    if issubclass(members, IntFlag):
        return st.integers(0, (1 << 16) - 1).map(members)
    if issubclass(members, IntEnum):
        return known | _integers(32).map(members)
    return known | texts.plain.map(members)


def _integers(bits: int) -> Values:
    limit = 1 << (bits - 1)
    return st.integers(-limit, limit - 1).filter(lambda number: number not in SENTINELS)


def _decimals() -> Values:
    """Gives quantities that read as they are written: 1E+2 is written 100."""
    return st.one_of(
        st.integers(-(10**15), 10**15).map(Decimal),
        st.decimals(-(10**9), 10**9, places=6),
        st.sampled_from([Decimal("100.00"), Decimal("0.000001"), Decimal(-3)]),
    ).filter(lambda number: number not in SENTINELS)


def _floats() -> Values:
    return st.floats(allow_nan=False, allow_infinity=False).filter(
        lambda number: abs(number) != UNSET_FLOAT
    )


def _numbers_as_text() -> Values:
    """Gives the texts that a double can stand for: a multiplier."""
    return st.sampled_from(["", "1", "50", "100", "0.1", "1000", "0.001"])


def _texts(kind: Kind, texts: Texts) -> Values:
    return _numbers_as_text() if kind.proto == "double" else texts.plain


_FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MOST: Final = 4_000_000_000


def _moments(unit: timedelta, units: int) -> Values:
    numbers = st.integers(1, units).filter(lambda number: number not in SENTINELS)
    return numbers.map(lambda number: _FIRST + number * unit)


def _tags(texts: Texts) -> Values:
    values = texts.plain.filter(lambda text: ";" not in text)
    tags = values.filter(lambda text: "=" not in text)
    return st.lists(st.builds(TagValue, tags, values), max_size=3).map(tuple)


def _comma_list(texts: Texts) -> Values:
    parts = texts.plain.filter(lambda text: text and "," not in text)
    return st.lists(parts, max_size=3).map(tuple)


_OF_KIND: Final[dict[str, Callable[[Kind, Texts], Values]]] = {
    "int": lambda kind, texts: _integers(32),
    "long": lambda kind, texts: _integers(64),
    "float": lambda kind, texts: _floats(),
    "dec": lambda kind, texts: _decimals(),
    "bool": lambda kind, texts: st.booleans(),
    "str": _texts,
    "str(esc)": lambda kind, texts: texts.escaped,
    "time (s)": lambda kind, texts: _moments(timedelta(seconds=1), _MOST),
    "time (ms)": lambda kind, texts: _moments(timedelta(milliseconds=1), _MOST * 1000),
    "true_false": lambda kind, texts: st.booleans(),
    "tags": lambda kind, texts: _tags(texts),
    "comma_list": lambda kind, texts: _comma_list(texts),
    "last_mask": lambda kind, texts: structs(TickAttribLast, texts),
    "past_bid_ask_mask": lambda kind, texts: structs(TickAttribBidAsk, texts),
}
"""A strategy for each kind, by name; a new kind fails here until it has one."""


@functools.cache
def examples(cls: type, count: int, texts: Texts | None = None) -> tuple[Any, ...]:
    """Gives that many messages: the same ones each time that the same modules are loaded.

    Hypothesis draws some values from the constants of those, seed or no seed.
    """
    found: list[Any] = []

    @seed(1)
    @settings(
        max_examples=count,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(messages(cls, texts))
    def collect(message: Any) -> None:
        found.append(message)

    collect()
    return tuple(found)


def searched(cls: type, wanted: Callable[[Any], bool], texts: Texts | None = None) -> Any:
    """Finds a message of which something holds, among more than any few examples show.

    Raises:
        NoSuchExample: A long search finds none.
    """
    return find(
        messages(cls, texts),
        wanted,
        settings=settings(
            max_examples=3_000,
            phases=[Phase.generate],
            database=None,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
        random=Random(1),
    )
