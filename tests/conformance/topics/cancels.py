"""Orders."""

import ibapi.order_cancel

from tests.conformance.official import OBJECTS
from trio_tws._model.orders import OrderCancel

OBJECTS[OrderCancel] = ibapi.order_cancel.OrderCancel
