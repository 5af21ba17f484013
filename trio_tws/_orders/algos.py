"""IB's algorithms, each with its parameters: strategies by which IB works an order off.

A parameter is spelt as its field is, in the way of IB: ``max_pct_vol`` travels as ``maxPctVol``.
What is None is not sent, which leaves it to TWS. Volumes are fractions: 0.1 is 10 %.

Times are aware. A moment is sent in GMT, with its day; a time of day with the name of its zone, and
counts on the day of the order. IB's own samples write both, as ``20161010-12:00:00 GMT`` and
``09:00:00 US/Eastern``.

Source: IB's page "IB Algorithms", in the documentation of the TWS API, and the samples that come
with the API (AvailableAlgoParams).
"""

from datetime import datetime, time
from enum import Enum, StrEnum
from typing import Final, final
from zoneinfo import ZoneInfo

import attrs

from trio_tws._model.contracts import TagValue
from trio_tws._model.moments import utc_text
from trio_tws._model.orders import Order
from trio_tws._orders.numbers import finite, whole
from trio_tws._wire import evolve
from trio_tws._wire.late import frozen

Moment = datetime | time
"""When an algorithm starts or ends: a datetime, or a time of day in a `zoneinfo.ZoneInfo`."""

_LEAST_VOLUME: Final = 0.01
_MOST_VOLUME: Final = 0.5


class AdaptivePriority(StrEnum):
    """How long `Adaptive` looks for a better price."""

    URGENT = "Urgent"
    NORMAL = "Normal"
    PATIENT = "Patient"


class RiskAversion(StrEnum):
    """How fast an algorithm trades, against how much it moves the market."""

    GET_DONE = "Get Done"
    AGGRESSIVE = "Aggressive"
    NEUTRAL = "Neutral"
    PASSIVE = "Passive"


class TWAPStrategy(StrEnum):
    """When `TWAP` trades: at the market, or once the price of the order is matched."""

    MARKETABLE = "Marketable"
    MATCHING_MIDPOINT = "Matching Midpoint"
    MATCHING_SAME_SIDE = "Matching Same Side"
    MATCHING_LAST = "Matching Last"


# Checks ...........................................................................................


def _volume(_: object, attribute: "attrs.Attribute[float]", value: float | None) -> None:
    if value is not None and not _LEAST_VOLUME <= value <= _MOST_VOLUME:
        raise ValueError(
            f"{attribute.name}={value!r} is a fraction from {_LEAST_VOLUME} to {_MOST_VOLUME}:"
            " 0.1 is 10 %"
        )


def _finite(_: object, attribute: "attrs.Attribute[float]", value: float) -> None:
    finite(attribute.name, value)


def _size(_: object, attribute: "attrs.Attribute[int]", value: int) -> None:
    whole(attribute.name, value)


def _moment(_: object, attribute: "attrs.Attribute[Moment]", value: Moment | None) -> None:
    if value is not None:
        _moment_text(attribute.name, value)


def _aware(_: object, attribute: "attrs.Attribute[datetime]", value: datetime | None) -> None:
    if value is not None:
        utc_text(attribute.name, value)


def _moment_text(name: str, moment: Moment) -> str:
    if isinstance(moment, datetime):
        return f"{utc_text(name, moment)} GMT"
    if not isinstance(moment.tzinfo, ZoneInfo):
        raise ValueError(  # noqa: TRY004 - of a time that is one, but says too little
            f"{name}={moment} has no zone with a name; give a time with"
            " tzinfo=zoneinfo.ZoneInfo(...), or an aware datetime"
        )
    return f"{moment:%H:%M:%S} {moment.tzinfo.key}"


# Algorithms .......................................................................................


@final
@frozen
class Adaptive:
    """Looks for a better price between bid and ask; for market and limit orders."""

    adaptive_priority: AdaptivePriority = attrs.field(
        default=AdaptivePriority.NORMAL, converter=AdaptivePriority
    )


@final
@frozen(kw_only=True)
class VWAP:
    """Trades at the volume-weighted average price, from now or a start to the close or an end."""

    max_pct_vol: float | None = attrs.field(default=None, validator=_volume)
    """The most of the average daily volume."""
    start_time: Moment | None = attrs.field(default=None, validator=_moment)
    end_time: Moment | None = attrs.field(default=None, validator=_moment)
    allow_past_end_time: bool | None = None
    """Goes on after the end until it is filled."""
    no_take_liq: bool | None = None
    """Tries never to take liquidity."""
    speed_up: bool | None = None
    """Trades faster when the market nears the limit price; older TWS don't know it."""


