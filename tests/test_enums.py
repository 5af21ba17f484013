"""Open enumerations: TWS may say what nobody has listed."""

import copy
import pickle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trio_tws import _enums
from trio_tws._enums import (
    MarketDataKind,
    OpenIntEnum,
    OpenStrEnum,
    OptionExerciseType,
    OrderStatusName,
    SecType,
    TickAttrib,
    TickType,
)

TICK_TYPE_NAMES = """
    bid_size bid ask ask_size last last_size high low volume close
    bid_option_computation ask_option_computation last_option_computation model_option open
    low_13_week high_13_week low_26_week high_26_week low_52_week high_52_week avg_volume
    open_interest option_historical_vol option_implied_vol option_bid_exch option_ask_exch
    option_call_open_interest option_put_open_interest option_call_volume option_put_volume
    index_future_premium bid_exch ask_exch auction_volume auction_price auction_imbalance mark_price
    bid_efp_computation ask_efp_computation last_efp_computation open_efp_computation
    high_efp_computation low_efp_computation close_efp_computation last_timestamp shortable
    fundamental_ratios rt_volume halted bid_yield ask_yield last_yield cust_option_computation
    trade_count trade_rate volume_rate last_rth_trade rt_historical_vol ib_dividends
    bond_factor_multiplier regulatory_imbalance news_tick short_term_volume_3_min
    short_term_volume_5_min short_term_volume_10_min delayed_bid delayed_ask delayed_last
    delayed_bid_size delayed_ask_size delayed_last_size delayed_high delayed_low delayed_volume
    delayed_close delayed_open rt_trd_volume creditman_mark_price creditman_slow_mark_price
    delayed_bid_option delayed_ask_option delayed_last_option delayed_model_option last_exch
    last_reg_time futures_open_interest avg_opt_volume delayed_last_timestamp shortable_shares
    delayed_halted reuters_2_mutual_funds etf_nav_close etf_nav_prior_close etf_nav_bid etf_nav_ask
    etf_nav_last etf_frozen_nav_last etf_nav_high etf_nav_low social_market_analytics
    estimated_ipo_midpoint final_ipo_last delayed_yield_bid delayed_yield_ask odd_lot_bid
    odd_lot_ask odd_lot_bid_size odd_lot_ask_size odd_lot_bid_exch odd_lot_ask_exch
"""
"""In the order of their ids, from 0 on. 47 is "not used" today; older servers have what it says."""

TICK_TYPES = TICK_TYPE_NAMES.split()

OPEN: list[tuple[type[Any], Any]] = [
    (SecType, "ICU"),
    (SecType, "two words"),
    (MarketDataKind, 9),
    (MarketDataKind, -1),
    (TickType, 999),
    (TickType, -(1 << 40)),
    (TickAttrib, 64),
    (TickAttrib, 65),
    (OrderStatusName, "Suspended"),
    (OptionExerciseType, 999),
]

BASES = (OpenIntEnum, OpenStrEnum)

KNOWN: list[tuple[type[Any], Any]] = [
    (cls, member.value)
    for cls in (getattr(_enums, name) for name in _enums.__all__)
    if cls not in BASES
    for member in cls
]


def test_tick_types_are_those_of_ib() -> None:
    assert {member.value: member.name.lower() for member in TickType} == dict(enumerate(TICK_TYPES))


@pytest.mark.parametrize(("cls", "value"), [*KNOWN, *OPEN])
def test_any_value_is_a_member_and_goes_back_as_it_came(cls: type[Any], value: Any) -> None:
    member = cls(value)

    assert isinstance(member, cls)
    assert (member, member.value) == (value, value)
    assert type(member.value) is type(value)
    assert (str(member), f"{member}") == (str(value), str(value))
    assert hash(member) == hash(cls(value)) == hash(value)
    assert {cls(value): "found"}[value] == "found"


@pytest.mark.parametrize(("cls", "value"), [*KNOWN, *OPEN])
def test_a_member_survives_copies_and_pickles(cls: type[Any], value: Any) -> None:
    member = cls(value)
    again = [copy.copy(member), copy.deepcopy(member), pickle.loads(pickle.dumps(member))]

    assert again == [member] * 3
    assert {type(one) for one in again} == {cls}
    assert {one.name for one in again} == {member.name}


@pytest.mark.parametrize(
    ("member", "name"),
    [
        (TickType(999), "<TickType.UNKNOWN_999: 999>"),
        (MarketDataKind(-1), "<MarketDataKind.UNKNOWN_-1: -1>"),
        (SecType("ICU"), "<SecType.UNKNOWN_ICU: 'ICU'>"),
        (TickType(1), "<TickType.BID: 1>"),
        (SecType("STK"), "<SecType.STOCK: 'STK'>"),
        (TickAttrib(65), "<TickAttrib.CAN_AUTO_EXECUTE|64: 65>"),
    ],
)
def test_a_member_says_what_it_is(member: Any, name: str) -> None:
    assert repr(member) == name


@given(st.integers())
def test_any_number_is_a_tick_type(number: int) -> None:
    assert TickType(number) == number
    assert TickType(number).name == (
        TICK_TYPES[number].upper() if 0 <= number < len(TICK_TYPES) else f"UNKNOWN_{number}"
    )


@settings(max_examples=50)
@given(st.text())
def test_any_text_is_a_kind_of_instrument(text: str) -> None:
    assert SecType(text) == text


@given(st.integers(0, 1 << 31))
def test_a_mask_keeps_the_bits_that_are_not_listed(mask: int) -> None:
    attribs = TickAttrib(mask)

    assert int(attribs) == mask
    assert (TickAttrib.PAST_LIMIT in attribs) is bool(mask & 2)
    assert int(attribs | TickAttrib.PRE_OPEN) == mask | 4


def test_what_is_not_listed_does_not_become_listed() -> None:
    before = list(TickType)

    assert TickType(999) == TickType(999)
    assert TickType(999) != TickType(998)

    assert list(TickType) == before


def test_a_member_of_another_enumeration_gives_its_value() -> None:
    assert type(TickType(MarketDataKind(999)).value) is int
    assert type(SecType(OtherText.ICU).value) is str
    assert SecType(OtherText.ICU).name == "UNKNOWN_ICU"


class OtherText(OpenStrEnum):
    ICU = "ICU"


@pytest.mark.parametrize(
    ("cls", "value"), [(TickType, "1"), (TickType, 1.5), (TickType, None), (SecType, 1)]
)
def test_a_value_of_another_type_is_refused(cls: type[Any], value: Any) -> None:
    with pytest.raises(ValueError, match="is not a valid"):
        cls(value)


def test_every_enumeration_is_open() -> None:
    for name in _enums.__all__:
        cls = getattr(_enums, name)
        assert issubclass(cls, OpenIntEnum | OpenStrEnum | TickAttrib)
