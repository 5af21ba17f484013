"""Runs ib_async against a port; prints what it reports, as JSON.

python foreign_ib_async.py PORT CLIENT_ID WATCH_SECONDS
"""

import asyncio
import dataclasses
import json
import sys
from datetime import UTC, date, datetime
from typing import Any

from ib_async import IB, Contract, StartupFetch

from tests.conformance.foreign_questions import BAR_REQUEST, CONTRACTS, UNKNOWN, WATCHED

PATIENCE = 10.0
START_UP_PATIENCE = 1.5
"""When it is turned away, it waits for all of this."""


def plain(thing: Any) -> Any:
    """Gives one of their objects in types that JSON has."""
    if dataclasses.is_dataclass(thing):
        return {
            field.name: plain(getattr(thing, field.name)) for field in dataclasses.fields(thing)
        }
    if isinstance(thing, datetime):
        return thing.isoformat()
    if isinstance(thing, date):
        return thing.strftime("%Y%m%d")
    if isinstance(thing, list | tuple):
        return [plain(one) for one in thing]
    return thing if isinstance(thing, str | int | float | bool) else str(thing)


async def ask(ib: IB, said: dict[str, Any], watch_seconds: float) -> None:
    """Asks everything, one after the other."""
    said["accounts"] = ",".join(ib.managedAccounts())
    said["next_valid_id"] = ib.client.getReqId()
    said["server_version"] = ib.client.serverVersion()
    said["time"] = int((await ib.reqCurrentTimeAsync()).astimezone(UTC).timestamp())
    for at, fields in enumerate(CONTRACTS, 100):
        found = await ib.reqContractDetailsAsync(Contract(**fields))
        said["details"][at] = [
            plain(one) | {"secIdList": {pair.tag: pair.value for pair in one.secIdList}}
            for one in found
        ]
    said["unknown"] = len(await ib.reqContractDetailsAsync(Contract(**UNKNOWN)))
    for at, (size, show, format_date) in enumerate(BAR_REQUEST.shapes, 300):
        bars = await ib.reqHistoricalDataAsync(
            Contract(**WATCHED),
            endDateTime=BAR_REQUEST.end,
            durationStr=BAR_REQUEST.duration,
            barSizeSetting=size,
            whatToShow=show,
            useRTH=False,
            formatDate=format_date,
        )
        said["bars"][at] = [plain(bar) for bar in bars]
    (watched,) = await ib.qualifyContractsAsync(Contract(**WATCHED))
    assert isinstance(watched, Contract)
    (snapshot,) = await ib.reqTickersAsync(watched)
    said["snapshot"] = picture(snapshot)
    ticker = ib.reqMktData(watched)
    ticks: list[list[Any]] = []

    def collect(now: Any) -> None:
        ticks.extend([tick.tickType, tick.price, tick.size] for tick in now.ticks)

    ticker.updateEvent.connect(collect)
    await asyncio.sleep(watch_seconds)
    ib.cancelMktData(watched)
    said |= {"ticks": ticks, "watched": picture(ticker)}


def picture(ticker: Any) -> dict[str, Any]:
    """Gives what they know of a line."""
    names = (
        *("bid", "bidSize", "ask", "askSize", "last", "lastSize", "high", "low", "close", "open"),
        *("volume", "minTick", "marketDataType"),
    )
    return {name: plain(getattr(ticker, name)) for name in names}


async def main() -> None:
    """Connects, asks, and prints what was said."""
    port, client_id, watch_seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    said: dict[str, Any] = {"errors": [], "details": {}, "bars": {}}
    ib = IB()
    ib.errorEvent += lambda req_id, code, words, contract: said["errors"].append(
        [req_id, code, words]
    )
    ib.client.apiError += lambda words: said.setdefault("api_errors", []).append(words)
    try:
        await ib.connectAsync(
            "127.0.0.1",
            port,
            client_id,
            timeout=START_UP_PATIENCE,
            fetchFields=StartupFetch(0),
        )
        await asyncio.wait_for(ask(ib, said, watch_seconds), PATIENCE)
    except Exception as error:  # noqa: BLE001 - the test says whether there should be one
        said["failure"] = repr(error)
    said["is_connected"] = ib.isConnected()
    ib.disconnect()
    sys.stdout.write(json.dumps(said))


asyncio.run(main())
