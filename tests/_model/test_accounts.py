"""What the generic tests do not show of accounts and positions: streams that go on, real bytes."""

from decimal import Decimal

import pytest

from tests.helpers import SOME_VERSIONS
from trio_tws import _versions as v
from trio_tws._enums import SecType
from trio_tws._model.accounts import (
    AccountSummaryEnd,
    AccountUpdateMultiEnd,
    AcctDownloadEnd,
    PortfolioValue,
    ReqAccountData,
    ReqAccountSummary,
    ReqAccountUpdatesMulti,
)
from trio_tws._model.contracts import Contract
from trio_tws._model.positions import (
    CancelPositions,
    PositionEnd,
    PositionMultiEnd,
    ReqPositions,
    ReqPositionsMulti,
)
from trio_tws.protocol._codec import Codec
from trio_tws.protocol._routing import Route, cancel_of, routes

ENDS_OF_FIRST_IMAGES = [
    (AcctDownloadEnd, ReqAccountData, False),
    (AccountSummaryEnd, ReqAccountSummary, True),
    (AccountUpdateMultiEnd, ReqAccountUpdatesMulti, True),
    (PositionEnd, ReqPositions, False),
    (PositionMultiEnd, ReqPositionsMulti, True),
]


def client(version: int) -> Codec:
    return Codec(version, reads_incoming=True, strict=True)


def server(version: int) -> Codec:
    return Codec(version, reads_incoming=False, strict=True)


def dotted(text: str) -> bytes:
    return text.replace("·", "\0").encode()


@pytest.mark.parametrize("version", SOME_VERSIONS)
@pytest.mark.parametrize(("end", "request_type", "is_keyed"), ENDS_OF_FIRST_IMAGES)
def test_changes_come_after_the_end_of_the_first_image(
    end: type, request_type: type, is_keyed: bool, version: int
) -> None:
    assert routes(version)[end] == Route(is_keyed=is_keyed, requests=(request_type,), is_last=False)


def test_positions_are_ended_without_an_id() -> None:
    assert cancel_of(ReqPositions(), None, 176) == CancelPositions()


@pytest.mark.parametrize("version", [v.MIN_SERVER_VERSION, v.MAX_SERVER_VERSION])
def test_account_data_is_ended_by_the_same_message(version: int) -> None:
    stop = ReqAccountData(subscribe=False, acct_code="DU1")

    assert cancel_of(ReqAccountData(acct_code="DU1"), None, version) is None
    assert server(version).decode(client(version).encode(stop)) == stop


def test_to_end_account_data_is_to_ask_for_it_with_zero() -> None:
    assert client(176).encode(ReqAccountData(acct_code="DU1")) == dotted("6·2·1·DU1·")
    assert client(176).encode(ReqAccountData(subscribe=False)) == dotted("6·2·0··")


def test_a_portfolio_has_the_primary_exchange_where_others_have_the_exchange() -> None:
    payload = dotted(
        "7·8·265598·AAPL·STK··0.0···NASDAQ·USD·AAPL·NMS·-100·150.5·-15050.0·149.25·-125.0·0.0·DU1·"
    )
    value = PortfolioValue(
        contract=Contract(
            con_id=265598,
            symbol="AAPL",
            sec_type=SecType.STOCK,
            strike=0.0,
            primary_exchange="NASDAQ",
            currency="USD",
            local_symbol="AAPL",
            trading_class="NMS",
        ),
        position=Decimal(-100),
        market_price=150.5,
        market_value=-15050.0,
        average_cost=149.25,
        unrealized_pnl=-125.0,
        realized_pnl=0.0,
        account_name="DU1",
    )

    assert client(176).decode(payload) == value
    assert server(176).encode(value) == payload
