"""Combinations whose legs have a price each."""

from collections.abc import Sequence

from trio_tws._enums import SecType
from trio_tws._model.contracts import Contract
from trio_tws._orders.numbers import finite_or_none
from trio_tws._wire import evolve


def with_leg_prices(contract: Contract, prices: Sequence[float | None]) -> Contract:
    """Gives a combination whose legs have a price each, for a `trio_tws.LegLimitOrder`.

    Args:
        contract: A combination, such as `trio_tws.Combo` makes.
        prices: One for each leg, in its order and in the contract's currency; None for a leg that
            has none.

    Raises:
        ValueError: The contract is no combination, there are more or fewer prices than legs, none
            of them is a price, or one is infinite.
    """
    if contract.sec_type != SecType.COMBO:
        raise ValueError(f"sec_type={contract.sec_type!r} has no legs; a combination has")
    legs = contract.combo_legs
    if len(prices) != len(legs) or all(price is None for price in prices):
        raise ValueError(f"prices={[*prices]} are not prices for {len(legs)} legs")
    return evolve(
        contract,
        combo_legs=tuple(
            evolve(leg, per_leg_price=finite_or_none(f"prices[{at}]", price))
            for at, (leg, price) in enumerate(zip(legs, prices, strict=True))
        ),
    )
