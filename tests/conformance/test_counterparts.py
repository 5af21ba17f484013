"""The page for those who know IB's client: it names every method there, and only what is here."""

import re
from inspect import isfunction
from pathlib import Path

from ibapi.client import EClient

import trio_tws
from trio_tws import TWS

PAGE = Path(__file__).parents[2] / "docs" / "from-ibapi.md"
INSIDE = {
    "checkConnected",
    "keyboardInterrupt",
    "keyboardInterruptHard",
    "logRequest",
    "msgLoopRec",
    "msgLoopTmo",
    "reset",
    "sendMsg",
    "setConnState",
    "validateAttachedOrdersParameters",
    "validateInvalidSymbols",
    "validateOrderParameters",
}
"""Its own parts, which are no requests."""

PROTOBUF = "ProtoBuf"
"""What ends the names of its methods that take a protobuf message."""

WITHOUT_A_PLAIN_TWIN = {"reqConfig", "updateConfig"}


def rows() -> list[tuple[set[str], list[str]]]:
    text = PAGE.read_text(encoding="utf-8")
    table = text.partition("<!-- methods: begin -->")[2].partition("<!-- methods: end -->")[0]
    cells = [line.strip("| ").split(" | ") for line in table.strip().splitlines()[2:]]
    return [
        (set(re.findall(r"`(\w+)`", there)), re.findall(r"`([\w.]+)`", here))
        for there, here in cells
    ]


def test_every_method_there_has_its_place() -> None:
    there = {name for name, it in vars(EClient).items() if isfunction(it) and name[0] != "_"}
    plain = {name for name in there if not name.endswith(PROTOBUF)}
    assert {f"{name}{PROTOBUF}" for name in WITHOUT_A_PLAIN_TWIN} <= there
    assert set.union(*(names for names, _ in rows())) == plain - INSIDE | WITHOUT_A_PLAIN_TWIN


def test_everything_that_it_names_is_here() -> None:
    for _, named in rows():
        for name in named:
            owner, _, attribute = name.rpartition(".")
            assert hasattr(getattr(trio_tws, owner) if owner else trio_tws, attribute), name


def test_every_method_here_that_asks_tws_is_named() -> None:
    own = {"events", "how_long", "known", "open_events", "open_trades", "pacing", "reconcile"}
    own |= {"send", "statistics", "trade", "trades", "fundamental_data"}
    public = {name for name in dir(TWS) if not name.startswith("_")}
    named = {name.removeprefix("TWS.") for _, names in rows() for name in names}
    assert public - own <= named
