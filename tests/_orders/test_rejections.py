"""What an error does to the order that it names."""

import pytest

from tests._orders.telling import said
from trio_tws._model.codes import CodeClass, Ends, Scope, code_table
from trio_tws._orders.rejections import (
    SAID_TO_CHANGES_ALONE,
    Doing,
    Verdict,
    judge,
    says_cancelled,
)

NEW = Doing()
WORKING = Doing(is_heard_of=True)
CHANGING = Doing(is_heard_of=True, is_changing=True)
CANCELLING = Doing(is_heard_of=True, is_cancelling=True)
ALL = [NEW, WORKING, CHANGING, CANCELLING, Doing(is_changing=True), Doing(is_cancelling=True)]

UNKNOWN_CODE, READ_ONLY = 64_001, 321

ORDER_CODES = [code for code, facts in code_table().items() if facts.code_class is CodeClass.ORDER]
CANCEL_CODES = [
    code
    for code, facts in code_table().items()
    if facts.code_class is CodeClass.CANCEL and facts.scope is Scope.ORDER and code != 202
]
NOTICES = [
    code
    for code, facts in code_table().items()
    if facts.ends is Ends.NO and facts.code_class is not CodeClass.CANCEL
]


def test_the_table_has_all_codes_that_tws_says_to_cancels() -> None:
    assert {136, 161, 10147, 10148} <= set(CANCEL_CODES)


@pytest.mark.parametrize("doing", ALL)
def test_202_says_that_the_order_is_cancelled(doing: Doing) -> None:
    assert judge(202, "Order Canceled - reason:", doing) is Verdict.CANCELLED


@pytest.mark.parametrize("doing", ALL)
@pytest.mark.parametrize("code", CANCEL_CODES)
def test_what_is_said_to_a_cancel_leaves_the_order(code: int, doing: Doing) -> None:
    assert judge(code, "words", doing) is Verdict.CANCEL_REFUSED


@pytest.mark.parametrize("doing", ALL)
@pytest.mark.parametrize("code", NOTICES)
def test_a_notice_is_a_remark(code: int, doing: Doing) -> None:
    assert judge(code, "words", doing) is Verdict.REMARK


@pytest.mark.parametrize("doing", ALL)
def test_words_that_begin_with_warning_are_a_remark_under_any_code(doing: Doing) -> None:
    assert judge(201, "Warning: held", doing) is Verdict.REMARK


def test_an_order_on_another_one_may_be_told_that_its_size_is_zero() -> None:
    assert judge(434, "size is zero", Doing(is_attached=True)) is Verdict.REMARK
    assert judge(434, "size is zero", NEW) is Verdict.REJECTED


@pytest.mark.parametrize("code", ORDER_CODES)
def test_a_new_order_is_rejected_by_every_failure(code: int) -> None:
    assert judge(code, "words", NEW) is Verdict.REJECTED


@pytest.mark.parametrize("code", [*ORDER_CODES, READ_ONLY, 200, UNKNOWN_CODE])
def test_a_failure_while_a_change_is_pending_refuses_the_change(code: int) -> None:
    assert judge(code, "words", CHANGING) is Verdict.CHANGE_REFUSED


@pytest.mark.parametrize("code", [201, 110, UNKNOWN_CODE])
def test_before_tws_has_answered_the_order_a_failure_is_about_the_order(code: int) -> None:
    assert judge(code, "words", Doing(is_changing=True)) is Verdict.REJECTED


@pytest.mark.parametrize("code", sorted(SAID_TO_CHANGES_ALONE))
def test_some_codes_are_said_to_changes_alone(code: int) -> None:
    assert judge(code, "words", Doing(is_changing=True)) is Verdict.CHANGE_REFUSED
    assert judge(code, "words", WORKING) is Verdict.REMARK


@pytest.mark.parametrize("code", [READ_ONLY, 200, UNKNOWN_CODE])
def test_a_failure_that_is_no_matter_of_orders_rejects_a_new_one_alone(code: int) -> None:
    assert judge(code, "words", NEW) is Verdict.REJECTED
    assert judge(code, "words", WORKING) is Verdict.REMARK


@pytest.mark.parametrize("code", [READ_ONLY, 135, UNKNOWN_CODE])
def test_or_it_is_the_answer_to_a_cancel(code: int) -> None:
    assert judge(code, "words", CANCELLING) is Verdict.CANCEL_REFUSED


@pytest.mark.parametrize("doing", [WORKING, CANCELLING])
@pytest.mark.parametrize(
    "code", [103, *(c for c in ORDER_CODES if code_table()[c].ends is Ends.NEW)]
)
def test_what_would_end_a_new_order_leaves_a_working_one(code: int, doing: Doing) -> None:
    assert judge(code, "words", doing) is Verdict.REMARK


@pytest.mark.parametrize("doing", [WORKING, CANCELLING])
@pytest.mark.parametrize("code", [201, 203, 383])
def test_what_is_left_rejects_a_working_order_too(code: int, doing: Doing) -> None:
    assert judge(code, "words", doing) is Verdict.REJECTED


@pytest.mark.parametrize(
    ("code", "words", "is_cancelled"),
    [
        (
            10148,
            "OrderId 5 that needs to be cancelled can not be cancelled, state: Cancelled.",
            True,
        ),
        (
            10148,
            "OrderId 5 that needs to be cancelled cannot be cancelled, state: ApiCancelled",
            True,
        ),
        (10148, "OrderId 5 that needs to be cancelled cannot be cancelled, state: Filled.", False),
        (10148, "OrderId 5 cannot be cancelled, state: PendingCancel.", False),
        (10147, "OrderId 5 that needs to be cancelled is not found.", False),
        (161, "state: Cancelled", False),
    ],
)
def test_a_refused_cancel_may_say_that_the_order_is_cancelled(
    code: int, words: str, *, is_cancelled: bool
) -> None:
    assert says_cancelled(said(code, words)) is is_cancelled
