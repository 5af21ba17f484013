"""`trio-tws show`: a recording, a line for each thing that passed."""

from datetime import datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Final, cast

import attrs

from trio_tws._cli._recordings import RECORDING, failures_told
from trio_tws.protocol import MalformedMessage, Role, UnknownMessage
from trio_tws.testing import Passage, PassageKind, read_recording
from trio_tws.testing._recording_messages import Decoder

_ARROWS: Final = {Role.CLIENT: ">", Role.SERVER: "<"}


def show(file: Annotated[Path, RECORDING]) -> None:
    """Print a recording: when (UTC), which way (> to TWS), and what each message says.

    Fields that say nothing are left out. Exits with 1 if the file is damaged,
    after all that comes before.
    """
    decoder = Decoder()
    with failures_told():
        for passage in read_recording(file):
            words = _words(passage, decoder.decode(passage))
            print(f"{passage.time:%H:%M:%S.%f} {_ARROWS[passage.sender]} {words}")


def _words(passage: Passage, message: object) -> str:
    if passage.kind is PassageKind.CLOSE:
        return "closes"
    if passage.kind is PassageKind.BYTES:
        return f"bytes {passage.data!r}"
    return short_text(message)


def short_text(value: object) -> str:
    """Gives a message as one would write it, without the fields that have their default."""
    match value:
        case UnknownMessage():
            return f"unknown message {value.id}: {value.payload!r}"
        case MalformedMessage():
            name = "message" if value.message_type is None else value.message_type.__name__
            return f"unreadable {name}: {value.payload!r}"
        case tuple():
            return f"[{', '.join(map(short_text, cast('tuple[object, ...]', value)))}]"
        case Enum():
            return value.name
        case datetime() | Decimal():
            return str(value)
        case _:
            cls = type(value)
            return f"{cls.__name__}({_fields(value, cls)})" if attrs.has(cls) else repr(value)


def _fields(value: object, cls: type[attrs.AttrsInstance]) -> str:
    told = ((field, cast(object, getattr(value, field.name))) for field in attrs.fields(cls))
    return ", ".join(
        f"{field.name}={short_text(inner)}" for field, inner in told if inner != field.default
    )
