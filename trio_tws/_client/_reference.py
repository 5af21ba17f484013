"""Looking up what is no contract: symbols, price steps, exchanges, and facts about the login."""

from trio_tws._client._topic import Topic
from trio_tws._errors import RemoteProtocolError
from trio_tws._model.reference import (
    ContractDescription,
    DepthMarketDataDescription,
    FamilyCode,
    FamilyCodes,
    MarketRule,
    MktDepthExchanges,
    PriceIncrement,
    ReqFamilyCodes,
    ReqMarketRule,
    ReqMatchingSymbols,
    ReqMktDepthExchanges,
    ReqSmartComponents,
    ReqSoftDollarTiers,
    ReqUserInfo,
    SmartComponent,
    SmartComponents,
    SoftDollarTier,
    SoftDollarTiers,
    SymbolSamples,
    UserInfo,
)


class ReferenceMethods(Topic):
    """What `TWS` offers beside contracts, to be looked up."""

    async def matching_symbols(self, pattern: str) -> list[ContractDescription]:
        """Searches for instruments by the beginning of a symbol or of a company's name.

        IB takes about one search a second.

        Args:
            pattern: The beginning of a symbol, or of a word of a name; any case.

        Returns:
            At most 16 instruments, in the order of TWS, or none: TWS then says that there are none.
            Each has its con_id, symbol, sec_type, primary_exchange and currency in ``.contract``,
            since server version 176 also the company's name as ``.contract.description``; and in
            ``.derivative_sec_types`` the kinds of instruments that it underlies. There are no
            derivatives among them. The issuer of bonds comes as a bond with an ``issuer_id``.

        Raises:
            RequestError: 321 if the pattern is empty.
            ResponseTimeout: Nothing came; it is also how TWS may meet too many searches.
            ConnectionLost: The session ended.
            LocalProtocolError: The server is older than 108.

        A checkpoint; cancelled, it leaves nothing behind but an answer that is thrown away.

        Sends ReqMatchingSymbols. Source: EClient.reqMatchingSymbols.
        """
        request = ReqMatchingSymbols(self._session.take_request_id(), pattern)
        answer = await self._one(request, SymbolSamples)
        return list(answer.contract_descriptions)

    async def market_rule(self, market_rule_id: int) -> list[PriceIncrement]:
        """Gives a ladder of price steps: by which steps prices of a contract move, at which height.

        TWS answers one rule after the other; callers of the same rule share one answer.

        Args:
            market_rule_id: One of ``details.market_rule_ids`` of `contract_details`, which has one
                for each of ``details.valid_exchanges``, in the same order.

        Returns:
            The rungs from the lowest price up, as TWS sends them. Each holds from its ``low_edge``
            on, in the currency of the contract.

        Raises:
            RequestError: 321 if there is no such rule.
            ResponseTimeout: Nothing came; TWS may meet a rule that it does not know with silence.
            RemoteProtocolError: What came is another rule: a late answer to an earlier request.
            ConnectionLost: The session ended.
            LocalProtocolError: The server is older than 126.

        A checkpoint; cancelled, it leaves nothing behind but an answer that is thrown away.

        Sends ReqMarketRule. Source: EClient.reqMarketRule.
        """
        answer = await self._one(ReqMarketRule(market_rule_id), MarketRule, shared=True)
        if answer.market_rule_id != market_rule_id:
            raise RemoteProtocolError(
                f"TWS answered with market rule {answer.market_rule_id} where {market_rule_id} was "
                "asked for; ask again"
            )
        return list(answer.price_increments)

    async def smart_components(self, bbo_exchange: str) -> list[SmartComponent]:
        """Gives the exchanges behind the letters in a line's ticks, such as the bid's exchange.

        Args:
            bbo_exchange: From the `TickReqParams` with which a line of `open_ticks` begins.

        Returns:
            An exchange each, in the order of TWS.

        Raises:
            RequestError: There is no such code.
            ResponseTimeout: Nothing came; TWS knows the exchanges only while the market is open.
            ConnectionLost: The session ended.
            LocalProtocolError: The server is older than 114.

        A checkpoint; cancelled, it leaves nothing behind but an answer that is thrown away.

        Sends ReqSmartComponents. Source: EClient.reqSmartComponents.
        """
        request = ReqSmartComponents(self._session.take_request_id(), bbo_exchange)
        answer = await self._one(request, SmartComponents)
        return list(answer.smart_components)

    async def depth_exchanges(self) -> list[DepthMarketDataDescription]:
        """Gives the exchanges that offer market depth, and for which kinds of instruments.

        Callers at the same time share one answer.

        Returns:
            One object for each exchange and kind of instrument, in the order of TWS. The login may
            have to subscribe to what is there.

        Raises:
            ResponseTimeout: Nothing came.
            ConnectionLost: The session ended.
            LocalProtocolError: The server is older than 112.

        A checkpoint; cancelled, it leaves nothing behind but an answer that is thrown away.

        Sends ReqMktDepthExchanges. Source: EClient.reqMktDepthExchanges.
        """
        answer = await self._one(ReqMktDepthExchanges(), MktDepthExchanges, shared=True)
        return list(answer.depth_mkt_data_descriptions)

    async def family_codes(self) -> list[FamilyCode]:
        """Tells which accounts of the login belong to a family.

        Callers at the same time share one answer.

        Returns:
            An account each, in the order of TWS; the code is empty for one without a family.

        Raises:
            ResponseTimeout: Nothing came.
            ConnectionLost: The session ended.
            LocalProtocolError: The server is older than 107.

        A checkpoint; cancelled, it leaves nothing behind but an answer that is thrown away.

        Sends ReqFamilyCodes. Source: EClient.reqFamilyCodes.
        """
        answer = await self._one(ReqFamilyCodes(), FamilyCodes, shared=True)
        return list(answer.family_codes)

    async def soft_dollar_tiers(self) -> list[SoftDollarTier]:
        """Gives the soft dollar tiers of the login, which an order can name.

        Returns:
            The tiers in the order of TWS; none unless the login is an adviser's or a fund's.

        Raises:
            ResponseTimeout: Nothing came.
            ConnectionLost: The session ended.
            LocalProtocolError: The server is older than 106.

        A checkpoint; cancelled, it leaves nothing behind but an answer that is thrown away.

        Sends ReqSoftDollarTiers. Source: EClient.reqSoftDollarTiers.
        """
        request = ReqSoftDollarTiers(self._session.take_request_id())
        answer = await self._one(request, SoftDollarTiers)
        return list(answer.tiers)

    async def user_info(self) -> UserInfo:
        """Tells under whose brand the login is.

        Returns:
            One object; its ``white_branding_id`` is empty for a customer of IB itself.

        Raises:
            ResponseTimeout: Nothing came.
            ConnectionLost: The session ended.
            LocalProtocolError: The server is older than 167.

        A checkpoint; cancelled, it leaves nothing behind but an answer that is thrown away.

        Sends ReqUserInfo. Source: EClient.reqUserInfo.
        """
        return await self._one(ReqUserInfo(self._session.take_request_id()), UserInfo)
