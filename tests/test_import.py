"""What importing the package leaves for later."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import trio_tws
from trio_tws import _rare

RARE = {
    node.module
    for node in ast.parse(Path(_rare.__file__).read_text(encoding="utf-8")).body
    if isinstance(node, ast.ImportFrom)
}
"""Where the rare names are from."""

RARE_NAMES = {name for name in vars(_rare) if not name.startswith("_")}

HEAVY = {
    *("google.protobuf", "json", "uuid", "xml", "zoneinfo"),
    *("pandas", "polars", "pyarrow", "rich", "typer"),
}


CORE = ("_client", "_errors", "_model", "_orders", "_wire", "protocol")

BY_ATTRS = {"_columns.py", "late.py"}
"""One is imported with the rare names, and the other looks at what attrs makes."""

COUNTED = """
import gc, sys
passes = []
def count(phase, info):
    passes.append(phase == "start" and "trio_tws._daily" in sys.modules)
gc.callbacks.append(count)
{before}
import trio_tws
print(sum(passes), gc.isenabled())
"""


def loaded(code: str) -> set[str]:
    """The modules that are there when a fresh interpreter has run some code."""
    return set(output_of(f"{code}\nimport sys; print(*sys.modules)").split())


def output_of(code: str) -> str:
    """What some code has printed in a fresh interpreter."""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    return run.stdout.strip()


@pytest.mark.parametrize(
    "code", ["import trio_tws", "from trio_tws import open_tws, Stock, LimitOrder"]
)
def test_what_a_session_does_not_need_is_not_imported(code: str) -> None:
    """Each of these costs as much as ten modules, or is for few."""
    found = loaded(code)

    assert "trio_tws._client._open" in found
    assert not found & (RARE | HEAVY | {"trio_tws._rare", "trio_tws._wire.proto"})
    assert not found & {"trio_tws.testing", "trio_tws._cli"}


def test_attrs_makes_no_method_that_no_one_has_used() -> None:
    package = Path(trio_tws.__file__).parent
    paths = [path for part in CORE for path in (package / part).rglob("*.py")]
    eager = {path.name for path in paths if "@attrs." in path.read_text(encoding="utf-8")}

    assert eager == BY_ATTRS


def test_python_looks_for_no_garbage_during_the_import_nor_right_after_it() -> None:
    """To go through all that an import makes, again and again, takes a quarter of the time."""
    assert output_of(COUNTED.format(before="")) == "0 True"
    assert output_of(COUNTED.format(before="gc.disable()")) == "0 False"


def test_a_rare_name_is_imported_when_it_is_asked_for() -> None:
    assert loaded("from trio_tws import with_algo") >= RARE
    assert loaded("import trio_tws; trio_tws.Adaptive") >= RARE


def test_rare_names_are_names_like_others() -> None:
    assert "to_pandas" in RARE_NAMES
    assert set(dir(trio_tws)) >= RARE_NAMES | {"open_tws", "Stock", "__doc__"}
    assert trio_tws.to_pandas is _rare.to_pandas


def test_an_asterisk_means_all_names() -> None:
    code = "from trio_tws import *\nassert open_tws and Stock and to_pandas and Adaptive"

    assert loaded(code) >= RARE
    names: dict[str, object] = {}
    exec("from trio_tws import *", names)
    assert names.keys() >= RARE_NAMES | {"open_tws", "Stock"}
    assert {name for name in names if name.startswith("_")} == {"__builtins__"}


def test_a_name_that_is_none_is_missed() -> None:
    with pytest.raises(AttributeError, match="module 'trio_tws' has no attribute 'Stok'"):
        _ = trio_tws.Stok  # type: ignore[attr-defined]  # the point of the test
    assert "trio_tws._rare" not in loaded("import trio_tws; hasattr(trio_tws, '_other')")
