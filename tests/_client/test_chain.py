from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import attrs
import pytest
import trio
import trio.testing

from tests._client.peer import Peer, session
from trio_tws import (
    CancelMktData,
    ConnectionLost,
    Contract,
    ContractData,
    ContractDataEnd,
    ContractNotFound,
    Error,
    LocalProtocolError,
    OptionChain,
    ReqContractData,
    ReqMktData,
    ReqSecDefOptParams,
    RequestError,
    SecType,
    SecurityDefinitionOptionParameter,
    SecurityDefinitionOptionParameterEnd,
    Stock,
    TickType,
    evolve,
    open_tws,
)
from trio_tws.testing import open_simulator
from trio_tws.testing._instruments import INSTRUMENTS

START = datetime(2026, 3, 2, 15, tzinfo=UTC)
NEAR, FAR = date(2027, 6, 18), date(2027, 12, 17)
STRIKES = (220.0, 230.0, 240.0)

CALL = next(one for one in INSTRUMENTS if one.sec_type == "OPT")
OPTIONS = [
    attrs.evolve(
        CALL,
        con_id=900_000_000 + number,
        last_trade_date_or_contract_month=f"{day:%Y%m%d}",
        strike=strike,
        right=right,
        local_symbol=f"AAPL  {day:%y%m%d}{right}{int(strike * 1000):08}",
    )
    for number, (day, strike, right) in enumerate(
        (day, strike, right) for day in (NEAR, FAR) for strike in STRIKES for right in "CP"
    )
]
MARKET = [*(one for one in INSTRUMENTS if one.sec_type != "OPT"), *OPTIONS]


def is_low(strike: float) -> bool:
    return strike < 225


def simulated(version: int = 226) -> Any:
    return open_simulator(server_version=version, start=START, instruments=MARKET, latency=0.1)


def places(quotes: Any) -> list[tuple[str, float | None, str]]:
    return [
        (
            one.contract.last_trade_date_or_contract_month,
            one.contract.strike,
            one.contract.right,
        )
        for one in quotes
    ]


@pytest.mark.parametrize("version", [176, 226])
async def test_a_chain_has_quotes_and_greeks(version: int, autojump_clock: object) -> None:
    async with simulated(version) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            chain = await tws.option_chain(Stock("AAPL"))
            await trio.testing.wait_all_tasks_blocked()
            (client,) = simulator.clients
            assert client.requests == {}
    assert places(chain) == [("20270618", strike, right) for strike in STRIKES for right in "CP"]
    for quote in chain:
        assert quote.is_complete
        assert quote.bid is not None
        assert quote.ask is not None
        assert quote.model is not None
        assert quote.bid < quote.ask
        assert quote.bid_size
        assert quote.ask_size
        assert quote.model.tick_type == TickType.MODEL_OPTION
        assert quote.error is None


async def test_what_is_wanted_can_be_said(autojump_clock: object) -> None:
    async with simulated() as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:

            async def chain(**wanted: Any) -> list[tuple[str, float | None, str]]:
                return places(await tws.option_chain(Stock("AAPL"), quotes=False, **wanted))

            assert len(await chain(expirations=2)) == 12
            assert await chain(expirations=[FAR], right="P", strikes=[230, 240]) == [
                ("20271217", 230.0, "P"),
                ("20271217", 240.0, "P"),
            ]
            assert await chain(right="C", strikes=is_low) == [("20270618", 220.0, "C")]
            assert await chain(strikes=[1.0]) == []
            (client,) = simulator.clients
            assert not any(isinstance(event, ReqMktData) for event in client.received)


async def test_each_comes_as_soon_as_it_is_known(autojump_clock: object) -> None:
    async with simulated() as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            async with tws.open_option_chain(Stock("AAPL"), expirations=2, lines=2) as chain:
                assert chain.expirations == (NEAR, FAR)
                assert chain.underlying.con_id == 265598
                assert chain.parameters.multiplier == "100"
                await anext(chain)
                (client,) = simulator.clients
                asked = [event for event in client.received if isinstance(event, ReqMktData)]
                assert 1 <= len(asked) <= 4
            await trio.testing.wait_all_tasks_blocked()
            assert client.requests == {}


@pytest.mark.parametrize("lines", [1, 3, 40])
async def test_no_more_lines_are_open_than_there_may_be(lines: int, autojump_clock: object) -> None:
    async with simulated() as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            await tws.option_chain(Stock("AAPL"), expirations=2, lines=lines)
            await trio.sleep(2)
            (client,) = simulator.clients
            left, most = 0, 0
            for event in client.received:
                left += isinstance(event, ReqMktData) - isinstance(event, CancelMktData)
                most = max(most, left)
            assert left == 0
            assert most <= lines


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"exchange": "MOON"}, "exchange='MOON': options on AAPL are traded at .*SMART"),
        ({"trading_class": "2AAPL"}, "trading_class='2AAPL': .* have AAPL"),
        ({"expirations": [date(2027, 1, 1)]}, "none on 2027-01-01; the first of 2 are 2027-06-18"),
        ({"expirations": 0}, "expirations=0"),
        ({"lines": 0}, "lines=0"),
        ({"patience": 0}, "patience=0"),
        ({"right": "call"}, "right='call'"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    wanted: dict[str, Any], words: str, autojump_clock: object
) -> None:
    async with simulated() as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            with pytest.raises(LocalProtocolError, match=words):
                await tws.option_chain(Stock("AAPL"), **wanted)


