"""One connection of IB's own Python client, whose callbacks go into a diary as they come."""

import threading
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ibapi.client import EClient
from ibapi.contract import Contract
from ibapi.order import Order
from ibapi.wrapper import EWrapper

from tests.conformance.days import plan

PATIENCE = 8.0
TOO_OLD = 503
REFUSALS = {321, TOO_OLD}
"""What is said to a request that this server version does not know: by TWS, by the client."""
ID_IN_USE = 326
NOTICES = range(2100, 2200)


class Diary(EWrapper):
    """Writes down each callback."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: list[tuple[str, tuple[Any, ...]]] = []
        self.news = threading.Condition()


def _writer(name: str) -> Callable[..., None]:
    def write(diary: Diary, *args: Any) -> None:
        with diary.news:
            diary.pages.append((name, args))
            diary.news.notify_all()

    return write


for _name, _method in list(vars(EWrapper).items()):
    if not _name.startswith("_") and callable(_method):
        setattr(Diary, _name, _writer(_name))


class Desk:
    """One connection of the client, and what one asks through it."""

    def __init__(self, port: int) -> None:
        self.last_req_id = 1000
        self.diary = Diary()
        self.connect(port)
        while ID_IN_USE in [code for _, code, _ in self.errors()]:
            # Its socket stays open until the thread that reads from it has woken up.
            time.sleep(0.2)
            self.diary = Diary()
            self.connect(port)
        (self.next_order_id,) = self.told("nextValidId")[0]
        (self.accounts,) = self.told("managedAccounts")[0]

    def connect(self, port: int) -> None:
        self.client = EClient(self.diary)
        self.client.connect("127.0.0.1", port, plan.CLIENT_ID)
        self.thread = threading.Thread(target=self.client.run, daemon=True)
        self.thread.start()
        self.wait(
            lambda: (
                self.told("connectionClosed")
                or (self.told("managedAccounts") and self.told("nextValidId"))
            ),
            "start",
        )

    def close(self) -> None:
        self.client.disconnect()
        self.thread.join(PATIENCE)

    def wait(self, enough: Callable[[], Any], what: object) -> None:
        with self.diary.news:
            if not self.diary.news.wait_for(enough, PATIENCE):
                raise TimeoutError(f"{what}: {self.diary.pages[-5:]}")

    def told(self, name: str, first: Any = None, *, since: int = 0) -> list[tuple[Any, ...]]:
        return [
            args
            for wrote, args in self.diary.pages[since:]
            if wrote == name and (first is None or args[0] == first)
        ]

    def errors(self) -> list[tuple[int, int, str]]:
        return [(args[0], args[2], args[3]) for args in self.told("error")]

    def refusals(self, req_id: int) -> list[int]:
        return [code for of, code, _ in self.errors() if of == req_id and code not in NOTICES]

    def req_id(self) -> int:
        self.last_req_id += 1
        return self.last_req_id

    def ask(self, end: str, send: Callable[[int], Any]) -> int:
        """Sends a request that has an id, and waits for its end or a refusal; gives the id."""
        req_id, since = self.req_id(), len(self.diary.pages)
        send(req_id)
        self.wait(
            lambda: (
                self.told(end, req_id)
                or self.refusals(req_id)
                or TOO_OLD in [args[2] for args in self.told("error", since=since)]
            ),  # some with no id
            (end, req_id),
        )
        return req_id

    def ask_nameless(self, end: str, send: Callable[[], Any]) -> int | None:
        """Sends one that has none; gives where in the diary its answer begins, None if refused."""
        since = len(self.diary.pages)
        send()
        self.wait(
            lambda: (
                self.told(end, since=since)
                or REFUSALS & {args[2] for args in self.told("error", since=since)}
            ),
            end,
        )
        return since if self.told(end, since=since) else None

    def come_to_rest(self) -> None:
        """Waits until all has come that was sent before."""
        self.ask_nameless("currentTime", self.client.reqCurrentTime)


def contract(**fields: Any) -> Contract:
    made = Contract()
    for name, value in fields.items():
        assert hasattr(made, name), name
        setattr(made, name, value)
    return made


def order(**fields: Any) -> Order:
    made = Order()
    for name, value in fields.items():
        assert hasattr(made, name), name
        setattr(made, name, value)
    return made


def number(value: Any) -> str:
    """Gives a size as a number that has one spelling."""
    return f"{Decimal(str(value)).normalize():f}"


def unless_unset(value: float) -> float | None:
    return None if value > 1e300 else value
