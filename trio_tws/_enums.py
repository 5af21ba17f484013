"""Open enumerations: a value that is not listed is a value all the same.

TWS adds tick types, order states and security types every year. A closed enumeration would refuse
a message for a number it has not heard of; these make a member of it on the spot, named
``UNKNOWN_…``, that compares and hashes like any other and is written back as it came. It is not
kept, so compare it with ``==``, not with ``is``.
"""

from enum import KEEP, IntEnum, IntFlag, StrEnum
from typing import Self

__all__ = [
    "ArticleType",
    "DepthOperation",
    "DepthSide",
    "ExerciseAction",
    "FADataType",
    "MarketDataKind",
    "OpenIntEnum",
    "OpenStrEnum",
    "OptionExerciseType",
    "OrderStatusName",
    "SecType",
    "ServerLogLevel",
    "TickAttrib",
    "TickByTickKind",
    "TickType",
    "TriggerMethod",
]


class OpenIntEnum(IntEnum):
    """An integer enumeration that takes any integer."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, int):
            return None
        number = int(value)  # of a member of another enumeration, too
        member = int.__new__(cls, number)
        member._name_ = f"UNKNOWN_{number}"
        member._value_ = number
        return member


class OpenStrEnum(StrEnum):
    """A text enumeration that takes any text."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        text = str(value)
        member = str.__new__(cls, text)
        member._name_ = f"UNKNOWN_{text}"
        member._value_ = text
        return member


class SecType(OpenStrEnum):
    """What kind of instrument a contract is, in IB's own letters.

    Source: IB's class Contract, secType.
    """

    NONE = ""
    STOCK = "STK"
    OPTION = "OPT"
    FUTURE = "FUT"
    CONTINUOUS_FUTURE = "CONTFUT"
    FUTURE_OR_CONTINUOUS = "FUT+CONTFUT"
    FUTURE_OPTION = "FOP"
    INDEX = "IND"
    FOREX = "CASH"
    CFD = "CFD"
    COMBO = "BAG"
    WARRANT = "WAR"
    STRUCTURED_PRODUCT = "IOPT"
    BOND = "BOND"
    BILL = "BILL"
    COMMODITY = "CMDTY"
    NEWS = "NEWS"
    FUND = "FUND"
    CRYPTO = "CRYPTO"
    EVENT = "EVENT"


class OrderStatusName(OpenStrEnum):
    """Where an order stands.

    Source: EWrapper.orderStatus, status.
    """

    NONE = ""
    API_PENDING = "ApiPending"
    """Not yet acknowledged by TWS."""
    PENDING_SUBMIT = "PendingSubmit"
    """Sent by TWS and not yet acknowledged, or waiting there to be transmitted."""
    PENDING_CANCEL = "PendingCancel"
    """To be cancelled; it may still be filled."""
    PRE_SUBMITTED = "PreSubmitted"
    """Accepted, and held by IB until its conditions or its hours have come."""
    SUBMITTED = "Submitted"
    """Working."""
    API_CANCELLED = "ApiCancelled"
    """Cancelled before TWS had acknowledged it; final."""
    CANCELLED = "Cancelled"
    """Final."""
    FILLED = "Filled"
    """All of it; final."""
    INACTIVE = "Inactive"
    """Rejected or held; it may come back."""


class MarketDataKind(OpenIntEnum):
    """Which market data a line carries, by what the login may see and when the market is open.

    Source: EClient.reqMarketDataType.
    """

    LIVE = 1
    """As it happens; needs a subscription."""
    FROZEN = 2
    """Live data as it was when the market closed."""
    DELAYED = 3
    """15 to 20 minutes old."""
    DELAYED_FROZEN = 4
    """Delayed data as it was when the market closed."""


class ExerciseAction(OpenIntEnum):
    """What shall become of an option.

    Source: EClient.exerciseOptions.
    """

    EXERCISE = 1
    LAPSE = 2


