"""Orders."""

import ibapi.order_cancel

from tests.conformance.official import OBJECTS
from trio_tws._model.cancels import OrderCancel

OBJECTS[OrderCancel] = ibapi.order_cancel.OrderCancel
