"""The package is a house: a module imports from its own floor or from lower ones, never from above.

`violations` reads every module with `ast` and never imports one, so it also sees imports inside
functions and under TYPE_CHECKING, and counts them like any other. An import within the package is
traced to the module it comes from: `from trio_tws import _versions` is `_versions`, not the front
page. The second half of this file plants violations, to see them found.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

PACKAGE = Path(__file__).parents[1] / "trio_tws"
NAME = "trio_tws"

FLOORS = {
    "_wire": 1,
    "_model": 2,
    "_orders": 3,
    "protocol": 3,
    "_client": 4,
    "_daily": 4,
    "_rare": 4,
    "testing": 5,
    "_cli": 5,
    "__main__": 5,
}
"""The floor of each part. Any other private module at the top of the package is on floor 0."""

CORE = 4
"""The highest floor that a program needs, and with it the front page: what it stands on is few."""

TRIO_FROM = 4
MAX_LINES = 500
EXEC_ALLOWED_IN = "_wire/source.py"
EXECUTES = frozenset({"compile", "eval", "exec"})
OTHER_CLIENTS = frozenset({"ib_async", "ib_insync", "ibapi"})
CLI_ONLY = frozenset({"rich", "typer"})
FRAMES_ONLY = frozenset({"pandas", "polars", "pyarrow"})
FRAMES_IN = "_client/_frames.py"
"""The one module that may import a library for data frames; users need none of them."""

CORE_DEPENDENCIES = ("attr", "attrs", "google.protobuf", "trio")


@attrs.frozen
class Module:
    """One file of the package, parsed."""

    path: str
    """Relative to the package, with slashes."""
    source: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """The full dotted name."""
        parts = [NAME, *Path(self.path).with_suffix("").parts]
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def package(self) -> str:
        """What a relative import starts from."""
        return self.name if Path(self.path).stem == "__init__" else self.name.rpartition(".")[0]


@attrs.frozen
class Import:
    """One imported thing, and where."""

    line: int
    target: str
    """A module of the package, or the dotted name as written."""

    def is_from(self, *packages: str) -> bool:
        """Whether it is one of these packages, or inside one."""
        return any(f"{self.target}.".startswith(f"{package}.") for package in packages)


def floor(module: str) -> int | None:
    """The floor of a module, None for the front page. KeyError for what is on none."""
    if module == NAME:
        return None
    part = module.split(".")[1]
    is_private = part.startswith("_") and not part.startswith("__")
    return FLOORS.get(part, 0) if is_private else FLOORS[part]


def imports(module: Module, known: frozenset[str]) -> Iterator[Import]:
    """Every import of a module; `known` are the names of the modules in the package."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(node.lineno, alias.name)
        elif isinstance(node, ast.ImportFrom):
            above = module.package.split(".")
            base = ".".join(above[: len(above) - node.level + 1]) if node.level else ""
            source = ".".join(filter(None, [base, node.module]))
            for alias in node.names:
                target = f"{source}.{alias.name}"
                ours = source == NAME or source.startswith(f"{NAME}.")
                yield Import(node.lineno, source if ours and target not in known else target)


