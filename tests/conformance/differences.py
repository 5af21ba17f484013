"""Where IB's own Python client and we do not do the same, and why that is right.

A difference takes out of a message what the two do differently, so that the rest can be compared.
Each has to be one: a test fails when its `adapt` is not needed any more.
"""

import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

import attrs

from tests._model.survivors import changed
from trio_tws import _versions as v
from trio_tws._enums import FADataType, OptionExerciseType
from trio_tws._model.accounts import PortfolioValue
from trio_tws._model.advisors import ReplaceFA, ReqFA
from trio_tws._model.bars import ReqHistoricalData
from trio_tws._model.contract_details import BondContractData, ContractData, IneligibilityReason
from trio_tws._model.contracts import Contract, ReqContractData
from trio_tws._model.depth import ReqMktDepth
from trio_tws._model.executions import ExecutionData
from trio_tws._model.histogram import ReqHeadTimestamp, ReqHistogramData
from trio_tws._model.historical_ticks import ReqHistoricalTicks
from trio_tws._model.options import (
    ExerciseOptions,
    ReqCalcImpliedVolat,
    ReqCalcOptionPrice,
    TickOptionComputation,
)
from trio_tws._model.order_reports import CompletedOrder, OpenOrder
from trio_tws._model.orders import Order
from trio_tws._model.place_order import PlaceOrder
from trio_tws._model.positions import PositionData, PositionMulti
from trio_tws._model.real_time_bars import ReqRealTimeBars
from trio_tws._model.reference import MktDepthExchanges, SymbolSamples
from trio_tws._model.scanner import ScannerData
from trio_tws._model.tick_by_tick import ReqTickByTickData
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


def _order(adapt: Callable[[Order], Order]) -> Callable[[Any], Any]:
    return lambda message: changed(message, order=adapt(message.order))


def _in_whole(order: Order) -> Order:
    return changed(order, total_quantity=Decimal(int(order.total_quantity or 0)))


def _without_what_it_sends(order: Order) -> Order:
    return changed(
        order,
        algo_params=order.algo_params if order.algo_strategy else (),
        hedge_param=order.hedge_param if order.hedge_type else "",
        hedge_max_size=order.hedge_max_size if order.hedge_type else None,
        advanced_error_override="",
        algo_id="",
        manual_order_time="",
        mifid2_decision_algo="",
        mifid2_decision_maker="",
        mifid2_execution_algo="",
        mifid2_execution_trader="",
        order_misc_options=(),
        override_percentage_constraints=False,
        scale_table="",
        transmit=True,
    )


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


def _without_profiles(message: Any) -> Any:
    gone = message.fa_data == FADataType.PROFILES
    return changed(message, fa_data=FADataType.GROUPS) if gone else message


def _elements_without_ids(message: ScannerData) -> ScannerData:
    elements = (
        changed(element, contract=_without_ids(element.contract)) for element in message.elements
    )
    return changed(message, elements=tuple(elements))


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
    Difference(
        "options of market depth",
        ReqMktDepth,
        _below(v.PROTOBUF_MARKET_DATA),
        "It refuses to write them in text, as those of market data.",
        lambda message: changed(message, mkt_depth_options=()),
    ),
    Difference(
        "options of an implied volatility",
        ReqCalcImpliedVolat,
        _below(v.PROTOBUF_REST_MESSAGES_1),
        "It refuses to write them in text, as those of market data.",
        lambda message: changed(message, impl_vol_options=()),
    ),
    Difference(
        "options of an option price",
        ReqCalcOptionPrice,
        _below(v.PROTOBUF_REST_MESSAGES_1),
        "It refuses to write them in text, as those of market data.",
        lambda message: changed(message, opt_prc_options=()),
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
            (ReqHeadTimestamp, v.PROTOBUF_HISTORICAL_DATA),
            (ReqHistogramData, v.PROTOBUF_HISTORICAL_DATA),
            (ReqHistoricalData, v.PROTOBUF_HISTORICAL_DATA),
            (ReqHistoricalTicks, v.PROTOBUF_HISTORICAL_DATA),
            (ReqMktData, v.PROTOBUF_MARKET_DATA),
            (ReqMktDepth, v.PROTOBUF_MARKET_DATA),
            (ReqRealTimeBars, v.PROTOBUF_HISTORICAL_DATA),
            (ReqTickByTickData, v.PROTOBUF_HISTORICAL_DATA),
            (ReqCalcImpliedVolat, v.PROTOBUF_REST_MESSAGES_1),
            (ReqCalcOptionPrice, v.PROTOBUF_REST_MESSAGES_1),
            (ExerciseOptions, v.PROTOBUF_REST_MESSAGES_1),
            (PlaceOrder, v.PROTOBUF_PLACE_ORDER),
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
        if (what, cls) != ("leg prices", PlaceOrder)
    ),
    Difference(
        "no quantity",
        PlaceOrder,
        _below(v.PROTOBUF_PLACE_ORDER),
        "It writes its number for none, of 39 digits; we leave the field empty, as others.",
        _order(lambda order: changed(order, total_quantity=order.total_quantity or Decimal(0))),
    ),
    Difference(
        "fractions of a quantity",
        PlaceOrder,
        _below(v.FRACTIONAL_POSITIONS),
        "It cuts them off for servers that take none; we refuse the order.",
        _order(_in_whole),
    ),
    Difference(
        "what TWS tells of an order",
        PlaceOrder,
        _from(v.PROTOBUF_PLACE_ORDER),
        "It leaves out fields that only TWS fills in; an order that came from TWS goes back as it"
        " came.",
        _order(
            lambda order: changed(
                order,
                auto_cancel_date="",
                filled_quantity=None,
                order_id=None,
                parent_perm_id=None,
                ref_futures_con_id=None,
                shareholder="",
            )
        ),
    ),
    *(
        Difference(
            f"profiles in {cls.__name__}",
            cls,
            range(v.FA_PROFILE_DESUPPORT, v.PROTOBUF_REST_MESSAGES_1),
            "It refuses to name a part that is gone, in text; in protobuf it leaves that to TWS, as"
            " we do in both.",
            _without_profiles,
        )
        for cls in (ReqFA, ReplaceFA)
    ),
)
"""What it writes differently."""

