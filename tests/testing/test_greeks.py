from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.testing.program import START, session
from trio_tws import Contract, ReqMktData, TickOptionComputation, TickType
from trio_tws import _versions as v
from trio_tws.testing import INSTRUMENTS, Instrument, Market
from trio_tws.testing._greeks import (
    computation,
    computation_of_model,
    implied_volatility,
    years_left,
)
from trio_tws.testing._lines import Line
from trio_tws.testing._path import expiry_of, option_price
from trio_tws.testing._shapes import YEAR

NOW: Final = START.timestamp()
OPTIONS: Final = [one for one in INSTRUMENTS if one.sec_type == "OPT"]
CALL: Final = next(one for one in OPTIONS if one.right == "C")
MARKET: Final = Market(INSTRUMENTS)
KIND: Final = TickType.CUST_OPTION_COMPUTATION

options = st.sampled_from(OPTIONS)


def value(option: Instrument, spot: float, volatility: float, now: float = NOW) -> float:
    return option_price(
        spot=spot,
        strike=option.strike,
        right=option.right,
        volatility=volatility,
        years=years_left(option, now),
    )


@given(options, st.floats(0.6, 1.6), st.floats(0.1, 1.0))
def test_greeks_are_how_the_price_changes(
    option: Instrument, moneyness: float, volatility: float
) -> None:
    spot, step = option.strike * moneyness, option.strike / 1000
    made = computation(KIND, option, spot, volatility, NOW, 226)
    assert made.delta is not None
    assert made.gamma is not None
    middle = value(option, spot, volatility)
    up, down = value(option, spot + step, volatility), value(option, spot - step, volatility)
    assert made.opt_price == middle
    assert made.delta == pytest.approx((up - down) / (2 * step), abs=1e-3)
    assert made.gamma == pytest.approx((up - 2 * middle + down) / step**2, rel=0.05, abs=1e-4)
    more = value(option, spot, volatility + 0.0001) - value(option, spot, volatility - 0.0001)
    assert made.vega == pytest.approx(more / 0.02, rel=0.01, abs=1e-4)
    later = value(option, spot, volatility, NOW + YEAR / 365)
    assert made.theta == pytest.approx(later - middle, rel=0.05, abs=1e-3)


@given(options, st.floats(0.8, 1.2), st.floats(0.2, 1.0))
def test_the_implied_volatility_gives_the_price_again(
    option: Instrument, moneyness: float, volatility: float
) -> None:
    spot = option.strike * moneyness
    price = value(option, spot, volatility)
    found = implied_volatility(option, price, spot, NOW)
    assert found is not None
    assert value(option, spot, found) == pytest.approx(price)
    assert found == pytest.approx(volatility, rel=1e-3)


def test_a_price_that_no_volatility_has_implies_none() -> None:
    assert implied_volatility(CALL, 2 * CALL.strike, CALL.strike, NOW) is None
    assert implied_volatility(CALL, 1.0, 2 * CALL.strike, NOW) is None
    made = computation(KIND, CALL, 230.0, None, NOW, 226, 1.0)
    assert made == TickOptionComputation(
        tick_type=KIND, tick_attrib=0, opt_price=1.0, und_price=230.0
    )


def test_a_price_that_is_given_stays() -> None:
    made = computation(KIND, CALL, 230.0, 0.3, NOW, 226, 7.0)
    assert made.opt_price == 7.0
    assert made.delta is not None


def test_an_expired_option_has_no_greeks() -> None:
    after = expiry_of(CALL) + 1
    assert years_left(CALL, after) == 0
    assert computation(KIND, CALL, 230.0, 0.3, after, 226).delta is None


@pytest.mark.parametrize("version", [v.PRICE_BASED_VOLATILITY - 1, v.PRICE_BASED_VOLATILITY])
def test_the_model_is_that_of_the_market(version: int) -> None:
    model = computation_of_model(MARKET, CALL, NOW + 30, version)
    quote = MARKET.quote(CALL.con_id, NOW + 30)
    assert quote is not None
    assert model.opt_price is not None
    assert quote.bid - 0.02 <= model.opt_price <= quote.ask + 0.02
    assert model.implied_vol == CALL.volatility
    assert model.und_price == MARKET.price(CALL.under_con_id, NOW - NOW % 60)
    assert model.tick_type is TickType.MODEL_OPTION
    assert model.tick_attrib == (0 if version >= v.PRICE_BASED_VOLATILITY else None)


def test_a_line_of_an_option_tells_the_model_when_it_is_new() -> None:
    line = Line(MARKET, CALL, 7)

    def told(now: float) -> list[TickOptionComputation]:
        return [one for one in line.news(now, 226) if isinstance(one, TickOptionComputation)]

    (first,) = told(NOW)
    assert first.req_id == 7
    assert told(NOW + 59) == []
    assert len(told(NOW + 60)) == 1


@pytest.mark.parametrize("version", [100, 176, 226])
async def test_the_model_goes_over_the_wire(version: int) -> None:
    async with session(version) as program:
        await program.send(ReqMktData(7, Contract(con_id=CALL.con_id)))
        model = await program.until(TickOptionComputation)
        assert model.req_id == 7
        assert model.delta is not None
        assert 0 < model.delta < 1
