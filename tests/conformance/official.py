"""IB's own Python client as a witness: what it writes for a message of ours, what it reads of one.

Calls and callbacks are found by name: a parameter belongs to the field with the same letters. Where
the names differ, or where one message is several calls, the modules of `tests.conformance.topics`
say so; a message of which they know too little fails its test until they do.
"""

import functools
import importlib
import inspect
import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Final

import attrs
import ibapi.tag_value
from ibapi.client import EClient
from ibapi.const import UNSET_DECIMAL, UNSET_DOUBLE, UNSET_INTEGER, UNSET_LONG
from ibapi.decoder import Decoder
from ibapi.wrapper import EWrapper

from tests._model.facts import class_of, letters, message_of, their_name
from trio_tws._model.contract_details import ContractDetails
from trio_tws._model.contracts import Contract, TagValue
from trio_tws._versions import MAX_SERVER_VERSION
from trio_tws._wire.fields import WireField, fields_of, spec_of
from trio_tws._wire.layout import carried, resolve
from trio_tws._wire.nodes import Split

logging.getLogger("ibapi").setLevel(logging.CRITICAL)

OBJECTS: Final[dict[type, Callable[[], Any]]] = {}
"""Its class for each structure that we send."""

MADE: Final[dict[type, Callable[[Any], Any]]] = {}
"""Makes its object for a value of ours, where that is not one with the fields as attributes."""

NOT_THERE: Final[dict[type, frozenset[str]]] = {}
"""Fields of ours that its objects do not have."""

ONLY_THERE: Final[dict[type, frozenset[str]]] = {}
"""Attributes of its objects that we do not have, in its spelling."""

PARAMETERS: Final[dict[tuple[str, str], str]] = {}
"""Our field for a parameter of a call or callback that has other letters."""

CALLS: Final[dict[type, Callable[[Any, Any], None]]] = {}
"""Makes its client write a message, where that is not one call with the fields as arguments."""

EXPECTED: Final[dict[type, Callable[[Any, int], list["Expected"]]]] = {}
"""Gives the callbacks that a message causes, where that is not one with the fields as arguments."""

GONE: Final[dict[type, str]] = {}
"""Messages that it has no longer, each with the reason; they need another witness."""

SAME: Final[dict[type, Callable[[Any, Any], bool]]] = {}
"""Tells whether a value of this class is the one that it hands out."""


# What it writes ...................................................................................


class Refused(Exception):
    """It reported an error to its wrapper and did not send anything."""


class _Complaints:
    def error(self, *args: Any) -> None:
        raise Refused(*args)


class _Recorder:
    def __init__(self) -> None:
        self.sent = b""

    def isConnected(self) -> bool:
        return True

    def sendMsg(self, data: bytes) -> None:
        self.sent += data


def written(message: Any, version: int) -> bytes:
    """Gives the payload that it sends for a message.

    Raises:
        Refused: It won't.
    """
    client = EClient(_Complaints())
    client.conn = recorder = _Recorder()
    client.serverVersion_ = version
    client.setConnState(EClient.CONNECTED)
    CALLS.get(type(message), call)(client, message)
    length, payload = recorder.sent[:4], recorder.sent[4:]
    assert int.from_bytes(length, "big") == len(payload), "it sent more or less than one frame"
    return payload


def call(client: Any, message: Any) -> None:
    """Calls the method of its client that has the name of the message, by the names of fields."""
    method = getattr(client, message_of(class_of(message)).official_name)
    fields = {letters(field.name): field for field in _fields(message)}
    arguments: dict[str, Any] = {}
    for name in inspect.signature(method).parameters:
        own = letters(PARAMETERS.get((method.__name__, name), name))
        assert own in fields, f"{method.__name__}({name}) has no field: name it in PARAMETERS"
        field = fields.pop(own)
        arguments[name] = theirs(getattr(message, field.name), field)
    assert not fields, f"{method.__name__} does not take {', '.join(fields)}"
    method(**arguments)


def _fields(value: Any) -> tuple[WireField, ...]:
    cls = class_of(value)
    return fields_of(cls)


def theirs(value: Any, field: WireField) -> Any:
    """Turns a value of ours into the one that its objects and calls take."""
    if value is None:
        return None if field.struct or field.value_kind.name == "bool" else _UNSET[_sort(field)]
    if isinstance(value, tuple):
        return [object_of(element) if field.struct else element for element in value]
    if field.struct is not None:
        return object_of(value)
    return value.value if isinstance(value, Enum) else value


def _sort(field: WireField) -> type:
    assert field.kind is not None, f"{field.name} is a structure"
    sorts = {"float": float, "dec": Decimal, "long": bytes}
    return sorts.get(field.kind.name, int)


_UNSET: Final = {int: UNSET_INTEGER, float: UNSET_DOUBLE, Decimal: UNSET_DECIMAL, bytes: UNSET_LONG}


