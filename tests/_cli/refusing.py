"""A TWS that has no live data for this login, and delayed data if it is asked for."""

from decimal import Decimal

import trio

from trio_tws import (
    Error,
    ManagedAccounts,
    MarketDataKind,
    MarketDataType,
    NextValidId,
    ReqMarketDataType,
    ReqMktData,
    StartApi,
    TickPrice,
    TickType,
)
from trio_tws import _versions as v
from trio_tws.protocol import Connection, Hello, Role, ServerHello

NOT_SUBSCRIBED = "Requested market data is not subscribed."
DELAYED_BID = 187.5


async def refuse(
    stream: trio.abc.Stream,
    code: int = 354,
    *,
    has_delayed: bool = True,
    notices: tuple[Error, ...] = (),
) -> None:
    """Serves one program until it goes."""
    connection = Connection(Role.SERVER, strict=True)
    wanted = MarketDataKind.LIVE
    async with stream:
        async for data in stream:
            connection.receive_data(bytes(data))
            answers: list[object] = []
            for event in connection.events():
                match event:
                    case Hello():
                        answers += [ServerHello(v.MAX_SERVER_VERSION, "20260115 10:00:00", "EST")]
                    case StartApi():
                        answers += [ManagedAccounts(("DU1",)), NextValidId(1), *notices]
                    case ReqMarketDataType():
                        wanted = event.market_data_type
                    case ReqMktData() if wanted is MarketDataKind.LIVE or not has_delayed:
                        answers += [Error(event.req_id, code, NOT_SUBSCRIBED)]
                    case ReqMktData():
                        size = Decimal(100)
                        answers += [
                            MarketDataType(event.req_id, MarketDataKind.DELAYED),
                            TickPrice(event.req_id, TickType.DELAYED_BID, DELAYED_BID, size),
                        ]
                    case _:
                        pass
            await stream.send_all(b"".join(map(connection.send, answers)))