async def test_an_underlying_without_options_has_no_exchange(autojump_clock: object) -> None:
    async with simulated() as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            with pytest.raises(LocalProtocolError, match="traded at no exchange"):
                await tws.option_chain(Stock("IBM"))
            with pytest.raises(ContractNotFound):
                await tws.option_chain(Stock("NONE"))


async def test_leaving_early_leaves_nothing_behind(autojump_clock: object) -> None:
    async with simulated() as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            with pytest.raises(ZeroDivisionError):
                async with tws.open_option_chain(Stock("AAPL"), expirations=2):
                    raise ZeroDivisionError
            with trio.move_on_after(0.25) as scope:
                await tws.option_chain(Stock("AAPL"), expirations=2)
            assert scope.cancelled_caught
            await trio.sleep(1)
            (client,) = simulator.clients
            assert client.requests == {}


# What TWS says ....................................................................................

UNDERLYING = Contract(7, "ES", SecType.FUTURE, exchange="CME", currency="USD", local_symbol="ESZ7")


def scripted(options: Callable[[int], list[object]], lines: list[object]) -> Any:
    """Plays a TWS with options on a future; what it says to lines comes in turn."""

    async def act(peer: Peer) -> None:
        request: Any = await peer.read_until(ReqContractData)
        await peer.send(ContractData(request.req_id, UNDERLYING), ContractDataEnd(request.req_id))
        request = await peer.read_until(ReqSecDefOptParams)
        assert request.fut_fop_exchange == "CME"
        for name in ("EW1", "EW2"):
            await peer.send(
                SecurityDefinitionOptionParameter(
                    request.req_id, "CME", 7, name, "50", ("20270618",), (5000.0, 6000.0)
                )
            )
        await peer.send(SecurityDefinitionOptionParameterEnd(request.req_id))
        request = await peer.read_until(ReqContractData)
        assert request.contract.sec_type == SecType.FUTURE_OPTION
        await peer.send(*options(request.req_id))
        for answer in lines:
            request = await peer.read_until(ReqMktData)
            if isinstance(answer, Error):
                await peer.send(evolve(answer, req_id=request.req_id))

    return act


def two(req_id: int) -> list[object]:
    return [
        *(
            ContractData(req_id, Contract(at, "ES", SecType.FUTURE_OPTION, strike=5e3, right="C"))
            for at in (1, 2)
        ),
        ContractDataEnd(req_id),
    ]


def strikeless(req_id: int) -> list[object]:
    odd = Contract(3, "ES", SecType.FUTURE_OPTION, right="C")
    return [ContractData(req_id, odd), ContractDataEnd(req_id)]


async def test_what_tws_says_to_a_line_stands_in_its_quote(autojump_clock: object) -> None:
    refusal = Error(0, 354, "Requested market data is not subscribed")
    async with session(scripted(two, [refusal, None])) as (tws, _peer):
        await trio.sleep(10)
        chain = await tws.option_chain(
            UNDERLYING, exchange="CME", trading_class="EW2", patience=3, lines=1
        )
    first, second = chain
    assert first.error is not None
    assert first.error.code == 354
    assert second.error is None
    assert not second.is_complete


async def test_several_classes_have_to_be_told_apart(autojump_clock: object) -> None:
    async with session(scripted(two, [])) as (tws, _peer):
        with pytest.raises(LocalProtocolError, match="EW1, EW2"):
            await tws.option_chain(UNDERLYING, exchange="CME")


async def test_an_option_without_a_strike_is_of_none_that_is_named(
    autojump_clock: object,
) -> None:
    async with session(scripted(strikeless, [])) as (tws, _peer):
        wanted = {"exchange": "CME", "trading_class": "EW1", "strikes": [0.0]}
        assert await tws.option_chain(UNDERLYING, **wanted) == []  # type: ignore[arg-type]  # all at once


async def test_a_search_that_fails_ends_the_chain(autojump_clock: object) -> None:
    def refuse(req_id: int) -> list[object]:
        return [Error(req_id, 321, "Please enter a valid symbol")]

    async with session(scripted(refuse, [])) as (tws, _peer):
        with pytest.raises(RequestError, match="valid symbol"):
            await tws.option_chain(UNDERLYING, exchange="CME", trading_class="EW1")
        assert tws.is_connected


async def test_a_lost_connection_ends_it_with_one_bare_error(autojump_clock: object) -> None:
    found: list[OptionChain] = []
    with pytest.raises(ConnectionLost):
        async with session(scripted(two, [None])) as (tws, peer):
            async with tws.open_option_chain(
                UNDERLYING, exchange="CME", trading_class="EW1"
            ) as chain:
                found.append(chain)
                await trio.testing.wait_all_tasks_blocked()
                await peer.stream.aclose()
                await anext(chain)
    assert found
