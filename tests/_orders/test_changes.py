"""Changes that were sent, and what TWS made of each."""

from decimal import Decimal
from typing import Any

import pytest

from tests._orders.telling import BUY_100, said
from trio_tws._orders.changes import MAX_CHANGES, Change, ChangeOutcome, Changes
from trio_tws._wire import evolve

PENDING, TAKEN, REFUSED = ChangeOutcome


@pytest.mark.parametrize(
    "what",
    [
        {"lmt_price": 11.0},
        {"total_quantity": Decimal(50)},
        {"total_quantity": Decimal(50), "lmt_price": 11.0},
        {"aux_price": 9.0},
    ],
)
def test_a_change_is_taken_when_tws_reports_it(what: dict[str, Any]) -> None:
    changes, changed = Changes(), evolve(BUY_100, **what)
    change = changes.send(changed, BUY_100)

    changes.show(BUY_100)
    assert (change.outcome, len(changes), changes.orders) == (PENDING, 1, (changed,))
    changes.show(evolve(changed, perm_id=900, tif="DAY"))
    assert (change.outcome, len(changes), changes.orders) == (TAKEN, 0, ())


@pytest.mark.parametrize("what", [{}, {"tif": "GTC"}, {"transmit": False}])
def test_a_change_of_what_tws_need_not_repeat_is_shown_by_any_report(what: dict[str, Any]) -> None:
    assert Change(evolve(BUY_100, **what), BUY_100).is_shown_by(BUY_100)


def test_a_price_that_is_not_set_and_0_are_the_same() -> None:
    reported = evolve(BUY_100, aux_price=0.0)
    change = Change(evolve(BUY_100, lmt_price=11.0), reported)

    assert not change.is_shown_by(reported)
    assert change.is_shown_by(evolve(reported, lmt_price=11.0))


def test_the_limit_of_a_trailing_order_moves_with_the_market() -> None:
    before = evolve(BUY_100, order_type="TRAIL LIMIT", lmt_price=10.0, aux_price=1.0)
    change = Change(evolve(before, lmt_price=10.5, aux_price=2.0), before)

    assert not change.is_shown_by(evolve(before, lmt_price=10.5))
    assert change.is_shown_by(evolve(before, lmt_price=10.1, aux_price=2.0))


def test_a_report_of_a_later_change_takes_the_earlier_ones_too() -> None:
    changes = Changes()
    dearer = evolve(BUY_100, lmt_price=11.0)
    larger = evolve(dearer, total_quantity=Decimal(200))
    again = evolve(larger, lmt_price=12.0)
    sent = [changes.send(order, BUY_100) for order in (dearer, larger, again)]

    changes.show(larger)
    assert [change.outcome for change in sent] == [TAKEN, TAKEN, PENDING]
    assert sent[1].before is dearer


def test_a_refusal_is_of_the_oldest_change() -> None:
    changes = Changes()
    first = changes.send(evolve(BUY_100, lmt_price=11.0), BUY_100)
    second = changes.send(evolve(BUY_100, lmt_price=12.0), BUY_100)

    changes.refuse(said(110))
    assert (first.outcome, first.refusal, changes.refusal) == (REFUSED, said(110), said(110))
    assert (second.outcome, second.refusal) == (PENDING, None)


def test_the_refusal_is_forgotten_when_a_change_is_sent_again() -> None:
    changes = Changes()
    changes.send(BUY_100, BUY_100)
    changes.refuse(said(110))

    changes.send(BUY_100, BUY_100)
    assert changes.refusal is None


def test_changes_that_are_never_answered_are_bounded() -> None:
    changes = Changes()
    for number in range(MAX_CHANGES + 5):
        changes.send(evolve(BUY_100, lmt_price=float(number)), BUY_100)

    assert len(changes) == MAX_CHANGES
    assert changes.orders[0].lmt_price == 5.0
