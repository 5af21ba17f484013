"""Finds texts in a payload without knowing what message it is."""

from collections.abc import Iterator
from typing import Final

from trio_tws import _versions as v

_ID: Final = 4
"""Bytes of a message id since server version 201."""
_PROTO_OFFSET: Final = 200
"""An id above this is that of a message in protobuf."""

_VARINT, _EIGHT, _HELD, _FOUR = 0, 1, 2, 5
_WIDTHS: Final = {_EIGHT: 8, _FOUR: 4}
_MORE: Final = 0x80
_LONGEST_VARINT: Final = 10
_DEEPEST: Final = 8
"""No message holds more in one another; what does is text that looks like it."""


def texts_in(payload: bytes, server_version: int) -> Iterator[str]:
    """Gives every text in a payload; before a version is agreed, at 0, all are text."""
    if server_version < v.PROTOBUF:
        yield from as_text(payload).split("\0")
    elif int.from_bytes(payload[:_ID]) <= _PROTO_OFFSET:
        yield from as_text(payload[_ID:]).split("\0")
    else:
        yield from _strings(payload[_ID:], _DEEPEST)


def as_text(data: bytes) -> str:
    """Reads bytes so that `as_bytes` gives the same again, whatever they are."""
    return data.decode("utf-8", "surrogateescape")


def as_bytes(text: str) -> bytes:
    """Gives the bytes of a text."""
    return text.encode("utf-8", "surrogateescape")


def _strings(data: bytes, depth: int) -> Iterator[str]:
    """Gives the strings of a protobuf message, and of what it holds; ends where it is none."""
    at = 0
    while at < len(data) and depth:
        tag, at = _varint(data, at)
        kind = tag & 7
        if kind == _VARINT:
            _, at = _varint(data, at)
        elif kind == _HELD:
            length, at = _varint(data, at)
            held = data[at : at + length]
            at += length
            yield as_text(held)
            yield from _strings(held, depth - 1)
        elif kind in _WIDTHS:
            at += _WIDTHS[kind]
        else:
            return


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Reads a number; gives it and where the next thing begins."""
    value = 0
    for shift, byte in enumerate(data[at : at + _LONGEST_VARINT]):
        at += 1
        value |= (byte & ~_MORE) << 7 * shift
        if not byte & _MORE:
            break
    return value, at
