from typing import Any, cast

import attrs
import pytest

from trio_tws.protocol import DEFAULT_PACING, Slot
from trio_tws.testing import TwsLimits
from trio_tws.testing._limits import DEFAULT_LIMITS, NO_LIMITS

RATES = ("small_bars", "same_series", "identical", "same_tick_by_tick")
SIZES = {Slot.HISTORY: 50, Slot.LINE: 100, Slot.DEPTH: 3, Slot.TICK_BY_TICK: 5}


def test_the_rates_are_those_that_the_client_keeps_to() -> None:
    assert [DEFAULT_LIMITS.rate(name) for name in RATES] == [
        getattr(DEFAULT_PACING, name) for name in RATES
    ]


def test_each_slot_has_its_size() -> None:
    assert {slot: DEFAULT_LIMITS.size(slot) for slot in Slot} == SIZES


def test_the_client_is_more_careful_than_it_has_to_be() -> None:
    ours, theirs = DEFAULT_PACING.messages_per_second, DEFAULT_LIMITS.messages_per_second
    assert ours is not None
    assert theirs is not None
    assert ours < theirs


def test_without_limits_only_patience_is_left() -> None:
    limits = attrs.asdict(NO_LIMITS, recurse=False)
    assert {name for name, value in limits.items() if value is not None} == {"warnings"}


@pytest.mark.parametrize(
    ("lines", "messages", "depth", "streams"),
    [(100, 50, 3, 5), (250, 125, 4, 12), (10_000, 5_000, 60, 500)],
)
def test_more_lines_allow_more(lines: int, messages: int, depth: int, streams: int) -> None:
    limits = TwsLimits.for_lines(lines)
    assert limits == TwsLimits(
        messages_per_second=messages,
        market_data_lines=lines,
        market_depth=depth,
        tick_by_tick=streams,
    )


def test_there_are_at_least_100_lines() -> None:
    with pytest.raises(ValueError, match="lines=99: every login has 100"):
        TwsLimits.for_lines(99)


@pytest.mark.parametrize(
    "name", ["messages_per_second", "warnings", "scanners", "open_history", "orders_per_side"]
)
def test_a_limit_allows_something(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name}=0: at least one has to be allowed; None lifts"):
        TwsLimits(**cast(dict[str, Any], {name: 0}))
