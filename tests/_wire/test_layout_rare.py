"""The text order of messages: what only few of them need."""

from decimal import Decimal
from typing import Any

import pytest

from tests._wire.rare_toys import (
    VIA_RULE,
    Combo,
    Forms,
    Leg,
    OtherRule,
    Quote,
    Rule,
    Tick,
    starts,
)
from tests._wire.toys import PAIRS, WORDS, Color, Pair
from trio_tws._wire import (
    Registry,
    beside,
    each,
    in_kind,
    incoming,
    layout,
    present,
    rest,
    spelt,
    split,
    struct,
    when,
    wire,
)
from trio_tws._wire.fields import FOREVER, WireField, fields_of
from trio_tws._wire.kinds import BOOL, LONG, UNSET_FLOAT, UNSET_INT, UNSET_LONG, own_kind
from trio_tws._wire.layout import carried, resolve, splits_of
from trio_tws._wire.nodes import Beside, Each, Gate, Leaf, Maybe, Node, Rest, When

OWN = own_kind("own", str, str)
ANSWER = own_kind("answer", bool, str, like=BOOL)


def field(cls: type, name: str) -> WireField:
    return next(field for field in fields_of(cls) if field.name == name)


def leaves(nodes: tuple[Node, ...]) -> dict[str, WireField]:
    return {node.name: node.field for node in nodes if isinstance(node, Leaf)}


# What is resolved .................................................................................


def test_a_structure_that_is_called_for_has_no_flag() -> None:
    (_, when_trade, when_quote, _) = carried(resolve(Tick), 4)

    assert isinstance(when_trade, When)
    assert isinstance(when_quote, When)
    (trade,), (quote,) = when_trade.items, when_quote.items
    assert isinstance(trade, Maybe)
    assert isinstance(quote, Maybe)
    assert not trade.has_flag
    assert [*leaves(trade.items)] == ["trade.price", "trade.marks", "trade.venue"]
    assert [*leaves(quote.items)] == ["quote.ask", "quote.bid", "quote.marks"]


def test_what_stands_beside_a_list_has_the_gates_of_the_value_and_of_the_list() -> None:
    (_, _, prices, sizes, _) = resolve(Combo)
    path, legs = ("legs",), field(Combo, "legs")

    assert prices == Gate(3, FOREVER, (Beside(path, legs, field(Leg, "price")),))
    assert sizes == Gate(5, FOREVER, (Beside(path, legs, field(Leg, "size")),))

    @incoming(1, registry=Registry())
    class Toy:
        legs: tuple[Leg, ...] = wire(1, default=(), since=4)

    layout(Toy, each(Toy.legs, Leg.ratio), beside(Toy.legs, Leg.size))

    assert [type(node) for node in carried(resolve(Toy), 3)] == []
    assert [type(node) for node in carried(resolve(Toy), 4)] == [Each]
    assert [type(node) for node in carried(resolve(Toy), 5)] == [Each, Beside]


def test_what_is_left_of_an_element_has_the_gate_of_its_field() -> None:
    @struct
    class Element:
        type: int = wire(1, default=0)
        fields: tuple[str, ...] = wire(default=(), since=3)

    layout(Element, Element.type, rest(Element.fields, starts))
    cls = type("Toy", (), {"__annotations__": {"x": tuple[Element, ...]}, "x": wire(1, default=())})
    toy = incoming(1, registry=Registry())(cls)

    (each_2,), (each_3,) = carried(resolve(toy), 2), carried(resolve(toy), 3)

    assert isinstance(each_2, Each)
    assert isinstance(each_3, Each)
    assert [type(node) for node in each_2.items] == [Leaf]
    assert each_3.items[1] == Rest(("fields",), field(Element, "fields"), starts)


def test_none_as_a_number_is_the_number_of_the_type() -> None:
    found = leaves(carried(resolve(Forms), 2))

    assert {name: form.unset for name, form in found.items()} == {
        "number": UNSET_INT,
        "long": UNSET_LONG,
        "price": UNSET_FLOAT,
        "color": UNSET_INT,
        "flag": UNSET_INT,
        "minus": UNSET_INT,
        "size": None,
        "plain": None,
    }
    assert field(Forms, "minus").unset == -1


def test_another_kind_holds_for_one_place_and_regardless_of_gates() -> None:
    old, new = leaves(carried(resolve(Forms), 3)), leaves(carried(resolve(Forms), 4))

    assert old["size"].text_kind is not None
    assert old["size"].text_kind.name == "whole"
    assert new["size"].text_kind is None
    assert old["size"].kind is new["size"].kind is field(Forms, "size").kind


def test_the_gate_of_a_field_holds_for_none_as_a_number() -> None:
    assert "long" not in leaves(carried(resolve(Forms), 1))


def test_a_packed_structure_is_one_field() -> None:
    assert leaves(carried(resolve(Tick), 1))["marks"].text_kind is not None


