import json
from datetime import UTC, date, datetime

import pytest

from tests._client.peer import Peer, session
from trio_tws import LocalProtocolError, RequestError, ReqWshEventData, WshEventData, open_tws
from trio_tws import _versions as v
from trio_tws.testing import open_simulator

START = datetime(2026, 3, 2, 15, tzinfo=UTC)


@pytest.mark.parametrize("version", [v.WSHE_CALENDAR, 176, 226])
async def test_meta_data_have_to_be_asked_for_before_events(
    version: int, autojump_clock: object
) -> None:
    async with open_simulator(server_version=version, start=START) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            with pytest.raises(RequestError, match="10282"):
                await tws.wsh_events(265598)
            assert "event_types" in json.loads(await tws.wsh_meta_data())["meta_data"]
            assert len(json.loads(await tws.wsh_events(265598))) == 4


async def test_all_that_is_given_is_asked_for(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(ReqWshEventData)
        assert request == ReqWshEventData(
            request.req_id, None, "{}", True, True, True, "20260301", "20260331", 7
        )
        await peer.send(WshEventData(request.req_id, "[]"))

    async with session(act) as (tws, _peer):
        found = await tws.wsh_events(
            filter_json="{}",
            fill_watchlist=True,
            fill_portfolio=True,
            fill_competitors=True,
            start=date(2026, 3, 1),
            end=date(2026, 3, 31),
            total_limit=7,
        )
        assert found == "[]"


async def test_a_contract_and_a_filter_exclude_each_other(autojump_clock: object) -> None:
    async with session() as (tws, peer):
        with pytest.raises(LocalProtocolError, match="con_id=265598 and filter_json="):
            await tws.wsh_events(265598, filter_json="{}")
        assert not any(isinstance(one, ReqWshEventData) for one in peer.received)


async def test_dates_need_a_newer_server(autojump_clock: object) -> None:
    async with session(version=v.WSH_EVENT_DATA_FILTERS_DATE - 1) as (tws, _peer):
        with pytest.raises(LocalProtocolError, match=str(v.WSH_EVENT_DATA_FILTERS_DATE)):
            await tws.wsh_events(265598, start=date(2026, 3, 1))
