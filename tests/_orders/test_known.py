"""What a program knows, and how it keeps it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests._orders.telling import AAPL, executed, opened, record, status
from trio_tws._model.contracts import Contract
from trio_tws._model.positions import PositionData
from trio_tws._orders.known import Known, KnownOrder, held
from trio_tws._orders.trade_state import TradeState

AT_TWS = KnownOrder(900, 7, 5)


def state(*messages: object) -> TradeState:
    told = record()
    for message in messages:
        told.take(message)
    return told.state


def position(shares: int | None, account: str = "DU1", contract: Contract = AAPL) -> PositionData:
    return PositionData(account, contract, None if shares is None else Decimal(shares))


def test_a_snapshot_has_open_orders_executions_and_positions() -> None:
    states = [
        state(opened(), executed("a.01", 40)),
        state(),
        state(status("Cancelled", 10, 0), executed("b.01", 10)),
    ]
    known = Known.snapshot(states, [position(40)])

    assert known.open_orders == (AT_TWS, KnownOrder(0, 7, 5))
    assert known.exec_ids == {"a.01", "b.01"}
    assert known.positions == {("DU1", AAPL.con_id): 40}


def test_of_a_position_the_latest_counts_and_nothing_is_nothing() -> None:
    assert held([position(40), position(30)]) == {("DU1", AAPL.con_id): 30}
    assert held([position(40), position(0), position(None, "DU2")]) == {}


@pytest.mark.slow
@given(
    st.builds(
        Known,
        st.lists(
            st.builds(
                KnownOrder,
                st.integers(0, 2**63 - 1),
                st.integers(0, 999),
                st.none() | st.integers(-9, 2**31),
            )
        ).map(tuple),
        st.frozensets(st.text()),
        st.dictionaries(
            st.tuples(st.text(), st.integers(0, 2**31)),
            st.decimals(allow_nan=False, allow_infinity=False),
        ),
    )
)
def test_what_is_known_survives_as_json(known: Known) -> None:
    assert Known.from_json(known.to_json()) == known


WITH_POSITION = Known(positions={("DU1", 1): Decimal("1.5")}).to_json()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "3",
        "{}",
        '{"open_orders": [{}], "exec_ids": [], "positions": []}',
        '{"open_orders": [], "exec_ids": [], "positions": 3}',
        '{"open_orders": [], "exec_ids": [], "positions": ["one"]}',
        WITH_POSITION.replace("1.5", "many"),
    ],
)
def test_something_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"this is not what Known\.to_json gave"):
        Known.from_json(text)
