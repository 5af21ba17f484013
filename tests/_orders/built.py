"""An order of every builder, and what it has to be: what several test modules send."""

import math
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Final

from trio_tws import (
    UP_TO_MIDPOINT,
    AuctionOrder,
    BoxTopOrder,
    Cash,
    GoodTill,
    LegLimitOrder,
    LimitIfTouchedOrder,
    LimitOnCloseOrder,
    LimitOnOpenOrder,
    LimitOrder,
    MarketIfTouchedOrder,
    MarketOnCloseOrder,
    MarketOnOpenOrder,
    MarketOrder,
    MarketToLimitOrder,
    MarketWithProtectionOrder,
    MidpriceOrder,
    Order,
    PassiveRelativeOrder,
    PeggedToBenchmarkOrder,
    PeggedToBestOrder,
    PeggedToMarketOrder,
    PeggedToMidpointOrder,
    PeggedToStockOrder,
    ReferencePrice,
    RelativeOrder,
    ScaleOrder,
    StopLimitOrder,
    StopOrder,
    StopWithProtectionOrder,
    TagValue,
    TimeInForce,
    TrailingStopLimitOrder,
    TrailingStopOrder,
    TriggerMethod,
    VolatilityOrder,
    VolatilityType,
    adjusted,
    evolve,
)

NEW_YORK: Final = timezone(timedelta(hours=-5))
START: Final = datetime(2027, 1, 4, 9, 30, tzinfo=NEW_YORK)
END: Final = datetime(2027, 1, 4, 16, tzinfo=NEW_YORK)

BUY: Final = Order(action="BUY", total_quantity=Decimal(100), tif="DAY")
SELL: Final = evolve(BUY, action="SELL")
SELL_STOP: Final = StopOrder("SELL", 100, 30)

PLAIN: Final[list[tuple[Order, Order]]] = [
    (MarketOrder("BUY", 100), evolve(BUY, order_type="MKT")),
    (
        MarketOrder("SSHORT", Decimal("0.25"), short_sale_slot=2, designated_location="GSCO"),
        evolve(
            BUY,
            action="SSHORT",
            total_quantity=Decimal("0.25"),
            order_type="MKT",
            short_sale_slot=2,
            designated_location="GSCO",
        ),
    ),
    (
        MarketOrder("BUY", Cash(500)),
        evolve(BUY, order_type="MKT", total_quantity=Decimal(0), cash_qty=500.0),
    ),
    (LimitOrder("BUY", 100, 187.5), evolve(BUY, order_type="LMT", lmt_price=187.5)),
    (LimitOrder("SELL", 100, -1.25), evolve(SELL, order_type="LMT", lmt_price=-1.25)),
    (
        LimitOrder("BUY", 0.1, 30, tif=GoodTill(END), good_after_time=START, outside_rth=True),
        evolve(
            BUY,
            order_type="LMT",
            total_quantity=Decimal("0.1"),
            lmt_price=30.0,
            tif="GTD",
            good_till_date="20270104-21:00:00",
            good_after_time="20270104-14:30:00",
            outside_rth=True,
        ),
    ),
    (
        LimitOrder(
            "BUY",
            "100",
            30,
            tif="gtc",
            account="DU1",
            order_ref="mine",
            all_or_none=True,
            min_qty=10,
            display_size=20,
            trigger_method=TriggerMethod.LAST,
        ),
        evolve(
            BUY,
            order_type="LMT",
            lmt_price=30.0,
            tif="GTC",
            account="DU1",
            order_ref="mine",
            all_or_none=True,
            min_qty=10,
            display_size=20,
            trigger_method=TriggerMethod.LAST,
        ),
    ),
    (
        LimitOrder("BUY", 100, 30, hidden=True, tif=TimeInForce.IOC, discretionary_amt=0.5),
        evolve(
            BUY, order_type="LMT", lmt_price=30.0, hidden=True, tif="IOC", discretionary_amt=0.5
        ),
    ),
    (
        LimitOrder("BUY", 100, 30, sweep_to_fill=True, block_order=True, tif="DTC"),
        evolve(
            BUY, order_type="LMT", lmt_price=30.0, sweep_to_fill=True, block_order=True, tif="DTC"
        ),
    ),
    (
        LimitOrder("SELL", 1, 0.75, non_guaranteed=True, tif="FOK", transmit=False),
        evolve(
            SELL,
            order_type="LMT",
            lmt_price=0.75,
            total_quantity=Decimal(1),
            tif="FOK",
            smart_combo_routing_params=(TagValue("NonGuaranteed", "1"),),
            transmit=False,
        ),
    ),
    (MarketOnOpenOrder("BUY", 100), evolve(BUY, order_type="MKT", tif="OPG")),
    (LimitOnOpenOrder("BUY", 100, 30), evolve(BUY, order_type="LMT", tif="OPG", lmt_price=30.0)),
    (MarketOnCloseOrder("BUY", 100), evolve(BUY, order_type="MOC")),
    (LimitOnCloseOrder("BUY", 100, 30), evolve(BUY, order_type="LOC", lmt_price=30.0)),
    (MarketIfTouchedOrder("BUY", 100, 30), evolve(BUY, order_type="MIT", aux_price=30.0)),
    (
        LimitIfTouchedOrder("BUY", 100, 30, 30.5),
        evolve(BUY, order_type="LIT", aux_price=30.0, lmt_price=30.5),
    ),
    (MarketToLimitOrder("BUY", 100), evolve(BUY, order_type="MTL")),
    (MarketWithProtectionOrder("BUY", 100), evolve(BUY, order_type="MKT PRT")),
    (MidpriceOrder("BUY", 100), evolve(BUY, order_type="MIDPRICE")),
    (MidpriceOrder("BUY", 100, 30), evolve(BUY, order_type="MIDPRICE", lmt_price=30.0)),
    (BoxTopOrder("BUY", 100), evolve(BUY, order_type="BOX TOP")),
    (AuctionOrder("BUY", 100, 30), evolve(BUY, order_type="MTL", tif="AUC", lmt_price=30.0)),
    (LegLimitOrder("BUY", 100), evolve(BUY, order_type="LMT")),
]

