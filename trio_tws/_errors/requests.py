"""What TWS says no to, beside orders."""

from typing import final

from trio_tws._errors.general import TWSError


class RequestError(TWSError):
    """TWS ended a request with an error. The session lives on.

    Raised as it is where none of the kinds below fits, or where TWS's words would tell the kind and
    are not in English.

    Attributes:
        code: IB's error code, such as 200 (no security definition).
        message: TWS's own words.
        request: The request that failed, as it was sent.
        advice: What to do about it; empty where nothing better is known than TWS's words.
    """

    advice: str = ""

    def __init__(
        self, code: int, message: str, request: object = None, advice: str | None = None
    ) -> None:
        self.code = code
        self.message = message
        self.request = request
        if advice is not None:
            self.advice = advice
        what = f" to {type(request).__name__}" if request is not None else ""
        hint = f" ({self.advice})" if self.advice else ""
        super().__init__(f"TWS answered error {code}{what}: {message}{hint}")


@final
class ContractNotFound(RequestError):
    """No contract matches what was asked for (200)."""

    advice = "Check symbol, sec_type, exchange and currency; contract_details() lists what matches."


@final
class AmbiguousContract(RequestError):
    """Several contracts match where one is needed (200).

    Attributes:
        candidates: Those that match, each a `trio_tws.Contract`; none where only TWS knows them.
    """

    advice = (
        "Give con_id and exchange, or more of the contract: primary_exchange, currency, multiplier "
        "or trading_class; contract_details() lists what matches."
    )
    candidates: tuple[object, ...] = ()


@final
class NoData(RequestError):
    """There is no such data: none of that kind for this contract, or none at that time (162)."""

    advice = "Ask for another time, or for another kind of data."


class NotPermitted(RequestError):
    """The account, the login or a setting of TWS does not allow the request."""

    advice = "See what the account is permitted, and what TWS's settings allow."


@final
class NoMarketDataPermission(NotPermitted):
    """The market data is not subscribed (354, 10089, 10168; 162 and others by TWS's words)."""

    advice = "Subscribe to the data at IB, or ask for delayed data with set_market_data_type()."


@final
class CompetingSession(RequestError):
    """The login's market data is in use elsewhere: it goes to one session of a user at a time."""

    advice = "Log out where else this user is logged in, such as on a phone, and ask again."


@final
class PacingViolation(RequestError):
    """Too many requests came in too short a time (100; 162 and others by TWS's words)."""

    advice = (
        "Wait, and ask again: IB allows 60 requests for small bars in ten minutes, 6 of one kind "
        "in two seconds, and the same one every 15 seconds."
    )


@final
class LimitReached(RequestError):
    """Too many requests of this kind are open at once (101, 309, 10190)."""

    advice = "End some of those that are open."


@final
class InvalidRequest(RequestError):
    """TWS can't make sense of the request, or not of one of its parameters (321, 10314)."""

    advice = "TWS's words name what is wrong."


@final
class RequestCancelled(RequestError):
    """The request was cancelled: by its own cancel, or by TWS when it lost IB (162, 10182)."""

    advice = "If you did not cancel it, ask again."
