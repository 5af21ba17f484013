"""Which answers belong to which request, at which server version they end it, and how it is undone.

What has no example in the protocol's own tables is declared here, in a registry of the test's own.
"""

import pytest

from tests.helpers import SOME_VERSIONS
from trio_tws import _versions as v
from trio_tws._model import MESSAGES
from trio_tws._model.bars import (
    CancelHistoricalData,
    HistoricalData,
    HistoricalDataEnd,
    ReqHistoricalData,
)
from trio_tws._model.contract_details import BondContractData, ContractData
from trio_tws._model.contracts import (
    CancelContractData,
    Contract,
    ContractDataEnd,
    ReqContractData,
)
from trio_tws._model.executions import ExecutionData
from trio_tws._model.open_orders import (
    OrderStatus,
    ReqAllOpenOrders,
    ReqCompletedOrders,
    ReqOpenOrders,
)
from trio_tws._model.order_reports import CompletedOrder, OpenOrder
from trio_tws._model.session import (
    CurrentTime,
    Error,
    ManagedAccounts,
    NextValidId,
    ReqCurrentTime,
    ReqIds,
    ReqManagedAccts,
)
from trio_tws._model.ticks import (
    CancelMktData,
    MarketDataType,
    ReqMktData,
    TickGeneric,
    TickPrice,
    TickReqParams,
    TickSize,
    TickSnapshotEnd,
    TickString,
)
from trio_tws._wire import Registry, outgoing, wire
from trio_tws._wire.fields import spec_of
from trio_tws.protocol._routing import Route, cancel_of, has_req_id, rivals, routes

BARS_END = v.HISTORICAL_DATA_END
MKT_DATA, BARS, DETAILS = (ReqMktData,), (ReqHistoricalData,), (ReqContractData,)

EXPECTED = {
    TickPrice: Route(is_keyed=True, requests=MKT_DATA, is_last=False),
    TickSize: Route(is_keyed=True, requests=MKT_DATA, is_last=False),
    TickGeneric: Route(is_keyed=True, requests=MKT_DATA, is_last=False),
    TickString: Route(is_keyed=True, requests=MKT_DATA, is_last=False),
    TickReqParams: Route(is_keyed=True, requests=MKT_DATA, is_last=False),
    MarketDataType: Route(is_keyed=True, requests=MKT_DATA, is_last=False),
    TickSnapshotEnd: Route(is_keyed=True, requests=MKT_DATA, is_last=True),
    HistoricalDataEnd: Route(is_keyed=True, requests=BARS, is_last=True),
    ContractData: Route(is_keyed=True, requests=DETAILS, is_last=False),
    BondContractData: Route(is_keyed=True, requests=DETAILS, is_last=False),
    ContractDataEnd: Route(is_keyed=True, requests=DETAILS, is_last=True),
    CurrentTime: Route(is_keyed=False, requests=(ReqCurrentTime,), is_last=True),
    ManagedAccounts: Route(is_keyed=False, requests=(ReqManagedAccts,), is_last=True),
    NextValidId: Route(is_keyed=False, requests=(ReqIds,), is_last=True),
}


@pytest.mark.parametrize("version", SOME_VERSIONS)
@pytest.mark.parametrize("cls", EXPECTED)
def test_an_answer_is_handed_to_its_request(cls: type, version: int) -> None:
    assert routes(version)[cls] == EXPECTED[cls]


@pytest.mark.parametrize(("version", "is_last"), [(BARS_END - 1, True), (BARS_END, False)])
def test_bars_are_their_own_end_until_they_have_an_end_marker(version: int, is_last: bool) -> None:
    assert routes(version)[HistoricalData] == Route(is_keyed=True, requests=BARS, is_last=is_last)


def test_what_answers_no_request_has_no_route() -> None:
    assert Error not in routes(v.MAX_SERVER_VERSION)


