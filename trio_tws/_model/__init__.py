"""The tables: every message of the protocol, a file a topic, requests beside their answers.

Here are only declarations. What is derived from them (codecs, the version guard, routing, the
documentation of the wire) is derived by the floors below and above.
"""

from trio_tws._model import bars as bars
from trio_tws._model import contract_details as contract_details
from trio_tws._model import contracts as contracts
from trio_tws._model import orders as orders
from trio_tws._model import session as session
from trio_tws._model import ticks as ticks
from trio_tws._wire.fields import REGISTRY as MESSAGES

__all__ = ["MESSAGES"]
