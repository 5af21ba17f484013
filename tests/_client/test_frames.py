import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import polars as pl
import pytest

from tests._cli.processes import environment
from trio_tws import (
    Bar,
    Contract,
    ContractData,
    ContractDetails,
    MalformedMessage,
    RemoteProtocolError,
    TagValue,
    Tick,
    TickPrice,
    TickSize,
    TickType,
    to_arrow,
    to_pandas,
    to_polars,
)
from trio_tws._model import MESSAGES

MOMENT = datetime(2026, 1, 16, 14, 30, tzinfo=UTC)
DAY = date(2026, 1, 16)

BARS = [
    Bar(MOMENT, 1.5, 2.0, 1.0, 1.75, Decimal("0.30"), Decimal("1.6"), 7),
    Bar(MOMENT, 1.5, 2.0, 1.0, 1.75, None, None, None),
]
DAYS = [Bar(DAY, 1.5, 2.0, 1.0, 1.75, None, None, None)]
DETAILS = ContractDetails(sec_id_list=(TagValue("ISIN", "US1"),), fund_closed=True)
FOUND = [ContractData(1, Contract(symbol="SPY"), DETAILS), ContractData(2)]
TICKS = [TickPrice(1, TickType.BID, 2.5), TickSize(1, TickType.BID_SIZE, Decimal(3))]
MALFORMED = [MalformedMessage(None, 46, b"\1", RemoteProtocolError("no"))]


def arrow_types(table: Any) -> dict[str, str]:
    """What `pyarrow` itself writes: the type, and "not null" where that holds."""
    return {
        field.name: f"{field.type}{'' if field.nullable else ' not null'}" for field in table.schema
    }


ALL: list[Callable[..., Any]] = [to_polars, to_pandas, to_arrow]


def test_bars_in_polars() -> None:
    frame = to_polars(BARS)

    assert dict(frame.schema) == {
        "time": pl.Datetime("us", "UTC"),
        "open": pl.Float64(),
        "high": pl.Float64(),
        "low": pl.Float64(),
        "close": pl.Float64(),
        "volume": pl.Float64(),
        "wap": pl.Float64(),
        "count": pl.Int64(),
    }
    assert frame.row(0) == (MOMENT, 1.5, 2.0, 1.0, 1.75, 0.3, 1.6, 7)
    assert frame.row(1)[-3:] == (None, None, None)
    assert to_polars(DAYS).schema["time"] == pl.Date()
    assert to_polars(DAYS)["time"].to_list() == [DAY]


def test_bars_in_pandas() -> None:
    frame = to_pandas(BARS)

    assert {str(name): str(dtype) for name, dtype in frame.dtypes.items()} == {
        "time": "datetime64[us, UTC]",
        "open": "float64",
        "high": "float64",
        "low": "float64",
        "close": "float64",
        "volume": "float64",
        "wap": "float64",
        "count": "Int64",
    }
    assert list(frame["time"]) == [MOMENT, MOMENT]
    assert list(frame["count"]) == [7, pd.NA]
    assert frame["volume"].isna().tolist() == [False, True]
    assert str(to_pandas(DAYS)["time"].dtype) == "datetime64[us]"
    assert to_pandas(DAYS)["time"][0].date() == DAY


def test_bars_in_arrow() -> None:
    table = to_arrow(BARS)

    assert arrow_types(table) == {
        "time": "timestamp[us, tz=UTC] not null",
        "open": "double not null",
        "high": "double not null",
        "low": "double not null",
        "close": "double not null",
        "volume": "double",
        "wap": "double",
        "count": "int64",
    }
    assert table.to_pylist()[0] == {
        "time": MOMENT,
        "open": 1.5,
        "high": 2.0,
        "low": 1.0,
        "close": 1.75,
        "volume": 0.3,
        "wap": 1.6,
        "count": 7,
    }
    assert arrow_types(to_arrow(DAYS))["time"] == "date32[day] not null"
    assert to_arrow(DAYS)["time"].to_pylist() == [DAY]


