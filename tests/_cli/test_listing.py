from collections.abc import Sequence
from io import StringIO

import pytest
from rich.console import Console

from trio_tws._cli._listing import print_listing

HEADS = ("at", "field", "type", "note", "what it is")
ROWS = [
    ("1", "req_id", "int", "", "The id of the request."),
    ("2.10", "contract.last_trade_date_or_contract_month", "str", "", ""),
    ("3", "a", "count of IneligibilityReason[]", "", "Prose " * 20 + "to its end."),
]


def printed(
    width: int | None, heads: tuple[str, ...] = HEADS, rows: Sequence[tuple[str, ...]] = ROWS
) -> list[str]:
    """The lines on a terminal of some width, or in a pipe."""
    file = StringIO()
    out = Console(file=file, width=width or 80, force_terminal=width is not None, color_system=None)
    print_listing(out, heads, rows, main=1)
    return [line.rstrip() for line in file.getvalue().splitlines()]


def test_in_a_pipe_a_row_is_a_line_of_any_length() -> None:
    heads, *rows = printed(None)

    gap = " " * (len("contract.last_trade_date_or_contract_month") - len("field"))
    assert heads == f"at    field{gap}  type                            what it is"
    assert len(rows) == len(ROWS)
    assert rows[1] == "2.10  contract.last_trade_date_or_contract_month  str"
    assert rows[2].endswith("Prose to its end.")
    assert heads.index("what") == rows[0].index("The id") == rows[2].index("Prose")


def test_a_column_with_nothing_in_it_is_left_out() -> None:
    assert "note" not in printed(None)[0]
    assert "note" not in printed(200)[0]
    assert "note" in printed(None, HEADS, [("1", "b", "int", "x", "")])[0]


def test_on_a_wide_terminal_prose_stands_beside_and_is_folded() -> None:
    heads, first, *_, last = printed(140)

    assert heads.startswith("  at    field ")
    assert first.index("The id") == heads.index("what it is")
    assert last.endswith("to its end.")
    assert last.index("Prose") == heads.index("what it is")
    assert len(printed(140)) == 1 + 1 + 1 + 3


def test_on_a_narrow_terminal_it_stands_below() -> None:
    lines = printed(100)

    assert "what it is" not in lines[0]
    below = lines[2]
    assert below.strip() == "The id of the request."
    assert below.index("The") == lines[1].index("req_id") + 2


def test_short_prose_needs_little_room() -> None:
    rows = [("1", "field_" + "x" * 40, "int", "", "Short.")]

    assert len(printed(70, HEADS, rows)) == 2
    assert len(printed(66, HEADS, rows)) == 3


@pytest.mark.parametrize("width", [40, 60, 80])
def test_cells_are_folded_and_never_cut(width: int) -> None:
    heads, *lines = printed(width, HEADS, [(*cells[:-1], "") for cells in ROWS])
    fields = "".join(line[heads.index("field") : heads.index("type")] for line in lines)
    types = " ".join(line[heads.index("type") :] for line in lines)

    assert "".join(fields.split()) == "".join(cells[1] for cells in ROWS)
    assert "".join(types.split()) == "".join(cells[2].replace(" ", "") for cells in ROWS)


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 200])
def test_nothing_is_wider_than_the_terminal(width: int) -> None:
    assert max(map(len, printed(width))) <= width


def test_the_main_column_keeps_its_width_longest() -> None:
    assert "  2.10  contract.last_trade_date_or_contract_month  str" in printed(80)
    assert f"  3     a{'count of':>51}" in printed(80)


def test_a_terminal_that_is_far_too_narrow_ends_nothing() -> None:
    assert printed(10)
