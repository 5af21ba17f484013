"""Fundamentals: `tests/conformance/test_fundamentals.py` has another witness for them."""

from tests.conformance.official import GONE
from trio_tws._model.fundamentals import (
    CancelFundamentalData,
    FundamentalData,
    ReqFundamentalData,
)

GONE.update(
    dict.fromkeys(
        (ReqFundamentalData, CancelFundamentalData, FundamentalData),
        "Taken out with version 10.47.",
    )
)
