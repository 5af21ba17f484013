"""Histograms and head timestamps."""

from tests.conformance.official import PARAMETERS

PARAMETERS.update(
    {
        ("cancelHistogramData", "tickerId"): "req_id",
        ("reqHistogramData", "tickerId"): "req_id",
    }
)
