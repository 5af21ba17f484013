"""How a program proves to TWS that IB has approved it, before its session starts.

IB arranges this with the makers of programs, and tells nobody else what the texts hold.
"""

from trio_tws import _versions as v
from trio_tws._wire import incoming, outgoing, wire
from trio_tws._wire.kinds import BOOL, own_kind


def _read_word(text: str) -> bool:
    return text == "true"


def _write_word(value: bool) -> str:
    return "true" if value else "false"


TRUE_FALSE = own_kind("true_false", _read_word, _write_word, like=BOOL)
"""A flag that text spells out."""


@outgoing(65, version=1, proto=v.PROTOBUF_REST_MESSAGES_3)
class VerifyRequest:
    """Names the program.

    Source: EClient.verifyRequest.
    """

    api_name: str = wire(1)
    api_version: str = wire(2)


@incoming(65, version=1, proto=v.PROTOBUF_REST_MESSAGES_3, answers=VerifyRequest, ends=True)
class VerifyMessageApi:
    """What the program has to answer with a `VerifyMessage`.

    Source: EWrapper.verifyMessageAPI.
    """

    api_data: str = wire(1, default="")


@outgoing(66, version=1, proto=v.PROTOBUF_REST_MESSAGES_3)
class VerifyMessage:
    """The program's answer to a `VerifyMessageApi`.

    Source: EClient.verifyMessage.
    """

    api_data: str = wire(1)


@incoming(66, version=1, proto=v.PROTOBUF_REST_MESSAGES_3, answers=VerifyMessage, ends=True)
class VerifyCompleted:
    """Whether TWS believes the program.

    Source: EWrapper.verifyCompleted.
    """

    is_successful: bool = wire(1, kind=TRUE_FALSE, default=False)
    error_text: str = wire(2, default="")


@outgoing(72, version=1)
class VerifyAndAuthRequest:
    """Names the program and its maker; never protobuf, as all that follows from it.

    Source: EClient.verifyAndAuthRequest.
    """

    api_name: str = wire()
    api_version: str = wire()
    opaque_isv_key: str = wire()


@incoming(69, version=1, answers=VerifyAndAuthRequest, ends=True)
class VerifyAndAuthMessageApi:
    """What the program has to answer with a `VerifyAndAuthMessage`.

    Source: EWrapper.verifyAndAuthMessageAPI.
    """

    api_data: str = wire(default="")
    xyz_challange: str = wire(default="")
    """IB's spelling."""


@outgoing(73, version=1)
class VerifyAndAuthMessage:
    """The program's answer to a `VerifyAndAuthMessageApi`.

    Source: EClient.verifyAndAuthMessage.
    """

    api_data: str = wire()
    xyz_response: str = wire()


@incoming(70, version=1, answers=VerifyAndAuthMessage, ends=True)
class VerifyAndAuthCompleted:
    """Whether TWS believes the program and its maker.

    Source: EWrapper.verifyAndAuthCompleted.
    """

    is_successful: bool = wire(kind=TRUE_FALSE, default=False)
    error_text: str = wire(default="")
