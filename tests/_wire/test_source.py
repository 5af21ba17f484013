"""From lines of code to functions."""

import linecache
import traceback

import pytest

from trio_tws._wire.source import Source, field_at_fault, source_of


def test_lines_become_a_function_that_sees_what_was_bound() -> None:
    source = Source()
    name = source.bind("limit", 3)
    with source.block("def f(x):"):
        source.add(f"return x < {name}")

    function = source.function("f", "test")

    assert (function(2), function(3)) == (True, False)


def test_the_code_of_a_function_can_be_shown() -> None:
    source = Source()
    with source.block("def f():"):
        source.add("return 1")

    assert source_of(source.function("f", "test")) == "def f():\n    return 1\n" == source.text()


def test_a_name_that_is_taken_by_another_value_gets_a_number() -> None:
    source = Source()
    one, two = object(), object()

    assert source.bind("a", one) == "a"
    assert source.bind("a", two) == "a_2"
    assert source.bind("a", object()) == "a_3"
    assert source.bind("a", two) == "a_2"
    assert source.bind("a", one) == "a"


def test_a_bound_name_can_carry_no_code() -> None:
    source = Source()
    name = source.bind("a; import os #", 5)
    with source.block("def f():"):
        source.add(f"return {name}")

    assert name.isidentifier()
    assert source.function("f", "test")() == 5


def test_an_empty_block_is_left_out() -> None:
    source = Source()
    with source.block("def f():", "first"):
        with source.block("if True:", "second"):
            with source.block("while True:", "third"):
                pass
        source.add("raise ValueError", "fourth")

    assert source.text() == "def f():\n    raise ValueError\n"
    with pytest.raises(ValueError) as caught:
        source.function("f", "test")()
    assert field_at_fault(caught.value) == "fourth"


def test_what_was_said_of_an_empty_block_is_forgotten() -> None:
    source = Source()
    with source.block("def f():"):
        with source.block("if True:", "wrong"):
            pass
        source.add("raise ValueError")

    with pytest.raises(ValueError) as caught:
        source.function("f", "test")()
    assert field_at_fault(caught.value) == ""


def test_a_failure_names_its_field_and_those_that_hold_it() -> None:
    source = Source()
    with source.block("def f(values):"):
        source.add("x = values[0]", "head")
        with source.block("for value in values:", "list", inside="list[]."):
            source.add("int(value)", "number")
            with source.block("if value == '7':", inside="deep[]."):
                source.add("raise KeyError", "inner")
        source.add("1 / 0")
    function = source.function("f", "test")

    def field(values: object) -> str:
        with pytest.raises((ValueError, KeyError, IndexError, ArithmeticError)) as caught:
            function(values)
        return field_at_fault(caught.value)

    assert field([]) == "head"
    assert field(["x"]) == "list[].number"
    assert field(["7"]) == "list[].deep[].inner"
    assert field(["1"]) == ""


def test_a_failure_of_a_helper_names_the_field_it_was_called_for() -> None:
    def helper() -> None:
        raise ValueError

    source = Source()
    with source.block("def f():"):
        source.add(f"{source.bind('helper', helper)}()", "field")

    with pytest.raises(ValueError) as caught:
        source.function("f", "test")()
    assert field_at_fault(caught.value) == "field"


def test_a_failure_in_another_compiled_function_is_inside_of_the_field_outside() -> None:
    inner, outer = Source(), Source()
    with inner.block("def f(values):"):
        inner.add("list(int(value) for value in values)", "number")  # a function in the same file
    with outer.block("def g(values):"):
        outer.add(f"{outer.bind('f', inner.function('f', 'inner'))}(values)", "holder")
    function = outer.function("g", "outer")

    with pytest.raises(ValueError) as caught:
        function(["x"])
    assert field_at_fault(caught.value) == "holder.number"


def test_a_failure_elsewhere_names_no_field() -> None:
    assert field_at_fault(ValueError()) == ""


def test_a_traceback_shows_the_compiled_line() -> None:
    source = Source()
    with source.block("def f(x):"):
        source.add("return int(x) + 1  # in the toy")
    function = source.function("f", "toy")

    with pytest.raises(ValueError) as caught:
        function("y")
    shown = "".join(traceback.format_exception(caught.value))

    assert "return int(x) + 1  # in the toy" in shown
    assert "<trio_tws toy #" in shown


def test_the_lines_survive_a_check_of_the_cache() -> None:
    source = Source()
    with source.block("def f():"):
        source.add("pass")
    function = source.function("f", "test")

    linecache.checkcache()

    assert source_of(function) == source.text()