STOPS: Final[list[tuple[Order, Order]]] = [
    (SELL_STOP, evolve(SELL, order_type="STP", aux_price=30.0)),
    (
        StopLimitOrder("SELL", 100, 30, 29.5),
        evolve(SELL, order_type="STP LMT", aux_price=30.0, lmt_price=29.5),
    ),
    (
        StopWithProtectionOrder("SELL", 100, 30),
        evolve(SELL, order_type="STP PRT", aux_price=30.0),
    ),
    (
        TrailingStopOrder("SELL", 100, trailing_amount=1),
        evolve(SELL, order_type="TRAIL", aux_price=1.0),
    ),
    (
        TrailingStopOrder("SELL", 100, trailing_percent=2.5, stop_price=30),
        evolve(SELL, order_type="TRAIL", trailing_percent=2.5, trail_stop_price=30.0),
    ),
    (
        TrailingStopLimitOrder(
            "SELL", 100, trailing_amount=1, stop_price=30, limit_price_offset=0.1
        ),
        evolve(
            SELL,
            order_type="TRAIL LIMIT",
            aux_price=1.0,
            trail_stop_price=30.0,
            lmt_price_offset=0.1,
        ),
    ),
    (
        TrailingStopLimitOrder("SELL", 100, trailing_percent=1, limit_price=29),
        evolve(SELL, order_type="TRAIL LIMIT", trailing_percent=1.0, lmt_price=29.0),
    ),
    (
        adjusted(SELL_STOP, 35, stop_price=33),
        evolve(SELL_STOP, trigger_price=35.0, adjusted_order_type="STP", adjusted_stop_price=33.0),
    ),
    (
        adjusted(SELL_STOP, 35, stop_price=33, limit_price=32),
        evolve(
            SELL_STOP,
            trigger_price=35.0,
            adjusted_order_type="STP LMT",
            adjusted_stop_price=33.0,
            adjusted_stop_limit_price=32.0,
        ),
    ),
    (
        adjusted(SELL_STOP, 35, stop_price=33, trailing_amount=1),
        evolve(
            SELL_STOP,
            trigger_price=35.0,
            adjusted_order_type="TRAIL",
            adjusted_stop_price=33.0,
            adjusted_trailing_amount=1.0,
        ),
    ),
    (
        adjusted(SELL_STOP, 35, stop_price=33, limit_price=32, trailing_percent=5),
        evolve(
            SELL_STOP,
            trigger_price=35.0,
            adjusted_order_type="TRAIL LIMIT",
            adjusted_stop_price=33.0,
            adjusted_stop_limit_price=32.0,
            adjusted_trailing_amount=5.0,
            adjustable_trailing_unit=100,
        ),
    ),
]

