"""The bytes by which two ends agree on a version.

The client sends ``API`` and a NUL, then a frame with its offer: ``v100..226``, or ``v176`` for a
single version, and after a blank the connect options. The server answers with a frame of two
NUL-terminated texts, the version it chose and its wall-clock time. No message has an id yet.

The time ends in a zone as the server's operating system spells it, in any language and code page,
so it is a label and never a reason to fail. A version of -1 is a redirect to the address in the
place of the time.
"""

import re
from typing import Final

from trio_tws._errors import (
    LocalProtocolError,
    NotTWS,
    Redirected,
    RemoteProtocolError,
    ServerTooNew,
    ServerTooOld,
)
from trio_tws.protocol._events import Hello, ServerHello

PREAMBLE: Final = b"API\0"
REDIRECT: Final = -1

_OFFER: Final = r"(?s)v(\d{1,9})(?:\.\.(\d{1,9}))?(?: (.*))?"
_CLOCK: Final = r"(?a)\d{8} \d\d:\d\d:\d\d"
_FIELDS: Final = 2
_SHOWN: Final = 64


def write_hello(hello: Hello) -> bytes:
    """Writes an offer, without its length and the preamble before it.

    Raises:
        LocalProtocolError: It offers no version, or its options are not ASCII.
    """
    first, last = hello.min_version, hello.max_version
    if not 0 <= first <= last:
        raise LocalProtocolError(f"server versions {first} to {last} are no range to offer")
    if not hello.options.isascii():
        raise LocalProtocolError(f"connect options have to be ASCII: {hello.options!r}")
    versions = f"v{first}" if first == last else f"v{first}..{last}"
    return (f"{versions} {hello.options}" if hello.options else versions).encode("ascii")


def read_hello(payload: bytes) -> Hello:
    """Reads a client's offer.

    Raises:
        RemoteProtocolError: It is no offer.
    """
    match = re.fullmatch(_OFFER, payload.decode("ascii", "backslashreplace"))
    if match is not None:
        first, last, options = match.groups()
        hello = Hello(int(first), int(last or first), options or "")
        if hello.min_version <= hello.max_version:
            return hello
    raise RemoteProtocolError(f"a client offers {payload[:_SHOWN]!r}: no versions", payload)


def write_server_hello(answer: ServerHello) -> bytes:
    """Writes the server's choice, without its length.

    Raises:
        LocalProtocolError: The time has a NUL in it.
    """
    time = " ".join(part for part in (answer.time, answer.time_zone) if part)
    if "\0" in time:
        raise LocalProtocolError(f"the time {time!r} has a NUL in it, which ends a text")
    return f"{answer.server_version}\0{time}\0".encode("utf-8", "backslashreplace")


def read_server_hello(payload: bytes, hello: Hello) -> ServerHello | None:
    """Reads the server's choice; gives None for a frame that can't be it, such as news.

    Raises:
        NotTWS: The frame has the form of an answer, and no version in it.
        Redirected: The server wants the client elsewhere.
        ServerTooOld: Its version is below the offer.
        ServerTooNew: Its version is above the offer.
    """
    *fields, rest = payload.split(b"\0")
    if rest or len(fields) != _FIELDS:
        return None
    time = fields[1].decode("utf-8", "backslashreplace")
    try:
        version = int(fields[0])
    except ValueError:
        raise NotTWS(f"the other end answers {payload[:_SHOWN]!r}, and not a version") from None
    first, last = hello.min_version, hello.max_version
    if version == REDIRECT:
        raise Redirected(f"TWS sends its clients to {time!r}", time)
    if version < first:
        raise ServerTooOld(f"the server has version {version}, and {first} is the oldest wanted")
    if version > last:
        raise ServerTooNew(f"the server chose version {version}, and {last} was the newest offered")
    return ServerHello(version, *_read_clock(time))


def _read_clock(text: str) -> tuple[str, str]:
    """Splits the server's time into the clock and the zone; each may be missing."""
    clock = re.match(_CLOCK, text)
    end = clock.end() if clock is not None else 0
    return text[:end], text[end:].removeprefix(" ")
