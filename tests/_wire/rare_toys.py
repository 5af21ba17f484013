"""A second protocol of toys: the constructs that only few messages need."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import attrs
from hypothesis import strategies as st

from tests._wire.toys import PROTO, Color, colors, decimals, floats, ints, lists, longs, printable
from trio_tws._wire import (
    Registry,
    Via,
    beside,
    between,
    const,
    each,
    in_kind,
    incoming,
    layout,
    outgoing,
    present,
    rest,
    since,
    spelt,
    struct,
    until,
    when,
    wire,
)
from trio_tws._wire.kinds import BOOL, FLAG_NUMBER, LONG, of_few, own_kind
from trio_tws._wire.layout import is_set

RARE_TOYS = Registry()


# A union, and what it does with members that it does not know ..................................


@attrs.frozen
class AtPrice:
    """A rule of type 1."""

    price: float
    is_and: bool = True


@attrs.frozen
class AfterTime:
    """A rule of type 3."""

    time: str
    is_later: bool = False
    is_and: bool = True


@struct
class OtherRule:
    """What a rule is on the wire, and what one of another type is to users."""

    type: int = wire(1, default=0)
    is_and: bool | None = wire(2, default=None)
    is_later: bool | None = wire(3, default=None)
    price: float | None = wire(4, default=None)
    time: str = wire(5, default="")
    fields: tuple[str, ...] = wire(default=())


Rule = AtPrice | AfterTime | OtherRule

RULES: Final[Mapping[int, type[AtPrice | AfterTime]]] = {1: AtPrice, 3: AfterTime}


def _seen(rule: OtherRule) -> Rule:
    match rule.type:
        case 1:
            return AtPrice(rule.price or 0.0, bool(rule.is_and))
        case 3:
            return AfterTime(rule.time, bool(rule.is_later), bool(rule.is_and))
        case _:
            return rule


def _on_wire(rule: Rule) -> OtherRule:
    match rule:
        case AtPrice():
            return OtherRule(1, rule.is_and, price=rule.price)
        case AfterTime():
            return OtherRule(3, rule.is_and, rule.is_later, time=rule.time)
        case OtherRule():
            return rule
        case _:
            raise TypeError(f"{rule!r} is not a rule")


VIA_RULE = Via("Rule", OtherRule, _seen, _on_wire)


def _read_letter(text: str) -> bool:
    return text == "a"


def _write_letter(value: bool) -> str:
    return "a" if value else "o"


LETTER = own_kind("letter", _read_letter, _write_letter, like=BOOL)


def _is_unknown(number: int) -> bool:
    return number not in RULES


def starts(fields: list[str]) -> bool:
    """Tells whether fields begin with a rule of any type."""
    return len(fields) > 1 and fields[0].isdigit() and fields[1] in ("a", "o")


R = OtherRule

layout(
    OtherRule,
    R.type,
    when(R.type, frozenset(RULES), in_kind(LETTER, R.is_and)),
    when(R.type, 1, R.price),
    when(R.type, 3, R.is_later, R.time),
    when(R.type, _is_unknown, rest(R.fields, starts)),
)


@incoming(1, proto=PROTO, registry=RARE_TOYS)
class Ruled:
    """What follows its rules is of known length, at each version another one."""

    key: int = wire(1, default=0)
    rules: tuple[Rule, ...] = wire(2, via=VIA_RULE, default=())
    strict: bool = wire(3, default=False)
    note: str = wire(4, default="", since=3)
    last: str = wire(5, default="", since=5)


layout(
    Ruled,
    Ruled.key,
    each(Ruled.rules),
    when(Ruled.rules, is_set, Ruled.strict, Ruled.note),
    between(2, 4, const("between")),
    Ruled.last,
)


@outgoing(1, proto=PROTO, registry=RARE_TOYS)
class AskRules:
    """Ends with its rules, unless another field says that more follows."""

    key: int = wire(1, default=0)
    rules: tuple[Rule, ...] = wire(2, via=VIA_RULE, default=())
    note: str = wire(3, default="")


layout(
    AskRules,
    AskRules.key,
    each(AskRules.rules),
    since(5, when(AskRules.key, 1, AskRules.note)),
)


# Values beside a list .............................................................................


@struct
class Leg:
    """An element whose values stand in three places."""

    ratio: int = wire(1, default=1)
    price: float | None = wire(2, default=None)
    size: Decimal | None = wire(3, default=None, since=5)


@outgoing(2, proto=PROTO, registry=RARE_TOYS)
class Combo:
    """Prices come from version 3 on, sizes from 5."""

    key: int = wire(1)
    legs: tuple[Leg, ...] = wire(2, default=())
    after: str = wire(3, default="")


layout(
    Combo,
    Combo.key,
    each(Combo.legs, Leg.ratio),
    since(3, beside(Combo.legs, Leg.price)),
    beside(Combo.legs, Leg.size),
    Combo.after,
)


# A structure that another field calls for, and one that is packed .................................


@struct
class Marks:
    """Two flags, in text one number."""

    one: bool = wire(1, default=False)
    two: bool = wire(2, default=False)


def _read_marks(text: str) -> Marks:
    mask = int(text or 0)
    return Marks(bool(mask & 1), bool(mask & 2))


def _write_marks(marks: Marks) -> str:
    return str(marks.one | marks.two << 1)


def _read_words(text: str) -> Marks:
    return Marks("one" in text, "two" in text)


def _write_words(marks: Marks) -> str:
    return " ".join(name for name in ("one", "two") if getattr(marks, name))


MARKS = own_kind("marks", _read_marks, _write_marks)
FEW_MARKS = of_few(MARKS)
MARK_WORDS = own_kind("mark words", _read_words, _write_words)


@struct
class Trade:
    price: float = wire(1, default=0.0)
    marks: Marks = wire(2, kind=FEW_MARKS, default=Marks())
    venue: str = wire(3, default="", since=4)


@struct
class Quote:
    bid: float | None = wire(1, default=None)
    ask: float | None = wire(2, default=None)
    marks: Marks = wire(3, kind=MARKS, default=Marks())


@outgoing(3, proto=PROTO, registry=RARE_TOYS)
class Tick:
    """Holds what its kind says: a trade or a quote or neither."""

    kind: str = wire(1, default="")
    trade: Trade | None = wire(2, default=None)
    quote: Quote | None = wire(3, default=None, since=3)
    marks: Marks = wire(4, kind=MARKS, default=Marks())


layout(
    Tick,
    Tick.kind,
    when(Tick.kind, "t", present(Tick.trade)),
    since(
        3,
        when(
            Tick.kind,
            "q",
            present(Tick.quote, Quote.ask, Quote.bid, in_kind(MARK_WORDS, Quote.marks)),
        ),
    ),
    Tick.marks,
)


# Values in another form ...........................................................................


def _read_whole(text: str) -> Decimal:
    return Decimal(int(text or 0))


def _write_whole(value: Decimal) -> str:
    if value != value.to_integral_value():
        raise ValueError(f"{value} is not whole")
    return str(int(value))


WHOLE = own_kind("whole", _read_whole, _write_whole)


@struct
class Flags:
    """Flags that are true unless something else is said, and flags that are numbers."""

    sure: bool = wire(1, default=True)
    likely: bool = wire(2, kind=FLAG_NUMBER, default=True)
    odd: bool = wire(3, kind=FLAG_NUMBER, default=False)
    perhaps: bool | None = wire(4, kind=FLAG_NUMBER, default=None)
    letter: bool = wire(5, kind=LETTER, default=True)


@incoming(4, proto=PROTO, registry=RARE_TOYS)
class Got:
    """Flags as TWS sends them."""

    flags: Flags = wire(1, default=Flags())
    sure: bool = wire(2, default=True)


@outgoing(4, proto=PROTO, registry=RARE_TOYS)
class Put:
    """Flags as a client sends them."""

    flags: Flags = wire(1, default=Flags())
    sure: bool = wire(2, default=True)


@outgoing(5, proto=PROTO, registry=RARE_TOYS)
class Forms:
    """None as a number, and a size that was whole once."""

    number: int | None = wire(1, default=None)
    long: int | None = wire(2, kind=LONG, default=None, since=2)
    price: float | None = wire(3, default=None)
    color: Color | None = wire(4, default=None)
    flag: bool | None = wire(5, kind=FLAG_NUMBER, default=None)
    minus: int | None = wire(6, default=None, unset=-1)
    size: Decimal = wire(7, default=Decimal(0), since=4)
    plain: int | None = wire(8, default=None)


F = Forms

layout(
    Forms,
    spelt(F.number, F.long, F.price, F.color, F.flag, F.minus),
    until(4, in_kind(WHOLE, F.size)),
    F.size,
    F.plain,
)


# Values ...........................................................................................

known_rules = st.builds(AtPrice, floats, st.booleans()) | st.builds(
    AfterTime, printable, st.booleans(), st.booleans()
)
unknown_types = st.integers(4, 99)
# A word is never taken for the start of another rule.
loose_words = st.lists(st.sampled_from(["", "w", "a", "word"]), max_size=3).map(tuple)
text_rules = known_rules | st.builds(OtherRule, type=unknown_types, fields=loose_words)
proto_rules = known_rules | st.builds(
    OtherRule,
    type=unknown_types,
    is_and=st.none() | st.booleans(),
    is_later=st.none() | st.booleans(),
    price=st.none() | floats,
    time=printable,
)


@st.composite
def rule_lists(draw: st.DrawFn, version: int) -> tuple[Rule, ...]:
    """Gives rules that can be told apart: after an unknown one in text comes a known one."""
    if version >= PROTO:
        return draw(lists(proto_rules))
    made: list[Rule] = []
    for rule in draw(lists(text_rules)):
        if made and isinstance(made[-1], OtherRule) and isinstance(rule, OtherRule):
            made.append(draw(known_rules))
        made.append(rule)
    return tuple(made)


def ruleds(version: int) -> st.SearchStrategy[Ruled]:
    def build(key: int, rules: tuple[Rule, ...], *values: Any) -> Ruled:
        strict, note, last = values
        has_more, has_note = rules or version >= PROTO, version >= 3
        return Ruled(
            key=key,
            rules=rules,
            strict=strict if has_more else False,
            note=note if has_more and has_note else "",
            last=last if version >= 5 else "",
        )

    return st.builds(build, ints, rule_lists(version), st.booleans(), printable, printable)


def ask_rules(version: int) -> st.SearchStrategy[AskRules]:
    """Gives messages without unknown rules where it is open what follows them."""
    rules = lists(known_rules) if 5 <= version < PROTO else rule_lists(version)
    return st.builds(AskRules, st.integers(2, 5), rules)


def combos(version: int) -> st.SearchStrategy[Combo]:
    legs = st.builds(
        Leg,
        ratio=ints,
        price=st.none() | floats if version >= 3 else st.none(),
        size=st.none() | decimals if version >= 5 else st.none(),
    )
    return st.builds(Combo, ints, lists(legs), printable)


marks = st.builds(Marks, st.booleans(), st.booleans())


@st.composite
def ticks(draw: st.DrawFn, version: int) -> Tick:
    venues = printable if version >= 4 else st.just("")
    trades = st.builds(Trade, floats, marks, venues)
    quotes = st.builds(Quote, st.none() | floats, st.none() | floats, marks)
    kind = draw(st.sampled_from(["", "t", "q"] if version >= 3 else ["", "t"]))
    if version >= PROTO:
        return Tick(kind, draw(st.none() | trades), draw(st.none() | quotes), draw(marks))
    trade = draw(trades) if kind == "t" else None
    quote = draw(quotes) if kind == "q" else None
    return Tick(kind, trade, quote, draw(marks))


flags = st.builds(
    Flags, st.booleans(), st.booleans(), st.booleans(), st.none() | st.booleans(), st.booleans()
)
gots = st.builds(Got, flags, st.booleans())
puts = st.builds(Put, flags, st.booleans())


def forms(version: int) -> st.SearchStrategy[Forms]:
    return st.builds(
        Forms,
        number=st.none() | ints,
        long=st.none() | longs if version >= 2 else st.none(),
        price=st.none() | floats,
        color=st.none() | colors,
        flag=st.none() | st.booleans(),
        minus=st.none() | ints,
        size=decimals if version >= 4 else ints.map(Decimal),
        plain=st.none() | ints,
    )


def rare_messages(version: int) -> st.SearchStrategy[Any]:
    """Gives messages of which every field has a place at the version."""
    return st.one_of(
        ruleds(version),
        ask_rules(version),
        combos(version),
        ticks(version),
        gots,
        puts,
        forms(version),
    )
