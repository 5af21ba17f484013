import re
from io import BytesIO
from pathlib import Path

import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st

from tests.testing.program import START
from tests.testing.recordings import C, S, Said, close, file_of, loose, passages, written
from tests.testing.test_recording import intact
from trio_tws import FADataType, open_tws
from trio_tws import _versions as v
from trio_tws._model.accounts import AccountSummary, AcctValue, ReqAccountSummary
from trio_tws._model.advisors import ReceiveFA
from trio_tws._model.executions import Execution, ExecutionData
from trio_tws._model.order_reports import OpenOrder
from trio_tws._model.orders import Order
from trio_tws._model.positions import PositionData
from trio_tws._model.reference import FamilyCode, FamilyCodes
from trio_tws._model.session import Error, ManagedAccounts, ReqManagedAccts
from trio_tws.testing import (
    Passage,
    open_simulator,
    read_recording,
    recorded,
    recorded_messages,
    scrub_recording,
)

VERSIONS = [100, 176, v.PROTOBUF, 213, v.MAX_SERVER_VERSION]


def scrubbed(found: list[Passage], *hide: str) -> tuple[list[Passage], dict[str, str], bytes]:
    target = BytesIO()
    replaced = scrub_recording(file_of(found), target, hide=hide)
    target.seek(0)
    return list(read_recording(target)), replaced, target.getvalue()


def messages(found: list[Passage]) -> list[object]:
    return [message for _, message in recorded_messages(found)][5:]


@pytest.mark.parametrize("version", VERSIONS)
def test_accounts_are_replaced_and_everything_else_stays(version: int) -> None:
    found = passages(
        Said(2, S, ManagedAccounts(("U1234567", "U7654321", "DU12345"))),
        Said(2, S, PositionData("U7654321", avg_cost=2.5)),
        Said(2, S, AccountSummary(7, "U1234567", "Cash", "100.5", "USD")),
        Said(2, S, ExecutionData(7, execution=Execution(order_id=3, acct_number="DU12345"))),
        Said(2, S, Error(3, 201, "Order rejected - U1234567 has no money")),
        version=version,
    )
    clean, replaced, data = scrubbed(found)

    assert replaced == {
        "DU1234567": "DU0000001",
        "U1234567": "U0000002",
        "U7654321": "U0000003",
        "DU12345": "DU00004",
    }
    same = str(messages(found))
    for real, other in replaced.items():
        same = re.sub(rf"\b{real}\b", other, same)
        assert real.encode() not in data
    assert str(messages(clean)) == same
    assert [one.offset for one in clean] == [one.offset for one in found]
    assert [len(one.data) for one in clean] == [len(one.data) for one in found]


@pytest.mark.parametrize("version", [176, v.MAX_SERVER_VERSION])
async def test_a_session_is_scrubbed_of_all_its_accounts(
    version: int, autojump_clock: trio.testing.MockClock
) -> None:
    source, target = BytesIO(), BytesIO()
    accounts = ("U1234567", "U7654321")
    async with open_simulator(server_version=version, start=START, accounts=accounts) as simulator:
        stream = recorded(simulator.open_stream(), source, started=START)
        async with open_tws(stream=stream, live=True) as tws:
            await tws.positions()
    source.seek(0)
    scrub_recording(source, target)

    assert all(account.encode() in source.getvalue() for account in accounts)
    assert not any(account.encode() in target.getvalue() for account in accounts)
    assert len(target.getvalue()) == len(source.getvalue())


def test_accounts_are_found_where_nobody_knows_the_message() -> None:
    found = passages(
        Said(2, S, b"999\0something about U5555555 here\0"),
        Said(2, S, b"49\x001\0noon U6666666\0"),
        version=176,
    )
    _, replaced, data = scrubbed([loose(b"hello from U44"), loose(b"44444 "), *found])

    assert set(replaced) == {"DU1234567", "U5555555", "U6666666", "U4444444"}
    assert b"U444" not in data.replace(b"\n", b"")


def test_what_is_found_late_goes_early_too() -> None:
    found = passages(
        Said(2, S, AcctValue("Owner", "somebody_new", "", "DU1234567")),
        Said(3, S, OpenOrder(4, order=Order(submitter="somebody_new"))),
    )
    clean, replaced, data = scrubbed(found)

    assert replaced["somebody_new"] == "name00000001"
    assert b"somebody" not in data
    assert isinstance(clean, list)


