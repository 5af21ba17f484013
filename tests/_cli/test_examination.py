from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Never

import attrs
import pytest
import trio
import trio.testing

from tests._cli.refusing import DELAYED_BID, NOT_SUBSCRIBED, refuse
from trio_tws import ConnectionLost, Error, StartApi, Stock, open_tws
from trio_tws import _versions as v
from trio_tws._cli import _examination
from trio_tws._cli._examination import TIMEOUT_STAGES, Finding, Stage, Target, Verdict, examine
from trio_tws._client._establish import Offer, establish
from trio_tws.protocol import MAX_FRAME, Hello
from trio_tws.testing import Farm, Faults, Simulator, Startup, open_simulator
from trio_tws.testing import Stage as SimulatedStage

pytestmark = pytest.mark.slow  # the simulated prices take a while to be worked out


@attrs.define
class Examined:
    """What an examination told."""

    findings: dict[Stage, Finding]
    entered: list[Stage]
    is_well: bool

    def verdicts(self) -> dict[Verdict, list[Stage]]:
        told: dict[Verdict, list[Stage]] = {}
        for finding in self.findings.values():
            told.setdefault(finding.verdict, []).append(finding.stage)
        return told


async def examined(
    port: int, *, client_id: int = 0, patience: float = 20.0, ports: tuple[int, ...] = ()
) -> Examined:
    findings: list[Finding] = []
    entered: list[Stage] = []
    target = Target("127.0.0.1", port, client_id, patience)
    is_well = await examine(target, findings.append, entered.append, ports)
    assert [finding.stage for finding in findings] == list(Stage)
    return Examined({finding.stage: finding for finding in findings}, entered, is_well)


@asynccontextmanager
async def simulated(
    faults: Faults | None = None,
    *,
    server_version: int = v.MAX_SERVER_VERSION,
    accounts: tuple[str, ...] = ("DU1",),
    start: datetime | None = None,
) -> AsyncIterator[tuple[Simulator, int]]:
    async with open_simulator(
        faults=faults, server_version=server_version, accounts=accounts, start=start
    ) as sim:
        yield sim, await sim.listen()


async def test_all_is_well() -> None:
    async with simulated() as (_, port):
        found = await examined(port)

    assert found.is_well
    assert found.verdicts() == {Verdict.OK: list(Stage)}
    assert found.entered[0] is Stage.TCP
    assert found.findings[Stage.FARMS].what == "connected: usfarm, ushmds, secdefnj"
    assert "DU1 (paper)" in found.findings[Stage.SESSION].what


async def test_nothing_listens() -> None:
    async with simulated() as (_, port):
        pass

    found = await examined(port)

    assert not found.is_well
    assert found.verdicts() == {
        Verdict.FAILED: [Stage.TCP],
        Verdict.SKIPPED: list(Stage)[1:],
    }
    assert "Enable ActiveX and Socket Clients" in found.findings[Stage.TCP].advice[0]


async def test_what_listens_elsewhere_is_found() -> None:
    async with simulated() as (_, gone):
        pass
    async with simulated() as (_, port):
        found = await examined(gone, ports=(gone, port, 1))

    assert found.findings[Stage.TCP].advice[1:] == (
        f"Something listens on {port}: try --port {port}.",
    )


@pytest.mark.parametrize(
    ("silent_after", "stage"),
    [
        (SimulatedStage.HELLO, Stage.VERSION),
        (SimulatedStage.VERSION, Stage.SESSION),
        (SimulatedStage.ACCOUNTS, Stage.SESSION),
        (SimulatedStage.READY, Stage.TIME),
    ],
)
async def test_silence_is_told_where_it_begins(silent_after: SimulatedStage, stage: Stage) -> None:
    async with simulated(Faults(silent_after=silent_after)) as (_, port):
        found = await examined(port, patience=0.2)

    assert not found.is_well
    assert found.findings[stage].verdict is Verdict.FAILED
    before = list(Stage)[: list(Stage).index(stage)]
    assert all(found.findings[one].verdict is Verdict.OK for one in before)


