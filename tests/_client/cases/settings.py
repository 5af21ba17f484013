"""The settings of TWS and its clock, and the fundamentals that it no longer has."""

from datetime import UTC, datetime

from tests._client.cases import Case
from trio_tws import (
    ApiConfig,
    ApiSettingsConfig,
    CancelFundamentalData,
    ConfigResponse,
    CurrentTimeInMillis,
    FundamentalData,
    ReqConfig,
    ReqCurrentTimeInMillis,
    ReqFundamentalData,
    Stock,
    UpdateConfig,
    UpdateConfigResponse,
)
from trio_tws import _versions as v

NOON = datetime(2026, 3, 2, 12, 0, 0, 123_000, tzinfo=UTC)
READ_ONLY = ApiConfig(settings=ApiSettingsConfig(read_only_api=True))

CASES = [
    Case(
        "config",
        lambda tws: tws.config(),
        ReqConfig,
        lambda request: [ConfigResponse(request.req_id, api=READ_ONLY)],
        ConfigResponse(1_000_000_000, api=READ_ONLY),
        versions=(v.CONFIG, 226),
    ),
    Case(
        "update_config",
        lambda tws: tws.update_config(api=READ_ONLY),
        UpdateConfig,
        lambda request: [UpdateConfigResponse(request.req_id, "done", changed_fields=("a",))],
        UpdateConfigResponse(1_000_000_000, "done", changed_fields=("a",)),
        versions=(v.UPDATE_CONFIG, 226),
        is_harmless=False,
    ),
    Case(
        "current_time_in_millis",
        lambda tws: tws.current_time_in_millis(),
        ReqCurrentTimeInMillis,
        lambda request: [CurrentTimeInMillis(NOON)],
        NOON,
        versions=(v.CURRENT_TIME_IN_MILLIS, 226),
    ),
    Case(
        "fundamental_data",
        lambda tws: tws.fundamental_data(Stock("AAPL"), "ReportSnapshot"),
        ReqFundamentalData,
        lambda request: [FundamentalData(request.req_id, "<ReportSnapshot/>")],
        "<ReportSnapshot/>",
        cancel=CancelFundamentalData,
        in_simulator=False,
    ),
]
