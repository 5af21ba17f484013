"""From the simulator's instruments to the contracts and details that TWS would send."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from trio_tws._enums import SecType
from trio_tws._model.contract_details import BondContractData, ContractData, ContractDetails
from trio_tws._model.contracts import Contract, TagValue
from trio_tws.testing._instrument import Instrument
from trio_tws.testing._search import find
from trio_tws.testing._sessions import ALWAYS_OPEN, Calendar

_DAYS_OF_HOURS: Final = 6


def matches(instruments: tuple[Instrument, ...], wanted: Contract) -> list[Instrument]:
    """Finds what a client describes, as TWS searches: every field that is filled in must agree.

    No instrument here has an issuer id, so a search by one finds nothing.
    """
    if wanted.issuer_id:
        return []
    return find(
        instruments,
        con_id=wanted.con_id,
        symbol=wanted.symbol,
        sec_type=wanted.sec_type,
        exchange=wanted.exchange,
        primary_exchange=wanted.primary_exchange,
        currency=wanted.currency,
        last_trade_date_or_contract_month=wanted.last_trade_date_or_contract_month,
        strike=wanted.strike,
        right=wanted.right,
        multiplier=wanted.multiplier,
        local_symbol=wanted.local_symbol,
        trading_class=wanted.trading_class,
        sec_id_type=wanted.sec_id_type,
        sec_id=wanted.sec_id,
    )


def contract_data(
    req_id: int,
    instrument: Instrument,
    wanted: Contract,
    now: datetime,
    calendar: Calendar = ALWAYS_OPEN,
) -> ContractData | BondContractData:
    """Makes the answer that describes an instrument, and the hours of its calendar, to a client."""
    answer = BondContractData if instrument.sec_type == SecType.BOND else ContractData
    return answer(req_id, _contract(instrument, wanted), _details(instrument, now, calendar))


def _contract(instrument: Instrument, wanted: Contract) -> Contract:
    is_bond = instrument.sec_type == SecType.BOND
    return Contract(
        con_id=instrument.con_id,
        symbol=instrument.symbol,
        sec_type=SecType(instrument.sec_type),
        last_trade_date_or_contract_month=instrument.last_trade_date_or_contract_month,
        strike=None if is_bond else instrument.strike,
        right=instrument.right,
        multiplier=instrument.multiplier,
        exchange=wanted.exchange or instrument.exchange,
        primary_exchange=instrument.primary_exchange,
        currency=instrument.currency,
        local_symbol=instrument.local_symbol,
        trading_class=instrument.trading_class,
        last_trade_date=instrument.last_trade_date_or_contract_month,
    )


def _details(instrument: Instrument, now: datetime, calendar: Calendar) -> ContractDetails:
    return ContractDetails(
        market_name=instrument.market_name or instrument.trading_class,
        min_tick=instrument.min_tick,
        order_types=instrument.order_types,
        valid_exchanges=instrument.valid_exchanges,
        price_magnifier=instrument.price_magnifier,
        under_con_id=instrument.under_con_id,
        long_name=instrument.long_name,
        contract_month=instrument.contract_month,
        industry=instrument.industry,
        category=instrument.category,
        subcategory=instrument.subcategory,
        time_zone_id=instrument.time_zone_id,
        trading_hours=_hours(instrument, now, calendar, use_rth=False),
        liquid_hours=_hours(instrument, now, calendar, use_rth=True),
        sec_id_list=tuple(TagValue(tag, value) for tag, value in instrument.identifiers),
        agg_group=1,
        under_symbol=instrument.under_symbol,
        under_sec_type=instrument.under_sec_type,
        market_rule_ids=instrument.market_rule_ids,
        real_expiration_date=instrument.last_trade_date_or_contract_month,
        stock_type=instrument.stock_type,
        min_size=instrument.min_size,
        size_increment=instrument.size_increment,
        suggested_size_increment=instrument.size_increment,
        cusip=instrument.cusip,
        coupon=instrument.coupon,
        maturity=instrument.maturity,
        issue_date=instrument.issue_date,
        ratings=instrument.ratings,
        bond_type=instrument.bond_type,
        coupon_type=instrument.coupon_type,
        convertible=instrument.convertible,
        callable=instrument.callable,
        putable=instrument.putable,
        desc_append=instrument.desc_append,
    )


def _hours(instrument: Instrument, now: datetime, calendar: Calendar, *, use_rth: bool) -> str:
    """Tells the hours of this trading day and the next, each in the exchange's zone."""
    today = now.astimezone(calendar.zone).date()
    days = [today + timedelta(days=ahead) for ahead in range(_DAYS_OF_HOURS)]
    if calendar is ALWAYS_OPEN:
        return ";".join(f"{day:%Y%m%d}:0000-{day:%Y%m%d}:2359" for day in days)
    zone = ZoneInfo(instrument.time_zone_id)
    told = (
        ",".join(
            f"{_minute(session.start, zone)}-{_minute(session.end, zone)}"
            for session in calendar.day(day, use_rth=use_rth)
        )
        for day in days
    )
    return ";".join(text or f"{day:%Y%m%d}:CLOSED" for day, text in zip(days, told, strict=True))


def _minute(second: int, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(second, zone):%Y%m%d:%H%M}"
