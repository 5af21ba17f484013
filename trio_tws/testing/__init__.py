"""A simulated TWS, for tests, for trying things out, and for other clients in any language."""

from trio_tws.testing._client import SimulatedClient as SimulatedClient
from trio_tws.testing._desk import Desk as Desk
from trio_tws.testing._faults import Faults as Faults
from trio_tws.testing._faults import FaultyStream as FaultyStream
from trio_tws.testing._faults import Stage as Stage
from trio_tws.testing._faults import Startup as Startup
from trio_tws.testing._instrument import Instrument as Instrument
from trio_tws.testing._instruments import INSTRUMENTS as INSTRUMENTS
from trio_tws.testing._market import Market as Market
from trio_tws.testing._market import MarketBar as MarketBar
from trio_tws.testing._market import Quote as Quote
from trio_tws.testing._market import Trade as Trade
from trio_tws.testing._market import TradingDay as TradingDay
from trio_tws.testing._simulator import Simulator as Simulator
from trio_tws.testing._simulator import open_simulator as open_simulator
