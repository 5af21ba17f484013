"""What a text order consists of."""

from tests._wire.rare_toys import Tick, Trade, starts
from trio_tws._wire.fields import fields_of
from trio_tws._wire.nodes import Beside, Gate, Leaf, Maybe, Rest

KIND, TRADE, *_ = fields_of(Tick)


def test_a_path_is_shown_with_dots() -> None:
    assert Leaf(("kind",), KIND).name == "kind"
    assert Leaf(("order", "kind"), KIND).name == "order.kind"


def test_equal_nodes_can_stand_in_for_each_other() -> None:
    assert Gate(1, 5, (Leaf(("kind",), KIND),)) == Gate(1, 5, (Leaf(("kind",), KIND),))
    assert Beside(("a",), TRADE, KIND) != Beside(("b",), TRADE, KIND)
    assert hash(Rest(("a",), KIND, starts)) == hash(Rest(("a",), KIND, starts))


def test_what_may_be_missing_has_a_flag_unless_something_else_is_said() -> None:
    assert Maybe(("trade",), TRADE, Trade, ()).has_flag
