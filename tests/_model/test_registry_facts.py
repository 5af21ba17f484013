"""The tables against facts that were not taken from them."""

import pytest

from tests._model.facts import (
    INCOMING,
    NEVER,
    OUTGOING,
    RENAMED,
    ProtoField,
    known_messages,
    known_proto_fields,
    letters,
    message_of,
    name_of,
    proto_pairs,
    their_name,
)
from trio_tws import _versions as v
from trio_tws._model import MESSAGES
from trio_tws._wire.fields import WireField, fields_of, spec_of

ALL = [*OUTGOING, *INCOMING]
PROTO = [cls for cls in ALL if spec_of(cls).proto is not None]

NOT_TAKEN_UP: dict[str, frozenset[str]] = {}
"""Protobuf fields that we leave alone, by message."""

SCALARS = {"string": "bytes"}
"""Protobuf types that we declare as another type with the same form on the wire."""


def test_every_message_is_registered_under_the_direction_of_its_declaration() -> None:
    assert all(not spec_of(cls).is_incoming for cls in OUTGOING)
    assert all(spec_of(cls).is_incoming for cls in INCOMING)
    assert list(MESSAGES) == ALL


def test_every_known_message_is_there_and_no_other() -> None:
    outgoing = {("out", message_id) for message_id in MESSAGES.outgoing}
    incoming = {("in", message_id) for message_id in MESSAGES.incoming}

    assert outgoing | incoming == known_messages().keys()


@pytest.mark.parametrize("cls", ALL, ids=name_of)
def test_a_message_has_the_id_that_is_known_by_its_name(cls: type) -> None:
    name = RENAMED.get(("", cls.__name__), cls.__name__)

    assert letters(name) == letters(message_of(cls).name)


@pytest.mark.parametrize("cls", ALL, ids=name_of)
def test_a_message_is_known_to_the_servers_that_know_it(cls: type) -> None:
    assert max(spec_of(cls).since, v.MIN_SERVER_VERSION) == message_of(cls).since


@pytest.mark.parametrize("cls", ALL, ids=name_of)
def test_a_message_has_its_own_version_number_as_long_as_it_has(cls: type) -> None:
    """Clients read past this number, so that bytes alone do not show what TWS writes there."""
    spec, known = spec_of(cls), message_of(cls)

    assert spec.version == known.version
    if spec.version is not None:
        assert min(spec.version_until, NEVER) == known.version_until


@pytest.mark.parametrize("cls", ALL, ids=name_of)
def test_a_message_turns_to_protobuf_at_the_version_it_does(cls: type) -> None:
    assert (spec_of(cls).proto or NEVER) == message_of(cls).protobuf_since


@pytest.mark.parametrize("cls", PROTO, ids=name_of)
def test_every_field_has_the_protobuf_number_and_type_that_are_known(cls: type) -> None:
    wrong = [
        f"{holder.__name__}.{field.name}: number {field.number} in {message}"
        for holder, message in proto_pairs(cls)
        for field in fields_of(holder)
        if field.number is not None
        and not fits(holder, field, known_proto_fields().get(message, {}).get(field.number))
    ]

    assert not wrong


@pytest.mark.parametrize("cls", PROTO, ids=name_of)
def test_every_known_protobuf_field_is_taken_up(cls: type) -> None:
    missing = [
        f"{message}.{known.name} = {known.number}"
        for holder, message in proto_pairs(cls)
        for known in known_proto_fields().get(message, {}).values()
        if known.number not in {field.number for field in fields_of(holder)}
        and known.name not in NOT_TAKEN_UP.get(message, ())
    ]

    assert not missing


def fits(holder: type, field: WireField, known: ProtoField | None) -> bool:
    if known is None or letters(their_name(holder, field)) != letters(known.name):
        return False
    if field.is_list != known.is_list:
        return False
    if known.type == "map<string,string>":
        assert field.struct is not None, f"{field.name} holds no pairs"
        pair = [(part.number, part.kind and part.kind.proto) for part in fields_of(field.struct)]
        return pair == [(1, "bytes"), (2, "bytes")]
    if field.struct is not None:
        return known.type in known_proto_fields()
    return field.kind is not None and field.kind.proto == SCALARS.get(known.type, known.type)


@pytest.mark.parametrize("key", RENAMED, ids=".".join)
def test_no_other_name_is_listed_for_nothing(key: tuple[str, str]) -> None:
    """A name that is the same after all, or of a class that is gone, has no place in the list."""
    owner, name = key
    holders = {holder.__name__ for cls in ALL for holder, _ in proto_pairs(cls)}
    fields = {
        (holder.__name__, field.name)
        for cls in ALL
        for holder, _ in proto_pairs(cls)
        for field in fields_of(holder)
    }

    assert letters(RENAMED[key]) != letters(name)
    assert name in holders if not owner else key in fields


def test_the_facts_cover_every_message_once() -> None:
    names = [message.name for message in known_messages().values()]

    assert len(names) == len(set(names)) == 171
