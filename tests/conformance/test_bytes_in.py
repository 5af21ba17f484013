"""What TWS writes, as far as IB's own client knows it, is read here as it is read there.

Three ways, for every message of the tables, by default at the versions where something changes for
it (`-m wide` takes them all, every message at its share of them): bytes that IB's protobuf classes
made are read by us; bytes that we made, in the format of the version, are read by IB's decoder, in
its own message loop.
"""

from collections.abc import Iterable
from typing import Any

import attrs
import pytest
from hypothesis import strategies as st

from tests._model.facts import INCOMING, OUTGOING, class_of, name_of
from tests._model.strategies import Texts, examples, searched
from tests._model.survivors import SHARE, all_versions, some_versions, survivors
from tests.conformance.differences import READING, Difference, adapted
from tests.conformance.official import GONE, expected, proto_of, put_tags_in_order, read, unlike
from trio_tws import _versions as v
from trio_tws._model.contracts import TagValue
from trio_tws._wire.fields import spec_of
from trio_tws.protocol._codec import PROTO_OFFSET, Codec

pytestmark = pytest.mark.slow

SHARED = [cls for cls in INCOMING if cls not in GONE]
PROTO = [cls for cls in (*OUTGOING, *INCOMING) if spec_of(cls).proto is not None]

_NO_BACKSLASH = st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="\\")
_ONE_UNIT = st.characters(
    max_codepoint=0xFFFF, exclude_categories=["Cs"], exclude_characters="\0\\"
)

TAME = Texts(plain=st.text(_NO_BACKSLASH, max_size=8), escaped=st.text(_ONE_UNIT, max_size=8))
"""Texts that its decoder leaves whole: it takes any backslash for an escape, and halves for two."""

COUNT = 40


def problems(message: Any, version: int, known: tuple[Difference, ...] = READING) -> list[str]:
    """Gives what its decoder made of a message that is not what we made of it."""
    sent = survivors(adapted(message, version, known), version)
    payload = Codec(version, reads_incoming=False).encode(sent)
    calls = read(payload, version)
    if spec_of(class_of(message)).is_proto(version):
        sent = as_maps(sent)
        for _, arguments in calls:
            for argument in arguments.values():
                put_tags_in_order(argument)
    wanted = expected(sent, version)
    if [name for name, _ in calls] != [call.name for call in wanted]:
        return [f"{calls} instead of {wanted} for {payload!r}"]
    return [
        f"{call.name}({wrong}) for {sent}"
        for (_, arguments), call in zip(calls, wanted, strict=True)
        for name, (value, field) in call.values.items()
        for wrong in unlike(value, field, arguments[name], name)
    ]


def check(cls: type, versions: Iterable[int], share: int = 1) -> None:
    for version in versions:
        for message in examples(cls, COUNT, TAME)[version % share :: share]:
            assert not problems(message, version), f"at server version {version}"


@pytest.mark.parametrize("cls", SHARED, ids=name_of)
def test_the_official_decoder_reads_what_we_write(cls: type) -> None:
    check(cls, some_versions(cls))


@pytest.mark.wide
@pytest.mark.parametrize("cls", SHARED, ids=name_of)
def test_the_official_decoder_reads_what_we_write_at_every_version(cls: type) -> None:
    check(cls, all_versions(cls), SHARE)


@pytest.mark.parametrize("difference", READING, ids=lambda difference: difference.name)
def test_a_difference_in_reading_is_one(difference: Difference) -> None:
    others = tuple(known for known in READING if known is not difference)
    version = difference.versions[-1]

    def differs(message: Any) -> bool:
        try:
            return problems(message, version, others) != []
        except ValueError:  # its loop ends at numbers it can't read
            return True

    assert differs(searched(difference.cls, differs, TAME))


@pytest.mark.parametrize("cls", PROTO, ids=name_of)
def test_we_read_what_official_protobuf_classes_write(cls: type) -> None:
    spec = spec_of(cls)
    codec = Codec(v.MAX_SERVER_VERSION, reads_incoming=spec.is_incoming)
    for message in examples(cls, COUNT):
        sent = as_maps(survivors(message, v.MAX_SERVER_VERSION))
        body = proto_of(sent).SerializeToString(deterministic=True)

        received = codec.decode((spec.id + PROTO_OFFSET).to_bytes(4) + body)

        assert as_maps(received) == sent


def as_maps(value: Any) -> Any:
    """Does to lists of tags what their protobuf form does: each tag counts once, in no order."""
    if isinstance(value, tuple) and value and isinstance(value[0], TagValue):
        return tuple(TagValue(*pair) for pair in sorted({p.tag: p.value for p in value}.items()))
    if isinstance(value, tuple):
        return tuple(map(as_maps, value))
    if attrs.has(type(value)):
        parts = {
            field.name: as_maps(getattr(value, field.name))
            for field in attrs.fields(class_of(value))
        }
        return attrs.evolve(value, **parts)
    return value


@pytest.mark.parametrize("cls", PROTO, ids=name_of)
def test_official_protobuf_classes_read_what_we_write(cls: type) -> None:
    spec = spec_of(cls)
    codec = Codec(v.MAX_SERVER_VERSION, reads_incoming=not spec.is_incoming)
    for message in examples(cls, COUNT):
        sent = survivors(message, v.MAX_SERVER_VERSION)
        theirs = proto_of(sent)

        ours = type(theirs).FromString(codec.encode(sent)[4:])

        assert without_empty(ours) == without_empty(theirs)


def without_empty(message: Any) -> Any:
    """Takes out what is there and says nothing: we leave empty texts out, it reads them so."""
    for field, value in message.ListFields():
        if field.message_type is None:
            if not field.is_repeated and value in ("", False):
                message.ClearField(field.name)
        elif field.message_type.GetOptions().map_entry:
            continue
        else:
            for held in value if field.is_repeated else [value]:
                without_empty(held)
    return message
