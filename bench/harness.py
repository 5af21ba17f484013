"""Runs clients in turn, each in a process of its own, against a server in another one."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Final

from bench.environments import ROOT, Environment
from bench.scenarios import Client, Scenario, takes_part

PATIENCE: Final = 300.0
"""Seconds until a run counts as hanging; the longest takes some ten."""

_IMPORT_PYTHON: Final = """
import json, re, time
began = time.process_time()
{imports}
took = time.process_time() - began
try:
    with open("/proc/self/status") as status:
        peak = int(re.search(r"VmHWM:\\s+(\\d+)", status.read())[1]) / 1024
except OSError:
    import resource, sys
    unit = 1024 if sys.platform == "darwin" else 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit / 1024
print(json.dumps({{"cpu_ms": took * 1e3, "peak_mib": peak}}))
"""
# getrusage comes second, because under Linux a new process takes its parent's peak over.

_IMPORT_NODE: Final = """
const began = process.cpuUsage();
{imports};
const {{user, system}} = process.cpuUsage(began);
console.log(JSON.stringify(
    {{cpu_ms: (user + system) / 1e3, peak_mib: process.resourceUsage().maxRSS / 1024}}));
"""


@dataclass(frozen=True)
class Run:
    """What one process found.

    Attributes:
        count: How many messages, or what the scenario counts, were measured.
        found: The metrics by name; empty if it failed.
        failure: Why there are none.
    """

    scenario: str
    client: str
    turn: int
    count: int
    found: Mapping[str, float]
    failure: str = ""


Tell = Callable[[Run], None]
"""Is told of each run when it is over."""


def run_all(
    scenarios: Iterable[Scenario],
    environments: Mapping[Client, Environment],
    *,
    turns: int,
    quick: bool,
    tell: Tell,
) -> list[Run]:
    """Runs each scenario with each client that takes part, A B C A B C.

    A core is left to the server, so that it never takes a turn from the client; where a platform
    can't tell cores apart, or there is one only, all share what there is.
    """
    with _core_for_servers() as servers:
        return _run_each(scenarios, environments, turns, servers, quick=quick, tell=tell)


@contextmanager
def _core_for_servers() -> Iterator[set[int]]:
    """Keeps this process and its children away from one core, which it gives; from none if not."""
    if sys.platform == "linux" and len(cores := os.sched_getaffinity(0)) > 1:
        servers = {max(cores)}
        os.sched_setaffinity(0, cores - servers)
        try:
            yield servers
        finally:
            os.sched_setaffinity(0, cores)
    else:
        yield set()


def _run_each(
    scenarios: Iterable[Scenario],
    environments: Mapping[Client, Environment],
    turns: int,
    servers: set[int],
    *,
    quick: bool,
    tell: Tell,
) -> list[Run]:
    runs: list[Run] = []
    for scenario in scenarios:
        clients = [client for client in environments if takes_part(client, scenario)]
        counts = {client: scenario.size(client.name, quick=quick) for client in clients}
        with ExitStack() as stack:
            ports = {
                count: stack.enter_context(_started(scenario, count, servers))
                for count in sorted(set(counts.values()))
            }
            commands = {
                client: _command(scenario, client, environments[client], ports[count], count)
                for client, count in counts.items()
            }
            if scenario.kind == "import":  # so that all find their modules compiled
                for client, command in commands.items():
                    _run(command, environments[client])
            for turn in range(turns):
                for client, count in counts.items():
                    processes = count if scenario.kind == "import" else 1
                    run = _run_some(commands[client], environments[client], processes)
                    runs.append(Run(scenario.name, client.name, turn, count, *run))
                    tell(runs[-1])
    return runs


@contextmanager
def _started(scenario: Scenario, count: int, cores: set[int]) -> Iterator[int]:
    """Starts a server, which keeps what it has made for the next client; gives its port."""
    if scenario.kind == "import":
        yield 0
        return
    numbers = (scenario.server_version, scenario.warm, count)
    with subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "bench.server", scenario.kind, *map(str, numbers)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        if sys.platform == "linux" and cores:
            os.sched_setaffinity(process.pid, cores)
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def _command(
    scenario: Scenario, client: Client, environment: Environment, port: int, count: int
) -> list[str]:
    is_node = client.runner.endswith(".js")
    if scenario.kind == "import":
        script = _IMPORT_NODE if is_node else _IMPORT_PYTHON
        option = "-e" if is_node else "-c"
        return [*environment.program, option, script.format(imports=client.imports)]
    runner = (
        [str(ROOT / "bench" / "clients" / client.runner)]
        if is_node
        else ["-m", f"bench.clients.{client.runner}"]
    )
    numbers = (port, scenario.warm, count)
    return [*environment.program, *runner, scenario.kind, *map(str, numbers)]


def _run_some(
    command: Sequence[str], environment: Environment, processes: int
) -> tuple[dict[str, float], str]:
    """Runs some processes of one kind; gives the least that they found, or why there is nothing.

    In the second that most scenarios take, a slow moment of the machine is one of many. An import
    is over in a fifth of one, and such moments only ever add to it.
    """
    found = list[dict[str, float]]()
    for _ in range(processes):
        each, failure = _run(command, environment)
        if failure:
            return {}, failure
        found.append(each)
    return {metric: min(each[metric] for each in found) for metric in found[0]}, ""


def _run(command: Sequence[str], environment: Environment) -> tuple[dict[str, float], str]:
    """Runs a process; gives what it found, or why it did not."""
    try:
        done = subprocess.run(  # noqa: S603 - our own scripts
            command,
            cwd=ROOT,
            env=environment.variables_of_child(),
            check=False,
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        return {}, f"no end within {PATIENCE:g} s"
    if done.returncode:
        words = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
        return {}, words[-1]
    found: Any = json.loads(done.stdout.strip().splitlines()[-1])
    return dict(found), ""
