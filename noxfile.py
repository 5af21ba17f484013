"""Every check of the project, each in an environment of its own: `nox`, or `nox -s tests`.

Arguments after `--` go to the tool: `nox -s tests -- -k handshake`. With `--parallel auto` the
sessions that keep one core busy run side by side; those that run tests take all cores, one session
after the other.
"""

import shutil

import nox

nox.needs_version = ">=2026.10.20"
nox.options.default_venv_backend = "virtualenv"
nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_missing_interpreters = False
nox.options.sessions = [
    "lint",
    "format_check",
    "mypy",
    "pyright",
    "docs",
    "tests",
    "conformance",
    "wide",
]

PYPROJECT = nox.project.load_toml("pyproject.toml")

SIDE_BY_SIDE = ["--numprocesses", "auto", "--dist", "worksteal"]
"""A process for each core; pass `-- -n 0` for one that a debugger can be attached to.

Each begins with a stretch of its own: what a module sets up, and what is compiled for a server
version, is there for the next test. Who is done first takes over from the others.
"""


def install(session: nox.Session, group: str, *, package: bool = True) -> None:
    """Install a dependency group, and the package in place unless the session can do without."""
    ours = ["--editable", ".[all]"] if package else []
    # Bytecode is made as modules are imported; making it of all that pandas and pyarrow have took
    # longer than the rest of an installation.
    session.install("--no-compile", *ours, *nox.project.dependency_groups(PYPROJECT, group))


@nox.session(allow_parallel=True)
def lint(session: nox.Session) -> None:
    """Ask ruff for what it finds suspicious."""
    install(session, "lint", package=False)
    session.run("ruff", "check", *session.posargs)


@nox.session(allow_parallel=True)
def format_check(session: nox.Session) -> None:
    """Check that `ruff format` would change nothing."""
    install(session, "lint", package=False)
    session.run("ruff", "format", "--check", *session.posargs)


@nox.session(allow_parallel=True)
def mypy(session: nox.Session) -> None:
    """Check types, strictly."""
    install(session, "types")
    session.run("mypy", *session.posargs)


@nox.session(allow_parallel=True)
def pyright(session: nox.Session) -> None:
    """Check types again: editors see the package through these eyes."""
    install(session, "types")
    quiet = {"PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"}  # no look-up of newer versions
    session.run("pyright", *session.posargs, env=quiet)


@nox.session(allow_parallel=True)
def docs(session: nox.Session) -> None:
    """Build the pages, every warning an error; their programs are run by the tests."""
    install(session, "docs")
    # -E: a page that was read before would keep its warnings to itself.
    session.run("sphinx-build", "-E", "-n", "-W", "-q", "docs", "docs/_build/html")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests that need no one else's client."""
    install(session, "tests")
    session.run("pytest", *SIDE_BY_SIDE, "--ignore=tests/conformance", *session.posargs)


@nox.session
def coverage(session: nox.Session) -> None:
    """Run them again to see that no line and no branch is missed, in twice the time."""
    install(session, "tests")
    counted = ["--cov", "--cov-report=term-missing:skip-covered", "--cov-fail-under=100"]
    session.run("pytest", *SIDE_BY_SIDE, *counted, "--ignore=tests/conformance", *session.posargs)


def install_other_clients(session: nox.Session) -> None:
    """Install the clients that we are compared with; the one in JavaScript only if there is npm."""
    install(session, "conformance")
    if shutil.which("npm") is not None:
        where = ["--prefix", "tests/conformance/days", "--no-package-lock"]
        session.run("npm", "install", *where, external=True)


@nox.session
def conformance(session: nox.Session) -> None:
    """Compare us with other clients, on a sample of server versions."""
    install_other_clients(session)
    session.run("pytest", *SIDE_BY_SIDE, "tests/conformance", *session.posargs)


@nox.session
def wide(session: nox.Session) -> None:
    """Run what sweeps every server version, other clients included."""
    install_other_clients(session)
    session.run("pytest", *SIDE_BY_SIDE, "-m", "wide", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure us and other clients side by side; `-- --quick` takes some minutes."""
    install(session, "tests")
    session.run("python", "-m", "bench", "--install", *session.posargs)
    if not session.posargs:
        session.run("python", "-m", "bench.growth")


@nox.session
def changelog(session: nox.Session) -> None:
    """Show what the next release will say of itself; `-- --yes` writes it into CHANGELOG.md."""
    install(session, "release")
    session.run("towncrier", "build", *(session.posargs or ["--draft"]))
