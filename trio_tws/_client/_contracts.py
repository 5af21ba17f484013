"""Looking contracts up."""

from collections.abc import Iterable
from typing import Final

import trio

from trio_tws._client._topic import Topic
from trio_tws._enums import SecType
from trio_tws._errors import AmbiguousContract, ContractNotFound, TWSError
from trio_tws._model.contract_details import BondContractData, ContractData
from trio_tws._model.contracts import Contract, ReqContractData
from trio_tws._model.options import ReqSecDefOptParams, SecurityDefinitionOptionParameter
from trio_tws._wire import evolve

_NO_DEFINITION: Final = 200
_SMART: Final = "SMART"

_AT_ONCE: Final = 10
"""How many contracts are looked up at a time. IB names no limit; more could keep the last of them
waiting for longer than the response timeout."""

_NAMED: Final = 5
"""How many of the contracts that a description matches are named in the message."""


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
            ContractNotFound: Nothing matches (200).
            RequestError: 321 if the description makes no sense.
            ResponseTimeout: Nothing came; where the server can (since 215) the request is taken
                back.
            ConnectionLost: The session ended.
            LocalProtocolError: A field needs a newer server: ``issuer_id`` needs 176.

        A checkpoint; cancelling it takes the request back where the server can (since 215) and
        throws away what comes late.

        Sends ReqContractData. Source: EClient.reqContractDetails.
        """
        return await self._matches(ReqContractData(self._session.take_request_id(), contract))

    async def qualify(self, contract: Contract) -> Contract:
        """Gives the one contract that a description means, with its ``con_id`` and all its fields.

        Listings of one instrument on several exchanges are one contract, which SMART trades if it
        is among them; otherwise it is the first that TWS names.

        Args:
            contract: Enough of it to mean one, such as a `Stock` with its primary exchange.

        Returns:
            The contract as TWS knows it, to be used in any request. ``include_expired`` is as it
            was.

        Raises:
            ContractNotFound: Nothing matches.
            AmbiguousContract: Several match; the message names them.
            RequestError: 321 if the description makes no sense.
            ResponseTimeout: Nothing came.
            ConnectionLost: The session ended.
            LocalProtocolError: A field needs a newer server.

        A checkpoint; cancelling it is as with `contract_details`.

        Sends ReqContractData. Source: EClient.reqContractDetails.
        """
        request = ReqContractData(self._session.take_request_id(), contract)
        listings: dict[int, Contract] = {}
        for answer in await self._matches(request):
            one = answer.contract
            if one.con_id not in listings or one.exchange == _SMART:
                listings[one.con_id] = one
        if len(listings) > 1:
            raise _ambiguous(request, list(listings.values()))
        (only,) = listings.values()
        return evolve(only, include_expired=contract.include_expired)

    async def qualify_all(self, *contracts: Contract) -> list[Contract]:
        """Gives the contract that each description means; all or nothing.

        They are looked up at the same time, ten at most.

        Args:
            *contracts: As for `qualify`.

        Returns:
            The contracts in the order of the arguments.

        Raises:
            TWSError: As `qualify` does, whatever comes first; the other requests are taken back.

        A checkpoint; cancelling it is as with `contract_details`.

        Sends ReqContractData for each. Source: EClient.reqContractDetails.
        """
        found: dict[int, Contract] = {}
        failures: list[TWSError] = []
        room = trio.CapacityLimiter(_AT_ONCE)
        async with trio.open_nursery() as nursery:

            async def look_up(at: int, contract: Contract) -> None:
                async with room:
                    try:
                        found[at] = await self.qualify(contract)
                    except TWSError as error:
                        failures.append(error)
                        nursery.cancel_scope.cancel()

            for at, contract in enumerate(contracts):
                nursery.start_soon(look_up, at, contract)
        if failures:
            raise failures[0]
        return [found[at] for at in range(len(contracts))]

    async def option_parameters(
        self, underlying: Contract | int, exchange: str = ""
    ) -> list[SecurityDefinitionOptionParameter]:
        """Gives the expirations and strikes of an underlying's options, which make up its chains.

        TWS answers it at once, where the details of a whole chain take it minutes.

        Args:
            underlying: What the options are on, or its con_id. A contract without its con_id,
                symbol or sec_type is qualified first, and so is a mere con_id.
            exchange: For options on a future, the exchange where they are traded; for all others it
                is best left empty.

        Returns:
            One object for each trading class and exchange, in the order of TWS; none if the
            underlying has no options, which TWS says by ending at once. Its expirations and strikes
            are in no order, and not every expiration has every strike: `contract_details` tells.

        Raises:
            RequestError: 321 if there is no such underlying; as `qualify` does, where it is asked.
            ResponseTimeout: Nothing came.
            ConnectionLost: The session ended.
            LocalProtocolError: The server is older than 104; nothing was sent but what qualifies
                the underlying.

        A checkpoint; cancelled, it leaves nothing behind but answers that are thrown away.

        Sends ReqSecDefOptParams, after ReqContractData if need be. Source:
        EClient.reqSecDefOptParams.
        """
        contract = Contract(con_id=underlying) if isinstance(underlying, int) else underlying
        if not contract.con_id or not contract.symbol or contract.sec_type == SecType.NONE:
            contract = await self.qualify(contract)
        request = ReqSecDefOptParams(
            self._session.take_request_id(),
            contract.symbol,
            contract.sec_type,
            contract.con_id,
            exchange,
        )
        return await self._all(request, SecurityDefinitionOptionParameter)

    async def _matches(self, request: ReqContractData) -> list[ContractData | BondContractData]:
        answers = await self._ask(request)
        found = [one for one in answers if isinstance(one, ContractData | BondContractData)]
        if not found:
            raise ContractNotFound(_NO_DEFINITION, "TWS ended its answer without one", request)
        return found


def _ambiguous(request: ReqContractData, candidates: list[Contract]) -> AmbiguousContract:
    named = "; ".join(map(_in_words, candidates[:_NAMED]))
    more = f"; and {len(candidates) - _NAMED} more" if len(candidates) > _NAMED else ""
    words = f"{len(candidates)} contracts match: {named}{more}"
    error = AmbiguousContract(_NO_DEFINITION, words, request)
    error.candidates = tuple(candidates)
    return error


def _in_words(contract: Contract) -> str:
    """Says what tells a contract from those like it."""
    told: Iterable[object] = (
        contract.symbol,
        contract.sec_type.value,
        contract.last_trade_date_or_contract_month,
        contract.strike,
        contract.right.strip("?0"),
        contract.trading_class,
        contract.multiplier and f"x{contract.multiplier}",
        contract.primary_exchange or contract.exchange,
        contract.currency,
    )
    return " ".join([f"con_id={contract.con_id}", *(str(one) for one in told if one)])
