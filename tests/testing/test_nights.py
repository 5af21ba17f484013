from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
import trio

from tests.testing.program import Program, running
from trio_tws._model.session import Error
from trio_tws.testing import NightlyReset
from trio_tws.testing._nights import seconds_until

NEW_YORK = ZoneInfo("US/Eastern")


@pytest.mark.parametrize(
    ("here", "hours"),
    [
        (datetime(2024, 1, 16, 23, 0, tzinfo=NEW_YORK), 0.75),
        (datetime(2024, 1, 16, 23, 45, tzinfo=NEW_YORK), 24),
        (datetime(2024, 1, 16, 23, 46, tzinfo=NEW_YORK), 24 - 1 / 60),
        (datetime(2024, 3, 9, 23, 45, tzinfo=NEW_YORK), 23),
    ],
)
def test_it_is_due_by_the_clock_on_the_wall(here: datetime, hours: float) -> None:
    left = seconds_until(time(23, 45), here.timestamp(), NEW_YORK)
    assert left == pytest.approx(hours * 3600)


def test_it_takes_some_time() -> None:
    with pytest.raises(ValueError, match="seconds"):
        NightlyReset(seconds=0)


@pytest.mark.parametrize("speed", [1, 60])
@pytest.mark.parametrize(("keeps_data", "code"), [(True, 1102), (False, 1101)])
async def test_each_night_ib_goes_and_comes_back(
    speed: float, keeps_data: bool, code: int, autojump_clock: object
) -> None:
    start = datetime(2024, 1, 16, 12, tzinfo=UTC)
    nightly = NightlyReset(seconds=90, keeps_data=keeps_data)
    async with running(start=start, speed=speed, nightly_reset=nightly) as simulator:
        program = await Program.started(simulator)
        heard: list[tuple[int, datetime]] = []
        while len(heard) < 4:
            error = await program.until(Error)
            assert error.time is None or error.time.tzinfo is not None
            if error.code < 2000:
                now = datetime.fromtimestamp(round(simulator.now()), NEW_YORK)
                heard.append((error.code, now))
        assert heard == [
            (1100, datetime(2024, 1, 16, 23, 45, tzinfo=NEW_YORK)),
            (code, datetime(2024, 1, 16, 23, 46, 30, tzinfo=NEW_YORK)),
            (1100, datetime(2024, 1, 17, 23, 45, tzinfo=NEW_YORK)),
            (code, datetime(2024, 1, 17, 23, 46, 30, tzinfo=NEW_YORK)),
        ]
        assert trio.current_time() > 0
