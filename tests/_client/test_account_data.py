"""What TWS tells of one account without an id, and of accounts in general."""

import attrs
import pytest
import trio
import trio.testing

from tests._client.peer import Peer, session
from trio_tws import (
    AccountSummary,
    AccountUpdateMulti,
    AccountValue,
    AcctDownloadEnd,
    AcctUpdateTime,
    AcctValue,
    Complete,
    Contract,
    LocalProtocolError,
    ManagedAccounts,
    PortfolioValue,
    ReqAccountData,
    ReqManagedAccts,
    ResponseTimeout,
)
from trio_tws._client._account_data import (
    AccountTopic,
    account_data_key,
    account_followed,
    value_key,
    value_of,
    values_in,
    values_or_end,
)
from trio_tws._client._tws import TWS

VALUE = AcctValue("SMA", "1", "USD", "DU1")
ITEM = PortfolioValue(Contract(con_id=7), account_name="DU1")


async def logged_in(tws: TWS, peer: Peer, *accounts: str) -> AccountTopic:
    """Gives a session these accounts."""
    tws._session.accounts = accounts
    return AccountTopic(tws._session, 20)


async def test_one_account_need_not_be_named(autojump_clock: object) -> None:
    async with session() as (tws, peer):
        topic = await logged_in(tws, peer, "DU1")
        assert topic._account_meant(None) == topic._account_meant("DU1") == "DU1"
        assert topic._account_meant("DU9") == "DU9"  # TWS knows better
        assert topic._account_meant(None, "Growth") == ""
        assert topic._account_meant("DU1", "Growth") == "DU1"
        with pytest.raises(LocalProtocolError, match="account='': which one"):
            topic._account_meant("")


async def test_one_of_several_has_to_be(autojump_clock: object) -> None:
    async with session() as (tws, peer):
        topic = await logged_in(tws, peer, "DU1", "DU2")
        with pytest.raises(LocalProtocolError, match=r"2 accounts \(DU1, DU2\); name one"):
            topic._account_meant(None)


async def test_what_is_late_from_another_account_is_told_apart(autojump_clock: object) -> None:
    async with session() as (tws, peer):
        topic = await logged_in(tws, peer, "DF1", "DU1", "DU2")
        assert topic._is_of("DU1", VALUE)
        assert not topic._is_of("DU2", VALUE)
        assert not topic._is_of("DU2", AcctDownloadEnd("DU1"))
        assert topic._is_of("DU2", AcctUpdateTime("09:30"))  # names none
        assert topic._is_of("DF1A", VALUE)  # all accounts of an adviser
        assert topic._is_of("DU1", AcctValue("SMA", "1", "USD", "DF1A"))


async def test_the_end_of_another_account_ends_nothing(autojump_clock: object) -> None:
    """Cancelled in the middle, the list of an account is still on its way when another begins."""

    async def act(peer: Peer) -> None:
        await peer.read_until(ReqManagedAccts)
        await peer.send(ManagedAccounts(("DU1", "DU2")))
        await peer.read_until(ReqAccountData)
        await peer.send(VALUE)
        while True:
            request = await peer.read_until(ReqAccountData)
            if request.subscribe:
                break
        await peer.send(ITEM, AcctDownloadEnd("DU1"), AcctValue("SMA", "2", "USD", "DU2"))
        await trio.sleep(1)
        await peer.send(AcctDownloadEnd("DU2"))

    async with session(act) as (tws, _peer):
        await tws.send(ReqManagedAccts())
        await trio.testing.wait_all_tasks_blocked()
        topic = AccountTopic(tws._session, 20)
        with trio.move_on_after(1):
            await topic._account_data("DU1")
        answers = await topic._account_data("DU2")
        assert answers == [AcctValue("SMA", "2", "USD", "DU2"), AcctDownloadEnd("DU2")]


async def test_silence_is_a_timeout(autojump_clock: object) -> None:
    async with session() as (tws, peer):
        topic = AccountTopic(tws._session, 20)
        began = trio.current_time()
        with pytest.raises(ResponseTimeout):
            await topic._account_data("DU1")
        assert trio.current_time() - began == pytest.approx(20)
        await trio.testing.wait_all_tasks_blocked()
        asked = [one.subscribe for one in peer.received if isinstance(one, ReqAccountData)]
        assert asked == [True, True, False]  # TWS may not have listened yet


async def test_only_the_first_answer_is_timed(autojump_clock: object) -> None:
    async def act(peer: Peer) -> None:
        await peer.read_until(ReqAccountData)
        await peer.send(VALUE)
        await trio.sleep(100)
        await peer.send(AcctDownloadEnd("DU1"))

    async with session(act) as (tws, _peer):
        topic = AccountTopic(tws._session, 20)
        assert await topic._account_data("DU1") == [VALUE, AcctDownloadEnd("DU1")]


def test_following_is_its_own_end() -> None:
    following = account_followed("DU1")
    assert following.request == ReqAccountData(subscribe=True, acct_code="DU1")
    assert following.stop == ReqAccountData(subscribe=False, acct_code="DU1")


def test_a_newer_message_replaces_one_on_the_same_thing() -> None:
    assert account_data_key(ITEM) == ("DU1", 7)
    assert account_data_key(VALUE) == value_key(VALUE) == ("DU1", "SMA", "USD", "")
    assert account_data_key(AcctUpdateTime("1")) == account_data_key(AcctUpdateTime("2"))
    assert account_data_key(AcctUpdateTime("1")) != account_data_key(AcctDownloadEnd("DU1"))


def test_values_are_picked_out_of_what_comes() -> None:
    value = AccountValue("DU1", "SMA", "1", "USD")
    messages = [VALUE, ITEM, AcctUpdateTime("09:30"), AcctDownloadEnd("DU1")]
    assert values_in(messages) == [value]
    assert value_of(ITEM) is None
    assert value_of(AccountSummary(7, "DU1", "SMA", "1", "USD")) == value
    multi = AccountUpdateMulti(7, "DU1", "Growth", "SMA", "1", "USD")
    assert value_of(multi) == attrs.evolve(value, model_code="Growth")
    events = [event for message in messages for event in values_or_end(message)]
    assert events == [value, Complete()]
