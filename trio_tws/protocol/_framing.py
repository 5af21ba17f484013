"""From a stream of bytes to whole frames, and back.

A frame is a length (unsigned, 32 bits, big-endian) and that many bytes. Every read is walked once
with an offset, and what is left of a frame at its end is appended to a bytearray until the frame is
whole: putting old and new bytes together at each read would make one long reply cost the square of
its length. A frame whose length is over the limit is refused when its length is read, before any of
it is kept.
"""

import struct
from collections.abc import MutableSequence
from typing import Final, final

from trio_tws._errors import LocalProtocolError, RemoteProtocolError

MAX_FRAME: Final = 0xFFFFFF
"""The longest payload, 16 MiB less one byte; IB's own clients have the same limit."""

_LENGTH: Final = struct.Struct(">I")
_PREFIX: Final = _LENGTH.size


def frame(payload: bytes, limit: int = MAX_FRAME) -> bytes:
    """Puts the length before a payload.

    Raises:
        LocalProtocolError: The payload is longer than the limit.
    """
    if len(payload) > limit:
        raise LocalProtocolError(
            f"a message of {len(payload)} bytes is too long; {limit} is the limit"
        )
    return _LENGTH.pack(len(payload)) + payload


@final
class FrameBuffer:
    """Collects bytes and gives back whole payloads.

    It never keeps more than one unfinished frame, so no more than ``limit`` bytes and a length.

    Args:
        limit: The longest payload to accept, in bytes.
    """

    def __init__(self, limit: int = MAX_FRAME) -> None:
        self._limit = limit
        self._partial = bytearray()
        self._wanted = _PREFIX

    @property
    def kept(self) -> int:
        """How many bytes of an unfinished frame, its length included, are waiting for the rest."""
        return len(self._partial)

    @property
    def missing(self) -> int:
        """How many bytes have to come, at the least, before another frame is whole."""
        return self._wanted - len(self._partial)

    def feed(self, data: bytes, into: MutableSequence[bytes]) -> None:
        """Appends to ``into`` the payload of each frame that these bytes complete.

        Raises:
            RemoteProtocolError: A frame is longer than the limit. What came before it is in
                ``into``; nothing is kept, and nothing more can be read from this stream.
        """
        if self._partial:
            self._partial += data
            if len(self._partial) < self._wanted:
                return
            data = bytes(self._partial)
            self._partial = bytearray()
        self._wanted = _PREFIX
        at, end, unpack = 0, len(data), _LENGTH.unpack_from
        while end - at >= _PREFIX:
            (length,) = unpack(data, at)
            if length > self._limit:
                raise RemoteProtocolError(
                    f"a frame of {length} bytes was announced, and {self._limit} is the limit "
                    f"(507); it begins {data[at : at + 16]!r}"
                )
            start = at + _PREFIX
            if start + length > end:
                self._wanted = _PREFIX + length
                break
            at = start + length
            into.append(data[start:at])
        if at < end:
            self._partial += data[at:]
