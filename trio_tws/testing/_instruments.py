"""The contracts a simulated TWS knows unless it is told others, and the search among them."""

from decimal import Decimal

import attrs

from trio_tws.testing._instrument import Instrument
from trio_tws.testing._search import find

__all__ = ["INSTRUMENTS", "Instrument", "find"]

# A con_id below this is IB's own, as published. Those above are made up: IB had come to some 800
# million in 2026, and the number has to fit in 31 bits.
_MADE_UP = 2_100_000_000

_US_EXCHANGES = "SMART,AMEX,NYSE,CBOE,PHLX,ISE,CHX,ARCA,NASDAQ,DRCTEDGE,BATS,BYX,IEX,EDGX,MEMX"
_OPTION_EXCHANGES = "SMART,AMEX,CBOE,PHLX,PSE,ISE,BOX,BATS,NASDAQOM,MIAX,EDGX,PEARL,MEMX"

_ANY_ORDERS = "ACTIVETIM,ADJUST,ALERT,ALLOC,AVGCOST,BASKET,COND,CONDORDER,DAY,GAT,GTC,GTD,GTT"
_ORDERS = f"{_ANY_ORDERS},IOC,LIT,LMT,MIT,MKT,OCA,SCALE,STP,STPLMT,TRAIL,TRAILLMT,WHATIF"
_STOCK_ORDERS = f"{_ORDERS},ALGO,CASHQTY,HID,LOC,MIDPX,MOC,OPG,PEGMID,REL,RTH"
_COIN_ORDERS = f"{_ANY_ORDERS},CASHQTY,IOC,LMT,MKT,OCA,WHATIF"
_BOND_ORDERS = f"{_ANY_ORDERS},IOC,LMT,MKT,OCA,WHATIF"


def _one_rule(rule: int, exchanges: str) -> str:
    """The same price-increment rule for every exchange of a comma list."""
    return ",".join(str(rule) for _ in exchanges.split(","))


