from decimal import Decimal
from typing import Final

import pytest

from trio_tws.testing import INSTRUMENTS, Instrument, Margin, MarginPreview, MarginStep
from trio_tws.testing._margins import margin_of, margin_of_currency

PUT: Final = next(one for one in INSTRUMENTS if one.right == "P")
CALL: Final = next(one for one in INSTRUMENTS if one.right == "C")


def instrument(sec_type: str) -> Instrument:
    return next(one for one in INSTRUMENTS if one.sec_type == sec_type)


@pytest.mark.parametrize(
    ("sec_type", "quantity", "initial", "maintenance"),
    [
        ("STK", 1, 500, 250),
        ("STK", -1, 500, 300),
        ("FUT", 1, 80, 70),
        ("FUT", -1, 80, 70),
        ("BOND", 1, 200, 150),
        ("CRYPTO", 1, 1000, 1000),
        ("CASH", 1, 0, 0),
        ("IND", 1, 0, 0),
    ],
)
def test_a_share_of_the_value_has_to_be_there(
    sec_type: str, quantity: int, initial: int, maintenance: int
) -> None:
    margin = margin_of(
        instrument(sec_type), Decimal(quantity), Decimal(1000) * quantity, Decimal(0)
    )
    assert margin == Margin(Decimal(initial), Decimal(maintenance))


def test_an_option_that_was_bought_is_paid_for() -> None:
    assert margin_of(CALL, Decimal(1), Decimal(2500), Decimal(230)) == Margin()


@pytest.mark.parametrize(
    ("option", "underlying", "need"),
    [
        (CALL, 230, 2500 + 100 * 46),  # at the money: a fifth of the underlying
        (CALL, 240, 2500 + 100 * 48),
        (CALL, 220, 2500 + 100 * (44 - 10)),  # less what it is out of the money
        (CALL, 100, 2500 + 100 * 10),  # but a tenth at the least
        (PUT, 240, 2500 + 100 * (48 - 10)),
        (PUT, 220, 2500 + 100 * 44),
    ],
)
def test_an_option_that_was_sold_needs_more_the_nearer_it_is_to_the_money(
    option: Instrument, underlying: int, need: int
) -> None:
    assert margin_of(option, Decimal(-1), Decimal(-2500), Decimal(underlying)) == Margin(
        Decimal(need), Decimal(need)
    )


def test_other_currencies_need_some_whether_they_are_held_or_owed() -> None:
    assert (
        margin_of_currency(Decimal(-1000))
        == margin_of_currency(Decimal(1000))
        == Margin(Decimal(30), Decimal(30))
    )


def test_margins_add_up() -> None:
    assert Margin(Decimal(1), Decimal(2)) + Margin(Decimal(3), Decimal(4)) == Margin(
        Decimal(4), Decimal(6)
    )


def preview(before: int, after: int, equity: int) -> MarginPreview:
    return MarginPreview(
        init_margin=MarginStep(Decimal(before), Decimal(after)),
        equity_with_loan=MarginStep.of(Decimal(equity), Decimal(equity) - Decimal("0.001")),
    )


def test_a_step_has_cents_and_a_change() -> None:
    step = MarginStep.of(Decimal("1.006"), Decimal("3.001"))
    assert (step.before, step.after, step.change) == (
        Decimal("1.01"),
        Decimal("3.00"),
        Decimal("1.99"),
    )


def test_what_needs_more_than_there_is_is_refused_in_the_words_of_tws() -> None:
    refusal = preview(0, 1001, 1000).refusal
    assert refusal == (
        "YOUR ORDER IS NOT ACCEPTED. IN ORDER TO OBTAIN THE DESIRED POSITION YOUR EQUITY WITH LOAN "
        "VALUE [1000.00 USD] MUST EXCEED THE INITIAL MARGIN [1001 USD]"
    )


@pytest.mark.parametrize(("before", "after"), [(0, 1000), (2000, 1999), (2000, 2000)])
def test_what_there_is_enough_for_or_needs_no_more_is_accepted(before: int, after: int) -> None:
    assert preview(before, after, 1000).refusal is None


def test_what_can_not_be_said_is_refused_with_its_cause() -> None:
    assert MarginPreview(cause="NO RATE").refusal == "NO RATE"
