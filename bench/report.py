"""Makes a table, a list of aims and a plot of the numbers that `bench` has found.

``python -m bench.report`` writes them into ``docs/performance.md`` and its picture.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from bench import growth
from bench.environments import FOLDER, ROOT
from bench.plot import Dot, draw, draw_growth
from bench.scenarios import BY_NAME, CLIENTS, OURS, SCENARIOS, Scenario

RESULTS: Final = FOLDER / "results.json"
PAGE: Final = ROOT / "docs" / "performance.md"
PICTURE: Final = ROOT / "docs" / "performance.svg"
GROWTH_PICTURE: Final = ROOT / "docs" / "growth.svg"

_BEGIN: Final = "<!-- measured: python -m bench.report -->\n"
_END: Final = "<!-- end of what was measured -->\n"

Results = Mapping[str, Any]
"""What ``results.json`` holds."""

_UNITS: Final = {"us": "µs", "ms": "ms", "kib": "KiB", "mib": "MiB"}
_WORDS: Final = {
    "cpu": "process time",
    "wall": "elapsed time",
    "p50": "median",
    "p99": "99th percentile",
    "max": "longest",
    "heap": "memory",
    "peak": "largest size of the process",
}


@dataclass(frozen=True)
class Aim:
    """How a client should compare with ours.

    Attributes:
        factor: What theirs takes, divided by what ours takes, has to be this much or more.
    """

    scenario: str
    client: str
    factor: float


AIMS: Final = (
    *(Aim(f"{kind} text", "floor", 1 / 1.3) for kind in ("ticks", "tick-by-tick")),
    *(Aim(f"{kind} text", "ib_async", 2.5) for kind in ("ticks", "tick-by-tick")),
    *(Aim(f"{kind} text", "ibapi", 5.0) for kind in ("ticks", "tick-by-tick")),
    *(Aim(f"{kind} text", "@stoqey/ib", 1.0) for kind in ("ticks", "tick-by-tick")),
    *(Aim(f"{kind} protobuf", "ibapi", 4.0) for kind in ("ticks", "tick-by-tick")),
    Aim("history default", "ib_async", 3.0),
    Aim("history text", "ibapi", 1.5),
    Aim("history protobuf", "ibapi", 1.0),
    Aim("orders text", "ib_async", 8.0),
    Aim("orders text", "ibapi", 4.0),
    Aim("orders text", "@stoqey/ib", 1.0),
    Aim("ping", "ib_async", 1.0),
    Aim("paced", "ib_async", 1.0),
    *(Aim("connect", client, 1.0) for client in ("ibapi", "ib_async")),
    Aim("import", "floor", 1 / 1.5),
)

IDLE_KIB: Final = 10.0
"""What an idle stream may take."""
LATEST_MS: Final = 3.0
"""How late 99 of 100 heartbeats of another task may be at most."""
MEMORY: Final = 1.5
"""What 100,000 bars may take, of what they take with IB's client."""
FAN_OUT: Final = 1.3
"""What a tick of one of many lines may cost, of what it does on the only one."""


@dataclass(frozen=True)
class Figure:
    """One metric of one client in one scenario.

    Attributes:
        middle: The median of all turns.
        least: The smallest of them.
        ratio: This client's number divided by ours of the same turn, the median of these; None if
            ours is not there.
    """

    middle: float
    least: float
    ratio: float | None

    def __str__(self) -> str:
        ratio = "" if self.ratio is None else f" ×{self.ratio:.2f}"
        return f"{self.middle:.3g} [{self.least:.3g}]{ratio}"


def figure(results: Results, scenario: str, client: str, metric: str) -> Figure | None:
    """Gives a metric; None if it was not measured."""
    values = _by_turn(results, scenario, client, metric)
    if not values:
        return None
    ours = _by_turn(results, scenario, OURS, metric)
    ratios = [value / ours[turn] for turn, value in values.items() if ours.get(turn)]
    return Figure(
        median(values.values()),
        min(values.values()),
        median(ratios) if ratios and client != OURS else None,
    )


