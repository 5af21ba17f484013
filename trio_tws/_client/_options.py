"""What TWS computes of an option."""

from contextlib import suppress

from trio_tws._client._lost import ConnectionLost
from trio_tws._client._topic import Topic
from trio_tws._errors import InternalError
from trio_tws._model.contracts import Contract
from trio_tws._model.options import (
    CancelCalcImpliedVolat,
    CancelCalcOptionPrice,
    ReqCalcImpliedVolat,
    ReqCalcOptionPrice,
    TickOptionComputation,
)


class OptionMethods(Topic):
    """What `TWS` offers about options."""

    async def implied_volatility(
        self, contract: Contract, option_price: float, under_price: float
    ) -> TickOptionComputation:
        """Gives the volatility that a price of an option implies, and the greeks there.

        Args:
            contract: The option.
            option_price: In the option's currency.
            under_price: The price of the underlying at that moment, in its currency.

        Returns:
            All that TWS could compute; the rest is None, ``implied_vol`` too, as for a price below
            what exercise would bring.

        Raises:
            RequestError: 200 no such contract; or TWS could not compute it at all.
            ResponseTimeout: Nothing came; the request is taken back.
            ConnectionLost: The session ended.

        A checkpoint; cancelling it cancels the calculation at TWS.

        Sends ReqCalcImpliedVolat, and CancelCalcImpliedVolat in the end, whether or not there was
        an answer: IB does not say that one answer is all. Source:
        EClient.calculateImpliedVolatility.
        """
        req_id = self._session.take_request_id()
        request = ReqCalcImpliedVolat(req_id, contract, option_price, under_price)
        return await self._computed(request, CancelCalcImpliedVolat)

    async def option_price(
        self, contract: Contract, volatility: float, under_price: float
    ) -> TickOptionComputation:
        """Gives the price of an option at a volatility, and the greeks there.

        Args:
            contract: The option.
            volatility: As a fraction, a year: 0.2 for 20 per cent.
            under_price: The price of the underlying, in its currency.

        Returns:
            All that TWS could compute, with the price as ``opt_price``; the rest is None.

        Raises:
            RequestError: 200 no such contract; or TWS could not compute it at all.
            ResponseTimeout: Nothing came; the request is taken back.
            ConnectionLost: The session ended.

        A checkpoint; cancelling it cancels the calculation at TWS.

        Sends ReqCalcOptionPrice, and CancelCalcOptionPrice in the end, whether or not there was an
        answer: IB does not say that one answer is all. Source: EClient.calculateOptionPrice.
        """
        req_id = self._session.take_request_id()
        request = ReqCalcOptionPrice(req_id, contract, volatility, under_price)
        return await self._computed(request, CancelCalcOptionPrice)

    async def _computed(
        self,
        request: ReqCalcImpliedVolat | ReqCalcOptionPrice,
        cancel: type[CancelCalcImpliedVolat | CancelCalcOptionPrice],
    ) -> TickOptionComputation:
        answers = await self._ask(request, _is_computation)
        computed = [one for one in answers if isinstance(one, TickOptionComputation)]
        # The request may have been sent again under another id: the answer has the one that counts.
        with suppress(ConnectionLost, InternalError):
            self._session.send_nowait(cancel(computed[0].req_id))
        return computed[0]


def _is_computation(answer: object) -> bool:
    return isinstance(answer, TickOptionComputation)
