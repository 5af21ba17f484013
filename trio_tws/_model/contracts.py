"""What can be traded, and how it is looked up."""

from trio_tws import _versions as v
from trio_tws._enums import SecType
from trio_tws._wire import incoming, layout, outgoing, since, struct, wire
from trio_tws._wire.kinds import NUMBER_TEXT, own_kind


@struct
class TagValue:
    """A name and a value, as TWS takes them in lists of options and parameters."""

    tag: str = wire(1, default="")
    value: str = wire(2, default="")


def _read_tags(text: str) -> tuple[TagValue, ...]:
    pairs = (part.partition("=") for part in text.split(";") if part)
    return tuple(TagValue(tag, value) for tag, _, value in pairs)


def _write_tags(tags: tuple[TagValue, ...]) -> str:
    for pair in tags:
        if "=" in pair.tag or ";" in pair.tag + pair.value:
            raise ValueError(f"{pair} contains '=' or ';', which hold the list together")
    return "".join(f"{pair.tag}={pair.value};" for pair in tags)


TAGS = own_kind("tags", _read_tags, _write_tags, packs_list=True)
"""A whole list of tags in one field: ``tag=value;tag=value;``."""


@struct
class ComboLeg:
    """One leg of a combination."""

    con_id: int = wire(1, default=0)
    ratio: int = wire(2, default=0)
    """How many of this leg one combination holds."""
    action: str = wire(3, default="")
    """BUY, SELL or SSHORT."""
    exchange: str = wire(4, default="")
    open_close: int = wire(5, default=0)
    """0 as the combination, 1 open, 2 close, 3 unknown."""
    short_sale_slot: int = wire(6, default=0)
    """1 shares held by the broker, 2 held elsewhere (then designated_location says where)."""
    designated_location: str = wire(7, default="")
    exempt_code: int = wire(8, default=-1)
    per_leg_price: float | None = wire(9, default=None)
    """In the contract's currency; for orders, which may price each leg."""


@struct
class DeltaNeutralContract:
    """The underlying that neutralises the delta of a combination."""

    con_id: int = wire(1, default=0)
    delta: float = wire(2, default=0.0)
    price: float = wire(3, default=0.0)
    """In the contract's currency."""


@struct
class Contract:
    """One instrument, or a description that matches some.

    The con_id and an exchange are enough where the con_id is known; otherwise as much of the rest
    as makes it unique. Builders such as `trio_tws.Stock` fill in what each kind needs.

    Source: IB's class Contract.
    """

    con_id: int = wire(1, default=0)
    """IB's number for the instrument; 0 if not known."""
    symbol: str = wire(2, default="")
    """The underlying's symbol."""
    sec_type: SecType = wire(3, default=SecType.NONE)
    last_trade_date_or_contract_month: str = wire(4, default="")
    """yyyymmdd, or yyyymm for a month."""
    strike: float | None = wire(5, default=None)
    right: str = wire(6, default="")
    """C or P; TWS also answers ?, 0, CALL and PUT."""
    multiplier: str = wire(7, kind=NUMBER_TEXT, default="")
    exchange: str = wire(8, default="")
    """Where to trade it; SMART lets TWS choose."""
    primary_exchange: str = wire(9, default="")
    """Where it is listed: tells apart what SMART can't."""
    currency: str = wire(10, default="")
    local_symbol: str = wire(11, default="")
    """The exchange's own symbol."""
    trading_class: str = wire(12, default="")
    sec_id_type: str = wire(13, default="")
    """ISIN, CUSIP, SEDOL, RIC or FIGI."""
    sec_id: str = wire(14, default="")
    description: str = wire(15, default="")
    issuer_id: str = wire(16, default="")
    """Finds the bonds of an issuer."""
    delta_neutral_contract: DeltaNeutralContract | None = wire(17, default=None)
    include_expired: bool = wire(18, default=False)
    """Finds futures that expired in the last two years too."""
    combo_legs_descrip: str = wire(19, default="")
    combo_legs: tuple[ComboLeg, ...] = wire(20, default=())
    last_trade_date: str = wire(21, default="")
    """yyyymmdd."""


C = Contract

CONTRACT_OUT = (
    C.con_id,
    C.symbol,
    C.sec_type,
    C.last_trade_date_or_contract_month,
    C.strike,
    C.right,
    C.multiplier,
    C.exchange,
    C.primary_exchange,
    C.currency,
    C.local_symbol,
    C.trading_class,
)
"""The twelve fields of a contract that most requests send."""

CONTRACT_IN = tuple(field for field in CONTRACT_OUT if field is not C.primary_exchange)
"""The eleven fields of a contract that TWS sends with orders, executions and positions."""

FOUR_FIELD_LEG = (ComboLeg.con_id, ComboLeg.ratio, ComboLeg.action, ComboLeg.exchange)
"""A leg as requests for data send it; orders send eight fields."""


@outgoing(106, since=v.CANCEL_CONTRACT_DATA, proto=v.CANCEL_CONTRACT_DATA)
class CancelContractData:
    """Takes back a `ReqContractData`; protobuf only.

    Source: EClient.cancelContractData.
    """

    req_id: int = wire(1)


@outgoing(9, version=8, proto=v.PROTOBUF_CONTRACT_DATA, cancel=CancelContractData)
class ReqContractData:
    """Asks for the details of all contracts that match a description.

    Source: EClient.reqContractDetails.
    """

    req_id: int = wire(1)
    contract: Contract = wire(2)


layout(
    ReqContractData,
    ReqContractData.req_id,
    *CONTRACT_OUT,
    C.include_expired,
    C.sec_id_type,
    C.sec_id,
    since(v.BOND_ISSUERID, C.issuer_id),
)


@incoming(52, version=1, proto=v.PROTOBUF_CONTRACT_DATA, answers=ReqContractData, ends=True)
class ContractDataEnd:
    """Nothing more matches a `ReqContractData`.

    Source: EWrapper.contractDetailsEnd.
    """

    req_id: int = wire(1, default=-1)
