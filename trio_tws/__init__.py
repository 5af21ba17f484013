"""A Trio client for Interactive Brokers' TWS and IB Gateway.

::

    async with open_tws("127.0.0.1", 7497, client_id=1) as tws:
        (aapl,) = await tws.contract_details(Stock("AAPL", "SMART", "USD"))
        async with tws.open_ticks(aapl.contract) as ticks:
            async for tick in ticks:
                ...

Here are the names for daily use. `trio_tws.protocol` has the protocol without I/O, and
`trio_tws.testing` a simulated TWS.
"""

from trio_tws._client._bars import Bar as Bar
from trio_tws._client._inbox import Gap as Gap
from trio_tws._client._inbox import StreamStatistics as StreamStatistics
from trio_tws._client._lost import ConnectionLost as ConnectionLost
from trio_tws._client._open import connect as connect
from trio_tws._client._open import open_tws as open_tws
from trio_tws._client._subscription import Subscription as Subscription
from trio_tws._client._ticks import Tick as Tick
from trio_tws._client._tws import TWS as TWS
from trio_tws._client._tws import SessionStatistics as SessionStatistics
from trio_tws._enums import MarketDataKind as MarketDataKind
from trio_tws._enums import SecType as SecType
from trio_tws._enums import TickAttrib as TickAttrib
from trio_tws._enums import TickType as TickType
from trio_tws._errors import ApiNotEnabled as ApiNotEnabled
from trio_tws._errors import ClientIdInUse as ClientIdInUse
from trio_tws._errors import ConnectFailed as ConnectFailed
from trio_tws._errors import ConnectionRefused as ConnectionRefused
from trio_tws._errors import HandshakeTimeout as HandshakeTimeout
from trio_tws._errors import InternalError as InternalError
from trio_tws._errors import LiveAccount as LiveAccount
from trio_tws._errors import LocalProtocolError as LocalProtocolError
from trio_tws._errors import NotTWS as NotTWS
from trio_tws._errors import Redirected as Redirected
from trio_tws._errors import RemoteProtocolError as RemoteProtocolError
from trio_tws._errors import RequestError as RequestError
from trio_tws._errors import ResponseTimeout as ResponseTimeout
from trio_tws._errors import ServerTooNew as ServerTooNew
from trio_tws._errors import ServerTooOld as ServerTooOld
from trio_tws._errors import SlowConsumer as SlowConsumer
from trio_tws._errors import TooManyClients as TooManyClients
from trio_tws._errors import TWSError as TWSError
from trio_tws._model.bars import CancelHistoricalData as CancelHistoricalData
from trio_tws._model.bars import HistoricalData as HistoricalData
from trio_tws._model.bars import HistoricalDataBar as HistoricalDataBar
from trio_tws._model.bars import HistoricalDataEnd as HistoricalDataEnd
from trio_tws._model.bars import ReqHistoricalData as ReqHistoricalData
from trio_tws._model.builders import Bond as Bond
from trio_tws._model.builders import Forex as Forex
from trio_tws._model.builders import Future as Future
from trio_tws._model.builders import Index as Index
from trio_tws._model.builders import Option as Option
from trio_tws._model.builders import Stock as Stock
from trio_tws._model.contract_details import BondContractData as BondContractData
from trio_tws._model.contract_details import ContractData as ContractData
from trio_tws._model.contract_details import ContractDetails as ContractDetails
from trio_tws._model.contract_details import IneligibilityReason as IneligibilityReason
from trio_tws._model.contracts import CancelContractData as CancelContractData
from trio_tws._model.contracts import ComboLeg as ComboLeg
from trio_tws._model.contracts import Contract as Contract
from trio_tws._model.contracts import ContractDataEnd as ContractDataEnd
from trio_tws._model.contracts import DeltaNeutralContract as DeltaNeutralContract
from trio_tws._model.contracts import ReqContractData as ReqContractData
from trio_tws._model.contracts import TagValue as TagValue
from trio_tws._model.orders import CancelOrder as CancelOrder
from trio_tws._model.orders import OrderCancel as OrderCancel
from trio_tws._model.orders import ReqGlobalCancel as ReqGlobalCancel
from trio_tws._model.session import CurrentTime as CurrentTime
from trio_tws._model.session import Error as Error
from trio_tws._model.session import ManagedAccounts as ManagedAccounts
from trio_tws._model.session import NextValidId as NextValidId
from trio_tws._model.session import ReqCurrentTime as ReqCurrentTime
from trio_tws._model.session import ReqIds as ReqIds
from trio_tws._model.session import ReqManagedAccts as ReqManagedAccts
from trio_tws._model.session import StartApi as StartApi
from trio_tws._model.ticks import CancelMktData as CancelMktData
from trio_tws._model.ticks import MarketDataType as MarketDataType
from trio_tws._model.ticks import ReqMarketDataType as ReqMarketDataType
from trio_tws._model.ticks import ReqMktData as ReqMktData
from trio_tws._model.ticks import TickGeneric as TickGeneric
from trio_tws._model.ticks import TickPrice as TickPrice
from trio_tws._model.ticks import TickReqParams as TickReqParams
from trio_tws._model.ticks import TickSize as TickSize
from trio_tws._model.ticks import TickSnapshotEnd as TickSnapshotEnd
from trio_tws._model.ticks import TickString as TickString
from trio_tws._wire import evolve as evolve
from trio_tws.protocol import MalformedMessage as MalformedMessage
from trio_tws.protocol import Notice as Notice
from trio_tws.protocol import UnknownMessage as UnknownMessage
