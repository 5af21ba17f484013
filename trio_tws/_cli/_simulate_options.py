"""The options of `trio-tws simulate`, in the groups in which --help shows them."""

from enum import Enum
from typing import Annotated, Final

import typer

from trio_tws import _versions as v
from trio_tws._cli._session_facts import PORTS
from trio_tws.testing import Stage

_LISTENING: Final = "Where it listens"
_MARKET: Final = "The market, and its time"
_LOGIN: Final = "The login"
_DATA: Final = "What the login may see, and how much of it"
_IB: Final = "The way to IB"
_HAPPENS: Final = "What happens"
_ORDERS: Final = "Awkward about orders"
_CONNECTIONS: Final = "Trouble with each connection"

FEWEST_LINES: Final = 100
"""Every login has them."""

_STAGES: Final = ", ".join(stage.value for stage in Stage)
_HIGHEST_PORT: Final = 65_535
_NUMBER: Final = "N"
_SECONDS: Final = "SECONDS"
_WHAT: Final = "WHAT"


class HoursKind(Enum):
    """When the market is open."""

    ALWAYS = "always"
    EXCHANGE = "exchange"


Port = Annotated[
    int,
    typer.Option(
        min=0,
        max=_HIGHEST_PORT,
        metavar=_NUMBER,
        help=f"Those of real ones: {', '.join(map(str, PORTS))}. 0: any that is free.",
        rich_help_panel=_LISTENING,
    ),
]
Host = Annotated[
    str,
    typer.Option(
        metavar="ADDRESS",
        help="Anything but this computer's own lets others connect, without a password.",
        rich_help_panel=_LISTENING,
    ),
]
ServerVersion = Annotated[
    int,
    typer.Option(
        min=v.MIN_SERVER_VERSION,
        max=v.MAX_SERVER_VERSION,
        metavar=_NUMBER,
        help=f"The newest one to speak, {v.MIN_SERVER_VERSION} to {v.MAX_SERVER_VERSION}.",
        rich_help_panel=_LISTENING,
    ),
]

Seed = Annotated[
    int,
    typer.Option(metavar=_NUMBER, help="Tells one market from another.", rich_help_panel=_MARKET),
]
TradingHours = Annotated[
    HoursKind,
    typer.Option(
        help="Open at all hours, or as the exchanges are, with nights and holidays.",
        rich_help_panel=_MARKET,
    ),
]
Start = Annotated[
    str | None,
    typer.Option(
        metavar="TIME",
        help="When it begins, as 2026-01-15T09:30 by the clock of this TWS; now, if not given. "
        "With a start, prices are the same on each run.",
        rich_help_panel=_MARKET,
    ),
]
Speed = Annotated[
    float,
    typer.Option(
        metavar=_NUMBER,
        help="How many simulated seconds go by in a real one.",
        rich_help_panel=_MARKET,
    ),
]
Zone = Annotated[
    str,
    typer.Option(metavar="NAME", help="The time zone of this TWS.", rich_help_panel=_MARKET),
]

Accounts = Annotated[
    list[str] | None,
    typer.Option(
        "--account",
        metavar="NAME",
        help="Once for each; DU1234567, if not given. Those of paper trading begin with D.",
        rich_help_panel=_LOGIN,
    ),
]
Cash = Annotated[
    int,
    typer.Option(
        min=0,
        metavar=_NUMBER,
        help="US dollars with which each begins.",
        rich_help_panel=_LOGIN,
    ),
]
NextOrderId = Annotated[
    int,
    typer.Option(
        min=1,
        metavar=_NUMBER,
        help="The lowest order id it tells.",
        rich_help_panel=_LOGIN,
    ),
]
MasterClientId = Annotated[
    int | None,
    typer.Option(
        min=0,
        metavar=_NUMBER,
        help="The client that hears of the orders of all.",
        rich_help_panel=_LOGIN,
    ),
]

NoLive = Annotated[
    str | None,
    typer.Option(
        metavar=_WHAT,
        help="What has no live data: all, or symbols and kinds with commas between: OPT,AAPL. "
        "Programs can ask for delayed data.",
        rich_help_panel=_DATA,
    ),
]
NoDelayed = Annotated[
    str | None,
    typer.Option(metavar=_WHAT, help="What has no delayed data.", rich_help_panel=_DATA),
]
NoDepth = Annotated[
    str | None,
    typer.Option(metavar=_WHAT, help="What has no depth.", rich_help_panel=_DATA),
]
Lines = Annotated[
    int,
    typer.Option(
        min=FEWEST_LINES,
        metavar=_NUMBER,
        help="Market data lines, from which follow messages a second, depth and tick-by-tick.",
        rich_help_panel=_DATA,
    ),
]
NoLimits = Annotated[
    bool,
    typer.Option("--no-limits", help="Refuse nothing for being too much.", rich_help_panel=_DATA),
]

