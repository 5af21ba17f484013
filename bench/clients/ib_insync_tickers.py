"""ib_insync, as its users write: see `bench.clients.tickers`."""

from typing import Final

import ib_insync

from bench.clients.measure import main
from bench.clients.tickers import Work

RUNNERS: Final = Work(ib_insync).runners()

if __name__ == "__main__":
    main(RUNNERS)
