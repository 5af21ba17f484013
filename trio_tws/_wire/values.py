"""Single values between Python and the wire: what the templates of `kinds` call.

Everything here checks its argument, and says what is wrong with it.
"""

import math
import operator
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

_PRINTABLE: Final = r"[\t\n\r -~]*"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_SECOND: Final = timedelta(seconds=1)
_MOST_DIGITS: Final = 40


def flag(text: str) -> bool:
    """Tells what a flag in a text field says: any number but zero is true."""
    return text != "" and int(text) != 0


def flag_text(value: bool) -> str:
    """Writes a flag.

    Raises:
        TypeError: It is neither a flag nor an integer; a text or None would be taken for one.
    """
    return "1" if operator.index(value) else "0"


def int_text(value: int) -> str:
    """Writes an integer of 32 bits.

    Raises:
        ValueError: It is no integer, or has more bits.
    """
    return _integer_text(value, 31)


def long_text(value: int) -> str:
    """Writes an integer of 64 bits.

    Raises:
        ValueError: It is no integer, or has more bits.
    """
    return _integer_text(value, 63)


def _integer_text(value: int, bits: int) -> str:
    text = format(value, "d")
    if not -(1 << bits) <= value < 1 << bits:
        raise ValueError(f"{value} does not fit into {bits + 1} bits")
    return text


def plain(text: object) -> str:
    """Lets a text pass to the wire if it can stand there.

    Raises:
        TypeError: It is not a str.
        ValueError: It has a NUL, which ends a field.
    """
    if not isinstance(text, str):
        raise TypeError(f"{text!r} is not a str")
    if "\0" in text:
        raise ValueError(f"{text!r} contains NUL")
    return text


def printable(text: object) -> str:
    """Lets a text pass to TWS, which takes printable ASCII, tab and line ends.

    Raises:
        TypeError: It is not a str.
        ValueError: It has another character (TWS's own clients report 579 for it).
    """
    if not isinstance(text, str):
        raise TypeError(f"{text!r} is not a str")
    is_plain = text.isascii() and text.isprintable()  # as nearly all are
    if not is_plain and not re.fullmatch(_PRINTABLE, text):
        raise ValueError(f"{text!r} has characters other than printable ASCII, tab and line ends")
    return text


def float_text(value: float) -> str:
    """Writes a float as TWS reads it.

    Raises:
        ValueError: It is not a number.
    """
    number = float(value)
    if math.isfinite(number):
        return repr(number)
    if math.isnan(number):
        raise ValueError("NaN can't be sent; leave the value out with None")
    return "Infinity" if number > 0 else "-Infinity"


def quantity(text: str | int) -> Decimal:
    """Reads a quantity that is always there.

    Raises:
        ValueError: It is not a finite number.
    """
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(f"{text!r} is not a quantity")
    return number


def decimal_text(value: Decimal | float) -> str:
    """Writes a quantity in plain digits; an int or a float is taken for the decimal it shows.

    Raises:
        ValueError: It is not a finite number.
    """
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    if not number.is_finite():
        raise ValueError(f"{value} is not a quantity; leave the value out with None")
    # An exponent is for numbers that no one trades: 1E+999999 has a million digits.
    return format(number, "f") if abs(number.adjusted()) < _MOST_DIGITS else str(number)


def seconds_of(moment: datetime) -> int:
    """Gives whole seconds since 1970 (UTC).

    Raises:
        ValueError: The moment has no time zone.
    """
    return _since_epoch(moment) // _SECOND


def millis_of(moment: datetime) -> int:
    """Gives whole milliseconds since 1970 (UTC).

    Raises:
        ValueError: The moment has no time zone.
    """
    return _since_epoch(moment) // _MILLISECOND


def _since_epoch(moment: datetime) -> timedelta:
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone; give an aware datetime")
    return moment - _EPOCH


def nonzero(number: int) -> int:
    """Gives a number of which zero would mean that there is none.

    Raises:
        ValueError: It is zero.
    """
    if not number:
        raise ValueError("zero in place of a time")
    return number


def from_seconds(seconds: int) -> datetime:
    """Makes an aware datetime (UTC) of seconds since 1970."""
    try:
        return datetime.fromtimestamp(seconds, UTC)  # a third of the time of what is below
    except OSError:  # some systems know no time before 1970
        return _EPOCH + timedelta(seconds=seconds)


def from_millis(millis: int) -> datetime:
    """Makes an aware datetime (UTC) of milliseconds since 1970; exact, unlike a float."""
    return _EPOCH + timedelta(milliseconds=millis)


def unescape(text: str) -> str:
    r"""Undoes the ``\uXXXX`` that TWS writes for what is not ASCII; any other backslash stays."""
    if "\\u" not in text:
        return text
    parts = text.split("\\u")
    units: list[str] = []
    for part in parts[1:]:
        digits = part[:4]
        if len(digits) == 4 and all(digit in "0123456789abcdefABCDEF" for digit in digits):
            units.append(chr(int(digits, 16)) + part[4:])
        else:
            units.append("\\u" + part)
    joined = parts[0] + "".join(units)
    # What is beyond the first 65,536 characters comes as two halves; a half alone is not text.
    return joined.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def escape(text: str) -> str:
    r"""Writes what is not ASCII as ``\uXXXX``, in two halves where it needs two."""
    text = text.replace("\\u", "\\u005cu")  # or it would read as an escape of ours
    if text.isascii():
        return text
    halves = text.encode("utf-16-be", "replace")
    units = [int.from_bytes(halves[at : at + 2]) for at in range(0, len(halves), 2)]
    return "".join(chr(unit) if unit < 128 else f"\\u{unit:04x}" for unit in units)


def number_text(value: float) -> str:
    """Writes a protobuf double as the text it stands for: ``100``, not ``100.0``."""
    return repr(value).removesuffix(".0")
