from typing import Any

import attrs
import pytest

from trio_tws import LocalProtocolError
from trio_tws.protocol import DEFAULT_PACING, UNPACED, Pacing, Rate

COUNTS = (
    "messages_per_second",
    "open_history",
    "market_data_lines",
    "market_depth",
    "tick_by_tick",
)


@pytest.mark.parametrize(("most", "seconds"), [(0, 1), (-1, 1), (1, 0), (1, -1)])
def test_a_rate_has_to_allow_something(most: int, seconds: float) -> None:
    with pytest.raises(LocalProtocolError, match="at least one"):
        Rate(most, seconds)


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("value", [0, -5])
def test_a_limit_has_to_allow_something(name: str, value: int) -> None:
    limits: dict[str, Any] = {name: value}
    with pytest.raises(LocalProtocolError, match=f"{name}={value}"):
        Pacing(**limits)


def test_the_margin_is_not_negative() -> None:
    with pytest.raises(LocalProtocolError, match=r"margin=-0\.1"):
        Pacing(margin=-0.1)


def test_the_default_keeps_below_what_ib_allows() -> None:
    assert Pacing() == DEFAULT_PACING
    per_second = DEFAULT_PACING.messages_per_second
    assert per_second is not None
    assert per_second < 50
    assert DEFAULT_PACING.small_bars == Rate(60, 600)
    assert DEFAULT_PACING.same_series == Rate(6 - 1, 2)


def test_lines_are_limited_only_by_who_knows_how_many_there_are() -> None:
    """Waiting for a line may never end; TWS refuses at once, and says why."""
    assert DEFAULT_PACING.market_data_lines is None
    assert DEFAULT_PACING.market_depth is None
    assert DEFAULT_PACING.tick_by_tick is None


def test_unpaced_has_no_limit() -> None:
    limits = attrs.asdict(UNPACED, recurse=False)
    assert {name: value for name, value in limits.items() if value is not None} == {
        "margin": UNPACED.margin
    }
