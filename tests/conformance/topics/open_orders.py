"""Open and completed orders."""

from tests.conformance.official import PARAMETERS

PARAMETERS["reqAutoOpenOrders", "bAutoBind"] = "auto_bind"
