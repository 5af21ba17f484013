"""The settings of TWS: what is not said stays as it is."""

import pytest

from trio_tws import _versions as v
from trio_tws._errors import LocalProtocolError
from trio_tws._model.config import (
    ApiConfig,
    ApiSettingsConfig,
    ConfigResponse,
    ReqConfig,
    UpdateConfig,
)
from trio_tws.protocol._codec import Codec

NEWEST = v.MAX_SERVER_VERSION


def test_an_update_says_no_more_than_it_is_given() -> None:
    settings = ApiSettingsConfig(read_only_api=False, socket_port=7497, trusted_ips=("10.0.0.1",))
    sent = UpdateConfig(req_id=3, api=ApiConfig(settings=settings))

    payload = Codec(NEWEST, reads_incoming=True).encode(sent)

    said = b"\x08\x00" + b"\x40\xc9\x3a" + b"\xa2\x02\x0810.0.0.1"
    assert payload == (309).to_bytes(4) + b"\x08\x03\x22\x12\x12\x10" + said
    assert Codec(NEWEST, reads_incoming=False).decode(payload) == sent


def test_what_an_answer_does_not_tell_is_none() -> None:
    received = Codec(NEWEST, reads_incoming=True).decode(
        (310).to_bytes(4) + b"\x08\x03\x22\x04\x12\x02\x08\x01"
    )

    assert received == ConfigResponse(
        req_id=3, api=ApiConfig(settings=ApiSettingsConfig(read_only_api=True))
    )


@pytest.mark.parametrize(
    ("message", "since"),
    [(ReqConfig(req_id=1), v.CONFIG), (UpdateConfig(req_id=1), v.UPDATE_CONFIG)],
)
def test_older_servers_are_not_asked(message: object, since: int) -> None:
    with pytest.raises(LocalProtocolError):
        Codec(since - 1, reads_incoming=True).encode(message)
