"""How a program proves that IB has approved it."""

from typing import Any

from tests._model.facts import class_of, message_of
from tests.conformance.official import CALLS, EXPECTED, Expected, call, callback, field_of
from trio_tws._model.verify import (
    VerifyAndAuthCompleted,
    VerifyAndAuthRequest,
    VerifyCompleted,
    VerifyRequest,
)
from trio_tws._wire.fields import spec_of


def _verify_request(client: Any, message: VerifyRequest | VerifyAndAuthRequest) -> None:
    client.extraAuth = True  # without it, it refuses
    call(client, message)


def _completed(message: VerifyCompleted | VerifyAndAuthCompleted, version: int) -> list[Expected]:
    """It says that it hands out a flag, and hands out the word that text has for it."""
    cls = class_of(message)
    expected = callback(message_of(cls).official_name, message)
    if not spec_of(cls).is_proto(version):
        word = "true" if message.is_successful else "false"
        expected.values["isSuccessful"] = (word, field_of(cls, "error_text"))
    return [expected]


CALLS[VerifyRequest] = CALLS[VerifyAndAuthRequest] = _verify_request
EXPECTED[VerifyCompleted] = EXPECTED[VerifyAndAuthCompleted] = _completed