async def test_the_stages_of_a_timeout_are_those_of_connecting() -> None:
    heard: list[str] = []
    async with open_simulator() as sim:
        offer = Offer(Hello(), StartApi(0), live=True, strict=True, max_frame=MAX_FRAME)
        found = await establish(sim.open_stream(), ("", 0), offer, 5, heard.append)
        await found.stream.aclose()

    assert heard == list(TIMEOUT_STAGES)


async def test_a_client_id_that_is_taken() -> None:
    async with simulated() as (_, port), open_tws(port=port, client_id=7):
        found = await examined(port, client_id=7)

    assert found.verdicts()[Verdict.FAILED] == [Stage.SESSION]
    assert "Choose another client_id" in found.findings[Stage.SESSION].advice[0]


@pytest.mark.parametrize(
    "faults",
    [
        Faults(answer_version=v.MIN_SERVER_VERSION - 1),
        Faults(answer_version=v.MAX_SERVER_VERSION + 1),
        Faults(answer_version=-1),
        Faults(garbage=b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        Faults(cut_after=0),
    ],
)
async def test_a_version_that_does_not_come(faults: Faults) -> None:
    async with simulated(faults) as (_, port):
        found = await examined(port)

    assert found.verdicts()[Verdict.FAILED] == [Stage.VERSION]
    assert found.findings[Stage.VERSION].advice[0]


async def test_a_connection_that_ends_later() -> None:
    async with simulated(Faults(cut_after=400)) as (_, port):
        found = await examined(port)

    assert not found.is_well
    (failed,) = found.verdicts()[Verdict.FAILED]
    assert found.findings[failed].what.startswith("the connection to TWS is lost")


async def test_a_clock_that_is_wrong() -> None:
    late = datetime.now(UTC) - timedelta(hours=1)
    async with simulated(start=late) as (_, port):
        found = await examined(port)

    assert found.is_well
    assert found.findings[Stage.TIME].verdict is Verdict.WARNING
    assert "s ahead of it" in found.findings[Stage.TIME].what
    assert found.findings[Stage.TIME].advice == ("Let the network set both clocks (NTP).",)


async def test_a_time_of_its_own(autojump_clock: trio.testing.MockClock) -> None:
    start = datetime.now(UTC) + timedelta(days=30, hours=1)
    async with open_simulator(start=start) as sim, open_tws(stream=sim.open_stream()) as tws:
        found = await _examination._time(tws)

    assert found.what.endswith("; this computer is 30 days behind it")
    assert found.advice[1] == "A simulated TWS may have a time of its own."


@pytest.mark.parametrize("farms", [Farm.MARKET_DATA, Farm.HISTORICAL])
async def test_farms_that_sleep_are_well(
    farms: Farm, autojump_clock: trio.testing.MockClock
) -> None:
    async with open_simulator(idle_farms=True) as sim:
        sim.network.mend_farm(farms)
        (idle,) = {"usfarm", "ushmds"} - {farms.value}
        async with open_tws(stream=sim.open_stream()) as tws:
            found = await _examination._farms(tws)

    assert found.verdict is Verdict.OK
    awake, _, asleep = found.what.partition("; idle until they are needed: ")
    assert set(awake.removeprefix("connected: ").split(", ")) == {farms.value, "secdefnj"}
    assert asleep == idle


async def test_all_farms_may_sleep(
    nursery: trio.Nursery, autojump_clock: trio.testing.MockClock
) -> None:
    ours, theirs = trio.testing.memory_stream_pair()
    words = "HMDS data farm connection is inactive but should be available upon demand.ushmds"

    async def serve() -> None:
        await refuse(theirs, notices=(Error(-1, 2107, words),))

    nursery.start_soon(serve)
    async with open_tws(stream=ours) as tws:
        found = await _examination._farms(tws)

    assert found.what == "idle until they are needed: ushmds"


async def test_farms_that_say_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_examination, "_HEAR_FARMS", 0.01)
    quiet = Faults(startup=(Startup.ACCOUNTS, Startup.NEXT_ID))
    async with simulated(quiet) as (_, port):
        found = await examined(port)

    assert found.is_well
    assert found.findings[Stage.FARMS].what == "TWS said nothing about them"


