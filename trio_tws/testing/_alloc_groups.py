"""An adviser's groups of accounts, as the document has them that TWS keeps."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import final
from xml.etree import ElementTree as ET

import attrs


@final
@attrs.frozen
class Member:
    """One account of a group."""

    account: str
    amount: Decimal | None = None
    """Its percentage, ratio, size or money, as the method has it; None where it has none."""


@final
@attrs.frozen
class Group:
    """Accounts that an order can be divided among."""

    name: str
    method: str
    """How, if the order does not say."""
    members: tuple[Member, ...]


def groups_in(xml: str) -> list[Group]:
    """Reads all groups of a document.

    Raises:
        ValueError: An amount is no number, or negative.
        xml.etree.ElementTree.ParseError: It is no XML.
    """
    root = ET.fromstring(xml.encode())  # noqa: S314 - from a program under test, on this computer
    return [
        Group(one.findtext("name", ""), one.findtext("defaultMethod", ""), tuple(_members_of(one)))
        for one in root.iter("Group")
    ]


def _members_of(group: ET.Element) -> Iterator[Member]:
    """Reads the accounts of a group, with an amount or, in the older form, without."""
    for one in group.iter("Account"):
        yield Member(one.findtext("acct", ""), _amount(one.findtext("amount", "")))
    for one in group.iter("String"):
        yield Member(one.text or "")


def _amount(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is no amount") from error
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"{text} is no amount of an account")
    return amount
