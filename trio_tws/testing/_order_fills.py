"""A fill in the books: what it moves, what it costs, and under which ids it is told."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, final

import attrs

from trio_tws._enums import OptionExerciseType
from trio_tws.testing._commissions import commission
from trio_tws.testing._executions_log import Deal, ExecutionsLog
from trio_tws.testing._order_booked import BookedOrder
from trio_tws.testing._order_drafts import contract_of
from trio_tws.testing._order_preview import leg_price
from trio_tws.testing._order_views import Leg, view_of

if TYPE_CHECKING:
    from trio_tws._model.contracts import Contract
    from trio_tws.testing._instrument import Instrument
    from trio_tws.testing._simulator import Simulator

_ZERO = Decimal(0)


@final
class Fills:
    """Books the fills of all orders."""

    def __init__(self, simulator: Simulator, log: ExecutionsLog) -> None:
        self._simulator = simulator
        self._log = log

    def add(
        self, booked: BookedOrder, quantity: Decimal, price: float, *, adds: bool = False
    ) -> list[Deal]:
        """Fills some of an order, for each of its accounts; gives the deals.

        Those of an account come together; of a combination the whole, and then its legs.
        """
        before = booked.filled
        booked.filled += quantity
        value = Decimal(str(booked.average)) * before + Decimal(str(price)) * quantity
        booked.average, booked.last_price = round(float(value / booked.filled), 8), price
        deals: list[Deal] = []
        for account, share in booked.shares_of_fill(quantity):
            deals += self._add_to(account, booked, share, price, adds=adds)
        return deals

    def _add_to(
        self, account: str, booked: BookedOrder, quantity: Decimal, price: float, *, adds: bool
    ) -> list[Deal]:
        draft, tally, now = booked.draft, booked.tally(account), self._simulator.now()
        tally.add(quantity, price)
        legs = 0 if draft.instrument is not None else len(draft.legs)
        first, *others = self._log.new_names(booked.perm_id, now, legs)
        whole = Deal(
            name=first,
            booked=booked,
            account=account,
            contract=draft.contract,
            con_id=0,
            quantity=booked.signed(quantity),
            is_buy=booked.is_buy,
            price=price,
            time=now,
            cumulated=tally.filled,
            average=tally.average,
            adds_liquidity=adds,
        )
        if draft.instrument is not None:
            con_id = draft.instrument.con_id
            return [self.enter(attrs.evolve(whole, con_id=con_id))]
        deals = [self.enter(whole)]
        for name, leg in zip(others, draft.legs, strict=True):
            signed = booked.signed(quantity) * leg.ratio
            leg_cost = leg_price(view_of(self._simulator.market, (Leg(leg.con_id),), now), signed)
            deal = attrs.evolve(
                whole,
                name=name,
                contract=self._contract(leg.con_id),
                con_id=leg.con_id,
                quantity=signed,
                is_buy=signed > 0,
                price=leg_cost,
                cumulated=tally.filled * abs(leg.ratio),
                average=leg_cost,
            )
            deals.append(self.enter(deal))
        return deals

    def exercise(
        self, booked: BookedOrder, option: Instrument, quantity: Decimal, kind: OptionExerciseType
    ) -> list[Deal]:
        """Takes options that are held away, and brings what they are on, at the strike.

        An option that lapses brings nothing.
        """
        now = self._simulator.now()
        booked.filled = quantity
        names = self._log.new_names(booked.perm_id, now, 1)
        held = Deal(
            name=names[0],
            booked=booked,
            account=booked.draft.account,
            contract=booked.draft.contract,
            con_id=option.con_id,
            quantity=-quantity,
            is_buy=False,
            price=0.0,
            time=now,
            cumulated=quantity,
            average=0.0,
            exercise=kind,
        )
        deals = [self.enter(held, is_free=True)]
        if kind is not OptionExerciseType.EXERCISE:
            return deals
        units = quantity * Decimal(option.multiplier or 1) * (1 if option.right == "C" else -1)
        got = attrs.evolve(
            held,
            name=names[1],
            contract=self._contract(option.under_con_id),
            con_id=option.under_con_id,
            quantity=units,
            is_buy=units > 0,
            price=option.strike,
            cumulated=abs(units),
            average=option.strike,
        )
        return [*deals, self.enter(got, is_free=True)]

    def enter(self, deal: Deal, *, is_free: bool = False) -> Deal:
        """Enters a deal into the books and the log; gives it with its cost and profit."""
        if deal.con_id:
            tally, simulator = deal.booked.tally(deal.account), self._simulator
            instrument = simulator.market.instrument(deal.con_id)
            charged = tally.charged.get(deal.con_id, _ZERO)
            due = commission(instrument, deal.cumulated, deal.average)
            cost = _ZERO if is_free else max(_ZERO, due - charged)
            tally.charged[deal.con_id] = charged + cost
            profit = self._book(deal, deal.quantity, deal.price, cost, deal.time)
            deal = attrs.evolve(deal, cost=cost, currency=instrument.currency, profit=profit)
        self._log.add(deal)
        return deal

    def _book(
        self, deal: Deal, quantity: Decimal, price: float, cost: Decimal, time: float
    ) -> Decimal | None:
        """Books a trade, in the order's model first if it has one; gives the account's profit."""
        books, model = self._simulator.books, deal.booked.order.model_code
        trade = (deal.account, deal.con_id, quantity, price, cost, time)
        if model:
            books.of_model(model).trade(*trade)
        return books.trade(*trade)

    def correct(self, deal: Deal, price: float, quantity: Decimal) -> Deal:
        """Replaces a deal by one with another price or size, 0 for none; the cost stays."""
        booked, now = deal.booked, self._simulator.now()
        for size, at in ((-deal.quantity, deal.price), (quantity, price)):
            if deal.con_id and size:
                self._book(deal, size, at, _ZERO, now)
        cumulated = deal.cumulated + abs(quantity) - abs(deal.quantity)
        new = attrs.evolve(
            deal, revision=deal.revision + 1, price=price, quantity=quantity, cumulated=cumulated
        )
        self._log.add(new)
        instrument = booked.draft.instrument
        if deal.con_id == (0 if instrument is None else instrument.con_id):
            tally = booked.tally(deal.account)
            tally.add(-abs(deal.quantity), deal.price)
            tally.add(abs(quantity), price)
            parts = [
                one
                for one in self._log.current()
                if one.booked is booked and one.con_id == deal.con_id
            ]
            booked.filled = sum((abs(one.quantity) for one in parts), _ZERO)
            value = sum((abs(one.quantity) * Decimal(str(one.price)) for one in parts), _ZERO)
            booked.average = round(float(value / booked.filled), 8) if booked.filled else 0.0
        return new

    def _contract(self, con_id: int) -> Contract:
        simulator = self._simulator
        instrument = simulator.market.instrument(con_id)
        return contract_of(instrument, simulator.now())
