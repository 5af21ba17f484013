"""What TWS refuses, each with its code; the order never gets into the books."""

from decimal import Decimal
from typing import Any

import attrs
import pytest

from tests.testing.trading import (
    AAPL,
    BOND,
    CALL,
    ES,
    EURUSD,
    MSFT,
    SPX,
    STRADDLE,
    limit,
    order,
    trading,
)
from trio_tws._enums import SecType, TriggerMethod
from trio_tws._model.conditions import VolumeCondition
from trio_tws._model.contracts import ComboLeg, Contract
from trio_tws._model.orders import Order
from trio_tws._wire import evolve
from trio_tws.testing import INSTRUMENTS

STOP = order("SELL", kind="STP", aux_price=1.0)
ADJUSTED = evolve(STOP, adjusted_order_type="STP", trigger_price=500.0, adjusted_stop_price=2.0)


def legs(*legs: ComboLeg) -> Contract:
    return evolve(STRADDLE, combo_legs=legs)


@pytest.mark.parametrize(
    ("contract", "wanted", "code"),
    [
        (Contract(), order(), 200),
        (Contract(symbol="NO SUCH", sec_type=SecType.STOCK), order(), 200),
        (Contract(symbol="AAPL"), order(), 200),
        (SPX, order(), 203),
        (legs(), order(), 200),
        (legs(ComboLeg(7, 1, "BUY")), order(), 200),
        (legs(ComboLeg(SPX.con_id, 1, "BUY")), order(), 200),
        (legs(ComboLeg(AAPL.con_id, 0, "BUY")), order(), 200),
        (legs(ComboLeg(AAPL.con_id, 1, "BUY"), ComboLeg(14204, 1, "SELL")), order(), 203),
        (AAPL, order("HOLD"), 321),
        (AAPL, order(kind="NO SUCH"), 387),
        (BOND, order(kind="STP", aux_price=1.0), 387),
        (AAPL, order(kind="VOL", volatility=1.0), 387),
        (ES, order(kind="MIDPRICE"), 387),
        (STRADDLE, order(kind="MOC"), 387),
        (AAPL, order(kind="LMT"), 107),
        (AAPL, order(kind="STP LMT", lmt_price=1.0), 107),
        (AAPL, order(kind="TRAIL"), 107),
        (AAPL, order(kind="TRAIL LIMIT", aux_price=1.0), 107),
        (AAPL, order("BUY", 0), 434),
        (AAPL, order("BUY", 1.5), 10243),
        (STRADDLE, order("BUY", 1.5), 10243),
        (BOND, order("BUY", 1), 388),
        (AAPL, order("BUY", -1), 434),
        (AAPL, order("BUY", 0, cash_qty=-9.0), 434),
        (AAPL, limit("BUY", 100, 1.0, display_size=10, discretionary_amt=0.1), 157),
        (AAPL, limit("BUY", 100, 1.001), 110),
        (AAPL, order(kind="STP", aux_price=1.001), 110),
        (EURUSD, limit("BUY", 100, 1.00001), 110),
        (AAPL, order(kind="REL", cash_qty=100.0), 10244),
        (AAPL, order(kind="STP", aux_price=1.0, cash_qty=100.0), 10244),
        (ES, order("BUY", 0, cash_qty=100.0), 10244),
        (STRADDLE, order("BUY", 1, cash_qty=100.0), 10244),
        (AAPL, order(tif="NO SUCH"), 111),
        (AAPL, order(kind="STP", aux_price=1.0, tif="OPG"), 111),
        (AAPL, order(kind="MOC", tif="IOC"), 111),
        (AAPL, order(tif="GTD"), 391),
        (AAPL, order(tif="GTD", good_till_date="soon"), 391),
        (AAPL, order(good_after_time="soon"), 391),
        (AAPL, order(trigger_method=TriggerMethod(5)), 146),
        (AAPL, order(conditions=(VolumeCondition(7, "SMART", True, 1),)), 147),
        (AAPL, evolve(ADJUSTED, adjusted_order_type="MKT"), 387),
        (AAPL, evolve(ADJUSTED, order_type="LMT", lmt_price=500.0), 387),
        (AAPL, evolve(ADJUSTED, trigger_price=None), 361),
        (AAPL, evolve(ADJUSTED, adjusted_stop_price=None), 362),
        (AAPL, order(oca_type=4), 10324),
        (AAPL, order(kind="PEG BENCH", starting_price=1.0, reference_contract_id=7), 200),
        (AAPL, order(what_if=True, transmit=False), 321),
        (AAPL, order("BUY", 0, cash_qty=0.001), 434),
        (CALL, order(kind="PEG STK", starting_price=1.0), 107),
    ],
)
async def test_what_makes_no_sense_is_refused(contract: Contract, wanted: Order, code: int) -> None:
    async with trading() as trader:
        number = await trader.place(contract, wanted)
        assert trader.errors(number) == [code]
        assert list(trader.simulator.exchange.book) == []


@pytest.mark.parametrize(
    ("contract", "wanted"),
    [
        (BOND, limit("BUY", 2, 1.0)),
        (AAPL, limit("BUY", 100, 1.0, tif="GTC")),
        (AAPL, ADJUSTED),
        (MSFT, order(kind="PEG BENCH", starting_price=1.0, reference_contract_id=265598)),
        (CALL, order("BUY", 1, "VOL", volatility=1.0)),
        (STRADDLE, limit("BUY", 1, 0.0)),
        (STRADDLE, limit("BUY", 1, -1.0)),
        (STRADDLE, order("BUY", 1, "STP", aux_price=900.0)),
        (AAPL, order(kind="PASSV REL", aux_price=9.0)),
    ],
)
async def test_what_makes_sense_is_taken(contract: Contract, wanted: Order) -> None:
    async with trading(cash=Decimal(10**8)) as trader:
        number = await trader.place(contract, wanted)
        assert trader.errors(number) == []
        assert len(trader.simulator.exchange.book.open()) == 1


async def test_sizes_grow_in_steps() -> None:
    changes: dict[str, Any] = {"size_increment": Decimal(100), "min_size": Decimal(1)}
    instruments = [attrs.evolve(one, **changes) for one in INSTRUMENTS]
    async with trading(instruments=instruments) as trader:
        number = await trader.place(AAPL, order("BUY", 150))
        assert trader.errors(number) == [355]
