"""What the tables say of a message, for people: what only few messages have."""

from tests._wire.rare_toys import Combo, Forms, Ruled, Tick
from trio_tws._wire.describe import describe


def columns(cls: type, *names: str) -> list[tuple[str, ...]]:
    return [tuple(str(getattr(row, name)) for name in names) for row in describe(cls)]


def test_what_is_called_for_has_no_row_of_its_own_in_text() -> None:
    assert columns(Tick, "position", "path", "kind", "since", "condition") == [
        ("1", "kind", "str", "0", ""),
        ("2", "trade.price", "float", "0", "kind = t"),
        ("3", "trade.marks", "Marks", "0", "kind = t"),
        ("4", "trade.venue", "str", "4", "kind = t"),
        ("5", "quote.ask", "float?", "3", "kind = q"),
        ("6", "quote.bid", "float?", "3", "kind = q"),
        ("7", "quote.marks", "Marks", "3", "kind = q"),
        ("8", "marks", "Marks", "0", ""),
        # Protobuf has the structures as such, and what text packs.
        ("", "trade", "Trade?", "8", ""),
        ("", "trade.marks.one", "bool", "8", ""),
        ("", "trade.marks.two", "bool", "8", ""),
        ("", "quote", "Quote?", "8", ""),
        ("", "quote.marks.one", "bool", "8", ""),
        ("", "quote.marks.two", "bool", "8", ""),
        ("", "marks.one", "bool", "8", ""),
        ("", "marks.two", "bool", "8", ""),
    ]


def test_a_value_beside_a_list_has_a_place_of_its_own() -> None:
    assert columns(Combo, "position", "path", "kind", "since", "number") == [
        ("1", "key", "int", "0", "1"),
        ("2", "legs", "count of Leg[]", "0", "2"),
        ("2.1", "legs[].ratio", "int", "0", "2.1"),
        ("3", "legs[].price", "count of float?", "3", "2.2"),
        ("4", "legs[].size", "count of dec?", "5", "2.3"),
        ("5", "after", "str", "0", "3"),
    ]


def test_a_union_is_described_as_what_it_is_on_the_wire() -> None:
    assert columns(Ruled, "position", "path", "kind", "condition", "number")[:12] == [
        ("1", "key", "int", "", "1"),
        ("2", "rules", "count of Rule[]", "", "2"),
        ("2.1", "rules[].type", "int", "", "2.1"),
        ("2.2", "rules[].is_and", "bool?", "rules[].type in 1, 3", "2.2"),
        ("2.3", "rules[].price", "float?", "rules[].type = 1", "2.4"),
        ("2.4", "rules[].is_later", "bool?", "rules[].type = 3", "2.3"),
        ("2.5", "rules[].time", "str", "rules[].type = 3", "2.5"),
        ("2.6", "rules[].fields", "str[]", "rules[].type: is unknown", ""),
        ("3", "strict", "bool", "rules: is set", "3"),
        ("4", "note", "str", "rules: is set", "4"),
        ("5", "", "constant 'between'", "", ""),
        ("6", "last", "str", "", "5"),
    ]


def test_a_field_in_another_form_is_the_same_field() -> None:
    assert columns(Forms, "path", "kind", "since", "until") == [
        ("number", "int?", "0", "0"),
        ("long", "long?", "2", "0"),
        ("price", "float?", "0", "0"),
        ("color", "Color?", "0", "0"),
        ("flag", "bool?", "0", "0"),
        ("minus", "int?", "0", "0"),
        ("size", "dec", "0", "4"),
        ("size", "dec", "4", "0"),
        ("plain", "int?", "0", "0"),
    ]
