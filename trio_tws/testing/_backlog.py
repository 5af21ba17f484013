"""What the simulated TWS keeps for one program until it reaches IB again."""

from collections.abc import Callable
from typing import final


@final
class Backlog:
    """Work that waits for IB, and news of orders and accounts that TWS could not hear of yet.

    There is no more of the work than there are requests, and no more of the news than the orders
    have: what is told again and again waits as work.
    """

    def __init__(self) -> None:
        self._acts: list[Callable[[], None]] = []
        self._news: list[object] = []

    def put(self, act: Callable[[], None]) -> None:
        """Keeps work."""
        self._acts.append(act)

    def keep(self, message: object) -> None:
        """Keeps news."""
        self._news.append(message)

    def take_acts(self) -> list[Callable[[], None]]:
        """Gives the work, in the order it came."""
        taken, self._acts = self._acts, []
        return taken

    def take_news(self) -> list[object]:
        """Gives the news, in the order it came."""
        taken, self._news = self._news, []
        return taken
