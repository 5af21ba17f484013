from datetime import UTC, datetime

import pytest

from tests._client.peer import session
from trio_tws import FADataType, LocalProtocolError, ReplaceFA, ReqFA, RequestError, open_tws
from trio_tws import _versions as v
from trio_tws.testing import open_simulator

START = datetime(2026, 3, 2, 15, tzinfo=UTC)
ADVISER = ("DF1", "DU2", "DU3")
XML = (
    "<ListOfGroups><Group><name>Two</name><ListOfAccts><String>DU2</String></ListOfAccts>"
    "</Group></ListOfGroups>"
)


@pytest.mark.parametrize("version", [100, v.REPLACE_FA_END - 1, v.REPLACE_FA_END, 226])
async def test_what_is_replaced_is_there_when_asked_for(
    version: int, autojump_clock: object
) -> None:
    async with open_simulator(server_version=version, accounts=ADVISER) as simulator:
        async with open_tws(stream=simulator.open_stream(), strict=True) as tws:
            assert "DU3" in await tws.fa_configuration(FADataType.GROUPS)
            said = await tws.replace_fa(FADataType.GROUPS, XML)
            assert (said is None) is (version < v.REPLACE_FA_END)
            assert await tws.fa_configuration(FADataType.GROUPS) == XML
            assert "DF1" in await tws.fa_configuration(FADataType.ALIASES)


async def test_who_is_no_adviser_is_refused(autojump_clock: object) -> None:
    async with open_simulator() as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            with pytest.raises(RequestError, match="321"):
                await tws.fa_configuration(FADataType.GROUPS)
            with pytest.raises(RequestError, match="321"):
                await tws.replace_fa(FADataType.GROUPS, XML)


async def test_profiles_are_refused_where_there_are_none(autojump_clock: object) -> None:
    async with session(version=v.FA_PROFILE_DESUPPORT) as (tws, peer):
        with pytest.raises(LocalProtocolError, match="ask for GROUPS"):
            await tws.fa_configuration(FADataType.PROFILES)
        with pytest.raises(LocalProtocolError, match="this server has 177"):
            await tws.replace_fa(FADataType.PROFILES, XML)
        assert not any(isinstance(one, ReqFA | ReplaceFA) for one in peer.received)


async def test_profiles_are_given_where_there_are_some(autojump_clock: object) -> None:
    version = v.FA_PROFILE_DESUPPORT - 1
    async with open_simulator(server_version=version, accounts=ADVISER) as simulator:
        async with open_tws(stream=simulator.open_stream()) as tws:
            assert "ListOfAllocationProfiles" in await tws.fa_configuration(FADataType.PROFILES)
