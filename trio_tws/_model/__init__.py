"""The tables: every message of the protocol, a file a topic, requests beside their answers.

Here are only declarations. What is derived from them (codecs, the version guard, routing, the
documentation of the wire) is derived by the floors below and above.
"""

from trio_tws._model import accounts as accounts
from trio_tws._model import advisors as advisors
from trio_tws._model import bars as bars
from trio_tws._model import cancels as cancels
from trio_tws._model import config as config
from trio_tws._model import contract_details as contract_details
from trio_tws._model import contracts as contracts
from trio_tws._model import depth as depth
from trio_tws._model import executions as executions
from trio_tws._model import fundamentals as fundamentals
from trio_tws._model import groups as groups
from trio_tws._model import histogram as histogram
from trio_tws._model import historical_ticks as historical_ticks
from trio_tws._model import news as news
from trio_tws._model import open_orders as open_orders
from trio_tws._model import options as options
from trio_tws._model import order_reports as order_reports
from trio_tws._model import place_order as place_order
from trio_tws._model import pnl as pnl
from trio_tws._model import positions as positions
from trio_tws._model import real_time_bars as real_time_bars
from trio_tws._model import reference as reference
from trio_tws._model import scanner as scanner
from trio_tws._model import session as session
from trio_tws._model import tick_by_tick as tick_by_tick
from trio_tws._model import ticks as ticks
from trio_tws._model import verify as verify
from trio_tws._model import wsh as wsh
from trio_tws._wire.fields import REGISTRY as MESSAGES

__all__ = ["MESSAGES"]
