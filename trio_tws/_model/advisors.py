"""What a financial adviser has set up: groups of accounts, and aliases for them."""

from trio_tws import _versions as v
from trio_tws._enums import FADataType
from trio_tws._wire import incoming, outgoing, wire


@outgoing(18, version=1, proto=v.PROTOBUF_REST_MESSAGES_1)
class ReqFA:
    """Asks for the groups or the aliases.

    Source: EClient.requestFA.
    """

    fa_data: FADataType = wire(1)


@incoming(16, version=1, proto=v.PROTOBUF_REST_MESSAGES_1, answers=ReqFA, ends=True)
class ReceiveFA:
    """The groups or the aliases; a list without entries is an answer too.

    Source: EWrapper.receiveFA.
    """

    fa_data: FADataType = wire(1, default=FADataType.GROUPS)
    cxml: str = wire(2, default="")
    """One XML document."""


@outgoing(19, version=1, proto=v.PROTOBUF_REST_MESSAGES_1)
class ReplaceFA:
    """Replaces all groups, or all aliases; what the document leaves out is gone.

    Below server version 157 TWS says nothing when it is done.

    Source: EClient.replaceFA.
    """

    fa_data: FADataType = wire(2)
    cxml: str = wire(3)
    """One XML document, in the form that `ReceiveFA` gives."""
    req_id: int = wire(1, default=-1, since=v.REPLACE_FA_END)
    """-1 below server version 157, which has no place for it."""


@incoming(
    103, since=v.REPLACE_FA_END, proto=v.PROTOBUF_REST_MESSAGES_1, answers=ReplaceFA, ends=True
)
class ReplaceFAEnd:
    """A `ReplaceFA` is done.

    Source: EWrapper.replaceFAEnd.
    """

    req_id: int = wire(1, default=-1)
    text: str = wire(2, default="")