async def test_real_money_on_a_port_for_paper() -> None:
    async with open_simulator(accounts=("U1",)) as sim:
        async with open_tws(stream=sim.open_stream(), live=True) as tws:
            paper = list(_examination._connected(tws, Target("127.0.0.1", 7497, 0, 1)))[-1]
            live = list(_examination._connected(tws, Target("127.0.0.1", 7496, 0, 1)))[-1]

    assert paper.verdict is Verdict.WARNING
    assert "real money" in paper.advice[0]
    assert live.verdict is Verdict.OK


async def test_a_live_account_is_examined_without_further_ado() -> None:
    async with simulated(accounts=("U1",)) as (_, port):
        found = await examined(port)

    assert found.is_well
    assert "U1 (LIVE)" in found.findings[Stage.SESSION].what


async def test_delayed_data_is_a_warning(nursery: trio.Nursery) -> None:
    ours, theirs = trio.testing.memory_stream_pair()
    nursery.start_soon(refuse, theirs)
    async with open_tws(stream=ours) as tws:
        found = await _examination._price(tws, Stock("AAPL"), 1)

    assert found.verdict is Verdict.WARNING
    assert found.what == f"delayed data only ({DELAYED_BID}). TWS says: {NOT_SUBSCRIBED} (354)"
    assert "Subscribe" in found.advice[0]


async def test_a_market_without_prices_is_a_warning() -> None:
    async with open_simulator() as sim, open_tws(stream=sim.open_stream()) as tws:
        found = await _examination._price(tws, Stock("AAPL"), 0)

    assert found.verdict is Verdict.WARNING
    assert found.advice == ("The market may be closed.",)


async def test_what_tws_says_of_prices_that_do_not_come(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with open_simulator() as sim, open_tws(stream=sim.open_stream()) as tws:
        sim.network.compete()
        sim.network.lose()  # which is no answer to a request
        sim.network.restore()
        found = await _examination._price(tws, Stock("AAPL"), 1)

    assert found.verdict is Verdict.WARNING
    assert found.what == (
        "none of AAPL came within 1 s. "
        "TWS says: No market data during competing live session (10197)"
    )
    assert found.advice == ()


async def test_what_tws_refuses_is_told_in_its_words() -> None:
    async with open_simulator() as sim, open_tws(stream=sim.open_stream()) as tws:
        found = await _examination._attempt(
            Stage.PRICE, lambda: _examination._price(tws, Stock("NOSUCH"), 1), Verdict.WARNING
        )

    assert found.verdict is Verdict.WARNING
    assert "(200)" in found.what
    assert found.advice


async def test_a_farm_that_is_broken_is_a_warning(
    nursery: trio.Nursery, autojump_clock: trio.testing.MockClock
) -> None:
    ours, theirs = trio.testing.memory_stream_pair()
    broken = Error(-1, 2103, "Market data farm connection is broken:usfarm")
    mended = Error(-1, 2106, "HMDS data farm connection is OK:ushmds")

    async def serve() -> None:
        await refuse(theirs, notices=(broken, mended))

    nursery.start_soon(serve)
    async with open_tws(stream=ours) as tws:
        found = await _examination._farms(tws)

    assert found.verdict is Verdict.WARNING
    assert found.what == "Market data farm connection is broken:usfarm (2103)"


async def test_what_is_lost_is_no_finding_of_a_stage() -> None:
    async def lose() -> Finding:
        await trio.lowlevel.checkpoint()
        raise ConnectionLost("gone")

    with pytest.raises(ConnectionLost):
        await _examination._attempt(Stage.BARS, lose, Verdict.WARNING)


async def test_a_host_that_does_not_answer_is_not_waited_for(
    autojump_clock: trio.testing.MockClock,
) -> None:
    class Nowhere(trio.abc.HostnameResolver):
        async def getaddrinfo(self, *_: object, **__: object) -> Never:
            await trio.sleep_forever()
            raise AssertionError

        async def getnameinfo(self, sockaddr: object, flags: int) -> Never:
            raise NotImplementedError

    previous = trio.socket.set_custom_hostname_resolver(Nowhere())
    try:
        assert not await _examination._listens("nowhere.invalid", 7497)
    finally:
        trio.socket.set_custom_hostname_resolver(previous)