class TriggerMethod(OpenIntEnum):
    """Which price triggers a stop or a condition.

    Source: IB's class Order, triggerMethod.
    """

    DEFAULT = 0
    """Double bid/ask for stocks traded over the counter and options, last for all others."""
    DOUBLE_BID_ASK = 1
    LAST = 2
    DOUBLE_LAST = 3
    BID_ASK = 4
    LAST_OR_BID_ASK = 7
    MIDPOINT = 8


class OptionExerciseType(OpenIntEnum):
    """What became of an option, where an execution is no trade.

    Source: IB's class Execution, optExerciseOrLapseType.
    """

    NONE = -1
    EXERCISE = 1
    LAPSE = 2
    DO_NOTHING = 3
    ASSIGNED = 100
    AUTOEXERCISE_CLEARING = 101
    EXPIRED = 102
    NETTING = 103
    AUTOEXERCISE_TRADING = 200


class ArticleType(OpenIntEnum):
    """In which form a news article comes.

    Source: EWrapper.newsArticle, articleType.
    """

    TEXT = 0
    """Plain text or HTML."""
    BINARY = 1
    """A file, such as a PDF, in base64."""


class FADataType(OpenIntEnum):
    """Which part of a financial adviser's configuration is meant.

    Source: EClient.requestFA.
    """

    GROUPS = 1
    """Of accounts, each with a method that allocates orders to them."""
    PROFILES = 2
    """Gone since server version 177: they are groups now."""
    ALIASES = 3
    """Names for accounts."""


class ServerLogLevel(OpenIntEnum):
    """How much TWS writes into its log about a program, from little to all.

    Source: EClient.setServerLogLevel.
    """

    SYSTEM = 1
    ERROR = 2
    WARNING = 3
    INFORMATION = 4
    DETAIL = 5


class TickAttrib(IntFlag, boundary=KEEP):
    """What is special about a price. Below server version 109 only the first is told.

    Bits that are not listed are kept.
    """

    CAN_AUTO_EXECUTE = 1
    PAST_LIMIT = 2
    PRE_OPEN = 4


class DepthOperation(OpenIntEnum):
    """What happens to a row of the order book.

    Source: EWrapper.updateMktDepth, operation.
    """

    INSERT = 0
    """A new row; those from its position on move down by one."""
    UPDATE = 1
    DELETE = 2
    """Those below move up by one."""


class DepthSide(OpenIntEnum):
    """The side of the order book.

    Source: EWrapper.updateMktDepth, side.
    """

    ASK = 0
    BID = 1


class TickByTickKind(OpenIntEnum):
    """What a tick of a tick-by-tick stream is.

    Source: EWrapper.tickByTickAllLast, tickType.
    """

    NONE = 0
    LAST = 1
    """A trade, as counted by the exchange's last price."""
    ALL_LAST = 2
    """Any trade: combinations, derivatives and average-price trades too."""
    BID_ASK = 3
    MID_POINT = 4