def test_an_account_of_another_form_is_known_by_its_field() -> None:
    found = passages(
        Said(2, S, PositionData("MYCLEARING")),
        Said(2, S, FamilyCodes((FamilyCode("DU1234567", "F7777777A"),))),
        Said(2, C, ReqAccountSummary(1, "All", "NetLiquidation")),
        Said(2, S, AccountSummary(1, "All", "NetLiquidation", "1", "USD")),
        Said(2, S, PositionData("abc")),
    )
    _, replaced, _ = scrubbed(found)

    assert replaced == {
        "DU1234567": "DU0000001",
        "MYCLEARING": "account002",
        "F7777777A": "account03",
        "F7777777": "F0000004",
    }


def test_aliases_of_an_adviser_go() -> None:
    xml = "<AccountAlias><account>U2222222</account><alias>Jürgen Meier</alias></AccountAlias>"
    found = passages(Said(2, S, ReceiveFA(FADataType.ALIASES, xml)))
    _, replaced, data = scrubbed(found)

    assert replaced["Jürgen Meier"] == "name000000001"
    assert b"Meier" not in data
    assert "U2222222" in replaced


def test_what_is_named_goes() -> None:
    found = passages(Said(2, S, Error(-1, 100, "secret plan of jane")), version=176)
    _, replaced, data = scrubbed(found, "secret", "jane")

    assert replaced == {"secret": "hidde1", "jane": "hid2", "DU1234567": "DU0000001"}
    assert b"secret" not in data
    assert b"jane" not in data


def test_what_is_too_short_to_be_hidden_is_refused() -> None:
    with pytest.raises(ValueError, match="'abc' is too short to be hidden"):
        scrub_recording(file_of([]), BytesIO(), hide=["abc"])


def test_what_stands_for_an_account_is_none_itself() -> None:
    found = passages(Said(2, S, ManagedAccounts(("DU0000001", "DU0000002"))))
    _, replaced, data = scrubbed(found)

    assert replaced == {
        "DU1234567": "DU0000003",
        "DU0000001": "DU0000004",
        "DU0000002": "DU0000005",
    }
    assert not any(real.encode() in data for real in replaced)


def test_a_recording_with_nothing_in_it_stays_as_it_is() -> None:
    found = [loose(b"API\0"), close(1.0, S)]

    clean, replaced, _ = scrubbed(found)
    assert clean == found
    assert replaced == {}


ACCOUNTS = st.from_regex(r"\A(D?[UFI])[1-9][0-9]{4,8}\Z")


@pytest.mark.slow
@given(st.lists(ACCOUNTS, min_size=1, max_size=5, unique=True), st.sampled_from(VERSIONS))
def test_no_account_is_left_whatever_it_is(accounts: list[str], version: int) -> None:
    found = passages(
        Said(2, C, ReqManagedAccts()),
        Said(2, S, ManagedAccounts(tuple(accounts))),
        *(Said(3, S, PositionData(account)) for account in accounts),
        version=version,
    )
    clean, replaced, data = scrubbed(found)

    assert set(replaced) == {*accounts, "DU1234567"}
    assert len(set(replaced.values())) == len(replaced)
    assert not any(account.encode() in data for account in accounts)
    assert messages(clean)[1] == ManagedAccounts(tuple(replaced[one] for one in accounts))


def test_a_damaged_file_is_scrubbed_up_to_the_damage(tmp_path: Path) -> None:
    whole = written(passages())
    (tmp_path / "in.txt").write_bytes(whole[:-20])

    _, damage = intact(tmp_path / "in.txt")
    with pytest.raises(ValueError, match=re.escape(str(damage))):
        scrub_recording(tmp_path / "in.txt", tmp_path / "out.txt")

    clean, missing = intact(tmp_path / "out.txt")
    assert len(clean) == 4
    assert missing is not None
    assert "its last line is missing" in missing.reason


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_bytes(written(passages()))

    with pytest.raises(FileExistsError):
        scrub_recording(tmp_path / "in.txt", tmp_path / "in.txt")
