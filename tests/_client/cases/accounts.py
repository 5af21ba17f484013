"""Values, positions, portfolios, and profit and loss of accounts."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from decimal import Decimal
from typing import Any

from tests._client.cases import Case
from trio_tws import (
    TWS,
    AccountGroup,
    AccountSummary,
    AccountSummaryEnd,
    AccountUpdateMulti,
    AccountUpdateMultiEnd,
    AccountValue,
    AcctDownloadEnd,
    AcctUpdateTime,
    AcctValue,
    CancelAccountSummary,
    CancelAccountUpdatesMulti,
    CancelPnL,
    CancelPnLSingle,
    CancelPositionsMulti,
    Complete,
    Contract,
    FADataType,
    GroupMember,
    Money,
    PnL,
    PnLSingle,
    PortfolioItem,
    PortfolioValue,
    Position,
    PositionData,
    PositionEnd,
    PositionMulti,
    PositionMultiEnd,
    ReceiveFA,
    ReqAccountData,
    ReqAccountSummary,
    ReqAccountUpdatesMulti,
    ReqFA,
    ReqPnL,
    ReqPnLSingle,
    ReqPositions,
    ReqPositionsMulti,
)

WORTH = AccountValue("DU1", "NetLiquidation", "12.50", "USD")
AAPL = Contract(con_id=265598, symbol="AAPL", currency="USD")
HELD = Position("DU1", AAPL, Decimal(3), Money(Decimal("230.5"), "USD"))
ITEM = PortfolioItem(
    "DU1",
    AAPL,
    Decimal(3),
    231.0,
    Money(Decimal("693.0"), "USD"),
    Money(Decimal("230.5"), "USD"),
    Money(Decimal("1.5"), "USD"),
    Money(Decimal("0.0"), "USD"),
)
ACCOUNT = [
    AcctValue("NetLiquidation", "12.50", "USD", "DU1"),
    PortfolioValue(AAPL, Decimal(3), 231.0, 693.0, 230.5, 1.5, 0.0, "DU1"),
    AcctUpdateTime("09:30"),
    AcctDownloadEnd("DU1"),
]
GROUPS = (
    "<ListOfGroups><Group><name>Two</name><ListOfAccts><Account><acct>DU2</acct>"
    "<amount>60.0</amount></Account></ListOfAccts><defaultMethod>Percent</defaultMethod></Group>"
    "</ListOfGroups>"
)
ALIASES = (
    "<ListOfAccountAliases><AccountAlias><account>DU2</account><alias>Ann</alias></AccountAlias>"
    "</ListOfAccountAliases>"
)


def _whole(open_stream: Callable[[TWS], AbstractAsyncContextManager[Any]]) -> Any:
    """Makes a use that gives what comes up to and with `Complete`."""

    async def use(tws: TWS) -> object:
        async with open_stream(tws) as stream:
            found = [await anext(stream)]
            while found[-1] != Complete():
                found.append(await anext(stream))
            return found

    return use


def _second(open_stream: Callable[[TWS], AbstractAsyncContextManager[Any]]) -> Any:
    """Makes a use that gives the second event: the first has no figures in the simulated TWS."""

    async def use(tws: TWS) -> object:
        async with open_stream(tws) as stream:
            await anext(stream)
            return await anext(stream)

    return use


def _summary(request: ReqAccountSummary) -> list[object]:
    value = AccountSummary(request.req_id, "DU1", "NetLiquidation", "12.50", "USD")
    return [value, AccountSummaryEnd(request.req_id)]


def _values(request: ReqAccountUpdatesMulti) -> list[object]:
    req_id = request.req_id
    value = AccountUpdateMulti(req_id, "DU1", "", "NetLiquidation", "12.50", "USD")
    return [value, AccountUpdateMultiEnd(req_id)]


def _positions_of_one(request: ReqPositionsMulti) -> list[object]:
    req_id = request.req_id
    return [PositionMulti(req_id, "DU1", AAPL, Decimal(3), 230.5), PositionMultiEnd(req_id)]


def _account(request: ReqAccountData) -> list[object]:
    return [*ACCOUNT] if request.subscribe else []


# TWS goes on with what has an id until it is told to stop, also where a list is all that is wanted:
# so these are streams. ReqAccountData is its own cancel, and so it counts twice.
CASES = [
    Case(
        "account_summary",
        lambda tws: tws.account_summary(["NetLiquidation"]),
        ReqAccountSummary,
        _summary,
        [WORTH],
        cancel=CancelAccountSummary,
        is_stream=True,
    ),
    Case(
        "open_account_summary",
        _whole(lambda tws: tws.open_account_summary(["NetLiquidation"])),
        ReqAccountSummary,
        _summary,
        [WORTH, Complete()],
        cancel=CancelAccountSummary,
        is_stream=True,
    ),
    Case(
        "account_values",
        lambda tws: tws.account_values(),
        ReqAccountUpdatesMulti,
        _values,
        [WORTH],
        cancel=CancelAccountUpdatesMulti,
        is_stream=True,
    ),
    Case(
        "account_values of old servers",
        lambda tws: tws.account_values(),
        ReqAccountData,
        _account,
        [WORTH],
        is_stream=True,
        versions=(100, 102),
    ),
    Case(
        "open_account_values",
        _whole(lambda tws: tws.open_account_values()),
        ReqAccountUpdatesMulti,
        _values,
        [WORTH, Complete()],
        cancel=CancelAccountUpdatesMulti,
        is_stream=True,
    ),
    Case(
        "open_account_values of old servers",
        _whole(lambda tws: tws.open_account_values()),
        ReqAccountData,
        _account,
        [WORTH, Complete()],
        is_stream=True,
        versions=(100, 102),
    ),
    Case(
        "positions",
        lambda tws: tws.positions(),
        ReqPositions,
        lambda request: [PositionData("DU1", AAPL, Decimal(3), 230.5), PositionEnd()],
        [HELD],
        versions=(100, 176, 226),
    ),
    Case(
        "open_positions",
        _whole(lambda tws: tws.open_positions()),
        ReqPositions,
        lambda request: [PositionData("DU1", AAPL, Decimal(3), 230.5), PositionEnd()],
        [HELD, Complete()],
        is_stream=True,
    ),
    Case(
        "positions of one account",
        lambda tws: tws.positions(tws.accounts[0]),
        ReqPositionsMulti,
        _positions_of_one,
        [HELD],
        cancel=CancelPositionsMulti,
        is_stream=True,
    ),
    Case(
        "open_positions of one account",
        _whole(lambda tws: tws.open_positions(tws.accounts[0])),
        ReqPositionsMulti,
        _positions_of_one,
        [HELD, Complete()],
        cancel=CancelPositionsMulti,
        is_stream=True,
    ),
    Case(
        "portfolio",
        lambda tws: tws.portfolio(),
        ReqAccountData,
        _account,
        [ITEM],
        is_stream=True,
        versions=(100, 176, 226),
    ),
    Case(
        "open_portfolio",
        _whole(lambda tws: tws.open_portfolio()),
        ReqAccountData,
        _account,
        [ITEM, Complete()],
        is_stream=True,
    ),
    Case(
        "pnl",
        lambda tws: tws.pnl(),
        ReqPnL,
        lambda request: [PnL(request.req_id), PnL(request.req_id, 1.5, 2.5, 3.5)],
        PnL(1_000_000_000, 1.5, 2.5, 3.5),
        cancel=CancelPnL,
        is_stream=True,
    ),
    Case(
        "open_pnl",
        _second(lambda tws: tws.open_pnl()),
        ReqPnL,
        lambda request: [PnL(request.req_id), PnL(request.req_id, 1.5, 2.5, 3.5)],
        PnL(1_000_000_000, 1.5, 2.5, 3.5),
        cancel=CancelPnL,
        is_stream=True,
    ),
    Case(
        "position_pnl",
        lambda tws: tws.position_pnl(AAPL),
        ReqPnLSingle,
        lambda request: [PnLSingle(request.req_id, Decimal(3), 1.5, 2.5, 3.5, 4.5)],
        PnLSingle(1_000_000_000, Decimal(3), 1.5, 2.5, 3.5, 4.5),
        cancel=CancelPnLSingle,
        is_stream=True,
    ),
    Case(
        "open_position_pnl",
        _second(lambda tws: tws.open_position_pnl(AAPL)),
        ReqPnLSingle,
        lambda request: [
            PnLSingle(request.req_id, Decimal(3)),
            PnLSingle(request.req_id, Decimal(3), 1.5, 2.5, 3.5, 4.5),
        ],
        PnLSingle(1_000_000_000, Decimal(3), 1.5, 2.5, 3.5, 4.5),
        cancel=CancelPnLSingle,
        is_stream=True,
        in_simulator=False,  # nothing is held there, and so the first one stays
    ),
    Case(
        "account_groups",
        lambda tws: tws.account_groups(),
        ReqFA,
        lambda request: [ReceiveFA(FADataType.GROUPS, GROUPS)],
        [AccountGroup("Two", "Percent", (GroupMember("DU2", Decimal("60.0")),))],
        in_simulator=False,  # its login is no adviser's
    ),
    Case(
        "account_aliases",
        lambda tws: tws.account_aliases(),
        ReqFA,
        lambda request: [ReceiveFA(FADataType.ALIASES, ALIASES)],
        {"DU2": "Ann"},
        in_simulator=False,
    ),
]
