"""What we write is what IB's own client writes, byte for byte, but for a short list.

Random messages, cut down to what a server version carries, for every message of the tables. By
default at the versions where something changes for the message; `-m wide` takes them all, every
message at its share of them.
"""

from collections.abc import Iterable
from typing import Any

import pytest

from tests._model.facts import OUTGOING, class_of, message_of, name_of
from tests._model.strategies import examples, searched
from tests._model.survivors import SHARE, all_versions, some_versions, survivors
from tests.conformance.differences import REFUSED, WRITING, Difference, adapted
from tests.conformance.official import GONE, Refused, proto_class, written
from trio_tws._wire.fields import spec_of
from trio_tws.protocol._codec import Codec

pytestmark = pytest.mark.slow

SHARED = [cls for cls in OUTGOING if cls not in GONE]


COUNT = 60


def check(cls: type, versions: Iterable[int], share: int = 1) -> None:
    for version in versions:
        if version in REFUSED.get(cls, ()):
            continue
        codec = Codec(version, reads_incoming=True)
        for message in examples(cls, COUNT)[version % share :: share]:
            sent = survivors(adapted(message, version, WRITING), version)
            difference = compare(sent, version, codec.encode(sent), written(sent, version))
            assert not difference, f"{difference}, at server version {version}, of {sent}"


def compare(message: Any, version: int, ours: bytes, theirs: bytes) -> str:
    """Gives the two if they differ.

    The entries of a map have no order in protobuf, and need not say what is empty: messages with
    one are compared by their content.
    """
    if ours == theirs:
        return ""
    if spec_of(class_of(message)).is_proto(version) and ours[:4] == theirs[:4]:
        read = proto_class(message_of(class_of(message)).protobuf_message).FromString
        if read(ours[4:]) == read(theirs[4:]) and has_map(read(theirs[4:])):
            return ""
        return f"{read(ours[4:])} is not {read(theirs[4:])}"
    return f"{ours!r} is not {theirs!r}"


def has_map(message: Any) -> bool:
    """Tells whether a message, or one in it, has a map with something in it."""
    return any(
        field.message_type.GetOptions().map_entry
        or any(map(has_map, value if field.is_repeated else [value]))
        for field, value in message.ListFields()
        if field.message_type is not None
    )


@pytest.mark.parametrize("cls", SHARED, ids=name_of)
def test_we_write_what_the_official_client_writes(cls: type) -> None:
    check(cls, some_versions(cls))


@pytest.mark.wide
@pytest.mark.parametrize("cls", SHARED, ids=name_of)
def test_we_write_what_the_official_client_writes_at_every_version(cls: type) -> None:
    check(cls, all_versions(cls), SHARE)


@pytest.mark.parametrize("difference", WRITING, ids=lambda difference: difference.name)
def test_a_difference_in_writing_is_one(difference: Difference) -> None:
    version = difference.versions[-1]
    codec = Codec(version, reads_incoming=True)
    others = tuple(known for known in WRITING if known is not difference)

    def differs(message: Any) -> bool:
        sent = survivors(adapted(message, version, others), version)
        try:
            theirs = written(sent, version)
        except Refused:
            return True
        return compare(sent, version, codec.encode(sent), theirs) != ""

    assert differs(searched(difference.cls, differs))


@pytest.mark.parametrize(
    ("cls", "version"), [(cls, version) for cls, every in REFUSED.items() for version in every]
)
def test_the_official_client_refuses_what_it_is_said_to_refuse(cls: type, version: int) -> None:
    (message,) = examples(cls, 1)

    with pytest.raises(Refused, match="does not support"):
        written(survivors(message, version), version)
