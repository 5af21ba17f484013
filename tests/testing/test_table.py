"""What the functions share that answer for the simulated TWS."""

import attrs
import pytest

from tests.testing.program import Program, running
from trio_tws import Bond, Contract, Future, ReqCurrentTime, Stock
from trio_tws.testing import SimulatedClient
from trio_tws.testing._answers import answer
from trio_tws.testing._table import (
    ANSWERS,
    answers,
    invalid,
    is_taken,
    only_match,
    says_something,
)


@attrs.frozen
class ReqMiracle:
    req_id: int


async def test_the_table_tells_who_answers() -> None:
    told: list[ReqCurrentTime] = []
    before = ANSWERS[ReqCurrentTime]

    @answers(ReqCurrentTime)
    def miracle(_: SimulatedClient, request: ReqCurrentTime) -> None:
        told.append(request)

    assert ANSWERS[ReqCurrentTime] is miracle
    try:
        async with running() as simulator:
            await Program.started(simulator)
            answer(simulator.clients[0], ReqCurrentTime())
    finally:
        ANSWERS[ReqCurrentTime] = before
    assert told == [ReqCurrentTime()]


async def test_what_makes_no_sense_is_refused_with_the_cause() -> None:
    async with running() as simulator:
        program = await Program.started(simulator)
        invalid(simulator.clients[0], 7, "it is nonsense")
        req_id, code, words = await program.error()
        assert (req_id, code) == (7, 321)
        assert words.endswith("cause - it is nonsense")


async def test_an_id_is_taken_while_its_request_is_under_way() -> None:
    async with running() as simulator:
        program = await Program.started(simulator)
        client = simulator.clients[0]
        assert not is_taken(client, 7)
        client.requests[7] = ReqMiracle(7)
        assert is_taken(client, 7)
        assert (await program.error())[:2] == (7, 322)


@pytest.mark.parametrize(
    ("contract", "is_something"),
    [
        (Contract(), False),
        (Contract(exchange="SMART", currency="USD"), False),
        (Contract(con_id=1), True),
        (Contract(symbol="AAPL"), True),
        (Contract(local_symbol="AAPL"), True),
        (Stock(isin="US0378331005"), True),
        (Bond(issuer_id="e1"), True),
    ],
)
def test_a_description_has_to_say_something(contract: Contract, is_something: bool) -> None:
    assert says_something(contract) is is_something


async def test_only_one_instrument_is_a_match() -> None:
    async with running() as simulator:
        program = await Program.started(simulator)
        client = simulator.clients[0]
        found = only_match(client, 7, Stock("AAPL"))
        assert found is not None
        assert found.con_id == 265598
        for wanted, words in (
            (Future("ES", exchange="CME"), "ambiguous"),
            (Stock("NOSUCH"), "No security definition"),
            (Contract(), "No security definition"),
        ):
            assert only_match(client, 7, wanted) is None
            req_id, code, told = await program.error()
            assert (req_id, code) == (7, 200)
            assert words in told