def executions(module: Module) -> Iterator[ast.Call]:
    """Every call of exec, eval or compile."""
    for node in ast.walk(module.tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in EXECUTES:
                yield node
            case ast.Call(func=ast.Attribute(value=ast.Name(id="builtins"), attr=name)) if (
                name in EXECUTES
            ):
                yield node
            case _:
                pass


def inner_violation(module: Module, target: str) -> str | None:
    """What is wrong with importing one module of the package from another."""
    here, there = floor(module.name), floor(target)
    if here is None:
        return f"the front page imports {target}" if there is not None and there > CORE else None
    if there is None:
        return f"floor {here} imports the front page" if here <= CORE else None
    return f"floor {here} imports {target} of floor {there}" if there > here else None


def outer_violation(module: Module, imported: Import) -> str | None:
    """What is wrong with importing something that is not of the package."""
    here = floor(module.name)
    is_core = here is None or here <= CORE
    if imported.is_from(*OTHER_CLIENTS):
        return f"{imported.target} is another client"
    if imported.is_from(*CLI_ONLY):
        return None if module.path.startswith("_cli/") else f"{imported.target} outside of _cli"
    if imported.is_from(*FRAMES_ONLY):
        return None if module.path == FRAMES_IN else f"{imported.target} outside of {FRAMES_IN}"
    if imported.is_from("trio") and here is not None and here < TRIO_FROM:
        return f"floor {here} imports trio"
    is_standard = imported.target.partition(".")[0] in sys.stdlib_module_names
    if is_core and not is_standard and not imported.is_from(*CORE_DEPENDENCIES):
        return f"the core does not depend on {imported.target}"
    return None


def violations(package: Path) -> list[str]:
    """Everything in a package that the plan of the house forbids, as "path:line: what"."""
    modules: list[Module] = []
    for path in sorted(package.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        modules.append(Module(path.relative_to(package).as_posix(), source, ast.parse(source)))
    known = frozenset(module.name for module in modules)

    found: list[str] = []
    for module in modules:
        try:
            floor(module.name)
        except KeyError:
            found.append(f"{module.path}:1: is on no floor")
            continue
        length = len(module.source.splitlines())
        if length > MAX_LINES:
            found.append(f"{module.path}:{length}: longer than {MAX_LINES} lines")
        if module.path != EXEC_ALLOWED_IN:
            found += [
                f"{module.path}:{call.lineno}: {ast.unparse(call.func)}() outside of"
                f" {EXEC_ALLOWED_IN}"
                for call in executions(module)
            ]
        for imported in imports(module, known):
            try:
                problem = (
                    inner_violation(module, imported.target)
                    if imported.is_from(NAME)
                    else outer_violation(module, imported)
                )
            except KeyError:
                problem = f"{imported.target} is on no floor"
            if problem is not None:
                found.append(f"{module.path}:{imported.line}: {problem}")
    return found


def test_the_package_keeps_to_its_floors() -> None:
    assert PACKAGE.joinpath("__init__.py").exists()
    assert violations(PACKAGE) == []


HOUSE = {
    "__init__.py": "from ._client import open_tws as open_tws\nfrom trio_tws import protocol",
    "__main__.py": "from trio_tws._cli import main",
    "_cli/__init__.py": "import rich\nfrom typer.main import Typer\nimport trio_tws",
    "_client/__init__.py": "import trio\nfrom ..protocol import Connection\nfrom ._open import x",
    "_client/_frames.py": "def f():\n    import pandas, polars\n    import pyarrow.compute",
    "_client/_open.py": "from trio import abc\nfrom . import _pump\nfrom .. import _versions as v",
    "_client/_pump.py": "from __future__ import annotations\nimport trio.lowlevel",
    "_errors.py": "import attrs, re\nre.compile('x')",
    "_model/__init__.py": "from .._wire.fields import wire",
    "_model/ticks.py": "from trio_tws import _versions as v",
    "_versions.py": "",
    "_wire/__init__.py": "from google.protobuf import message_factory\nfrom google import protobuf",
    "_wire/fields.py": "import attr\nimport collections.abc",
    "_wire/source.py": "exec(compile('x = 1', '<x>', 'exec'))",
    "protocol/__init__.py": "from .._model import ticks",
    "testing/__init__.py": "import pytest\nimport trio\nfrom trio_tws import open_tws",
}
"""A package in which everything is where it belongs."""


def build(where: Path, files: dict[str, str]) -> Path:
    for name, source in files.items():
        path = where / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return where


def test_a_house_in_order_has_no_violations(tmp_path: Path) -> None:
    assert violations(build(tmp_path, HOUSE)) == []


@pytest.mark.parametrize(
    ("path", "source", "expected"),
    [
        # upwards, spelt in every way
        ("_wire/text.py", "from trio_tws._model import x", "floor 1 imports trio_tws._model of"),
        ("_wire/text.py", "import trio_tws._model.ticks", "floor 1 imports trio_tws._model.ticks"),
        ("_wire/text.py", "from .._model.ticks import x", "floor 1 imports trio_tws._model.ticks"),
        ("_wire/text.py", "from .._model import ticks", "floor 1 imports trio_tws._model.ticks"),
        ("_wire/text.py", "from .. import _model", "floor 1 imports trio_tws._model of floor 2"),
        ("_wire/text.py", "from trio_tws import _model", "floor 1 imports trio_tws._model of"),
        ("_wire/text.py", "from .._model import *", "floor 1 imports trio_tws._model of floor 2"),
        ("_wire/__init__.py", "from .. import _model", "floor 1 imports trio_tws._model of"),
        ("_enums.py", "from ._wire import x", "floor 0 imports trio_tws._wire of floor 1"),
        ("_model/ticks.py", "from ..protocol import x", "floor 2 imports trio_tws.protocol of"),
        ("protocol/_state.py", "from .. import _client", "floor 3 imports trio_tws._client of"),
        ("_client/_open.py", "from .. import testing", "floor 4 imports trio_tws.testing of"),
        ("_client/_open.py", "import trio_tws.__main__", "floor 4 imports trio_tws.__main__ of"),
        # where an import may hide
        ("_enums.py", "def f():\n    from . import _wire", "floor 0 imports trio_tws._wire of"),
        (
            "_enums.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from ._wire import x",
            "floor 0 imports trio_tws._wire of floor 1",
        ),
        # the front page
        ("__init__.py", "from . import testing", "the front page imports trio_tws.testing"),
        ("__init__.py", "from ._cli import main", "the front page imports trio_tws._cli"),
        ("__init__.py", "import rich", "rich outside of _cli"),
        ("__init__.py", "import numpy", "the core does not depend on numpy"),
        ("_client/_open.py", "from trio_tws import open_tws", "floor 4 imports the front page"),
        ("_client/_open.py", "from .. import open_tws", "floor 4 imports the front page"),
        # what is on no floor
        ("utils.py", "", "is on no floor"),
        ("_client/_open.py", "import trio_tws.helpers", "trio_tws.helpers is on no floor"),
        # trio, and other people's packages
        ("protocol/_state.py", "import trio", "floor 3 imports trio"),
        ("protocol/_state.py", "from trio.abc import Stream", "floor 3 imports trio"),
        ("_versions.py", "import trio.testing", "floor 0 imports trio"),
        ("_client/_open.py", "import anyio", "the core does not depend on anyio"),
        ("_wire/proto.py", "from google import cloud", "the core does not depend on google.cloud"),
        ("_wire/proto.py", "import attrsplus", "the core does not depend on attrsplus"),
        ("testing/_x.py", "import ibapi.client", "ibapi.client is another client"),
        ("_cli/_x.py", "from ib_async import IB", "ib_async.IB is another client"),
        ("_client/_x.py", "import ib_insync", "ib_insync is another client"),
        ("testing/_x.py", "from rich import table", "rich.table outside of _cli"),
        ("__main__.py", "import typer", "typer outside of _cli"),
        ("_client/_x.py", "import polars", "polars outside of _client/_frames.py"),
        ("_cli/_x.py", "import pandas", "pandas outside of _client/_frames.py"),
        # running text as code
        ("_wire/text.py", "exec('x')", "exec() outside of _wire/source.py"),
        ("_cli/_x.py", "x = [eval('1')]", "eval() outside of _wire/source.py"),
        ("testing/_x.py", "compile('1', '', 'eval')", "compile() outside of _wire/source.py"),
        ("_model/source.py", "import builtins\nbuiltins.exec('x')", "builtins.exec() outside of"),
        # length
        ("_model/ticks.py", "\n" * (MAX_LINES + 1), f"longer than {MAX_LINES} lines"),
    ],
)
def test_a_planted_violation_is_found(
    tmp_path: Path, path: str, source: str, expected: str
) -> None:
    (found,) = violations(build(tmp_path, {**HOUSE, path: source}))

    where, _, what = found.partition(": ")
    assert where.startswith(f"{path}:")
    assert what.startswith(expected)


def test_a_violation_names_its_line(tmp_path: Path) -> None:
    source = "import attrs\n\ndef f():\n    import trio\n    return eval('1')"

    assert violations(build(tmp_path, {**HOUSE, "_enums.py": source})) == [
        "_enums.py:5: eval() outside of _wire/source.py",
        "_enums.py:4: floor 0 imports trio",
    ]


def test_two_violations_in_one_line_are_both_found(tmp_path: Path) -> None:
    assert len(violations(build(tmp_path, {**HOUSE, "_enums.py": "import trio, ibapi"}))) == 2


def test_a_module_may_have_as_many_lines_as_allowed(tmp_path: Path) -> None:
    assert violations(build(tmp_path, {**HOUSE, "_model/ticks.py": "\n" * MAX_LINES})) == []
