"""What the generic tests do not show of profit and loss: what TWS does not know yet."""

from decimal import Decimal

import pytest

from trio_tws import _versions as v
from trio_tws._model.pnl import PnL, PnLSingle, ReqPnLSingle
from trio_tws.protocol._codec import Codec

UNKNOWN = "1.7976931348623157E308"


def client(version: int) -> Codec:
    return Codec(version, reads_incoming=True, strict=True)


def server(version: int) -> Codec:
    return Codec(version, reads_incoming=False, strict=True)


def dotted(text: str) -> bytes:
    return text.replace("·", "\0").encode()


@pytest.mark.parametrize(
    ("version", "payload", "read"),
    [
        (v.UNREALIZED_PNL - 1, "94·9·12.5·", PnL(9, 12.5)),
        (v.UNREALIZED_PNL, f"94·9·12.5·{UNKNOWN}·", PnL(9, 12.5)),
        (v.REALIZED_PNL - 1, "94·9·12.5·-3.0·", PnL(9, 12.5, -3.0)),
        (v.REALIZED_PNL, f"94·9·12.5·-3.0·{UNKNOWN}·", PnL(9, 12.5, -3.0)),
        (v.REALIZED_PNL, f"94·9·{UNKNOWN}·{UNKNOWN}·0.0·", PnL(9, realized_pnl=0.0)),
    ],
)
def test_what_is_not_known_is_none(version: int, payload: str, read: PnL) -> None:
    assert client(version).decode(dotted(payload)) == read
    assert server(version).encode(read) == dotted(payload).replace(b"E308", b"e+308")


@pytest.mark.parametrize(
    ("version", "payload"),
    [
        (v.UNREALIZED_PNL - 1, f"95·9·0·{UNKNOWN}·{UNKNOWN}·"),
        (v.UNREALIZED_PNL, f"95·9·0·{UNKNOWN}·{UNKNOWN}·{UNKNOWN}·"),
        (v.REALIZED_PNL, f"95·9·0·{UNKNOWN}·{UNKNOWN}·{UNKNOWN}·{UNKNOWN}·"),
    ],
)
def test_the_value_comes_last_and_goes_with_the_position(version: int, payload: str) -> None:
    assert client(version).decode(dotted(payload)) == PnLSingle(9, Decimal(0))


def test_what_is_not_known_is_said_in_protobuf_too() -> None:
    unknown = bytes.fromhex("ffffffffffffef7f")

    payload = server(v.MAX_SERVER_VERSION).encode(PnLSingle(9, Decimal(0)))

    assert payload.count(unknown) == 4
    assert client(v.MAX_SERVER_VERSION).decode(payload) == PnLSingle(9, Decimal(0))


def test_the_instrument_comes_after_the_model() -> None:
    request = ReqPnLSingle(9, "DU1", con_id=265598)

    assert client(176).encode(request) == dotted("94·9·DU1··265598·")
