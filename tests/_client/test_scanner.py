from datetime import UTC, datetime

import pytest
import trio
import trio.testing

from tests._client.peer import Peer, session
from trio_tws import (
    CancelScannerSubscription,
    Error,
    Gap,
    LocalProtocolError,
    NoData,
    Notice,
    ReqScannerSubscription,
    RequestError,
    ResponseTimeout,
    ScannerData,
    ScannerDataElement,
    ScannerSubscription,
    TagValue,
    open_tws,
)
from trio_tws import _versions as v
from trio_tws.testing import open_simulator

START = datetime(2026, 3, 2, 15, tzinfo=UTC)
GAINERS = ScannerSubscription(
    instrument="STK", location_code="STK.US.MAJOR", scan_code="TOP_PERC_GAIN"
)


@pytest.mark.parametrize("version", [100, 176, 226])
async def test_a_scan_is_one_ranking_and_nothing_runs_on(
    version: int, autojump_clock: object
) -> None:
    async with open_simulator(server_version=version, start=START) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            ranking = await tws.scan(GAINERS)
            assert [element.rank for element in ranking] == [0, 1, 2, 3]
            await tws.current_time()
            assert simulator.clients[0].requests == {}
            await trio.sleep(100)
            assert tws.statistics().late_answers == 1  # that it is cancelled


async def test_a_scan_that_finds_nothing_gives_nothing(autojump_clock: object) -> None:
    async with open_simulator(start=START) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            async with tws.open_events(Notice) as notices:
                assert await tws.scan(GAINERS, {"priceAbove": "1e9"}) == []
                while (await anext(notices)).code != 165:
                    pass


async def test_a_scan_that_is_refused_is_an_error(autojump_clock: object) -> None:
    async with open_simulator(start=START) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            with pytest.raises(RequestError, match="162") as caught:
                await tws.scan(ScannerSubscription(instrument="STK"))
            assert not isinstance(caught.value, NoData)


async def test_silence_is_a_timeout(autojump_clock: object) -> None:
    async with session(response_timeout=20) as (tws, peer):
        await trio.sleep(10)
        with pytest.raises(ResponseTimeout):
            await tws.scan(GAINERS)
        await trio.testing.wait_all_tasks_blocked()
        ended = [one for one in peer.received if isinstance(one, CancelScannerSubscription)]
        assert len(ended) == 1


async def test_a_ranking_is_given_even_if_the_connection_breaks_behind_it(
    autojump_clock: object,
) -> None:
    """The cancel can't be sent then, and need not be."""

    async def act(peer: Peer) -> None:
        request = await peer.read_until(ReqScannerSubscription)
        await peer.send(ScannerData(request.req_id, (ScannerDataElement(),)))
        await peer.stream.aclose()

    found: list[ScannerDataElement] = []
    with pytest.raises(Exception, match="clos"):
        async with session(act) as (tws, _peer):
            found = await tws.scan(GAINERS)
            await trio.sleep_forever()
    assert found == [ScannerDataElement()]


@pytest.mark.parametrize("version", [v.SCANNER_GENERIC_OPTS, 226])
async def test_filters_go_beside_those_of_the_subscription(
    version: int, autojump_clock: object
) -> None:
    own = ScannerSubscription(scanner_subscription_filter_options=(TagValue("a", "1"),))

    async def act(peer: Peer) -> None:
        request = await peer.read_until(ReqScannerSubscription)
        options = request.subscription.scanner_subscription_filter_options
        assert options == (TagValue("a", "1"), TagValue("b", "2"))
        await peer.send(ScannerData(request.req_id))

    async with session(act, version=version) as (tws, _peer):
        assert await tws.scan(own, {"b": "2"}) == []


async def test_filters_need_a_newer_server(autojump_clock: object) -> None:
    async with session(version=v.SCANNER_GENERIC_OPTS - 1) as (tws, peer):
        with pytest.raises(LocalProtocolError, match=str(v.SCANNER_GENERIC_OPTS)):
            await tws.scan(GAINERS, {"b": "2"})
        assert not any(isinstance(one, ReqScannerSubscription) for one in peer.received)


async def test_the_parameters_are_one_document(autojump_clock: object) -> None:
    async with open_simulator() as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            assert "<scanCode>TOP_PERC_GAIN</scanCode>" in await tws.scanner_parameters()


async def test_a_stream_gives_each_ranking_whole(autojump_clock: object) -> None:
    async with open_simulator(start=START) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            async with tws.open_scan(GAINERS) as rankings:
                began = trio.current_time()
                first, second = [await anext(rankings) for _ in range(2)]
                assert trio.current_time() - began == pytest.approx(30, abs=1)
                assert len(first.elements) == len(second.elements) == 4
            await tws.current_time()
            assert simulator.clients[0].requests == {}


async def test_a_slow_reader_may_ask_for_gaps(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(ReqScannerSubscription)
        await peer.send(*[ScannerData(request.req_id)] * 3)

    async with session(act) as (tws, _peer):
        async with tws.open_scan(GAINERS, buffer=1, overflow="gap") as rankings:
            await trio.testing.wait_all_tasks_blocked()
            assert isinstance(await anext(rankings), Gap)


async def test_a_warning_does_not_end_a_stream(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(ReqScannerSubscription)
        await peer.send(Error(request.req_id, 492, "Limited"), ScannerData(request.req_id))

    async with session(act) as (tws, _peer):
        async with tws.open_scan(GAINERS) as rankings:
            assert (await anext(rankings)).elements == ()
