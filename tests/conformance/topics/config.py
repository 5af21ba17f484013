"""The settings of TWS: it hands protobuf messages out, and takes them, as they are.

What is in those is compared in the tests of its protobuf classes.
"""

from typing import Any

from tests.conformance.official import CALLS, EXPECTED, Expected, proto_of
from trio_tws._model.config import ConfigResponse, ReqConfig, UpdateConfig, UpdateConfigResponse


def _req_config(client: Any, message: ReqConfig) -> None:
    client.reqConfigProtoBuf(proto_of(message))


def _update_config(client: Any, message: UpdateConfig) -> None:
    there = proto_of(message)
    _leave_empty_texts_out(there)
    if not message.reset_api_order_sequence:
        there.ClearField("resetAPIOrderSequence")
    client.updateConfigProtoBuf(there)


def _leave_empty_texts_out(there: Any) -> None:
    for field, value in there.ListFields():
        if field.message_type is not None:
            for held in value if field.is_repeated else [value]:
                _leave_empty_texts_out(held)
        elif value == "":
            there.ClearField(field.name)


def _no_other_callback(
    message: ConfigResponse | UpdateConfigResponse, version: int
) -> list[Expected]:
    return []


CALLS[ReqConfig] = _req_config
CALLS[UpdateConfig] = _update_config
EXPECTED[ConfigResponse] = EXPECTED[UpdateConfigResponse] = _no_other_callback
