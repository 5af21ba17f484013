from io import StringIO

import pytest
from rich.console import Console

from trio_tws import Contract, MarketDataKind, TickPrice, TickType
from trio_tws._cli import _demo_print as show
from trio_tws._cli._watchlist import Line


def printed(*lines: Line) -> str:
    out = Console(file=StringIO(), width=100)
    show.troubles(out, lines)
    assert isinstance(out.file, StringIO)
    return out.file.getvalue()


def test_refusals_are_told() -> None:
    delayed = Line("AAPL", Contract(), 0.01, kind=MarketDataKind.DELAYED, trouble="no (354)")
    refused = Line("ES", Contract(), 0.25, trouble="no (200)")

    assert printed(delayed) == "AAPL is delayed, because TWS said: no (354)\n"
    assert printed(refused) == "ES: TWS said: no (200)\n"


def test_silence_is_told() -> None:
    silent, loud = Line("AAPL", Contract(), 0.01), Line("ES", Contract(), 0.25)
    loud.take(TickPrice(1, TickType.LAST, 6000.0))

    assert printed(silent, loud) == "AAPL: no price came; the market may be closed.\n"


def test_delayed_lines_are_marked() -> None:
    out = Console(file=StringIO(), width=100)
    with show.Market(out, [Line("AAPL", Contract(), 0.01, kind=MarketDataKind.DELAYED)], 1):
        pass

    assert isinstance(out.file, StringIO)
    assert "AAPL (delayed)" in out.file.getvalue()


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        ({TickType.BID: 1.0, TickType.ASK: 2.0, TickType.LAST: 1.5}, "SPX 1.00/2.00"),
        ({TickType.LAST: 1.5}, "SPX 1.50"),
    ],
)
def test_what_has_no_quotes_is_told_by_its_last_price(
    prices: dict[TickType, float], expected: str
) -> None:
    line = Line("SPX", Contract(), 0.01)
    for kind, price in prices.items():
        line.take(TickPrice(1, kind, price))
    out = Console(file=StringIO(), width=100)
    with show.Market(out, [line], 1) as market:
        market.refresh()

    assert isinstance(out.file, StringIO)
    assert out.file.getvalue().splitlines()[0] == f"  {expected}"


def test_what_can_not_be_overwritten_is_printed_a_few_times_only() -> None:
    line = Line("SPX", Contract(), 0.01)
    out = Console(file=StringIO(), width=100)
    with show.Market(out, [line], 3600) as market:
        market.refresh()  # there is no price yet
        line.take(TickPrice(1, TickType.LAST, 1.5))
        market.refresh()
        line.take(TickPrice(1, TickType.LAST, 1.75))
        market.refresh()  # too soon after the last time

    assert isinstance(out.file, StringIO)
    assert out.file.getvalue().split("\n\n")[0] == "  SPX 1.50"
