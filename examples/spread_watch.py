"""Watches the spread of an instrument and says when it is wide; Ctrl-C ends it.

    python examples/spread_watch.py AAPL --port 7497 --wide 0.02

To try it without TWS, run `trio-tws simulate` in another window.
"""

import argparse
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from datetime import UTC, datetime

import attrs
import trio

from trio_tws import TWS, Contract, Stock, TickPrice, TickType, TWSError, open_tws


@attrs.frozen
class Quote:
    """Bid and ask at one moment."""

    time: datetime
    bid: float
    ask: float

    @property
    def spread(self) -> float:
        """How far apart they are."""
        return self.ask - self.bid


@attrs.define
class Report:
    """What was seen so far."""

    quotes: int = 0
    wide: int = 0
    widest: Quote | None = None

    def take(self, quote: Quote, limit: float) -> bool:
        """Takes a quote in; tells whether it is wide."""
        self.quotes += 1
        if self.widest is None or quote.spread > self.widest.spread:
            self.widest = quote
        # Half a thousandth of a cent: 211.47 - 211.45 is 0.02000000000001 in binary.
        is_wide = quote.spread > limit + 5e-6
        self.wide += is_wide
        return is_wide

    def __str__(self) -> str:
        if self.widest is None:
            return "no quotes"
        return f"{self.quotes} quotes, {self.wide} wide, the widest {self.widest.spread:.4f}"


async def quotes(tws: TWS, contract: Contract) -> AsyncGenerator[Quote, None]:
    """Gives each change of bid or ask as a whole quote. Use it within `aclosing`."""
    bid = ask = None
    async with tws.open_ticks(contract) as ticks:
        async for tick in ticks:
            match tick:
                case TickPrice(tick_type=TickType.BID, price=price):
                    bid = price
                case TickPrice(tick_type=TickType.ASK, price=price):
                    ask = price
                case _:
                    continue
            if bid is not None and ask is not None:
                yield Quote(datetime.now(UTC), bid, ask)


async def watch_spread(
    tws: TWS, contract: Contract, limit: float, tell: Callable[[Quote], None], report: Report
) -> None:
    """Watches until cancelled, and tells each wide quote.

    The report is the caller's, so it is whole whenever the watching ends, and however.
    """
    async with aclosing(quotes(tws, contract)) as stream:
        async for quote in stream:
            if report.take(quote, limit):
                tell(quote)


def print_quote(quote: Quote) -> None:
    print(f"{quote.time:%H:%M:%S} {quote.bid} {quote.ask} spread {quote.spread:.4f}", flush=True)


async def main(symbol: str, port: int, limit: float) -> None:
    report = Report()
    try:
        async with open_tws(port=port, client_id=11, read_only=True) as tws:
            (found,) = await tws.contract_details(Stock(symbol))
            print(f"watching {found.details.long_name}; Ctrl-C ends it", flush=True)
            await watch_spread(tws, found.contract, limit, print_quote, report)
    finally:
        print(report)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("symbol", nargs="?", default="AAPL")
    parser.add_argument("--port", type=int, default=7497)
    parser.add_argument("--wide", type=float, default=0.02)
    arguments = parser.parse_args()
    try:
        trio.run(main, arguments.symbol, arguments.port, arguments.wide)
    except TWSError as error:
        raise SystemExit(str(error)) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
