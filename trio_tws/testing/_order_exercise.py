"""The exercise of options: an order that trades nothing, and moves two positions."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from trio_tws._enums import ExerciseAction, OptionExerciseType, SecType
from trio_tws._model.options import ExerciseOptions
from trio_tws._model.orders import Order
from trio_tws.testing._order_accounts import account_of
from trio_tws.testing._order_booked import BookedOrder, Draft
from trio_tws.testing._order_checks import OrderRefusal
from trio_tws.testing._order_drafts import resolve
from trio_tws.testing._order_kinds import KINDS

if TYPE_CHECKING:
    from trio_tws.testing._instrument import Instrument
    from trio_tws.testing._simulator import Simulator

_KINDS: Final = {
    ExerciseAction.EXERCISE: OptionExerciseType.EXERCISE,
    ExerciseAction.LAPSE: OptionExerciseType.LAPSE,
}


def exercise(simulator: Simulator, client_id: int, request: ExerciseOptions) -> None:
    """Exercises options at once, or lets them lapse; IB waits for its hours.

    Raises:
        OrderRefusal: There are none to exercise (322), it goes against what is in the money (322),
            or the number or contract is wrong.
    """
    exchange, now = simulator.exchange, simulator.now()
    exchange.use_number(client_id, request.order_id)
    option, legs, contract = resolve(simulator.market, request.contract, now)
    kind = _KINDS.get(request.exercise_action)
    if option is None or option.sec_type != SecType.OPTION or kind is None:
        raise _failed("Only options can be exercised, with action 1 or 2")
    account = account_of(simulator, Order(account=request.account))
    size = Decimal(request.exercise_quantity)
    held = simulator.books.position(account, option.con_id)
    if size <= 0 or held < size:
        raise _failed(f"Quantity {size} is not held: there are {held}")
    is_exercise = kind is OptionExerciseType.EXERCISE
    if not request.override and _is_in_the_money(simulator, option, now) is not is_exercise:
        raise _failed("It goes against what would happen by itself; override is off")
    order = Order(action="SELL", total_quantity=size, order_type="MKT", tif="DAY")
    draft = Draft(
        contract=contract,
        instrument=option,
        legs=legs,
        order=order,
        kind=KINDS["MKT"],
        account=account,
        tick=option.min_tick,
    )
    booked = BookedOrder(client_id, request.order_id, exchange.book.next_perm_id(), draft, now)
    exchange.exercise(booked, option, size, kind)


def _is_in_the_money(simulator: Simulator, option: Instrument, now: float) -> bool:
    spot = simulator.market.price(option.under_con_id, now)
    return spot > option.strike if option.right == "C" else spot < option.strike


def _failed(cause: str) -> OrderRefusal:
    return OrderRefusal(322, f"Error processing request.-'bQ' : cause - {cause}")
