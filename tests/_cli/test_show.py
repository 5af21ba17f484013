from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.testing.recordings import C, S, Said, close, loose, passages, written
from trio_tws import Contract, ReqContractData, SecType, TickSize
from trio_tws._cli import app
from trio_tws._cli._show import short_text
from trio_tws._model.session import CurrentTime

EXPECTED = """\
15:00:00.000000 > bytes b'API\\x00'
15:00:00.000000 > Hello()
15:00:00.250000 < ServerHello(server_version=176, time='20260115 10:00:00', time_zone='EST')
15:00:00.500000 > StartApi(client_id=7)
15:00:00.750000 < ManagedAccounts(accounts_list=['DU1234567'])
15:00:01.000000 < NextValidId(order_id=5)
15:00:02.000000 > ReqContractData(req_id=3, contract=Contract(symbol='A', sec_type=STOCK))
15:00:02.500000 < unknown message 999: b'999\\x00?\\x00'
15:00:03.000000 < unreadable CurrentTime: b'49\\x001\\x00noon\\x00'
15:00:03.250000 < unreadable message: b'hello\\x00'
15:00:04.000000 < closes
"""


def recording() -> bytes:
    found = passages(
        Said(2, C, ReqContractData(3, Contract(symbol="A", sec_type=SecType.STOCK))),
        Said(2.5, S, b"999\0?\0"),
        Said(3, S, b"49\x001\0noon\0"),
        Said(3.25, S, b"hello\0"),
        version=176,
    )
    return written([loose(b"API\0"), *found, close(4, S)])


def test_a_recording_is_shown_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "session.txt"
    path.write_bytes(recording())

    done = CliRunner().invoke(app, ["show", str(path)])

    assert done.stdout == EXPECTED
    assert done.exit_code == 0


def test_of_a_damaged_file_all_before_the_damage_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "session.txt"
    path.write_bytes(recording()[:-40])

    done = CliRunner().invoke(app, ["show", str(path)])

    assert done.exit_code == 1
    assert EXPECTED.startswith(done.stdout)
    assert done.stdout.count("\n") == 9
    assert "line 12: the file is cut" in done.stderr


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["show", str(tmp_path / "none")])

    assert done.exit_code == 1
    assert "No such file" in done.stderr


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            CurrentTime(datetime(2026, 1, 2, tzinfo=UTC)),
            "CurrentTime(time=2026-01-02 00:00:00+00:00)",
        ),
        (TickSize(1, size=Decimal("1.50")), "TickSize(req_id=1, size=1.50)"),
        ((1, "a", None), "[1, 'a', None]"),
    ],
)
def test_values_are_shown_as_one_would_write_them(value: object, expected: str) -> None:
    assert short_text(value) == expected
