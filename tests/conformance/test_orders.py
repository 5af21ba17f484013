"""The prices of a combination's legs: here a field of each leg, over there a list of the order."""

import pytest

from tests.conformance.official import read
from trio_tws import ComboLeg, Contract, OpenOrder, SecType
from trio_tws import _versions as v
from trio_tws.protocol._codec import Codec

LAST_TEXT = v.PROTOBUF_PLACE_ORDER - 1


@pytest.mark.parametrize("version", [v.MIN_SERVER_VERSION, 176, LAST_TEXT, v.MAX_SERVER_VERSION])
def test_the_prices_of_legs_are_the_same_over_there(version: int) -> None:
    prices = (0.5, None, 0.0)
    legs = tuple(ComboLeg(at, per_leg_price=price) for at, price in enumerate(prices))
    message = OpenOrder(1, Contract(sec_type=SecType.COMBO, combo_legs=legs))
    ((_, arguments),) = read(Codec(version, reads_incoming=False).encode(message), version)

    told = [leg.price for leg in arguments["order"].orderComboLegs]
    assert [None if price > 1e308 else price for price in told] == [*prices]
