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

import importlib as _importlib
import typing as _typing

from trio_tws._client._account_groups import AccountGroup as AccountGroup
from trio_tws._client._account_groups import GroupMember as GroupMember
from trio_tws._client._account_summary import ACCOUNT_SUMMARY_TAGS as ACCOUNT_SUMMARY_TAGS
from trio_tws._client._bar_stream import BarUpdate as BarUpdate
from trio_tws._client._bars import Bar as Bar
from trio_tws._client._book import Book as Book
from trio_tws._client._book import BookLevel as BookLevel
from trio_tws._client._chain import OptionChain as OptionChain
from trio_tws._client._chain import OptionQuote as OptionQuote
from trio_tws._client._converted import ConvertedSubscription as ConvertedSubscription
from trio_tws._client._depth import Depth as Depth
from trio_tws._client._depth import DepthSubscription as DepthSubscription
from trio_tws._client._groups import DisplayGroup as DisplayGroup
from trio_tws._client._histories import TradingSchedule as TradingSchedule
from trio_tws._client._histories import TradingSession as TradingSession
from trio_tws._client._history import History as History
from trio_tws._client._history import HistoryProgress as HistoryProgress
from trio_tws._client._holes import Hole as Hole
from trio_tws._client._inbox import Gap as Gap
from trio_tws._client._inbox import StreamStatistics as StreamStatistics
from trio_tws._client._lost import ConnectionLost as ConnectionLost
from trio_tws._client._money import AccountValue as AccountValue
from trio_tws._client._money import Complete as Complete
from trio_tws._client._money import Money as Money
from trio_tws._client._news import Headline as Headline
from trio_tws._client._news import HistoricalHeadlines as HistoricalHeadlines
from trio_tws._client._open import connect as connect
from trio_tws._client._open import open_tws as open_tws
from trio_tws._client._pacer import PacingStatistics as PacingStatistics
from trio_tws._client._portfolio import PortfolioItem as PortfolioItem
from trio_tws._client._positions import Position as Position
from trio_tws._client._preview import MarginChange as MarginChange
from trio_tws._client._preview import OrderPreview as OrderPreview
from trio_tws._client._real_time_bars import RealTimeBar as RealTimeBar
from trio_tws._client._subscription import Subscription as Subscription
from trio_tws._client._tick_by_tick import TickKind as TickKind
from trio_tws._client._tick_history import TickHistory as TickHistory
from trio_tws._client._tick_history import TickHistoryProgress as TickHistoryProgress
from trio_tws._client._tick_history import TickPosition as TickPosition
from trio_tws._client._ticks import Tick as Tick
from trio_tws._client._trade import Trade as Trade
from trio_tws._client._tws import TWS as TWS
from trio_tws._client._tws import SessionStatistics as SessionStatistics
from trio_tws._enums import ArticleType as ArticleType
from trio_tws._enums import DepthOperation as DepthOperation
from trio_tws._enums import DepthSide as DepthSide
from trio_tws._enums import ExerciseAction as ExerciseAction
from trio_tws._enums import FADataType as FADataType
from trio_tws._enums import MarketDataKind as MarketDataKind
from trio_tws._enums import OptionExerciseType as OptionExerciseType
from trio_tws._enums import OrderStatusName as OrderStatusName
from trio_tws._enums import SecType as SecType
from trio_tws._enums import ServerLogLevel as ServerLogLevel
from trio_tws._enums import TickAttrib as TickAttrib
from trio_tws._enums import TickByTickKind as TickByTickKind
from trio_tws._enums import TickType as TickType
from trio_tws._enums import TriggerMethod as TriggerMethod
from trio_tws._errors import AmbiguousContract as AmbiguousContract
from trio_tws._errors import ApiNotEnabled as ApiNotEnabled
from trio_tws._errors import CancelRefused as CancelRefused
from trio_tws._errors import ClientIdInUse as ClientIdInUse
from trio_tws._errors import CompetingSession as CompetingSession
from trio_tws._errors import ConnectFailed as ConnectFailed
from trio_tws._errors import ConnectionRefused as ConnectionRefused
from trio_tws._errors import ContractNotFound as ContractNotFound
from trio_tws._errors import HandshakeTimeout as HandshakeTimeout
from trio_tws._errors import InternalError as InternalError
from trio_tws._errors import InvalidRequest as InvalidRequest
from trio_tws._errors import LimitReached as LimitReached
from trio_tws._errors import LiveAccount as LiveAccount
from trio_tws._errors import LocalProtocolError as LocalProtocolError
from trio_tws._errors import ModifyRefused as ModifyRefused
from trio_tws._errors import NoData as NoData
from trio_tws._errors import NoMarketDataPermission as NoMarketDataPermission
from trio_tws._errors import NotPermitted as NotPermitted
from trio_tws._errors import NotTWS as NotTWS
from trio_tws._errors import OrderCancelled as OrderCancelled
from trio_tws._errors import OrderInDoubt as OrderInDoubt
from trio_tws._errors import OrderLimit as OrderLimit
from trio_tws._errors import OrderRejected as OrderRejected
from trio_tws._errors import PacingViolation as PacingViolation
from trio_tws._errors import Redirected as Redirected
from trio_tws._errors import RemoteProtocolError as RemoteProtocolError
from trio_tws._errors import RequestCancelled as RequestCancelled
from trio_tws._errors import RequestError as RequestError
from trio_tws._errors import ResponseTimeout as ResponseTimeout
from trio_tws._errors import ServerTooNew as ServerTooNew
from trio_tws._errors import ServerTooOld as ServerTooOld
from trio_tws._errors import SlowConsumer as SlowConsumer
from trio_tws._errors import TooManyClients as TooManyClients
from trio_tws._errors import TWSError as TWSError
from trio_tws._model.accounts import AccountSummary as AccountSummary
from trio_tws._model.accounts import AccountSummaryEnd as AccountSummaryEnd
from trio_tws._model.accounts import AccountUpdateMulti as AccountUpdateMulti
from trio_tws._model.accounts import AccountUpdateMultiEnd as AccountUpdateMultiEnd
from trio_tws._model.accounts import AcctDownloadEnd as AcctDownloadEnd
from trio_tws._model.accounts import AcctUpdateTime as AcctUpdateTime
from trio_tws._model.accounts import AcctValue as AcctValue
from trio_tws._model.accounts import CancelAccountSummary as CancelAccountSummary
from trio_tws._model.accounts import CancelAccountUpdatesMulti as CancelAccountUpdatesMulti
from trio_tws._model.accounts import PortfolioValue as PortfolioValue
from trio_tws._model.accounts import ReqAccountData as ReqAccountData
from trio_tws._model.accounts import ReqAccountSummary as ReqAccountSummary
from trio_tws._model.accounts import ReqAccountUpdatesMulti as ReqAccountUpdatesMulti
from trio_tws._model.advisors import ReceiveFA as ReceiveFA
from trio_tws._model.advisors import ReplaceFA as ReplaceFA
from trio_tws._model.advisors import ReplaceFAEnd as ReplaceFAEnd
from trio_tws._model.advisors import ReqFA as ReqFA
from trio_tws._model.bars import CancelHistoricalData as CancelHistoricalData
from trio_tws._model.bars import HistoricalData as HistoricalData
from trio_tws._model.bars import HistoricalDataBar as HistoricalDataBar
from trio_tws._model.bars import HistoricalDataEnd as HistoricalDataEnd
from trio_tws._model.bars import HistoricalDataUpdate as HistoricalDataUpdate
from trio_tws._model.bars import HistoricalSchedule as HistoricalSchedule
from trio_tws._model.bars import HistoricalSession as HistoricalSession
from trio_tws._model.bars import ReqHistoricalData as ReqHistoricalData
from trio_tws._model.builders import CFD as CFD
from trio_tws._model.builders import Bond as Bond
from trio_tws._model.builders import Combo as Combo
from trio_tws._model.builders import Commodity as Commodity
from trio_tws._model.builders import ContinuousFuture as ContinuousFuture
from trio_tws._model.builders import Crypto as Crypto
from trio_tws._model.builders import Forex as Forex
from trio_tws._model.builders import Fund as Fund
from trio_tws._model.builders import Future as Future
from trio_tws._model.builders import FutureOption as FutureOption
from trio_tws._model.builders import Index as Index
from trio_tws._model.builders import Option as Option
from trio_tws._model.builders import Stock as Stock
from trio_tws._model.builders import Warrant as Warrant
from trio_tws._model.cancels import CancelOrder as CancelOrder
from trio_tws._model.cancels import OrderCancel as OrderCancel
from trio_tws._model.cancels import ReqGlobalCancel as ReqGlobalCancel
from trio_tws._model.codes import treat_as_notice as treat_as_notice
from trio_tws._model.conditions import Condition as Condition
from trio_tws._model.conditions import ExecutionCondition as ExecutionCondition
from trio_tws._model.conditions import JoinedConditions as JoinedConditions
from trio_tws._model.conditions import KnownCondition as KnownCondition
from trio_tws._model.conditions import MarginCondition as MarginCondition
from trio_tws._model.conditions import PercentChangeCondition as PercentChangeCondition
from trio_tws._model.conditions import PriceCondition as PriceCondition
from trio_tws._model.conditions import TimeCondition as TimeCondition
from trio_tws._model.conditions import UnknownCondition as UnknownCondition
from trio_tws._model.conditions import VolumeCondition as VolumeCondition
from trio_tws._model.config import ApiConfig as ApiConfig
from trio_tws._model.config import ApiPrecautionsConfig as ApiPrecautionsConfig
from trio_tws._model.config import ApiSettingsConfig as ApiSettingsConfig
from trio_tws._model.config import ConfigResponse as ConfigResponse
from trio_tws._model.config import LockAndExitConfig as LockAndExitConfig
from trio_tws._model.config import MessageConfig as MessageConfig
from trio_tws._model.config import OrdersConfig as OrdersConfig
from trio_tws._model.config import OrdersSmartRoutingConfig as OrdersSmartRoutingConfig
from trio_tws._model.config import ReqConfig as ReqConfig
from trio_tws._model.config import UpdateConfig as UpdateConfig
from trio_tws._model.config import UpdateConfigResponse as UpdateConfigResponse
from trio_tws._model.config import UpdateConfigWarning as UpdateConfigWarning
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
from trio_tws._model.depth import CancelMktDepth as CancelMktDepth
from trio_tws._model.depth import MarketDepth as MarketDepth
from trio_tws._model.depth import MarketDepthData as MarketDepthData
from trio_tws._model.depth import MarketDepthL2 as MarketDepthL2
from trio_tws._model.depth import ReqMktDepth as ReqMktDepth
from trio_tws._model.depth import RerouteMktDepthReq as RerouteMktDepthReq
from trio_tws._model.executions import CommissionAndFeesReport as CommissionAndFeesReport
from trio_tws._model.executions import Execution as Execution
from trio_tws._model.executions import ExecutionData as ExecutionData
from trio_tws._model.executions import ExecutionDataEnd as ExecutionDataEnd
from trio_tws._model.executions import ExecutionFilter as ExecutionFilter
from trio_tws._model.executions import ReqExecutions as ReqExecutions
from trio_tws._model.fundamentals import CancelFundamentalData as CancelFundamentalData
from trio_tws._model.fundamentals import FundamentalData as FundamentalData
from trio_tws._model.fundamentals import ReqFundamentalData as ReqFundamentalData
from trio_tws._model.groups import DisplayGroupList as DisplayGroupList
from trio_tws._model.groups import DisplayGroupUpdated as DisplayGroupUpdated
from trio_tws._model.groups import QueryDisplayGroups as QueryDisplayGroups
from trio_tws._model.groups import SubscribeToGroupEvents as SubscribeToGroupEvents
from trio_tws._model.groups import UnsubscribeFromGroupEvents as UnsubscribeFromGroupEvents
from trio_tws._model.groups import UpdateDisplayGroup as UpdateDisplayGroup
from trio_tws._model.histogram import CancelHeadTimestamp as CancelHeadTimestamp
from trio_tws._model.histogram import CancelHistogramData as CancelHistogramData
from trio_tws._model.histogram import HeadTimestamp as HeadTimestamp
from trio_tws._model.histogram import HistogramData as HistogramData
from trio_tws._model.histogram import HistogramDataEntry as HistogramDataEntry
from trio_tws._model.histogram import ReqHeadTimestamp as ReqHeadTimestamp
from trio_tws._model.histogram import ReqHistogramData as ReqHistogramData
from trio_tws._model.historical_ticks import CancelHistoricalTicks as CancelHistoricalTicks
from trio_tws._model.historical_ticks import HistoricalTicks as HistoricalTicks
from trio_tws._model.historical_ticks import HistoricalTicksBidAsk as HistoricalTicksBidAsk
from trio_tws._model.historical_ticks import HistoricalTicksLast as HistoricalTicksLast
from trio_tws._model.historical_ticks import ReqHistoricalTicks as ReqHistoricalTicks
from trio_tws._model.news import CancelNewsBulletins as CancelNewsBulletins
from trio_tws._model.news import HistoricalNews as HistoricalNews
from trio_tws._model.news import HistoricalNewsEnd as HistoricalNewsEnd
from trio_tws._model.news import NewsArticle as NewsArticle
from trio_tws._model.news import NewsBulletins as NewsBulletins
from trio_tws._model.news import NewsProvider as NewsProvider
from trio_tws._model.news import NewsProviders as NewsProviders
from trio_tws._model.news import ReqHistoricalNews as ReqHistoricalNews
from trio_tws._model.news import ReqNewsArticle as ReqNewsArticle
from trio_tws._model.news import ReqNewsBulletins as ReqNewsBulletins
from trio_tws._model.news import ReqNewsProviders as ReqNewsProviders
from trio_tws._model.news import TickNews as TickNews
from trio_tws._model.open_orders import CompletedOrdersEnd as CompletedOrdersEnd
from trio_tws._model.open_orders import OpenOrderEnd as OpenOrderEnd
from trio_tws._model.open_orders import OrderBound as OrderBound
from trio_tws._model.open_orders import OrderStatus as OrderStatus
from trio_tws._model.open_orders import ReqAllOpenOrders as ReqAllOpenOrders
from trio_tws._model.open_orders import ReqAutoOpenOrders as ReqAutoOpenOrders
from trio_tws._model.open_orders import ReqCompletedOrders as ReqCompletedOrders
from trio_tws._model.open_orders import ReqOpenOrders as ReqOpenOrders
from trio_tws._model.options import CancelCalcImpliedVolat as CancelCalcImpliedVolat
from trio_tws._model.options import CancelCalcOptionPrice as CancelCalcOptionPrice
from trio_tws._model.options import DeltaNeutralValidation as DeltaNeutralValidation
from trio_tws._model.options import ExerciseOptions as ExerciseOptions
from trio_tws._model.options import ReqCalcImpliedVolat as ReqCalcImpliedVolat
from trio_tws._model.options import ReqCalcOptionPrice as ReqCalcOptionPrice
from trio_tws._model.options import ReqSecDefOptParams as ReqSecDefOptParams
from trio_tws._model.options import (
    SecurityDefinitionOptionParameter as SecurityDefinitionOptionParameter,
)
from trio_tws._model.options import (
    SecurityDefinitionOptionParameterEnd as SecurityDefinitionOptionParameterEnd,
)
from trio_tws._model.options import TickOptionComputation as TickOptionComputation
from trio_tws._model.order_reports import CompletedOrder as CompletedOrder
from trio_tws._model.order_reports import OpenOrder as OpenOrder
from trio_tws._model.order_states import AttachedOrders as AttachedOrders
from trio_tws._model.order_states import OrderAllocation as OrderAllocation
from trio_tws._model.order_states import OrderState as OrderState
from trio_tws._model.orders import Order as Order
from trio_tws._model.place_order import PlaceOrder as PlaceOrder
from trio_tws._model.pnl import CancelPnL as CancelPnL
from trio_tws._model.pnl import CancelPnLSingle as CancelPnLSingle
from trio_tws._model.pnl import PnL as PnL
from trio_tws._model.pnl import PnLSingle as PnLSingle
from trio_tws._model.pnl import ReqPnL as ReqPnL
from trio_tws._model.pnl import ReqPnLSingle as ReqPnLSingle
from trio_tws._model.positions import CancelPositions as CancelPositions
from trio_tws._model.positions import CancelPositionsMulti as CancelPositionsMulti
from trio_tws._model.positions import PositionData as PositionData
from trio_tws._model.positions import PositionEnd as PositionEnd
from trio_tws._model.positions import PositionMulti as PositionMulti
from trio_tws._model.positions import PositionMultiEnd as PositionMultiEnd
from trio_tws._model.positions import ReqPositions as ReqPositions
from trio_tws._model.positions import ReqPositionsMulti as ReqPositionsMulti
from trio_tws._model.real_time_bars import CancelRealTimeBars as CancelRealTimeBars
from trio_tws._model.real_time_bars import RealTimeBars as RealTimeBars
from trio_tws._model.real_time_bars import ReqRealTimeBars as ReqRealTimeBars
from trio_tws._model.reference import ContractDescription as ContractDescription
from trio_tws._model.reference import DepthMarketDataDescription as DepthMarketDataDescription
from trio_tws._model.reference import FamilyCode as FamilyCode
from trio_tws._model.reference import FamilyCodes as FamilyCodes
from trio_tws._model.reference import MarketRule as MarketRule
from trio_tws._model.reference import MktDepthExchanges as MktDepthExchanges
from trio_tws._model.reference import PriceIncrement as PriceIncrement
from trio_tws._model.reference import ReqFamilyCodes as ReqFamilyCodes
from trio_tws._model.reference import ReqMarketRule as ReqMarketRule
from trio_tws._model.reference import ReqMatchingSymbols as ReqMatchingSymbols
from trio_tws._model.reference import ReqMktDepthExchanges as ReqMktDepthExchanges
from trio_tws._model.reference import ReqSmartComponents as ReqSmartComponents
from trio_tws._model.reference import ReqSoftDollarTiers as ReqSoftDollarTiers
from trio_tws._model.reference import ReqUserInfo as ReqUserInfo
from trio_tws._model.reference import SmartComponent as SmartComponent
from trio_tws._model.reference import SmartComponents as SmartComponents
from trio_tws._model.reference import SoftDollarTier as SoftDollarTier
from trio_tws._model.reference import SoftDollarTiers as SoftDollarTiers
from trio_tws._model.reference import SymbolSamples as SymbolSamples
from trio_tws._model.reference import UserInfo as UserInfo
from trio_tws._model.scanner import CancelScannerSubscription as CancelScannerSubscription
from trio_tws._model.scanner import ReqScannerParameters as ReqScannerParameters
from trio_tws._model.scanner import ReqScannerSubscription as ReqScannerSubscription
from trio_tws._model.scanner import ScannerData as ScannerData
from trio_tws._model.scanner import ScannerDataElement as ScannerDataElement
from trio_tws._model.scanner import ScannerParameters as ScannerParameters
from trio_tws._model.scanner import ScannerSubscription as ScannerSubscription
from trio_tws._model.session import CurrentTime as CurrentTime
from trio_tws._model.session import CurrentTimeInMillis as CurrentTimeInMillis
from trio_tws._model.session import Error as Error
from trio_tws._model.session import ManagedAccounts as ManagedAccounts
from trio_tws._model.session import NextValidId as NextValidId
from trio_tws._model.session import ReqCurrentTime as ReqCurrentTime
from trio_tws._model.session import ReqCurrentTimeInMillis as ReqCurrentTimeInMillis
from trio_tws._model.session import ReqIds as ReqIds
from trio_tws._model.session import ReqManagedAccts as ReqManagedAccts
from trio_tws._model.session import SetServerLogLevel as SetServerLogLevel
from trio_tws._model.session import StartApi as StartApi
from trio_tws._model.tick_by_tick import CancelTickByTickData as CancelTickByTickData
from trio_tws._model.tick_by_tick import MidpointTick as MidpointTick
from trio_tws._model.tick_by_tick import QuoteTick as QuoteTick
from trio_tws._model.tick_by_tick import ReqTickByTickData as ReqTickByTickData
from trio_tws._model.tick_by_tick import SingleTick as SingleTick
from trio_tws._model.tick_by_tick import TickAttribBidAsk as TickAttribBidAsk
from trio_tws._model.tick_by_tick import TickAttribLast as TickAttribLast
from trio_tws._model.tick_by_tick import TickByTick as TickByTick
from trio_tws._model.tick_by_tick import TradeTick as TradeTick
from trio_tws._model.ticks import CancelMktData as CancelMktData
from trio_tws._model.ticks import MarketDataType as MarketDataType
from trio_tws._model.ticks import ReqMarketDataType as ReqMarketDataType
from trio_tws._model.ticks import ReqMktData as ReqMktData
from trio_tws._model.ticks import RerouteMktDataReq as RerouteMktDataReq
from trio_tws._model.ticks import TickEFP as TickEFP
from trio_tws._model.ticks import TickGeneric as TickGeneric
from trio_tws._model.ticks import TickPrice as TickPrice
from trio_tws._model.ticks import TickReqParams as TickReqParams
from trio_tws._model.ticks import TickSize as TickSize
from trio_tws._model.ticks import TickSnapshotEnd as TickSnapshotEnd
from trio_tws._model.ticks import TickString as TickString
from trio_tws._model.verify import VerifyAndAuthCompleted as VerifyAndAuthCompleted
from trio_tws._model.verify import VerifyAndAuthMessage as VerifyAndAuthMessage
from trio_tws._model.verify import VerifyAndAuthMessageApi as VerifyAndAuthMessageApi
from trio_tws._model.verify import VerifyAndAuthRequest as VerifyAndAuthRequest
from trio_tws._model.verify import VerifyCompleted as VerifyCompleted
from trio_tws._model.verify import VerifyMessage as VerifyMessage
from trio_tws._model.verify import VerifyMessageApi as VerifyMessageApi
from trio_tws._model.verify import VerifyRequest as VerifyRequest
from trio_tws._model.wsh import CancelWshEventData as CancelWshEventData
from trio_tws._model.wsh import CancelWshMetaData as CancelWshMetaData
from trio_tws._model.wsh import ReqWshEventData as ReqWshEventData
from trio_tws._model.wsh import ReqWshMetaData as ReqWshMetaData
from trio_tws._model.wsh import WshEventData as WshEventData
from trio_tws._model.wsh import WshMetaData as WshMetaData
from trio_tws._orders.book import IdConflict as IdConflict
from trio_tws._orders.groups import Groupable as Groupable
from trio_tws._orders.groups import GroupedOrder as GroupedOrder
from trio_tws._orders.groups import OcaType as OcaType
from trio_tws._orders.groups import OrderGroup as OrderGroup
from trio_tws._orders.groups import attach as attach
from trio_tws._orders.groups import one_cancels_all as one_cancels_all
from trio_tws._orders.known import Known as Known
from trio_tws._orders.known import KnownOrder as KnownOrder
from trio_tws._orders.limits import OrderLimits as OrderLimits
from trio_tws._orders.options import Action as Action
from trio_tws._orders.options import OrderOptions as OrderOptions
from trio_tws._orders.plain_orders import AuctionOrder as AuctionOrder
from trio_tws._orders.plain_orders import BoxTopOrder as BoxTopOrder
from trio_tws._orders.plain_orders import LegLimitOrder as LegLimitOrder
from trio_tws._orders.plain_orders import LimitIfTouchedOrder as LimitIfTouchedOrder
from trio_tws._orders.plain_orders import LimitOnCloseOrder as LimitOnCloseOrder
from trio_tws._orders.plain_orders import LimitOnOpenOrder as LimitOnOpenOrder
from trio_tws._orders.plain_orders import LimitOrder as LimitOrder
from trio_tws._orders.plain_orders import MarketIfTouchedOrder as MarketIfTouchedOrder
from trio_tws._orders.plain_orders import MarketOnCloseOrder as MarketOnCloseOrder
from trio_tws._orders.plain_orders import MarketOnOpenOrder as MarketOnOpenOrder
from trio_tws._orders.plain_orders import MarketOrder as MarketOrder
from trio_tws._orders.plain_orders import MarketToLimitOrder as MarketToLimitOrder
from trio_tws._orders.plain_orders import MarketWithProtectionOrder as MarketWithProtectionOrder
from trio_tws._orders.plain_orders import MidpriceOrder as MidpriceOrder
from trio_tws._orders.quantities import Cash as Cash
from trio_tws._orders.quantities import Quantity as Quantity
from trio_tws._orders.reconcile import OrderGone as OrderGone
from trio_tws._orders.reconcile import PositionDifference as PositionDifference
from trio_tws._orders.reconcile import Reconciliation as Reconciliation
from trio_tws._orders.stop_orders import StopLimitOrder as StopLimitOrder
from trio_tws._orders.stop_orders import StopOrder as StopOrder
from trio_tws._orders.stop_orders import StopWithProtectionOrder as StopWithProtectionOrder
from trio_tws._orders.stop_orders import TrailingStopLimitOrder as TrailingStopLimitOrder
from trio_tws._orders.stop_orders import TrailingStopOrder as TrailingStopOrder
from trio_tws._orders.stop_orders import adjusted as adjusted
from trio_tws._orders.times_in_force import GoodTill as GoodTill
from trio_tws._orders.times_in_force import TimeInForce as TimeInForce
from trio_tws._orders.trade_state import Fill as Fill
from trio_tws._orders.trade_state import TradePhase as TradePhase
from trio_tws._orders.trade_state import TradeState as TradeState
from trio_tws._wire import evolve as evolve
from trio_tws.protocol import MalformedMessage as MalformedMessage
from trio_tws.protocol import Notice as Notice
from trio_tws.protocol import Pacing as Pacing
from trio_tws.protocol import Rate as Rate
from trio_tws.protocol import UnknownMessage as UnknownMessage

if _typing.TYPE_CHECKING:
    from trio_tws._rare import *  # noqa: F403 - names like those above
else:

    def _rare_names() -> dict[str, object]:
        names = vars(_importlib.import_module("trio_tws._rare"))
        return {name: value for name, value in names.items() if not name.startswith("_")}

    def __getattr__(name: str) -> object:
        """Imports the rare names when one is asked for that is not among those above."""
        if name == "__all__":  # what an asterisk means
            return [public for public in __dir__() if not public.startswith("_")]
        if not name.startswith("_"):
            globals().update(_rare_names())
            if name in globals():
                return globals()[name]
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *_rare_names()})
