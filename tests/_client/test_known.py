import pytest

from trio_tws import (
    CancelOrder,
    ContractData,
    ContractDataEnd,
    CurrentTime,
    ExerciseOptions,
    OpenOrder,
    PlaceOrder,
    ReqContractData,
    ReqGlobalCancel,
    ReqOpenOrders,
    TickPrice,
)
from trio_tws import _versions as v
from trio_tws._client._known import routes_at, trading_messages


@pytest.mark.parametrize("version", [v.MIN_SERVER_VERSION, v.MAX_SERVER_VERSION])
def test_plain_is_what_has_an_id_and_neither_ends_anything_nor_tells_of_orders(
    version: int,
) -> None:
    routes, plain = routes_at(version)
    assert {TickPrice, ContractData} <= plain
    assert not plain & {ContractDataEnd, CurrentTime, OpenOrder}
    assert plain <= routes.keys()


def test_sessions_of_a_version_share_what_they_know() -> None:
    assert routes_at(176) is routes_at(176)
    assert routes_at(176) is not routes_at(226)


def test_what_trades_is_what_makes_changes_or_ends_orders() -> None:
    trading = set(trading_messages())
    assert {PlaceOrder, CancelOrder, ReqGlobalCancel, ExerciseOptions} <= trading
    assert not trading & {ReqContractData, ReqOpenOrders}
