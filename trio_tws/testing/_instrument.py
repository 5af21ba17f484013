"""One thing that can be traded, as the simulator describes it."""

from decimal import Decimal
from typing import final

import attrs
from attrs.validators import ge, gt

__all__ = ["Instrument"]


@final
@attrs.frozen(kw_only=True)
class Instrument:
    """What the simulator knows of one contract: its definition, and how its market behaves.

    The first part is what TWS tells in contract details, under IB's names. The last part, from
    `base_price` on, is ours: it feeds the simulated market and never goes over the wire.

    Raises:
        ValueError: A number is out of its range, such as a tick that is not positive, or an option
            lacks one of its terms.
    """

    con_id: int = attrs.field(validator=gt(0))
    """IB's number for the contract."""
    symbol: str
    """The symbol, of the underlying for a derivative, the base currency for a pair."""
    sec_type: str
    """STK, FUT, IND, CASH, OPT, BOND or CRYPTO."""
    exchange: str
    """The exchange of the definition: SMART where IB routes."""
    currency: str
    """The currency of the price."""
    primary_exchange: str = ""
    """The listing exchange of a stock; elsewhere empty."""
    local_symbol: str
    """The exchange's own name for it; for options the OCC symbol with its blanks."""
    trading_class: str
    """IB's class, such as NMS."""
    market_name: str = ""
    """IB's name for the market; mostly the trading class again."""
    last_trade_date_or_contract_month: str = ""
    """Expiry as yyyymmdd, empty for what never expires."""
    strike: float = 0.0
    """Strike price of an option, else 0."""
    right: str = ""
    """C or P for an option, else empty."""
    multiplier: str = ""
    """Units per contract as IB's text, such as 50; empty for 1."""

    long_name: str
    """The name in words."""
    min_tick: float = attrs.field(validator=gt(0))
    """Distance between two neighbouring prices."""
    price_magnifier: int = 1
    """What a strike or execution price is divided by to match the currency."""
    time_zone_id: str = "US/Eastern"
    """The exchange's time zone, an IANA name."""
    valid_exchanges: str
    """Where an order may be sent: names with commas between."""
    market_rule_ids: str
    """One price-increment rule per valid exchange, in the same order."""
    order_types: str
    """IB's codes for what may be ordered: names with commas between."""
    industry: str = ""
    """Broadest classification."""
    category: str = ""
    """Classification below industry."""
    subcategory: str = ""
    """Classification below category."""
    stock_type: str = ""
    """COMMON, ETF and so on, for stocks."""
    contract_month: str = ""
    """Contract month of a derivative, yyyymm."""
    under_con_id: int = 0
    """The underlying's con_id, 0 without one."""
    under_symbol: str = ""
    """The underlying's symbol."""
    under_sec_type: str = ""
    """The underlying's security type."""
    min_size: Decimal = Decimal(1)
    """Smallest order."""
    size_increment: Decimal = Decimal(1)
    """Steps in which an order's size may grow."""
    identifiers: tuple[tuple[str, str], ...] = ()
    """Pairs such as ("ISIN", "US0378331005"): the reply's secIdList."""

    cusip: str = ""
    """A bond's CUSIP."""
    coupon: float = 0.0
    """A bond's interest, percent a year."""
    maturity: str = ""
    """A bond's last day, yyyymmdd."""
    issue_date: str = ""
    """A bond's first day, yyyymmdd."""
    ratings: str = ""
    """A bond's credit ratings, as text."""
    bond_type: str = ""
    """What sort of bond, as text."""
    coupon_type: str = ""
    """How the coupon is set, such as FIXED."""
    desc_append: str = ""
    """A bond's description in one line."""
    callable: bool = False
    """Whether the issuer may redeem the bond early."""
    putable: bool = False
    """Whether the holder may return the bond early."""
    convertible: bool = False
    """Whether the bond may be turned into shares."""

    base_price: float = attrs.field(validator=gt(0))
    """The price that the simulated one wanders about; unused for options."""
    volatility: float = attrs.field(validator=ge(0))
    """Standard deviation of a year's return: 0.25 is 25 %. For options the implied volatility."""
    spread_ticks: int = attrs.field(default=1, validator=ge(0))
    """Narrowest distance of ask and bid, in ticks; 0 for what has no quotes."""
    lot_size: Decimal = attrs.field(default=Decimal(1), validator=gt(Decimal(0)))
    """Sizes of quotes and trades are whole multiples of this."""
    trade_lots: int = attrs.field(default=1, validator=ge(0))
    """Lots of a typical trade; 0 for values without a size, as an index has."""
    quote_lots: int = attrs.field(default=5, validator=ge(0))
    """Lots of a typical quote."""
    locate_seconds: float = attrs.field(default=0.0, validator=ge(0))
    """How long TWS looks for shares that are to be sold short; infinity for in vain."""

    def __attrs_post_init__(self) -> None:
        if self.sec_type == "OPT":
            terms = {
                "strike": self.strike > 0,
                "right": self.right in {"C", "P"},
                "last_trade_date_or_contract_month": self.last_trade_date_or_contract_month != "",
                "under_con_id": self.under_con_id > 0,
            }
            wrong = [name for name, is_right in terms.items() if not is_right]
            if wrong:
                raise ValueError(f"option {self.local_symbol!r} lacks its {', '.join(wrong)}")

    @property
    def venue(self) -> str:
        """Where its trades are made: SMART itself trades nothing, but is all that options name."""
        return self.primary_exchange or self.exchange

    @property
    def has_quotes(self) -> bool:
        """Whether there is a bid and an ask: an index has neither."""
        return self.spread_ticks > 0

    @property
    def has_trades(self) -> bool:
        """Whether trades are published: IB publishes none for currency pairs."""
        return self.sec_type != "CASH"
