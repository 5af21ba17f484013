"""From a stream of bytes to whole frames, and back.

A frame is a length (unsigned, 32 bits, big-endian) and that many bytes. Every read is walked once
with an offset; what is left of a frame at its end is kept in parts, which are joined once the frame
is whole: joining them at each read would make one long reply cost the square of its length. A
frame whose length is over the limit is refused when its length is read, before any of it is kept.
"""

import struct
from typing import Final

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
            f"a message of {len(payload)} bytes is too long; TWS takes {limit} at most"
        )
    return _LENGTH.pack(len(payload)) + payload


class FrameBuffer:
    """Collects bytes and gives back whole payloads."""

    def __init__(self, limit: int = MAX_FRAME) -> None:
        self._limit = limit
        self._parts: list[bytes] = []
        self._kept = 0
        self._wanted = _PREFIX

    @property
    def kept(self) -> int:
        """How many bytes of an unfinished frame, its length included, are waiting for the rest."""
        return self._kept

    @property
    def missing(self) -> int:
        """How many bytes have to come, at the least, before another frame is whole."""
        return self._wanted - self._kept

    def feed(self, data: bytes, into: list[bytes]) -> None:
        """Appends to ``into`` the payload of each frame that these bytes complete.

        Raises:
            RemoteProtocolError: A frame is longer than the limit; what came before it is in
                ``into``, and nothing more can be read from this stream.
        """
        if self._kept + len(data) < self._wanted:
            self._keep(data)
            return
        if self._parts:
            data = b"".join((*self._parts, data))
            self._parts = []
        at, end, unpack = 0, len(data), _LENGTH.unpack_from
        while end - at >= _PREFIX:
            (length,) = unpack(data, at)
            if length > self._limit:
                raise RemoteProtocolError(
                    f"a frame of {length} bytes was announced, and {self._limit} is the limit "
                    f"(507); it begins {data[at : at + 16]!r}"
                )
            start, at_next = at + _PREFIX, at + _PREFIX + length
            if at_next > end:
                break
            into.append(data[start:at_next])
            at = at_next
        self._kept = 0
        self._wanted = _PREFIX
        if at < end:
            if end - at >= _PREFIX:
                self._wanted = _PREFIX + unpack(data, at)[0]
            self._keep(data[at:])

    def _keep(self, data: bytes) -> None:
        if data:
            self._parts.append(data)
            self._kept += len(data)
