import pytest
from typer.testing import CliRunner

from tests.served import served
from trio_tws import _versions as v
from trio_tws._cli import app
from trio_tws.testing import Faults, Stage

pytestmark = pytest.mark.slow


def test_all_is_well() -> None:
    with served() as port:
        done = CliRunner().invoke(app, ["doctor", "--port", str(port), "--client-id", "3"])

    assert done.exit_code == 0
    assert f"Examining TWS at 127.0.0.1:{port}, as client 3" in done.stdout
    assert done.stdout.count("  ok ") == 8
    assert "A program has all it needs here." in done.stdout


def test_an_old_server_will_do() -> None:
    with served(server_version=v.MIN_SERVER_VERSION) as port:
        done = CliRunner().invoke(app, ["doctor", "--port", str(port)])

    assert done.exit_code == 0
    assert f"{v.MIN_SERVER_VERSION}, all in text; too old for" in done.stdout


def test_what_is_wrong_is_told_with_what_to_do() -> None:
    with served(faults=Faults(silent_after=Stage.HELLO)) as port:
        done = CliRunner().invoke(app, ["doctor", "--port", str(port), "--timeout", "0.2"])

    assert done.exit_code == 1
    assert "failed   server version" in done.stdout
    assert "Look at the TWS window" in done.stdout
    assert done.stdout.count("skipped") == 6
    assert "A program can't work with this TWS as it is." in done.stdout


@pytest.mark.parametrize("width", [60, 80, 120])
def test_it_keeps_to_the_width_of_the_terminal(width: int) -> None:
    with served() as port:
        done = CliRunner().invoke(app, ["doctor", "--port", str(port)], env={"COLUMNS": str(width)})

    assert max(map(len, done.stdout.splitlines())) <= width