@pytest.mark.parametrize("version", SOME_VERSIONS)
def test_every_answer_of_the_tables_has_a_route_and_its_requests_agree_on_the_key(
    version: int,
) -> None:
    found = routes(version)

    assert set(found) == {cls for cls in MESSAGES.incoming.values() if spec_of(cls).answers}
    for cls, route in found.items():
        assert route.is_keyed is has_req_id(cls)
        if route.is_keyed:
            assert all(has_req_id(request) for request in route.requests)


@pytest.mark.parametrize(
    ("request_message", "cancel"),
    [
        (ReqMktData(3, Contract()), CancelMktData(3)),
        (ReqHistoricalData(3, Contract()), CancelHistoricalData(3)),
        (ReqContractData(3, Contract()), CancelContractData(3)),
    ],
)
def test_a_request_is_taken_back_by_its_id(request_message: object, cancel: object) -> None:
    assert cancel_of(request_message, 3, v.MAX_SERVER_VERSION) == cancel


def test_what_the_server_can_not_take_back_is_not() -> None:
    request = ReqContractData(3, Contract())

    assert cancel_of(request, 3, v.CANCEL_CONTRACT_DATA - 1) is None
    assert cancel_of(request, 3, v.CANCEL_CONTRACT_DATA) == CancelContractData(3)


def test_what_has_no_cancel_is_not_taken_back() -> None:
    assert cancel_of(ReqCurrentTime(), None, v.MAX_SERVER_VERSION) is None


REGISTRY = Registry()


@outgoing(11, version=1, registry=REGISTRY)
class CancelDepth:
    req_id: int = wire(1)
    is_smart: bool = wire(2, default=False)
    reason: str = wire(3, default="")


@outgoing(10, version=5, cancel=CancelDepth, registry=REGISTRY)
class ReqDepth:
    req_id: int = wire(1)
    rows: int = wire(2, default=5)
    is_smart: bool = wire(3, default=False)


@outgoing(64, version=1, registry=REGISTRY)
class CancelPositions:
    pass


@outgoing(61, version=1, cancel=CancelPositions, registry=REGISTRY)
class ReqPositions:
    pass


@outgoing(6, version=2, registry=REGISTRY)
class CancelByOtherId:
    req_id: int = wire(1)


@outgoing(5, version=2, cancel=CancelByOtherId, registry=REGISTRY)
class ReqWithoutId:
    pass


@pytest.mark.parametrize("is_smart", [True, False])
def test_what_a_request_shares_with_its_cancel_goes_along(is_smart: bool) -> None:
    request = ReqDepth(3, rows=20, is_smart=is_smart)

    assert cancel_of(request, 3, v.MAX_SERVER_VERSION) == CancelDepth(3, is_smart, "")


def test_a_subscription_without_an_id_is_taken_back_without_one() -> None:
    assert cancel_of(ReqPositions(), None, v.MAX_SERVER_VERSION) == CancelPositions()


def test_an_id_that_only_the_cancel_has_is_the_given_one() -> None:
    assert cancel_of(ReqWithoutId(), 9, v.MAX_SERVER_VERSION) == CancelByOtherId(9)


def test_what_is_no_message_can_not_be_taken_back() -> None:
    with pytest.raises(TypeError, match="int is not a message"):
        cancel_of(1, 1, v.MAX_SERVER_VERSION)


def test_requests_that_end_alike_are_rivals() -> None:
    assert rivals(ReqOpenOrders) == rivals(ReqAllOpenOrders) == {ReqOpenOrders, ReqAllOpenOrders}
    assert rivals(ReqCurrentTime) == {ReqCurrentTime}
    assert rivals(ReqCompletedOrders) == {ReqCompletedOrders}


def test_news_of_orders_are_told_from_the_rest() -> None:
    news = {cls for cls, route in routes(v.MAX_SERVER_VERSION).items() if route.is_news_of_orders}
    assert news == {OpenOrder, OrderStatus, ExecutionData, CompletedOrder}