@final
@frozen(kw_only=True)
class TWAP:
    """Trades at the time-weighted average price, from now or a start to the close or an end."""

    strategy_type: TWAPStrategy | None = attrs.field(
        default=None, converter=attrs.converters.optional(TWAPStrategy)
    )
    """Newer samples of IB leave it out."""
    start_time: Moment | None = attrs.field(default=None, validator=_moment)
    end_time: Moment | None = attrs.field(default=None, validator=_moment)
    allow_past_end_time: bool | None = None
    """Goes on after the end until it is filled."""


@final
@frozen(kw_only=True)
class ArrivalPrice:
    """Trades near the midpoint that the market has when the order arrives."""

    max_pct_vol: float = attrs.field(validator=_volume)
    """The most of the average daily volume."""
    risk_aversion: RiskAversion = attrs.field(converter=RiskAversion)
    start_time: Moment | None = attrs.field(default=None, validator=_moment)
    end_time: Moment | None = attrs.field(default=None, validator=_moment)
    force_completion: bool | None = None
    """Tries to be done by the end of the day."""
    allow_past_end_time: bool | None = None
    """Goes on after the end until it is filled."""


@final
@frozen(kw_only=True)
class ClosePrice:
    """Trades near the closing price, without moving it."""

    max_pct_vol: float = attrs.field(validator=_volume)
    """The most of the average daily volume."""
    risk_aversion: RiskAversion = attrs.field(converter=RiskAversion)
    start_time: Moment | None = attrs.field(default=None, validator=_moment)
    force_completion: bool | None = None
    """Tries to be done by the end of the day."""


@final
@frozen(kw_only=True)
class PercentOfVolume:
    """Trades as a share of the volume that the market has."""

    pct_vol: float = attrs.field(validator=_volume)
    start_time: Moment | None = attrs.field(default=None, validator=_moment)
    end_time: Moment | None = attrs.field(default=None, validator=_moment)
    no_take_liq: bool | None = None
    """Tries never to take liquidity."""


@final
@frozen(kw_only=True)
class PriceVariantPercentOfVolume:
    """Trades as a share of the volume, which grows as the price gets better."""

    pct_vol: float = attrs.field(validator=_volume)
    """The share at the price at which the order arrives."""
    delta_pct_vol: float = attrs.field(validator=_finite)
    """How much the share changes with the price."""
    min_pct_vol4_px: float = attrs.field(validator=_volume)
    """The least share."""
    max_pct_vol4_px: float = attrs.field(validator=_volume)
    """The greatest share."""
    start_time: Moment | None = attrs.field(default=None, validator=_moment)
    end_time: Moment | None = attrs.field(default=None, validator=_moment)
    no_take_liq: bool | None = None
    """Tries never to take liquidity."""

    def __attrs_post_init__(self) -> None:
        """Refuses shares that leave nothing between them."""
        if self.min_pct_vol4_px > self.max_pct_vol4_px:
            raise ValueError(
                f"min_pct_vol4_px={self.min_pct_vol4_px!r} is above"
                f" max_pct_vol4_px={self.max_pct_vol4_px!r}"
            )


@final
@frozen(kw_only=True)
class SizeVariantPercentOfVolume:
    """Trades as a share of the volume, which changes with how much is left."""

    start_pct_vol: float = attrs.field(validator=_volume)
    end_pct_vol: float = attrs.field(validator=_volume)
    start_time: Moment | None = attrs.field(default=None, validator=_moment)
    end_time: Moment | None = attrs.field(default=None, validator=_moment)
    no_take_liq: bool | None = None
    """Tries never to take liquidity."""


@final
@frozen(kw_only=True)
class TimeVariantPercentOfVolume:
    """Trades as a share of the volume, which changes with the time."""

    start_pct_vol: float = attrs.field(validator=_volume)
    end_pct_vol: float = attrs.field(validator=_volume)
    start_time: Moment | None = attrs.field(default=None, validator=_moment)
    end_time: Moment | None = attrs.field(default=None, validator=_moment)
    no_take_liq: bool | None = None
    """Tries never to take liquidity."""


