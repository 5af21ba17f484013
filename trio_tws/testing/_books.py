"""The books of the simulated accounts: cash by currency, holdings, and what they are worth.

A trade moves cash and a holding; all else follows from these two and the market of the moment. A
future costs nothing but its commission: what it has won or lost by now counts as cash, as IB
settles it each day. A currency pair is a trade of two currencies; its holding is kept beside them
only to say what it cost, and is worth nothing of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import reduce
from typing import final

import attrs

from trio_tws._enums import SecType
from trio_tws.testing._ledger import BASE, AccountWorth, HoldingWorth, Ledger, rate
from trio_tws.testing._margins import Margin, MarginPreview, MarginStep
from trio_tws.testing._market import Market
from trio_tws.testing._shapes import DAY


@attrs.frozen
class _Listener:
    """One who is told of trades."""

    tell: Callable[[str, int], None]
    is_wanted: Callable[[], bool]


@final
class Books:
    """The books of all accounts of a simulated TWS.

    Args:
        accounts: Their codes.
        market: What is traded, and at what price.
        cash: What each account begins with, in US dollars; the master account of an adviser, which
            is the first and begins with DF, has nothing.

    Raises:
        KeyError: From all that takes an account or a con_id: there is none of that name.
    """

    def __init__(self, accounts: Sequence[str], market: Market, cash: Decimal) -> None:
        self._market = market
        self._ledgers = {account: Ledger(market, cash) for account in accounts}
        if len(accounts) > 1 and accounts[0].startswith("DF"):
            self._ledgers[accounts[0]] = Ledger(market, Decimal(0))
        self._listeners: list[_Listener] = []
        self._models: dict[str, Books] = {}

    def of_model(self, model_code: str) -> Books:
        """Gives the books of one model portfolio, to which no cash was given; these for none.

        What is booked there has to be booked in the accounts too, and before that: who listens
        to the accounts may ask for the model.
        """
        if not model_code:
            return self
        if model_code not in self._models:
            self._models[model_code] = Books(self.accounts, self._market, Decimal(0))
        return self._models[model_code]

    # Trading ......................................................................................

    def trade(
        self,
        account: str,
        con_id: int,
        quantity_signed: Decimal,
        price: float,
        commission: Decimal,
        time: float,
    ) -> Decimal | None:
        """Books one trade, and tells all who listen.

        Args:
            account: The account that trades.
            con_id: What it trades; of a combo each leg is a trade.
            quantity_signed: Units or contracts; negative if they are sold, never 0.
            price: As the market quotes it.
            commission: In the instrument's currency; negative if it is a rebate.
            time: Epoch seconds, not before those of the trade before.

        Returns:
            The profit of what it closed, after commissions; None if it only opened.

        Raises:
            ValueError: It is in a currency that has no exchange rate here.
        """
        cause = self._hindrance(con_id, time)
        if cause:
            raise ValueError(cause)
        instrument, ledger = self._market.instrument(con_id), self._ledgers[account]
        day = int(time // DAY)
        profit = ledger.trade(instrument, quantity_signed, price, commission, day)
        self._listeners = [one for one in self._listeners if one.is_wanted()]
        for listener in self._listeners:
            listener.tell(account, con_id)
        return profit

    def subscribe(
        self, callback: Callable[[str, int], None], is_wanted: Callable[[], bool] = lambda: True
    ) -> Callable[[], None]:
        """Has a function called with the account and the con_id of each trade, once it is booked.

        Args:
            callback: The function.
            is_wanted: Tells whether it is still to be called; once it is not, it is forgotten.

        Returns:
            What ends it; calling that again does nothing.
        """
        listener = _Listener(callback, is_wanted)
        self._listeners = [*(one for one in self._listeners if one.is_wanted()), listener]

        def unsubscribe() -> None:
            self._listeners = [one for one in self._listeners if one is not listener]

        return unsubscribe

    # Orders .......................................................................................

    def preview(
        self,
        account: str,
        con_id: int,
        quantity_signed: Decimal,
        price: float,
        commission: Decimal,
        now: float,
    ) -> MarginPreview:
        """Tells what a trade would do to an account's margin; books nothing. As `trade`."""
        return self.preview_legs(account, [(con_id, quantity_signed, price, commission)], now)

    def preview_legs(
        self, account: str, legs: Sequence[tuple[int, Decimal, float, Decimal]], now: float
    ) -> MarginPreview:
        """Tells the same of several trades at once: con_id, quantity, price, commission of each."""
        cause = next(filter(None, (self._hindrance(leg[0], now) for leg in legs)), "")
        if cause:
            return MarginPreview(cause=cause)
        before = self._ledgers[account]
        after = before.copy()
        for con_id, quantity, price, commission in legs:
            instrument = self._market.instrument(con_id)
            after.trade(instrument, quantity, price, commission, int(now // DAY))
        old, new = before.margin(now), after.margin(now)
        equity = [_sum(ledger, now).equity_with_loan for ledger in (before, after)]
        return MarginPreview(
            MarginStep.of(old.initial, new.initial),
            MarginStep.of(old.maintenance, new.maintenance),
            MarginStep.of(equity[0], equity[1]),
            BASE,
        )

    def refusal(self, preview: MarginPreview) -> str | None:
        """Gives the reason, in TWS's words, for which an order is rejected (201); None if it isn't.

        What stands before it in TWS's message, ``Order rejected - reason:``, is not in it.
        """
        return preview.refusal

    def _hindrance(self, con_id: int, now: float) -> str:
        """Why nothing can be booked of an instrument; empty if it can."""
        instrument = self._market.instrument(con_id)
        is_pair = instrument.sec_type == SecType.FOREX
        for currency in (instrument.currency, *([instrument.symbol] if is_pair else [])):
            if rate(self._market, currency, now) is None:
                return (
                    f"NO EXCHANGE RATE FROM {currency} TO {BASE}: THE SIMULATED MARKET HAS NO SUCH "
                    f"CURRENCY PAIR, SO {instrument.local_symbol} CAN NOT BE BOOKED"
                )
        return ""

    # What there is ................................................................................

    @property
    def accounts(self) -> tuple[str, ...]:
        """The codes of all accounts."""
        return tuple(self._ledgers)

    def position(self, account: str, con_id: int) -> Decimal:
        """Gives how much an account holds; negative if it is short, 0 if nothing is held."""
        self._market.instrument(con_id)
        held = self._ledgers[account].holdings.get(con_id)
        return Decimal(0) if held is None else held.quantity

    def held(self, account: str) -> list[int]:
        """Gives the con_ids of what an account holds now, in the order in which it came to it."""
        holdings = self._ledgers[account].holdings
        return [con_id for con_id, holding in holdings.items() if holding.quantity]

    def holding(self, account: str, con_id: int, now: float) -> HoldingWorth:
        """Gives what a holding is worth at a moment; one of 0 units if nothing is held."""
        return self._ledgers[account].holding(con_id, now)

    def worth(self, account: str, now: float) -> AccountWorth:
        """Gives what all of an account is worth at a moment, in the base currency."""
        return _sum(self._ledgers[account], now)

    def worths(self, account: str, now: float) -> list[AccountWorth]:
        """Gives what it has in each currency at a moment, the base currency first."""
        return list(self._ledgers[account].worths(now))

    def margin(self, account: str, now: float) -> Margin:
        """Gives what has to stand behind all that an account holds, in the base currency."""
        return self._ledgers[account].margin(now)


def _sum(ledger: Ledger, now: float) -> AccountWorth:
    return reduce(
        AccountWorth.in_base, ledger.worths(now), AccountWorth(BASE, Decimal(1), Decimal(0))
    )
