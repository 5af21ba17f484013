from xml.etree import ElementTree as ET

import pytest

from trio_tws._enums import FADataType
from trio_tws.testing import INSTRUMENTS
from trio_tws.testing._desk import Desk


@pytest.mark.parametrize(
    ("accounts", "is_adviser"),
    [((), False), (("DU1",), False), (("DU1", "DF2"), False), (("DF1", "DU2"), True)],
)
def test_the_first_account_tells_an_adviser(accounts: tuple[str, ...], is_adviser: bool) -> None:
    assert Desk(accounts, INSTRUMENTS).is_adviser is is_adviser


def test_an_adviser_has_one_group_of_all_accounts_and_an_alias_for_each() -> None:
    desk = Desk(("DF1", "DU2", "D&3"), INSTRUMENTS)
    groups = ET.fromstring(desk.advice[FADataType.GROUPS].encode())
    aliases = ET.fromstring(desk.advice[FADataType.ALIASES].encode())
    assert [one.text for one in groups.iter("String")] == ["DU2", "D&3"]
    assert [one.text for one in aliases.iter("account")] == ["DF1", "DU2", "D&3"]


def test_the_first_group_shows_the_first_instrument() -> None:
    assert Desk(("DU1",), INSTRUMENTS).groups[1] == "265598@SMART"
    assert set(Desk(("DU1",), ()).groups.values()) == {"none"}


def test_desks_are_apart() -> None:
    one, other = Desk(("DU1",), ()), Desk(("DU1",), ())
    one.groups[1] = "1@SMART"
    assert other.groups[1] == "none"
    assert one.config == other.config
