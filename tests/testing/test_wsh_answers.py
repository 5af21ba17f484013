import json
from typing import Any

import pytest

from tests.testing.program import START, Program, session
from trio_tws._model.wsh import (
    CancelWshEventData,
    CancelWshMetaData,
    ReqWshEventData,
    ReqWshMetaData,
    WshEventData,
    WshMetaData,
)

AAPL, SPX = 265598, 416904
TODAY = f"{START:%Y%m%d}"


async def told(program: Program, request: ReqWshEventData) -> list[Any]:
    await program.send(ReqWshMetaData(6))
    await program.until(WshMetaData)
    await program.send(request)
    events: list[Any] = json.loads((await program.until(WshEventData)).data_json)
    return events


async def test_a_stock_has_earnings_each_quarter() -> None:
    async with session() as program:
        events = await told(program, ReqWshEventData(7, AAPL))
        days = [event["index_date"] for event in events]
        assert len(days) == 4
        assert days == sorted(days)
        assert days[0] >= TODAY
        assert {event["data"]["symbol"] for event in events} == {"AAPL"}
        assert await told(program, ReqWshEventData(7, SPX)) == []


async def test_days_and_a_limit_are_kept_to() -> None:
    async with session() as program:
        year = ReqWshEventData(7, AAPL, start_date="20240101", end_date="20241231")
        days = [event["index_date"] for event in await told(program, year)]
        assert all("20240101" <= day <= "20241231" for day in days)
        some = ReqWshEventData(7, AAPL, start_date=days[0], end_date=days[1])
        assert [event["index_date"] for event in await told(program, some)] == days[:2]
        first = ReqWshEventData(7, AAPL, start_date="20240101", total_limit=1)
        assert [event["index_date"] for event in await told(program, first)] == days[:1]


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ('{"watchlist": ["265598"]}', {"AAPL"}),
        ("{}", {"AAPL", "MSFT", "IBM", "SPY", "SAP"}),
    ],
)
async def test_a_filter_says_which_contracts(text: str, symbols: set[str]) -> None:
    async with session() as program:
        events = await told(program, ReqWshEventData(7, filter=text))
        assert {event["data"]["symbol"] for event in events} == symbols


async def test_without_a_filter_all_stocks_are_meant() -> None:
    async with session() as program:
        assert len(await told(program, ReqWshEventData(7))) > 4


async def test_meta_data_come_first() -> None:
    async with session() as program:
        assert (await program.error(ReqWshEventData(7, AAPL)))[:2] == (7, 10282)


@pytest.mark.parametrize(
    "request_",
    [
        ReqWshEventData(7, filter="no json"),
        ReqWshEventData(7, filter="[]"),
        ReqWshEventData(7, filter='{"watchlist": 265598}'),
        ReqWshEventData(7, filter='{"watchlist": ["AAPL"]}'),
        ReqWshEventData(7, AAPL, filter="{}"),
        ReqWshEventData(7, AAPL, start_date="tomorrow"),
    ],
)
async def test_what_makes_no_sense_is_refused(request_: ReqWshEventData) -> None:
    async with session() as program:
        await program.send(ReqWshMetaData(6))
        assert (await program.error(request_))[:2] == (7, 10309)


async def test_one_of_each_may_be_under_way() -> None:
    async with session(latency=1) as program:
        assert (await program.error(ReqWshMetaData(7), ReqWshMetaData(7)))[:2] == (7, 322)
        assert (await program.error(ReqWshMetaData(8)))[:2] == (8, 10278)
        events = ReqWshEventData(9, AAPL)
        assert (await program.error(events, events))[:2] == (9, 322)
        assert (await program.error(ReqWshEventData(10, AAPL)))[:2] == (10, 10281)


async def test_a_cancel_ends_a_request_or_is_refused() -> None:
    async with session(latency=1) as program:
        await program.send(ReqWshMetaData(7), CancelWshMetaData(7))
        assert (await program.error(CancelWshMetaData(7)))[:2] == (7, 10280)
        await program.send(ReqWshEventData(8, AAPL), CancelWshEventData(8))
        assert (await program.error(CancelWshEventData(8)))[:2] == (8, 10284)
