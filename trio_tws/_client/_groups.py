"""Display groups: the windows of TWS that show the same contract, told apart by colour."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Generic, Literal, TypeVar, cast, final, overload

from trio_tws._client._inbox import DEFAULT_BUFFER, Gap, Overflow, StreamStatistics
from trio_tws._client._session import Session
from trio_tws._client._subscription import Subscription
from trio_tws._client._topic import Topic
from trio_tws._errors import LocalProtocolError, RemoteProtocolError
from trio_tws._model.groups import (
    DisplayGroupList,
    DisplayGroupUpdated,
    QueryDisplayGroups,
    SubscribeToGroupEvents,
    UpdateDisplayGroup,
)

T_co = TypeVar("T_co", covariant=True)


@final
class DisplayGroup(Generic[T_co]):
    """A display group as a stream of what it shows, made by `open_display_group`.

    Iterate it as a `Subscription`: at first it gives what the group shows, then each change.
    """

    def __init__(self, session: Session, group_id: int, shown: Subscription[T_co]) -> None:
        self._session = session
        self._group_id = group_id
        self._shown = shown

    def __repr__(self) -> str:
        return f"<DisplayGroup {self._group_id} {self.statistics()}>"

    @property
    def group_id(self) -> int:
        """The number of the group."""
        return self._group_id

    def __aiter__(self) -> "DisplayGroup[T_co]":
        return self

    async def __anext__(self) -> T_co:
        return await anext(self._shown)

    async def update(self, contract_info: str) -> None:
        """Has the group show another contract; the stream then tells that it does.

        Args:
            contract_info: ``con_id@exchange``, such as ``265598@SMART``, or ``none``.

        Raises:
            ConnectionLost: The session ended; nothing was sent.

        A checkpoint; cancelled, it sends nothing. TWS answers nothing but by the stream.

        Sends UpdateDisplayGroup. Source: EClient.updateDisplayGroup.
        """
        async with self._session.pacer.turn(self._update(contract_info)):
            # Made anew: while it waited, the group may have been asked for again, with another id.
            self._session.send_nowait(self._update(contract_info))

    def _update(self, contract_info: str) -> UpdateDisplayGroup:
        request = cast(SubscribeToGroupEvents, self._shown.request)
        return UpdateDisplayGroup(request.req_id, contract_info)

    def statistics(self) -> StreamStatistics:
        """Gives numbers on this stream as of now: delivered, waiting, lost."""
        return self._shown.statistics()

    def close(self) -> None:
        """Ends the stream, and its request at TWS, at once; leaving the block does the same."""
        self._shown.close()


class GroupMethods(Topic):
    """What `TWS` offers about display groups. IB Gateway has no windows, and no groups."""

    async def display_groups(self) -> list[int]:
        """Gives the numbers of the display groups, the one most in use first.

        Returns:
            The numbers; none at all if TWS says that it has no groups.

        Raises:
            RequestError: TWS refused it.
            ResponseTimeout: Nothing came, as from IB Gateway.
            RemoteProtocolError: What came is no list of numbers.
            ConnectionLost: The session ended.

        A checkpoint; cancelled, it throws away what comes late, as TWS can't be told to stop.

        Sends QueryDisplayGroups. Source: EClient.queryDisplayGroups.
        """
        request = QueryDisplayGroups(self._session.take_request_id())
        text = (await self._one(request, DisplayGroupList)).groups
        try:
            return [int(number) for number in text.split("|") if number]
        except ValueError as error:
            raise RemoteProtocolError(
                f"TWS lists its display groups as {text!r}, which can't be read"
            ) from error

    @overload
    def open_display_group(
        self,
        group_id: int,
        *,
        buffer: int = DEFAULT_BUFFER,
        overflow: Literal["raise", "latest", "wait"] = "raise",
    ) -> AbstractAsyncContextManager[DisplayGroup[DisplayGroupUpdated]]: ...

    @overload
    def open_display_group(
        self,
        group_id: int,
        *,
        buffer: int = DEFAULT_BUFFER,
        overflow: Literal["gap"],
    ) -> AbstractAsyncContextManager[DisplayGroup[DisplayGroupUpdated | Gap]]: ...

    def open_display_group(
        self,
        group_id: int,
        *,
        buffer: int = DEFAULT_BUFFER,
        overflow: Overflow = "raise",
    ) -> AbstractAsyncContextManager[DisplayGroup[DisplayGroupUpdated | Gap]]:
        """Opens a display group for the length of a block; leaving ends it at TWS.

        The stream gives what the group shows, and each contract that it changes to, whoever changes
        it: this program with `DisplayGroup.update`, another one, or the user. It never ends by
        itself.

        Args:
            group_id: One of `display_groups`.
            buffer: How many changes may wait to be taken.
            overflow: What happens to more: see `open_ticks`; ``latest`` keeps the newest change.

        Raises:
            LocalProtocolError: ``group_id`` is no number of a group; nothing was sent.
            ConnectionLost: The session ended.

        The iteration raises `RequestError` if TWS has no such group.

        Entering is a checkpoint; leaving is none, and tells TWS to stop whatever happens.

        Sends SubscribeToGroupEvents, and UnsubscribeFromGroupEvents in the end. Source:
        EClient.subscribeToGroupEvents.
        """
        if group_id < 1:
            raise LocalProtocolError(
                f"group_id={group_id}: groups count from 1; take one of display_groups()"
            )
        group = self._open_group(group_id, buffer, overflow)
        return cast("AbstractAsyncContextManager[DisplayGroup[DisplayGroupUpdated | Gap]]", group)

    @asynccontextmanager
    async def _open_group(
        self, group_id: int, buffer: int, overflow: Overflow
    ) -> AsyncIterator[DisplayGroup[object]]:
        async with self._subscribe(
            lambda req_id: SubscribeToGroupEvents(req_id, group_id), buffer, overflow
        ) as shown:
            yield DisplayGroup(self._session, group_id, shown)