def test_contract_details_in_each() -> None:
    secs = [{"tag": "ISIN", "value": "US1"}]
    polars, pandas, arrow = to_polars(FOUND), to_pandas(FOUND), to_arrow(FOUND)

    assert polars["contract.symbol"].to_list() == ["SPY", ""]
    assert list(pandas["contract.symbol"]) == ["SPY", ""]
    assert arrow["contract.symbol"].to_pylist() == ["SPY", ""]

    assert polars.schema["details.sec_id_list"] == pl.List(
        pl.Struct({"tag": pl.String(), "value": pl.String()})
    )
    assert polars["details.sec_id_list"].to_list() == [secs, []]
    assert list(pandas["details.sec_id_list"]) == [secs, []]
    assert arrow["details.sec_id_list"].to_pylist() == [secs, []]

    assert polars["details.fund_closed"].to_list() == [True, False]
    assert str(pandas["details.fund_closed"].dtype) == "bool"
    assert arrow_types(arrow)["details.fund_closed"] == "bool not null"
    assert str(pandas["contract.symbol"].dtype) == "string"


def test_ticks_of_several_classes_in_each() -> None:
    polars, pandas, arrow = to_polars(TICKS), to_pandas(TICKS), to_arrow(TICKS)

    assert polars["class"].to_list() == list(pandas["class"]) == ["TickPrice", "TickSize"]
    assert polars["price"].to_list() == arrow["price"].to_pylist() == [2.5, None]
    assert arrow["tick_type"].to_pylist() == [1, 0]
    assert str(pandas["tick_type"].dtype) == "int64"
    assert str(pandas["attribs"].dtype) == "Int64"


def test_bytes_in_each() -> None:
    assert to_polars(MALFORMED)["payload"].to_list() == [b"\1"]
    assert list(to_pandas(MALFORMED)["payload"]) == [b"\1"]
    assert to_arrow(MALFORMED)["payload"].to_pylist() == [b"\1"]


@pytest.mark.parametrize("kind", [Bar, Tick, *MESSAGES])
def test_an_empty_list_has_the_columns_and_types_of_its_kind(kind: Any) -> None:
    polars, pandas, arrow = (
        to_polars([], kind=kind),
        to_pandas([], kind=kind),
        to_arrow([], kind=kind),
    )

    assert len(polars) == len(pandas) == len(arrow) == 0
    assert polars.columns == list(pandas.columns) == arrow.column_names
    assert "null" not in arrow_types(arrow).values()


@pytest.mark.parametrize("items", [BARS, FOUND])
def test_an_empty_list_has_the_types_of_a_full_one(items: list[Any]) -> None:
    kind: type = Bar if items is BARS else ContractData

    assert to_polars([], kind=kind).schema == to_polars(items).schema
    assert to_arrow([], kind=kind).schema == to_arrow(items).schema
    assert dict(to_pandas([], kind=kind).dtypes) == dict(to_pandas(items).dtypes)


@pytest.mark.parametrize("convert", ALL)
def test_nothing_at_all_is_an_empty_table(convert: Callable[..., Any]) -> None:
    assert convert([]).shape == (0, 0)
    assert convert(iter(BARS)).shape == (2, 8)


@pytest.mark.parametrize("convert", ALL)
def test_the_wrong_kind_is_refused(convert: Callable[..., Any]) -> None:
    with pytest.raises(TypeError, match="item 0 is a Bar"):
        convert(BARS, kind=TickPrice)


@pytest.mark.parametrize(
    ("convert", "library", "extra"),
    [
        (to_polars, "polars", "polars"),
        (to_pandas, "pandas", "pandas"),
        (to_arrow, "pyarrow", "arrow"),
    ],
)
def test_a_missing_library_says_how_to_install_it(
    convert: Callable[..., Any], library: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)  # Python's way to say that it is not there

    with pytest.raises(ImportError) as caught:
        convert(BARS)
    assert str(caught.value).startswith(f"{library} is not installed")
    assert f"pip install 'trio-tws[{extra}]'" in str(caught.value)
    assert caught.value.name == library


@pytest.mark.slow
def test_none_of_the_libraries_is_imported_before_it_is_asked_for() -> None:
    program = "import sys, trio_tws; print({'pandas', 'polars', 'pyarrow'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment(),
        capture_output=True,
        check=True,
        text=True,
    )

    assert done.stdout.strip() == "set()"
