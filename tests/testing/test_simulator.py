import logging
from datetime import datetime
from typing import Any, Final

import attrs
import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from tests.testing.program import START, Program, running
from trio_tws import ConnectionLost, InternalError, Stock, open_tws
from trio_tws import _versions as v
from trio_tws._model.bars import ReqHistoricalData
from trio_tws._model.contracts import Contract, ReqContractData
from trio_tws._model.session import CurrentTime, Error, ReqCurrentTime, StartApi
from trio_tws._model.ticks import CancelMktData, ReqMktData, TickPrice, TickString
from trio_tws.protocol import EndOfStream, Hello
from trio_tws.testing import (
    INSTRUMENTS,
    Faults,
    Scenario,
    ScenarioError,
    Simulator,
    Stage,
    at,
    open_simulator,
)

AAPL: Final = Stock("AAPL")
WITH_A_BUG: Final = attrs.evolve(INSTRUMENTS[0], long_name="a\0b")
"""What no message can carry."""


def tasks() -> int:
    return trio.lowlevel.current_statistics().tasks_living


# Time .............................................................................................


async def test_its_time_runs_on_the_clock_of_trio(autojump_clock: object) -> None:
    async with running() as simulator:
        assert simulator.now() == START.timestamp()
        await trio.sleep(60)
        assert simulator.now() == START.timestamp() + 60
        async with open_tws(stream=simulator.open_stream()) as tws:
            assert (await tws.current_time()).timestamp() == START.timestamp() + 60


async def test_it_begins_now_unless_told_otherwise() -> None:
    async with open_simulator() as simulator, open_tws(stream=simulator.open_stream()) as tws:
        age = datetime.now(START.tzinfo) - await tws.current_time()
        assert -1 < age.total_seconds() < 5


@pytest.mark.slow
@pytest.mark.wide
async def test_an_hour_of_ticks_passes_at_once(autojump_clock: object) -> None:
    async with running() as simulator, open_tws(stream=simulator.open_stream()) as tws:
        seconds: list[int] = []
        async with tws.open_ticks(AAPL) as ticks:
            async for tick in ticks:
                if isinstance(tick, TickString):
                    seconds.append(int(tick.value))
                if len(seconds) == 3600:
                    break
        began = int(START.timestamp())
        assert seconds == list(range(began, began + 3600))


async def test_its_time_can_run_faster(autojump_clock: object) -> None:
    async with running(speed=60) as simulator:
        program = await Program.started(simulator)
        await program.send(ReqMktData(7, AAPL))
        await trio.sleep(1)
        assert simulator.now() == START.timestamp() + 60
        await program.send(CancelMktData(7), ReqCurrentTime())
        told = await program.all_until(CurrentTime)
        assert told[-1] == CurrentTime(datetime.fromtimestamp(simulator.now(), START.tzinfo))
        seconds = [int(tick.value) for tick in told if isinstance(tick, TickString)]
        assert seconds[-1] - seconds[0] >= 59
        assert len(seconds) >= 60


# What it tells ....................................................................................


async def conversation(**arguments: Any) -> bytes:
    """Gives all bytes that a busy program receives in five seconds."""
    async with running(**arguments) as simulator:
        program = Program(simulator.open_stream())
        received = b""
        with trio.move_on_after(5):
            await program.send(Hello())
            received += await program.stream.receive_some()
            program.connection.receive_data(received)
            program.connection.next_event()
            await program.send(
                StartApi(1),
                *(
                    ReqMktData(at, Contract(con_id=each.con_id))
                    for at, each in enumerate(INSTRUMENTS[:6])
                ),
                *(ReqHistoricalData(100 + at, AAPL, duration="1 D") for at in range(3)),
                *(ReqContractData(200 + at, AAPL) for at in range(3)),
                ReqCurrentTime(),
            )
            while True:
                received += await program.stream.receive_some()
    return received


@pytest.mark.slow
@pytest.mark.parametrize("version", [v.PROTOBUF - 1, v.MAX_SERVER_VERSION])
def test_the_same_seed_and_start_give_the_same_bytes(version: int) -> None:
    def bytes_of(seed: int) -> bytes:
        async def talk() -> bytes:
            return await conversation(server_version=version, seed=seed, latency=1)

        return trio.run(talk, clock=MockClock(autojump_threshold=0))

    one, same, other = bytes_of(0), bytes_of(0), bytes_of(1)
    assert len(one) > 10_000
    assert one == same
    assert one != other


