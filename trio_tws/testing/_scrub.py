"""Takes account ids and user names out of a recording, so that it can be shown to somebody.

Whatever is taken out is replaced by something of the same length, everywhere in the bytes. So no
frame has to be put together anew: lengths stay right in text and in protobuf, and in what nobody
can read too. What has to go is found first, in the whole recording: in the fields that are known to
hold it, and wherever something looks like an account. So it goes from before where it was found as
well, and from words such as those of an error.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import count
from typing import Final, cast, final

import attrs

from trio_tws.protocol import Role
from trio_tws.testing._recording import (
    DamagedRecording,
    File,
    Passage,
    PassageKind,
    head,
    line,
    open_for_reading,
    tail,
)
from trio_tws.testing._recording_messages import Decoder
from trio_tws.testing._recording_writer import create
from trio_tws.testing._scrub_texts import as_bytes, as_text, texts_in

ACCOUNT_FIELDS: Final = frozenset(
    {
        "account",
        "account_id",
        "account_name",
        "accounts_list",
        "acct_code",
        "acct_number",
        "clearing_account",
        "customer_account",
        "delta_neutral_clearing_account",
        "family_code_str",
    }
)
"""The fields that hold accounts."""

NAME_FIELDS: Final = frozenset({"ext_operator", "submitter"})
"""The fields that hold the names of people."""

SHORTEST: Final = 4
"""Shorter things stay: replaced everywhere, they would take half of the protocol with them."""

_NO_ACCOUNTS: Final = frozenset({"All", "AllAccounts"})
_ACCOUNT: Final = re.compile(r"(?<![A-Za-z0-9])(D?[FIU])(\d{5,9})(?!\d)", re.ASCII)
_ALIAS: Final = re.compile(r"<alias>([^<]+)</alias>")
"""An adviser's names for the accounts of customers, which are names of people more often than not;
they come in the XML of `ReceiveFA`."""


@final
class Scrubber:
    """Finds what has to go, and replaces it.

    Args:
        hide: What has to go beside accounts and names.

    Attributes:
        found: What has to go, and what stands in its place; filled by `replacer`.

    Raises:
        ValueError: Something to hide is shorter than four characters.
    """

    def __init__(self, hide: Iterable[str] = ()) -> None:
        self.found: dict[str, str] = {}
        hide = tuple(hide)
        for text in hide:
            if len(as_bytes(text)) < SHORTEST:
                raise ValueError(
                    f"{text!r} is too short to be hidden: {SHORTEST} characters at least"
                )
        self._kinds: dict[str, str] = dict.fromkeys(hide, "hidden")
        self._decoder = Decoder()
        self._loose = {role: bytearray() for role in Role}

    def learn(self, passage: Passage) -> None:
        """Looks for what has to go in a passage; all have to be seen, in their order."""
        message = self._decoder.decode(passage)
        if message is None:
            self._loose[passage.sender] += passage.data
        else:
            for field, text in _fields_in(message):
                if field in ACCOUNT_FIELDS and text not in _NO_ACCOUNTS:
                    self._add(text, "account")
                elif field in NAME_FIELDS:
                    self._add(text, "name")
            self._look_at(texts_in(passage.data, self._decoder.server_version))

    def _look_at(self, texts: Iterable[str]) -> None:
        for text in texts:
            for match in _ACCOUNT.finditer(text):
                self._add(match[0], "account")
            for match in _ALIAS.finditer(text):
                self._add(match[1], "name")

    def _add(self, text: str, kind: str) -> None:
        if len(as_bytes(text)) >= SHORTEST:
            self._kinds.setdefault(text, kind)

    def replacer(self) -> Callable[[Passage], Passage]:
        """Gives the function that scrubs a passage; all have to go through it, in their order."""
        for data in self._loose.values():
            self._look_at([as_text(bytes(data))])
        self.found = _stand_ins(self._kinds)
        table = {as_bytes(real): as_bytes(other) for real, other in self.found.items()}
        longest_first = sorted(table, key=len, reverse=True)
        pattern = re.compile(b"|".join(map(re.escape, longest_first)))

        def cleaned(data: bytes) -> bytes:
            return pattern.sub(lambda match: table[match[0]], data) if table else data

        # What is in no frame may have an account across two passages, so it is cut only afterwards.
        loose = {role: cleaned(bytes(data)) for role, data in self._loose.items()}
        done = dict.fromkeys(Role, 0)

        def replace(passage: Passage) -> Passage:
            if passage.kind is PassageKind.FRAME:
                return attrs.evolve(passage, data=cleaned(passage.data))
            at = done[passage.sender]
            done[passage.sender] += len(passage.data)
            return attrs.evolve(passage, data=loose[passage.sender][at : done[passage.sender]])

        return replace


def scrub_recording(source: File, target: File, *, hide: Iterable[str] = ()) -> dict[str, str]:
    """Writes a recording again without its account ids and user names.

    Each is replaced, everywhere, by something of the same length that has not been there: the
    account ``U1234567`` by ``U0000001``, a paper account by one that begins with D, a name by
    ``name0001``. The same thing is replaced by the same; so the recording can still be decoded and
    replayed.

    Out goes: what stands in the fields for accounts and family codes and in those for the submitter
    and the operator of an order; whatever looks like an account, in any text; the aliases of an
    adviser's accounts; and what you name. All of that if it has four characters at least.

    What stays: amounts, positions, orders with their ids and ``order_ref``, contracts, names of
    groups and models, the client id, times, the time zone of TWS, and the words of its messages.

    Args:
        source: The recording.
        target: Where the other is written: a path where nothing may be yet, or a file open for
            bytes.
        hide: What has to go besides, such as a user name or an ``order_ref``; upper and lower case
            count.

    Returns:
        What was replaced, and by what.

    Raises:
        DamagedRecording: The recording is damaged. What comes before that has been written, and the
            last line is missing there too.
        OSError: A file can't be read or made.
        ValueError: Something to hide is shorter than four characters.
    """
    scrubber = Scrubber(hide)
    passages: list[Passage] = []
    damage: DamagedRecording | None = None
    with open_for_reading(source) as reader:
        try:
            for passage in reader.passages():
                passages.append(passage)
                scrubber.learn(passage)
        except DamagedRecording as error:
            damage = error
    _write(target, reader.started, map(scrubber.replacer(), passages), damage)
    return scrubber.found


def _write(
    target: File, started: datetime, passages: Iterable[Passage], damage: DamagedRecording | None
) -> None:
    file = create(target)
    try:
        file.write(head(started))
        file.writelines(map(line, passages))
        if damage is None:
            file.write(tail())
        file.flush()
    finally:
        if file is not target:
            file.close()
    if damage is not None:
        raise damage


def _fields_in(message: object) -> Iterator[tuple[str, str]]:
    """Gives every text in a message, with the name of its field."""
    cls: type = type(message)
    if not attrs.has(cls):
        return
    for attribute in attrs.fields(cls):
        value: object = getattr(message, attribute.name)
        held = cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,)
        for one in held:
            if isinstance(one, str):
                yield attribute.name, one
            else:
                yield from _fields_in(one)


def _stand_ins(kinds: Mapping[str, str]) -> dict[str, str]:
    """Chooses what stands for each: of the same length, and nothing that has to go itself."""
    numbers = {kind: count(1) for kind in kinds.values()}
    taken = set(kinds)
    made: dict[str, str] = {}
    for text, kind in kinds.items():
        while (other := _stand_in(text, kind, next(numbers[kind]))) in taken:
            pass
        taken.add(other)
        made[text] = other
    return made


def _stand_in(text: str, kind: str, number: int) -> str:
    match = _ACCOUNT.fullmatch(text)
    if match is not None:
        return match[1] + f"{number:0{len(match[2])}}"[-len(match[2]) :]
    length = len(as_bytes(text))
    digits = str(number)
    return kind.ljust(length, "0")[: length - len(digits)] + digits
