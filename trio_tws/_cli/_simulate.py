"""`trio-tws simulate`: a simulated TWS on a port, for programs in any language."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from errno import EADDRINUSE
from pathlib import Path
from traceback import extract_tb
from typing import Final, Never, final

import trio
from rich.console import Console
from rich.text import Text

from trio_tws import _versions as v
from trio_tws._cli import _simulate_options as options
from trio_tws._cli._console import console, facts
from trio_tws._cli._listening import speak_for_library, warn_if_open
from trio_tws._cli._run import FAILED, run
from trio_tws._cli._scenario_source import read_rule, read_scenario
from trio_tws._cli._session_facts import DEFAULT_PORT
from trio_tws._cli._simulate_facts import simulated, ways_in
from trio_tws._cli._simulate_orders import ErrorNews, OrderNews
from trio_tws._cli._simulate_setup import (
    DEFAULT_ZONE,
    Setup,
    read_nightly_reset,
    read_permissions,
    read_speed,
    read_start,
    read_zone,
    said_with,
)
from trio_tws.testing import (
    Faults,
    OrderFaults,
    Rule,
    Scenario,
    ScenarioError,
    SimulatedClient,
    Simulator,
    TwsLimits,
    always_open,
    exchange_hours,
)

_PACKAGE: Final = Path(__file__).parents[1]
_LOOK_EVERY: Final = 0.05
_FEW: Final = 10
"""Until then it is told each time that a rule has had an effect, and then each tenfold."""


def simulate(
    port: options.Port = DEFAULT_PORT,
    host: options.Host = "127.0.0.1",
    server_version: options.ServerVersion = v.MAX_SERVER_VERSION,
    seed: options.Seed = 0,
    hours: options.TradingHours = options.HoursKind.ALWAYS,
    start: options.Start = None,
    speed: options.Speed = 1.0,
    zone: options.Zone = DEFAULT_ZONE,
    accounts: options.Accounts = None,
    cash: options.Cash = 1_000_000,
    next_order_id: options.NextOrderId = 1,
    master_client_id: options.MasterClientId = None,
    no_live: options.NoLive = None,
    no_delayed: options.NoDelayed = None,
    no_depth: options.NoDepth = None,
    lines: options.Lines = options.FEWEST_LINES,
    no_limits: options.NoLimits = False,
    latency: options.Latency = 0.0,
    idle_farms: options.IdleFarms = False,
    competing: options.Competing = False,
    nightly_reset: options.Nightly = None,
    nightly_seconds: options.NightlySeconds = None,
    nightly_loses_data: options.NightlyLosesData = False,
    scenario: options.ScenarioSource = None,
    rules: options.Rules = None,
    acknowledge_delay: options.AcknowledgeDelay = None,
    commission_delay: options.CommissionDelay = 0.0,
    cancel_delay: options.CancelDelay = 0.0,
    repeat_status: options.RepeatsStatus = False,
    shuffle_seed: options.ShuffleSeed = None,
    deaf: options.IsDeaf = False,
    mute: options.IsMute = False,
    greet_first: options.GreetsFirst = False,
    silent_after: options.SilentAfter = None,
    cut_after: options.CutAfter = None,
    segment: options.Segment = None,
    startup_delay: options.StartupDelay = 0.0,
    deaf_for: options.DeafFor = 0.0,
) -> None:
    """Run a simulated TWS until Ctrl-C, for programs in any language.

    It needs no TWS and no login. Without options everything is as on a good day.
    """
    zone = read_zone(zone)
    is_open = hours is options.HoursKind.ALWAYS
    setup = Setup(
        server_version=server_version,
        seed=seed,
        hours=always_open if is_open else exchange_hours,
        accounts=tuple(accounts or Setup().accounts),
        cash=Decimal(cash),
        next_order_id=next_order_id,
        start=read_start(start, zone),
        zone=zone,
        latency=latency,
        speed=read_speed(speed),
        faults=Faults(
            silent_after=silent_after,
            cut_after=cut_after,
            segment=segment,
            startup_delay=startup_delay,
            deaf_for=deaf_for,
        ),
        order_faults=OrderFaults(
            repeats_status=repeat_status,
            shuffle_seed=shuffle_seed,
            commission_delay=commission_delay,
            acknowledge_delay=acknowledge_delay,
            cancel_delay=cancel_delay,
            is_deaf=deaf,
            is_mute=mute,
            greets_first=greet_first,
        ),
        master_client_id=master_client_id,
        permissions=read_permissions(no_live, no_delayed, no_depth),
        limits=None if no_limits else TwsLimits.for_lines(lines),
        idle_farms=idle_farms,
        nightly_reset=read_nightly_reset(nightly_reset, nightly_seconds, nightly_loses_data),
        is_competing=competing,
        scenarios=tuple(_read_scenarios(scenario, rules or [])),
    )
    speak_for_library()
    run(
        lambda: simulate_until_cancelled(console(), host, port, setup),
        when_interrupted=0,
        last_words="The simulated TWS has ended.",
    )


def _read_scenarios(source: str | None, rules: list[str]) -> Iterator[Scenario]:
    if source is not None:
        with said_with("--scenario"):
            yield read_scenario(source)
    if rules:
        with said_with("--rule"):
            yield Scenario(*map(read_rule, rules))


async def simulate_until_cancelled(out: Console, host: str, port: int, setup: Setup) -> int:
    """Runs a simulated TWS and prints what becomes of it; gives the exit code if it can't go on."""
    try:
        async with setup.open() as simulator:
            try:
                taken = await simulator.listen(port, host)
                simulator.network.compete(setup.is_competing)
                for scenario in setup.scenarios:
                    simulator.play(scenario)
            except OSError as error:
                out.print(f"Can't listen on {host}:{port}: {error.strerror or error}")
                if error.errno == EADDRINUSE:
                    out.print("Something else does; --port 0 takes any that is free.")
                return FAILED
            except ValueError as error:
                out.print(Text(f"This can't happen here: {error}"))
                return FAILED
            _introduce(out, host, taken, setup)
            report = _Report(out, simulator, setup.scenarios)
            with report.at_the_end():
                await report.run()
    except ScenarioError as error:
        out.print(Text(f"The scenario went wrong: {error}", style="bold red"))
        for place in _places(error):
            out.print(Text(place), soft_wrap=True)
        return FAILED