async def test_it_has_the_accounts_zone_and_instruments_it_is_given() -> None:
    only = INSTRUMENTS[0]
    async with running(
        accounts=("DU1", "DU2"), zone="Asia/Shanghai", zone_label="中国标准时间", instruments=[only]
    ) as simulator:
        assert simulator.zone.key == "Asia/Shanghai"
        assert simulator.market.instruments == (only,)
        async with open_tws(stream=simulator.open_stream()) as tws:
            assert tws.accounts == ("DU1", "DU2")
            assert tws.time_zone_name == "中国标准时间"


async def test_each_stream_can_have_faults_of_its_own() -> None:
    async with running(faults=Faults(silent_after=Stage.HELLO)) as simulator:
        with trio.move_on_after(0.01) as scope:
            await Program.started(simulator)
        assert scope.cancelled_caught
        await Program.started(simulator, stream=simulator.open_stream(Faults()))


# Connections ......................................................................................


async def test_programs_can_come_over_tcp() -> None:
    async with running() as simulator:
        port = await simulator.listen()
        async with open_tws("127.0.0.1", port, client_id=1) as one:
            async with open_tws("127.0.0.1", port, client_id=2) as other:
                (told,) = await one.contract_details(AAPL)
                assert await other.contract_details(AAPL) == [told]
                assert len(simulator.clients) == 2


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_only_this_computer_reaches_it(host: str, caplog: pytest.LogCaptureFixture) -> None:
    async with running() as simulator:
        port = await simulator.listen(host=host)
        with trio.socket.socket() as elsewhere:
            # The port is free at the other addresses of this computer.
            await elsewhere.bind(("127.0.0.2", port))
        assert not caplog.records


async def test_more_than_this_computer_is_logged_as_a_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with running() as simulator:
        assert await simulator.listen(host="0.0.0.0")
        ((name, level, words),) = caplog.record_tuples
        assert (name, level) == ("trio_tws.testing", logging.WARNING)
        assert "0.0.0.0" in words


async def test_a_port_that_is_taken_is_an_error_of_the_caller() -> None:
    async with running() as simulator:
        port = await simulator.listen()
        with pytest.raises(OSError, match="in use"):
            await simulator.listen(port)
        assert (await Program.started(simulator)).connection.server_version == 226


# The end ..........................................................................................


async def test_nothing_of_it_runs_when_it_has_ended() -> None:
    before = tasks()
    async with running(latency=60) as simulator:
        port = await simulator.listen()
        tcp = await trio.open_tcp_stream("127.0.0.1", port)
        programs = [
            await Program.started(simulator, 1),
            await Program.started(simulator, 2, stream=tcp),
        ]
        for program in programs:
            await program.send(ReqMktData(1, AAPL), ReqHistoricalData(2, AAPL))
            await program.until(TickPrice)
        assert tasks() > before
    assert tasks() == before
    assert simulator.clients == []
    for program in programs:
        try:
            await program.rest()
        except trio.BrokenResourceError:
            assert program.stream is tcp
        await program.stream.aclose()
    with pytest.raises(OSError, match=r"refused|connect"):
        await trio.open_tcp_stream("127.0.0.1", port)


async def test_what_the_block_raises_comes_out_bare() -> None:
    with pytest.raises(KeyError, match="mine"):
        async with running() as simulator:
            await Program.started(simulator)
            raise KeyError("mine")


async def test_the_block_can_be_cancelled() -> None:
    with trio.move_on_after(0.01) as scope:
        async with running() as simulator:
            await Program.started(simulator)
            await trio.sleep_forever()
    assert scope.cancelled_caught


@pytest.mark.parametrize("has_consequences", [False, True])
async def test_a_bug_of_ours_ends_the_block_and_says_so(has_consequences: bool) -> None:
    simulators: list[Simulator] = []
    with pytest.raises(InternalError, match="a bug in the simulated TWS") as caught:
        async with running(instruments=[WITH_A_BUG]) as simulator:
            simulators.append(simulator)
            async with open_tws(stream=simulator.open_stream()) as tws:
                with pytest.raises((ConnectionLost, trio.Cancelled)):
                    await tws.contract_details(AAPL)
            if has_consequences:
                raise KeyError("a consequence")
    assert caught.value.__cause__ is simulators[0].failure


