"""One account's cash and holdings, and what they come to at a moment."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, final

import attrs

from trio_tws._enums import SecType
from trio_tws.testing._holdings import Holding, unit_value
from trio_tws.testing._instrument import Instrument
from trio_tws.testing._margins import Margin, margin_of, margin_of_currency
from trio_tws.testing._market import Market
from trio_tws.testing._shapes import DAY

BASE: Final = "USD"
"""The currency that the accounts are kept in."""

_ZERO = Decimal(0)

_SETTLED_IN_CASH: Final = frozenset({SecType.FUTURE, SecType.FOREX})
"""What has no value of its own beside the cash."""


def rate(market: Market, currency: str, now: float) -> Decimal | None:
    """Gives what one unit of a currency is worth in the base currency; None if nobody trades it."""
    if currency == BASE:
        return Decimal(1)
    for one in market.instruments:
        if one.sec_type != SecType.FOREX:
            continue
        if (one.symbol, one.currency) == (currency, BASE):
            return Decimal(str(market.price(one.con_id, now)))
        if (one.symbol, one.currency) == (BASE, currency):
            return 1 / Decimal(str(market.price(one.con_id, now)))
    return None


@final
@attrs.frozen
class HoldingWorth:
    """One holding at a moment; money is in the instrument's currency."""

    instrument: Instrument
    """What is held."""
    quantity: Decimal
    """Units or contracts; negative if it is short."""
    average_cost: Decimal
    """Per unit, with multiplier and commissions in it."""
    market_price: float
    """The middle between bid and ask, as the market quotes it."""
    market_value: Decimal
    """Of all of it; negative if it is short."""
    unrealized: Decimal
    """The profit if all of it were closed at this price."""
    realized: Decimal
    """The profit of what was closed today."""
    daily: Decimal
    """The profit since the day began, at midnight in UTC as the market's days do."""


@final
@attrs.frozen
class AccountWorth:
    """What an account has in one currency, or in all of them together, at a moment."""

    currency: str
    """The currency of all these figures."""
    rate: Decimal
    """What one unit of it is worth in the base currency."""
    cash: Decimal
    """With what futures have won or lost by now."""
    stocks: Decimal = _ZERO
    options: Decimal = _ZERO
    bonds: Decimal = _ZERO
    coins: Decimal = _ZERO
    futures_pnl: Decimal = _ZERO
    """What futures that are held have won or lost; it is in the cash already."""
    unrealized: Decimal = _ZERO
    realized: Decimal = _ZERO
    """Of today."""
    daily: Decimal = _ZERO
    """Of today."""
    gross: Decimal = _ZERO
    """What is held, long and short added up."""

    @property
    def net_liquidation(self) -> Decimal:
        """What would be left if everything were closed at the prices of the moment."""
        return self.equity_with_loan + self.options

    @property
    def equity_with_loan(self) -> Decimal:
        """The same without options, which nothing can be borrowed on."""
        return self.cash + self.stocks + self.bonds + self.coins

    def in_base(self, other: "AccountWorth") -> "AccountWorth":
        """Adds another to this one, which is in the base currency."""
        return AccountWorth(
            self.currency,
            self.rate,
            *(
                getattr(self, field.name) + getattr(other, field.name) * other.rate
                for field in attrs.fields(AccountWorth)[2:]
            ),
        )


class Ledger:
    """One account's books.

    Attributes:
        cash: By currency, as trades have moved it; the whole value of futures is in it.
        holdings: By con_id; those that were closed stay, with a quantity of 0.
    """

    def __init__(self, market: Market, cash: Decimal) -> None:
        self.cash = {BASE: cash}
        self.holdings: dict[int, Holding] = {}
        self._market = market

    def copy(self) -> "Ledger":
        """Gives one that can be changed without changing this one."""
        copied = Ledger(self._market, _ZERO)
        copied.cash, copied.holdings = dict(self.cash), dict(self.holdings)
        return copied

    def trade(
        self, instrument: Instrument, quantity: Decimal, price: float, commission: Decimal, day: int
    ) -> Decimal | None:
        """Books a trade; gives the profit of what it closed, None if it closed nothing."""
        con_id, unit = instrument.con_id, unit_value(instrument, price)
        holding = self.holdings.get(con_id, Holding(day))
        self.holdings[con_id], profit = holding.traded(quantity, unit, commission, day)
        self._pay(instrument.currency, -quantity * unit - commission)
        if instrument.sec_type == SecType.FOREX:
            self._pay(instrument.symbol, quantity)
        return profit

    def _pay(self, currency: str, amount: Decimal) -> None:
        self.cash[currency] = self.cash.get(currency, _ZERO) + amount

    def holding(self, con_id: int, now: float) -> HoldingWorth:
        """Gives one holding at a moment; one of 0 if there is none."""
        instrument, day = self._market.instrument(con_id), int(now // DAY)
        held = self.holdings.get(con_id, Holding(day)).on(day)
        price = self._market.price(con_id, now)
        unit = unit_value(instrument, price)
        before = unit_value(instrument, self._market.price(con_id, day * DAY))
        return HoldingWorth(
            instrument,
            held.quantity,
            held.average_cost,
            price,
            held.quantity * unit,
            held.unrealized(unit),
            held.realized,
            held.daily(unit, before),
        )

    def worths(self, now: float) -> Iterator[AccountWorth]:
        """Gives what there is in each currency, the base currency first."""
        held = [self.holding(con_id, now) for con_id in self.holdings]
        for currency, cash in self.cash.items():
            worth = AccountWorth(currency, self._rate(currency, now), cash)
            for one in held:
                if one.instrument.currency == currency:
                    worth = _with(worth, one)
            yield worth

    def margin(self, now: float) -> Margin:
        """Gives what has to stand behind all that is held."""
        need = Margin()
        for con_id, holding in self.holdings.items():
            instrument = self._market.instrument(con_id)
            unit = unit_value(instrument, self._market.price(con_id, now))
            value = holding.quantity * unit * self._rate(instrument.currency, now)
            underlying = _ZERO
            if instrument.sec_type == SecType.OPTION:
                underlying = Decimal(str(self._market.price(instrument.under_con_id, now)))
            need += margin_of(instrument, holding.quantity, value, underlying)
        for worth in self.worths(now):
            if worth.currency != BASE:
                need += margin_of_currency(worth.cash * worth.rate)
        return need

    def _rate(self, currency: str, now: float) -> Decimal:
        found = rate(self._market, currency, now)
        assert found is not None, "nothing is traded in a currency without a rate"  # noqa: S101
        return found


def _with(worth: AccountWorth, one: HoldingWorth) -> AccountWorth:
    """Adds a holding to what there is in its currency."""
    value, kind = one.market_value, one.instrument.sec_type
    is_future, is_forex = kind == SecType.FUTURE, kind == SecType.FOREX
    return attrs.evolve(
        worth,
        cash=worth.cash + (value if is_future else _ZERO),
        stocks=worth.stocks + (value if kind == SecType.STOCK else _ZERO),
        options=worth.options + (value if kind == SecType.OPTION else _ZERO),
        bonds=worth.bonds + (value if kind == SecType.BOND else _ZERO),
        coins=worth.coins + (value if kind == SecType.CRYPTO else _ZERO),
        futures_pnl=worth.futures_pnl + (one.unrealized if is_future else _ZERO),
        unrealized=worth.unrealized + one.unrealized,
        realized=worth.realized + one.realized,
        daily=worth.daily + one.daily,
        gross=worth.gross + (_ZERO if is_future or is_forex else abs(value)),
    )
