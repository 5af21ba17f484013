import pytest

from tests.testing.program import session
from trio_tws import _versions as v
from trio_tws._enums import FADataType
from trio_tws._model.advisors import ReceiveFA, ReplaceFA, ReplaceFAEnd, ReqFA

ADVISER = ("DF1", "DU2", "DU3")
GROUPS = FADataType.GROUPS


def groups_of(account: str) -> str:
    return f"<ListOfGroups><Group><String>{account}</String></Group></ListOfGroups>"


@pytest.mark.parametrize("version", [v.REPLACE_FA_END - 1, v.REPLACE_FA_END, 226])
async def test_a_document_is_replaced_and_kept(version: int) -> None:
    async with session(version, accounts=ADVISER) as program:
        req_id = 7 if version >= v.REPLACE_FA_END else -1
        await program.send(ReplaceFA(GROUPS, groups_of("DU2"), req_id), ReqFA(GROUPS))
        found = await program.all_until(ReceiveFA)
        assert found[-1] == ReceiveFA(GROUPS, groups_of("DU2"))
        assert (ReplaceFAEnd(7, "success") in found) is (version >= v.REPLACE_FA_END)


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        ("<ListOfGroups>", 321),
        ("<ListOfAccountAliases/>", 321),
        (groups_of("DU99"), 10231),
        ("<ListOfGroups><Group><String/></Group></ListOfGroups>", 10231),
    ],
)
async def test_a_wrong_document_changes_nothing(xml: str, code: int) -> None:
    async with session(accounts=ADVISER) as program:
        await program.send(ReqFA(GROUPS))
        before = await program.until(ReceiveFA)
        assert (await program.error(ReplaceFA(GROUPS, xml, 7)))[:2] == (7, code)
        await program.send(ReqFA(GROUPS))
        assert await program.until(ReceiveFA) == before


async def test_who_is_no_adviser_is_refused() -> None:
    async with session() as program:
        assert (await program.error(ReqFA(GROUPS)))[:2] == (-1, 321)
        assert (await program.error(ReplaceFA(GROUPS, groups_of("DU1"), 7)))[:2] == (7, 321)


async def test_a_kind_that_there_is_not_is_refused() -> None:
    async with session(accounts=ADVISER) as program:
        for kind in (FADataType(9), FADataType.PROFILES):
            assert (await program.error(ReqFA(kind)))[:2] == (-1, 321)
    async with session(v.FA_PROFILE_DESUPPORT - 1, accounts=ADVISER) as program:
        await program.send(ReqFA(FADataType.PROFILES))
        assert "Profiles" in (await program.until(ReceiveFA)).cxml
