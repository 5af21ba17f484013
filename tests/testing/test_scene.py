import pytest

from trio_tws import CurrentTime, PlaceOrder, ReqIds
from trio_tws.testing import Farm, Rule, after, at, before, on


def is_big(order: PlaceOrder) -> bool:
    return True


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (at("10:00").halt("AAPL"), "at('10:00').halt('AAPL')"),
        (at(0).halt("AAPL", seconds=5, after=2), "at(0).halt('AAPL', after=2, seconds=5)"),
        (at(5).gap("ES", -2), "at(5).gap('ES', -2)"),
        (at(5).lose_farm(Farm.HISTORICAL), "at(5).lose_farm(Farm.HISTORICAL)"),
        (on(PlaceOrder, where=is_big).drop(), "on(PlaceOrder, where=is_big).drop()"),
        (on(PlaceOrder, nth=2).fill(3, 1.5), "on(PlaceOrder, nth=2).fill(Decimal('3'), 1.5)"),
        (on(PlaceOrder, client_id=4).cancel(), "on(PlaceOrder, client_id=4).cancel()"),
        (on(ReqIds, PlaceOrder).reject(1, "x"), "on(ReqIds, PlaceOrder).reject(1, 'x')"),
        (on(ReqIds).answer(CurrentTime), "on(ReqIds).answer(CurrentTime)"),
        (on(ReqIds).answer(ReqIds(), ReqIds()), "on(ReqIds).answer(ReqIds, ReqIds)"),
        (before(CurrentTime).reorder(within=2), "before(CurrentTime).reorder(2)"),
        (after(CurrentTime).lose_ib(5), "after(CurrentTime).lose_ib(5)"),
    ],
)
def test_a_rule_reads_as_it_was_written(rule: Rule, words: str) -> None:
    assert str(rule) == words
