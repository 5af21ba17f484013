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

from trio_tws._errors import NotTWS, Redirected, RemoteProtocolError, ServerTooNew, ServerTooOld
from trio_tws.protocol._events import Hello, ServerHello

PREAMBLE: Final = b"API\0"
REDIRECT: Final = -1

_OFFER: Final = re.compile(r"v(\d{1,9})(?:\.\.(\d{1,9}))?(?: (.*))?", re.DOTALL)


def write_hello(hello: Hello) -> bytes:
    """Writes an offer, without its length and the preamble before it."""
    versions = f"v{hello.min_version}"
    if hello.max_version != hello.min_version:
        versions += f"..{hello.max_version}"
    return f"{versions} {hello.options}".rstrip().encode("ascii")


def read_hello(payload: bytes) -> Hello:
    """Reads a client's offer.

    Raises:
        RemoteProtocolError: It is no offer.
    """
    match = _OFFER.fullmatch(payload.decode("ascii", "backslashreplace"))
    if match is None:
        raise RemoteProtocolError(f"a client offers {payload[:64]!r}, which names no versions", payload)
    first, last, options = match.groups()
    return Hello(int(first), int(last or first), options or "")


def write_server_hello(answer: ServerHello) -> bytes:
    """Writes the server's choice, without its length."""
    time = f"{answer.time} {answer.time_zone}".rstrip()
    return f"{answer.server_version}\0{time}\0".encode()


def read_server_hello(payload: bytes, hello: Hello) -> ServerHello | None:
    """Reads the server's choice; gives None for a frame that can't be it, such as news.

    Raises:
        NotTWS: The frame has the form of an answer, and no version in it.
        Redirected: The server wants the client elsewhere.
        ServerTooOld: Its version is below the offer.
        ServerTooNew: Its version is above the offer.
    """
    fields = payload.split(b"\0")
    if len(fields) != 3 or fields[2]:
        return None
    time = fields[1].decode("utf-8", "backslashreplace")
    try:
        version = int(fields[0])
    except ValueError:
        raise NotTWS(f"the other end answers {payload[:64]!r}, which has no version") from None
    if version == REDIRECT:
        raise Redirected(f"TWS sends its clients to {time!r}", time)
    if version < hello.min_version:
        raise ServerTooOld(f"the server has version {version}, and {hello.min_version} is needed")
    if version > hello.max_version:
        raise ServerTooNew(f"the server chose version {version}, and was offered {hello.max_version}")
    words = time.split(" ", 2)
    return ServerHello(version, " ".join(words[:2]), words[2] if len(words) > 2 else "")
