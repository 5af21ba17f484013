"""Where IB's own Python client and we do not do the same, and why that is right.

A difference takes out of a message what the two do differently, so that the rest can be compared.
Each has to be one: a test fails when its `adapt` is not needed any more.
"""

import math
import re
from collections.abc import Callable
from typing import Any, Final

import attrs

from tests._model.survivors import changed
from trio_tws import _versions as v
from trio_tws._model.bars import ReqHistoricalData
from trio_tws._model.contract_details import BondContractData, ContractData, IneligibilityReason
from trio_tws._model.contracts import Contract, ReqContractData
from trio_tws._model.ticks import ReqMktData

EVER: Final = range(v.MIN_SERVER_VERSION, v.MAX_SERVER_VERSION + 1)


@attrs.frozen
class Difference:
    """One thing that is done differently.

    Attributes:
        name: What it is called in the tests.
        cls: The message it is about.
        versions: The server versions at which it shows.
        reason: Why the two differ.
        adapt: Gives the message without it.
    """

    name: str
    cls: type
    versions: range
    reason: str
    adapt: Callable[[Any], Any]


def _contract(adapt: Callable[[Contract], Contract]) -> Callable[[Any], Any]:
    return lambda message: changed(message, contract=adapt(message.contract))


def _details(**values: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def adapt(message: Any) -> Any:
        old = message.details
        new = {name: change(getattr(old, name)) for name, change in values.items()}
        return changed(message, details=changed(old, **new))

    return adapt


def _without_leg_prices(contract: Contract) -> Contract:
    legs = tuple(changed(leg, per_leg_price=None) for leg in contract.combo_legs)
    return changed(contract, combo_legs=legs)


def _without_last_trade_date(contract: Contract) -> Contract:
    return changed(contract, last_trade_date="")


def _without_ids(contract: Contract) -> Contract:
    return changed(contract, sec_id_type="", sec_id="", include_expired=False)


def _from(version: int) -> range:
    return range(version, v.MAX_SERVER_VERSION + 1)


def _below(version: int) -> range:
    return range(v.MIN_SERVER_VERSION, version)


WRITING: Final = (
    Difference(
        "options of market data",
        ReqMktData,
        _below(v.PROTOBUF_MARKET_DATA),
        "It refuses to write them in text and leaves the field empty; IB's Java client does not.",
        lambda message: changed(message, mkt_data_options=()),
    ),
    *(
        Difference(
            f"{what} in {cls.__name__}",
            cls,
            _from(since),
            reason,
            _contract(adapt),
        )
        for cls, since in (
            (ReqContractData, v.PROTOBUF_CONTRACT_DATA),
            (ReqHistoricalData, v.PROTOBUF_HISTORICAL_DATA),
            (ReqMktData, v.PROTOBUF_MARKET_DATA),
        )
        for what, reason, adapt in (
            (
                "leg prices",
                "Its legs have no price; it takes those of orders from a list in the order.",
                _without_leg_prices,
            ),
            (
                "last trade date",
                (
                    "It never sends this field of a contract; we send what we are given, and a"
                    " contract that came from TWS goes back as it came."
                ),
                _without_last_trade_date,
            ),
        )
    ),
)
"""What it writes differently."""


def _whole(number: float) -> float:
    return float(math.trunc(math.fmod(number, 1000)))


def _only_ascii(text: str) -> str:
    return re.sub(r"[^ -~]", "", text)


_KINDS_OF_FUND: Final = {"001", "002", "003", "004", "005", "006", "007"}


def _known_kind(text: str) -> str:
    return text if text in _KINDS_OF_FUND else ""


def _known_policy(text: str) -> str:
    return text if text in {"N", "Y"} else ""


def _full(reasons: tuple[IneligibilityReason, ...]) -> tuple[IneligibilityReason, ...]:
    return tuple(reason for reason in reasons if reason.id and reason.description)


READING: Final = (
    *(
        Difference(
            f"empty reasons in {cls.__name__}",
            cls,
            _from(v.PROTOBUF_CONTRACT_DATA),
            "A text that is absent in protobuf is empty for us and for it everywhere else; here, by"
            " a slip in its source, it is the word None.",
            _details(ineligibility_reason_list=_full),
        )
        for cls in (ContractData, BondContractData)
    ),
    *(
        Difference(
            f"whole multiplier in {cls.__name__}",
            cls,
            _below(v.PROTOBUF_CONTRACT_DATA),
            "It reads ev_multiplier as an integer in text, and ends its loop at any other; in"
            " protobuf it is a double.",
            _details(ev_multiplier=_whole),
        )
        for cls in (ContractData, BondContractData)
    ),
    *(
        Difference(
            f"identifiers in {cls.__name__}",
            cls,
            _from(v.PROTOBUF_CONTRACT_DATA),
            "It does not look at three fields of a contract that only requests use.",
            _contract(_without_ids),
        )
        for cls in (ContractData, BondContractData)
    ),
    Difference(
        "long name of a bond",
        BondContractData,
        range(v.ENCODE_MSG_ASCII7, v.PROTOBUF_CONTRACT_DATA),
        r"It forgets to undo \u escapes there, which it does for all other contracts.",
        _details(long_name=_only_ascii),
    ),
    *(
        Difference(
            f"closed lists in {cls.__name__}",
            cls,
            _from(first),
            "It turns two texts about funds into members of closed lists, what it does not know"
            " into None; a slip in its source makes 000 such a text.",
            _details(fund_asset_type=_known_kind, fund_distribution_policy_indicator=_known_policy),
        )
        for cls, first in (
            (ContractData, v.FUND_DATA_FIELDS),
            (BondContractData, v.PROTOBUF_CONTRACT_DATA),
        )
    ),
)
"""What it reads differently."""


def adapted(message: Any, version: int, known: tuple[Difference, ...]) -> Any:
    """Gives a message without what the two do differently at a server version."""
    for difference in known:
        if isinstance(message, difference.cls) and version in difference.versions:
            message = difference.adapt(message)
    return message
