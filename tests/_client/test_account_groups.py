from decimal import Decimal

import pytest

from tests._client.peer import Act, Peer, session
from trio_tws import (
    AccountGroup,
    FADataType,
    GroupMember,
    ReceiveFA,
    RemoteProtocolError,
    ReqFA,
    RequestError,
    open_tws,
)
from trio_tws.testing import open_simulator

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def giving(xml: str) -> Act:
    async def act(peer: Peer) -> None:
        request = await peer.read_until(ReqFA)
        await peer.send(ReceiveFA(request.fa_data, xml))

    return act


@pytest.mark.parametrize("version", [100, 176, 226])
async def test_groups_and_aliases_are_those_of_the_adviser(
    version: int, autojump_clock: object
) -> None:
    async with open_simulator(server_version=version, accounts=("DF1", "DU2", "DU3")) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            (found,) = await tws.account_groups()
            assert found == AccountGroup("All", "NetLiq", (GroupMember("DU2"), GroupMember("DU3")))
            assert found.accounts == ("DU2", "DU3")
            assert await tws.account_aliases() == {"DF1": "DF1", "DU2": "DU2", "DU3": "DU3"}


async def test_newer_servers_give_each_account_its_amount(autojump_clock: object) -> None:
    xml = (
        f'{HEAD}<ListOfGroups><Group><name>Two</name><ListOfAccts varName="list">'
        "<Account><acct>DU2</acct><amount>60.0</amount></Account>"
        "<Account><acct>DU3</acct></Account></ListOfAccts></Group>"
        "<Group><name>Nobody</name><defaultMethod>Equal</defaultMethod></Group></ListOfGroups>"
    )
    async with session(giving(xml)) as (tws, _peer):
        assert await tws.account_groups() == [
            AccountGroup("Two", "", (GroupMember("DU2", Decimal("60.0")), GroupMember("DU3"))),
            AccountGroup("Nobody", "Equal", ()),
        ]


async def test_an_account_may_have_no_alias(autojump_clock: object) -> None:
    xml = (
        "<ListOfAccountAliases><AccountAlias><account>DU2</account></AccountAlias>"
        "</ListOfAccountAliases>"
    )
    async with session(giving(xml)) as (tws, _peer):
        assert await tws.account_aliases() == {"DU2": ""}


def group(members: str) -> str:
    accounts = f"<ListOfAccts>{members}</ListOfAccts>"
    return f"<ListOfGroups><Group><name>A</name>{accounts}</Group></ListOfGroups>"


@pytest.mark.parametrize(
    ("xml", "words"),
    [
        ("", "no XML"),
        ("<ListOfGroups>", "no XML"),
        ("<ListOfAccountAliases/>", "a ListOfAccountAliases where a ListOfGroups"),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]><ListOfGroups/>", "document type"),
        ("<ListOfGroups><Group/></ListOfGroups>", "Group without name"),
        (group("<String/>"), "group A has an account without a code"),
        (group("<Account><acct>DU2</acct><amount>much</amount></Account>"), "amount 'much'"),
    ],
)
async def test_what_can_not_be_read_is_said(xml: str, words: str, autojump_clock: object) -> None:
    async with session(giving(xml)) as (tws, _peer):
        with pytest.raises(RemoteProtocolError, match=words):
            await tws.account_groups()
        assert tws.is_connected


async def test_who_is_no_adviser_is_refused(autojump_clock: object) -> None:
    async with open_simulator() as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            with pytest.raises(RequestError, match="321"):
                await tws.account_groups()
            with pytest.raises(RequestError, match="321"):
                await tws.account_aliases()
            with pytest.raises(RequestError, match="321"):
                await tws.fa_configuration(FADataType.GROUPS)
