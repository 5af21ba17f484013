"""What financial advisers have set up."""

from tests._client.cases import Case
from trio_tws import FADataType, ReceiveFA, ReplaceFA, ReplaceFAEnd, ReqFA

GROUPS = "<ListOfGroups/>"

CASES = [
    Case(
        "fa_configuration",
        lambda tws: tws.fa_configuration(FADataType.GROUPS),
        ReqFA,
        lambda request: [ReceiveFA(request.fa_data, GROUPS)],
        GROUPS,
        in_simulator=False,  # its login is no adviser's
    ),
    Case(
        "replace_fa",
        lambda tws: tws.replace_fa(FADataType.GROUPS, GROUPS),
        ReplaceFA,
        lambda request: [ReplaceFAEnd(request.req_id, "success")],
        "success",
        in_simulator=False,
        is_harmless=False,
    ),
]
