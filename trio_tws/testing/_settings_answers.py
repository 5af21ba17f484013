"""Answers about the settings of TWS, its log, and its clock; and the refusal of fundamentals."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, TypeVar, cast

import attrs

from trio_tws._model.config import (
    ConfigResponse,
    MessageConfig,
    ReqConfig,
    UpdateConfig,
    UpdateConfigResponse,
    UpdateConfigWarning,
)
from trio_tws._model.fundamentals import CancelFundamentalData, ReqFundamentalData
from trio_tws._model.session import CurrentTimeInMillis, ReqCurrentTimeInMillis, SetServerLogLevel
from trio_tws._wire import evolve
from trio_tws._wire.fields import fields_of
from trio_tws.testing._table import answers

if TYPE_CHECKING:
    from trio_tws.testing._client import SimulatedClient

T = TypeVar("T")

_OPEN_TO_ALL: Final = UpdateConfigWarning(
    1, "API access", "Programs on other computers will be able to connect."
)
_PORTS: Final = range(1, 65_536)


@answers(ReqCurrentTimeInMillis)
def _time_in_millis(client: SimulatedClient, _: ReqCurrentTimeInMillis) -> None:
    millis = int(client.simulator.now() * 1000)
    now = datetime.fromtimestamp(millis // 1000, UTC).replace(microsecond=millis % 1000 * 1000)
    client.send(CurrentTimeInMillis(now))


@answers(SetServerLogLevel)
def _log_level(client: SimulatedClient, _: SetServerLogLevel) -> None:
    """There is no log, and TWS does not answer."""


@answers(ReqConfig)
def _config(client: SimulatedClient, request: ReqConfig) -> None:
    client.send(evolve(client.simulator.desk.config, req_id=request.req_id))


@answers(UpdateConfig)
def _update_config(client: SimulatedClient, request: UpdateConfig) -> None:
    """IB does not publish the words of the status; these are ours."""
    req_id, desk = request.req_id, client.simulator.desk
    config, changed = _changed(desk.config, request)
    settings = None if request.api is None else request.api.settings
    if settings is not None and settings.socket_port not in {None, *_PORTS}:
        errors = (f"socket_port={settings.socket_port} is no port",)
        client.send(UpdateConfigResponse(req_id, "error", "Nothing was changed.", errors=errors))
        return
    is_opened = settings is not None and settings.allow_localhost_only is False
    if is_opened and _OPEN_TO_ALL.message_id not in _ids(request.accepted_warnings):
        words = "Nothing was changed: there is a warning to be accepted."
        warnings = (_OPEN_TO_ALL,)
        client.send(UpdateConfigResponse(req_id, "warning", words, warnings=warnings))
        return
    desk.config = config
    if request.reset_api_order_sequence:
        client.simulator.next_order_id = 1
        client.simulator.exchange.book.forget_numbers()
    client.send(UpdateConfigResponse(req_id, "success", changed_fields=tuple(changed)))


def _ids(warnings: tuple[UpdateConfigWarning, ...]) -> set[int]:
    return {warning.message_id for warning in warnings}


def _changed(config: ConfigResponse, request: UpdateConfig) -> tuple[ConfigResponse, list[str]]:
    """Gives the settings after a change, and the names of those that are others now."""
    changed: list[str] = []
    for name in ("lock_and_exit", "api", "orders"):
        merged = _merged(getattr(config, name), getattr(request, name), name, changed)
        config = evolve(config, **{name: merged})
    wanted = {message.id: message for message in request.messages}
    messages = tuple(
        _merged(message, wanted.get(message.id), f"messages.{message.id}", changed)
        for message in config.messages
    )
    return evolve(config, messages=cast("tuple[MessageConfig, ...]", messages)), changed


def _merged(former: object, wanted: object, path: str, changed: list[str]) -> object:
    """Gives settings with what is wanted otherwise put in: a setting, or a structure of them."""
    if wanted in {None, "", ()} or wanted == former:
        return former
    cls: type = type(former)
    if not attrs.has(cls):
        changed.append(path)
        return wanted
    return evolve(
        former,
        **{
            field.name: _merged(
                getattr(former, field.name),
                getattr(wanted, field.name),
                f"{path}.{field.name}",
                changed,
            )
            for field in fields_of(cls)
        },
    )


@answers(ReqFundamentalData)
def _fundamentals(client: SimulatedClient, request: ReqFundamentalData) -> None:
    """Refuses, as all servers of today do."""
    client.send(client.error(request.req_id, 10358, "Fundamentals data is not allowed."))


@answers(CancelFundamentalData)
def _cancel_fundamentals(client: SimulatedClient, request: CancelFundamentalData) -> None:
    """There is nothing to cancel; what TWS says to that is not known."""
