"""The terms by which people name an instrument, checked, and written the way TWS takes them.

An ISIN, a CUSIP and a FIGI end in a digit that is computed from the rest, so a slip of the finger
is found here rather than as "no security definition" from TWS.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Final

# Patterns are texts: `re` compiles one when it is first used, and a program needs few of them.
_DAY: Final = r"(?a)\d{8}"
_MONTH: Final = r"(?a)\d{6}"
_FIRST_OF_MONTH: Final = "01"
_PAIR: Final = r"([A-Z]{3})[./]?([A-Z]{3})"
_RIGHTS: Final = {"C": "C", "CALL": "C", "P": "P", "PUT": "P"}

_ISIN: Final = r"[A-Z]{2}[A-Z0-9]{9}[0-9]"
_CUSIP: Final = r"[A-Z0-9*@#]{8}[0-9]"
_FIGI: Final = r"[B-DF-HJ-NP-TV-Z]{2}G[B-DF-HJ-NP-TV-Z0-9]{8}[0-9]"
_VALUES: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*@#"
"""What a character of an identifier counts for is its place here."""


def need_one(what: str, **given: str | int) -> None:
    """Refuses a description that has nothing to find an instrument by.

    Raises:
        ValueError: None of what was given says anything, or a con_id is negative.
    """
    if not any(given.values()):
        raise ValueError(f"{what} needs {' or '.join(given)}")
    con_id = given.get("con_id", 0)
    if isinstance(con_id, int) and con_id < 0:
        raise ValueError(f"con_id={con_id} is none of IB's numbers, which are positive")


def currency_of(currency: str | None, con_id: int, figi: str = "") -> str:
    """Gives the currency to search for: USD unless one is given, or known from what is named.

    A con_id or a FIGI means one listing, whose currency nobody needs to know to find it.
    """
    return ("" if con_id or figi else "USD") if currency is None else currency


# Dates, strikes, rights, pairs ....................................................................


def day(name: str, value: str | date) -> str:
    """Writes a day as yyyymmdd.

    Raises:
        ValueError: It is no day of the calendar, or a moment, whose day depends on the zone.
    """
    text = _text(name, value)
    if not re.fullmatch(_DAY, text) or not _is_in_calendar(text):
        raise ValueError(f"{name}={value!r} is no day; write it as 20271217")
    return text


def day_or_month(name: str, value: str | date) -> str:
    """Writes a day as yyyymmdd, or a month as yyyymm.

    Raises:
        ValueError: It is neither, or a moment, whose day depends on the zone.
    """
    text = _text(name, value)
    as_day = text + _FIRST_OF_MONTH if re.fullmatch(_MONTH, text) else text
    if not re.fullmatch(_DAY, as_day) or not _is_in_calendar(as_day):
        raise ValueError(
            f"{name}={value!r} is neither a month nor a day; write it as 202712 or 20271217"
        )
    return text


def _text(name: str, value: str | date) -> str:
    if isinstance(value, datetime):
        words = f"{name}={value!r} is a moment; give its day, with .date()"
        raise ValueError(words)  # noqa: TRY004 - to a type checker it is a date
    return value if isinstance(value, str) else value.isoformat().replace("-", "")


def _is_in_calendar(text: str) -> bool:
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return True


def strike_price(strike: float | None, *, may_be_negative: bool = False) -> float:
    """Gives a strike as it is.

    Raises:
        ValueError: It is no price, or not above zero; options on the spread of two futures have
            strikes of any sign.
    """
    if strike is None or not math.isfinite(strike):
        raise ValueError(f"strike={strike!r} is no price")
    if strike <= 0 and not may_be_negative:
        raise ValueError(f"strike={strike!r} is not above zero")
    return strike


def right_of(right: str) -> str:
    """Gives C or P, for a letter or a word in any case.

    Raises:
        ValueError: It is neither a call nor a put.
    """
    found = _RIGHTS.get(right.upper())
    if found is None:
        raise ValueError(f"right={right!r} is neither C (call) nor P (put)")
    return found


def currencies(pair: str) -> tuple[str, str]:
    """Gives the two currencies of a pair such as EURUSD, EUR.USD or EUR/USD.

    Raises:
        ValueError: It is not two codes of three letters, or twice the same.
    """
    codes = re.fullmatch(_PAIR, pair.upper())
    if codes is None or codes[1] == codes[2]:
        raise ValueError(f"{pair!r} is no currency pair; write it like EURUSD")
    return codes[1], codes[2]


# Identifiers ......................................................................................


def security_id(*, figi: str = "", cusip: str = "", isin: str = "") -> tuple[str, str]:
    """Gives the kind of an identifier in IB's letters, and the identifier; both empty without one.

    Raises:
        ValueError: There are several, or its form or its check digit is wrong.
    """
    given = {"figi": figi, "cusip": cusip, "isin": isin}
    told = {name: text for name, text in given.items() if text}
    if len(told) > 1:
        several = ", ".join(f"{name}={text!r}" for name, text in told.items())
        raise ValueError(f"give only one of {several}")
    for name, text in told.items():
        kind, identifier = name.upper(), text.upper()
        form, digit = _KINDS[kind]
        if not re.fullmatch(form, identifier):
            raise ValueError(f"{name}={text!r} is no {kind} by its form")
        if digit(identifier[:-1]) != int(identifier[-1]):
            raise ValueError(f"{name}={text!r} has a typing error: its check digit does not fit")
        return kind, identifier
    return "", ""


def _isin_digit(body: str) -> int:
    """Letters become two digits; then each second digit from the right is doubled (Luhn)."""
    digits = "".join(str(_VALUES.index(character)) for character in body)
    doubled = (int(digit) * (2 - at % 2) for at, digit in enumerate(reversed(digits)))
    return _complement(doubled)


def _figi_or_cusip_digit(body: str) -> int:
    """Each second character is doubled, from the left; a letter counts for two digits at once."""
    doubled = (_VALUES.index(character) * (1 + at % 2) for at, character in enumerate(body))
    return _complement(doubled)


def _complement(values: Iterable[int]) -> int:
    return -sum(value // 10 + value % 10 for value in values) % 10


_KINDS: Final[Mapping[str, tuple[str, Callable[[str], int]]]] = {
    "FIGI": (_FIGI, _figi_or_cusip_digit),
    "CUSIP": (_CUSIP, _figi_or_cusip_digit),
    "ISIN": (_ISIN, _isin_digit),
}
"""The form of each kind, and what its last digit has to be."""
