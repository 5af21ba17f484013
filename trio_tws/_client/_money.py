"""Money as a number with its currency, and the values of an account, some of which are money."""

from decimal import Decimal, InvalidOperation
from typing import Final, final

from trio_tws._wire.kinds import UNSET_FLOAT
from trio_tws._wire.late import frozen


@final
@frozen
class Money:
    """An amount in a currency."""

    amount: Decimal
    """Exactly as TWS said it."""
    currency: str
    """IB's letters, such as USD; BASE for the account's own where TWS does not name that."""

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"


def money_of(amount: float, currency: str) -> Money:
    """Makes money of what TWS gives as a floating-point number, to the digits that this shows."""
    return Money(Decimal(repr(amount)), currency)


_UNSET: Final = Decimal(repr(UNSET_FLOAT))
"""What TWS writes where it has no value."""


@final
@frozen
class AccountValue:
    """One value of an account, or of a model portfolio, as of the moment it was sent."""

    account: str
    """The account's code; of a model in several accounts it may be empty."""
    tag: str
    """What it is, in IB's words, such as NetLiquidation.

    With -S, -C, -P or -F behind it, it is of one segment alone: securities, commodities, …
    """
    value: str
    """A number, true or false, or a word, as the tag has it."""
    currency: str = ""
    """BASE for a sum over all currencies; empty for what is no money."""
    model_code: str = ""
    """The model portfolio, if it is of one."""

    @property
    def number(self) -> Decimal | None:
        """The value as a number; None if it is none, or says that there is no value."""
        try:
            number = Decimal(self.value)
        except InvalidOperation:
            return None
        return number if number.is_finite() and abs(number) < _UNSET else None

    @property
    def amount(self) -> Money | None:
        """The value as money; None if it is none."""
        number = self.number
        return Money(number, self.currency) if self.currency and number is not None else None


@final
@frozen
class Complete:
    """Stands in a stream behind what there was at its beginning; from here on, changes come."""
