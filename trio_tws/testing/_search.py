"""The search that TWS does for a contract's details: what is filled in must match."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from trio_tws.testing._instrument import Instrument

__all__ = ["find"]

_RIGHTS = {"C": "C", "CALL": "C", "P": "P", "PUT": "P"}
_NO_RIGHT = frozenset({"", "0", "?"})


def find(
    instruments: Iterable[Instrument],
    *,
    con_id: int = 0,
    symbol: str = "",
    sec_type: str = "",
    exchange: str = "",
    primary_exchange: str = "",
    currency: str = "",
    last_trade_date_or_contract_month: str = "",
    strike: float | None = None,
    right: str = "",
    multiplier: str = "",
    local_symbol: str = "",
    trading_class: str = "",
    sec_id_type: str = "",
    sec_id: str = "",
) -> list[Instrument]:
    """Every instrument that agrees with all criteria that are filled in.

    Empty text, 0 and None are "not filled in", as on the wire; so are `?` and `0` for a right.
    Without any criterion everything is found.

    Args:
        instruments: Where to look.
        con_id: IB's number for the contract; enough on its own.
        symbol: The symbol; for a bond its CUSIP will do as well.
        sec_type: STK, FUT, IND, CASH, OPT, BOND or CRYPTO.
        exchange: One of the valid exchanges, so that SMART finds all that IB routes.
        primary_exchange: The listing exchange.
        currency: The currency of the price.
        last_trade_date_or_contract_month: yyyymmdd, or yyyymm for the whole month.
        strike: Strike price.
        right: C, CALL, P or PUT.
        multiplier: As a number: `50` finds `50.0`.
        local_symbol: The exchange's own name.
        trading_class: IB's class.
        sec_id_type: What `sec_id` is: ISIN, CUSIP, FIGI and so on.
        sec_id: The identifier. Needs `sec_id_type`; without it nothing is found.

    Returns:
        What was found, in order of con_id; an empty list if nothing was.
    """

    def agrees(instrument: Instrument) -> bool:
        return all(
            (
                con_id in {0, instrument.con_id},
                symbol in {"", instrument.symbol}
                or (instrument.sec_type == "BOND" and symbol == instrument.cusip),
                sec_type in {"", instrument.sec_type},
                exchange in {"", *instrument.valid_exchanges.split(",")},
                primary_exchange in {"", instrument.primary_exchange},
                currency in {"", instrument.currency},
                instrument.last_trade_date_or_contract_month.startswith(
                    last_trade_date_or_contract_month
                ),
                not strike or strike == instrument.strike,
                right in _NO_RIGHT or _RIGHTS.get(right) == instrument.right,
                not multiplier or _is_same_number(multiplier, instrument.multiplier),
                local_symbol in {"", instrument.local_symbol},
                trading_class in {"", instrument.trading_class},
                not sec_id or (sec_id_type, sec_id) in instrument.identifiers,
            )
        )

    return sorted(filter(agrees, instruments), key=lambda instrument: instrument.con_id)


def _is_same_number(one: str, other: str) -> bool:
    try:
        return Decimal(one) == Decimal(other)
    except InvalidOperation:  # One of them is no number: an empty multiplier, or nonsense.
        return one == other
