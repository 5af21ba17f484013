"""Orders that belong together, and the ids they get."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trio_tws import (
    GroupedOrder,
    LimitOrder,
    MarketOrder,
    OcaType,
    OrderGroup,
    Stock,
    StopOrder,
    attach,
    evolve,
    one_cancels_all,
)

ENTRY = LimitOrder("BUY", 100, 30)
PROFIT = LimitOrder("SELL", 100, 40)
LOSS = StopOrder("SELL", 100, 20)
HELD = evolve(ENTRY, transmit=False)
IBM = Stock("IBM")


def places(group: OrderGroup) -> list[int | None]:
    return [grouped.parent for grouped in group.orders]


def sent(group: OrderGroup, first: int = 1) -> list[tuple[int, int, bool]]:
    """The id, the parent's and whether it is transmitted."""
    return [(at, order.parent_id, order.transmit) for at, _, order in group.numbered(first)]


def test_children_hang_on_their_parent() -> None:
    group = attach(ENTRY, PROFIT, LOSS)

    assert [grouped.order for grouped in group.orders] == [ENTRY, PROFIT, LOSS]
    assert places(group) == [None, 0, 0]
    assert sent(group, 7) == [(7, 0, False), (8, 7, False), (9, 7, True)]


def test_children_may_have_children() -> None:
    group = attach(ENTRY, attach(PROFIT, LOSS), MarketOrder("BUY", 1))

    assert places(group) == [None, 0, 1, 0]
    assert sent(group) == [(1, 0, False), (2, 1, False), (3, 2, False), (4, 1, True)]


def test_a_parent_may_have_some_already() -> None:
    group = attach(attach(ENTRY, PROFIT), LOSS)

    assert places(group) == [None, 0, 0]


def test_an_order_brings_its_own_contract() -> None:
    group = attach(ENTRY, GroupedOrder(PROFIT, contract=IBM))

    assert [contract for _, contract, _ in group.numbered(1)] == [None, IBM]


def test_one_cancels_all_others() -> None:
    group = one_cancels_all(ENTRY, PROFIT, LOSS, oca_group="g", oca_type=OcaType.REDUCE)

    assert {(g.order.oca_group, g.order.oca_type) for g in group.orders} == {("g", 3)}
    assert sent(group) == [(1, 0, True), (2, 0, True), (3, 0, True)]


def test_a_group_without_a_name_gets_one_that_no_other_has() -> None:
    names = [one_cancels_all(ENTRY, PROFIT).orders[0].order.oca_group for _ in range(2)]

    assert names[0] != names[1]
    assert all(name.startswith("oca-") for name in names)


def test_an_order_joins_a_group_by_its_name() -> None:
    (only,) = one_cancels_all(ENTRY, oca_group="g").orders

    assert (only.order.oca_group, only.order.oca_type) == ("g", OcaType.CANCEL_WITH_BLOCK)


def test_of_brackets_the_entries_cancel_one_another() -> None:
    group = one_cancels_all(attach(ENTRY, LOSS), attach(PROFIT, LOSS), ENTRY, oca_group="g")

    assert [g.order.oca_group for g in group.orders] == ["g", "", "g", "", "g"]
    assert places(group) == [None, 0, None, 2, None]
    assert sent(group) == [
        (1, 0, False),
        (2, 1, True),
        (3, 0, False),
        (4, 3, True),
        (5, 0, True),
    ]


@pytest.mark.parametrize("group", [OrderGroup((GroupedOrder(HELD),)), attach(ENTRY, HELD)])
def test_what_its_owner_holds_stays_held(group: OrderGroup) -> None:
    assert not any(order.transmit for _, _, order in group.numbered(1))


def test_ids_need_not_follow_one_another() -> None:
    numbered = attach(ENTRY, PROFIT, LOSS).numbered([3, 5, 9])

    assert [(at, order.parent_id) for at, _, order in numbered] == [(3, 0), (5, 3), (9, 3)]


trees = st.lists(st.integers(min_value=0), min_size=1, max_size=8).map(
    lambda seeds: tuple(
        GroupedOrder(ENTRY, parent=(None, *range(at))[seed % (at + 1)])
        for at, seed in enumerate(seeds)
    )
)


@given(trees)
def test_tws_sends_nothing_of_a_family_before_it_has_all_of_it(
    orders: tuple[GroupedOrder, ...],
) -> None:
    heads: dict[int, int] = {}
    last: dict[int, bool] = {}
    for at, _, order in OrderGroup(orders).numbered(1):
        heads[at] = heads[order.parent_id] if order.parent_id else at
        assert not last.get(heads[at]), "one came after its family was released"
        last[heads[at]] = order.transmit
    assert all(last.values())


@pytest.mark.parametrize(
    ("ids", "words"),
    [
        ([1], "1 ids for 2 orders"),
        ([1, 2, 3], "3 ids for 2 orders"),
        ([2, 2], r"ids=\[2, 2\] do not rise from above zero"),
        ([3, 2], r"ids=\[3, 2\] do not rise"),
        (0, r"ids=\[0, 1\] do not rise"),
        ([-1, 1], r"ids=\[-1, 1\] do not rise"),
    ],
)
def test_ids_that_tws_would_not_take_are_refused(ids: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        attach(ENTRY, PROFIT).numbered(ids)


@pytest.mark.parametrize("parent", [-1, 1, 5])
def test_a_parent_stands_before_its_children(parent: int) -> None:
    with pytest.raises(ValueError, match=rf"orders\[1\] has parent={parent}; it stands at"):
        OrderGroup((GroupedOrder(ENTRY), GroupedOrder(PROFIT, parent)))


def test_a_group_is_not_empty() -> None:
    with pytest.raises(ValueError, match="a group has no orders"):
        OrderGroup(())


def test_nothing_to_attach_is_refused() -> None:
    with pytest.raises(ValueError, match=r"attach\(\) needs an order to attach"):
        attach(ENTRY)


def test_an_order_has_a_place_only_in_its_own_group() -> None:
    with pytest.raises(ValueError, match=r"orders\[0\] has parent=0"):
        attach(ENTRY, GroupedOrder(PROFIT, parent=0))


@pytest.mark.parametrize(("count", "name"), [(0, ""), (1, ""), (0, "g")])
def test_one_alone_can_cancel_no_other(count: int, name: str) -> None:
    with pytest.raises(ValueError, match=f"needs two orders or more, not {count}"):
        one_cancels_all(*[ENTRY] * count, oca_group=name)


def test_an_order_is_in_one_group() -> None:
    group = one_cancels_all(ENTRY, PROFIT, oca_group="g")
    with pytest.raises(ValueError, match=r"orders\[1\] is in oca_group='g'"):
        one_cancels_all(LOSS, group)


def test_there_are_three_types() -> None:
    wrong: Any = 4
    with pytest.raises(ValueError, match="4 is not a valid OcaType"):
        one_cancels_all(ENTRY, PROFIT, oca_type=wrong)
