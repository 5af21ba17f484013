"""Lists of messages as tables of polars, pandas and Arrow.

None of the three is needed, and none is imported before it is asked for.
"""

from collections.abc import Iterable
from types import UnionType
from typing import TYPE_CHECKING, assert_never

from trio_tws._client._columns import Many, Record, Scalar, Shape, columns

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa


def to_polars(items: Iterable[object], *, kind: type | UnionType | None = None) -> "pl.DataFrame":
    """Makes a polars data frame of messages: bars, ticks, contract details, anything of ours.

    ======================  ==========================  =====================  ====================
    a field's type          polars                      pandas                 Arrow
    ======================  ==========================  =====================  ====================
    bool                    Boolean                     bool, boolean          bool
    int                     Int64                       int64, Int64           int64
    float, Decimal          Float64                     float64                float64
    str                     String                      string                 string
    datetime                Datetime("us", "UTC")       datetime64[us, UTC]    timestamp[us, UTC]
    date                    Date                        datetime64[us]         date32
    bytes                   Binary                      object                 binary
    tuple                   List                        object, with lists     list
    enumeration             as its values               as its values          as its values
    anything else           as text                     as text                as text
    ======================  ==========================  =====================  ====================

    None is null. A structure in a field becomes columns named by their path, ``contract.symbol``;
    structures in a tuple stay together, as Struct or dict. A Decimal becomes a float, because that
    is what all three libraries reckon with fast; 15 digits of it are kept, and
    ``Decimal(repr(number))`` is what it was.
    The time of bars is a datetime or a date, as the bars have it.

    Args:
        items: The messages. They may be of several classes, as ticks are: the columns are then all
            that any of them has, merged by name, behind one named ``class`` with the class's name.
            A column which some have as text and others as a number is text.
        kind: The class of the items, or a union of classes such as `Tick`; needed only for the
            columns of an empty list. An empty list without it has no columns.

    Returns:
        A row for each message, in the order given.

    Raises:
        ImportError: polars is not there; the message says how to install it.
        TypeError: An item is not of ``kind``, is no message, or days and moments are mixed.
        ValueError: A datetime has no time zone. None of ours is like that.

    No checkpoint; nothing is sent.
    """
    try:
        import polars as pl
    except ImportError as error:
        raise _missing("polars", "polars") from error

    scalars: dict[Scalar, pl.DataType] = {
        Scalar.BOOLEAN: pl.Boolean(),
        Scalar.INTEGER: pl.Int64(),
        Scalar.NUMBER: pl.Float64(),
        Scalar.TEXT: pl.String(),
        Scalar.BYTES: pl.Binary(),
        Scalar.MOMENT: pl.Datetime("us", "UTC"),
        Scalar.DAY: pl.Date(),
    }

    def dtype(shape: Shape) -> pl.DataType:
        match shape:
            case Many(inner):
                return pl.List(dtype(inner))
            case Record(fields):
                return pl.Struct({name: dtype(inner) for name, inner in fields})
            case Scalar():
                return scalars[shape]
            case _:
                assert_never(shape)

    return pl.DataFrame(
        [
            pl.Series(column.name, column.values, dtype(column.shape))
            for column in columns(items, kind)
        ]
    )


def to_pandas(items: Iterable[object], *, kind: type | UnionType | None = None) -> "pd.DataFrame":
    """Makes a pandas data frame of messages.

    See `to_polars` for the columns and their types. Where two types stand there, the second is for
    columns that may have nulls. A date is midnight without a zone, as pandas has no type for days.

    Args:
        items: The messages, of one class or several.
        kind: Their class or a union of classes; needed only for the columns of an empty list.

    Returns:
        A row for each message, in the order given and numbered from 0.

    Raises:
        ImportError: pandas is not there; the message says how to install it.
        TypeError: An item is not of ``kind``, is no message, or days and moments are mixed.
        ValueError: A datetime has no time zone.

    No checkpoint; nothing is sent.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise _missing("pandas", "pandas") from error

    dtypes = {
        (Scalar.BOOLEAN, False): "bool",
        (Scalar.BOOLEAN, True): "boolean",
        (Scalar.INTEGER, False): "int64",
        (Scalar.INTEGER, True): "Int64",
    }
    for is_optional in (False, True):
        dtypes[Scalar.NUMBER, is_optional] = "float64"
        dtypes[Scalar.TEXT, is_optional] = "string"
        dtypes[Scalar.BYTES, is_optional] = "object"
        dtypes[Scalar.MOMENT, is_optional] = "datetime64[us, UTC]"
        dtypes[Scalar.DAY, is_optional] = "datetime64[us]"

    return pd.DataFrame(
        {
            column.name: pd.Series(
                column.values,
                dtype=dtypes[column.shape, column.is_optional]
                if isinstance(column.shape, Scalar)
                else "object",
            )
            for column in columns(items, kind)
        }
    )


def to_arrow(items: Iterable[object], *, kind: type | UnionType | None = None) -> "pa.Table":
    """Makes an Arrow table of messages.

    See `to_polars` for the columns and their types. A column that can't have nulls says so.

    Args:
        items: The messages, of one class or several.
        kind: Their class or a union of classes; needed only for the columns of an empty list.

    Returns:
        A row for each message, in the order given.

    Raises:
        ImportError: pyarrow is not there; the message says how to install it.
        TypeError: An item is not of ``kind``, is no message, or days and moments are mixed.
        ValueError: A datetime has no time zone.

    No checkpoint; nothing is sent.
    """
    try:
        import pyarrow as pa
    except ImportError as error:
        raise _missing("pyarrow", "arrow") from error

    scalars: dict[Scalar, pa.DataType] = {
        Scalar.BOOLEAN: pa.bool_(),
        Scalar.INTEGER: pa.int64(),
        Scalar.NUMBER: pa.float64(),
        Scalar.TEXT: pa.string(),
        Scalar.BYTES: pa.binary(),
        Scalar.MOMENT: pa.timestamp("us", "UTC"),
        Scalar.DAY: pa.date32(),
    }

    def dtype(shape: Shape) -> pa.DataType:
        match shape:
            case Many(inner):
                return pa.list_(dtype(inner))
            case Record(fields):
                return pa.struct([(name, dtype(inner)) for name, inner in fields])
            case Scalar():
                return scalars[shape]
            case _:
                assert_never(shape)

    found = columns(items, kind)
    schema = pa.schema(
        [
            pa.field(column.name, dtype(column.shape), nullable=column.is_optional)
            for column in found
        ]
    )
    return pa.table({column.name: column.values for column in found}, schema)


def _missing(library: str, extra: str) -> ImportError:
    return ImportError(
        f"{library} is not installed; it comes with: python -m pip install 'trio-tws[{extra}]'",
        name=library,
    )