class TickType(OpenIntEnum):
    """What a tick of a market data line tells.

    Source: IB's class TickType.
    """

    BID_SIZE = 0
    BID = 1
    ASK = 2
    ASK_SIZE = 3
    LAST = 4
    LAST_SIZE = 5
    HIGH = 6
    LOW = 7
    VOLUME = 8
    CLOSE = 9
    BID_OPTION_COMPUTATION = 10
    ASK_OPTION_COMPUTATION = 11
    LAST_OPTION_COMPUTATION = 12
    MODEL_OPTION = 13
    OPEN = 14
    LOW_13_WEEK = 15
    HIGH_13_WEEK = 16
    LOW_26_WEEK = 17
    HIGH_26_WEEK = 18
    LOW_52_WEEK = 19
    HIGH_52_WEEK = 20
    AVG_VOLUME = 21
    OPEN_INTEREST = 22
    OPTION_HISTORICAL_VOL = 23
    OPTION_IMPLIED_VOL = 24
    OPTION_BID_EXCH = 25
    OPTION_ASK_EXCH = 26
    OPTION_CALL_OPEN_INTEREST = 27
    OPTION_PUT_OPEN_INTEREST = 28
    OPTION_CALL_VOLUME = 29
    OPTION_PUT_VOLUME = 30
    INDEX_FUTURE_PREMIUM = 31
    BID_EXCH = 32
    ASK_EXCH = 33
    AUCTION_VOLUME = 34
    AUCTION_PRICE = 35
    AUCTION_IMBALANCE = 36
    MARK_PRICE = 37
    BID_EFP_COMPUTATION = 38
    ASK_EFP_COMPUTATION = 39
    LAST_EFP_COMPUTATION = 40
    OPEN_EFP_COMPUTATION = 41
    HIGH_EFP_COMPUTATION = 42
    LOW_EFP_COMPUTATION = 43
    CLOSE_EFP_COMPUTATION = 44
    LAST_TIMESTAMP = 45
    SHORTABLE = 46
    FUNDAMENTAL_RATIOS = 47
    RT_VOLUME = 48
    HALTED = 49
    BID_YIELD = 50
    ASK_YIELD = 51
    LAST_YIELD = 52
    CUST_OPTION_COMPUTATION = 53
    TRADE_COUNT = 54
    TRADE_RATE = 55
    VOLUME_RATE = 56
    LAST_RTH_TRADE = 57
    RT_HISTORICAL_VOL = 58
    IB_DIVIDENDS = 59
    BOND_FACTOR_MULTIPLIER = 60
    REGULATORY_IMBALANCE = 61
    NEWS_TICK = 62
    SHORT_TERM_VOLUME_3_MIN = 63
    SHORT_TERM_VOLUME_5_MIN = 64
    SHORT_TERM_VOLUME_10_MIN = 65
    DELAYED_BID = 66
    DELAYED_ASK = 67
    DELAYED_LAST = 68
    DELAYED_BID_SIZE = 69
    DELAYED_ASK_SIZE = 70
    DELAYED_LAST_SIZE = 71
    DELAYED_HIGH = 72
    DELAYED_LOW = 73
    DELAYED_VOLUME = 74
    DELAYED_CLOSE = 75
    DELAYED_OPEN = 76
    RT_TRD_VOLUME = 77
    CREDITMAN_MARK_PRICE = 78
    CREDITMAN_SLOW_MARK_PRICE = 79
    DELAYED_BID_OPTION = 80
    DELAYED_ASK_OPTION = 81
    DELAYED_LAST_OPTION = 82
    DELAYED_MODEL_OPTION = 83
    LAST_EXCH = 84
    LAST_REG_TIME = 85
    FUTURES_OPEN_INTEREST = 86
    AVG_OPT_VOLUME = 87
    DELAYED_LAST_TIMESTAMP = 88
    SHORTABLE_SHARES = 89
    DELAYED_HALTED = 90
    REUTERS_2_MUTUAL_FUNDS = 91
    ETF_NAV_CLOSE = 92
    ETF_NAV_PRIOR_CLOSE = 93
    ETF_NAV_BID = 94
    ETF_NAV_ASK = 95
    ETF_NAV_LAST = 96
    ETF_FROZEN_NAV_LAST = 97
    ETF_NAV_HIGH = 98
    ETF_NAV_LOW = 99
    SOCIAL_MARKET_ANALYTICS = 100
    ESTIMATED_IPO_MIDPOINT = 101
    FINAL_IPO_LAST = 102
    DELAYED_YIELD_BID = 103
    DELAYED_YIELD_ASK = 104
    ODD_LOT_BID = 105
    ODD_LOT_ASK = 106
    ODD_LOT_BID_SIZE = 107
    ODD_LOT_ASK_SIZE = 108
    ODD_LOT_BID_EXCH = 109
    ODD_LOT_ASK_EXCH = 110
