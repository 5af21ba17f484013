"""Market scanners: the contracts that rank highest by some measure."""

from trio_tws import _versions as v
from trio_tws._model.contracts import TAGS, Contract, TagValue
from trio_tws._wire import each, incoming, layout, outgoing, struct, wire
from trio_tws._wire.kinds import LONG


@outgoing(24, version=1, proto=v.PROTOBUF_SCAN_DATA)
class ReqScannerParameters:
    """Asks for everything that a scanner subscription may say.

    Source: EClient.reqScannerParameters.
    """


@incoming(19, version=1, proto=v.PROTOBUF_SCAN_DATA, answers=ReqScannerParameters, ends=True)
class ScannerParameters:
    """Instruments, locations, scan codes and filters of the scanners.

    Source: EWrapper.scannerParameters.
    """

    xml: str = wire(1, default="")
    """About two megabytes in one message."""


@struct
class ScannerSubscription:
    """What to scan, by which measure, and within which bounds.

    Source: IB's class ScannerSubscription.
    """

    number_of_rows: int = wire(1, default=-1)
    """-1 leaves it to TWS, which gives no more than 50."""
    instrument: str = wire(2, default="")
    """Such as ``STK``, ``STOCK.EU``, ``FUT.EU`` or ``IND.US``."""
    location_code: str = wire(3, default="")
    """Such as ``STK.US.MAJOR``."""
    scan_code: str = wire(4, default="")
    """The measure, such as ``TOP_PERC_GAIN``."""
    above_price: float | None = wire(5, default=None)
    below_price: float | None = wire(6, default=None)
    above_volume: int | None = wire(7, kind=LONG, default=None)
    market_cap_above: float | None = wire(8, default=None)
    market_cap_below: float | None = wire(9, default=None)
    moody_rating_above: str = wire(10, default="")
    moody_rating_below: str = wire(11, default="")
    sp_rating_above: str = wire(12, default="")
    sp_rating_below: str = wire(13, default="")
    maturity_date_above: str = wire(14, default="")
    """yyyymmdd."""
    maturity_date_below: str = wire(15, default="")
    """yyyymmdd."""
    coupon_rate_above: float | None = wire(16, default=None)
    """Per cent a year."""
    coupon_rate_below: float | None = wire(17, default=None)
    """Per cent a year."""
    exclude_convertible: bool = wire(18, default=False)
    average_option_volume_above: int | None = wire(19, kind=LONG, default=None)
    scanner_setting_pairs: str = wire(20, default="")
    """An older form of filter; IB does not say what may stand here."""
    stock_type_filter: str = wire(21, default="")
    """``ALL``, or such as ``CORP``, ``ADR`` or ``ETF``."""
    scanner_subscription_filter_options: tuple[TagValue, ...] = wire(
        22, kind=TAGS, default=(), since=v.SCANNER_GENERIC_OPTS
    )
    """Filters by the names that `ScannerParameters` lists, such as ``usdMarketCapAbove``."""
    scanner_subscription_options: tuple[TagValue, ...] = wire(23, kind=TAGS, default=())
    """IB does not say what may stand here."""


@outgoing(23, version=1, proto=v.PROTOBUF_SCAN_DATA)
class CancelScannerSubscription:
    """Ends a `ReqScannerSubscription`.

    Source: EClient.cancelScannerSubscription.
    """

    req_id: int = wire(1)


@outgoing(
    22,
    version=4,
    version_until=v.SCANNER_GENERIC_OPTS,
    proto=v.PROTOBUF_SCAN_DATA,
    cancel=CancelScannerSubscription,
)
class ReqScannerSubscription:
    """Asks for a ranking and its changes; ten of them may run at once.

    Source: EClient.reqScannerSubscription.
    """

    req_id: int = wire(1)
    subscription: ScannerSubscription = wire(2)


@struct
class ScannerDataElement:
    """One contract of a ranking.

    Source: IB's class ScanData.
    """

    rank: int = wire(1, default=0)
    """0 is the first."""
    contract: Contract = wire(2, factory=Contract)
    market_name: str = wire(3, default="")
    distance: str = wire(4, default="")
    """Mostly empty, as the next two."""
    benchmark: str = wire(5, default="")
    projection: str = wire(6, default="")
    legs_str: str = wire(7, default="")
    """The legs of a combination."""


@incoming(20, version=3, proto=v.PROTOBUF_SCAN_DATA, answers=ReqScannerSubscription)
class ScannerData:
    """A whole ranking, best first; TWS sends another about every 30 seconds.

    It is empty where nothing passes the filters; error 165 says so before it.

    Source: EWrapper.scannerData, EWrapper.scannerDataEnd.
    """

    req_id: int = wire(1, default=-1)
    elements: tuple[ScannerDataElement, ...] = wire(2, default=())


C, E = Contract, ScannerDataElement

layout(
    ScannerData,
    ScannerData.req_id,
    each(
        ScannerData.elements,
        E.rank,
        C.con_id,
        C.symbol,
        C.sec_type,
        C.last_trade_date_or_contract_month,
        C.strike,
        C.right,
        C.exchange,
        C.currency,
        C.local_symbol,
        E.market_name,
        C.trading_class,
        E.distance,
        E.benchmark,
        E.projection,
        E.legs_str,
    ),
)