def test_a_split_in_what_is_called_for_has_no_protobuf_form() -> None:
    @struct
    class Element:
        a: str = wire(1, default="")
        b: str = wire(default="")

    layout(Element, split(Element.a, Element.b, read=tuple, write="{}{}".format))
    names = {"kind": str, "x": Element | None}
    facts = {"kind": wire(1, default=""), "x": wire(2, default=None)}
    toy: Any = incoming(1, proto=1, registry=Registry())(
        type("Toy", (), {"__annotations__": names, **facts})
    )
    layout(toy, toy.kind, when(toy.kind, "x", present(toy.x)))

    with pytest.raises(TypeError, match="a split inside x has no protobuf form"):
        splits_of(toy)


# What is refused ..................................................................................


@struct
class Deep:
    leg: Leg = wire(1, default=Leg())
    minus: int | None = wire(2, default=None, unset=-1)
    held: Leg | None = wire(3, default=None)
    always: int = wire(4, default=0)


@incoming(1, registry=Registry())
class Held:
    number: int = wire(1, default=0)
    perhaps: int | None = wire(2, default=None)
    flag: bool | None = wire(3, default=None)
    size: Decimal | None = wire(4, default=None)
    quote: Quote = wire(5, default=Quote())
    rules: tuple[Rule, ...] = wire(6, via=VIA_RULE, default=())
    deep: tuple[Deep, ...] = wire(7, default=())
    numbers: tuple[int, ...] = wire(8, default=())
    texts: tuple[str, ...] = wire(9, default=())
    words: tuple[str, ...] = wire(10, kind=WORDS, default=())
    color: Color | None = wire(11, default=None)


H = Held


def held(item: object) -> type:
    """Makes a message with a layout of one item."""
    cls = type("Toy", (), {"__annotations__": {"held": Held}, "held": wire(1, default=Held())})
    made = incoming(1, registry=Registry())(cls)
    layout(made, item)
    return made


@pytest.mark.parametrize(
    ("item", "problem"),
    [
        (present(H.number), r"present\(\) takes a structure or None, and held.number is not that"),
        (present(H.quote), r"present\(\) takes a structure or None, and held.quote is not that"),
        (beside(H.number, Leg.price), r"beside\(\) takes a list of structures, and held.number is"),
        (beside(H.quote, Quote.bid), "takes a list of structures, and held.quote is none"),
        (beside(H.numbers, Leg.price), "takes a list of structures, and held.numbers is none"),
        (beside(H.rules, OtherRule.price), "takes a list of structures, and held.rules is none"),
        (beside(H.deep, Leg.price), r"beside\(\) takes a value or None, and leg is not that"),
        (beside(H.deep, Deep.minus), "takes a value or None, and minus is not that"),
        (beside(H.deep, Deep.held), "takes a value or None, and held is not that"),
        (beside(H.deep, Deep.always), "takes a value or None, and always is not that"),
        (beside(H.deep, H.number), "Deep does not always hold Held"),
        (rest(H.number, starts), r"rest\(\) takes a list of texts, and held.number is none"),
        (rest(H.numbers, starts), "takes a list of texts, and held.numbers is none"),
        (rest(H.words, starts), "takes a list of texts, and held.words is none"),
        (rest(H.deep, starts), "takes a list of texts, and held.deep is none"),
        (spelt(H.number), "Toy: no number stands for number = None"),
        (spelt(H.flag), "no number stands for flag = None"),
        (spelt(H.size), "no number stands for size = None"),
        (spelt(H.quote), "no number stands for quote = None"),
        (spelt(H.numbers), "no number stands for numbers = None"),
        (spelt(H.perhaps, H.flag), "no number stands for flag = None"),
        (in_kind(OWN, H.perhaps), "Toy: own is not for perhaps"),
        (in_kind(OWN, H.deep), "own is not for deep"),
        (in_kind(LONG, H.numbers), "long is not for numbers"),
        (in_kind(LONG, Quote), "Quote'> in the layout is not an attribute"),
        (in_kind(LONG, Pair.tag), "does not always hold Pair"),
    ],
)
def test_a_layout_that_makes_no_sense_is_refused(item: object, problem: str) -> None:
    with pytest.raises(TypeError, match=problem):
        resolve(held(item))


@pytest.mark.parametrize(
    ("item", "names"),
    [
        (in_kind(LONG, H.perhaps, H.number), ["held.perhaps", "held.number"]),
        (in_kind(WORDS, H.words), ["held.words"]),
        (in_kind(WORDS, H.texts), ["held.texts"]),
        (in_kind(PAIRS, H.deep), ["held.deep"]),
        (in_kind(ANSWER, H.flag), ["held.flag"]),
        (spelt(H.perhaps, H.color), ["held.perhaps", "held.color"]),
    ],
)
def test_a_form_that_fits_is_a_field_of_its_own(item: object, names: list[str]) -> None:
    assert [*leaves(resolve(held(item)))] == names
