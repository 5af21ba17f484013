import pytest

from trio_tws import (
    Error,
    ReplaceFA,
    ReqAccountData,
    ReqAllOpenOrders,
    ReqAutoOpenOrders,
    ReqCompletedOrders,
    ReqCurrentTime,
    ReqFA,
    ReqNewsProviders,
    ReqOpenOrders,
    ReqPositions,
)
from trio_tws._model.codes import code_table, is_notice
from trio_tws._model.nameless import _MEANT, _OPEN, meant

WAITING = (ReqOpenOrders, ReqCurrentTime, ReqFA, ReqAccountData, ReqPositions)


def test_an_error_with_an_id_means_none_of_them() -> None:
    assert meant(Error(7, 321, "Error validating request"), WAITING) == []


def test_news_of_the_session_mean_none_of_them() -> None:
    assert meant(Error(-1, 2104, "Market data farm connection is OK"), WAITING) == []
    assert meant(Error(-1, 1100, "Connectivity has been lost"), WAITING) == []


@pytest.mark.parametrize("req_id", [-1, 0])
@pytest.mark.parametrize("code", [320, 321, 322])
def test_an_open_code_means_all_but_the_clock(code: int, req_id: int) -> None:
    error = Error(req_id, code, "Error validating request")
    assert meant(error, WAITING) == [ReqOpenOrders, ReqFA, ReqAccountData, ReqPositions]
    assert meant(error, [ReqCurrentTime]) == [ReqCurrentTime]
    assert meant(error, []) == []


def test_read_only_mode_means_what_is_about_orders() -> None:
    error = Error(-1, 321, "The API interface is currently in Read-Only mode.")
    assert meant(error, WAITING) == [ReqOpenOrders]
    about = [ReqAllOpenOrders, ReqAutoOpenOrders, ReqCompletedOrders, ReqOpenOrders]
    assert meant(error, [*about, ReqNewsProviders]) == about
    assert meant(error, [ReqNewsProviders]) == [ReqNewsProviders]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (327, ReqAutoOpenOrders),
        (330, ReqFA),
        (331, ReqFA),
        (344, ReqFA),
        (2100, ReqAccountData),
        (2101, ReqAccountData),
        (10230, ReplaceFA),
        (10231, ReplaceFA),
        (10238, ReplaceFA),
    ],
)
def test_some_codes_speak_of_one_kind(code: int, kind: type) -> None:
    assert meant(Error(-1, code, "words"), [kind, ReqPositions]) == [kind]
    assert meant(Error(-1, code, "words"), [ReqPositions]) == []


def test_all_of_them_are_failures_that_the_table_of_codes_knows() -> None:
    codes = {*_OPEN, *_MEANT}
    assert codes <= code_table().keys()
    assert [code for code in codes if is_notice(code, "")] == [2100]
