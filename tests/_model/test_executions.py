"""What the generic tests do not show of executions: numbers that mean none, and real bytes."""

from decimal import Decimal

import pytest

from trio_tws import _versions as v
from trio_tws._enums import OptionExerciseType, SecType
from trio_tws._errors import LocalProtocolError
from trio_tws._model.contracts import Contract
from trio_tws._model.executions import (
    CommissionAndFeesReport,
    Execution,
    ExecutionData,
    ExecutionFilter,
    ReqExecutions,
)
from trio_tws.protocol._codec import Codec
from trio_tws.protocol._routing import Route, routes

BOTH_FORMATS = [v.MIN_SERVER_VERSION, v.MAX_SERVER_VERSION]


def client(version: int) -> Codec:
    return Codec(version, reads_incoming=True, strict=True)


def server(version: int) -> Codec:
    return Codec(version, reads_incoming=False, strict=True)


def dotted(text: str) -> bytes:
    return text.replace("·", "\0").encode()


def bought(order_id: str, liquidation: str) -> bytes:
    """Gives what TWS sends at server version 176."""
    return dotted(
        f"11·-1·{order_id}·265598·AAPL·STK··0.0···SMART·USD·AAPL·AAPL·000e1a2b.67890abc.01.01·"
        f"20240125 10:30:00·DU1·SMART·BOT·100·150.25·123456·100·{liquidation}·100·150.25···0.0··0·"
    )


@pytest.mark.parametrize(
    ("version", "payload"),
    [
        (v.PARAMETRIZED_DAYS_OF_EXECUTIONS - 1, "7·3·4·0·······"),
        (v.PARAMETRIZED_DAYS_OF_EXECUTIONS, "7·3·4·0·······2147483647·0·"),
    ],
)
def test_a_server_that_knows_days_is_told_that_none_are_wanted(version: int, payload: str) -> None:
    assert client(version).encode(ReqExecutions(4)) == dotted(payload)


def test_the_days_that_are_wanted_are_counted() -> None:
    request = ReqExecutions(4, ExecutionFilter(side="SELL", specific_dates=(20260319, 20260320)))

    payload = client(v.PARAMETRIZED_DAYS_OF_EXECUTIONS).encode(request)

    assert payload == dotted("7·3·4·0······SELL·2147483647·2·20260319·20260320·")


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        (ExecutionFilter(last_n_days=2), "last_n_days"),
        (ExecutionFilter(specific_dates=(20260320,)), "specific_dates"),
    ],
)
def test_an_older_server_refuses_days(wanted: ExecutionFilter, name: str) -> None:
    needed = v.PARAMETRIZED_DAYS_OF_EXECUTIONS

    with pytest.raises(LocalProtocolError, match=f"{name}.*needs .*{needed}"):
        client(needed - 1).encode(ReqExecutions(4, wanted))


@pytest.mark.parametrize("said", ["0", "1", "2"])
def test_a_liquidation_is_a_number_that_is_not_zero(said: str) -> None:
    message = client(176).decode(bought("1001", said))

    assert message == ExecutionData(
        contract=Contract(
            con_id=265598,
            symbol="AAPL",
            sec_type=SecType.STOCK,
            strike=0.0,
            exchange="SMART",
            currency="USD",
            local_symbol="AAPL",
            trading_class="AAPL",
        ),
        execution=Execution(
            order_id=1001,
            exec_id="000e1a2b.67890abc.01.01",
            time="20240125 10:30:00",
            acct_number="DU1",
            exchange="SMART",
            side="BOT",
            shares=Decimal(100),
            price=150.25,
            perm_id=123456,
            client_id=100,
            liquidation=said != "0",
            cum_qty=Decimal(100),
            avg_price=150.25,
        ),
    )


def test_what_a_person_ordered_has_no_order_id() -> None:
    message = client(176).decode(bought("2147483647", "0"))

    assert isinstance(message, ExecutionData)
    assert message.execution.order_id is None
    assert server(176).encode(message).startswith(dotted("11·-1·2147483647·265598·"))


@pytest.mark.parametrize("version", BOTH_FORMATS)
@pytest.mark.parametrize("order_id", [None, 0, -5])
def test_no_order_id_is_not_zero(order_id: int | None, version: int) -> None:
    sent = ExecutionData(execution=Execution(order_id=order_id))

    assert client(version).decode(server(version).encode(sent)) == sent


def test_text_does_not_tell_what_became_of_an_option() -> None:
    assigned = Execution(opt_exercise_or_lapse_type=OptionExerciseType.ASSIGNED)
    sent = ExecutionData(execution=assigned)
    last = v.PROTOBUF - 1

    assert client(last).decode(server(last).encode(sent)) == ExecutionData()
    assert client(v.PROTOBUF).decode(server(v.PROTOBUF).encode(sent)) == sent


def test_a_trade_that_closes_nothing_has_no_profit() -> None:
    payload = dotted("59·1·e.01·1.05·USD·1.7976931348623157E308·1.7976931348623157E308··")
    report = CommissionAndFeesReport(exec_id="e.01", commission_and_fees=1.05, currency="USD")

    assert client(176).decode(payload) == report
    assert server(176).encode(report) == payload.replace(b"E308", b"e+308")


def test_that_there_is_no_profit_is_said_in_protobuf_too() -> None:
    """What is absent there reads as a profit of 0 with IB's own client."""
    report = CommissionAndFeesReport()

    payload = server(v.MAX_SERVER_VERSION).encode(report)

    assert payload.count(bytes.fromhex("ffffffffffffef7f")) == 2
    assert client(v.MAX_SERVER_VERSION).decode(payload) == report


@pytest.mark.parametrize("version", BOTH_FORMATS)
def test_a_redemption_is_a_date(version: int) -> None:
    report = CommissionAndFeesReport(yield_=0.05, yield_redemption_date="20301231")

    payload = server(version).encode(report)

    assert b"20301231" in payload
    assert client(version).decode(payload) == report


def test_a_report_names_no_request() -> None:
    found = routes(v.MAX_SERVER_VERSION)

    assert CommissionAndFeesReport not in found
    assert found[ExecutionData] == Route(
        is_keyed=True, requests=(ReqExecutions,), is_last=False, is_news_of_orders=True
    )
