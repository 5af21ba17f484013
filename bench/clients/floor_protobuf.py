"""The four messages that `bench.clients.floor` reads, as Google's library reads them."""

from typing import Any, Final

from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto
from google.protobuf.descriptor_pb2 import FileDescriptorProto as File
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

_TYPES: Final = {
    "int": FieldDescriptorProto.TYPE_INT64,
    "float": FieldDescriptorProto.TYPE_DOUBLE,
    "str": FieldDescriptorProto.TYPE_STRING,
}

_TICK: Final = "req_id:int tick_type:int"
_MESSAGES: Final = {
    "Price": f"{_TICK} price:float size:str attribs:int",
    "Size": f"{_TICK} size:str",
    "Last": "time:int attribs:Attribs price:float size:str exchange:str special_conditions:str",
    "Attribs": "past_limit:int unreported:int",
    "Trades": f"{_TICK} last:Last",
    "Bar": "date:str open:float high:float low:float close:float volume:str wap:str count:int",
    "Bars": "req_id:int bars:Bar*",
}
"""The fields in the order of their numbers, which begin with 1."""


def _describe(described: DescriptorProto, fields: str) -> None:
    for number, (name, kind) in enumerate((one.split(":") for one in fields.split()), 1):
        field = described.field.add(name=name, number=number)
        is_list = kind.endswith("*")
        field.label = (
            FieldDescriptorProto.LABEL_REPEATED if is_list else FieldDescriptorProto.LABEL_OPTIONAL
        )
        if kind in _TYPES:
            field.type = _TYPES[kind]
        else:
            field.type = FieldDescriptorProto.TYPE_MESSAGE
            field.type_name = f".floor.{kind.rstrip('*')}"


def _classes() -> dict[str, Any]:
    file = File(name="floor.proto", package="floor", syntax="proto2")
    for name, fields in _MESSAGES.items():
        _describe(file.message_type.add(name=name), fields)
    pool = DescriptorPool()
    pool.Add(file)
    return {
        name: GetMessageClass(pool.FindMessageTypeByName(f"floor.{name}")) for name in _MESSAGES
    }


_MADE: Final = _classes()
Price: Final = _MADE["Price"]
Size: Final = _MADE["Size"]
Trades: Final = _MADE["Trades"]
Bars: Final = _MADE["Bars"]