def failures(results: Results) -> list[str]:
    """Names the runs that ended badly."""
    return [
        f"{run['scenario']}, {run['client']}: {run['failure']}"
        for run in results["runs"]
        if run["failure"]
    ]


def summary(results: Results) -> str:
    """Gives everything as Markdown."""
    parts = [_origin(results), _table(results), _aims(results), _details(results)]
    found = failures(results)
    if found:
        parts.append("Runs that ended badly:\n\n" + "\n".join(f"- {one}" for one in found))
    return "\n\n".join(part for part in parts if part) + "\n"


def _by_turn(results: Results, scenario: str, client: str, metric: str) -> dict[int, float]:
    return {
        int(run["turn"]): float(run["found"][metric])
        for run in results["runs"]
        if (run["scenario"], run["client"]) == (scenario, client) and metric in run["found"]
    }


def _origin(results: Results) -> str:
    machine = results["machine"]
    lines = [
        f"Measured on {results['date']}, {results['turns']} turns"
        + (", with less of everything (`--quick`)" if results["quick"] else "")
        + f", on {machine['system']}, {machine['processor']}, {machine['cores']} cores.",
        "",
    ]
    for client in CLIENTS:
        if client.name in results["absent"]:
            lines.append(f"- **{client.name}**: absent ({results['absent'][client.name]})")
        elif client.name in results["versions"]:
            versions = results["versions"][client.name]
            named = ", ".join(f"{name} {version}" for name, version in versions.items())
            lines.append(f"- **{client.name}**: {client.about} ({named})")
    return "\n".join(lines)


def _table(results: Results) -> str:
    """Compares the first metric of each scenario; less is better everywhere."""
    clients = [one.name for one in CLIENTS if one.name in results["versions"]]
    rows = [
        "Median [minimum] of all turns; × is the median of the ratios to trio_tws in the same",
        "turn. Less is better everywhere.",
        "",
        "| | " + " | ".join(clients) + " |",
        "|---|" + "---|" * len(clients),
    ]
    for scenario in _measured(results):
        metric = scenario.metrics[0]
        cells = [figure(results, scenario.name, client, metric) for client in clients]
        shown = [
            "–" if cell is None else f"{cell}{' ¹' if client in _less(scenario, results) else ''}"
            for client, cell in zip(clients, cells, strict=True)
        ]
        rows.append(f"| {scenario.name}, {_unit(metric)} | " + " | ".join(shown) + " |")
    fewer = [
        f"¹ {client} with {count:,} in {scenario.name}."
        for scenario in _measured(results)
        for client, count in _less(scenario, results).items()
        if client in clients
    ]
    return "\n".join(rows + (["", *fewer] if fewer else []))


def _less(scenario: Scenario, results: Results) -> dict[str, int]:
    """Gives the clients that were given less than others, and how much."""
    count = scenario.quick if results["quick"] else scenario.count
    return {client: fewer for client, fewer in scenario.fewer.items() if fewer < count}


def _aims(results: Results) -> str:
    rows = ["| aim | found | reached |", "|---|---|---|"]
    for aim in AIMS:
        metric = BY_NAME[aim.scenario].metrics[0]
        cell = figure(results, aim.scenario, aim.client, metric)
        if cell is None or cell.ratio is None:
            continue
        is_reached = "yes" if cell.ratio >= aim.factor else "no"
        if aim.factor < 1:
            words = f"at most {1 / aim.factor:.2g} times the floor"
            found = f"{1 / cell.ratio:.2f} times"
        else:
            words = f"{aim.client} takes at least {aim.factor:g} times as much"
            found = f"{cell.ratio:.2f} times"
        rows.append(f"| {aim.scenario}: {words} | {found} | {is_reached} |")
    for words, shown, kept in _limits(results):
        rows.append(f"| {words} | {shown} | {'yes' if kept else 'no'} |")
    return "\n".join(rows) if len(rows) > 2 else ""