@final
@frozen(kw_only=True)
class DarkIce:
    """Shows a part of the order, varied at random by up to half, and now and then nothing."""

    display_size: int = attrs.field(validator=_size)
    start_time: Moment | None = attrs.field(default=None, validator=_moment)
    end_time: Moment | None = attrs.field(default=None, validator=_moment)
    allow_past_end_time: bool | None = None
    """Goes on after the end until it is filled."""


@final
@frozen(kw_only=True)
class AccumulateDistribute:
    """Cuts a large order into pieces, at intervals; both can be varied at random."""

    component_size: int = attrs.field(validator=_size)
    """The size of a piece."""
    time_between_orders: int = attrs.field(validator=_size)
    """In seconds."""
    randomize_time20: bool | None = None
    """By up to 20 %."""
    randomize_size55: bool | None = None
    """By up to 55 %."""
    give_up: int | None = None
    """The number of a clearing firm."""
    catch_up: bool | None = None
    """When behind the schedule, trades at once."""
    wait_for_fill: bool | None = None
    """A piece is placed only once the one before is filled."""
    active_time_start: datetime | None = attrs.field(default=None, validator=_aware)
    """A moment, for TWS takes a time of day for one in GMT here, whatever zone it has."""
    active_time_end: datetime | None = attrs.field(default=None, validator=_aware)


@final
@frozen(kw_only=True)
class BalanceImpactRisk:
    """Weighs moving the market against the market's moves; for options."""

    max_pct_vol: float = attrs.field(validator=_volume)
    """The most of the average daily volume."""
    risk_aversion: RiskAversion = attrs.field(converter=RiskAversion)
    force_completion: bool | None = None
    """Tries to be done by the end of the day."""


@final
@frozen(kw_only=True)
class MinimizeImpact:
    """Cuts a large order up so that it moves the market as little as it can; for options."""

    max_pct_vol: float = attrs.field(validator=_volume)
    """The most of the average daily volume."""


@final
@frozen
class OtherAlgo:
    """An algorithm that has no class here, as those of Jefferies and CSFB: in IB's own words."""

    strategy: str
    params: tuple[TagValue, ...] = ()


Algo = (
    Adaptive
    | VWAP
    | TWAP
    | ArrivalPrice
    | ClosePrice
    | PercentOfVolume
    | PriceVariantPercentOfVolume
    | SizeVariantPercentOfVolume
    | TimeVariantPercentOfVolume
    | DarkIce
    | AccumulateDistribute
    | BalanceImpactRisk
    | MinimizeImpact
    | OtherAlgo
)
"""A strategy by which IB works an order off."""

STRATEGIES: Final[dict[type, str]] = {
    Adaptive: "Adaptive",
    VWAP: "Vwap",
    TWAP: "Twap",
    ArrivalPrice: "ArrivalPx",
    ClosePrice: "ClosePx",
    PercentOfVolume: "PctVol",
    PriceVariantPercentOfVolume: "PctVolPx",
    SizeVariantPercentOfVolume: "PctVolSz",
    TimeVariantPercentOfVolume: "PctVolTm",
    DarkIce: "DarkIce",
    AccumulateDistribute: "AD",
    BalanceImpactRisk: "BalanceImpactRisk",
    MinimizeImpact: "MinImpact",
}
"""What IB calls each."""


def with_algo(order: Order, algo: Algo) -> Order:
    """Gives an order that IB works off by a strategy; it takes market or limit orders.

    Args:
        order: The order. A strategy that it had before is forgotten.
        algo: The strategy, with its parameters.
    """
    if isinstance(algo, OtherAlgo):
        return evolve(order, algo_strategy=algo.strategy, algo_params=algo.params)
    said = ((field.name, getattr(algo, field.name)) for field in attrs.fields(type(algo)))
    return evolve(
        order,
        algo_strategy=STRATEGIES[type(algo)],
        algo_params=tuple(
            TagValue(_spelt(name), _text(name, value)) for name, value in said if value is not None
        ),
    )


def _spelt(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(part.capitalize() for part in others)


def _text(name: str, value: object) -> str:
    match value:
        case bool():
            return str(int(value))
        case Enum():
            return str(value.value)
        case datetime() | time():
            return _moment_text(name, value)
        case _:
            return str(value)
