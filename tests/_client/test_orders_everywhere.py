"""Programs that trade, cancelled at every checkpoint, and cut off after every byte.

There are never two orders for one call, and never one that neither the program nor its exception
knows; and an order that is tied to a block does not outlive it, unless an exception names it.
"""

from collections.abc import Coroutine, Iterable
from typing import Any

import pytest
import trio

from tests._client.order_trials import PATIENCE, PROGRAMS, Break, Trial, orders_named_by, try_out
from tests._client.test_cancel_everywhere import cancelled_at
from trio_tws import ConnectFailed, ConnectionLost, OrderInDoubt
from trio_tws.testing import OrderFaults

pytestmark = pytest.mark.no_cover

SLOW = OrderFaults(acknowledge_delay=0.2, cancel_delay=0.3, commission_delay=0.1)
"""A TWS that takes its time, so that much can happen meanwhile."""

AWKWARD = OrderFaults(repeats_status=True, shuffle_seed=1)

VERSIONS = pytest.mark.parametrize("version", [176, 226])
NAMES = pytest.mark.parametrize("name", ["plain", "tied"])


def whole(name: str, version: int, faults: OrderFaults | None = None) -> Trial:
    """Runs a program without a break."""
    trial = try_out(PROGRAMS[name], version, faults=faults)
    trial.check()
    assert trial.error is None
    assert trial.ledger.has_ended
    assert len(trial.booked) == trial.ledger.asked == len(trial.ledger.trades)
    return trial


@VERSIONS
@pytest.mark.parametrize("faults", [None, SLOW, AWKWARD])
def test_each_call_makes_one_order(version: int, faults: OrderFaults | None) -> None:
    plain = whole("plain", version, faults)
    tied = whole("tied", version, faults)

    assert sorted(plain.placed.values()) == [1, 1, 1, 1, 1, 2]  # one of them was changed
    assert [booked.is_done for booked in plain.booked] == [True, True, False, False, False, False]
    assert len(tied.ledger.confirmed) == len(tied.booked) == 6
    assert all(booked.is_done for booked in tied.booked)


# Cancelled at every checkpoint ....................................................................


def cancelled(name: str, version: int, number: int, faults: OrderFaults | None) -> Trial:
    async def wrap(work: Coroutine[Any, Any, None], scope: trio.CancelScope) -> None:
        await cancelled_at(work, number, scope, [0])

    return try_out(PROGRAMS[name], version, faults=faults, wrap=wrap)


@pytest.mark.slow
@NAMES
@VERSIONS
@pytest.mark.parametrize("faults", [None, SLOW])
def test_cancelled_at_any_checkpoint_every_order_is_known(
    name: str, version: int, faults: OrderFaults | None
) -> None:
    number, unharmed, counts = 0, 0, set[int]()
    while unharmed < 3:  # the number of checkpoints depends on how trio takes turns
        number += 1
        trial = cancelled(name, version, number, faults)
        unharmed += not trial.was_cancelled
        assert trial.error is None, (number, trial.error)
        assert set(trial.placed) == {trade.order_id for trade in trial.ledger.trades}, number
        assert not trial.ledger.in_doubt, number
        trial.check()
        counts.add(len(trial.booked))
        assert trial.seconds < PATIENCE, number
    assert number > 20
    assert len(counts) >= 4
    assert {0, 6} <= counts


# Cut after every byte .............................................................................


def check_breaks(name: str, version: int, breaks: Iterable[Break]) -> set[tuple[int, bool]]:
    """Cuts the connection in many places, and looks at what is known then.

    Returns:
        How many orders there were in the books of TWS, and whether one was in doubt, of each.
    """
    found = set[tuple[int, bool]]()
    for end in breaks:
        trial = try_out(PROGRAMS[name], version, end=end, faults=SLOW)
        context = (name, version, end, trial.error)
        try:
            trial.check()
        except AssertionError as error:
            error.add_note(repr(context))
            raise
        alive = [booked.order_id for booked in trial.booked if not booked.is_done]
        if not end.is_silent:
            in_doubt = bool(trial.ledger.in_doubt)
            if trial.error is None:  # cut as it left: what it placed last was never heard of
                assert trial.ledger.has_ended, context
            else:
                kinds = (ConnectFailed, ConnectionLost, OrderInDoubt)
                assert isinstance(trial.error, kinds), context
            assert in_doubt == isinstance(trial.error, OrderInDoubt), context
            in_doubt_ids = {trade.order_id for trade in trial.ledger.in_doubt}
            assert orders_named_by(trial.error) == in_doubt_ids, context
        if name == "tied":
            assert set(alive) <= {trade.order_id for trade in trial.ledger.in_doubt}, context
        found.add((len(trial.booked), bool(trial.ledger.in_doubt)))
    return found


@pytest.mark.slow
@NAMES
@VERSIONS
@pytest.mark.parametrize("is_silent", [False, True])
def test_cut_off_anywhere_every_order_is_known(name: str, version: int, *, is_silent: bool) -> None:
    step = 997 if is_silent else 503  # primes share no factor with the length of any frame
    found = check_breaks(name, version, breaks(name, version, step, is_silent=is_silent))

    assert any(is_in_doubt for _, is_in_doubt in found) == (name == "tied")
    assert len({count for count, _ in found}) >= 3


SHARE = 4
"""In so many parts the longest test is done, side by side."""


@pytest.mark.wide
@pytest.mark.parametrize("part", range(SHARE))
def test_cut_off_after_every_byte_each_order_is_known(part: int) -> None:
    check_breaks("few", 226, breaks("few", 226, 1, is_silent=False)[part::SHARE])


@pytest.mark.wide
@pytest.mark.parametrize(("version", "step", "is_silent"), [(176, 5, False), (226, 21, True)])
def test_cut_off_after_many_bytes_each_order_is_known(
    version: int, step: int, *, is_silent: bool
) -> None:
    """Text differs in its bytes alone; and where nobody is told, it matters less which is last."""
    check_breaks("few", version, breaks("few", version, step, is_silent=is_silent))


def breaks(name: str, version: int, step: int, *, is_silent: bool) -> list[Break]:
    """Gives places to cut, from where the session begins, in either direction."""
    full = whole(name, version, SLOW)
    sent = [Break(sent=at, is_silent=is_silent) for at in range(60, full.sent, step)]
    received = [Break(received=at, is_silent=is_silent) for at in range(60, full.received, step)]
    return sent + received
