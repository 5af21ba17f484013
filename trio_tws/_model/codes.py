"""What an error code says, and what it does to the request or order that it names.

TWS sends greetings, warnings and failures in one message; the code decides. What is known of each
is a row of `codes.tsv`: its class, what it names, whether it ends that, which `RequestError` it
raises, what to do, what it means; a dash is none. The table is read when the first code comes.

A code that is not there ends what it names: to wait for an answer that will not come is worse than
to be told of a warning too loudly. Only from 2100 to 2199, where IB keeps its notices, is it the
other way round, and where an order may live on. IB adds codes without a word, so a program can add
notices of its own: `treat_as_notice`.

Sources: IB's list of message codes, the lists inside its clients, and what other clients learnt of
those which IB does not explain.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Final, final

from trio_tws._enums import MarketDataKind
from trio_tws._wire.late import frozen

TABLE: Final = "codes.tsv"


class CodeClass(StrEnum):
    """What kind of news a code is."""

    INFORMATION = "information"
    """Nothing is wrong."""
    WARNING = "warning"
    """Something is, and what it names goes on.

    Two of them end the data without ending the request, which is to be cancelled and sent again:
    316 (depth halted) and 10225 (real-time bars bust).
    """
    REQUEST = "request"
    """A request has failed."""
    ORDER = "order"
    """An order is rejected, or a change to one."""
    CANCEL = "cancel"
    """Said to a cancel, in the name of what was to be cancelled."""
    CONNECTIVITY = "connectivity"
    """TWS, or one of its farms, has lost IB or has it again."""
    SESSION = "session"
    """Said before TWS closes the connection."""
    CLIENT = "client"
    """Made up inside IB's own clients; TWS never sends it."""


class Scope(StrEnum):
    """What the id of a message with a code names."""

    REQUEST = "request"
    """A request; some requests have no id, and then the message has none."""
    ORDER = "order"
    ANY = "any"
    """A request or an order."""
    SESSION = "session"
    """Neither: the id is -1."""
    CALL = "call"
    """A call of a method of IB's client."""


class Ends(StrEnum):
    """Whether a code ends what it names."""

    YES = "yes"
    NO = "no"
    NEW = "new"
    """A new order ends; one that works already is as it was before the change."""
    LIVE = "live"
    """A request for live data ends; delayed data flows if it was asked for."""


@final
@frozen
class CodeFacts:
    """What is known of one code."""

    code: int
    code_class: CodeClass
    scope: Scope
    ends: Ends
    family: str
    """The name of the `RequestError` that it raises.

    ``?`` leaves that to TWS's words, and so does a ``?`` behind a name, which stands where the
    words do not tell. Empty where it is `RequestError` itself.
    """
    advice: str
    """What to do about it, where the family does not say it better; else empty."""
    meaning: str


@cache
def code_table() -> Mapping[int, CodeFacts]:
    """Gives every code that is known, in order."""
    from importlib.resources import files  # noqa: PLC0415 - dear, and seldom needed

    text = files("trio_tws._model").joinpath(TABLE).read_text(encoding="utf-8")
    _, *lines = text.splitlines()
    rows = (["" if cell == "-" else cell for cell in line.split("\t")] for line in lines)
    return {
        int(code): CodeFacts(
            int(code), CodeClass(code_class), Scope(scope), Ends(ends), family, advice, meaning
        )
        for code, code_class, scope, ends, family, advice, meaning in rows
    }


_WHERE_IB_KEEPS_NOTICES: Final = range(2100, 2200)

_DELAYED_KINDS: Final = frozenset({MarketDataKind.DELAYED, MarketDataKind.DELAYED_FROZEN})

_added_notices: Final[set[int]] = set()
"""The only state here; it belongs to the program, as IB's codes mean the same in each session."""


def treat_as_notice(*codes: int) -> None:
    """Takes codes for notices from now on: what they name goes on, and an event tells of them.

    For a code that IB has added since this version, and that ends a request or stream which TWS
    goes on with. It holds for the whole program, in every session, and can't be taken back; a code
    that is a notice already stays one. No checkpoint, and nothing is sent.

    Args:
        codes: IB's codes, such as 10349.
    """
    _added_notices.update(codes)


def is_notice(
    code: int,
    message: str,
    wanted: MarketDataKind = MarketDataKind.LIVE,
    *,
    is_working: bool = False,
) -> bool:
    """Tells whether the request or order that an error names goes on after it.

    Args:
        code: IB's code.
        message: TWS's words; those that begin with ``Warning:`` are a notice under any code.
        wanted: The market data that the connection asks for.
        is_working: Whether the error names an order that works already, so that only a change to it
            is refused, or one that is attached to such an order.
    """
    if message.startswith("Warning:") or code in _added_notices:
        return True
    facts = code_table().get(code)
    if facts is None:
        return code in _WHERE_IB_KEEPS_NOTICES
    return (
        facts.ends is Ends.NO
        or (facts.ends is Ends.NEW and is_working)
        or (facts.ends is Ends.LIVE and wanted in _DELAYED_KINDS)
    )


def ends_session(code: int) -> bool:
    """Tells whether TWS says this before it closes the connection."""
    facts = code_table().get(code)
    return facts is not None and facts.code_class is CodeClass.SESSION
