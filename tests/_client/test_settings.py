from datetime import UTC, datetime, timedelta

import pytest
import trio.testing

from tests._client.peer import session
from trio_tws import (
    ApiConfig,
    ApiSettingsConfig,
    LocalProtocolError,
    LockAndExitConfig,
    ServerLogLevel,
    SetServerLogLevel,
    open_tws,
)
from trio_tws import _versions as v
from trio_tws.testing import open_simulator

START = datetime(2026, 3, 2, 15, 0, 0, 123_000, tzinfo=UTC)


async def test_what_is_changed_is_there_when_asked_for(autojump_clock: object) -> None:
    async with open_simulator() as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            done = await tws.update_config(lock_and_exit=LockAndExitConfig("11:00"))
            assert done.changed_fields == ("lock_and_exit.auto_logoff_time",)
            lock = (await tws.config()).lock_and_exit
            assert lock == LockAndExitConfig("11:00", "PM", "restart")


async def test_a_warning_can_be_accepted(autojump_clock: object) -> None:
    opened = ApiConfig(settings=ApiSettingsConfig(allow_localhost_only=False))
    async with open_simulator() as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            refused = await tws.update_config(api=opened)
            assert (refused.changed_fields, len(refused.warnings)) == ((), 1)
            done = await tws.update_config(api=opened, accepted_warnings=refused.warnings)
            assert done.changed_fields == ("api.settings.allow_localhost_only",)


async def test_a_server_that_is_too_old_is_told_before_anything_is_sent(
    autojump_clock: object,
) -> None:
    async with session(version=v.CONFIG - 1) as (tws, _peer):
        with pytest.raises(LocalProtocolError, match=str(v.CONFIG)):
            await tws.config()
        with pytest.raises(LocalProtocolError, match=str(v.UPDATE_CONFIG)):
            await tws.update_config()
    async with session(version=v.CURRENT_TIME_IN_MILLIS - 1) as (tws, _peer):
        with pytest.raises(LocalProtocolError, match=str(v.CURRENT_TIME_IN_MILLIS)):
            await tws.current_time_in_millis()


@pytest.mark.parametrize("version", [100, 226])
async def test_the_log_level_is_sent(version: int, autojump_clock: object) -> None:
    async with session(version=version) as (tws, peer):
        await tws.set_server_log_level(ServerLogLevel.DETAIL)
        await trio.testing.wait_all_tasks_blocked()
        assert SetServerLogLevel(ServerLogLevel.DETAIL) in peer.received


async def test_the_time_has_milliseconds(autojump_clock: object) -> None:
    async with open_simulator(start=START) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            now = await tws.current_time_in_millis()
            assert START <= now < START + timedelta(milliseconds=1)
