"""From what a program sends to an order: what it means, and what TWS fills in by itself."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from trio_tws._enums import SecType
from trio_tws._model.config import ConfigResponse
from trio_tws._model.contracts import Contract
from trio_tws._model.orders import Order
from trio_tws._wire import evolve
from trio_tws.testing._definitions import contract_data, matches
from trio_tws.testing._instrument import Instrument
from trio_tws.testing._market import Market
from trio_tws.testing._order_accounts import account_of, divided
from trio_tws.testing._order_algo_params import algo_of
from trio_tws.testing._order_algos import AlgoPlan, plan_of
from trio_tws.testing._order_booked import Draft
from trio_tws.testing._order_checks import OrderRefusal, Setting, check, unsupported
from trio_tws.testing._order_hours import auction_of, calendars_of, end_of_day, moment_of
from trio_tws.testing._order_kinds import OrderKind, Pays, Waits, kind_of
from trio_tws.testing._order_pegs import followed_con_id
from trio_tws.testing._order_views import Leg, view_of
from trio_tws.testing._sessions import Calendar
from trio_tws.testing._table import NO_DEFINITION, says_something

if TYPE_CHECKING:
    from trio_tws.testing._simulator import Simulator

_TICK_OF_COMBOS: Final = 0.01
_SHARE_OF_STOCK: Final = Decimal("0.0001")
_FOR_EVER: Final = frozenset({"GTC"})
_AT_ONCE: Final = frozenset({"IOC", "FOK"})
_FOR_ALGOS: Final = frozenset({Pays.ANY, Pays.LIMIT})
_NOTHING: Final = "None"


def draft_of(
    simulator: Simulator, contract: Contract, order: Order, former: Draft | None = None
) -> Draft:
    """Makes an order out of what was sent.

    Args:
        simulator: Whose order it is.
        contract: What is ordered.
        order: What was sent.
        former: The order that it changes; None if it is new.

    Raises:
        OrderRefusal: TWS would not take it.
    """
    market, zone, now = simulator.market, simulator.zone, simulator.now()
    instrument, legs, reported = resolve(market, contract, now)
    kind = kind_of(order.order_type, order.tif)
    if kind is None:
        raise unsupported(order.order_type)
    tick = _TICK_OF_COMBOS if instrument is None else instrument.min_tick
    account = account_of(simulator, order)
    order = _filled_in(order)
    if order.cash_qty and not order.total_quantity and instrument is not None:
        order = evolve(order, total_quantity=_affordable(market, instrument, order, now))
    if former is not None and former.parts:
        # What is divided stays divided as it was, and keeps its size unless that is changed.
        size = order.total_quantity or former.order.total_quantity
        order, parts = evolve(order, total_quantity=size), former.parts
    else:
        order, parts = divided(simulator, order, account, instrument, legs)
    check(order, Setting(market, zone, instrument, kind, tick))
    if order.transmit and not order.parent_id and not _bypasses(simulator.desk.config):
        simulator.desk.preset.check(order, kind, view_of(market, legs, now), tick)
    followed = followed_con_id(kind.pays, order, instrument)
    calendars = calendars_of(market, legs)
    auction_at = auction_of(kind.waits, calendars, now, zone)
    plan = _plan(simulator, order, instrument, kind, former)
    starts = [moment_of(order.good_after_time, zone), plan and plan.starts_at]
    ends = [_expiry(order, auction_at, calendars, now, zone), plan and plan.expires_at]
    return Draft(
        contract=reported,
        instrument=instrument,
        legs=legs,
        order=order,
        kind=kind,
        account=account,
        parts=parts,
        tick=tick,
        starts_at=max((moment for moment in starts if moment is not None), default=None),
        located_at=_located_at(simulator, order, instrument, account, former),
        auction_at=auction_at,
        expires_at=min((moment for moment in ends if moment is not None), default=None),
        algo=plan,
        anchor=None if followed is None else market.price(followed, now),
    )


def _plan(
    simulator: Simulator,
    order: Order,
    instrument: Instrument | None,
    kind: OrderKind,
    former: Draft | None,
) -> AlgoPlan | None:
    """Makes out how an order is worked off, if that is by an algorithm; a change keeps its plan."""
    market, zone, now = simulator.market, simulator.zone, simulator.now()
    if former is not None and former.algo is not None:
        return former.algo
    algo = algo_of(order, zone)
    if algo is None:
        return None
    is_fit = kind.pays in _FOR_ALGOS and kind.waits is Waits.FOR_NOTHING
    if instrument is None or not is_fit or order.tif in _AT_ONCE:
        words = f"The order type or its time in force does not go with {order.algo_strategy}"
        raise OrderRefusal(442, f"Algo is not allowed for this order: {words}")
    calendars = calendars_of(market, (Leg(instrument.con_id),))
    close = auction_of(Waits.FOR_CLOSE, calendars, now, zone) or now
    return plan_of(algo, instrument, market, now, close)


def _located_at(
    simulator: Simulator,
    order: Order,
    instrument: Instrument | None,
    account: str,
    former: Draft | None,
) -> float | None:
    """Gives when the shares are found that an order sells short; None if it needs none."""
    if former is not None:
        return former.located_at
    if instrument is None or not instrument.locate_seconds or order.action == "BUY":
        return None
    size = order.total_quantity or Decimal(0)
    if order.parent_id or simulator.books.position(account, instrument.con_id) >= size:
        return None
    return simulator.now() + instrument.locate_seconds


def _bypasses(config: ConfigResponse) -> bool:
    """Tells whether the user of TWS has lifted precautions for programs."""
    precautions = None if config.api is None else config.api.precautions
    return precautions is not None and bool(precautions.bypass_order_precautions)


def resolve(
    market: Market, contract: Contract, now: float
) -> tuple[Instrument | None, tuple[Leg, ...], Contract]:
    """Finds what is to be traded: the instrument, the legs, and the contract as TWS reports it.

    Raises:
        OrderRefusal: Nothing matches, or several things do (200), or it can't be traded (203).
    """
    if contract.sec_type == SecType.COMBO:
        return None, _legs(market, contract), _described(contract)
    found = matches(market.instruments, contract) if says_something(contract) else []
    if not found:
        raise OrderRefusal(200, NO_DEFINITION)
    if len(found) > 1:
        words = f"The contract description specified for {contract.symbol} is ambiguous."
        raise OrderRefusal(200, words)
    (instrument,) = found
    if not instrument.has_quotes:
        words = (
            f"The security {instrument.local_symbol} is not available or allowed for this account."
        )
        raise OrderRefusal(203, words)
    return instrument, (Leg(instrument.con_id),), contract_of(instrument, now, contract)


def contract_of(instrument: Instrument, now: float, wanted: Contract | None = None) -> Contract:
    """Gives the contract of an instrument as TWS reports it, at the exchange that was wanted."""
    moment = datetime.fromtimestamp(now, UTC)
    return contract_data(-1, instrument, wanted or Contract(), moment).contract


def _legs(market: Market, contract: Contract) -> tuple[Leg, ...]:
    tradable = {one.con_id: one for one in market.instruments if one.has_quotes}
    legs = tuple(
        Leg(leg.con_id, Decimal(leg.ratio if leg.action == "BUY" else -leg.ratio))
        for leg in contract.combo_legs
    )
    if not legs or any(leg.con_id not in tradable or not leg.ratio for leg in legs):
        raise OrderRefusal(200, NO_DEFINITION)
    if len({tradable[leg.con_id].currency for leg in legs}) > 1:
        raise OrderRefusal(203, "The legs of a combination need one currency.")
    return legs


def _described(contract: Contract) -> Contract:
    signs = {"BUY": ""}
    words = ",".join(
        f"{leg.con_id}|{signs.get(leg.action, '-')}{leg.ratio}" for leg in contract.combo_legs
    )
    return evolve(contract, combo_legs_descrip=words)


def _filled_in(order: Order) -> Order:
    """TWS takes its own placeholders for nothing, and knows what is meant where nothing is said."""
    changes: dict[str, object] = {"tif": order.tif or "DAY"}
    for name in ("delta_neutral_order_type", "adjusted_order_type"):
        if getattr(order, name) == _NOTHING:
            changes[name] = ""
    if order.open_close == "?":
        changes["open_close"] = ""
    limit, stop = order.lmt_price, order.trail_stop_price
    if order.lmt_price_offset is None and limit is not None and stop is not None:
        changes["lmt_price_offset"] = round(abs(stop - limit), 9)
    return evolve(order, **changes)


def _affordable(market: Market, instrument: Instrument, order: Order, now: float) -> Decimal:
    """Gives how much an amount of money buys now."""
    view = view_of(market, (Leg(instrument.con_id),), now)
    price = order.lmt_price or (view.ask if order.action == "BUY" else view.bid)
    # What is worth nothing can't be had for money; that is refused later.
    cash, each = Decimal(str(order.cash_qty)), Decimal(str(price or instrument.min_tick))
    step = _SHARE_OF_STOCK if instrument.sec_type == SecType.STOCK else instrument.size_increment
    return cash / each // step * step


def _expiry(
    order: Order,
    auction_at: float | None,
    calendars: tuple[Calendar, ...],
    now: float,
    zone: ZoneInfo,
) -> float | None:
    if order.duration:
        return now + order.duration
    if order.tif == "GTD":
        return moment_of(order.good_till_date, zone)
    if order.tif in _FOR_EVER or auction_at is not None:
        return None
    start = moment_of(order.good_after_time, zone)
    begin = now if start is None else max(now, start)
    return end_of_day(calendars, begin, zone, use_rth=not order.outside_rth)
