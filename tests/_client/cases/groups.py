"""Display groups."""

from tests._client.cases import Case
from trio_tws import (
    TWS,
    DisplayGroupList,
    DisplayGroupUpdated,
    QueryDisplayGroups,
    SubscribeToGroupEvents,
    UnsubscribeFromGroupEvents,
)


async def _shown(tws: TWS) -> object:
    async with tws.open_display_group(1) as group:
        return (await anext(group)).contract_info


CASES = [
    Case(
        "display_groups",
        lambda tws: tws.display_groups(),
        QueryDisplayGroups,
        lambda request: [DisplayGroupList(request.req_id, "4|1|2")],
        [4, 1, 2],
    ),
    Case(
        "open_display_group",
        _shown,
        SubscribeToGroupEvents,
        lambda request: [DisplayGroupUpdated(request.req_id, "265598@SMART")],
        "265598@SMART",
        cancel=UnsubscribeFromGroupEvents,
        is_stream=True,
    ),
]
