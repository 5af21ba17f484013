"""A chain of options with its quotes and greeks, within so many lines of market data.

Theory of operation. One task looks up the contracts of each expiration, a few at a time; as many
tasks as there may be lines take the contracts and watch each until it has told enough. What they
find waits in a channel for the consumer, who takes it as it comes, in no order. The tasks live in a
nursery of the block and never raise: what ends the search is raised by the iteration, after what
was found before; what TWS says to the line of one contract stands in the quote of that contract.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date
from decimal import Decimal
from typing import Final, final

import attrs
import trio

from trio_tws._client._contracts import ContractMethods
from trio_tws._client._ticks import TickMethods
from trio_tws._client._workers import open_workers
from trio_tws._enums import SecType, TickType
from trio_tws._errors import LocalProtocolError, RequestError
from trio_tws._model.contracts import Contract
from trio_tws._model.options import SecurityDefinitionOptionParameter, TickOptionComputation
from trio_tws._model.ticks import TickPrice, TickSize
from trio_tws._wire import evolve
from trio_tws._wire.late import frozen

_SEARCHES: Final = 3
"""Expirations that are looked up at once: TWS slows down who asks for more."""

_PRICES: Final = {
    TickType.BID: "bid",
    TickType.ASK: "ask",
    TickType.LAST: "last",
    TickType.DELAYED_BID: "bid",
    TickType.DELAYED_ASK: "ask",
    TickType.DELAYED_LAST: "last",
}
_SIZES: Final = {
    TickType.BID_SIZE: "bid_size",
    TickType.ASK_SIZE: "ask_size",
    TickType.DELAYED_BID_SIZE: "bid_size",
    TickType.DELAYED_ASK_SIZE: "ask_size",
}
_SIZED: Final = {"bid": "bid_size", "ask": "ask_size"}
_MODELS: Final = frozenset({TickType.MODEL_OPTION, TickType.DELAYED_MODEL_OPTION})

Strikes = Collection[float] | Callable[[float], bool]


@final
@frozen
class OptionQuote:
    """One option of a chain, with what its line of market data told."""

    contract: Contract
    """As TWS knows it, with its con_id."""
    bid: float | None = None
    """Per unit, in the contract's currency; None if there was none in time, as all the others."""
    bid_size: Decimal | None = None
    ask: float | None = None
    ask_size: Decimal | None = None
    last: float | None = None
    model: TickOptionComputation | None = None
    """The greeks and the volatility of TWS's own model, with the price of the underlying."""
    error: RequestError | None = None
    """What TWS said instead of sending prices: that they are not subscribed, for instance."""

    @property
    def is_complete(self) -> bool:
        """Whether bid, ask and model are all there."""
        return None not in (self.bid, self.ask, self.model)


@final
class OptionChain:
    """Options as they are found, in no order; made by `TWS.open_option_chain`.

    Iterate it with ``async for``, in one task. It ends after the last.

    Attributes:
        underlying: What the options are on, as TWS knows it.
        parameters: What TWS says of the whole class: multiplier, expirations, strikes.
        expirations: Those that were asked for, in order.
    """

    def __init__(
        self,
        underlying: Contract,
        parameters: SecurityDefinitionOptionParameter,
        expirations: tuple[date, ...],
        found: trio.MemoryReceiveChannel[OptionQuote | Exception],
    ) -> None:
        self.underlying = underlying
        self.parameters = parameters
        self.expirations = expirations
        self._found = found

    def __aiter__(self) -> "OptionChain":
        return self

    async def __anext__(self) -> OptionQuote:
        try:
            found = await self._found.receive()
        except trio.EndOfChannel:
            raise StopAsyncIteration from None
        if isinstance(found, Exception):
            raise found
        return found


