"""What is known of the wire from outside: `tests/data`, and how its names and ours belong together.

Two names belong together if they are the same letters; the few that are not are listed here, once,
for the tests of the tables and for those against other clients.
"""

import csv
import functools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from trio_tws._model import MESSAGES
from trio_tws._wire.fields import WireField, fields_of, spec_of

DATA: Final = Path(__file__).parents[1] / "data"
NEVER: Final = 1_000_000

RENAMED: Final[Mapping[tuple[str, str], str]] = {
    ("", "ManagedAccounts"): "managed_accts",
    ("", "Error"): "err_msg",
    ("AcctValue", "val"): "value",
    ("BondContractData", "details"): "contractDetails",
    ("ComboLeg", "short_sale_slot"): "shortSalesSlot",
    ("CommissionAndFeesReport", "yield_"): "bondYield",
    ("Contract", "primary_exchange"): "primaryExch",
    ("ContractData", "details"): "contractDetails",
    ("ContractDetails", "fund_subsequent_minimum_purchase"): "fundMinimumSubsequentPurchase",
    ("ContractDetails", "notes"): "bondNotes",
    ("ContractDetails", "putable"): "puttable",
    ("CurrentTime", "time"): "currentTime",
    ("CurrentTimeInMillis", "time"): "currentTimeInMillis",
    ("Error", "code"): "errorCode",
    ("Error", "message"): "errorMsg",
    ("Error", "req_id"): "id",
    ("Error", "time"): "errorTime",
    ("Execution", "liquidation"): "isLiquidation",
    ("Execution", "pending_price_revision"): "isPriceRevisionPending",
    ("FamilyCode", "family_code_str"): "familyCode",
    ("HistogramData", "items"): "histogramDataEntries",
    ("HistoricalData", "bars"): "historicalDataBars",
    ("HistoricalDataEnd", "end_date"): "endDateStr",
    ("HistoricalDataEnd", "start_date"): "startDateStr",
    ("HistoricalDataUpdate", "bar"): "historicalDataBar",
    ("HistoricalSchedule", "sessions"): "historicalSessions",
    ("HistoricalTicks", "done"): "isDone",
    ("HistoricalTicks", "ticks"): "historicalTicks",
    ("HistoricalTicksBidAsk", "done"): "isDone",
    ("HistoricalTicksBidAsk", "ticks"): "historicalTicksBidAsk",
    ("HistoricalTicksLast", "done"): "isDone",
    ("HistoricalTicksLast", "ticks"): "historicalTicksLast",
    ("MktDepthExchanges", "depth_mkt_data_descriptions"): "depthMarketDataDescriptions",
    ("NewsBulletins", "msg_id"): "newsMsgId",
    ("NewsBulletins", "msg_type"): "newsMsgType",
    ("NewsBulletins", "origin_exch"): "originatingExch",
    ("NewsProvider", "code"): "providerCode",
    ("NewsProvider", "name"): "providerName",
    ("PnLSingle", "pos"): "position",
    ("PositionMulti", "pos"): "position",
    ("ReceiveFA", "cxml"): "xml",
    ("ReceiveFA", "fa_data"): "faDataType",
    ("ReplaceFA", "cxml"): "xml",
    ("ReplaceFA", "fa_data"): "faDataType",
    ("ReqAccountSummary", "group_name"): "group",
    ("ReqCalcImpliedVolat", "impl_vol_options"): "impliedVolatilityOptions",
    ("ReqCalcOptionPrice", "opt_prc_options"): "optionPriceOptions",
    ("ReqExecutions", "exec_filter"): "executionFilter",
    ("ReqFA", "fa_data"): "faDataType",
    ("ReqMktData", "mkt_data_options"): "marketDataOptions",
    ("ReqMktDepth", "mkt_depth_options"): "marketDepthOptions",
    ("ReqNewsBulletins", "all_msgs"): "allMessages",
    ("ReqScannerSubscription", "subscription"): "scannerSubscription",
    ("ScannerData", "elements"): "scannerDataElement",
    ("ScannerDataElement", "legs_str"): "comboKey",
    ("SoftDollarTier", "val"): "value",
    ("SoftDollarTiers", "tiers"): "softDollarTiers",
    ("TickByTick", "bid_ask"): "historicalTickBidAsk",
    ("TickByTick", "last"): "historicalTickLast",
    ("TickByTick", "mid_point"): "historicalTickMidPoint",
    ("TickPrice", "attribs"): "attrMask",
}
"""Our names that are not IB's, by class (none for a message itself): what IB says instead."""


