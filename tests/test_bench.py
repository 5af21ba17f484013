import json
import subprocess
import sys
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from bench import growth, harness, micro, plot, report, server
from bench.clients import floor, ours
from bench.clients.measure import Meter, Runner, Task, spread
from bench.environments import Absent, prepare
from bench.guard import PATHS, Path, slow
from bench.scenarios import CLIENT_BY_NAME, CLIENTS, LINES, OURS, SCENARIOS, Scenario, takes_part
from tests.programs import ROOT
from trio_tws import ReqHistoricalData, TickPrice

pytestmark = pytest.mark.no_cover

SMALL = {
    "history": (20, 50),
    "history-default": (20, 50),
    "fan-out": (4 * LINES, 5 * LINES),
    "fairness": (400, 4_000),
}
"""How much of each kind is sent first, and then, if not this much."""

RUNNERS: Mapping[str, Mapping[str, Runner]] = {OURS: ours.RUNNERS, "floor": floor.RUNNERS}

RUNS = [
    pytest.param(
        scenario,
        name,
        id=f"{scenario.name} {name}",
        marks=[pytest.mark.slow] if scenario.kind == "fan-out" else [],
    )
    for name in RUNNERS
    for scenario in SCENARIOS
    if takes_part(CLIENT_BY_NAME[name], scenario) and scenario.kind != "import"
]


@contextmanager
def serving(scenario: Scenario) -> Iterator[Task]:
    """The server in a thread of this process."""
    warm, count = SMALL.get(scenario.kind, (9, 12))
    script = server.Script(scenario.kind, scenario.server_version, warm, count)
    clients = warm + count if scenario.kind == "connect" else 1
    with server.listen() as listener:
        thread = threading.Thread(
            target=server.serve, args=(listener, script, clients), daemon=True
        )
        thread.start()
        yield Task(listener.getsockname()[1], warm, count)
        thread.join(10)
    assert not thread.is_alive()


@pytest.mark.parametrize(("scenario", "client"), RUNS)
def test_a_scenario_runs_with(scenario: Scenario, client: str) -> None:
    with serving(scenario) as task:
        found = RUNNERS[client][scenario.kind](task)

    assert set(scenario.metrics) <= set(found)
    assert all(found[metric] > 0 for metric in scenario.metrics)


def test_each_client_has_a_runner_for_what_it_takes_part_in() -> None:
    for client in CLIENTS:
        path = ROOT / "bench" / "clients" / client.runner
        path = path if path.suffix else path.with_suffix(".py")
        assert path.exists()
        assert bool(client.imports) == ("import" in client.kinds)
    for name, runners in RUNNERS.items():
        assert CLIENT_BY_NAME[name].kinds - {"import"} == set(runners)


@pytest.mark.slow
def test_clients_run_in_turn_in_processes_of_their_own() -> None:
    quick = [
        Scenario("ticks", "ticks", 176, 60, 30, 10, ("cpu_us", "wall_us"), ""),
        Scenario("import", "import", 176, 1, 1, 1, ("cpu_ms", "peak_mib"), ""),
    ]
    clients = [CLIENT_BY_NAME[name] for name in (OURS, "floor")]
    environments = {client: prepare(client, install=False) for client in clients}
    told: list[harness.Run] = []

    runs = harness.run_all(quick, environments, turns=1, quick=True, tell=told.append)

    assert runs == told
    assert [(run.scenario, run.client, run.failure) for run in runs] == [
        ("ticks", OURS, ""),
        ("ticks", "floor", ""),
        ("import", OURS, ""),
        ("import", "floor", ""),
    ]
    assert all(metric in run.found for run in runs[2:] for metric in quick[1].metrics)


def test_a_run_that_fails_says_why() -> None:
    environment = prepare(CLIENT_BY_NAME[OURS], install=False)
    failing = [sys.executable, "-c", "raise TypeError('no')"]

    assert harness._run(failing, environment) == ({}, "TypeError: no")
    assert harness._run_some(failing, environment, 2) == ({}, "TypeError: no")


def test_a_run_of_some_processes_gives_the_least(tmp_path: Any) -> None:
    environment = prepare(CLIENT_BY_NAME[OURS], install=False)
    log = tmp_path / "starts"
    code = f"log = open({str(log)!r}, 'a'); log.write('1')\nprint('{{\"a\": %d}}' % log.tell())"

    assert harness._run_some([sys.executable, "-c", code], environment, 3) == ({"a": 1}, "")
    assert log.read_text(encoding="utf-8") == "111"


def test_a_client_that_is_not_installed_is_absent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setattr("bench.environments.FOLDER", tmp_path)

    with pytest.raises(Absent, match="ib_insync is not installed"):
        prepare(CLIENT_BY_NAME["ib_insync"], install=False)


# The report ......................................................................................


def results(*runs: tuple[str, str, int, float]) -> report.Results:
    """Results of the first metric of some scenarios."""
    metric = {scenario.name: scenario.metrics[0] for scenario in SCENARIOS}
    return {
        "date": "2026-01-15",
        "quick": False,
        "turns": 2,
        "machine": {"system": "Linux", "processor": "one", "cores": "2"},
        "versions": {client: {"Python": "3.11.7"} for _, client, _, _ in runs},
        "absent": {"ib_insync": "pip could not install ib_insync"},
        "runs": [
            {
                "scenario": scenario,
                "client": client,
                "turn": turn,
                "count": 10,
                "found": {metric[scenario]: value},
                "failure": "",
            }
            for scenario, client, turn, value in runs
        ],
    }


