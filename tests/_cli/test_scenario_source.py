import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trio

from tests.programs import ROOT
from trio_tws import (
    TWS,
    ConnectFailed,
    ConnectionLost,
    MarketOrder,
    Notice,
    Stock,
    open_tws,
)
from trio_tws._cli._scenario_source import read_rule, read_scenario
from trio_tws.testing import exchange_hours, open_simulator

CONSTANT = "from trio_tws.testing import Scenario, at\nscenario = Scenario(at(1).halt('AAPL'))\n"
FUNCTION = (
    "from trio_tws.testing import Scenario, at\ndef bad(): return Scenario(at(2).lose_ib())\n"
)


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a command imports lasts as long as its process; here it is forgotten."""
    modules = dict(sys.modules)
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield
    for name in sys.modules.keys() - modules.keys():
        del sys.modules[name]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


# Files ............................................................................................


def test_a_file_has_a_scenario(here: Path) -> None:
    (here / "morning.py").write_text(CONSTANT)

    for source in ("morning.py", str(here / "morning.py"), "morning.py:scenario"):
        assert str(read_scenario(source)) == "Scenario(at(1).halt('AAPL'))"


def test_a_function_makes_one_each_time(here: Path) -> None:
    (here / "morning.py").write_text(FUNCTION)

    first, second = read_scenario("morning.py:bad"), read_scenario("morning.py:bad")
    assert str(first) == str(second) == "Scenario(at(2).lose_ib())"
    assert first is not second


def test_a_module_has_one(here: Path) -> None:
    (here / "mornings").mkdir()
    (here / "mornings" / "bad_one.py").write_text(CONSTANT)

    assert read_scenario("mornings.bad_one:scenario").rules


def test_a_file_imports_its_neighbours(here: Path) -> None:
    (here / "elsewhere").mkdir()
    (here / "elsewhere" / "neighbour_of_one.py").write_text(CONSTANT)
    (here / "elsewhere" / "one.py").write_text("from neighbour_of_one import scenario\n")

    assert read_scenario("elsewhere/one.py").rules


@pytest.mark.parametrize(
    ("source", "text", "words"),
    [
        ("morning.py:day", CONSTANT, "morning.py: day is nothing, and should be a Scenario"),
        ("morning.py", "scenario = 5", "scenario is an object of int, and should be"),
        ("morning.py", "def scenario(): return 5", "scenario is an object of int, and should be"),
        ("morning.py", "x = 1\n\n1 / 0\n", r"^morning.py:3: ZeroDivisionError: division by zero"),
        ("morning.py", "def scenario():\n    return 1 / 0\n", r"^morning.py:2: ZeroDivision"),
        ("morning.py", "scenario = (", r"^morning.py: SyntaxError: "),
        ("morning.py", "import nothing_there", r"morning.py:1: ModuleNotFoundError: No module"),
        ("evening.py", "", r"^evening.py: there is no such file$"),
        ("no_such_module:scenario", "", r"^no_such_module: ModuleNotFoundError: No module named"),
        ("morning", "", r"'morning': write FILE.py, FILE.py:NAME or MODULE:NAME"),
        ("morning:", "", r"'morning:': write FILE.py, FILE.py:NAME or MODULE:NAME"),
    ],
)
def test_where_there_is_none_it_is_said_why(source: str, text: str, words: str, here: Path) -> None:
    (here / "morning.py").write_text(text)

    with pytest.raises(ValueError, match=words):
        read_scenario(source)


@pytest.mark.slow
async def test_the_example_is_one_for_a_whole_morning(autojump_clock: object) -> None:
    """Whoever trades, and comes back, meets all of it."""
    scenario = read_scenario(str(ROOT / "examples" / "bad_morning.py"))
    start = datetime(2026, 1, 15, 14, 25, tzinfo=UTC)
    codes: set[int] = set()
    async with open_simulator(start=start, hours=exchange_hours, scenario=scenario) as simulator:
        while simulator.now() < start.timestamp() + 2 * 3600:
            try:
                async with open_tws(stream=simulator.open_stream(), client_id=1) as tws:
                    with trio.move_on_at(2 * 3600):
                        await trade_and_listen(tws, codes)
            except (ConnectFailed, ConnectionLost):
                await trio.sleep(5)

    assert not scenario.unfired
    assert codes >= {1100, 1101, 1102, 2105, 2106}


async def trade_and_listen(tws: TWS, codes: set[int]) -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(listen, tws, codes)
        while True:
            for quantity in (10, 10, 2_000):
                await tws.place_order(Stock("AAPL"), MarketOrder("BUY", quantity))
            await trio.sleep(300)


async def listen(tws: TWS, codes: set[int]) -> None:
    async for event in tws.events:
        if isinstance(event, Notice):
            codes.add(event.code)


# Rules ............................................................................................


@pytest.mark.parametrize(
    "text",
    [
        "at(60).lose_ib(30)",
        "at('10:00').halt('AAPL', seconds=300)",
        "at(5).gap('ES', -2.5)",
        "at(5).lose_farm(Farm.HISTORICAL, seconds=60)",
        "at(0).compete()",
        "on(PlaceOrder, nth=2).reject(201, 'no')",
        "on(PlaceOrder).fill(Decimal('30'), 150.0)",
        "on(ReqIds, ReqCurrentTime, client_id=5).drop()",
        "before(ExecutionData).delay(3)",
        "after(OrderStatus, nth=1).lose_connection(after=1.5)",
    ],
)
def test_a_rule_is_what_it_says(text: str) -> None:
    written = text.replace("Decimal('30')", "30").replace("'", '"')

    assert str(read_rule(f" {written} ")) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", r"^'' is no Python: .*; a rule is written at\(60\).lose_ib\(30\): at, on, "),
        ("at(60) lose_ib", "is no Python: invalid syntax; a rule is written"),
        ("at(60)", r"^'at\(60\)': a rule is written at\(60\).lose_ib\(30\)"),
        ("scenario.at(60).halt('ES')", "a rule is written"),
        ("restart()", "a rule is written"),
        ("in_(60).restart()", "a rule is written"),
        ("at(60).stop()", r"at\(\) goes with compete, do, gap, .*, and not with stop$"),
        ("at(60)._rule()", "and not with _rule"),
        ("at(60).halt()", "missing 1 required positional argument: 'symbol'"),
        ("at(60).halt('ES', 5)", "takes 2 positional arguments but 3 were given"),
        ("at('ten').restart()", r"at\('ten'\) is no time of day; write 10:00"),
        ("at(60).restart(after=-1)", "'after' must be >= 0: -1"),
        ("on(PlaceOrdr).drop()", "PlaceOrdr is no message and no farm"),
        ("at(60).lose_farm(Farm.ANIMAL)", "Farm.ANIMAL is no message and no farm"),
        ("on(OrderStatus).drop()", r"use before\(OrderStatus\) or after\(OrderStatus\)"),
        ("on(PlaceOrder, where=lambda _: True).drop()", "needs a file, and --scenario"),
        ("at(60).do(print('x'))", r"print\('x'\) needs a file, and --scenario"),
    ],
)
def test_what_is_no_rule_is_said(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_rule(text)
