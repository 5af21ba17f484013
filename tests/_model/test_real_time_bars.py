"""What the generic tests do not show of real-time bars."""

from datetime import UTC, datetime

import pytest

from trio_tws import _versions as v
from trio_tws._model.real_time_bars import RealTimeBars
from trio_tws.protocol._codec import Codec


@pytest.mark.parametrize("version", [v.MIN_SERVER_VERSION, v.MAX_SERVER_VERSION])
def test_a_bar_that_is_not_made_of_trades_says_minus_one(version: int) -> None:
    begin = datetime(2026, 3, 20, 13, 30, 5, tzinfo=UTC)
    bar = RealTimeBars(1, begin, open=1.5, high=1.5, low=1.5, close=1.5)

    payload = Codec(version, reads_incoming=False).encode(bar)

    assert payload.count(b"-1") == 2 + (version < v.PROTOBUF_HISTORICAL_DATA)  # else a number
    assert Codec(version, reads_incoming=True, strict=True).decode(payload) == bar
