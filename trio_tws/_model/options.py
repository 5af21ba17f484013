"""Options: the chains of an underlying, what TWS computes of a contract, and exercise."""

from trio_tws import _versions as v
from trio_tws._enums import ExerciseAction, SecType, TickType
from trio_tws._model.contracts import (
    CONTRACT_OUT,
    TAGS,
    Contract,
    DeltaNeutralContract,
    TagValue,
)
from trio_tws._model.ticks import ReqMktData
from trio_tws._wire import incoming, layout, outgoing, wire


@outgoing(56, version=1, proto=v.PROTOBUF_REST_MESSAGES_1)
class CancelCalcImpliedVolat:
    """Takes back a `ReqCalcImpliedVolat`.

    Source: EClient.cancelCalculateImpliedVolatility.
    """

    req_id: int = wire(1)


@outgoing(54, version=3, proto=v.PROTOBUF_REST_MESSAGES_1, cancel=CancelCalcImpliedVolat)
class ReqCalcImpliedVolat:
    """Asks which volatility a price of an option implies.

    The answer is a `TickOptionComputation`.

    Source: EClient.calculateImpliedVolatility.
    """

    req_id: int = wire(1)
    contract: Contract = wire(2)
    option_price: float = wire(3)
    """In the contract's currency."""
    under_price: float = wire(4)
    """The price of the underlying at which the option has that price, in its currency."""
    impl_vol_options: tuple[TagValue, ...] = wire(5, kind=TAGS, default=())
    """Normally empty; IB does not publish what may stand here."""


layout(
    ReqCalcImpliedVolat,
    ReqCalcImpliedVolat.req_id,
    *CONTRACT_OUT,
    ReqCalcImpliedVolat.option_price,
    ReqCalcImpliedVolat.under_price,
    ReqCalcImpliedVolat.impl_vol_options,
)


@outgoing(57, version=1, proto=v.PROTOBUF_REST_MESSAGES_1)
class CancelCalcOptionPrice:
    """Takes back a `ReqCalcOptionPrice`.

    Source: EClient.cancelCalculateOptionPrice.
    """

    req_id: int = wire(1)


@outgoing(55, version=3, proto=v.PROTOBUF_REST_MESSAGES_1, cancel=CancelCalcOptionPrice)
class ReqCalcOptionPrice:
    """Asks for the price of an option at a volatility.

    The answer is a `TickOptionComputation`.

    Source: EClient.calculateOptionPrice.
    """

    req_id: int = wire(1)
    contract: Contract = wire(2)
    volatility: float = wire(3)
    """As a fraction, a year: 0.2 for 20 per cent."""
    under_price: float = wire(4)
    """The price of the underlying, in its currency."""
    opt_prc_options: tuple[TagValue, ...] = wire(5, kind=TAGS, default=())
    """Normally empty; IB does not publish what may stand here."""


layout(
    ReqCalcOptionPrice,
    ReqCalcOptionPrice.req_id,
    *CONTRACT_OUT,
    ReqCalcOptionPrice.volatility,
    ReqCalcOptionPrice.under_price,
    ReqCalcOptionPrice.opt_prc_options,
)


@incoming(
    21,
    version=6,
    version_until=v.PRICE_BASED_VOLATILITY,
    proto=v.PROTOBUF_MARKET_DATA,
    answers=(ReqMktData, ReqCalcImpliedVolat, ReqCalcOptionPrice),
)
class TickOptionComputation:
    """What TWS computes of an option, from one of its prices or from its model.

    A market data line of an option has many; a calculation has one, normally of the type
    CUST_OPTION_COMPUTATION. What TWS could not compute is None.

    Source: EWrapper.tickOptionComputation.
    """

    req_id: int = wire(1, default=-1)
    tick_type: TickType = wire(2, default=TickType.BID_OPTION_COMPUTATION)
    """Which price it is computed from: bid, ask, last, the model's own, or the one given."""
    tick_attrib: int | None = wire(3, default=None, since=v.PRICE_BASED_VOLATILITY)
    """0 if the volatility is that of returns, 1 if that of prices."""
    implied_vol: float | None = wire(4, default=None, unset=-1.0)
    """As a fraction, a year: 0.2 for 20 per cent."""
    delta: float | None = wire(5, default=None, unset=-2.0)
    """Change of the option's price per unit of the underlying's."""
    opt_price: float | None = wire(6, default=None, unset=-1.0)
    """In the contract's currency."""
    pv_dividend: float | None = wire(7, default=None, unset=-1.0)
    """Present value of the dividends to be expected of the underlying, in its currency."""
    gamma: float | None = wire(8, default=None, unset=-2.0)
    """Change of delta per unit of the underlying's price."""
    vega: float | None = wire(9, default=None, unset=-2.0)
    """Change of the option's price per percentage point of volatility."""
    theta: float | None = wire(10, default=None, unset=-2.0)
    """Change of the option's price per day."""
    und_price: float | None = wire(11, default=None, unset=-1.0)
    """The price of the underlying that was used, in its currency."""


