"""The plugin for pytest: a simulated TWS, a session with it and a scenario, as fixtures.

It comes with ``trio_tws[testing]`` and needs no configuration: a test is an async function that
asks for one of the fixtures, and it runs in virtual time. A test with a clock of its own, such as
pytest-trio's ``mock_clock``, keeps it; ``@pytest.mark.trio(run=trio.run)`` makes it real time, as a
test needs that talks to the simulated TWS over TCP.

This is a module of its own, beside the package, because pytest imports it at every start, whatever
is tested: trio_tws is imported when the first fixture asks for it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any, Final, TypeVar

import pytest

if TYPE_CHECKING:
    from trio.abc import Clock, Instrument

    from trio_tws import TWS
    from trio_tws.testing import Scenario, Simulator

T = TypeVar("T")

START: Final = datetime(2026, 1, 15, 14, 30, tzinfo=UTC)
"""When simulated time begins unless a test says otherwise: a Thursday, 09:30 in New York."""

_FIXTURES: Final = frozenset({"tws_simulator", "tws"})

_MARKERS: Final = (
    "server_version(*versions): the server version of the simulated TWS, one test run for each",
    "tws_options(**options): arguments for trio_tws.testing.open_simulator",
)


def pytest_configure(config: pytest.Config) -> None:
    for line in _MARKERS:
        config.addinivalue_line("markers", line)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Has a test with one of the fixtures run by pytest-trio, in virtual time."""
    fixtures = getattr(item, "fixturenames", ())
    if _FIXTURES.isdisjoint(fixtures) or not iscoroutinefunction(getattr(item, "obj", None)):
        return
    if not item.config.pluginmanager.has_plugin("trio"):
        raise pytest.UsageError(f"{item.nodeid} needs pytest-trio: pip install trio-tws[testing]")
    if not any("run" in mark.kwargs for mark in item.iter_markers("trio")):
        # In front, because in trio_mode pytest-trio adds one that would run in real time.
        item.add_marker(pytest.mark.trio(run=_run_in_virtual_time), append=False)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Runs a test once for each of the server versions that it names."""
    marker = metafunc.definition.get_closest_marker("server_version")
    if marker is not None and "tws_server_version" in metafunc.fixturenames:
        metafunc.parametrize("tws_server_version", marker.args)


def _run_in_virtual_time(
    main: Callable[[], Awaitable[T]],
    *,
    clock: Clock | None = None,
    instruments: Sequence[Instrument] = (),
) -> T:
    import trio
    from trio.testing import MockClock

    clock = clock or MockClock(autojump_threshold=0)
    return trio.run(main, clock=clock, instruments=instruments)


@pytest.fixture
def tws_server_version() -> int | None:
    """The server version with which the test is marked; None for the newest."""
    return None


@pytest.fixture
def tws_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The arguments of `open_simulator`: from the marks of the module, the class, the test.

    A fixture of the same name in a test module or a conftest.py takes its place.
    """
    options: dict[str, Any] = {"start": START}
    for marker in reversed([*request.node.iter_markers("tws_options")]):
        options |= marker.kwargs
    return options


@pytest.fixture
def scenario() -> Scenario:
    """What happens to the simulated TWS: nothing, until the test adds rules."""
    from trio_tws.testing import Scenario

    return Scenario()


@pytest.fixture
async def tws_simulator(
    tws_options: dict[str, Any], tws_server_version: int | None, scenario: Scenario
) -> AsyncIterator[Simulator]:
    """A simulated TWS, which plays the scenario."""
    from trio_tws.testing import open_simulator

    options: dict[str, Any] = {"scenario": scenario, **tws_options}
    if tws_server_version is not None:
        options["server_version"] = tws_server_version
    async with open_simulator(**options) as simulator:
        yield simulator


@pytest.fixture
async def tws(tws_simulator: Simulator) -> AsyncIterator[TWS]:
    """A session with the simulated TWS, as client 1.

    If its connection is lost the test is cancelled, and fails with `ConnectionLost`. A test of what
    a program does then opens its own session, with ``tws_simulator.open_stream()``.
    """
    from trio_tws import open_tws

    async with open_tws(stream=tws_simulator.open_stream(), client_id=1) as session:
        yield session