Latency = Annotated[
    float,
    typer.Option(
        min=0,
        metavar=_SECONDS,
        help="Before contracts and bars are answered, and orders are taken.",
        show_default=False,
        rich_help_panel=_IB,
    ),
]
IdleFarms = Annotated[
    bool,
    typer.Option(
        "--idle-farms",
        help="The farms sleep until they are needed, as with IB Gateway.",
        rich_help_panel=_IB,
    ),
]
Nightly = Annotated[
    str | None,
    typer.Option(
        "--nightly-reset",
        metavar="HH:MM",
        help="Lose IB each night at this time; IB does so at 23:45 in America.",
        rich_help_panel=_IB,
    ),
]
NightlySeconds = Annotated[
    float | None,
    typer.Option(
        metavar=_SECONDS,
        help="For how long; 60, if not given.",
        rich_help_panel=_IB,
    ),
]
NightlyLosesData = Annotated[
    bool,
    typer.Option(
        "--nightly-loses-data",
        help="Requests for data do not live through it: 1101, and not 1102.",
        rich_help_panel=_IB,
    ),
]
Competing = Annotated[
    bool,
    typer.Option(
        "--competing",
        help="Somebody uses the login's market data elsewhere: 10197, and no data here.",
        rich_help_panel=_IB,
    ),
]

ScenarioSource = Annotated[
    str | None,
    typer.Option(
        "--scenario",
        metavar="FILE.py",
        help="A Python file with a Scenario named scenario, or a function of that name that makes "
        "one. FILE.py:NAME and MODULE:NAME give another name.",
        rich_help_panel=_HAPPENS,
    ),
]
Rules = Annotated[
    list[str] | None,
    typer.Option(
        "--rule",
        metavar="RULE",
        help="One rule, as in a file: 'at(60).lose_ib(30)'; more than once for more. The words "
        'are in the documentation, under "Testing a bot".',
        rich_help_panel=_HAPPENS,
    ),
]

RepeatsStatus = Annotated[
    bool,
    typer.Option(
        "--repeat-status", help="Tell each state of an order twice.", rich_help_panel=_ORDERS
    ),
]
ShuffleSeed = Annotated[
    int | None,
    typer.Option(
        metavar=_NUMBER,
        help="Tell what belongs to one event in an order drawn with this seed.",
        rich_help_panel=_ORDERS,
    ),
]
AcknowledgeDelay = Annotated[
    float | None,
    typer.Option(
        min=0,
        metavar=_SECONDS,
        help="Before it takes note of an order; the latency, if not given.",
        rich_help_panel=_ORDERS,
    ),
]
CommissionDelay = Annotated[
    float,
    typer.Option(
        min=0,
        metavar=_SECONDS,
        help="From an execution to what it cost.",
        show_default=False,
        rich_help_panel=_ORDERS,
    ),
]
CancelDelay = Annotated[
    float,
    typer.Option(
        min=0,
        metavar=_SECONDS,
        help="In which an order that is to be cancelled may still be filled.",
        show_default=False,
        rich_help_panel=_ORDERS,
    ),
]
IsDeaf = Annotated[
    bool,
    typer.Option("--deaf", help="Hear orders, and do nothing.", rich_help_panel=_ORDERS),
]
IsMute = Annotated[
    bool,
    typer.Option("--mute", help="Work orders, and say nothing.", rich_help_panel=_ORDERS),
]
GreetsFirst = Annotated[
    bool,
    typer.Option(
        "--greet-first",
        help="Tell a client that comes back of its orders before anything else.",
        rich_help_panel=_ORDERS,
    ),
]

SilentAfter = Annotated[
    Stage | None,
    typer.Option(
        metavar="STAGE",
        help=f"Say nothing more from this stage of its start on: {_STAGES}.",
        rich_help_panel=_CONNECTIONS,
    ),
]
CutAfter = Annotated[
    int | None,
    typer.Option(
        min=0,
        metavar="BYTES",
        help="Break it after so many bytes.",
        rich_help_panel=_CONNECTIONS,
    ),
]
Segment = Annotated[
    int | None,
    typer.Option(
        min=1,
        metavar="BYTES",
        help="Send in pieces of this size.",
        rich_help_panel=_CONNECTIONS,
    ),
]
StartupDelay = Annotated[
    float,
    typer.Option(
        min=0,
        metavar=_SECONDS,
        help="Before each thing that is told at its start.",
        show_default=False,
        rich_help_panel=_CONNECTIONS,
    ),
]
DeafFor = Annotated[
    float,
    typer.Option(
        min=0,
        metavar=_SECONDS,
        help="After its start, in which requests are dropped.",
        show_default=False,
        rich_help_panel=_CONNECTIONS,
    ),
]
