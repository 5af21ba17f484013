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

from trio_tws._collecting import collection_paused as _collection_paused
from trio_tws._collecting import settle as _settle

with _collection_paused():
    from trio_tws._daily import *  # noqa: F403 - the point of that module

    _settle()

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
