"""Recordings made by hand, of messages."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Final

import attrs

from trio_tws import _versions as v
from trio_tws._model.session import ManagedAccounts, NextValidId, StartApi
from trio_tws.protocol import Codec, Hello, Role, ServerHello
from trio_tws.protocol._handshake import write_hello, write_server_hello
from trio_tws.testing import Passage, PassageKind
from trio_tws.testing._recording import head, line, tail

STARTED: Final = datetime(2026, 1, 15, 15, tzinfo=UTC)
C: Final = Role.CLIENT
S: Final = Role.SERVER


@attrs.frozen
class Said:
    """What somebody says in a recording, and when."""

    offset: float
    sender: Role
    message: object
    """A message, a payload, or None for the end."""


def passages(*said: Said, version: int = v.MAX_SERVER_VERSION) -> list[Passage]:
    """Makes the passages of a session, its start included, which takes a second."""
    codecs = {role: Codec(version, reads_incoming=role is Role.CLIENT) for role in Role}

    def payload(sender: Role, message: object) -> bytes:
        match message:
            case bytes():
                return message
            case Hello():
                return write_hello(message)
            case ServerHello():
                return write_server_hello(message)
            case _:
                return codecs[sender].encode(message)

    start = (
        Said(0.0, C, Hello()),
        Said(0.25, S, ServerHello(version, "20260115 10:00:00", "EST")),
        Said(0.5, C, StartApi(7)),
        Said(0.75, S, ManagedAccounts(("DU1234567",))),
        Said(1.0, S, NextValidId(5)),
    )
    return [
        close(one.offset, one.sender)
        if one.message is None
        else Passage(
            one.offset, one.sender, PassageKind.FRAME, payload(one.sender, one.message), STARTED
        )
        for one in (*start, *said)
    ]


def loose(data: bytes, sender: Role = C, offset: float = 0.0) -> Passage:
    return Passage(offset, sender, PassageKind.BYTES, data, STARTED)


def close(offset: float, sender: Role) -> Passage:
    return Passage(offset, sender, PassageKind.CLOSE, b"", STARTED)


def written(found: list[Passage]) -> bytes:
    return head(STARTED) + b"".join(map(line, found)) + tail()


def file_of(found: list[Passage]) -> BytesIO:
    return BytesIO(written(found))
