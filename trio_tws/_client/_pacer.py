"""Lets each request wait for its turn, on trio's clock.

`RequestPacing` tells whose turn it is and when to ask again; here the tasks sleep. No task has to
wake them: each sleeps in a scope, and whoever changes something ends the scope of the next one, or
sets the deadline of one of them to the time at which to ask again.

One request at a time has the turn. It goes on as soon as that one is queued, has failed, or is
cancelled, which is before its task comes to another checkpoint.
"""

import math
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import final

import trio

from trio_tws._client._outbox import Outbox
from trio_tws._wire.late import frozen
from trio_tws.protocol._counts import Slot, is_counted
from trio_tws.protocol._limits import Pacing
from trio_tws.protocol._pacing import RequestPacing, Ticket
from trio_tws.protocol._priority import Rank, place_of, rank_of


@final
@frozen
class PacingStatistics:
    """What a session's limits are used for, as of the moment it is asked for."""

    limits: Pacing
    """What the session keeps to."""
    waiting: int
    """Requests that wait for a limit. None of them has been sent, in whole or in part."""
    queued: int
    """Messages that are on their way to the socket, orders and cancels among them."""
    open_history: int
    """Requests for the past that TWS works on."""
    market_data_lines: int
    """Lines in use by the blocks that are open in this session."""
    market_depth: int
    """Books in use, which are lines, too."""
    tick_by_tick: int
    """Streams of tick-by-tick data in use, which are lines, too."""


class Pacer:
    """The line of a session's requests.

    Args:
        pacing: What to keep to.
        raise_if_lost: Raises if there is nothing to send to any more.

    Attributes:
        outbox: Where messages go when it is their turn.
    """

    def __init__(self, pacing: Pacing, raise_if_lost: Callable[[], None] = lambda: None) -> None:
        self.outbox = Outbox(pacing.messages_per_second)
        self._limits = pacing
        self._raise_if_lost = raise_if_lost
        self._rules = RequestPacing(pacing)
        self._turn: Ticket | None = None
        self._again = math.inf
        self._sleeping: dict[Ticket, trio.CancelScope] = {}
        self._open: dict[int, Ticket] = {}
        self._is_stopped = False

    def turn(self, message: object, *, then_waits: bool = False) -> "Turn":
        """Waits until a message may be sent, which the block has to do before it awaits anything.

        Entering is a checkpoint. Cancelled, it leaves nothing behind. Leaving is none.

        Args:
            message: The message.
            then_waits: Whether the block is followed by a wait for the answer, which is a
                checkpoint in any case. Then entering yields only if it has to, so that the message
                is not later by a turn of the scheduler.
        """
        return Turn(self, message, then_waits=then_waits)

    def lets_pass(self, message: object, rank: Rank) -> bool:
        """Tells whether a message may go now that needs no ticket."""
        self._raise_if_lost()
        return rank is not Rank.REQUEST or self._rules.lets_pass(message)

    async def enter(self, message: object) -> Ticket:
        """Waits until a request has the turn; gives what is to be left again."""
        ticket = self._rules.at_once(message, trio.current_time())
        if ticket is not None:
            self._turn = ticket
            return ticket
        ticket = self._rules.join(message)
        try:
            await self._sleep_until_called(ticket)
            self._raise_if_lost()
        except BaseException:
            self.leave(ticket)
            raise
        return ticket

    def leave(self, ticket: Ticket) -> None:
        """Ends a turn, whether or not it was used."""
        self._rules.leave(ticket)
        if self._turn is ticket:
            self._turn = None
        self._call_next()

    async def _sleep_until_called(self, ticket: Ticket) -> None:
        self._call_next()
        while self._turn is not ticket and not self._is_stopped:
            with trio.CancelScope() as scope:
                self._sleeping[ticket] = scope
                self._set_alarm()
                try:
                    await trio.sleep_forever()
                finally:
                    del self._sleeping[ticket]
            self._call_next()

    def _call_next(self) -> None:
        """Gives the turn to whoever may go, or sees to it that somebody asks again in time."""
        if self._turn is not None or not self._rules.waiting:
            return
        self._turn, self._again = self._rules.next(trio.current_time())
        if self._turn is None:
            self._set_alarm()
            return
        self._again = math.inf  # whoever has the turn calls the next one
        if self._turn in self._sleeping:
            self._sleeping[self._turn].cancel()

    def _set_alarm(self) -> None:
        """Has one of those who sleep wake up when it is time to ask again."""
        for scope in self._sleeping.values():
            scope.deadline = self._again
            break

    def put(self, message: object, data: bytes) -> None:
        """Queues a message, whether or not it is its turn; never waits.

        What takes a slot keeps it until `finish`.
        """
        rank = rank_of(message)
        if rank is not Rank.REQUEST:
            self.outbox.put(data, place_of(message))
            return
        if not is_counted(message) and self.outbox.write(data, rank):
            return
        if self._turn is not None and self._turn.request is message:
            ticket, self._turn = self._turn, None
        else:
            ticket = self._rules.ticket(message)
        self._rules.queue(ticket)
        if ticket.slots:
            self._open[id(message)] = ticket  # which keeps the message, so nothing else has its id
        self.outbox.put(data, place_of(message), partial(self._record, ticket))

    def _record(self, ticket: Ticket) -> None:
        self._rules.record(ticket, trio.current_time())
        self._call_next()

    def finish(self, message: object) -> None:
        """Makes room: a request is over, or nobody waits for its answer; once is enough."""
        ticket = self._open.pop(id(message), None)
        if ticket is not None:
            self._rules.finish(ticket)
            self._call_next()

    def stop(self) -> None:
        """Lets everyone go who waits: there is nothing left to wait for."""
        self._is_stopped = True
        for scope in self._sleeping.values():
            scope.cancel()

    def how_long(self, message: object) -> float | None:
        """Gives the seconds that a message would wait; None if that is up to others."""
        if rank_of(message) is not Rank.REQUEST:
            return 0.0
        return self._rules.how_long(message, trio.current_time())

    def statistics(self) -> PacingStatistics:
        """Gives the numbers as of now."""
        return PacingStatistics(
            limits=self._limits,
            waiting=self._rules.waiting,
            queued=len(self.outbox),
            open_history=self._rules.taken(Slot.HISTORY),
            market_data_lines=self._rules.taken(Slot.LINE),
            market_depth=self._rules.taken(Slot.DEPTH),
            tick_by_tick=self._rules.taken(Slot.TICK_BY_TICK),
        )


@final
class Turn:
    """The turn of one message, as a block to send it in; see `Pacer.turn`."""

    def __init__(self, pacer: Pacer, message: object, *, then_waits: bool) -> None:
        self._pacer = pacer
        self._message = message
        self._then_waits = then_waits
        self._ticket: Ticket | None = None

    async def __aenter__(self) -> None:
        pacer, message = self._pacer, self._message
        rank = rank_of(message)
        if self._then_waits and pacer.outbox.has_room(rank):
            await trio.lowlevel.checkpoint_if_cancelled()
        else:
            await pacer.outbox.wait_for_room(rank)
        if not pacer.lets_pass(message, rank):
            self._ticket = await pacer.enter(message)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._ticket is not None:
            self._pacer.leave(self._ticket)
