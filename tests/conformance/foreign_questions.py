"""What the foreign clients are made to ask; in IB's own words, which both of them use."""

from typing import Any, Final, NamedTuple


class BarRequest(NamedTuple):
    """One day of bars, in several shapes: bar size, what to show, and format of the times."""

    end: str
    duration: str
    shapes: tuple[tuple[str, str, int], ...]


BAR_REQUEST: Final = BarRequest(
    end="20240117-00:00:00",
    duration="1 D",
    shapes=(
        ("5 mins", "TRADES", 1),
        ("5 mins", "TRADES", 2),
        ("1 hour", "MIDPOINT", 1),
        ("30 mins", "BID_ASK", 2),
        ("1 day", "TRADES", 1),
    ),
)

CON_IDS: Final = (
    *(265598, 272093, 8314, 756733, 14204, 416904, 12087792, 127128131, 479624278),
    *(2100000001, 2100000002, 2100000003, 2100000004),
)
CONTRACTS: Final[tuple[dict[str, Any], ...]] = tuple({"conId": con_id} for con_id in CON_IDS)

WATCHED: Final[dict[str, Any]] = {
    "symbol": "AAPL",
    "secType": "STK",
    "exchange": "SMART",
    "currency": "USD",
}
UNKNOWN: Final[dict[str, Any]] = {
    "symbol": "NOSUCH",
    "secType": "STK",
    "exchange": "SMART",
    "currency": "USD",
}