@attrs.frozen
class Message:
    """One row of ``messages.tsv``."""

    name: str
    official_name: str
    """The call or the callback of IB's own clients."""
    since: int
    version: int | None
    """The message's own version number, its first text field, if it has one."""
    version_until: int
    """The first server version at which it has none any more."""
    protobuf_since: int
    protobuf_message: str


@attrs.frozen
class ProtoField:
    """One row of ``protobuf_fields.tsv``."""

    name: str
    number: int
    is_list: bool
    type: str
    """A scalar, ``map<string,string>``, or the message it holds."""


def letters(name: str) -> str:
    """Gives what counts of a name: its letters and digits, without case."""
    return name.replace("_", "").lower()


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t")


@functools.cache
def known_messages() -> Mapping[tuple[str, int], Message]:
    """Gives all messages by direction and id."""

    def version(text: str) -> int:
        return NEVER if text == "-" else int(text)

    return {
        (row["direction"], int(row["id"])): Message(
            row["name"],
            row["official_name"],
            version(row["since"]),
            None if row["version"] == "-" else int(row["version"]),
            version(row["version_until"]),
            version(row["protobuf_since"]),
            row["protobuf_message"],
        )
        for row in _rows("messages.tsv")
    }


@functools.cache
def known_proto_fields() -> Mapping[str, Mapping[int, ProtoField]]:
    """Gives the fields of every protobuf message by their numbers."""
    found: dict[str, dict[int, ProtoField]] = {}
    for row in _rows("protobuf_fields.tsv"):
        number = int(row["number"])
        found.setdefault(row["message"], {})[number] = ProtoField(
            row["field"], number, row["label"] == "repeated", row["type"]
        )
    return found


def message_of(cls: type) -> Message:
    """Gives what is known of one of our messages."""
    spec = spec_of(cls)
    return known_messages()["in" if spec.is_incoming else "out", spec.id]


def proto_pairs(cls: type) -> Iterator[tuple[type, str]]:
    """Gives a message and the structures in it, each with the protobuf message that carries it."""

    def walk(holder: type, name: str) -> Iterator[tuple[type, str]]:
        if (holder, name) in seen:
            return
        seen.add((holder, name))
        yield holder, name
        known = known_proto_fields().get(name, {})
        for field in fields_of(holder):
            if field.struct is not None and field.number is not None and field.number in known:
                kind = known[field.number].type
                if not kind.startswith("map<"):
                    yield from walk(field.struct, kind)

    seen: set[tuple[type, str]] = set()
    yield from walk(cls, message_of(cls).protobuf_message)


def their_name(cls: type, field: WireField) -> str:
    """Gives IB's name of a field where ours has other letters, else ours."""
    return RENAMED.get((cls.__name__, field.name), field.name)


OUTGOING: Final[tuple[type, ...]] = tuple(MESSAGES.outgoing.values())
INCOMING: Final[tuple[type, ...]] = tuple(MESSAGES.incoming.values())


def class_of(value: object) -> type:
    """Gives the class of a message, in a form that both type checkers take for a key."""
    return type(value)


def name_of(value: Any) -> str | None:
    """Names the parameters of a test after the classes they are."""
    return value.__name__ if isinstance(value, type) else None