class ChainMethods(ContractMethods, TickMethods):
    """What `TWS` offers about chains of options."""

    async def option_chain(
        self,
        underlying: Contract,
        *,
        expirations: int | Collection[date] = 1,
        strikes: Strikes | None = None,
        right: str = "",
        exchange: str = "SMART",
        trading_class: str = "",
        quotes: bool = True,
        lines: int = 40,
        patience: float = 10.0,
    ) -> list[OptionQuote]:
        """Gives the options on an underlying, with quotes and greeks, by expiration and strike.

        Waits for all of it; `open_option_chain` gives each as it comes, and tells of the arguments
        and of what is raised.

        A checkpoint; cancelling it takes everything back at TWS.
        """
        async with self.open_option_chain(
            underlying,
            expirations=expirations,
            strikes=strikes,
            right=right,
            exchange=exchange,
            trading_class=trading_class,
            quotes=quotes,
            lines=lines,
            patience=patience,
        ) as chain:
            found = [quote async for quote in chain]
        return sorted(found, key=_place)

    def open_option_chain(
        self,
        underlying: Contract,
        *,
        expirations: int | Collection[date] = 1,
        strikes: Strikes | None = None,
        right: str = "",
        exchange: str = "SMART",
        trading_class: str = "",
        quotes: bool = True,
        lines: int = 40,
        patience: float = 10.0,
    ) -> AbstractAsyncContextManager[OptionChain]:
        """Opens a chain of options, for the length of a block: each as soon as it is known.

        Args:
            underlying: Enough of it to mean one contract.
            expirations: The dates, or how many of the nearest. A whole chain has thousands of
                options.
            strikes: Those wanted, or what tells whether one is; None for all.
            right: C, P, or empty for both.
            exchange: Where the options are traded; for options on a future that of the options.
            trading_class: Which class, where there are several (SPX and SPXW); empty for that which
                is called as the underlying, or the only one.
            quotes: Whether to ask for prices and greeks, or only for the contracts.
            lines: How many lines of market data it may have open at once.
            patience: Seconds for one option to tell bid, ask and model; what has come by then is
                given. In a market that is closed some never come.

        Raises:
            LocalProtocolError: There is no such class, exchange or expiration, or a number is out
                of its range; the message says what there is.
            ContractNotFound: There is no such underlying.
            AmbiguousContract: There are several.
            RequestError: TWS refused the question.
            ResponseTimeout: Nothing came to it.
            ConnectionLost: The session ended.

        The iteration raises the same for the options; what TWS says to one line is in its quote.

        Entering is a checkpoint; leaving cancels at TWS what is under way.

        Sends ReqContractData and ReqSecDefOptParams, then ReqContractData for each expiration, and
        ReqMktData and CancelMktData for each option. Needs server version 104.
        """
        if lines < 1 or patience <= 0:
            raise LocalProtocolError(f"lines={lines}, patience={patience}: both are above 0")
        if right not in ("", "C", "P"):
            raise LocalProtocolError(f"right={right!r}: it is C, P, or empty for both")

        async def contracts(wanted: Contract) -> list[Contract]:
            found = await self.contract_details(wanted)
            return [
                one.contract
                for one in found
                if _is_wanted(one.contract.strike, strikes)
                and one.contract.right[:1] in (right or "CP")
            ]

        async def quote(contract: Contract) -> OptionQuote:
            return await self._quote(contract, patience) if quotes else OptionQuote(contract)

        return self._open_chain(
            underlying, expirations, exchange, trading_class, contracts, quote, lines
        )

    @asynccontextmanager
    async def _open_chain(
        self,
        underlying: Contract,
        expirations: int | Collection[date],
        exchange: str,
        trading_class: str,
        contracts: Callable[[Contract], Awaitable[list[Contract]]],
        quote: Callable[[Contract], Awaitable[OptionQuote]],
        lines: int,
    ) -> AsyncIterator[OptionChain]:
        known = await self.qualify(underlying)
        is_future = known.sec_type == SecType.FUTURE
        offered = await self.option_parameters(known, exchange if is_future else "")
        parameters = _chosen(offered, known, exchange, trading_class)
        dates = _dates(parameters, expirations)
        wanted = [
            Contract(
                symbol=known.symbol,
                sec_type=SecType.FUTURE_OPTION if is_future else SecType.OPTION,
                last_trade_date_or_contract_month=f"{day:%Y%m%d}",
                exchange=exchange,
                currency=known.currency,
                multiplier=parameters.multiplier,
                trading_class=parameters.trading_class,
            )
            for day in dates
        ]
        send, receive = trio.open_memory_channel[OptionQuote | Exception](lines)
        async with open_workers() as workers:
            workers.start_soon(_find, wanted, contracts, quote, lines, send)
            yield OptionChain(known, parameters, dates, receive)

    async def _quote(self, contract: Contract, patience: float) -> OptionQuote:
        """Watches an option until it has told enough, or for so long."""
        told = OptionQuote(contract)
        with trio.move_on_after(patience):
            try:
                async with self.open_ticks(contract) as ticks:
                    async for tick in ticks:
                        told = evolve(told, **_news(tick))
                        if told.is_complete:
                            break
            except RequestError as error:
                told = attrs.evolve(told, error=error)
        return told


