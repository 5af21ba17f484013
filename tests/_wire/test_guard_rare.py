"""What a server version can't carry is refused: what only few messages have."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from tests._wire.rare_toys import (
    AskRules,
    AtPrice,
    Combo,
    Forms,
    Leg,
    Marks,
    OtherRule,
    Put,
    Quote,
    Tick,
    Trade,
    combos,
    forms,
    known_rules,
    loose_words,
    marks,
    puts,
    unknown_types,
)
from tests._wire.toys import PROTO, class_of, floats, lists, strict
from trio_tws._errors import LocalProtocolError
from trio_tws._wire import (
    Registry,
    beside,
    each,
    layout,
    outgoing,
    proto,
    since,
    text,
    until,
    wire,
)
from trio_tws._wire.fields import FOREVER
from trio_tws._wire.guard import Bounds, bounds_of
from trio_tws._wire.source import field_at_fault, source_of

REGISTRY = Registry()

EVERY = range(1, PROTO + 2)


def refusal(message: Any, version: int) -> str:
    """Gives the words with which a message is refused; empty if it is written."""
    cls = class_of(message)
    compiled: Any = (proto if version >= PROTO else text).writer(cls, version)
    try:
        compiled(message)
    except LocalProtocolError as error:
        return str(error).removeprefix(f"{cls.__name__}.")
    except ValueError as error:
        return f"{field_at_fault(error)}: {error}"
    return ""


# Values beside a list .............................................................................


@pytest.mark.parametrize(
    ("leg", "refused"),
    [
        (Leg(5), set[int]()),
        (Leg(price=0.0), {1, 2}),
        (Leg(size=Decimal(0)), {1, 2, 3, 4}),
    ],
)
def test_a_value_is_refused_where_its_list_does_not_exist(leg: Leg, refused: set[int]) -> None:
    message = Combo(1, (Leg(), leg))

    assert {version for version in EVERY if refusal(message, version)} == refused


def test_a_refused_value_is_named_with_its_list_and_both_versions() -> None:
    message = Combo(1, (Leg(price=0.5),))

    assert refusal(message, 2) == "legs[].price = 0.5 needs server version 3, this server has 2"


@outgoing(1, registry=REGISTRY)
class Moved:
    """Its prices stood beside the list, then nowhere, then in it."""

    legs: tuple[Leg, ...] = wire(1, default=(), since=2)


layout(
    Moved,
    until(6, each(Moved.legs, Leg.ratio)),
    until(4, beside(Moved.legs, Leg.price)),
    since(6, each(Moved.legs, Leg.ratio, Leg.price)),
)


def test_a_value_that_moved_into_its_list_is_refused_where_it_has_no_place() -> None:
    message = Moved((Leg(price=0.5),))

    assert [refusal(message, version) for version in range(1, 8)] == [
        "legs = (Leg(ratio=1, price=0.5, size=None),) needs server version 2, this server has 1",
        *[""] * 2,
        "legs[].price = 0.5 needs server version 6, this server has 4",
        "legs[].price = 0.5 needs server version 6, this server has 5",
        *[""] * 2,
    ]
    assert refusal(Moved(), 1) == ""
    assert "for m_ in" not in source_of(text.writer(Moved, 1))  # no list that passes has elements


@outgoing(2, registry=REGISTRY)
class Dropped:
    legs: tuple[Leg, ...] = wire(1, default=())


layout(
    Dropped,
    until(3, each(Dropped.legs, Leg.ratio, Leg.price)),
    since(3, each(Dropped.legs, Leg.ratio)),
)


def test_a_value_that_left_its_list_is_refused_from_then_on() -> None:
    message = Dropped((Leg(price=0.5),))

    assert refusal(message, 2) == ""
    assert refusal(message, 3) == (
        "legs[].price = 0.5 is gone since server version 3, this server has 3"
    )


def test_bounds_of_a_list_are_those_of_the_first_place_and_the_last() -> None:
    assert bounds_of(Moved)["legs",] == Bounds(2, FOREVER)
    assert bounds_of(Combo)["legs",] == Bounds(0, FOREVER)


# Unions ...........................................................................................


def test_a_known_member_passes() -> None:
    message = AskRules(2, (AtPrice(1.5),))

    assert [refusal(message, version) for version in EVERY] == [""] * len(EVERY)


def test_what_is_left_of_a_member_has_no_form_in_protobuf() -> None:
    message = AskRules(2, (OtherRule(9, fields=("x",)),))

    assert refusal(message, PROTO - 1) == ""
    assert refusal(message, PROTO) == "rules[].fields = ('x',) has no form at server version 8"


def test_what_only_protobuf_knows_of_a_member_is_refused_in_text() -> None:
    message = AskRules(2, (OtherRule(9, price=1.5),))

    assert refusal(message, PROTO) == ""
    assert refusal(message, 1) == "rules[].price = 1.5 is only sent where type calls for it"


@pytest.mark.parametrize("version", [1, PROTO])
def test_what_is_no_member_fails_with_the_name_of_the_list(version: int) -> None:
    compiled: Any = (proto if version >= PROTO else text).writer(AskRules, version)
    with pytest.raises(TypeError, match="'x' is not a rule") as caught:
        compiled(AskRules(2, ("x",)))  # type: ignore[arg-type]  # the point of the test
    assert field_at_fault(caught.value) == "rules"


# Structures and forms .............................................................................


@pytest.mark.parametrize(
    ("message", "version", "words"),
    [
        (Tick("t", Trade()), 1, ""),
        (Tick("t", Trade(venue="X")), 3, "trade.venue = 'X' needs server version 4, this server "),
        (Tick("", Trade(1.5)), 1, "trade = Trade("),
        (Tick("t", Trade(), Quote()), 3, "quote = Quote("),
        (Tick("q", quote=Quote()), 2, "quote = Quote("),
        (Tick("t"), 1, "trade: is None, and is called for"),
        (Tick("t"), PROTO, ""),
        (Tick("", Trade(), Quote()), PROTO, ""),
        (Tick(marks=Marks(one=True)), 1, ""),
    ],
)
def test_a_structure_is_sent_if_and_only_if_it_is_called_for(
    message: Tick, version: int, words: str
) -> None:
    found = refusal(message, version)

    assert found.startswith(words)
    assert bool(found) is bool(words)


def test_why_a_structure_is_refused_is_said() -> None:
    assert refusal(Tick("", Trade()), 1).endswith(" is only sent where kind calls for it")
    assert refusal(Tick("q", quote=Quote()), 2).endswith(
        "needs server version 3, this server has 2"
    )


def test_what_is_inside_of_a_structure_is_looked_at_if_it_is_there() -> None:
    code = source_of(text.writer(Tick, 3))

    assert "if m.trade is not None:" in code


def test_the_gate_of_a_field_holds_for_none_as_a_number_and_not_for_another_kind() -> None:
    assert refusal(Forms(size=Decimal(5)), 1) == ""
    assert refusal(Forms(long=5), 1) == "long = 5 needs server version 2, this server has 1"
    assert refusal(Forms(long=5), 2) == ""


# Properties .......................................................................................

TRADES = st.none() | st.builds(Trade, floats, marks, st.sampled_from(["", "", "X"]))
QUOTES = st.none() | st.builds(Quote, floats, st.none() | floats, marks)
TICKS = st.builds(Tick, st.sampled_from(["", "t", "q"]), TRADES, QUOTES, marks)
OTHERS = st.builds(
    OtherRule,
    type=unknown_types,
    is_and=st.sampled_from([None, None, True]),
    time=st.sampled_from(["", "", "t"]),
    fields=st.just(()) | loose_words,
)
ASKS = st.builds(
    AskRules,
    st.integers(0, 2),
    lists(known_rules) | st.tuples(OTHERS),
    st.sampled_from(["", "", "note"]),
)
MESSAGES = st.one_of(TICKS, ASKS, combos(5), puts, forms(4), st.builds(Put), st.builds(Tick))


def _is_readable(message: Any, version: int) -> bool:
    """Tells whether it is known what follows an unknown member."""
    rules = getattr(message, "rules", ())
    return not 5 <= version < PROTO or not any(isinstance(rule, OtherRule) for rule in rules)


@pytest.mark.slow
@given(MESSAGES, st.sampled_from(EVERY))
def test_what_is_not_refused_arrives_whole(message: Any, version: int) -> None:
    cls = class_of(message)
    event(f"{cls.__name__} refused: {bool(refusal(message, version))}")
    if refusal(message, version) or not _is_readable(message, version):
        return
    found: object
    if version >= PROTO:
        found = proto.reader(cls)(proto.writer(cls, version)(message))
    else:
        fields = [*text.writer(cls, version)(message), ""]
        found = text.reader(cls, version)(fields, strict)
    assert found == message
