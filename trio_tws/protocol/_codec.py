"""From payloads to messages and back, for one negotiated server version and one side of the wire.

The rules of the envelope live here. Up to server version 200 a payload begins with the id in
decimal and a NUL, and the rest is text. From 201 it begins with the id as four bytes; above 200
that id is the message's plus 200, and the rest is protobuf, else the rest is text. Which of the two
a message travels in is the sender's choice, type by type, so a reader takes either.

This is the one door by which bytes of the other side come in, and the one where what went wrong
with them becomes a `RemoteProtocolError`.
"""

import functools
import struct
from collections import Counter
from collections.abc import Callable, Collection
from itertools import takewhile
from typing import TYPE_CHECKING, Final, final

from trio_tws import _versions as v
from trio_tws._collecting import collection_paused
from trio_tws._errors import LocalProtocolError, RemoteProtocolError
from trio_tws._model import MESSAGES
from trio_tws._wire import alike, text
from trio_tws._wire.fields import fields_of, spec_of
from trio_tws._wire.layout import carried, resolve
from trio_tws._wire.nodes import Const, Leaf
from trio_tws._wire.source import field_at_fault
from trio_tws.protocol._events import MalformedMessage, UnknownMessage

if TYPE_CHECKING:
    from types import ModuleType

PROTO_OFFSET: Final = 200
"""What is added to a message's id when its body is protobuf."""

_ID: Final = struct.Struct(">i")
_MORE: Final = 0x80
"""The bit of a byte in a protobuf number which says that another byte follows."""

_LONG: Final = 128
"""Bytes of a message above which it may be one of those that are mostly alike."""

_VERY_LONG: Final = 100_000
"""Bytes of a message that holds thousands of elements."""

_UNREADABLE: Final = (ValueError, ArithmeticError, text.MissingFields)

Decoded = object
"""A message of the tables, an `UnknownMessage` or a `MalformedMessage`."""