def _limits(results: Results) -> Iterator[tuple[str, str, bool]]:
    """Gives the aims that are no ratio to another client in one scenario: words, found, reached."""
    idle = figure(results, "idle", OURS, "heap_kib")
    if idle is not None:
        words = f"idle: below {IDLE_KIB:g} KiB"
        yield words, f"{idle.middle:.1f} KiB", idle.middle < IDLE_KIB
    heart = figure(results, "fairness", OURS, "p99_us")
    if heart is not None:
        words = f"fairness: at most {LATEST_MS:g} ms late"
        yield words, f"{heart.middle / 1e3:.1f} ms", heart.middle <= LATEST_MS * 1e3
    for words, limit, mine, other in (
        (
            f"history text: at most {MEMORY:g} times the memory of ibapi",
            MEMORY,
            figure(results, "history text", OURS, "peak_mib"),
            figure(results, "history text", "ibapi", "peak_mib"),
        ),
        (
            f"fan-out: at most {FAN_OUT:g} times a tick of one line",
            FAN_OUT,
            figure(results, "fan-out", OURS, "cpu_us"),
            figure(results, "ticks text", OURS, "cpu_us"),
        ),
    ):
        if mine is not None and other is not None:
            times = mine.middle / other.middle
            yield words, f"{times:.2f} times", times <= limit


def _details(results: Results) -> str:
    """Gives the other metrics."""
    lines: list[str] = []
    for scenario in _measured(results):
        for metric in scenario.metrics[1:]:
            cells = {
                client.name: figure(results, scenario.name, client.name, metric)
                for client in CLIENTS
            }
            shown = ", ".join(f"{name} {cell}" for name, cell in cells.items() if cell is not None)
            lines.append(f"- {scenario.name}, {_unit(metric)}: {shown}")
    return "The other numbers:\n\n" + "\n".join(lines) if lines else ""


def _measured(results: Results) -> list[Scenario]:
    names = {run["scenario"] for run in results["runs"] if run["found"]}
    return [scenario for scenario in SCENARIOS if scenario.name in names]


def _unit(metric: str) -> str:
    word, unit = metric.rsplit("_", 1)
    return f"{_WORDS[word]} in {_UNITS[unit]}"


def picture(results: Results) -> str:
    """Draws the ratios, as SVG."""
    rows: list[tuple[str, list[Dot]]] = []
    for scenario in _measured(results):
        dots = [Dot(OURS, 1.0)]
        for client in CLIENTS:
            cell = figure(results, scenario.name, client.name, scenario.metrics[0])
            if cell is not None and cell.ratio is not None:
                dots.append(Dot(client.name, cell.ratio))
        if len(dots) > 1:
            rows.append((scenario.name, dots))
    return draw(rows, [client.name for client in CLIENTS])


Growth = Mapping[str, Mapping[int, float]]
"""What `bench.growth` has found."""


def published(page: str, results: Results, grown: Growth) -> str:
    """Gives the page with these results in place of those that it had."""
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    drawn = "![Ratios to trio_tws, by scenario](performance.svg)"
    parts = [drawn, summary(results).rstrip("\n"), *_grown(grown)]
    return f"{before}{_BEGIN}\n" + "\n\n".join(parts) + f"\n\n{_END}{after}"


def _grown(found: Growth) -> list[str]:
    """Says what a message costs the more there is of something else."""
    if not found:
        return []
    return [
        "Process time of one message in microseconds, the more there is of something else:",
        "![The cost of a message, by what grows](growth.svg)",
        growth.table(found),
    ]


def main() -> None:
    """Publishes what was measured last."""
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    grown = growth.read()
    page = published(PAGE.read_text(encoding="utf-8"), results, grown)
    PAGE.write_text(page, encoding="utf-8")
    PICTURE.write_text(picture(results), encoding="utf-8")
    if grown:
        named = {growth.AXES[axis][0]: costs for axis, costs in grown.items()}
        GROWTH_PICTURE.write_text(draw_growth(named), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)} and its pictures are written")


if __name__ == "__main__":
    main()
