"""The benchmark of a day, in small."""

import sys

import pytest

from bench import day


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes() -> None:
    one, other, another = (day.run(seed, seconds=40, orders=20) for seed in (1, 1, 2))

    assert (one.digest, one.size, one.ticks, one.fills) == (
        *(other.digest, other.size, other.ticks, other.fills),
    )
    assert one.digest != another.digest
    assert one.fills > 5
    assert one.ticks > 1_000


@pytest.mark.slow
def test_the_command_says_whether_they_are_the_same(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["bench.day", "--hours", "0.002", "--orders", "2"])
    with pytest.raises(SystemExit) as ended:
        day.main()

    assert ended.value.code == 0
    *runs, words = capsys.readouterr().out.splitlines()
    assert len(runs) == 2
    assert words == "all bytes are the same"
