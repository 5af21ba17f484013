"""The facts that the tables are tested against, compared with the witness they were read from."""

from typing import Any

import pytest
from ibapi.common import getServerVersionForMessage

from tests._model.facts import NEVER, ProtoField, known_messages, known_proto_fields
from tests.conformance.official import proto_class

TYPES = {1: "double", 3: "int64", 5: "int32", 8: "bool", 9: "string"}
"""The scalar types in use, by their numbers in protobuf's own description of itself."""

ADDED_LATER = {"cancel_contract_data", "cancel_historical_ticks", "req_config", "update_config"}
"""Requests that were protobuf from the beginning; its list names only those that changed over."""


@pytest.mark.parametrize("name", known_proto_fields())
def test_the_fields_of_a_protobuf_message_are_those_of_the_official_class(name: str) -> None:
    found = {field.number: known(field) for field in proto_class(name).DESCRIPTOR.fields}

    assert found == known_proto_fields()[name]


def known(field: Any) -> ProtoField:
    held = field.message_type
    if held is None:
        kind = TYPES[field.type]
    elif held.GetOptions().map_entry:
        key, value = (TYPES[part.type] for part in held.fields)
        kind = f"map<{key},{value}>"
    else:
        kind = held.name
    return ProtoField(field.name, field.number, field.is_repeated, kind)


@pytest.mark.parametrize(
    ("message_id", "name", "since"),
    [
        (message_id, message.name, message.protobuf_since)
        for (direction, message_id), message in known_messages().items()
        if direction == "out" and message.name not in ADDED_LATER
    ],
)
def test_a_request_changes_to_protobuf_where_the_official_client_does(
    message_id: int, name: str, since: int
) -> None:
    theirs = getServerVersionForMessage(message_id)

    assert (NEVER if theirs == float("inf") else theirs) == since
