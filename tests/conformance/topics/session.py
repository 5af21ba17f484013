"""The start of a session, and errors."""

from typing import Any

from tests.conformance.official import CALLS, PARAMETERS
from trio_tws._model.session import StartApi

PARAMETERS.update(
    {
        ("currentTimeInMillis", "timeInMillis"): "time",
        ("error", "errorCode"): "code",
        ("error", "errorString"): "message",
        ("error", "errorTime"): "time",
    }
)


def _start_api(client: Any, message: StartApi) -> None:
    client.clientId = message.client_id
    client.optCapab = message.optional_capabilities
    client.startApi()


CALLS[StartApi] = _start_api
