"""Calculations about options, as the simulated TWS does them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from trio_tws._enums import TickType
from trio_tws._model.options import (
    CancelCalcImpliedVolat,
    CancelCalcOptionPrice,
    ReqCalcImpliedVolat,
    ReqCalcOptionPrice,
    TickOptionComputation,
)
from trio_tws._wire import evolve
from trio_tws.testing._greeks import computation, implied_volatility
from trio_tws.testing._table import answers, invalid, is_taken, only_match

if TYPE_CHECKING:
    from trio_tws.testing._client import SimulatedClient
    from trio_tws.testing._instrument import Instrument

_KIND: Final = TickType.CUST_OPTION_COMPUTATION


@answers(ReqCalcImpliedVolat)
def _implied_volatility(client: SimulatedClient, request: ReqCalcImpliedVolat) -> None:
    def compute(option: Instrument, now: float) -> TickOptionComputation:
        spot, price = request.under_price, request.option_price
        found = implied_volatility(option, price, spot, now)
        return computation(_KIND, option, spot, found, now, client.server_version, price)

    _calculate(client, request, request.option_price, compute)


@answers(ReqCalcOptionPrice)
def _option_price(client: SimulatedClient, request: ReqCalcOptionPrice) -> None:
    def compute(option: Instrument, now: float) -> TickOptionComputation:
        spot, volatility = request.under_price, request.volatility
        return computation(_KIND, option, spot, volatility, now, client.server_version)

    _calculate(client, request, request.volatility, compute)


def _calculate(
    client: SimulatedClient,
    request: ReqCalcImpliedVolat | ReqCalcOptionPrice,
    given: float,
    compute: Callable[[Instrument, float], TickOptionComputation],
) -> None:
    """Answers a calculation once, in the time that the simulator takes for answers."""
    simulator, req_id = client.simulator, request.req_id
    if is_taken(client, req_id):
        return
    if request.under_price <= 0 or given <= 0:
        invalid(client, req_id, "Prices and volatilities have to be positive")
        return

    def work() -> None:
        option = only_match(client, req_id, request.contract)
        if option is None:
            return
        if option.sec_type != "OPT":
            invalid(client, req_id, f"{option.local_symbol} is no option")
            return
        client.send(evolve(compute(option, simulator.now()), req_id=req_id))

    client.begin(req_id, request, simulator.latency, work)


@answers(CancelCalcImpliedVolat)
def _cancel_implied_volatility(client: SimulatedClient, request: CancelCalcImpliedVolat) -> None:
    """TWS is not known to say anything, whether or not there is something to cancel."""
    client.end(request.req_id, ReqCalcImpliedVolat)


@answers(CancelCalcOptionPrice)
def _cancel_option_price(client: SimulatedClient, request: CancelCalcOptionPrice) -> None:
    """TWS is not known to say anything, whether or not there is something to cancel."""
    client.end(request.req_id, ReqCalcOptionPrice)