MEASURED = results(
    ("ticks text", OURS, 0, 2.0),
    ("ticks text", "ib_async", 0, 6.0),
    ("ticks text", OURS, 1, 4.0),
    ("ticks text", "ib_async", 1, 20.0),
    ("idle", OURS, 0, 12.0),
)


def test_ratios_are_those_of_one_turn() -> None:
    figure = report.figure(MEASURED, "ticks text", "ib_async", "cpu_us")

    assert figure == report.Figure(middle=13.0, least=6.0, ratio=4.0)
    assert str(figure) == "13 [6] ×4.00"


def test_a_summary_names_numbers_aims_and_who_is_absent() -> None:
    text = report.summary(MEASURED)

    assert "| ticks text, process time in µs | 3 [2] | 13 [6] ×4.00 |" in text
    assert "| ticks text: ib_async takes at least 2.5 times as much | 4.00 times | yes |" in text
    assert "| idle: below 10 KiB | 12.0 KiB | no |" in text
    assert "**ib_insync**: absent (pip could not install ib_insync)" in text


def test_what_failed_is_said() -> None:
    failed = dict(MEASURED)
    failed["runs"] = [{**MEASURED["runs"][0], "found": {}, "failure": "no end"}]

    assert report.failures(failed) == ["ticks text, trio_tws: no end"]
    assert "- ticks text, trio_tws: no end" in report.summary(failed)


def test_a_page_gets_new_results_in_place_of_old_ones() -> None:
    page = report.PAGE.read_text(encoding="utf-8")

    grown = {"backlog": {1: 2.5, 10: 2.25}}

    once = report.published(page, MEASURED, grown)

    assert "13 [6] ×4.00" in once
    assert "| events that wait in the stream | 2.50 | 2.25 |" in once
    assert report.published(once, MEASURED, grown) == once
    assert once.startswith(page.partition("<!-- measured")[0])
    assert once.endswith(page.partition("<!-- end of what")[2])


def test_results_survive_as_json() -> None:
    assert json.loads(json.dumps(MEASURED)) == MEASURED


def test_a_picture_has_a_dot_for_each_ratio() -> None:
    root = ET.fromstring(report.picture(MEASURED))

    titles = [title.text for title in root.iter("{http://www.w3.org/2000/svg}title")]
    assert titles == ["trio_tws ×1.00", "ib_async ×4.00"]


def test_a_picture_of_nothing_can_be_drawn() -> None:
    ET.fromstring(plot.draw([], ["one"]))


# What grows ......................................................................................


def test_each_thing_that_may_grow_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.growth.MESSAGES", 50)
    monkeypatch.setattr("bench.growth.TURNS", 1)

    found = growth.measure_all([1, 3])

    assert found.keys() == growth.AXES.keys()
    assert all(set(costs) == {1, 3} and min(costs.values()) > 0 for costs in found.values())


def test_all_of_a_legend_is_inside_of_the_picture() -> None:
    names = [words for words, _ in growth.AXES.values()]
    root = ET.fromstring(plot.draw_growth({name: {1: 2.0} for name in names}))

    width = int(root.attrib["viewBox"].split()[2])
    legend = {text.text: text for text in root.iter("{http://www.w3.org/2000/svg}text")}
    ends = {name: int(legend[name].attrib["x"]) + 7 * len(name) for name in names}
    assert max(ends.values()) <= width, ends


def test_what_grows_is_drawn_from_zero_up() -> None:
    root = ET.fromstring(plot.draw_growth({"one": {1: 2.0, 10: 4.0}, "two": {1: 1.0, 10: 1.0}}))

    titles = [title.text for title in root.iter("{http://www.w3.org/2000/svg}title")]
    assert titles == ["one, 1: 2.00 µs", "one, 10: 4.00 µs", "two, 1: 1.00 µs", "two, 10: 1.00 µs"]
    heights = [
        float(circle.attrib["cy"]) for circle in root.iter("{http://www.w3.org/2000/svg}circle")
    ]
    assert heights[2:] == [170.0, 60.0, 225.0, 225.0]


# The guard, and single readers and writers .......................................................


@pytest.mark.slow
def test_no_hot_path_has_become_slower() -> None:
    """In a process of its own: measuring coverage would slow our code and not the reference."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.guard"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=100,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_guard_names_what_is_slow(capsys: pytest.CaptureFixture[str]) -> None:
    (path,) = [path for path in PATHS if path.name == "split frames"]
    strict = Path(path.name, path.make, path.events, 0.0)

    assert slow([strict], tries=1)[0].startswith("split frames takes ")
    assert slow([Path(path.name, path.make, path.events, 1e6)], tries=1) == []


@pytest.mark.slow
@pytest.mark.parametrize("cls", [TickPrice, ReqHistoricalData])
def test_single_readers_and_writers_are_timed(cls: type) -> None:
    found = micro.timings(cls, tries=1, turns=1)

    assert [(one.server_version, one.direction) for one in found] == [
        (176, "read"),
        (176, "write"),
        (226, "read"),
        (226, "write"),
    ]
    assert all(one.microseconds > 0 for one in found)
    assert all(one.first > 0 for one in found)
    assert cls.__name__ in str(found[0])


def test_times_are_spread() -> None:
    found = spread([at / 1e6 for at in range(1, 101)])

    assert {name: round(value) for name, value in found.items()} == {
        "p50_us": 51,
        "p99_us": 100,
        "max_us": 100,
    }
    assert set(Meter().each(1)) == {"cpu_us", "wall_us"}
