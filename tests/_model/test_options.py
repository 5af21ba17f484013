import pytest

from trio_tws import _versions as v
from trio_tws._enums import ExerciseAction, SecType, TickType
from trio_tws._errors import LocalProtocolError
from trio_tws._model.contracts import Contract, DeltaNeutralContract
from trio_tws._model.options import (
    DeltaNeutralValidation,
    ExerciseOptions,
    ReqCalcImpliedVolat,
    ReqSecDefOptParams,
    SecurityDefinitionOptionParameter,
    TickOptionComputation,
)
from trio_tws._wire.fields import spec_of
from trio_tws.protocol._codec import Codec

NOTHING = TickOptionComputation(req_id=9, tick_type=TickType.MODEL_OPTION, tick_attrib=1)
"""A computation that had no result."""

OPTION = Contract(con_id=7, symbol="AAPL", strike=150.0, right="C", primary_exchange="CBOE")


def client(version: int) -> Codec:
    return Codec(version, reads_incoming=True, strict=True)


def server(version: int) -> Codec:
    return Codec(version, reads_incoming=False, strict=True)


def test_what_is_not_computed_is_minus_one_or_minus_two_on_the_wire() -> None:
    last = v.PROTOBUF - 1
    payload = b"21\x009\x0013\x001\0-1.0\0-2.0\0-1.0\0-1.0\0-2.0\0-2.0\0-2.0\0-1.0\0"

    assert client(last).decode(payload) == NOTHING
    assert client(last).decode(payload.replace(b".0", b"")) == NOTHING
    assert server(last).encode(NOTHING) == payload


def test_what_is_not_computed_is_a_number_in_protobuf_too() -> None:
    codec = server(v.MAX_SERVER_VERSION)
    said = TickOptionComputation(
        req_id=9,
        tick_type=TickType.MODEL_OPTION,
        tick_attrib=1,
        implied_vol=-1.0,
        delta=-2.0,
        opt_price=-1.0,
        pv_dividend=-1.0,
        gamma=-2.0,
        vega=-2.0,
        theta=-2.0,
        und_price=-1.0,
    )

    assert codec.encode(NOTHING) == codec.encode(said)
    assert client(v.MAX_SERVER_VERSION).decode(codec.encode(said)) == NOTHING


@pytest.mark.parametrize("version", [v.MIN_SERVER_VERSION, v.MAX_SERVER_VERSION])
def test_a_put_may_have_the_delta_that_means_no_price(version: int) -> None:
    sent = TickOptionComputation(req_id=9, delta=-1.0, theta=-1.0, opt_price=0.0, pv_dividend=0.0)

    assert client(version).decode(server(version).encode(sent)) == sent


def test_an_old_server_says_its_version_and_not_what_the_volatility_is_of() -> None:
    version = v.PRICE_BASED_VOLATILITY - 1
    payload = b"21\x006\x009\x0013\x000.25\x000.5\x004.0\x000.0\x000.01\x000.2\0-0.1\x00145.0\0"
    expected = TickOptionComputation(
        req_id=9,
        tick_type=TickType.MODEL_OPTION,
        implied_vol=0.25,
        delta=0.5,
        opt_price=4.0,
        pv_dividend=0.0,
        gamma=0.01,
        vega=0.2,
        theta=-0.1,
        und_price=145.0,
    )

    assert client(version).decode(payload) == expected
    assert server(version).encode(expected) == payload


def test_a_chain_lists_its_dates_and_then_its_strikes() -> None:
    payload = b"75\x009\0CBOE\x00265598\0AAPL\x00100\x002\x0020250117\x0020250221\x001\x0095.0\0"

    assert client(176).decode(payload) == SecurityDefinitionOptionParameter(
        req_id=9,
        exchange="CBOE",
        underlying_con_id=265598,
        trading_class="AAPL",
        multiplier="100",
        expirations=("20250117", "20250221"),
        strikes=(95.0,),
    )


def test_the_exchange_of_options_on_a_future_stands_in_the_middle() -> None:
    request = ReqSecDefOptParams(
        9, "ES", underlying_sec_type=SecType.FUTURE, underlying_con_id=5, fut_fop_exchange="CME"
    )

    assert client(176).encode(request) == b"78\x009\0ES\0CME\0FUT\x005\0"


def test_a_calculation_sends_no_count_of_its_options() -> None:
    request = ReqCalcImpliedVolat(9, Contract(con_id=7), option_price=4.5, under_price=145.0)

    assert client(176).encode(request).endswith(b"\x004.5\x00145.0\0\0")


def test_to_exercise_needs_no_primary_exchange() -> None:
    request = ExerciseOptions(9, OPTION, ExerciseAction.EXERCISE, 2, "DU1", override=True)
    beginning = b"21\x002\x009\x007\0AAPL\0\0\x00150.0\0C\0\0\0\0\0\x001\x002\0DU1\x001\0"

    before = client(v.MANUAL_ORDER_TIME_EXERCISE_OPTIONS - 1).encode(request)
    after = client(v.PROFESSIONAL_CUSTOMER).encode(request)

    assert before == beginning
    assert after == beginning + b"\0\x000\0"


def test_an_old_server_refuses_the_time_of_an_exercise() -> None:
    version = v.MANUAL_ORDER_TIME_EXERCISE_OPTIONS - 1
    request = ExerciseOptions(
        9, OPTION, ExerciseAction.LAPSE, 2, manual_order_time="20260320-12:00:00"
    )

    with pytest.raises(LocalProtocolError, match=f"manual_order_time.*needs .*{version + 1}"):
        client(version).encode(request)


def test_to_exercise_is_to_trade() -> None:
    assert spec_of(ExerciseOptions).is_trade


def test_a_validation_is_text_at_every_version() -> None:
    sent = DeltaNeutralValidation(9, DeltaNeutralContract(con_id=7, delta=0.5, price=145.0))
    payload = b"1\x009\x007\x000.5\x00145.0\0"

    assert server(v.MAX_SERVER_VERSION).encode(sent) == b"\0\0\0\x38" + payload
    assert client(v.MAX_SERVER_VERSION).decode(b"\0\0\0\x38" + payload) == sent
    assert client(176).decode(b"56\0" + payload) == sent
