import pytest

from tests._client.peer import Peer, session
from trio_tws import (
    FundamentalData,
    NotPermitted,
    ReqFundamentalData,
    Stock,
    open_tws,
)
from trio_tws.testing import open_simulator

AAPL = Stock("AAPL")


@pytest.mark.parametrize("version", [100, 226])
async def test_a_server_of_today_refuses(version: int, autojump_clock: object) -> None:
    async with open_simulator(server_version=version) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            with pytest.raises(NotPermitted, match="10358"):
                await tws.fundamental_data(AAPL, "ReportSnapshot")


async def test_an_older_server_gives_the_report(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(ReqFundamentalData)
        assert (request.contract.symbol, request.report_type) == ("AAPL", "RESC")
        await peer.send(FundamentalData(request.req_id, "<REarnEstCons/>"))

    async with session(act, version=176) as (tws, _peer):
        assert await tws.fundamental_data(AAPL, "RESC") == "<REarnEstCons/>"