async def _find(
    wanted: list[Contract],
    contracts: Callable[[Contract], Awaitable[list[Contract]]],
    quote: Callable[[Contract], Awaitable[OptionQuote]],
    lines: int,
    found: trio.MemorySendChannel[OptionQuote | Exception],
) -> None:
    """Sends the quote of each option that is wanted; an exception if the search comes to one."""
    send, receive = trio.open_memory_channel[Contract](0)
    searches = trio.CapacityLimiter(_SEARCHES)

    async def search(one: Contract, options: trio.MemorySendChannel[Contract]) -> None:
        async with options, searches:
            for contract in await contracts(one):
                await options.send(contract)

    async def watch(options: trio.MemoryReceiveChannel[Contract]) -> None:
        async with options:
            async for contract in options:
                await found.send(await quote(contract))

    async with found:
        failure: Exception | None = None
        try:
            async with trio.open_nursery() as nursery:
                for _ in range(lines):
                    nursery.start_soon(watch, receive.clone())
                receive.close()
                for one in wanted:
                    nursery.start_soon(search, one, send.clone())
                send.close()
        except* Exception as errors:  # noqa: BLE001 - raised by the iteration
            failure = errors.exceptions[0]  # several tasks meet the same
        if failure is not None:
            await found.send(failure)


def _is_wanted(strike: float | None, strikes: Strikes | None) -> bool:
    if strikes is None:
        return True
    if strike is None:
        return False
    return strikes(strike) if callable(strikes) else strike in strikes


def _chosen(
    offered: list[SecurityDefinitionOptionParameter],
    underlying: Contract,
    exchange: str,
    trading_class: str,
) -> SecurityDefinitionOptionParameter:
    """Gives the class of options that is meant.

    Raises:
        LocalProtocolError: There is none, or it is not clear which.
    """
    name = underlying.local_symbol or underlying.symbol
    here = [one for one in offered if one.exchange == exchange]
    if not here:
        exchanges = ", ".join(sorted({one.exchange for one in offered})) or "no exchange"
        raise LocalProtocolError(
            f"exchange={exchange!r}: options on {name} are traded at {exchanges}"
        )
    if trading_class:
        meant = [one for one in here if one.trading_class == trading_class]
    else:
        meant = [one for one in here if one.trading_class == underlying.symbol] or here
    if len(meant) != 1:
        classes = ", ".join(sorted({one.trading_class for one in here}))
        raise LocalProtocolError(
            f"trading_class={trading_class!r}: options on {name} at {exchange} have {classes}"
        )
    return meant[0]


def _dates(
    parameters: SecurityDefinitionOptionParameter, expirations: int | Collection[date]
) -> tuple[date, ...]:
    """Gives the expirations that are wanted, in order.

    Raises:
        LocalProtocolError: There is no such expiration.
    """
    offered = sorted(date.fromisoformat(text) for text in parameters.expirations)
    if isinstance(expirations, int):
        if expirations < 1:
            raise LocalProtocolError(f"expirations={expirations}: ask for one at the least")
        return tuple(offered[:expirations])
    if missing := sorted(set(expirations) - set(offered)):
        near = ", ".join(map(str, offered[:5]))
        raise LocalProtocolError(
            f"expirations: there is none on {missing[0]}; the first of {len(offered)} are {near}"
        )
    return tuple(sorted(set(expirations)))


def _news(tick: object) -> dict[str, object]:
    """Gives what a tick says of a quote, by the names of its fields."""
    match tick:
        case TickPrice(tick_type=kind) if kind in _PRICES:
            name = _PRICES[kind]
            told: dict[str, object] = {name: tick.price}
            return told | ({_SIZED[name]: tick.size} if name in _SIZED else {})
        case TickSize(tick_type=kind) if kind in _SIZES:
            return {_SIZES[kind]: tick.size}
        case TickOptionComputation(tick_type=kind) if kind in _MODELS:
            return {"model": tick}
        case _:
            return {}


def _place(quote: OptionQuote) -> tuple[str, float, str]:
    contract = quote.contract
    return contract.last_trade_date_or_contract_month, contract.strike or 0.0, contract.right
