"""What is held: in all accounts, or in one account or model."""

from decimal import Decimal

from trio_tws import _versions as v
from trio_tws._model.contracts import CONTRACT_IN, Contract
from trio_tws._wire import incoming, layout, outgoing, wire


@outgoing(64, version=1, proto=v.PROTOBUF_ACCOUNTS_POSITIONS)
class CancelPositions:
    """Ends a `ReqPositions`.

    Source: EClient.cancelPositions.
    """


@outgoing(61, version=1, proto=v.PROTOBUF_ACCOUNTS_POSITIONS, cancel=CancelPositions)
class ReqPositions:
    """Asks for the positions of all accounts of the login, at once and at each change.

    Source: EClient.reqPositions.
    """


@incoming(61, version=3, proto=v.PROTOBUF_ACCOUNTS_POSITIONS, answers=ReqPositions)
class PositionData:
    """One position; at first all of them, then each that changes.

    A position that was closed comes once more, with 0.

    Source: EWrapper.position.
    """

    account: str = wire(1, default="")
    contract: Contract = wire(2, factory=Contract)
    """Without an exchange to trade it at; fill one in before."""
    position: Decimal | None = wire(3, default=None)
    """Negative if it is short."""
    avg_cost: float = wire(4, default=0.0)
    """Per unit held, so that the multiplier of a derivative is in it."""


D = PositionData

layout(PositionData, D.account, *CONTRACT_IN, D.position, D.avg_cost)


@incoming(62, version=1, proto=v.PROTOBUF_ACCOUNTS_POSITIONS, answers=ReqPositions)
class PositionEnd:
    """All positions have come once; from here on, changes come.

    Source: EWrapper.positionEnd.
    """


@outgoing(75, version=1, since=v.MODELS_SUPPORT, proto=v.PROTOBUF_ACCOUNTS_POSITIONS)
class CancelPositionsMulti:
    """Ends a `ReqPositionsMulti`.

    Source: EClient.cancelPositionsMulti.
    """

    req_id: int = wire(1)


@outgoing(
    74,
    version=1,
    since=v.MODELS_SUPPORT,
    proto=v.PROTOBUF_ACCOUNTS_POSITIONS,
    cancel=CancelPositionsMulti,
)
class ReqPositionsMulti:
    """Asks for the positions of an account, of a model portfolio, or of a model in an account.

    They come at once and at each change.

    Source: EClient.reqPositionsMulti.
    """

    req_id: int = wire(1)
    account: str = wire(2, default="")
    """May be empty if there is a model_code, and the other way round."""
    model_code: str = wire(3, default="")


@incoming(
    71,
    version=1,
    since=v.MODELS_SUPPORT,
    proto=v.PROTOBUF_ACCOUNTS_POSITIONS,
    answers=ReqPositionsMulti,
)
class PositionMulti:
    """One position of an account or model; at first all of them, then each that changes.

    Source: EWrapper.positionMulti.
    """

    req_id: int = wire(1, default=-1)
    account: str = wire(2, default="")
    contract: Contract = wire(3, factory=Contract)
    """Without an exchange to trade it at; fill one in before."""
    pos: Decimal | None = wire(4, default=None)
    """Negative if it is short."""
    avg_cost: float = wire(5, default=0.0)
    """Per unit held, so that the multiplier of a derivative is in it."""
    model_code: str = wire(6, default="")


M = PositionMulti

layout(PositionMulti, M.req_id, M.account, *CONTRACT_IN, M.pos, M.avg_cost, M.model_code)


@incoming(
    72,
    version=1,
    since=v.MODELS_SUPPORT,
    proto=v.PROTOBUF_ACCOUNTS_POSITIONS,
    answers=ReqPositionsMulti,
)
class PositionMultiEnd:
    """All positions of a `ReqPositionsMulti` have come once; from here on, changes come.

    Source: EWrapper.positionMultiEnd.
    """

    req_id: int = wire(1, default=-1)
