"""An adviser's groups, read in the two forms that TWS has had for them."""

from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from trio_tws.testing._alloc_groups import Group, Member, groups_in


def test_both_forms_are_read() -> None:
    xml = """<?xml version="1.0" encoding="UTF-8"?>
    <ListOfGroups>
      <Group><name>old</name><ListOfAccts varName="list"><String>DU1</String><String/></ListOfAccts>
        <defaultMethod>NetLiq</defaultMethod></Group>
      <Group><name>new</name><defaultMethod>Ratio</defaultMethod><ListOfAccts varName="list">
        <Account><acct>DU1</acct><amount>1.5</amount></Account><Account><acct>DU2</acct></Account>
      </ListOfAccts></Group>
    </ListOfGroups>"""
    assert groups_in(xml) == [
        Group("old", "NetLiq", (Member("DU1"), Member(""))),
        Group("new", "Ratio", (Member("DU1", Decimal("1.5")), Member("DU2"))),
    ]


@pytest.mark.parametrize("amount", ["much", "-1", "inf", "nan"])
def test_an_amount_that_is_none_is_refused(amount: str) -> None:
    account = f"<Account><acct>DU1</acct><amount>{amount}</amount></Account>"
    with pytest.raises(ValueError, match="amount"):
        groups_in(f"<ListOfGroups><Group>{account}</Group></ListOfGroups>")


def test_what_is_no_document_is_refused() -> None:
    with pytest.raises(ET.ParseError):
        groups_in("<ListOfGroups>")
