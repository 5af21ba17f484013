"""The session as a user holds it: plain state, the methods of all topics, and the raw protocol."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypeVar, cast, final, overload

import trio

from trio_tws._client._account_groups import AccountGroupMethods
from trio_tws._client._account_summary import AccountSummaryMethods
from trio_tws._client._accounts import AccountMethods
from trio_tws._client._bar_stream import BarStreamMethods
from trio_tws._client._bulletins import BulletinMethods
from trio_tws._client._chain import ChainMethods
from trio_tws._client._depth import DepthMethods
from trio_tws._client._event_stream import EventStream
from trio_tws._client._fundamentals import FundamentalMethods
from trio_tws._client._groups import GroupMethods
from trio_tws._client._history import HistoryMethods
from trio_tws._client._inbox import DEFAULT_BUFFER, Gap, Inbox, Overflow
from trio_tws._client._news import NewsMethods
from trio_tws._client._options import OptionMethods
from trio_tws._client._pacer import PacingStatistics
from trio_tws._client._pnl import PnLMethods
from trio_tws._client._portfolio import PortfolioMethods
from trio_tws._client._real_time_bars import RealTimeBarMethods
from trio_tws._client._reconciling import ReconcilingMethods
from trio_tws._client._reference import ReferenceMethods
from trio_tws._client._scanner import ScannerMethods
from trio_tws._client._scoped_orders import ScopedOrderMethods
from trio_tws._client._session import Session
from trio_tws._client._settings import SettingsMethods
from trio_tws._client._subscription import Subscription
from trio_tws._client._tick_by_tick import TickByTickMethods
from trio_tws._client._tick_history import TickHistoryMethods
from trio_tws._client._time import TimeMethods
from trio_tws._client._wsh import WshMethods
from trio_tws._client._zones import zone_named
from trio_tws._errors import HandshakeTimeout
from trio_tws._model.session import StartApi
from trio_tws._wire.late import frozen

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

T = TypeVar("T")


@final
@frozen
class SessionStatistics:
    """Numbers on a session, as of the moment they are asked for."""

    late_answers: int
    """Answers that came to requests nobody waits for any more."""


@final
class TWS(
    AccountGroupMethods,  # with it AdvisorMethods, on which it stands
    AccountMethods,
    AccountSummaryMethods,
    BarStreamMethods,
    BulletinMethods,
    ChainMethods,  # with it ContractMethods and TickMethods, on which it stands
    DepthMethods,
    FundamentalMethods,
    GroupMethods,
    HistoryMethods,  # with it BarMethods and HistoriesMethods, on which it stands
    NewsMethods,
    OptionMethods,
    PnLMethods,
    PortfolioMethods,
    RealTimeBarMethods,
    ReconcilingMethods,  # with it ExecutionMethods, OrderMethods and PositionMethods
    ReferenceMethods,
    ScannerMethods,
    ScopedOrderMethods,
    SettingsMethods,
    TickByTickMethods,
    TickHistoryMethods,  # with it HistoricalTickMethods, on which it stands
    TimeMethods,
    WshMethods,
):
    """A session with TWS or IB Gateway, made by `open_tws` or `connect`.

    Any number of tasks may use it at the same time.
    """

    def __init__(
        self,
        session: Session,
        response_timeout: float,
        event_buffer: int,
        close: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        super().__init__(session, response_timeout)
        self._close = close
        inbox = Inbox("tws.events", event_buffer, "gap", read=session.connection.read_again)
        stream = EventStream(inbox, ())
        session.streams.add(stream)
        self._events = Subscription[object](inbox, None, lambda: session.streams.remove(stream))

    def __repr__(self) -> str:
        state = "connected" if self.is_connected else "disconnected"
        accounts = ", ".join(self.accounts)
        return f"<TWS {state}, server version {self.server_version}, accounts {accounts}>"

    # Plain state ..................................................................................

    @property
    def accounts(self) -> tuple[str, ...]:
        """The account codes of the login; an adviser's first is the master account."""
        return self._session.accounts

    @property
    def next_order_id(self) -> int:
        """The order id that comes next: above all that TWS, or this session, has used or told.

        `place_order` and its kind take it; those who `send` a PlaceOrder by themselves may.
        """
        return self._session.orders.ids.next

    @property
    def server_version(self) -> int:
        """The version both ends speak, 100 to 226: it decides what the session can do."""
        return self._session.server_version

    @property
    def connected_at(self) -> datetime:
        """When the version was agreed, by this computer's clock; aware, in UTC."""
        return self._session.connected_at

    @property
    def time_zone_name(self) -> str:
        """The time zone of TWS as it names it itself: an abbreviation or words in any language."""
        hello = self._session.connection.server_hello
        return hello.time_zone if hello is not None else ""

    @property
    def time_zone(self) -> "ZoneInfo | None":
        """The time zone of TWS; None if nobody knows what `time_zone_name` means."""
        return zone_named(self.time_zone_name)

    @property
    def is_connected(self) -> bool:
        """Whether the session stands; it does not tell whether TWS has a link to IB."""
        return self._session.lost is None and not self._session.is_closing

    @property
    def pacing(self) -> PacingStatistics:
        """Numbers on the limits that this session keeps to: who waits, and what is in use."""
        return self._session.pacer.statistics()

    def how_long(self, request: object) -> float | None:
        """Gives the seconds that a request would wait for its turn if it were sent now.

        It is an estimate, behind all who wait already; requests for the past are taken to be
        answered at once. None says that something else has to be closed first, as for a line of
        market data where all are in use. Sends nothing, and waits for nothing.

        Args:
            request: A message of the tables, such as `trio_tws.ReqHistoricalData`. Its id does not
                matter.
        """
        return self._session.pacer.how_long(request)

    def statistics(self) -> SessionStatistics:
        """Gives numbers on the session."""
        return SessionStatistics(late_answers=self._session.late)

    # The raw protocol .............................................................................

    @property
    def events(self) -> Subscription[object]:
        """Everything that TWS sends, typed, in the order of arrival, from the start of the session.

        Messages of the tables, and `Notice`, `UnknownMessage` and `MalformedMessage`. It keeps what
        is not read up to ``event_buffer`` events; older ones give way to a `Gap`. For one reader;
        further ones open streams of their own with `open_events`.
        """
        return self._events

    @overload
    def open_events(
        self,
        *,
        buffer: int = DEFAULT_BUFFER,
        overflow: Overflow = "raise",
    ) -> AbstractAsyncContextManager[Subscription[object]]: ...

    @overload
    def open_events(
        self,
        *types: type[T],
        buffer: int = DEFAULT_BUFFER,
        overflow: Literal["raise", "latest", "wait"] = "raise",
    ) -> AbstractAsyncContextManager[Subscription[T]]: ...

    @overload
    def open_events(
        self,
        *types: type[T],
        buffer: int = DEFAULT_BUFFER,
        overflow: Literal["gap"],
    ) -> AbstractAsyncContextManager[Subscription[T | Gap]]: ...

    def open_events(
        self,
        *types: type[T],
        buffer: int = DEFAULT_BUFFER,
        overflow: Overflow = "raise",
    ) -> AbstractAsyncContextManager[Subscription[T | Gap]]:
        """Opens a stream of all messages of some types, or of everything, from now on.

        Args:
            *types: Message classes, or `Notice`, `UnknownMessage`, `MalformedMessage`; none for
                all.
            buffer: How many events may wait to be taken.
            overflow: What happens to more: see `open_ticks`; ``latest`` keeps the newest event of
                each type.

        Raises:
            ConnectionLost: The session ended.

        Entering is a checkpoint. Sends nothing.
        """
        events = self._listen(types, Inbox("open_events", buffer, overflow))
        return cast(AbstractAsyncContextManager[Subscription[T | Gap]], events)

    async def send(self, message: object) -> None:
        """Sends any request of the tables; what TWS answers comes through `events`.

        The caller chooses the ids: the methods here use request ids from 1,000,000,000 on.

        Args:
            message: A request, such as `trio_tws.ReqIds`.

        Raises:
            LocalProtocolError: It is no request, a field has a wrong value or needs a newer server,
                or it trades in a ``read_only`` session; nothing was sent.
            ConnectionLost: The session has ended; nothing was sent.

        A checkpoint. Cancelled, it has sent nothing; returned, the whole message is on its way.
        """
        await self._session.send(message)

    async def start_api(self, client_id: int = 0, optional_capabilities: str = "") -> None:
        """Starts a session opened with ``async_connect=True``, and waits until it is ready.

        Raises:
            HandshakeTimeout: TWS went silent, for as long as the response timeout.
            LocalProtocolError: The session is started already.
            ConnectionLost: TWS closed the connection; it says why if TWS did (326: the id is in
                use).

        Sends StartApi. Source: EClient.startApi.
        """
        await self._session.send(StartApi(client_id, optional_capabilities))
        with trio.move_on_after(self._response_timeout) as scope:
            await self._session.ready.wait()
        self._session.raise_if_lost()
        if scope.cancelled_caught:
            stage = "the accounts and the next order id"
            raise HandshakeTimeout(
                f"no answer within {self._response_timeout:g} s while waiting for {stage}", stage
            )

    async def aclose(self) -> None:
        """Ends a session that `connect` made; `open_tws` does it by itself.

        What is queued is written first, for a second at most. Not to be cancelled in that time.
        """
        if self._close is not None:
            await self._close()
        else:
            await trio.lowlevel.checkpoint()
