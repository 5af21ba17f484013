"""What users may import, and that it is fit to be seen."""

import ast
import importlib
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import attrs
import pytest

from trio_tws._model import MESSAGES, builders
from trio_tws._wire.fields import fields_of, spec_of

pytestmark = pytest.mark.no_cover

NAMESPACES = ("trio_tws", "trio_tws.protocol", "trio_tws.testing")

OPEN_ENDED = {"ConnectFailed", "NotPermitted", "OnRequest", "RequestError", "TWSError"}
"""What others hang on."""


def exported(namespace: str) -> dict[str, Any]:
    """Every name that the namespace itself gives, public or not."""
    module = importlib.import_module(namespace)
    names = [alias.asname or alias.name for alias in imports(module)]
    return {name: getattr(module, name) for name in names}


def imports(module: ModuleType) -> Iterator[ast.alias]:
    """Every name that a module imports for others, those behind an asterisk too."""
    for node in ast.walk(ast.parse(Path(module.__file__ or "").read_text(encoding="utf-8"))):
        for alias in node.names if isinstance(node, ast.Import | ast.ImportFrom) else ():
            if alias.name == "*":
                assert isinstance(node, ast.ImportFrom)
                yield from imports(importlib.import_module(node.module or ""))
            elif alias.asname is None or not alias.asname.startswith("_"):
                yield alias


EXPORTS = [(namespace, name) for namespace in NAMESPACES for name in exported(namespace)]


def is_of_the_tables(value: Any) -> bool:
    """Whether it is a message or a structure: frozen, and never subclassed by anyone."""
    try:
        fields_of(value)
    except (TypeError, attrs.exceptions.NotAnAttrsClassError):
        return False
    return True


def is_final(value: Any) -> bool:
    return hasattr(value, "__final__")


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_a_name_is_exported_as_itself(namespace: str) -> None:
    """``X as X`` is what type checkers take for an export."""
    for alias in imports(importlib.import_module(namespace)):
        assert alias.asname == alias.name
        assert not alias.name.startswith("_")


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_a_namespace_introduces_itself_and_has_nothing_else_in_it(namespace: str) -> None:
    module = importlib.import_module(namespace)
    public = {
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }

    assert module.__doc__
    assert public == set(exported(namespace))


@pytest.mark.parametrize(("namespace", "name"), EXPORTS)
def test_a_public_name_is_documented(namespace: str, name: str) -> None:
    value = exported(namespace)[name]

    if isinstance(value, type | FunctionType):
        assert value.__doc__


@pytest.mark.parametrize(("namespace", "name"), EXPORTS)
def test_a_public_class_is_final_or_made_to_have_others_below_it(namespace: str, name: str) -> None:
    value = exported(namespace)[name]

    if isinstance(value, type) and not issubclass(value, Enum) and not is_of_the_tables(value):
        assert is_final(value) is not (name in OPEN_ENDED)


@pytest.mark.parametrize(("namespace", "name"), EXPORTS)
def test_a_public_value_can_not_be_changed(namespace: str, name: str) -> None:
    value = exported(namespace)[name]

    if isinstance(value, type) and attrs.has(value):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            object.__new__(value).anything = 1  # type: ignore[attr-defined]  # it must not be


def test_every_message_of_the_tables_and_every_structure_in_one_is_public() -> None:
    """The whole protocol is reachable, where there is no method for it yet, too."""
    public = exported("trio_tws")
    wanted = set(MESSAGES)
    left = list(wanted)
    while left:
        held = {field.struct for field in fields_of(left.pop()) if field.struct is not None}
        left += held - wanted
        wanted |= held

    assert wanted <= {value for value in public.values() if isinstance(value, type)}
    assert all(spec_of(cls).cls is cls for cls in MESSAGES)


def test_every_builder_is_public() -> None:
    assert set(builders.__all__) <= set(exported("trio_tws"))


def test_a_name_means_the_same_wherever_it_is_found() -> None:
    first: dict[str, Any] = {}
    for namespace, name in EXPORTS:
        value = exported(namespace)[name]
        assert first.setdefault(name, value) is value