async def test_a_cancellation_goes_before_a_bug_of_ours() -> None:
    with trio.CancelScope() as scope:
        async with running(instruments=[WITH_A_BUG]) as simulator:
            program = await Program.started(simulator)
            await program.send(ReqContractData(7, AAPL))
            with trio.CancelScope(shield=True) as shield:
                await wait_all_tasks_blocked()
                shield.shield = False
            scope.cancel()
            await trio.sleep_forever()
    assert scope.cancel_called


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"server_version": 99}, "server_version=99"),
        ({"server_version": 227}, "it is 100 to 226"),
        ({"latency": -1}, "latency=-1"),
        ({"speed": 0}, "speed=0"),
        ({"start": datetime(2024, 1, 16)}, "no time zone"),  # noqa: DTZ001 - that is the point
        ({"start": datetime(1969, 12, 31, tzinfo=START.tzinfo)}, "1970"),
        ({"zone": "Nowhere/Land"}, "zone='Nowhere/Land'"),
        ({"zone": "US"}, "no such time zone"),
        ({"zone": "../x"}, "no such time zone"),
        ({"instruments": [INSTRUMENTS[0], INSTRUMENTS[0]]}, "two instruments"),
    ],
)
async def test_arguments_that_make_no_sense_are_refused_bare(
    wrong: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        async with running(**wrong):
            raise AssertionError


# Its nights .......................................................................................


@pytest.mark.parametrize(("keeps_data", "code"), [(True, 1102), (False, 1101)])
async def test_a_reset_is_an_outage_of_simulated_time(
    keeps_data: bool, code: int, autojump_clock: object
) -> None:
    async with running(speed=60) as simulator:
        program = await Program.started(simulator)
        before = simulator.now()
        await simulator.reset(120, keeps_data=keeps_data)
        assert simulator.now() == before + 120
        heard = [(await program.until(Error)).code for _ in range(5)]
        assert heard == [2104, 2106, 2158, 1100, code]


async def test_a_restart_ends_all_sessions(autojump_clock: object) -> None:
    async with running(idle_farms=True) as simulator, trio.open_nursery() as nursery:
        programs = [await Program.started(simulator, number) for number in (1, 2)]
        await programs[0].send(ReqMktData(1, AAPL))
        await programs[0].until(TickPrice)
        simulator.network.lose()
        nursery.start_soon(simulator.restart, 30)
        for program in programs:
            await program.until(EndOfStream)
        early = simulator.open_stream()
        assert await early.receive_some() == b""
        await trio.sleep(30)
        again = await Program.started(simulator, 1)
        heard = [(await again.until(Error)).code for _ in range(3)]
        assert heard == [2108, 2107, 2158]


async def test_our_client_sees_a_restart_as_a_loss(autojump_clock: object) -> None:
    async with running() as simulator, trio.open_nursery() as nursery:
        with pytest.raises(ConnectionLost):
            async with open_tws(stream=simulator.open_stream()) as tws, tws.open_ticks(AAPL) as t:
                nursery.start_soon(simulator.restart)
                async for _ in t:
                    pass
        await trio.sleep(31)
        async with open_tws(stream=simulator.open_stream()) as tws:
            assert await tws.contract_details(AAPL)


async def test_it_plays_scenarios(autojump_clock: object) -> None:
    first, second = Scenario(at(1).lose_connection()), Scenario(at(0).do(print))
    with pytest.raises(ScenarioError, match=r"at\(2\)\.do\(divmod\): "):
        async with running(scenario=first) as simulator:
            simulator.play(second)
            await (await Program.started(simulator)).rest()
            simulator.play(Scenario(at(2).do(divmod)))  # type: ignore[arg-type] # takes two
            await trio.sleep_forever()
    assert not first.unfired
    assert not second.unfired


async def test_bugs_that_come_together_are_told_together(autojump_clock: object) -> None:
    async def fail() -> None:
        raise ExceptionGroup("two", [KeyError(1), KeyError(2)])

    with pytest.raises(InternalError, match=r"KeyError\(1\), KeyError\(2\)"):
        async with running() as simulator:
            simulator.start_soon(fail)
            await trio.sleep_forever()
