import pytest

from tests.testing.program import START, running, session
from trio_tws import NoMarketDataPermission, Stock, open_tws
from trio_tws._model.bars import HistoricalData, ReqHistoricalData
from trio_tws._model.depth import MarketDepthL2, ReqMktDepth
from trio_tws._model.histogram import ReqHeadTimestamp
from trio_tws._model.historical_ticks import ReqHistoricalTicks
from trio_tws._model.real_time_bars import ReqRealTimeBars
from trio_tws._model.tick_by_tick import ReqTickByTickData
from trio_tws.testing import INSTRUMENTS, Instrument, Permissions
from trio_tws.testing._permissions import everything

AAPL, MSFT = Stock("AAPL"), Stock("MSFT")
VERSIONS = (176, 226)


def no_apple(instrument: Instrument) -> bool:
    return instrument.symbol != "AAPL"


def nothing(_: Instrument) -> bool:
    return False


def test_by_default_there_is_all() -> None:
    assert everything(INSTRUMENTS[0])
    assert Permissions().live is everything


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("request_", "code", "words"),
    [
        (ReqHistoricalData(7, AAPL), 162, "No market data permissions for NASDAQ STK"),
        (ReqHeadTimestamp(7, AAPL), 162, "No market data permissions for NASDAQ STK"),
        (
            ReqHistoricalTicks(7, AAPL, start_date_time="20240112 12:00:00 US/Eastern"),
            10187,
            "No market data permissions for NASDAQ STK",
        ),
        (ReqRealTimeBars(7, AAPL), 420, "No market data permissions for NASDAQ STK"),
        (ReqTickByTickData(7, AAPL), 10189, "No market data permissions for NASDAQ STK"),
        (ReqMktDepth(7, AAPL, num_rows=3, is_smart_depth=True), 10092, "not supported"),
    ],
)
async def test_without_live_data_there_is_nothing_else(
    version: int, request_: object, code: int, words: str
) -> None:
    async with session(version, permissions=Permissions(live=no_apple)) as program:
        req_id, told, message = await program.error(request_)
        assert (req_id, told) == (7, code)
        assert words in message


@pytest.mark.parametrize("version", VERSIONS)
async def test_depth_costs_extra(version: int) -> None:
    async with session(version, permissions=Permissions(depth=no_apple)) as program:
        refused = ReqMktDepth(7, AAPL, num_rows=3, is_smart_depth=True)
        assert (await program.error(refused))[:2] == (7, 10092)
        await program.send(ReqMktDepth(7, MSFT, num_rows=3, is_smart_depth=True))
        await program.until(MarketDepthL2)


async def test_permissions_can_change() -> None:
    async with running() as simulator, open_tws(stream=simulator.open_stream()) as tws:
        simulator.permissions = Permissions(live=nothing)
        with pytest.raises(NoMarketDataPermission):
            await tws.historical_bars(AAPL, end=START)
        simulator.permissions = Permissions()
        assert await tws.historical_bars(AAPL, end=START)


async def test_others_are_not_concerned() -> None:
    async with session(permissions=Permissions(live=no_apple)) as program:
        await program.send(ReqHistoricalData(7, MSFT))
        await program.until(HistoricalData)
