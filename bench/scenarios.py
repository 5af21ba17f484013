"""What is measured, and who takes part.

Everything here is plain data without imports of any client: each runner reads it in an environment
of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

TEXT: Final = 176
"""The server version for text: the newest that all of the clients speak."""

PROTOBUF: Final = 226
"""The server version for protobuf: the newest there is."""

LAST_PRICE: Final = 1.0
"""The price of the last event of a stream, which no other has; so its end is seen, not counted."""

LINES: Final = 100
"""Streams on one connection in ``fan-out``: what TWS allows without a special agreement."""

HEARTBEAT: Final = 0.001
"""Seconds between two turns that the other task in ``fairness`` wants to have."""

RATE: Final = 2_000
"""Messages a second in ``paced``."""


@dataclass(frozen=True)
class Scenario:
    """One thing to measure.

    Attributes:
        name: What it is called in the results.
        kind: What the server sends and the runner does; scenarios of one kind differ in format.
        server_version: What the server agrees to.
        count: How many messages, bars or round trips are measured.
        quick: The same for ``--quick``.
        warm: How many go before that, so that compilers and caches have done their work.
        metrics: What is reported, the first of which is compared; a name ends with its unit.
        fewer: Clients that are given less, because they would take minutes.
    """

    name: str
    kind: str
    server_version: int
    count: int
    quick: int
    warm: int
    metrics: tuple[str, ...]
    about: str
    fewer: Mapping[str, int] = field(default_factory=dict[str, int])

    def size(self, client: str, *, quick: bool) -> int:
        """Gives how many are measured with this client."""
        count = self.quick if quick else self.count
        return min(count, self.fewer.get(client, count))


BLAST: Final = ("cpu_us", "wall_us")
"""Of streams: process time and elapsed time for each message, in microseconds."""

KEPT: Final = (*BLAST, "peak_mib")
"""Of what is kept: the largest size of the process in MiB too."""

_BARS: Final = {"@stoqey/ib": 2_000}  # its time grows with the square of the number
_BACKLOG: Final = {"ibapi": 40_000}  # same, with what has come and is not yet read

SCENARIOS: Final = (
    Scenario(
        "ticks text", "ticks", TEXT, 200_000, 40_000, 4_000, BLAST,
        "a line of market data, tickPrice and tickSize in turn",
        _BACKLOG,
    ),
    Scenario(
        "ticks protobuf", "ticks", PROTOBUF, 200_000, 40_000, 4_000, BLAST,
        "the same in protobuf",
        _BACKLOG,
    ),
    Scenario(
        "tick-by-tick text", "trades", TEXT, 200_000, 40_000, 4_000, BLAST,
        "every trade (AllLast)",
        _BACKLOG,
    ),
    Scenario(
        "tick-by-tick protobuf", "trades", PROTOBUF, 200_000, 40_000, 4_000, BLAST,
        "the same in protobuf",
        _BACKLOG,
    ),
    Scenario(
        "history text", "history", TEXT, 100_000, 20_000, 1_000, KEPT,
        "bars in one reply, their times made aware",
        _BARS,
    ),
    Scenario(
        "history default", "history-default", TEXT, 100_000, 20_000, 1_000, KEPT,
        "the same with the format of dates that the client asks for if nothing is said",
    ),
    Scenario(
        "history protobuf", "history", PROTOBUF, 100_000, 20_000, 1_000, KEPT,
        "the same in protobuf",
    ),
    Scenario(
        "orders text", "orders", TEXT, 60_000, 6_000, 1_500, BLAST,
        "openOrder, orderStatus and execDetails of one order after the other",
    ),
    Scenario(
        "fan-out", "fan-out", TEXT, 200_000, 40_000, 4_000, BLAST,
        f"ticks on {LINES} lines of one connection, each with a reader of its own",
        _BACKLOG,
    ),
    Scenario(
        "ping", "ping", TEXT, 5_000, 1_000, 200, ("p50_us", "p99_us", "cpu_us"),
        "currentTime, asked and answered, one after the other",
    ),
    Scenario(
        "paced", "paced", TEXT, 10_000, 2_000, 200, ("p50_us", "p99_us", "cpu_us"),
        f"{RATE} trades a second: from the server's send to the user's handler",
    ),
    Scenario(
        "fairness", "fairness", TEXT, 300_000, 60_000, 4_000, ("p99_us", "p50_us", "max_us"),
        f"how late another task's {HEARTBEAT * 1000:g} ms heartbeat is while trades come at once",
        _BACKLOG,
    ),
    Scenario(
        "connect", "connect", TEXT, 50, 10, 3, ("wall_ms", "cpu_ms"),
        "from nothing to a session that is ready, and its end",
        {"ibapi": 2},  # it takes about a second
    ),
    Scenario(
        "idle", "idle", TEXT, 500, 200, 20, ("heap_kib",),
        "memory that Python's allocator hands out for one stream on which nothing comes",
    ),
    Scenario(
        "import", "import", TEXT, 7, 1, 1, ("cpu_ms", "peak_mib"),
        "importing the client in a fresh interpreter, and the size of the process after it: the "
        "least of some",
    ),
)  # fmt: skip

BY_NAME: Final = {scenario.name: scenario for scenario in SCENARIOS}


@dataclass(frozen=True)
class Client:
    """One client in one way of using it.

    Attributes:
        name: What it is called in the results.
        runner: The module of `bench.clients`, or the file there if it ends with ``.js``.
        package: What is installed for it; "" for this project.
        imports: What ``import`` runs; "" to leave it out.
        kinds: The kinds of scenarios that it takes part in.
        newest: The newest server version that it speaks.
    """

    name: str
    runner: str
    package: str
    imports: str
    kinds: frozenset[str]
    newest: int
    about: str


_STREAMS: Final = frozenset({"ticks", "trades", "paced"})
_ALL: Final = _STREAMS | {
    *(
        "history",
        "history-default",
        "orders",
        "fan-out",
        "ping",
        "fairness",
        "connect",
        "idle",
        "import",
    ),
}

OURS: Final = "trio_tws"

CLIENTS: Final = (
    Client(
        OURS, "ours", "", "import trio_tws", _ALL, PROTOBUF,
        "`async for` over the streams of a session",
    ),
    Client(
        "floor", "floor", "", "import trio, attrs",
        _ALL - {"history-default", "orders", "idle", "connect"}, PROTOBUF,
        "no client: receive, split, convert, build an object, hand it to an `async for`",
    ),
    Client(
        "ibapi", "official", "ibapi-latest", "import ibapi.client, ibapi.wrapper",
        _ALL - {"history-default", "idle"}, PROTOBUF,
        "IB's own: callbacks in the thread that runs `EClient.run`",
    ),
    Client(
        "ib_async", "ib_async_tickers", "ib_async", "import ib_async", _ALL, TEXT,
        "events of `Ticker` objects, awaited requests",
    ),
    Client(
        "ib_async wrapper", "ib_async_wrapper", "ib_async", "", _STREAMS, TEXT,
        "callbacks of a `Wrapper` of one's own, without `Ticker` objects",
    ),
    Client(
        "ib_insync", "ib_insync_tickers", "ib_insync", "import ib_insync", _ALL, TEXT,
        "as ib_async, whose ancestor it is",
    ),
    Client(
        "@stoqey/ib", "stoqey.js", "@stoqey/ib", 'require("@stoqey/ib")',
        _ALL - {"history-default", "idle"}, TEXT,
        "events of `IBApi` under Node.js",
    ),
)  # fmt: skip

CLIENT_BY_NAME: Final = {client.name: client for client in CLIENTS}


def takes_part(client: Client, scenario: Scenario) -> bool:
    """Tells whether a client is measured in a scenario."""
    return scenario.kind in client.kinds and scenario.server_version <= client.newest
