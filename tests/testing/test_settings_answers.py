from datetime import timedelta

import pytest

from tests.testing.program import START, Program, session
from trio_tws import Stock
from trio_tws import _versions as v
from trio_tws._enums import ServerLogLevel
from trio_tws._model.config import (
    ApiConfig,
    ApiSettingsConfig,
    ConfigResponse,
    LockAndExitConfig,
    MessageConfig,
    OrdersConfig,
    OrdersSmartRoutingConfig,
    ReqConfig,
    UpdateConfig,
    UpdateConfigResponse,
    UpdateConfigWarning,
)
from trio_tws._model.fundamentals import CancelFundamentalData, ReqFundamentalData
from trio_tws._model.session import (
    CurrentTime,
    CurrentTimeInMillis,
    NextValidId,
    ReqCurrentTime,
    ReqCurrentTimeInMillis,
    ReqIds,
    SetServerLogLevel,
)


async def config(program: Program) -> ConfigResponse:
    await program.send(ReqConfig(6))
    return await program.until(ConfigResponse)


async def updated(program: Program, update: UpdateConfig) -> UpdateConfigResponse:
    await program.send(update)
    return await program.until(UpdateConfigResponse)


async def test_what_is_set_stays_and_all_else_is_as_it_was() -> None:
    async with session() as program:
        before = await config(program)
        update = UpdateConfig(
            7,
            LockAndExitConfig(auto_logoff_time="10:00", auto_logoff_period="PM"),
            (MessageConfig(2, enabled=False), MessageConfig(9, enabled=True)),
            ApiConfig(settings=ApiSettingsConfig(master_client_id=3, trusted_ips=("::1",))),
            OrdersConfig(OrdersSmartRoutingConfig(seek_price_improvement=False)),
        )
        done = await updated(program, update)
        assert done == UpdateConfigResponse(
            7,
            "success",
            changed_fields=(
                "lock_and_exit.auto_logoff_time",
                "api.settings.master_client_id",
                "api.settings.trusted_ips",
                "orders.smart_routing.seek_price_improvement",
                "messages.2.enabled",
            ),
        )
        after = await config(program)
        assert after.lock_and_exit == LockAndExitConfig("10:00", "PM", "restart")
        assert [message.enabled for message in after.messages] == [True, False]
        assert [message.title for message in after.messages] == [
            message.title for message in before.messages
        ]
        assert after.api is not None
        assert after.api.settings is not None
        assert after.api.settings.master_client_id == 3
        assert after.api.settings.socket_port == 7497
        assert (await updated(program, update)).changed_fields == ()


async def test_what_can_not_be_is_an_error() -> None:
    async with session() as program:
        before = await config(program)
        settings = ApiSettingsConfig(socket_port=70_000, read_only_api=True)
        done = await updated(program, UpdateConfig(7, api=ApiConfig(settings=settings)))
        assert (done.status, len(done.errors), done.changed_fields) == ("error", 1, ())
        assert await config(program) == before


async def test_what_is_dangerous_wants_its_warning_accepted() -> None:
    async with session() as program:
        api = ApiConfig(settings=ApiSettingsConfig(allow_localhost_only=False))
        done = await updated(program, UpdateConfig(7, api=api))
        assert (done.status, done.changed_fields) == ("warning", ())
        others = (UpdateConfigWarning(99),)
        done = await updated(program, UpdateConfig(7, api=api, accepted_warnings=others))
        assert done.status == "warning"
        update = UpdateConfig(7, api=api, accepted_warnings=done.warnings)
        assert (await updated(program, update)).status == "success"


async def test_order_ids_can_begin_anew() -> None:
    async with session(next_order_id=50) as program:
        await updated(program, UpdateConfig(7, reset_api_order_sequence=True))
        await program.send(ReqIds())
        assert await program.until(NextValidId) == NextValidId(1)


async def test_the_time_is_cut_to_the_millisecond() -> None:
    start = START + timedelta(microseconds=123_987)
    async with session(start=start) as program:
        await program.send(ReqCurrentTimeInMillis())
        now = (await program.until(CurrentTimeInMillis)).time
        assert now.microsecond % 1000 == 0
        assert abs(now - start) < timedelta(seconds=1)


@pytest.mark.parametrize("version", [v.MIN_SERVER_VERSION, 226])
async def test_what_has_no_answer_gets_none(version: int) -> None:
    async with session(version) as program:
        log = SetServerLogLevel(ServerLogLevel.DETAIL)
        await program.send(log, CancelFundamentalData(7), ReqCurrentTime())
        await program.until(CurrentTime)


@pytest.mark.parametrize("version", [v.MIN_SERVER_VERSION, 226])
async def test_fundamentals_are_refused(version: int) -> None:
    async with session(version) as program:
        request = ReqFundamentalData(7, Stock("AAPL"), "RESC")
        assert (await program.error(request))[:2] == (7, 10358)
