"""The time zones that TWS names.

TWS runs on Java and writes a zone as Java does: by its id (``US/Eastern``, ``MET``), by the
abbreviation of the season (``EST``), or by its display name in the language of the computer
(``Eastern Standard Time``, ``中国标准时间``), sometimes in that computer's code page.
`zones.tsv` says which zone each of them is.

Its ids come first if the time zone database has them: some systems leave the old ones out, and then
the table knows their successors. Abbreviations are the table's alone, because the database takes
EST, MST and HST for offsets without summer time, while TWS writes EST all year for New York.

The ambiguous ones are whatever trades at IB:

- CST is Chicago, as in old definitions of CME's contracts, and not China; China's computers write
  its name.
- IST is India, BST British summer and not Bangladesh, AST and NST Canada, MST Denver and not
  Phoenix, ART Argentina and not Egypt, GST Dubai.
- GMT is UTC. ``Greenwich Mean Time`` is London, which calls itself so in winter.
- ``Central European Standard Time`` is Paris (Java) before Warsaw (Windows), ``Arabian Standard
  Time`` Riyadh before Dubai.

Sources: the names are those that Java and Windows show; in other languages than English there are
the few of the largest exchanges' countries. Observed: JST (lbilli/rib issue 5), Central Standard
Time (lbilli/Jib.jl issue 6), British Summer Time and Greenwich Mean Time (wboayue/rust-ibapi issue
233, pull request 402), MET and EST (vnpy/vnpy_ib issue 27).
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

TABLE: Final = "zones.tsv"

_ESCAPED: Final = rb"\\x([0-9a-f]{2})"
_OFFSET: Final = r"(?a)(?:GMT|UTC)([+-])0?(\d{1,2})(?::?00)?"
_CODE_PAGES: Final = ("gb18030", "big5", "cp932", "cp949", "cp1252", "cp1251", "cp1250", "cp1255")


@lru_cache(maxsize=256)  # names come from outside, and there is no end of them
def zone_named(name: str) -> "ZoneInfo | None":
    r"""Gives the zone that TWS means by a name, or None if nobody knows it.

    Args:
        name: An id, an abbreviation, a display name in English (or that of China, Hong Kong,
            Taiwan, Japan, Korea, Russia and Central Europe in the language of the place), or a
            whole number of hours such as ``GMT+8``. Bytes of another code page may stand in it as
            ``\xNN``, as the handshake leaves them.
    """
    return _zone(name) or next(
        (zone for text in _in_code_pages(name) if (zone := _zone(text)) is not None), None
    )


def _zone(name: str) -> "ZoneInfo | None":
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - dear, and TWS seldom names a zone

    key, plain = _key(name), name.strip()
    known = _abbreviations().get(key) or _id(plain) or _others().get(key) or _at_offset(plain)
    return ZoneInfo(known) if known else None


def _id(name: str) -> str | None:
    """Gives a name back if the time zone database has it."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415 - as above

    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, ZoneInfoNotFoundError):  # OSError: "US" is a directory
        return None


def _at_offset(name: str) -> str | None:
    found = re.fullmatch(_OFFSET, name)
    if found is None:
        return None
    sign, hours = found.groups()
    # These ids count westwards, as POSIX does. Nothing has halves of an hour.
    return _id(f"Etc/GMT{'-' if sign == '+' else '+'}{hours}")


def _in_code_pages(name: str) -> list[str]:
    """Reads a name again whose bytes were not UTF-8, in the code pages that it may be of."""
    raw = name.encode("utf-8", "replace")
    if re.search(_ESCAPED, raw) is None:
        return []
    raw = re.sub(_ESCAPED, lambda found: bytes.fromhex(found[1].decode("ascii")), raw)
    return [raw.decode(page, "replace") for page in _CODE_PAGES]


def _key(name: str) -> str:
    """Makes names alike that differ in case, blanks or the form of their apostrophes only."""
    plain = unicodedata.normalize("NFKC", name).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return " ".join(plain.split()).casefold()


@cache
def zone_table() -> tuple[tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...]:
    """Gives each zone with its abbreviations, old ids and display names."""
    from importlib.resources import files  # noqa: PLC0415 - dear, and seldom needed

    text = files("trio_tws._client").joinpath(TABLE).read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines()[1:])
    return tuple(
        (zone, _names(abbreviations), _names(ids), _names(names))
        for zone, abbreviations, ids, names in rows
    )


def _names(cell: str) -> tuple[str, ...]:
    return () if cell == "-" else tuple(cell.split("; "))


@cache
def _abbreviations() -> Mapping[str, str]:
    return {_key(name): zone for zone, names, _, _ in zone_table() for name in names}


@cache
def _others() -> Mapping[str, str]:
    return {_key(name): zone for zone, _, ids, names in zone_table() for name in (*ids, *names)}
