"""Answers to what is looked up beside contracts: symbols, chains, price steps, exchanges, login.

All of it is drawn from the instruments that are traded here, so that what one answer names, another
knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from trio_tws._enums import SecType
from trio_tws._model.contracts import Contract
from trio_tws._model.options import (
    ReqSecDefOptParams,
    SecurityDefinitionOptionParameter,
    SecurityDefinitionOptionParameterEnd,
)
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
    SoftDollarTiers,
    SymbolSamples,
    UserInfo,
)
from trio_tws.testing._lines import BBO_EXCHANGE
from trio_tws.testing._table import answers, invalid, is_taken

if TYPE_CHECKING:
    from trio_tws.testing._client import SimulatedClient
    from trio_tws.testing._instrument import Instrument

MOST_SAMPLES: Final = 16
"""TWS names no more instruments in answer to a search."""

_SEARCHED: Final = frozenset({SecType.STOCK, SecType.INDEX, SecType.FOREX, SecType.CRYPTO})
"""What a search finds: no derivatives. TWS also finds the issuers of bonds; here are none."""

_OPTIONS: Final = frozenset({SecType.OPTION, SecType.FUTURE_OPTION})

_LETTERS: Final = {
    "AMEX": "A",
    "ARCA": "P",
    "BATS": "Z",
    "BYX": "Y",
    "CBOE": "W",
    "CHX": "M",
    "DRCTEDGE": "K",
    "EDGX": "J",
    "IEX": "V",
    "ISE": "I",
    "MEMX": "U",
    "NASDAQ": "Q",
    "NYSE": "N",
    "PHLX": "X",
}
"""The exchanges behind a quote of a US stock, with letters like those of the consolidated tape."""


# Symbols ..........................................................................................


@answers(ReqMatchingSymbols)
def _symbols(client: SimulatedClient, request: ReqMatchingSymbols) -> None:
    req_id, pattern = request.req_id, request.pattern.strip().upper()
    if is_taken(client, req_id):
        return
    if not pattern:
        invalid(client, req_id, "Please enter a valid pattern")
        return

    def work() -> None:
        instruments = client.simulator.market.instruments
        found = [one for one in instruments if _is_like(one, pattern)]
        found.sort(key=lambda one: (one.symbol != pattern, one.symbol, one.con_id))
        samples = tuple(_sample(one, instruments) for one in found[:MOST_SAMPLES])
        client.send(SymbolSamples(req_id, samples))

    client.begin(req_id, request, client.simulator.latency, work)


def _is_like(instrument: Instrument, pattern: str) -> bool:
    name = instrument.long_name.upper()
    texts = (instrument.symbol, name, *name.split())
    return instrument.sec_type in _SEARCHED and any(text.startswith(pattern) for text in texts)


def _sample(instrument: Instrument, instruments: tuple[Instrument, ...]) -> ContractDescription:
    derived = {one.sec_type for one in instruments if one.under_con_id == instrument.con_id}
    contract = Contract(
        con_id=instrument.con_id,
        symbol=instrument.symbol,
        sec_type=SecType(instrument.sec_type),
        primary_exchange=instrument.primary_exchange or instrument.exchange,
        currency=instrument.currency,
        description=instrument.long_name,
    )
    return ContractDescription(contract, tuple(map(SecType, sorted(derived))))


# Chains of options ................................................................................


@answers(ReqSecDefOptParams)
def _chains(client: SimulatedClient, request: ReqSecDefOptParams) -> None:
    req_id = request.req_id
    if is_taken(client, req_id):
        return
    instruments = client.simulator.market.instruments
    # A future's underlying is an index that need not be traded here itself.
    known = {one.con_id for one in instruments} | {one.under_con_id for one in instruments}
    if request.underlying_con_id not in known - {0}:
        invalid(client, req_id, "Invalid contract id")
        return

    def work() -> None:
        for chain in _chains_of(request, instruments):
            client.send(chain)
        client.send(SecurityDefinitionOptionParameterEnd(req_id))

    client.begin(req_id, request, client.simulator.latency, work)


def _chains_of(
    request: ReqSecDefOptParams, instruments: tuple[Instrument, ...]
) -> Iterator[SecurityDefinitionOptionParameter]:
    """Gives a chain for each class, multiplier and exchange, in this order."""
    wanted = (
        request.underlying_con_id,
        request.underlying_symbol,
        request.underlying_sec_type,
    )
    options = [
        one
        for one in instruments
        if one.sec_type in _OPTIONS
        and (one.under_con_id, one.under_symbol, one.under_sec_type) == wanted
    ]
    for trading_class, multiplier in sorted(
        {(one.trading_class, one.multiplier) for one in options}
    ):
        series = [
            one
            for one in options
            if (one.trading_class, one.multiplier) == (trading_class, multiplier)
        ]
        exchanges = {name for one in series for name in one.valid_exchanges.split(",")}
        for exchange in sorted(exchanges):
            if request.fut_fop_exchange in {"", exchange}:
                listed = [one for one in series if exchange in one.valid_exchanges.split(",")]
                yield SecurityDefinitionOptionParameter(
                    request.req_id,
                    exchange,
                    request.underlying_con_id,
                    trading_class,
                    multiplier,
                    tuple(sorted({one.last_trade_date_or_contract_month for one in listed})),
                    tuple(sorted({one.strike for one in listed})),
                )


# Prices and exchanges .............................................................................


@answers(ReqMarketRule)
def _market_rule(client: SimulatedClient, request: ReqMarketRule) -> None:
    """A ladder has one rung here: prices move by the same step at every height."""
    rule = str(request.market_rule_id)
    for instrument in client.simulator.market.instruments:
        if rule in instrument.market_rule_ids.split(","):
            rungs = (PriceIncrement(0.0, instrument.min_tick),)
            client.send(MarketRule(request.market_rule_id, rungs))
            return
    invalid(client, -1, f"Invalid market rule id: {rule}")


@answers(ReqSmartComponents)
def _smart_components(client: SimulatedClient, request: ReqSmartComponents) -> None:
    if is_taken(client, request.req_id):
        return
    if request.bbo_exchange != BBO_EXCHANGE:
        invalid(client, request.req_id, f"Invalid BBO exchange: {request.bbo_exchange}")
        return
    components = (SmartComponent(bit, *pair) for bit, pair in enumerate(_LETTERS.items()))
    client.send(SmartComponents(request.req_id, tuple(components)))


@answers(ReqMktDepthExchanges)
def _depth_exchanges(client: SimulatedClient, _: ReqMktDepthExchanges) -> None:
    """Every exchange where something is quoted shows its book; stocks' books name the makers."""
    places = {
        (name, instrument.sec_type)
        for instrument in client.simulator.market.instruments
        if instrument.has_quotes
        for name in instrument.valid_exchanges.split(",")
        if name != "SMART"
    }
    descriptions = (
        DepthMarketDataDescription(
            exchange,
            SecType(sec_type),
            service_data_type="Deep2" if sec_type == SecType.STOCK else "Deep",
            agg_group=1,
        )
        for exchange, sec_type in sorted(places)
    )
    client.send(MktDepthExchanges(tuple(descriptions)))


# The login ........................................................................................


@answers(ReqFamilyCodes)
def _family_codes(client: SimulatedClient, _: ReqFamilyCodes) -> None:
    """No account here has a family."""
    client.send(FamilyCodes(tuple(map(FamilyCode, client.simulator.accounts))))


@answers(ReqSoftDollarTiers)
def _soft_dollar_tiers(client: SimulatedClient, request: ReqSoftDollarTiers) -> None:
    """Who is neither an adviser nor a fund has none."""
    if not is_taken(client, request.req_id):
        client.send(SoftDollarTiers(request.req_id))


@answers(ReqUserInfo)
def _user_info(client: SimulatedClient, request: ReqUserInfo) -> None:
    """The login is with IB itself, under no other brand."""
    if not is_taken(client, request.req_id):
        client.send(UserInfo(request.req_id))
