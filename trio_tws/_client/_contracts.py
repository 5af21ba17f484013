"""Looking contracts up."""

from trio_tws._client._topic import Topic
from trio_tws._model.contract_details import BondContractData, ContractData
from trio_tws._model.contracts import Contract, ReqContractData


class ContractMethods(Topic):
    """What `TWS` offers about contracts."""

    async def contract_details(self, contract: Contract) -> list[ContractData | BondContractData]:
        """Gives all contracts that match a description, with what TWS knows of them.

        Args:
            contract: As much of it as is known; ``con_id`` alone is enough.

        Returns:
            One object for each match, in the order of TWS; at least one. Bonds come as
            `BondContractData`. Each has the whole contract in ``.contract`` and the rest in
            ``.details``.

        Raises:
            RequestError: 200 if nothing matches, 321 if the description makes no sense.
            ResponseTimeout: Nothing came; where the server can (since 215) the request is taken
                back.
            ConnectionLost: The session ended.
            LocalProtocolError: A field needs a newer server: ``issuer_id`` needs 176.

        A checkpoint; cancelling it takes the request back where the server can (since 215) and
        throws away what comes late.

        Sends ReqContractData. Source: EClient.reqContractDetails.
        """
        request = ReqContractData(self._session.take_request_id(), contract)
        answers = await self._ask(request)
        return [answer for answer in answers if isinstance(answer, ContractData | BondContractData)]