PEGGED: Final[list[tuple[Order, Order]]] = [
    (PeggedToMarketOrder("BUY", 100), evolve(BUY, order_type="PEG MKT", aux_price=0.0)),
    (
        PeggedToMarketOrder("BUY", 100, 0.01, limit_price=30),
        evolve(BUY, order_type="PEG MKT", aux_price=0.01, lmt_price=30.0),
    ),
    (
        PeggedToMidpointOrder("BUY", 100, 0.01, limit_price=30),
        evolve(BUY, order_type="PEG MID", aux_price=0.01, lmt_price=30.0),
    ),
    (
        PeggedToMidpointOrder(
            "BUY",
            100,
            min_trade_qty=1,
            mid_offset_at_whole=0.01,
            mid_offset_at_half=0.005,
            not_held=True,
        ),
        evolve(
            BUY,
            order_type="PEG MID",
            aux_price=0.0,
            min_trade_qty=1,
            mid_offset_at_whole=0.01,
            mid_offset_at_half=0.005,
            not_held=True,
        ),
    ),
    (
        PeggedToBestOrder("BUY", 100, limit_price=30, compete_against_best_offset=0.02),
        evolve(BUY, order_type="PEG BEST", lmt_price=30.0, compete_against_best_offset=0.02),
    ),
    (
        PeggedToBestOrder(
            "BUY",
            100,
            compete_against_best_offset=UP_TO_MIDPOINT,
            min_trade_qty=10,
            min_compete_size=20,
            mid_offset_at_whole=0.01,
            mid_offset_at_half=0.005,
            not_held=True,
        ),
        evolve(
            BUY,
            order_type="PEG BEST",
            compete_against_best_offset=math.inf,
            min_trade_qty=10,
            min_compete_size=20,
            mid_offset_at_whole=0.01,
            mid_offset_at_half=0.005,
            not_held=True,
        ),
    ),
    (
        PeggedToStockOrder("BUY", 100, delta=0.5, starting_price=2, stock_ref_price=30),
        evolve(BUY, order_type="PEG STK", delta=0.5, starting_price=2.0, stock_ref_price=30.0),
    ),
    (
        PeggedToStockOrder(
            "BUY", 100, delta=1, starting_price=2, stock_range_lower=29, stock_range_upper=31
        ),
        evolve(
            BUY,
            order_type="PEG STK",
            delta=1.0,
            starting_price=2.0,
            stock_range_lower=29.0,
            stock_range_upper=31.0,
        ),
    ),
    (
        PeggedToBenchmarkOrder(
            "BUY",
            100,
            starting_price=30,
            reference_contract_id=265598,
            reference_exchange_id="ISLAND",
            reference_change_amount=1,
            pegged_change_amount=0.1,
            is_pegged_change_amount_decrease=True,
            stock_ref_price=180,
            stock_range_lower=170,
            stock_range_upper=190,
        ),
        evolve(
            BUY,
            order_type="PEG BENCH",
            starting_price=30.0,
            reference_contract_id=265598,
            reference_exchange_id="ISLAND",
            reference_change_amount=1.0,
            pegged_change_amount=0.1,
            is_pegged_change_amount_decrease=True,
            stock_ref_price=180.0,
            stock_range_lower=170.0,
            stock_range_upper=190.0,
        ),
    ),
    (
        RelativeOrder("BUY", 100, 0.01, limit_price=30),
        evolve(BUY, order_type="REL", aux_price=0.01, lmt_price=30.0),
    ),
    (
        RelativeOrder("BUY", 100, percent_offset=0.01),
        evolve(BUY, order_type="REL", percent_offset=0.01),
    ),
    (PassiveRelativeOrder("BUY", 100), evolve(BUY, order_type="PASSV REL", aux_price=0.0)),
]

RARE: Final[list[tuple[Order, Order]]] = [
    (
        VolatilityOrder("BUY", 100, 40),
        evolve(BUY, order_type="VOL", volatility=40.0, volatility_type=2),
    ),
    (
        VolatilityOrder(
            "BUY",
            100,
            2.5,
            volatility_type=VolatilityType.DAILY,
            continuous_update=True,
            reference_price_type=ReferencePrice.AVERAGE,
            stock_range_lower=29,
            stock_range_upper=31,
            delta_neutral_order_type="LMT",
            delta_neutral_aux_price=30,
            delta_neutral_con_id=265598,
        ),
        evolve(
            BUY,
            order_type="VOL",
            volatility=2.5,
            volatility_type=1,
            continuous_update=True,
            reference_price_type=1,
            stock_range_lower=29.0,
            stock_range_upper=31.0,
            delta_neutral_order_type="LMT",
            delta_neutral_aux_price=30.0,
            delta_neutral_con_id=265598,
        ),
    ),
    (
        ScaleOrder("BUY", 100, 30, init_level_size=10, price_increment=0.05),
        evolve(
            BUY,
            order_type="LMT",
            lmt_price=30.0,
            scale_init_level_size=10,
            scale_price_increment=0.05,
        ),
    ),
    (
        ScaleOrder(
            "BUY",
            100,
            30,
            init_level_size=10,
            price_increment=0.05,
            subs_level_size=5,
            price_adjust_value=-0.01,
            price_adjust_interval=60,
            profit_offset=0.1,
            auto_reset=True,
            init_position=0,
            init_fill_qty=2,
            random_percent=True,
        ),
        evolve(
            BUY,
            order_type="LMT",
            lmt_price=30.0,
            scale_init_level_size=10,
            scale_price_increment=0.05,
            scale_subs_level_size=5,
            scale_price_adjust_value=-0.01,
            scale_price_adjust_interval=60,
            scale_profit_offset=0.1,
            scale_auto_reset=True,
            scale_init_position=0,
            scale_init_fill_qty=2,
            scale_random_percent=True,
        ),
    ),
]

BUILT: Final = [*PLAIN, *STOPS, *PEGGED, *RARE]
"""What builders make, each with what it has to be."""


def name_of(pair: tuple[Order, Order]) -> str:
    """Names one of them in the output of pytest."""
    order = pair[0]
    return f"{order.order_type or 'none'} {order.tif}".replace(" ", "-")
