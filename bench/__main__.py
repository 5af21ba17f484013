"""Measures this client and others side by side: ``python -m bench --install``, ``--quick``.

It prints a table and keeps the numbers in ``.bench/results.json``; ``python -m bench.report``
writes them into the documentation.
"""

import argparse
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime

from bench.environments import FOLDER, Absent, Environment, machine, prepare
from bench.harness import Run, run_all
from bench.report import RESULTS, failures, summary
from bench.scenarios import BY_NAME, CLIENT_BY_NAME, CLIENTS, SCENARIOS, Client


def main() -> None:
    """Runs what the command line asks for."""
    parser = argparse.ArgumentParser("bench", description=__doc__)
    parser.add_argument("--install", action="store_true", help="install the clients that are not")
    parser.add_argument("--quick", action="store_true", help="less of everything, in two turns")
    parser.add_argument("--turns", type=int, help="how often each client has its turn")
    parser.add_argument("--only", action="append", choices=list(BY_NAME), help="a scenario")
    parser.add_argument("--client", action="append", choices=list(CLIENT_BY_NAME))
    arguments = parser.parse_args()
    chosen = [one for one in CLIENTS if one.name in (arguments.client or CLIENT_BY_NAME)]
    environments, absent = find(chosen, install=arguments.install)
    turns = arguments.turns or (2 if arguments.quick else 5)
    runs = run_all(
        [scenario for scenario in SCENARIOS if scenario.name in (arguments.only or BY_NAME)],
        environments,
        turns=turns,
        quick=arguments.quick,
        tell=tell,
    )
    results = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "quick": arguments.quick,
        "turns": turns,
        "machine": machine(),
        "versions": {client.name: dict(found.versions) for client, found in environments.items()},
        "absent": absent,
        "runs": [asdict(run) for run in runs],
    }
    FOLDER.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1), encoding="utf-8")
    print(summary(results))
    sys.exit(1 if failures(results) else 0)


def find(
    clients: list[Client], *, install: bool
) -> tuple[dict[Client, Environment], dict[str, str]]:
    """Gives the environments of those that are there, and why the others are not."""
    found: dict[Client, Environment] = {}
    absent: dict[str, str] = {}
    for client in clients:
        try:
            found[client] = prepare(client, install=install)
        except Absent as reason:
            absent[client.name] = str(reason)
            print(f"{client.name} is absent: {reason}", file=sys.stderr)
    return found, absent


def tell(run: Run) -> None:
    """Shows how far it is."""
    words = run.failure or ", ".join(f"{name} {value:.4g}" for name, value in run.found.items())
    print(f"{run.turn + 1} {run.scenario:22} {run.client:18} {words}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