@incoming(56, version=1, answers=ReqMktData)
class DeltaNeutralValidation:
    """TWS has taken up a `ReqMktData` for a combination with a delta-neutral underlying.

    What the request left empty is filled in; it stays as it is until the request is cancelled.
    Never protobuf.

    Source: EWrapper.deltaNeutralValidation.
    """

    req_id: int = wire(1, default=-1)
    delta_neutral_contract: DeltaNeutralContract = wire(2, factory=DeltaNeutralContract)


@outgoing(78, since=v.SEC_DEF_OPT_PARAMS_REQ, proto=v.PROTOBUF_REST_MESSAGES_2)
class ReqSecDefOptParams:
    """Asks for the expirations and strikes of an underlying's options.

    TWS answers it at once, where a `ReqContractData` for a whole chain is throttled.

    Source: EClient.reqSecDefOptParams.
    """

    req_id: int = wire(1)
    underlying_symbol: str = wire(2)
    underlying_sec_type: SecType = wire(4)
    underlying_con_id: int = wire(5)
    fut_fop_exchange: str = wire(3, default="")
    """The exchange of options on a future; empty for all others."""


layout(
    ReqSecDefOptParams,
    ReqSecDefOptParams.req_id,
    ReqSecDefOptParams.underlying_symbol,
    ReqSecDefOptParams.fut_fop_exchange,
    ReqSecDefOptParams.underlying_sec_type,
    ReqSecDefOptParams.underlying_con_id,
)


@incoming(
    75,
    since=v.SEC_DEF_OPT_PARAMS_REQ,
    proto=v.PROTOBUF_REST_MESSAGES_2,
    answers=ReqSecDefOptParams,
)
class SecurityDefinitionOptionParameter:
    """The options of one trading class on one exchange.

    Not every expiration has every strike. `SecurityDefinitionOptionParameterEnd` follows the last.

    Source: EWrapper.securityDefinitionOptionParameter.
    """

    req_id: int = wire(1, default=-1)
    exchange: str = wire(2, default="")
    underlying_con_id: int = wire(3, default=0)
    trading_class: str = wire(4, default="")
    multiplier: str = wire(5, default="")
    expirations: tuple[str, ...] = wire(6, default=())
    """Each yyyymmdd, in no order that IB promises."""
    strikes: tuple[float, ...] = wire(7, default=())
    """In the contract's currency, in no order that IB promises."""


@incoming(
    76,
    since=v.SEC_DEF_OPT_PARAMS_REQ,
    proto=v.PROTOBUF_REST_MESSAGES_2,
    answers=ReqSecDefOptParams,
    ends=True,
)
class SecurityDefinitionOptionParameterEnd:
    """There are no more options for a `ReqSecDefOptParams`.

    Source: EWrapper.securityDefinitionOptionParameterEnd.
    """

    req_id: int = wire(1, default=-1)


@outgoing(21, version=2, proto=v.PROTOBUF_REST_MESSAGES_1, is_trade=True)
class ExerciseOptions:
    """Exercises options that an account holds, or lets them lapse.

    To TWS this is an order: the id is an order id, refusals are errors with it, and what becomes of
    it comes as the state of that order.

    Source: EClient.exerciseOptions.
    """

    order_id: int = wire(1)
    contract: Contract = wire(2)
    exercise_action: ExerciseAction = wire(3)
    exercise_quantity: int = wire(4)
    """How many contracts."""
    account: str = wire(5, default="")
    override: bool = wire(6, default=False)
    """Do it even where it is against what would happen by itself, as with an option that is out of
    the money and is exercised."""
    manual_order_time: str = wire(7, default="", since=v.MANUAL_ORDER_TIME_EXERCISE_OPTIONS)
    """When a person decided it: ``yyyymmdd-hh:mm:ss`` in UTC."""
    customer_account: str = wire(8, default="", since=v.CUSTOMER_ACCOUNT)
    """Whose order it is, where a broker sends it for a customer."""
    professional_customer: bool = wire(9, default=False, since=v.PROFESSIONAL_CUSTOMER)
    """Whether that customer is a professional."""


C, X = Contract, ExerciseOptions

layout(
    ExerciseOptions,
    X.order_id,
    *(field for field in CONTRACT_OUT if field is not C.primary_exchange),
    X.exercise_action,
    X.exercise_quantity,
    X.account,
    X.override,
    X.manual_order_time,
    X.customer_account,
    X.professional_customer,
)