_AAPL = Instrument(
    con_id=265598,
    symbol="AAPL",
    sec_type="STK",
    exchange="SMART",
    primary_exchange="NASDAQ",
    currency="USD",
    local_symbol="AAPL",
    trading_class="NMS",
    market_name="NMS",
    long_name="APPLE INC",
    min_tick=0.01,
    valid_exchanges=_US_EXCHANGES,
    market_rule_ids=_one_rule(26, _US_EXCHANGES),
    order_types=_STOCK_ORDERS,
    industry="Technology",
    category="Computers",
    subcategory="Computers",
    stock_type="COMMON",
    identifiers=(("ISIN", "US0378331005"), ("CUSIP", "037833100"), ("FIGI", "BBG000B9XRY4")),
    base_price=230.0,
    volatility=0.28,
    lot_size=Decimal(100),
    trade_lots=6,
)
_MSFT = attrs.evolve(
    _AAPL,
    con_id=272093,
    symbol="MSFT",
    local_symbol="MSFT",
    long_name="MICROSOFT CORP",
    category="Software",
    subcategory="Applications Software",
    identifiers=(("ISIN", "US5949181045"), ("CUSIP", "594918104"), ("FIGI", "BBG000BPH459")),
    base_price=430.0,
    volatility=0.24,
    trade_lots=3,
)
_IBM = attrs.evolve(
    _AAPL,
    con_id=8314,
    symbol="IBM",
    local_symbol="IBM",
    primary_exchange="NYSE",
    trading_class="IBM",
    market_name="IBM",
    long_name="INTL BUSINESS MACHINES CORP",
    subcategory="Computer Services",
    identifiers=(("ISIN", "US4592001014"), ("CUSIP", "459200101"), ("FIGI", "BBG000BLNNH6")),
    base_price=240.0,
    volatility=0.22,
    spread_ticks=2,
    trade_lots=2,
)
_SPY = attrs.evolve(
    _AAPL,
    con_id=756733,
    symbol="SPY",
    local_symbol="SPY",
    primary_exchange="ARCA",
    trading_class="SPY",
    market_name="SPY",
    long_name="SS SPDR S&P 500 ETF TRUST-US",
    industry="",
    category="",
    subcategory="",
    stock_type="ETF",
    identifiers=(("ISIN", "US78462F1030"), ("CUSIP", "78462F103"), ("FIGI", "BBG000BDTBL9")),
    base_price=600.0,
    volatility=0.16,
    trade_lots=9,
    quote_lots=12,
)
_SAP = attrs.evolve(
    _AAPL,
    con_id=14204,
    symbol="SAP",
    exchange="IBIS",
    primary_exchange="IBIS",
    currency="EUR",
    local_symbol="SAP",
    trading_class="XETRA",
    market_name="XETRA",
    long_name="SAP SE",
    min_tick=0.02,
    time_zone_id="MET",
    valid_exchanges="SMART,IBIS,FWB,TGATE",
    market_rule_ids=_one_rule(1869, "SMART,IBIS,FWB,TGATE"),
    category="Software",
    subcategory="Applications Software",
    identifiers=(("ISIN", "DE0007164600"), ("FIGI", "BBG000BG7DY8")),
    base_price=240.0,
    volatility=0.25,
    lot_size=Decimal(1),
    trade_lots=40,
    quote_lots=300,
)
_ES_DECEMBER = Instrument(
    con_id=_MADE_UP + 1,
    symbol="ES",
    sec_type="FUT",
    exchange="CME",
    currency="USD",
    local_symbol="ESZ7",
    trading_class="ES",
    market_name="ES",
    last_trade_date_or_contract_month="20271217",
    multiplier="50",
    long_name="E-mini S&P 500",
    min_tick=0.25,
    time_zone_id="US/Central",
    valid_exchanges="CME,QBALGO",
    market_rule_ids=_one_rule(67, "CME,QBALGO"),
    order_types=_ORDERS,
    contract_month="202712",
    under_con_id=11004968,
    under_symbol="ES",
    under_sec_type="IND",
    base_price=6000.0,
    volatility=0.17,
    trade_lots=16,
    quote_lots=60,
)
_ES_MARCH = attrs.evolve(
    _ES_DECEMBER,
    con_id=_MADE_UP + 2,
    local_symbol="ESH8",
    last_trade_date_or_contract_month="20280317",
    contract_month="202803",
    base_price=6055.0,
    trade_lots=2,
    quote_lots=15,
)
_SPX = Instrument(
    con_id=416904,
    symbol="SPX",
    sec_type="IND",
    exchange="CBOE",
    currency="USD",
    local_symbol="SPX",
    trading_class="SPX",
    market_name="SPX",
    long_name="S&P 500 Stock Index",
    min_tick=0.01,
    time_zone_id="US/Central",
    valid_exchanges="CBOE",
    market_rule_ids="26",
    order_types="",
    industry="Indices",
    category="Broad Range Equity Index",
    subcategory="*",
    base_price=6000.0,
    volatility=0.16,
    spread_ticks=0,
    trade_lots=0,
    quote_lots=0,
)
_EUR_USD = Instrument(
    con_id=12087792,
    symbol="EUR",
    sec_type="CASH",
    exchange="IDEALPRO",
    currency="USD",
    local_symbol="EUR.USD",
    trading_class="EUR.USD",
    market_name="EUR.USD",
    long_name="European Monetary Union Euro",
    min_tick=0.00005,
    valid_exchanges="IDEALPRO",
    market_rule_ids="239",
    order_types=_ORDERS,
    base_price=1.1,
    volatility=0.08,
    lot_size=Decimal(500_000),
    quote_lots=4,
)
_AAPL_CALL = Instrument(
    con_id=_MADE_UP + 3,
    symbol="AAPL",
    sec_type="OPT",
    exchange="SMART",
    currency="USD",
    local_symbol="AAPL  271217C00230000",
    trading_class="AAPL",
    market_name="AAPL",
    last_trade_date_or_contract_month="20271217",
    strike=230.0,
    right="C",
    multiplier="100",
    long_name="APPLE INC",
    min_tick=0.01,
    valid_exchanges=_OPTION_EXCHANGES,
    market_rule_ids=_one_rule(109, _OPTION_EXCHANGES),
    order_types=_ORDERS,
    industry="Technology",
    category="Computers",
    subcategory="Computers",
    contract_month="202712",
    under_con_id=265598,
    under_symbol="AAPL",
    under_sec_type="STK",
    base_price=25.0,
    volatility=0.3,
    spread_ticks=10,
    trade_lots=3,
    quote_lots=20,
)
_AAPL_PUT = attrs.evolve(
    _AAPL_CALL, con_id=_MADE_UP + 4, local_symbol="AAPL  271217P00230000", right="P"
)
_BITCOIN = Instrument(
    con_id=479624278,
    symbol="BTC",
    sec_type="CRYPTO",
    exchange="PAXOS",
    currency="USD",
    local_symbol="BTC.USD",
    trading_class="BTC",
    market_name="BTC",
    long_name="Bitcoin cryptocurrency",
    min_tick=0.25,
    valid_exchanges="PAXOS",
    market_rule_ids="2134",
    order_types=_COIN_ORDERS,
    min_size=Decimal("0.0001"),
    size_increment=Decimal("0.00000001"),
    base_price=65_000.0,
    volatility=0.5,
    spread_ticks=4,
    lot_size=Decimal("0.0001"),
    trade_lots=300,
    quote_lots=5_000,
)
_APPLE_BOND = Instrument(
    con_id=127128131,
    symbol="AAPL",
    sec_type="BOND",
    exchange="SMART",
    currency="USD",
    local_symbol="IBCID127128131",
    trading_class="AAPL",
    market_name="AAPL",
    long_name="APPLE INC",
    min_tick=0.0001,
    valid_exchanges="SMART",
    market_rule_ids="1386",
    order_types=_BOND_ORDERS,
    min_size=Decimal(2),
    identifiers=(("CUSIP", "037833AL4"), ("ISIN", "US037833AL42")),
    cusip="037833AL4",
    coupon=3.85,
    maturity="20430504",
    issue_date="20130503",
    ratings="AA+/Aaa",
    bond_type="US Corporate",
    coupon_type="FIXED",
    desc_append="AAPL 3.85 05/04/43",
    callable=True,
    base_price=86.0,
    volatility=0.06,
    spread_ticks=1500,
    trade_lots=5,
    quote_lots=50,
)

INSTRUMENTS: tuple[Instrument, ...] = (
    _AAPL,
    _MSFT,
    _IBM,
    _SPY,
    _SAP,
    _ES_DECEMBER,
    _ES_MARCH,
    _SPX,
    _EUR_USD,
    _AAPL_CALL,
    _AAPL_PUT,
    _APPLE_BOND,
    _BITCOIN,
)
"""Five stocks, two expiries of one future, an index, a pair, a call, a put, a bond and a coin.

Names, exchanges and identifiers are those of the real contracts; prices and volatilities are of
about the right size and no more than that.
"""
