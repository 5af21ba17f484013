"""From the frames of a recording to messages."""

from collections.abc import Iterable, Iterator
from typing import Final, final

from trio_tws import _versions as v
from trio_tws._errors import ConnectFailed, RemoteProtocolError
from trio_tws.protocol import Codec, Hello, Role, ServerHello, UnknownMessage
from trio_tws.protocol._handshake import read_hello, read_server_hello
from trio_tws.testing._recording import Passage, PassageKind

_ANY: Final = Hello(v.MIN_SERVER_VERSION, 1 << 30)
"""An offer that covers every answer: a recording shows what was chosen, right or wrong."""


@final
class Decoder:
    """Reads the passages of one recording, in their order.

    Attributes:
        server_version: The version of the session; 0 until it has been agreed.
    """

    def __init__(self) -> None:
        self.server_version = 0
        self._codecs: dict[Role, Codec] = {}

    def decode(self, passage: Passage) -> object:
        """Gives what a passage says.

        That is `Hello`, `ServerHello`, a message of the tables, `UnknownMessage` or
        `MalformedMessage`; and None for what is no frame.
        """
        if passage.kind is not PassageKind.FRAME:
            return None
        codec = self._codecs.get(passage.sender)
        if codec is not None:
            return codec.decode(passage.data)
        greeting = self._greeting(passage)
        if isinstance(greeting, ServerHello):
            self._agree(greeting.server_version)
        return UnknownMessage(-1, passage.data) if greeting is None else greeting

    def _greeting(self, passage: Passage) -> Hello | ServerHello | None:
        try:
            if passage.sender is Role.CLIENT:
                return read_hello(passage.data)
            return read_server_hello(passage.data, _ANY)
        except (RemoteProtocolError, ConnectFailed):
            return None

    def _agree(self, version: int) -> None:
        self.server_version = version
        self._codecs = {role: Codec(version, reads_incoming=role is Role.SERVER) for role in Role}


def recorded_messages(passages: Iterable[Passage]) -> Iterator[tuple[Passage, object]]:
    """Gives each frame of a recording with the message that is in it, in their order.

    The message is one of the tables, one of the two greetings `trio_tws.protocol.Hello` and
    `trio_tws.protocol.ServerHello`, or, where it can't be read, `trio_tws.protocol.UnknownMessage`
    or `trio_tws.protocol.MalformedMessage`. What is in no frame is left out.

    Args:
        passages: What `read_recording` gives; what that raises comes out here.
    """
    decoder = Decoder()
    for passage in passages:
        message = decoder.decode(passage)
        if message is not None:
            yield passage, message