def object_of(value: Any) -> Any:
    """Makes its object for a structure of ours."""
    if type(value) in MADE:
        return MADE[type(value)](value)
    made = OBJECTS[type(value)]()
    for field, name in _attributes(class_of(value), made):
        setattr(made, name, theirs(getattr(value, field.name), field))
    return made


def _attributes(cls: type, there: Any) -> Iterator[tuple[WireField, str]]:
    """Gives our fields, each with the name of its attribute."""
    names = {letters(name): name for name in vars(there)}
    for field in fields_of(cls):
        if field.name not in NOT_THERE.get(cls, ()):
            assert letters(field.name) in names, f"no {cls.__name__}.{field.name} over there"
            yield field, names[letters(field.name)]


# What it reads ....................................................................................

Call = tuple[str, dict[str, Any]]
"""The name of a callback and its arguments."""


class _Callbacks(EWrapper):
    def __init__(self) -> None:
        super().__init__()
        self.calls: list[Call] = []


def _recording(name: str, method: Callable[..., Any]) -> Callable[..., None]:
    signature = inspect.signature(method)

    def record(self: _Callbacks, *args: Any) -> None:
        arguments = signature.bind(self, *args).arguments
        del arguments["self"]
        self.calls.append((name, arguments))

    return record


for _name, _method in inspect.getmembers(EWrapper, inspect.isfunction):
    if not _name.startswith("_") and not _name.endswith("ProtoBuf") and _name != "connectionClosed":
        setattr(_Callbacks, _name, _recording(_name, _method))


@functools.cache
def _decoder(version: int) -> Any:
    return Decoder(_Callbacks(), version)


class _Hung:
    """A connection that has ended; what had come before it is still in the queue."""

    def isConnected(self) -> bool:
        return False

    def disconnect(self) -> None:
        pass


def read(payload: bytes, version: int) -> list[Call]:
    """Gives the callbacks that its message loop makes for a payload."""
    decoder = _decoder(version)
    decoder.wrapper = _Callbacks()
    client = EClient(decoder.wrapper)
    client.conn = _Hung()
    client.serverVersion_ = version
    client.decoder = decoder
    client.msg_queue.put(payload)
    client.run()
    calls: list[Call] = decoder.wrapper.calls
    return calls


def put_tags_in_order(there: Any) -> None:
    """Sorts the lists of tags in an object of its own: protobuf gives them in no order."""
    for held in vars(there).values() if hasattr(there, "__dict__") else ():
        if isinstance(held, list) and held and isinstance(held[0], ibapi.tag_value.TagValue):
            held.sort(key=lambda pair: pair.tag)
        elif not isinstance(held, Enum):
            put_tags_in_order(held)


@attrs.frozen
class Expected:
    """A callback as it should be.

    Attributes:
        name: Which it is.
        values: Our value for each parameter, with the field it is of.
    """

    name: str
    values: dict[str, tuple[Any, WireField]]


def expected(message: Any, version: int) -> list[Expected]:
    """Gives the callbacks that a message should cause."""
    return EXPECTED.get(type(message), _expected)(message, version)


def _expected(message: Any, version: int) -> list[Expected]:
    name = message_of(class_of(message)).official_name
    return [callback(name, message)]


def callback(name: str, message: Any) -> Expected:
    """Gives a callback that hands out the fields of a message, by their names."""
    fields = {letters(field.name): field for field in _fields(message)}
    values: dict[str, tuple[Any, WireField]] = {}
    for parameter in list(inspect.signature(getattr(EWrapper, name)).parameters)[1:]:
        own = letters(PARAMETERS.get((name, parameter), parameter))
        assert own in fields, f"{name}({parameter}) has no field: name it in PARAMETERS"
        values[parameter] = (getattr(message, fields[own].name), fields[own])
    return Expected(name, values)


def field_of(cls: type, name: str) -> WireField:
    """Gives a field by its name."""
    return next(field for field in fields_of(cls) if field.name == name)


def unlike(ours: Any, field: WireField, there: Any, path: str) -> Iterator[str]:
    """Names the places at which a value that it hands out is not the one that was put in."""
    match ours:
        case (Contract() as contract, ContractDetails() as details):
            parts = vars(there).copy()
            yield from _unlike_object(contract, vars(parts.pop("contract")), f"{path}.contract")
            yield from _unlike_object(details, parts, path)
        case tuple() if field.struct is not None:
            elements = list(there or ())
            if len(ours) != len(elements):
                yield f"len({path})"
            for mine, other in zip(ours, elements, strict=False):
                yield from _unlike_element(mine, other, f"{path}[]")
        case _ if attrs.has(type(ours)) and type(ours) not in SAME and there is not None:
            yield from _unlike_object(ours, vars(there), path)
        case _ if not _same(ours, field, there):
            yield f"{path} = {there!r}"
        case _:
            pass


def _unlike_element(ours: Any, there: Any, path: str) -> Iterator[str]:
    if type(ours) not in SAME:
        yield from _unlike_object(ours, vars(there), path)
    elif not SAME[type(ours)](ours, there):
        yield f"{path} = {there!r}"


