"""What the user of the simulated TWS has set up in its windows; programs see it and change it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, final
from xml.sax.saxutils import escape

from trio_tws._enums import FADataType
from trio_tws._model.config import (
    ApiConfig,
    ApiPrecautionsConfig,
    ApiSettingsConfig,
    ConfigResponse,
    LockAndExitConfig,
    MessageConfig,
    OrdersConfig,
    OrdersSmartRoutingConfig,
)
from trio_tws.testing._instrument import Instrument
from trio_tws.testing._order_presets import NO_PRESET

NOTHING_SHOWN: Final = "none"

_GROUPS: Final = range(1, 8)
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>'

_CONFIG: Final = ConfigResponse(
    lock_and_exit=LockAndExitConfig("11:45", "PM", "restart"),
    messages=(
        MessageConfig(1, "Order size", "The order is larger than usual.", "Transmit", True),
        MessageConfig(2, "Order price", "The price is far from the market.", "Transmit", True),
    ),
    api=ApiConfig(
        ApiPrecautionsConfig(bypass_order_precautions=False, bypass_bond_warning=False),
        ApiSettingsConfig(
            read_only_api=False,
            download_open_orders_on_connection=True,
            socket_port=7497,
            logging_level="Error",
            allow_localhost_only=True,
            trusted_ips=("127.0.0.1",),
        ),
    ),
    orders=OrdersConfig(OrdersSmartRoutingConfig(seek_price_improvement=True)),
)


@final
class Desk:
    """The windows and settings of one TWS.

    Args:
        accounts: The accounts of its login.
        instruments: What is traded; its first group shows the first of them.

    Attributes:
        is_adviser: Whether the login is an adviser's: the code of its first account begins with DF.
        groups: What each display group shows.
        advice: An adviser's documents.
        config: The settings.
        models: The model portfolios, each with the accounts that are invested in it; none at first.
        preset: Precautions about orders, and prices of those that are attached; none at first.
    """

    def __init__(self, accounts: Sequence[str], instruments: Iterable[Instrument]) -> None:
        self.is_adviser = any(account.startswith("DF") for account in accounts[:1])
        self.groups = dict.fromkeys(_GROUPS, NOTHING_SHOWN)
        for first in list(instruments)[:1]:
            self.groups[1] = f"{first.con_id}@{first.exchange}"
        self.advice = {
            FADataType.GROUPS: _group_of_all(accounts[1:]),
            FADataType.PROFILES: f"{_HEAD}\n<ListOfAllocationProfiles/>\n",
            FADataType.ALIASES: _aliases(accounts),
        }
        self.config = _CONFIG
        self.models: dict[str, tuple[str, ...]] = {}
        self.preset = NO_PRESET


def _group_of_all(accounts: Sequence[str]) -> str:
    members = "".join(f"<String>{escape(account)}</String>" for account in accounts)
    return (
        f"{_HEAD}\n<ListOfGroups><Group><name>All</name>"
        f'<ListOfAccts varName="list">{members}</ListOfAccts>'
        "<defaultMethod>NetLiq</defaultMethod></Group></ListOfGroups>\n"
    )


def _aliases(accounts: Sequence[str]) -> str:
    entries = "".join(
        f"<AccountAlias><account>{escape(account)}</account><alias>{escape(account)}</alias>"
        "</AccountAlias>"
        for account in accounts
    )
    return f"{_HEAD}\n<ListOfAccountAliases>{entries}</ListOfAccountAliases>\n"
