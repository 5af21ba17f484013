"""News."""

from tests.conformance.official import PARAMETERS

PARAMETERS.update(
    {
        ("historicalNews", "requestId"): "req_id",
        ("historicalNewsEnd", "requestId"): "req_id",
        ("newsArticle", "requestId"): "req_id",
        ("tickNews", "tickerId"): "req_id",
    }
)
