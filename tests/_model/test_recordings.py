"""Frames that TWS really sent, or took, against the tables."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

import attrs
import pytest

from tests._model.facts import DATA
from trio_tws._enums import SecType
from trio_tws._model import MESSAGES
from trio_tws._model.bars import HistoricalData, HistoricalDataBar
from trio_tws._model.contracts import Contract, ReqContractData
from trio_tws._model.scanner import ScannerData, ScannerDataElement
from trio_tws._model.session import CurrentTime, ManagedAccounts
from trio_tws.protocol._codec import Codec, Decoded
from trio_tws.protocol._events import MalformedMessage

HAND_EDITED: Final = {
    r"1\01234\0AAPL\0STK": "a contract under the id of tick_price: no price, no size, no mask",
    r"2\05678\0GOOGL\0STK": "a contract under the id of tick_size, in the same form",
    r"21\06\09000\013\00.25": "a message version that is gone there, ten numbers instead of eight",
    r"21\06\09000\013\00.3\0": "the same",
    r"87\0239\06\00\00.01": "a market rule with its six steps under the id of historical_news_end",
    r"4\0\09000\038\02.5\0+2.50": "what tick_efp holds (+2.50, 20230315) under the id of err_msg",
    r"61\03\06\0DU1234567": "a position_multi, with request id and model, under the id of position",
    r"7\04\0AAPL\0STK": "version 4, of servers below 100: no con_id, multiplier or exchange",
    r"50\0\09000\0invalid_timestamp": "words where the time of real_time_bars is, no version",
}
"""Frames that can't be what TWS sent, by how they begin, with the evidence."""


@attrs.frozen
class Recording:
    """One frame, and the server versions at which it may have been sent."""

    is_incoming: bool
    versions: range
    text: str

    @property
    def payload(self) -> bytes:
        return self.text.replace("\\0", "\0").encode()

    def decode(self, version: int) -> Decoded:
        return Codec(version, reads_incoming=self.is_incoming, strict=True).decode(self.payload)

    def __str__(self) -> str:
        return f"{'in' if self.is_incoming else 'out'} {self.text[:30]}"


def recordings() -> Iterator[Recording]:
    """Gives the frames of messages that the tables have."""
    with (DATA / "recordings.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            is_incoming = row["direction"] == "in"
            known = MESSAGES.incoming if is_incoming else MESSAGES.outgoing
            if int(row["frame"].partition("\\0")[0]) in known:
                first, _, last = row["versions"].partition("-")
                yield Recording(
                    is_incoming, range(int(first), int(last or first) + 1), row["frame"]
                )


ALL: Final = tuple(recordings())
WHOLE: Final = [frame for frame in ALL if not frame.text.startswith(tuple(HAND_EDITED))]
EDITED: Final = [frame for frame in ALL if frame not in WHOLE]


@pytest.mark.parametrize("frame", WHOLE, ids=str)
def test_a_recorded_frame_fits_its_message_with_no_field_left_over(frame: Recording) -> None:
    fitting = [
        version
        for version in frame.versions
        if not isinstance(frame.decode(version), MalformedMessage)
    ]

    assert fitting


@pytest.mark.parametrize("frame", EDITED, ids=str)
def test_a_frame_that_was_edited_by_hand_fits_at_no_version(frame: Recording) -> None:
    assert all(isinstance(frame.decode(version), MalformedMessage) for version in frame.versions)


@pytest.mark.parametrize("frame", [frame for frame in WHOLE if len(frame.versions) == 1], ids=str)
def test_a_frame_of_a_known_version_is_written_as_it_was_recorded(frame: Recording) -> None:
    (version,) = frame.versions
    writer = Codec(version, reads_incoming=not frame.is_incoming)

    assert writer.encode(frame.decode(version)) == frame.payload


def test_every_frame_edited_by_hand_is_listed_with_its_beginning() -> None:
    assert len(EDITED) == len(HAND_EDITED)


def first(prefix: str) -> Recording:
    return next(frame for frame in WHOLE if frame.text.startswith(prefix))


def test_the_time_that_was_recorded() -> None:
    frame = first(r"49\01\01752606307")

    assert frame.decode(173) == CurrentTime(time=datetime(2025, 7, 15, 19, 5, 7, tzinfo=UTC))


def test_the_accounts_that_were_recorded() -> None:
    assert first(r"15\0").decode(173) == ManagedAccounts(accounts_list=("ACCOUNT_ID",))


def test_the_bars_that_were_recorded() -> None:
    message = first(r"17\09000\020230413").decode(173)

    assert isinstance(message, HistoricalData)
    assert (message.req_id, len(message.bars)) == (9000, 2)
    assert (message.start_date, message.end_date) == ("20230413  09:30:00", "20230415  16:00:00")
    assert message.bars[0] == HistoricalDataBar(
        date="20230413",
        open=182.94,
        high=186.5,
        low=180.94,
        close=185.9,
        volume=Decimal("948837.22"),
        wap=Decimal("184.869"),
        bar_count=324891,
    )


def test_the_ranking_that_was_recorded() -> None:
    message = first(r"20\03\09000").decode(173)

    assert isinstance(message, ScannerData)
    assert (message.req_id, [one.rank for one in message.elements]) == (9000, [*range(10)])
    assert [one.contract.symbol for one in message.elements][:3] == ["SVMH", "GTI", "LITM"]
    contract = Contract(
        con_id=670777621,
        symbol="SVMH",
        sec_type=SecType.STOCK,
        strike=0.0,
        exchange="SMART",
        currency="USD",
        local_symbol="SVMH",
        trading_class="NMS",
    )
    assert message.elements[0] == ScannerDataElement(contract=contract, market_name="NMS")


def test_the_request_that_was_recorded_is_older_than_the_issuer_id() -> None:
    frame = first(r"9\08\09000")
    message = frame.decode(175)

    assert isinstance(message, ReqContractData)
    assert (message.contract.symbol, message.contract.exchange) == ("AAPL", "SMART")
    assert message.contract.strike == 0
    assert isinstance(frame.decode(176), MalformedMessage)
