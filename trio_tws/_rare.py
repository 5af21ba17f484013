"""Names that few programs use: what `trio_tws` gives too, imported when one of them is asked for.

Data frames, algorithms, and the rarer types of orders. What a session needs by itself does not
belong here: it is imported anyway.
"""

# ruff: noqa: PLC0414 - X as X is how a name is exported

from trio_tws._client._frames import to_arrow as to_arrow
from trio_tws._client._frames import to_pandas as to_pandas
from trio_tws._client._frames import to_polars as to_polars
from trio_tws._orders.algos import TWAP as TWAP
from trio_tws._orders.algos import VWAP as VWAP
from trio_tws._orders.algos import AccumulateDistribute as AccumulateDistribute
from trio_tws._orders.algos import Adaptive as Adaptive
from trio_tws._orders.algos import AdaptivePriority as AdaptivePriority
from trio_tws._orders.algos import Algo as Algo
from trio_tws._orders.algos import ArrivalPrice as ArrivalPrice
from trio_tws._orders.algos import BalanceImpactRisk as BalanceImpactRisk
from trio_tws._orders.algos import ClosePrice as ClosePrice
from trio_tws._orders.algos import DarkIce as DarkIce
from trio_tws._orders.algos import MinimizeImpact as MinimizeImpact
from trio_tws._orders.algos import OtherAlgo as OtherAlgo
from trio_tws._orders.algos import PercentOfVolume as PercentOfVolume
from trio_tws._orders.algos import PriceVariantPercentOfVolume as PriceVariantPercentOfVolume
from trio_tws._orders.algos import RiskAversion as RiskAversion
from trio_tws._orders.algos import SizeVariantPercentOfVolume as SizeVariantPercentOfVolume
from trio_tws._orders.algos import TimeVariantPercentOfVolume as TimeVariantPercentOfVolume
from trio_tws._orders.algos import TWAPStrategy as TWAPStrategy
from trio_tws._orders.algos import with_algo as with_algo
from trio_tws._orders.attached import HedgeType as HedgeType
from trio_tws._orders.attached import bracket as bracket
from trio_tws._orders.attached import hedge as hedge
from trio_tws._orders.combos import with_leg_prices as with_leg_prices
from trio_tws._orders.conditional import with_conditions as with_conditions
from trio_tws._orders.pegged_orders import UP_TO_MIDPOINT as UP_TO_MIDPOINT
from trio_tws._orders.pegged_orders import PassiveRelativeOrder as PassiveRelativeOrder
from trio_tws._orders.pegged_orders import PeggedToBenchmarkOrder as PeggedToBenchmarkOrder
from trio_tws._orders.pegged_orders import PeggedToBestOrder as PeggedToBestOrder
from trio_tws._orders.pegged_orders import PeggedToMarketOrder as PeggedToMarketOrder
from trio_tws._orders.pegged_orders import PeggedToMidpointOrder as PeggedToMidpointOrder
from trio_tws._orders.pegged_orders import PeggedToStockOrder as PeggedToStockOrder
from trio_tws._orders.pegged_orders import RelativeOrder as RelativeOrder
from trio_tws._orders.rare_orders import ReferencePrice as ReferencePrice
from trio_tws._orders.rare_orders import ScaleOrder as ScaleOrder
from trio_tws._orders.rare_orders import VolatilityOrder as VolatilityOrder
from trio_tws._orders.rare_orders import VolatilityType as VolatilityType
