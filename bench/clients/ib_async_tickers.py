"""ib_async, as its users write: see `bench.clients.tickers`."""

from typing import Final

import ib_async

from bench.clients.measure import main
from bench.clients.tickers import Work

RUNNERS: Final = Work(ib_async).runners()

if __name__ == "__main__":
    main(RUNNERS)
