"""An adviser's groups of accounts and the accounts' aliases, read from the XML that TWS keeps."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, final

from trio_tws._client._advisors import AdvisorMethods
from trio_tws._enums import FADataType
from trio_tws._errors import RemoteProtocolError
from trio_tws._wire.late import frozen

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


@final
@frozen
class GroupMember:
    """An account in an adviser's group."""

    account: str
    """The account's code."""
    amount: Decimal | None = None
    """Its share, ratio or amount, as the group's method has it; None where the method has none."""


@final
@frozen
class AccountGroup:
    """A group of accounts that an adviser has made, to allocate orders to or to sum up."""

    name: str
    """As an order's ``fa_group``, and an account summary's group, have it."""
    default_method: str
    """How an order for it is shared out, in IB's words, such as Equal or NetLiq."""
    members: tuple[GroupMember, ...]
    """In the order of TWS."""

    @property
    def accounts(self) -> tuple[str, ...]:
        """The codes of its members."""
        return tuple(member.account for member in self.members)


class AccountGroupMethods(AdvisorMethods):
    """What `TWS` offers to financial advisers about their accounts; others get error 321."""

    async def account_groups(self) -> list[AccountGroup]:
        """Gives an adviser's groups of accounts.

        Returns:
            The groups in the order of TWS; an empty list where there are none.

        Raises:
            RequestError: 321 if the login is not an adviser's.
            RemoteProtocolError: What came can't be read as groups; `fa_configuration` gives it as
                it is.
            ResponseTimeout: Nothing came.
            ConnectionLost: The session ended.

        A checkpoint; cancelled, it throws away what comes late. Callers at the same time share one
        answer.

        Sends ReqFA. Source: EClient.requestFA; from server version 177 on the former profiles are
        groups.
        """
        root = _parse(await self.fa_configuration(FADataType.GROUPS), "ListOfGroups")
        return [
            AccountGroup(
                _text(one, "name"), one.findtext("defaultMethod", ""), tuple(_members(one))
            )
            for one in root.findall("Group")
        ]

    async def account_aliases(self) -> dict[str, str]:
        """Gives the names that an adviser has given to accounts.

        Returns:
            From the code of an account to its alias, in the order of TWS; TWS has the code for the
            alias where none was given.

        Raises:
            RequestError: 321 if the login is not an adviser's.
            RemoteProtocolError: What came can't be read as aliases; `fa_configuration` gives it as
                it is.
            ResponseTimeout: Nothing came.
            ConnectionLost: The session ended.

        A checkpoint; cancelled, it throws away what comes late. Callers at the same time share one
        answer.

        Sends ReqFA. Source: EClient.requestFA.
        """
        root = _parse(await self.fa_configuration(FADataType.ALIASES), "ListOfAccountAliases")
        return {
            _text(one, "account"): one.findtext("alias", "") for one in root.findall("AccountAlias")
        }


def _parse(xml: str, tag: str) -> "Element":
    """Reads a document of TWS.

    It has no document type of its own; one that has could define entities that unfold without end.

    Raises:
        RemoteProtocolError: It is none of this kind.
    """
    if "<!DOCTYPE" in xml:
        raise RemoteProtocolError(f"TWS sent a {tag} with a document type, which it never has")
    from xml.etree import ElementTree as ET  # noqa: PLC0415 - dear, and only advisers need it

    try:
        root = ET.fromstring(xml.encode())  # noqa: S314 - without a document type, see above
    except ET.ParseError as error:
        raise RemoteProtocolError(f"TWS sent a {tag} that is no XML: {error}: {xml!r}") from error
    if root.tag != tag:
        raise RemoteProtocolError(f"TWS sent a {root.tag} where a {tag} was asked for: {xml!r}")
    return root


def _members(group: "Element") -> Iterator[GroupMember]:
    """Reads the accounts of a group: with an amount each, or, from older servers, without."""
    for one in group.iterfind("ListOfAccts/Account"):
        yield GroupMember(_text(one, "acct"), _amount(one.findtext("amount", "")))
    for one in group.iterfind("ListOfAccts/String"):
        if not one.text:
            name = group.findtext("name")
            raise RemoteProtocolError(f"TWS's group {name} has an account without a code")
        yield GroupMember(one.text)


def _amount(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise RemoteProtocolError(f"TWS gives an account of a group the amount {text!r}") from error


def _text(element: "Element", tag: str) -> str:
    found = element.findtext(tag)
    if not found:
        raise RemoteProtocolError(f"TWS sent a {element.tag} without {tag}")
    return found
