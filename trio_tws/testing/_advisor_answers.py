"""Answers to financial advisers: a login whose first account begins with DF is one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from trio_tws import _versions as v
from trio_tws._enums import FADataType
from trio_tws._model.advisors import ReceiveFA, ReplaceFA, ReplaceFAEnd, ReqFA
from trio_tws.testing._alloc_groups import groups_in
from trio_tws.testing._table import answers, invalid

if TYPE_CHECKING:
    from trio_tws.testing._client import SimulatedClient


@answers(ReqFA)
def _configuration(client: SimulatedClient, request: ReqFA) -> None:
    if _is_allowed(client, -1, request.fa_data):
        client.send(ReceiveFA(request.fa_data, client.simulator.desk.advice[request.fa_data]))


@answers(ReplaceFA)
def _replace(client: SimulatedClient, request: ReplaceFA) -> None:
    """Takes the whole document or nothing of it."""
    req_id, desk = request.req_id, client.simulator.desk
    if not _is_allowed(client, req_id, request.fa_data):
        return
    try:
        accounts = _accounts_in(request.cxml, desk.advice[request.fa_data])
    except (ET.ParseError, ValueError) as error:
        invalid(client, req_id, f"Unable to parse FA XML: {error}")
        return
    if not accounts <= set(client.simulator.accounts):
        client.send(client.error(req_id, 10231, "The groups contain invalid accounts."))
        return
    desk.advice[request.fa_data] = request.cxml
    if client.server_version >= v.REPLACE_FA_END:
        client.send(ReplaceFAEnd(req_id, "success"))


def _is_allowed(client: SimulatedClient, req_id: int, kind: FADataType) -> bool:
    cause = ""
    if not client.simulator.desk.is_adviser:
        cause = "FA data operations ignored for non FA customers."
    elif kind not in client.simulator.desk.advice:
        cause = f"Unknown FA data type {kind}"
    elif kind is FADataType.PROFILES and client.server_version >= v.FA_PROFILE_DESUPPORT:
        cause = "FA Profile is not supported anymore, use FA Group instead."
    if cause:
        invalid(client, req_id, cause)
    return not cause


def _accounts_in(xml: str, former: str) -> set[str]:
    """Finds the accounts that a document names.

    Raises:
        ValueError: It is of another kind than the former one, or has an amount that is none.
        ET.ParseError: It is no XML.
    """
    root, wanted = _parse(xml), _parse(former)
    if root.tag != wanted.tag:
        raise ValueError(f"{root.tag} is not {wanted.tag}")
    groups = (member.account for group in groups_in(xml) for member in group.members)
    return {one.text or "" for one in root.iter("account")} | set(groups)


def _parse(xml: str) -> ET.Element:
    return ET.fromstring(xml.encode())  # noqa: S314 - from a program under test, on this computer
