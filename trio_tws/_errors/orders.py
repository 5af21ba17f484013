"""What becomes of orders that nobody wanted."""

from typing import final

from trio_tws._errors.general import TWSError


@final
class OrderRejected(TWSError):
    """TWS or IB refused an order (201 and others). It does not work.

    Attributes:
        code: IB's error code; None where only the list of completed orders tells of it.
        message: TWS's own words.
        order_id: The number of the order in this program.
        perm_id: Its number in the account; 0 if it never got one.
        order: What was refused, a `trio_tws.Order`.
        contract: What it was for, a `trio_tws.Contract`.
        advice: What to do about it; empty where nothing better is known than TWS's words.
        advanced_reject_json: What may be overridden by ``advanced_error_override``, in JSON as TWS
            gave it; empty where it gave none.
    """

    def __init__(
        self,
        code: int | None,
        message: str,
        order_id: int | None = None,
        perm_id: int = 0,
        order: object = None,
        contract: object = None,
        advice: str = "",
        advanced_reject_json: str = "",
    ) -> None:
        self.code = code
        self.message = message
        self.order_id = order_id
        self.perm_id = perm_id
        self.order = order
        self.contract = contract
        self.advice = advice
        self.advanced_reject_json = advanced_reject_json
        why = "" if code is None else f" with error {code}"
        super().__init__(f"{_order(order_id, perm_id)} was rejected{why}: {message}{_hint(advice)}")


@final
class OrderCancelled(TWSError):
    """The order was cancelled, or what had not been filled of it, while somebody waited for fills.

    Attributes:
        state: How the order stands, a `trio_tws.TradeState`: its fills are real.
        order_id: The number of the order in this program.
        perm_id: Its number in the account; 0 if it never got one.
    """

    def __init__(self, state: object, order_id: int | None = None, perm_id: int = 0) -> None:
        super().__init__(
            f"{_order(order_id, perm_id)} was cancelled before all of it was filled; .state has "
            "what was"
        )
        self.state = state
        self.order_id = order_id
        self.perm_id = perm_id


@final
class OrderInDoubt(TWSError):
    """Nobody can say for sure what became of an order: it may work, be filled, or not exist.

    Don't send it again before you know.

    Attributes:
        order_id: The number of the order in this program.
        perm_id: Its number in the account; 0 if it has none yet, or none that is known.
        reason: Why it is not known.
        state: How the order stood when it was last heard of, a `trio_tws.TradeState`.
        others: The numbers of the orders of the same group for which the same holds.
        advice: How to find out.
    """

    advice: str = (
        "Don't send it again: connect, and compare with TWS by reconcile(), or look at the TWS "
        "window."
    )

    def __init__(
        self,
        order_id: int | None,
        perm_id: int,
        reason: str,
        state: object = None,
        advice: str | None = None,
        others: tuple[int | None, ...] = (),
    ) -> None:
        self.order_id = order_id
        self.perm_id = perm_id
        self.reason = reason
        self.state = state
        self.others = others
        if advice is not None:
            self.advice = advice
        super().__init__(
            f"what became of {_order(order_id, perm_id)} is not known: {reason}"
            f"{_others(others)}{_hint(self.advice)}"
        )


@final
class ModifyRefused(TWSError):
    """TWS refused a change of an order (104, 110, 2102 and others), which works on as it was.

    Attributes:
        code: IB's error code.
        message: TWS's own words.
        order_id: The number of the order in this program.
        advice: What to do about it; empty where nothing better is known than TWS's words.
    """

    def __init__(
        self, code: int, message: str, order_id: int | None = None, advice: str = ""
    ) -> None:
        super().__init__(
            f"the change of {_order(order_id)} was refused with error {code}: {message}"
            f"{_hint(advice)}"
        )
        self.code = code
        self.message = message
        self.order_id = order_id
        self.advice = advice


@final
class CancelRefused(TWSError):
    """TWS refused to cancel an order (161, 10147, 10148, 136), which is as it was.

    Attributes:
        code: IB's error code.
        message: TWS's own words, which may name the state of the order.
        order_id: The number of the order in this program.
        advice: What to do about it; empty where nothing better is known than TWS's words.
    """

    def __init__(
        self, code: int, message: str, order_id: int | None = None, advice: str = ""
    ) -> None:
        super().__init__(
            f"the cancel of {_order(order_id)} was refused with error {code}: {message}"
            f"{_hint(advice)}"
        )
        self.code = code
        self.message = message
        self.order_id = order_id
        self.advice = advice


@final
class OrderLimit(TWSError):
    """The limits that the program has set itself forbid an order. Nothing was sent.

    Attributes:
        limit: The name of the limit, such as ``max_quantity``.
        allowed: What it allows.
        value: What was asked for; None where that can't be told, which is refused too.
    """

    def __init__(self, limit: str, allowed: object, value: object, advice: str) -> None:
        asked = "and what this order has can't be told" if value is None else f"not {value}"
        super().__init__(f"{limit} allows {allowed}, {asked}{_hint(advice)}")
        self.limit = limit
        self.allowed = allowed
        self.value = value


def _order(order_id: int | None, perm_id: int = 0) -> str:
    names = [] if order_id is None else [f"order {order_id}"]
    if perm_id:
        names.append(f"perm_id {perm_id}")
    return ", ".join(names) or "the order"


def _others(order_ids: tuple[int | None, ...]) -> str:
    return f"; the same holds for order {', '.join(map(str, order_ids))}" if order_ids else ""


def _hint(advice: str) -> str:
    return f" ({advice})" if advice else ""
