"""IB's rules on requests, counted the plain way from what was sent when; no code of the package's.

It is given times and requests, goes through all pairs, and knows nothing of how the client waits.
"""

from collections.abc import Hashable, Sequence

from trio_tws import (
    Contract,
    ReqHistoricalData,
    ReqHistoricalTicks,
    ReqRealTimeBars,
    ReqTickByTickData,
    evolve,
)

ROUNDING = 1e-6
"""Seconds."""

Sent = Sequence[tuple[float, object]]


def is_small(request: object) -> bool:
    if isinstance(request, ReqHistoricalData):
        return request.bar_size_setting in (
            "1 secs",
            "5 secs",
            "10 secs",
            "15 secs",
            "30 secs",
        )
    return isinstance(request, ReqHistoricalTicks)


def weight(request: object) -> int:
    return 2 if getattr(request, "what_to_show", "") == "BID_ASK" else 1


def instrument(contract: Contract) -> Hashable:
    return contract.con_id or contract.symbol


def most_in_any(seconds: float, counted: Sequence[tuple[float, int]]) -> int:
    """Gives the most that falls into any stretch of so many seconds, its end left out."""
    return max(
        (
            sum(one for at, one in counted if start <= at < start + seconds - ROUNDING)
            for start, _ in counted
        ),
        default=0,
    )


def by(keys: dict[Hashable, list[tuple[float, int]]], key: Hashable, at: float, one: int) -> None:
    keys.setdefault(key, []).append((at, one))


def violations(sent: Sent) -> list[str]:
    """Gives what IB would refuse."""
    small: list[tuple[float, int]] = []
    series: dict[Hashable, list[tuple[float, int]]] = {}
    same: dict[Hashable, list[tuple[float, int]]] = {}
    ticks: dict[Hashable, list[tuple[float, int]]] = {}
    for at, request in sent:
        if is_small(request):
            assert isinstance(request, ReqHistoricalData | ReqHistoricalTicks)
            contract = request.contract
            small.append((at, weight(request)))
            kind = (instrument(contract), contract.exchange, request.what_to_show)
            by(series, kind, at, weight(request))
            by(same, evolve(request, req_id=0), at, 1)
        elif isinstance(request, ReqRealTimeBars):
            small.append((at, 1))
        elif isinstance(request, ReqTickByTickData):
            by(ticks, instrument(request.contract), at, 1)
    found: list[str] = []
    if most_in_any(600, small) > 60:
        found.append("more than 60 within ten minutes")
    found += [f"six within two seconds: {k}" for k, v in series.items() if most_in_any(2, v) >= 6]
    found += [f"identical within 15 s: {k}" for k, v in same.items() if most_in_any(15, v) > 1]
    found += [f"tick-by-tick within 15 s: {k}" for k, v in ticks.items() if most_in_any(15, v) > 1]
    return found


def shortest(requests: Sequence[object]) -> float:
    """Gives seconds in which requests can't all be sent, whatever their order: a lower bound."""
    total = sum(
        weight(one) for one in requests if is_small(one) or isinstance(one, ReqRealTimeBars)
    )
    kinds: dict[Hashable, list[tuple[float, int]]] = {}
    for one in requests:
        if is_small(one):
            by(kinds, evolve(one, req_id=0), 0, 1)
    repeated = max((15 * (len(times) - 1) for times in kinds.values()), default=0)
    return max(600 * ((total - 1) // 60), repeated) if total else 0
