"""Symbols, exchanges, price ladders, and facts about the login."""

from tests.conformance.official import EXPECTED, PARAMETERS, Expected, callback, field_of
from trio_tws._model.reference import SmartComponents
from trio_tws._wire.fields import spec_of

PARAMETERS["smartComponents", "smartComponentMap"] = "smart_components"


def _smart_components(message: SmartComponents, version: int) -> list[Expected]:
    """Out of protobuf it makes a map by the bits, in which an absent letter is a blank."""
    call = callback("smartComponents", message)
    if spec_of(SmartComponents).is_proto(version):
        by_bit = {
            part.bit_number: (part.exchange, part.exchange_letter or " ")
            for part in message.smart_components
        }
        field = field_of(SmartComponents, "smart_components")
        call.values["smartComponentMap"] = (by_bit, field)
    return [call]


EXPECTED[SmartComponents] = _smart_components
