"""What every client does in its day; each script has it in IB's own words."""

from typing import Any, Final

CLIENT_ID: Final = 0
"""The one that hears of what people order."""

STOCK: Final[dict[str, Any]] = {
    "symbol": "AAPL",
    "secType": "STK",
    "exchange": "SMART",
    "currency": "USD",
}
STOCK_ID: Final = 265598
LISTED_AT: Final = "NASDAQ"
"""Where its book is asked for, which has no makers then."""

OTHER: Final = STOCK | {"symbol": "MSFT"}
OTHER_ID: Final = 272093
"""What people have traded before the client came, and what its single quotes are of: of one
instrument there is one stream of single ticks in 15 seconds."""

WATCH: Final = 1.2
"""Seconds for which each stream is left open; all of them run at once."""

BARS: Final = ("20240117-00:00:00", "1 D", "30 mins", "TRADES")
GROWING: Final = ("120 S", "5 secs", "TRADES")
ROWS: Final = 3
SCAN: Final = ("STK", "STK.US.MAJOR", "MOST_ACTIVE")
SUMMARY: Final = ("NetLiquidation", "TotalCashValue", "GrossPositionValue", "AccountType")
NEWS_SINCE: Final = "2026-03-10 00:00:00"
NEWS_UNTIL: Final = "2026-03-11 00:00:00"

LOW: Final = 100.0
HIGH: Final = 400.0
"""Prices that the stock doesn't come near to in this market."""
