"""Lets each request wait for its turn, on trio's clock.

`RequestPacing` tells whose turn it is and when to ask again; here the tasks sleep. No task has to
wake them: each sleeps in a scope, and whoever changes something ends the scope of the next one, or
sets the deadline of one of them to the time at which to ask again.

One request at a time has the turn. It goes on as soon as that one is queued, has failed, or is
cancelled, which is before its task comes to another checkpoint.
"""

import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import final

import attrs
import trio

from trio_tws._client._outbox import Outbox
from trio_tws.protocol._counts import Slot
from trio_tws.protocol._limits import Pacing
from trio_tws.protocol._pacing import RequestPacing, Ticket
from trio_tws.protocol._priority import Rank, place_of


@final
@attrs.frozen
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

    Attributes:
        outbox: Where messages go when it is their turn.
    """

    def __init__(self, pacing: Pacing) -> None:
        self.outbox = Outbox(pacing.messages_per_second)
        self._limits = pacing
        self._rules = RequestPacing(pacing)
        self._turn: Ticket | None = None
        self._again = math.inf
        self._sleeping: dict[Ticket, trio.CancelScope] = {}
        self._open: dict[int, Ticket] = {}
        self._is_stopped = False

    @asynccontextmanager
    async def turn(self, message: object) -> AsyncIterator[None]:
        """Waits until a message may be sent, which the block has to do before it awaits anything.

        Entering is a checkpoint. Cancelled, it leaves nothing behind.
        """
        rank = place_of(message).rank
        await self.outbox.wait_for_room(rank)
        if rank is not Rank.REQUEST:
            yield
            return
        ticket = self._rules.join(message)
        try:
            await self._sleep_until_called(ticket)
            yield
        finally:
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
        if self._turn is not None:
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
        place = place_of(message)
        if place.rank is not Rank.REQUEST:
            self.outbox.put(data, place)
            return
        if self._turn is not None and self._turn.request is message:
            ticket, self._turn = self._turn, None
        else:
            ticket = self._rules.ticket(message)
        self._rules.queue(ticket)
        if ticket.slots:
            self._open[id(message)] = ticket  # which keeps the message, so nothing else has its id
        self.outbox.put(data, place, partial(self._record, ticket))

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
        if place_of(message).rank is not Rank.REQUEST:
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
