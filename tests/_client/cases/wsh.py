"""The event calendar."""

from tests._client.cases import Case
from trio_tws import (
    CancelWshEventData,
    CancelWshMetaData,
    ReqWshEventData,
    ReqWshMetaData,
    WshEventData,
    WshMetaData,
)

CASES = [
    Case(
        "wsh_meta_data",
        lambda tws: tws.wsh_meta_data(),
        ReqWshMetaData,
        lambda request: [WshMetaData(request.req_id, '{"meta_data": {}}')],
        '{"meta_data": {}}',
        cancel=CancelWshMetaData,
    ),
    Case(
        "wsh_events",
        lambda tws: tws.wsh_events(265598),
        ReqWshEventData,
        lambda request: [WshEventData(request.req_id, "[]")],
        "[]",
        cancel=CancelWshEventData,
        in_simulator=False,  # it wants to be asked for the meta data first
    ),
]
