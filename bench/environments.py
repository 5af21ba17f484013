"""An environment for each client, so that none has to live with what another one needs.

They are kept in ``.bench`` at the project's root. A client that can't be had is `Absent`, and the
results say so.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.scenarios import Client

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = ROOT / ".bench"

_VERSIONS: Final = """
import importlib.metadata as m, json, platform, sys
found = {"Python": platform.python_version()}
for name in sys.argv[1:]:
    try:
        found[name] = m.version(name)
    except m.PackageNotFoundError:
        pass
print(json.dumps(found))
"""
_BESIDE: Final = ("trio", "attrs", "protobuf")
"""Packages whose version matters to those who use them."""


class Absent(Exception):
    """A client can't be measured here; the words say why."""


@dataclass(frozen=True)
class Environment:
    """How a client is started.

    Attributes:
        program: What comes before the script or module.
        variables: What is added to the environment.
        versions: What is installed, by name.
    """

    program: tuple[str, ...]
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    versions: Mapping[str, str] = field(default_factory=dict[str, str])

    def variables_of_child(self) -> dict[str, str]:
        """Gives all variables of a process; in it modules stay compiled, as they do for users."""
        return {**os.environ, "PYTHONDONTWRITEBYTECODE": "", **self.variables}


def prepare(client: Client, *, install: bool) -> Environment:
    """Gives a client's environment, and makes it first if it is to be installed.

    Raises:
        Absent: It is not there.
    """
    if not client.package:
        return Environment((sys.executable,), versions=_versions(sys.executable, "trio-tws"))
    folder = FOLDER / client.package.strip("@").replace("/", "-")
    if client.runner.endswith(".js"):
        return _prepare_node(client, folder, install=install)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if install and not _has(python, client):
        venv.create(folder, clear=True, with_pip=True)
        _run_installer(client, "pip", str(python), "-m", "pip", "install", "-q", client.package)
    if not _has(python, client):
        raise Absent(f"{client.package} is not installed: run with --install")
    return Environment((str(python),), versions=_versions(str(python), client.package))


def machine() -> dict[str, str]:
    """Describes where the numbers come from."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = info.read_text(encoding="utf-8").splitlines()
        names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
        model = names[0] if names else model
    return {"system": platform.system(), "processor": model, "cores": str(os.cpu_count())}


def _has(python: Path, client: Client) -> bool:
    return python.exists() and client.package in _versions(str(python), client.package)


def _prepare_node(client: Client, folder: Path, *, install: bool) -> Environment:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise Absent("there is no Node.js with npm")
    package = folder / "node_modules" / client.package / "package.json"
    if install and not package.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _run_installer(
            client, "npm", npm, "install", "--silent", "--prefix", str(folder), client.package
        )
    if not package.exists():
        raise Absent(f"{client.package} is not installed: run with --install")
    version = subprocess.run(  # noqa: S603 - the node that the user has
        [node, "--version"], check=True, capture_output=True, encoding="utf-8"
    )
    described = json.loads(package.read_text(encoding="utf-8"))
    versions = {
        "Node.js": version.stdout.strip().removeprefix("v"),
        client.package: str(described["version"]),
    }
    return Environment((node,), {"NODE_PATH": str(folder / "node_modules")}, versions)


def _run_installer(client: Client, name: str, *command: str) -> None:
    print(f"installing {client.package}", file=sys.stderr, flush=True)
    done = subprocess.run(command, check=False)  # noqa: S603 - the names stand in scenarios.py
    if done.returncode:
        raise Absent(f"{name} could not install {client.package}")


def _versions(python: str, package: str) -> dict[str, str]:
    done = subprocess.run(  # noqa: S603 - a Python of ours
        [python, "-c", _VERSIONS, package, *_BESIDE],
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    return dict(json.loads(done.stdout))
