"""Options."""

from tests.conformance.official import EXPECTED, PARAMETERS, Expected, callback, field_of
from trio_tws._model.options import SecurityDefinitionOptionParameter

PARAMETERS["exerciseOptions", "reqId"] = "order_id"


def _chain(message: SecurityDefinitionOptionParameter, version: int) -> list[Expected]:
    """It hands out sets: what comes twice is there once."""
    call = callback("securityDefinitionOptionParameter", message)
    for name in ("expirations", "strikes"):
        field = field_of(SecurityDefinitionOptionParameter, name)
        call.values[name] = (frozenset(getattr(message, name)), field)
    return [call]


EXPECTED[SecurityDefinitionOptionParameter] = _chain
