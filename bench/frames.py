"""The bytes that the server sends, all of them made before the first goes out."""

import functools
import itertools
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from bench.scenarios import LAST_PRICE
from trio_tws import _versions as v
from trio_tws._enums import OrderStatusName, SecType, TickByTickKind, TickType
from trio_tws._model.bars import HistoricalData, HistoricalDataBar, HistoricalDataEnd
from trio_tws._model.contracts import Contract
from trio_tws._model.executions import Execution, ExecutionData
from trio_tws._model.open_orders import OpenOrderEnd, OrderStatus
from trio_tws._model.order_reports import OpenOrder
from trio_tws._model.order_states import OrderState
from trio_tws._model.orders import Order
from trio_tws._model.tick_by_tick import TickByTick, TradeTick
from trio_tws._model.ticks import TickPrice, TickSize
from trio_tws.protocol import Codec, frame

DIFFERENT: Final = 1_000
"""How many events differ; a longer stream repeats them."""

START: Final = datetime(2026, 1, 15, 15, tzinfo=UTC)
_EASTERN: Final = ZoneInfo("US/Eastern")
CONTRACT: Final = Contract(
    con_id=265598, symbol="AAPL", sec_type=SecType.STOCK, exchange="SMART", currency="USD"
)


class Frames:
    """Makes the frames of one server version."""

    def __init__(self, server_version: int) -> None:
        self.server_version = server_version
        self._codec = Codec(server_version, reads_incoming=False)
        self.ticks = functools.cache(self._ticks)
        self.trades = functools.cache(self._trades)
        self.fan_out = functools.cache(self._fan_out)
        self.history = functools.cache(self._history)
        self.orders = functools.cache(self._orders)

    def frame(self, message: object) -> bytes:
        """Makes the frame of one message."""
        return frame(self._codec.encode(message))

    def join(self, messages: Iterable[object]) -> bytes:
        """Makes the frames of some messages."""
        return b"".join(map(self.frame, messages))

    def _ticks(self, req_id: int, count: int) -> bytes:
        return self._repeat(_pairs(req_id), count) + self.frame(_last_tick(req_id))

    def _trades(self, req_id: int, count: int) -> bytes:
        events = [_trade(req_id, at, _price(at)) for at in range(DIFFERENT)]
        return self._repeat(events, count) + self.frame(_trade(req_id, 0, LAST_PRICE))

    def _fan_out(self, req_ids: tuple[int, ...], count: int) -> bytes:
        pairs = [_pairs(req_id)[: 2 * DIFFERENT // len(req_ids)] for req_id in req_ids]
        mixed = list(itertools.chain.from_iterable(zip(*pairs, strict=True)))
        return self._repeat(mixed, count) + self.join(map(_last_tick, req_ids))

    def _history(self, req_id: int, count: int, *, is_epoch: bool = True) -> bytes:
        bars = tuple(_bar(at, is_epoch=is_epoch) for at in range(count))
        first, last = (f"{START + timedelta(seconds=at):%Y%m%d-%H:%M:%S}" for at in (0, count))
        sent: list[object] = [HistoricalData(req_id, first, last, bars)]
        if self.server_version >= v.HISTORICAL_DATA_END:
            sent = [HistoricalData(req_id, bars=bars), HistoricalDataEnd(req_id, first, last)]
        return self.join(sent)

    def _orders(self, first: int, count: int, client_id: int) -> bytes:
        """Makes three reports of each order, and the end."""
        numbers = range(first, first + count // 3)
        reports = (_reports(number, client_id) for number in numbers)
        return self.join(itertools.chain.from_iterable(reports)) + self.frame(OpenOrderEnd())

    def _repeat(self, events: Sequence[object], count: int) -> bytes:
        """Makes so many frames, the end included that the caller adds."""
        frames = list(map(self.frame, events))
        whole, rest = divmod(count - 1, len(frames))
        return b"".join(frames) * whole + b"".join(frames[:rest])


class StampedTrades:
    """Trades whose price is the moment at which they are sent, so that their age can be told."""

    _PLACE: Final = 123456.654321

    def __init__(self, frames: Frames, req_id: int) -> None:
        self._before, _, self._after = frames.frame(_trade(req_id, 1, self._PLACE)).partition(
            str(self._PLACE).encode()
        )
        self.last = frames.frame(_trade(req_id, 0, LAST_PRICE))

    def next(self) -> bytes:
        """Makes one that is to be sent at once. Its length is always the same."""
        return b"%b%013.6f%b" % (self._before, stamp(), self._after)


def stamp() -> float:
    """Gives the moment as seconds of a clock that all processes of a machine share.

    Six digits before the point, so that a frame with it has a known length and double precision
    leaves microseconds.
    """
    return time.perf_counter() % 100_000 + 100_000


def _price(at: int) -> float:
    return round(187 + at % 97 / 100, 2)


def _pairs(req_id: int) -> list[object]:
    """Makes prices, each with the size that follows it; no two sizes in a row are alike."""
    pairs: list[object] = []
    for at in range(DIFFERENT):
        price = TickPrice(req_id, TickType.BID, _price(at), Decimal(100 + at % 7))
        size = TickSize(req_id, TickType.BID_SIZE, Decimal(200 + at % 11))
        pairs += [price, size]
    return pairs


def _last_tick(req_id: int) -> object:
    return TickPrice(req_id, TickType.LAST, LAST_PRICE, Decimal(1))


def _trade(req_id: int, at: int, price: float) -> object:
    last = TradeTick(
        START + timedelta(seconds=at), price=price, size=Decimal(100 + at % 7), exchange="ARCA"
    )
    return TickByTick(req_id, TickByTickKind.ALL_LAST, last)


def _bar(at: int, *, is_epoch: bool) -> HistoricalDataBar:
    price = _price(at)
    moment = START.astimezone(_EASTERN) + timedelta(seconds=5 * at)
    return HistoricalDataBar(
        str(int(moment.timestamp())) if is_epoch else f"{moment:%Y%m%d %H:%M:%S} US/Eastern",
        price,
        round(price + 0.25, 2),
        round(price - 0.25, 2),
        round(price + 0.05, 2),
        Decimal(1_000 + at % 997),
        Decimal("187.1234"),
        1 + at % 89,
    )


def _reports(number: int, client_id: int) -> list[object]:
    """Makes what TWS sends of an order that fills at once."""
    perm_id = 1_000_000_000 + number
    account, quantity = "DU1234567", Decimal(100)
    order = Order(
        client_id=client_id,
        order_id=number,
        perm_id=perm_id,
        action="BUY",
        total_quantity=quantity,
        order_type="LMT",
        lmt_price=_price(number),
        tif="DAY",
        account=account,
    )
    execution = Execution(
        order_id=number,
        exec_id=f"0000e0d5.{number:08x}.01.01",
        time=f"{START:%Y%m%d %H:%M:%S} US/Eastern",
        acct_number=account,
        exchange="ARCA",
        side="BOT",
        shares=quantity,
        price=_price(number),
        perm_id=perm_id,
        client_id=client_id,
        cum_qty=quantity,
        avg_price=_price(number),
    )
    status = OrderStatus(
        order_id=number,
        status=OrderStatusName.FILLED,
        filled=quantity,
        remaining=Decimal(0),
        avg_fill_price=_price(number),
        perm_id=perm_id,
        last_fill_price=_price(number),
        client_id=client_id,
    )
    return [
        OpenOrder(number, CONTRACT, order, OrderState(status=OrderStatusName.SUBMITTED)),
        status,
        ExecutionData(-1, CONTRACT, execution),
    ]