@final
class Codec:
    """Reads the messages of one direction and writes those of the other.

    Args:
        server_version: The negotiated version.
        reads_incoming: True at a client, which reads what TWS sends; False at a server.
        strict: Whether a message with missing or left-over text fields is malformed. Otherwise
            missing ones read as unset, and left-over ones (a newer server appends) are counted in
            `surplus`.
    """

    def __init__(self, server_version: int, *, reads_incoming: bool, strict: bool = False) -> None:
        self.server_version = server_version
        self.surplus: Counter[type] = Counter()
        self._reads_incoming = reads_incoming
        self._strict = strict
        self._messages = MESSAGES.incoming if reads_incoming else MESSAGES.outgoing
        self._has_binary_ids = server_version >= v.PROTOBUF
        self._writers: dict[type, Callable[[object], bytes]] = {}
        self._known_texts: dict[str, text.Reader] = {}
        self._known_bodies: dict[str, alike.Reader] = {}
        self._known_protos: dict[bytes, Callable[[bytes], object]] = {}
        self._malformed: tuple[type[Exception], ...] = _UNREADABLE

    # Reading ......................................................................................

    def decode_all(self, payloads: Collection[bytes]) -> list[Decoded]:
        """Reads payloads as `decode` does each; in half the time, once their kinds are known."""
        if self._has_binary_ids:
            return [self._decode_known(payload) for payload in payloads]
        found: list[Decoded] = []
        known, tail = self._known_texts, self._tail
        for payload in payloads:
            try:
                whole = payload.decode()
            except UnicodeDecodeError:  # to say at once what to do then costs as much as a split
                whole = payload.decode("utf-8", "backslashreplace")
            if len(payload) > _LONG:
                is_very_long = len(payload) > _VERY_LONG
                read_body = self._decode_very_long if is_very_long else self._decode_long
                found.append(read_body(whole, payload))
                continue
            fields = whole.split("\0")
            head = fields.pop(0)
            read = known.get(head)
            if read is None:
                found.append(self.decode(payload))
                continue
            try:
                found.append(read(fields, tail))
            except self._malformed as error:
                body = "\0".join(fields)
                found.append(self._malformed_text(int(head), body, payload, error))
        return found

    def _decode_very_long(self, whole: str, payload: bytes) -> Decoded:
        """Reads text that may have thousands of elements."""
        with collection_paused():
            return self._decode_long(whole, payload)

    def _decode_long(self, whole: str, payload: bytes) -> Decoded:
        """Reads text that may be mostly as what came before."""
        head, _, body = whole.partition("\0")
        if head in self._known_bodies:
            return self._read_text(head, body, payload)
        return self.decode(payload)

    def _decode_known(self, payload: bytes) -> Decoded:
        """Reads protobuf if a message of the kind has been read before."""
        if len(payload) > _VERY_LONG:
            with collection_paused():
                return self.decode(payload)
        read = self._known_protos.get(payload[:4])
        if read is not None:
            try:
                return read(payload[4:])
            except self._malformed:
                pass  # said in full by what follows
        return self.decode(payload)

    def decode(self, payload: bytes) -> Decoded:
        """Reads one payload. Whatever is in it, this returns."""
        try:
            if self._has_binary_ids:
                (raw,) = _ID.unpack_from(payload)
                body = payload[4:]
                if raw > PROTO_OFFSET:
                    return self._decode_proto(raw - PROTO_OFFSET, body, payload)
            else:
                head, _, body = payload.partition(b"\0")
                raw = int(head)
        except (ValueError, struct.error) as error:
            return MalformedMessage(
                None, None, payload, _remote("a frame has no message id", payload, error)
            )
        return self._decode_text(raw, body, payload)

    def _decode_text(self, message_id: int, body: bytes, payload: bytes) -> Decoded:
        cls = self._messages.get(message_id)
        if cls is None or not _has_text(cls):
            return UnknownMessage(message_id, payload)
        head = str(message_id)
        read = self._known_texts[head] = text.reader(cls, self.server_version)
        self._known_bodies[head] = alike.reader(cls, self.server_version) or _splitting(read)
        return self._read_text(head, body.decode("utf-8", "backslashreplace"), payload)

    def _read_text(self, head: str, body: str, payload: bytes) -> Decoded:
        """Reads text of a kind that is known."""
        try:
            return self._known_bodies[head](body, self._tail)
        except self._malformed as error:
            return self._malformed_text(int(head), body, payload, error)

    def _malformed_text(
        self, message_id: int, body: str, payload: bytes, error: Exception
    ) -> MalformedMessage:
        cls = self._messages[message_id]
        key = _text_key(cls, self.server_version, body.split("\0"))
        return MalformedMessage(cls, key, payload, _unreadable(cls, payload, error))

    def _decode_proto(self, message_id: int, body: bytes, payload: bytes) -> Decoded:
        cls = self._messages.get(message_id)
        if cls is None or spec_of(cls).proto is None:
            return UnknownMessage(message_id, payload)
        proto = _protobuf()
        self._malformed = (*_UNREADABLE, proto.DecodeError)
        read = self._known_protos[payload[:4]] = proto.reader(cls)
        try:
            return read(body)
        except self._malformed as error:
            return MalformedMessage(
                cls, _proto_key(cls, body), payload, _unreadable(cls, payload, error)
            )

    def _tail(self, cls: type, surplus: int) -> None:
        if self._strict:
            what = f"{surplus} fields too many" if surplus > 0 else "too few fields"
            raise ValueError(f"{what} at server version {self.server_version}")
        if surplus > 0:
            self.surplus[cls] += 1

    # Writing ......................................................................................

    def encode(self, message: object) -> bytes:
        """Writes a payload, without its length.

        Raises:
            LocalProtocolError: It is no message for this direction, or this server version can't
                carry it or one of its fields, or a value does not fit its field.
        """
        cls = type(message)
        write = self._writers.get(cls)
        if write is None:
            write = self._writers[cls] = self._writer(cls)
        try:
            return write(message)
        except (ValueError, TypeError, AttributeError, ArithmeticError) as error:
            field = field_at_fault(error)
            where = f"{cls.__name__}.{field}" if field else cls.__name__
            raise LocalProtocolError(f"{where} can't be sent: {error}") from error

    def _writer(self, cls: type) -> Callable[[object], bytes]:
        try:
            spec = spec_of(cls)
        except TypeError as error:
            raise LocalProtocolError(str(error)) from None
        if spec.is_incoming == self._reads_incoming:
            raise LocalProtocolError(f"{cls.__name__} is what the other side sends")
        if self.server_version < spec.since:
            raise LocalProtocolError(
                f"{cls.__name__} needs server version {spec.since},"
                f" this server has {self.server_version}"
            )
        if spec.is_proto(self.server_version):
            head = _ID.pack(spec.id + PROTO_OFFSET)
            write_proto = _protobuf().writer(cls, self.server_version)
            return lambda message: head + write_proto(message)
        head = _ID.pack(spec.id) if self._has_binary_ids else b"%d\0" % spec.id
        write_text = text.writer(cls, self.server_version)
        return lambda message: head + "\0".join([*write_text(message), ""]).encode()


@functools.cache
def _protobuf() -> "ModuleType":
    """Loads the protobuf side on first use: it costs a third of the import of the whole package."""
    from trio_tws._wire import proto  # noqa: PLC0415 - the point of this function

    return proto


def _splitting(read: text.Reader) -> alike.Reader:
    return lambda body, tail: read(body.split("\0"), tail)


def _has_text(cls: type) -> bool:
    spec = spec_of(cls)
    return spec.proto is None or spec.proto > spec.since


def _unreadable(cls: type, payload: bytes, error: Exception) -> RemoteProtocolError:
    field = field_at_fault(error)
    return _remote(f"{cls.__name__}{f'.{field}' if field else ''}", payload, error)


def _remote(what: str, payload: bytes, error: Exception) -> RemoteProtocolError:
    made = RemoteProtocolError(
        f"{what} can't be read: {error}; the frame begins {payload[:64]!r}", payload
    )
    made.__cause__ = error
    return made


def _text_key(cls: type, version: int, fields: list[str]) -> int | None:
    """Reads the request id of a message that could not be read."""
    fixed = takewhile(lambda node: isinstance(node, Const | Leaf), carried(resolve(cls), version))
    for at, node in enumerate(fixed):
        if isinstance(node, Leaf) and node.path == ("req_id",):
            try:
                return int(fields[at])
            except (ValueError, IndexError):
                return None
    return None


def _proto_key(cls: type, body: bytes) -> int | None:
    """Reads the request id of a damaged message, where it is the first field, as in nearly all."""
    has_key = any(field.name == "req_id" and field.number == 1 for field in fields_of(cls))
    if not has_key or not body.startswith(b"\x08"):
        return None
    value = shift = 0
    for byte in body[1:6]:
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & _MORE:
            return value if value < 1 << 31 else None
    return None