def _unlike_object(ours: Any, there: Mapping[str, Any], path: str) -> Iterator[str]:
    cls = class_of(ours)
    sent = (field for field in fields_of(cls) if field.in_text or field.number is not None)
    fields = {letters(field.name): field for field in sent}
    for name, value in there.items():
        if name not in ONLY_THERE.get(cls, ()):
            assert letters(name) in fields, f"{cls.__name__} has no {name}"
            field = fields.pop(letters(name))
            yield from unlike(getattr(ours, field.name), field, value, f"{path}.{name}")
    left = {field.name for field in fields.values()} - NOT_THERE.get(cls, frozenset())
    assert not left, f"{left} of {cls.__name__} are not over there"


def _same(ours: Any, field: WireField, there: Any) -> bool:
    match ours:
        case None:
            return there in _absent(field)
        case tuple() if field.is_list:
            return [*ours] == there
        case tuple():
            return bool(",".join(ours) == there)
        case datetime():
            return bool(datetime(1970, 1, 1, tzinfo=UTC) + there * _unit(field) == ours)
        case _ if type(ours) in SAME:
            return SAME[type(ours)](ours, there)
        case Enum():
            return bool(there == ours.value)
        case float() if isinstance(there, str):
            return float(there) == ours
        case _:
            return bool(_plain(there) == ours)


def _unit(field: WireField) -> timedelta:
    assert field.kind is not None, "a structure is no moment"
    return timedelta(seconds=1) if field.kind.name == "time (s)" else timedelta(milliseconds=1)


def _plain(there: Any) -> Any:
    """Takes the text out of its own enumerations, where none is the word None."""
    if not isinstance(there, Enum):
        return there
    text = there.value[0]
    return "" if text == "None" else text


def _absent(field: WireField) -> set[Any]:
    """Gives what it makes of a field without a value: zero where the text is empty."""
    if field.struct is not None:
        return {None}
    unset = _UNSET[_sort(field)]
    found: set[Any] = {None, unset, str(unset), field.unset, ""}
    return found if _sort(field) is Decimal else found | {0}


# Its protobuf classes .............................................................................


@functools.cache
def proto_class(name: str) -> Any:
    """Gives the class that it generated for a protobuf message."""
    return getattr(importlib.import_module(f"ibapi.protobuf.{name}_pb2"), name)


def proto_of(message: Any) -> Any:
    """Fills its own class with the values of a message."""
    cls = class_of(message)
    made = proto_class(message_of(cls).protobuf_message)()
    _fill(made, message, is_incoming=spec_of(cls).is_incoming)
    for node in carried(resolve(cls), MAX_SERVER_VERSION):
        if isinstance(node, Split):
            text = node.write(*(functools.reduce(getattr, path, message) for path in node.paths))
            holder, owner = made, cls
            for name in node.proto[:-1]:
                field = field_of(owner, name)
                holder, owner = getattr(holder, _there(holder, owner, field)), field.struct or owner
            carrier = _there(holder, owner, field_of(owner, node.proto[-1]))
            holder.ClearField(carrier)
            if text:
                setattr(holder, carrier, text)
    return made


def _there(made: Any, cls: type, field: WireField) -> str:
    wanted = letters(their_name(cls, field))
    names: list[str] = [name for name in made.DESCRIPTOR.fields_by_name if letters(name) == wanted]
    assert len(names) == 1, f"{made.DESCRIPTOR.name} has no {field.name}"
    return names[0]


def _fill(made: Any, value: Any, *, is_incoming: bool) -> None:
    for field in _fields(value):
        held: Any = getattr(value, field.name)
        if held is None and is_incoming and not getattr(value, field.unset_unless, None):
            unset: Any = field.unset  # TWS says -1 where it has no price
            held = unset
        if field.number is None or held is None:
            continue
        target = getattr(made, _there(made, type(value), field))
        if not field.is_list and field.struct is not None:
            target.SetInParent()
            _fill(target, held, is_incoming=is_incoming)
        elif not field.is_list:
            if held != "" or field.kind is None or field.kind.proto == "bytes":  # "" is no number
                setattr(made, _there(made, type(value), field), _number_or_text(held, field))
        elif field.struct is TagValue:
            target.update({pair.tag: pair.value for pair in held})
        elif field.struct is not None:
            for element in held if field.via is None else map(field.via.write, held):
                _fill(target.add(), element, is_incoming=is_incoming)
        else:
            target.extend(_number_or_text(element, field) for element in held)


def _number_or_text(value: Any, field: WireField) -> Any:
    assert field.kind is not None, "structures are taken elsewhere"
    if isinstance(value, datetime):
        return (value - datetime(1970, 1, 1, tzinfo=UTC)) // _unit(field)
    if isinstance(value, tuple):
        return ",".join(value)
    if isinstance(value, Enum):
        value = value.value
    types = {"bytes": str, "double": float}
    return types.get(field.kind.proto, int)(value)