def _places(error: ScenarioError) -> Iterator[str]:
    """Gives where in the user's files it happened; what is ours has said what it has to say."""
    cause = error.__cause__
    for at in extract_tb(None if cause is None else cause.__traceback__):
        if not Path(at.filename).is_relative_to(_PACKAGE):
            yield f"  {at.filename}:{at.lineno}, in {at.name}"


def _introduce(out: Console, host: str, port: int, setup: Setup) -> None:
    """Says what is simulated and where; the first line is for programs too."""
    out.print(f"A simulated TWS is listening on {host}:{port}", soft_wrap=True, style="bold")
    warn_if_open(out, host, "CONNECT")
    for rows in (simulated(setup), ways_in(host, port)):
        out.print()
        out.print(facts(rows))
    out.print()
    out.print("Ctrl-C ends it.", style="dim")
    out.file.flush()


def is_news(times: int, told: int) -> bool:
    """Tells whether it is worth a line that a rule has had an effect so many times."""
    return times > told and (times < _FEW or len(str(times)) > len(str(told)))


@final
class _Report:
    """Prints what programs do and are told, and what the rules did, by the clock of the TWS."""

    def __init__(self, out: Console, simulator: Simulator, scenarios: tuple[Scenario, ...]) -> None:
        self._out = out
        self._simulator = simulator
        self._scenarios = scenarios
        self._here: dict[SimulatedClient, int | None] = {}
        self._times: dict[Rule, int] = {}
        self._orders = OrderNews(simulator.exchange)
        self._errors = ErrorNews()

    async def run(self) -> Never:
        """Looks, and prints, for as long as it is let."""
        while True:
            self._look()
            await trio.sleep(_LOOK_EVERY)

    def _look(self) -> None:
        arrived = self._simulator.clients
        self._look_at_arrivals(arrived)
        self._look_at_rules()
        for news in self._orders.news():
            self._say(news)
        for client in self._here:
            for news in self._errors.news(client):
                self._say(news)
        self._look_at_departures(arrived)

    @contextmanager
    def at_the_end(self) -> Iterator[None]:
        """Prints at last what has not happened."""
        try:
            yield
        finally:
            self._look()
            for scenario in self._scenarios:
                for rule in scenario.unfired:
                    self._say(f"never happened: {rule}")

    def _look_at_arrivals(self, now: Collection[SimulatedClient]) -> None:
        for client in now:
            client_id = client.client_id
            if client_id is not None and self._here.get(client) is None:
                self._say(f"client {client_id} came, at server version {client.server_version}")
            self._here[client] = client_id

    def _look_at_departures(self, now: Collection[SimulatedClient]) -> None:
        for client in self._here.keys() - set(now):
            left = self._here.pop(client)
            self._errors.forget(client)
            name = "a program that had no session" if left is None else f"client {left}"
            self._say(f"{name} left")

    def _look_at_rules(self) -> None:
        for scenario in self._scenarios:
            for rule in scenario.rules:
                times, told = scenario.times_fired(rule), self._times.get(rule, 0)
                if is_news(times, told):
                    self._times[rule] = times
                    self._say(f"{rule}" + (f", {times} times" if times > 1 else ""))

    def _say(self, what: str) -> None:
        simulator = self._simulator
        here = datetime.fromtimestamp(simulator.now(), simulator.zone)
        self._out.print(Text(f"{here:%H:%M:%S %Z}  {what}"), soft_wrap=True)
        self._out.file.flush()
