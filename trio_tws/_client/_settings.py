"""The settings of TWS itself, what it logs, and its clock to the millisecond."""

from datetime import datetime

from trio_tws._client._topic import Topic
from trio_tws._enums import ServerLogLevel
from trio_tws._model.config import (
    ApiConfig,
    ConfigResponse,
    LockAndExitConfig,
    MessageConfig,
    OrdersConfig,
    ReqConfig,
    UpdateConfig,
    UpdateConfigResponse,
    UpdateConfigWarning,
)
from trio_tws._model.session import CurrentTimeInMillis, ReqCurrentTimeInMillis, SetServerLogLevel


class SettingsMethods(Topic):
    """What `TWS` offers about its own settings."""

    async def config(self) -> ConfigResponse:
        """Gives the settings of TWS, as its window shows them.

        Returns:
            All of them in one object; None is a setting that this TWS does not tell.

        Raises:
            RequestError: TWS refused it.
            ResponseTimeout: Nothing came.
            ConnectionLost: The session ended.
            LocalProtocolError: The server is older than version 219; nothing was sent.

        A checkpoint; cancelled, it throws away what comes late, as TWS can't be told to stop.

        Sends ReqConfig. Source: EClient.reqConfigProtoBuf.
        """
        return await self._one(ReqConfig(self._session.take_request_id()), ConfigResponse)

    async def update_config(
        self,
        *,
        lock_and_exit: LockAndExitConfig | None = None,
        messages: tuple[MessageConfig, ...] = (),
        api: ApiConfig | None = None,
        orders: OrdersConfig | None = None,
        accepted_warnings: tuple[UpdateConfigWarning, ...] = (),
        reset_api_order_sequence: bool = False,
    ) -> UpdateConfigResponse:
        """Changes settings of TWS; what is not given stays as it is.

        Args:
            lock_and_exit: When TWS logs off or restarts.
            messages: Messages of its window to switch on or off, by their ids.
            api: What programs may do.
            orders: How orders are routed.
            accepted_warnings: Those of an earlier response that shall not stop the change again.
            reset_api_order_sequence: Whether order ids begin anew; only without active orders of
                programs. Read the next one with a new session: this one goes on counting.

        Returns:
            What became of it, with the names of the settings that changed. It can be a refusal:
            then there are ``errors``, or ``warnings`` to be accepted. IB does not publish what may
            stand in ``status``.

        Raises:
            RequestError: TWS refused it.
            ResponseTimeout: Nothing came; whether it was done is not known.
            ConnectionLost: The session ended; whether it was done is not known.
            LocalProtocolError: The server is older than version 221; nothing was sent.

        A checkpoint. Cancelled, it may be done all the same: TWS can't be told to stop.

        Sends UpdateConfig, and never twice. Source: EClient.updateConfigProtoBuf.
        """
        request = UpdateConfig(
            self._session.take_request_id(),
            lock_and_exit,
            messages,
            api,
            orders,
            accepted_warnings,
            reset_api_order_sequence,
        )
        return await self._one(request, UpdateConfigResponse)

    async def set_server_log_level(self, level: ServerLogLevel) -> None:
        """Says how much TWS writes into its log about this program.

        Args:
            level: How much; TWS begins with errors.

        Raises:
            ConnectionLost: The session ended; nothing was sent.

        A checkpoint; TWS does not answer. Cancelled, it sends nothing.

        Sends SetServerLogLevel. Source: EClient.setServerLogLevel.
        """
        await self._session.send(SetServerLogLevel(level))

    async def current_time_in_millis(self) -> datetime:
        """Gives the time of TWS, to the millisecond: aware, in UTC.

        Callers at the same time share one answer.

        Raises:
            ResponseTimeout: Nothing came.
            ConnectionLost: The session ended.
            LocalProtocolError: The server is older than version 197; nothing was sent. There
                `current_time` tells it to the second.

        A checkpoint; cancelling it leaves nothing behind.

        Sends ReqCurrentTimeInMillis. Source: EClient.reqCurrentTimeInMillis.
        """
        answer = await self._one(ReqCurrentTimeInMillis(), CurrentTimeInMillis, shared=True)
        return answer.time
