from typing import Final

import pytest
import trio

from tests.testing.program import session
from trio_tws import (
    CancelCalcImpliedVolat,
    CancelCalcOptionPrice,
    Contract,
    CurrentTime,
    ReqCalcImpliedVolat,
    ReqCalcOptionPrice,
    ReqCurrentTime,
    Stock,
    TickOptionComputation,
    TickType,
)
from trio_tws.testing import INSTRUMENTS

OPTION: Final = Contract(con_id=next(one.con_id for one in INSTRUMENTS if one.sec_type == "OPT"))


@pytest.mark.parametrize("version", [100, 176, 226])
async def test_a_calculation_has_one_answer(version: int) -> None:
    async with session(version) as program:
        await program.send(ReqCalcOptionPrice(7, OPTION, 0.3, 230.0))
        priced = await program.until(TickOptionComputation)
        assert (priced.req_id, priced.tick_type) == (7, TickType.CUST_OPTION_COMPUTATION)
        assert priced.implied_vol == pytest.approx(0.3)
        assert priced.opt_price is not None
        await program.send(ReqCalcImpliedVolat(8, OPTION, priced.opt_price, 230.0))
        implied = await program.until(TickOptionComputation)
        assert (implied.req_id, implied.tick_type) == (8, TickType.CUST_OPTION_COMPUTATION)
        assert implied.implied_vol == pytest.approx(0.3)
        assert implied.opt_price == pytest.approx(priced.opt_price)
        await program.send(ReqCurrentTime())
        assert isinstance(await program.next(), CurrentTime)


@pytest.mark.parametrize(
    ("request_", "code", "words"),
    [
        (ReqCalcOptionPrice(7, OPTION, 0.0, 230.0), 321, "positive"),
        (ReqCalcImpliedVolat(7, OPTION, 1.0, 0.0), 321, "positive"),
        (ReqCalcImpliedVolat(7, Stock("AAPL"), 1.0, 230.0), 321, "AAPL is no option"),
        (ReqCalcImpliedVolat(7, Stock("NOSUCH"), 1.0, 230.0), 200, "No security definition"),
    ],
)
async def test_what_makes_no_sense_is_refused(request_: object, code: int, words: str) -> None:
    async with session() as program:
        req_id, answered, message = await program.error(request_)
        assert (req_id, answered) == (7, code)
        assert words in message


async def test_a_calculation_can_be_taken_back(autojump_clock: object) -> None:
    async with session(latency=5) as program:
        await program.send(
            ReqCalcOptionPrice(7, OPTION, 0.3, 230.0), ReqCalcImpliedVolat(8, OPTION, 9.0, 230.0)
        )
        assert (await program.error(ReqCalcOptionPrice(7, OPTION, 0.3, 230.0)))[:2] == (7, 322)
        await program.send(CancelCalcOptionPrice(7), CancelCalcImpliedVolat(8))
        await trio.sleep(10)
        await program.send(ReqCurrentTime())
        assert isinstance(await program.next(), CurrentTime)
