"""Runs IB's own Python client against a port; prints what it reports, as JSON.

    python -m tests.conformance.foreign_official PORT CLIENT_ID WATCH_SECONDS

With WATCH_SECONDS below 0 it expects to be turned away, and asks nothing.

A script of its own, because a test should see a process that ends badly, and because the client
knows no other way to end than to end its process.
"""

import json
import os
import sys
import threading
from typing import Any

from ibapi.client import EClient
from ibapi.common import BarData, TickAttrib
from ibapi.contract import Contract, ContractDetails
from ibapi.wrapper import EWrapper

from tests.conformance.foreign_questions import BAR_REQUEST, CONTRACTS, UNKNOWN, WATCHED

PATIENCE = 10.0


def plain(thing: Any) -> dict[str, Any]:
    """Gives the attributes of one of their objects, in types that JSON has."""
    return {
        name: value if isinstance(value, str | int | float | bool) else str(value)
        for name, value in vars(thing).items()
    }


class Client(EWrapper, EClient):
    """Collects what it is told; each answer that is complete sets its event."""

    def __init__(self) -> None:
        EWrapper.__init__(self)
        EClient.__init__(self, self)
        self.said: dict[str, Any] = {
            "errors": [],
            "details": {},
            "ticks": [],
            "bars": {},
            "ends": {},
            "is_closed": False,
        }
        self.done: dict[Any, threading.Event] = {}

    def wait(self, key: Any) -> None:
        if not self._event(key).wait(PATIENCE):
            self.said["missing"] = str(key)
            raise TimeoutError(f"no answer: {key}")

    def _event(self, key: Any) -> threading.Event:
        return self.done.setdefault(key, threading.Event())

    def managedAccounts(self, accountsList: str) -> None:
        self.said["accounts"] = accountsList
        self._event("accounts").set()

    def nextValidId(self, orderId: int) -> None:
        self.said["next_valid_id"] = orderId
        self._event("id").set()

    def currentTime(self, time: int) -> None:
        self.said["time"] = time
        self._event("time").set()

    def error(
        self,
        reqId: int,
        errorTime: int,
        errorCode: int,
        errorString: str,
        advancedOrderRejectJson: str = "",
    ) -> None:
        self.said["errors"].append([reqId, errorCode, errorString])
        self._event(reqId).set()

    def connectionClosed(self) -> None:
        self.said["is_closed"] = True
        self._event("closed").set()

    def contractDetails(self, reqId: int, contractDetails: ContractDetails) -> None:
        found = plain(contractDetails) | {"contract": plain(contractDetails.contract)}
        found["secIdList"] = {pair.tag: pair.value for pair in contractDetails.secIdList or ()}
        self.said["details"].setdefault(reqId, []).append(found)

    def bondContractDetails(self, reqId: int, contractDetails: ContractDetails) -> None:
        self.contractDetails(reqId, contractDetails)

    def contractDetailsEnd(self, reqId: int) -> None:
        self._event(reqId).set()

    def historicalData(self, reqId: int, bar: BarData) -> None:
        self.said["bars"].setdefault(reqId, []).append(plain(bar))

    def historicalDataEnd(self, reqId: int, start: str, end: str) -> None:
        self.said["ends"][reqId] = [start, end]
        self._event(reqId).set()

    def tickPrice(self, reqId: int, tickType: int, price: float, attrib: TickAttrib) -> None:
        self.said["ticks"].append(["price", tickType, price])

    def tickSize(self, reqId: int, tickType: int, size: Any) -> None:
        self.said["ticks"].append(["size", tickType, str(size)])

    def tickString(self, reqId: int, tickType: int, value: str) -> None:
        self.said["ticks"].append(["string", tickType, value])

    def tickGeneric(self, reqId: int, tickType: int, value: float) -> None:
        self.said["ticks"].append(["generic", tickType, value])

    def tickReqParams(
        self, tickerId: int, minTick: float, bboExchange: str, snapshotPermissions: int
    ) -> None:
        self.said["min_tick"] = minTick

    def marketDataType(self, reqId: int, marketDataType: int) -> None:
        self.said["market_data_type"] = marketDataType

    def tickSnapshotEnd(self, reqId: int) -> None:
        self._event(reqId).set()


def contract(**fields: Any) -> Contract:
    """Makes one of their contracts."""
    made = Contract()
    for name, value in fields.items():
        assert hasattr(made, name), name
        setattr(made, name, value)
    return made


def ask(client: Client, watch_seconds: float) -> None:
    """Asks everything, one after the other."""
    client.reqCurrentTime()
    client.wait("time")
    for req_id, fields in enumerate(CONTRACTS, 100):
        client.reqContractDetails(req_id, contract(**fields))
        client.wait(req_id)
    client.reqContractDetails(200, contract(**UNKNOWN))
    client.wait(200)
    for req_id, (size, show, format_date) in enumerate(BAR_REQUEST.shapes, 300):
        end, duration = BAR_REQUEST.end, BAR_REQUEST.duration
        client.reqHistoricalData(
            req_id, contract(**WATCHED), end, duration, size, show, 0, format_date, False, []
        )
        client.wait(req_id)
    client.reqMktData(400, contract(**WATCHED), "", True, False, [])
    client.wait(400)
    client.said["snapshot"], client.said["ticks"] = client.said["ticks"], []
    client.reqMktData(401, contract(**WATCHED), "", False, False, [])
    threading.Event().wait(watch_seconds)
    client.cancelMktData(401)
    client.reqCurrentTime()  # whatever the line still said has come before this answer
    client.done["time"].clear()
    client.wait("time")


def main() -> None:
    """Connects, asks, and prints what was said."""
    port, client_id, watch_seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    client = Client()
    client.connect("127.0.0.1", port, client_id)
    client.said["server_version"] = client.serverVersion()
    threading.Thread(target=client.run, daemon=True).start()
    try:
        if watch_seconds >= 0:
            client.wait("accounts")
            client.wait("id")
            ask(client, watch_seconds)
        else:
            client.wait("closed")
    except TimeoutError as error:
        client.said["failure"] = str(error)
    client.said["is_connected"] = client.isConnected()
    sys.stdout.write(json.dumps(client.said))
    sys.stdout.flush()
    os._exit(0)


main()
