"""Display groups: the windows of TWS that show the same contract, told apart by colour.

IB Gateway has no windows, and no groups.
"""

from trio_tws import _versions as v
from trio_tws._wire import incoming, outgoing, wire


@outgoing(67, version=1, proto=v.PROTOBUF_REST_MESSAGES_3)
class QueryDisplayGroups:
    """Asks for the groups that there are.

    Source: EClient.queryDisplayGroups.
    """

    req_id: int = wire(1)


@incoming(67, version=1, proto=v.PROTOBUF_REST_MESSAGES_3, answers=QueryDisplayGroups, ends=True)
class DisplayGroupList:
    """The groups that there are; only their order changes while TWS runs.

    Source: EWrapper.displayGroupList.
    """

    req_id: int = wire(1, default=-1)
    groups: str = wire(2, default="")
    """Their ids with ``|`` between them, the one most in use first."""


@outgoing(70, version=1, proto=v.PROTOBUF_REST_MESSAGES_3)
class UnsubscribeFromGroupEvents:
    """Ends a `SubscribeToGroupEvents`.

    Source: EClient.unsubscribeFromGroupEvents.
    """

    req_id: int = wire(1)


@outgoing(68, version=1, proto=v.PROTOBUF_REST_MESSAGES_3, cancel=UnsubscribeFromGroupEvents)
class SubscribeToGroupEvents:
    """Asks for the contract that a group shows, and for each that it changes to.

    Source: EClient.subscribeToGroupEvents.
    """

    req_id: int = wire(1)
    group_id: int = wire(2)


@outgoing(69, version=1, proto=v.PROTOBUF_REST_MESSAGES_3)
class UpdateDisplayGroup:
    """Has a group show another contract.

    Source: EClient.updateDisplayGroup.
    """

    req_id: int = wire(1)
    """That of the `SubscribeToGroupEvents` of the group."""
    contract_info: str = wire(2)
    """``con_id@exchange``, or ``none``."""


@incoming(68, version=1, proto=v.PROTOBUF_REST_MESSAGES_3, answers=SubscribeToGroupEvents)
class DisplayGroupUpdated:
    """The contract that a group shows now.

    Source: EWrapper.displayGroupUpdated.
    """

    req_id: int = wire(1, default=-1)
    contract_info: str = wire(2, default="")
    """``con_id@exchange``, ``none``, or ``combo`` for any combination."""