REFUSED: Final[dict[type, range]] = {
    # Its own body for them is that of 140 without the two fields that came then.
    ReqTickByTickData: range(v.TICK_BY_TICK, v.TICK_BY_TICK_IGNORE_SIZE),
}
"""What it does not write at server versions that know it."""


def _whole(number: float) -> float:
    return float(math.trunc(math.fmod(number, 1000)))


def _only_ascii(text: str) -> str:
    return re.sub(r"[^ -~]", "", text)


_KINDS_OF_FUND: Final = {"001", "002", "003", "004", "005", "006", "007"}


def _known_kind(text: str) -> str:
    return text if text in _KINDS_OF_FUND else ""


def _known_policy(text: str) -> str:
    return text if text in {"N", "Y"} else ""


def _volatility(number: float | None) -> float | None:
    return None if number is None or number < 0 else number


def _found_contract(adapt: Callable[[Contract], Contract]) -> Callable[[Any], Any]:
    def adapt_all(message: SymbolSamples) -> SymbolSamples:
        found = message.contract_descriptions
        return changed(
            message,
            contract_descriptions=tuple(
                changed(one, contract=adapt(one.contract)) for one in found
            ),
        )

    return adapt_all


def _without_services(message: MktDepthExchanges) -> MktDepthExchanges:
    found = message.depth_mkt_data_descriptions
    return changed(
        message,
        depth_mkt_data_descriptions=tuple(changed(one, service_data_type="") for one in found),
    )


def _known_exercise(message: ExecutionData) -> ExecutionData:
    told = message.execution.opt_exercise_or_lapse_type
    if told in list(OptionExerciseType):
        return message
    execution = changed(message.execution, opt_exercise_or_lapse_type=OptionExerciseType.NONE)
    return changed(message, execution=execution)


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
            _from(first),
            "It does not look at three fields of a contract that only requests use.",
            _contract(_without_ids),
        )
        for cls, first in (
            (ContractData, v.PROTOBUF_CONTRACT_DATA),
            (BondContractData, v.PROTOBUF_CONTRACT_DATA),
            (ExecutionData, v.PROTOBUF),
            (PortfolioValue, v.PROTOBUF_ACCOUNTS_POSITIONS),
            (PositionData, v.PROTOBUF_ACCOUNTS_POSITIONS),
            (PositionMulti, v.PROTOBUF_ACCOUNTS_POSITIONS),
            (OpenOrder, v.PROTOBUF_PLACE_ORDER),
            (CompletedOrder, v.PROTOBUF_COMPLETED_ORDER),
        )
    ),
    *(
        Difference(
            f"{what} in {cls.__name__}",
            cls,
            _from(first),
            reason,
            _order(adapt),
        )
        for cls, first in (
            (OpenOrder, v.PROTOBUF_PLACE_ORDER),
            (CompletedOrder, v.PROTOBUF_COMPLETED_ORDER),
        )
        for what, reason, adapt in (
            (
                "unread fields",
                (
                    "It does not look at fields of an order which it sends itself, nor at those"
                    " that say nothing without another."
                ),
                _without_what_it_sends,
            ),
        )
    ),
    Difference(
        "identifiers in ScannerData",
        ScannerData,
        _from(v.PROTOBUF_SCAN_DATA),
        "It does not look at three fields of a contract that only requests use.",
        _elements_without_ids,
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
    Difference(
        "identifiers in SymbolSamples",
        SymbolSamples,
        _from(v.PROTOBUF_REST_MESSAGES_2),
        "It does not look at three fields of a contract that only requests use.",
        _found_contract(_without_ids),
    ),
    Difference(
        "closed list of exercises",
        ExecutionData,
        _from(v.PROTOBUF),
        "It takes a code that it does not know for none.",
        _known_exercise,
    ),
    Difference(
        "negative volatility",
        TickOptionComputation,
        EVER,
        "It takes every negative volatility for none; IB's other clients and we only -1.",
        lambda message: changed(message, implied_vol=_volatility(message.implied_vol)),
    ),
    Difference(
        "market depth of old servers",
        MktDepthExchanges,
        _below(v.SERVICE_DATA_TYPE),
        "It reads past the flag that tells the service there.",
        _without_services,
    ),
)
"""What it reads differently."""


def adapted(message: Any, version: int, known: tuple[Difference, ...]) -> Any:
    """Gives a message without what the two do differently at a server version."""
    for difference in known:
        if isinstance(message, difference.cls) and version in difference.versions:
            message = difference.adapt(message)
    return message
