import inspect
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import attrs
import pytest
import trio
import typer

from trio_tws import open_tws
from trio_tws._cli._simulate_setup import (
    Setup,
    read_nightly_reset,
    read_permissions,
    read_speed,
    read_start,
    read_zone,
    said_with,
)
from trio_tws.testing import (
    INSTRUMENTS,
    Faults,
    NightlyReset,
    OrderFaults,
    Permissions,
    exchange_hours,
    open_simulator,
)
from trio_tws.testing._permissions import everything

NEW_YORK = ZoneInfo("US/Eastern")


def test_without_options_it_is_the_simulator_as_it_is() -> None:
    """None stands for the same in both places."""
    given = inspect.signature(open_simulator).parameters
    ours = attrs.asdict(Setup(), recurse=False)
    usual = {"faults": Faults(), "order_faults": OrderFaults(), "permissions": Permissions()}

    assert given.keys() - ours.keys() == {"instruments", "zone_label", "scenario"}
    assert ours.keys() - given.keys() == {"is_competing", "scenarios"}
    for name in given.keys() & ours.keys():
        assert ours[name] == (given[name].default or usual.get(name, given[name].default)), name


async def test_it_opens_what_was_said(autojump_clock: object) -> None:
    start = datetime(2026, 1, 15, 9, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    setup = Setup(
        server_version=176,
        hours=exchange_hours,
        accounts=("DU7", "DU8"),
        start=start,
        zone="Europe/Berlin",
        speed=60,
        next_order_id=50,
        master_client_id=9,
        limits=None,
        idle_farms=True,
        nightly_reset=NightlyReset(at=time(9, 32), seconds=60),
    )
    async with setup.open() as simulator, open_tws(stream=simulator.open_stream()) as tws:
        assert tws.server_version == 176
        assert tws.accounts == ("DU7", "DU8")
        assert tws.time_zone == ZoneInfo("Europe/Berlin")
        assert not simulator.market.is_open(265598, simulator.now())
        assert simulator.master_client_id == 9
        assert simulator.throttle.limits.market_data_lines is None
        assert simulator.exchange.next_order_id(1) == 50
        await trio.sleep(2.5)  # of two minutes and a half
        assert simulator.network.is_lost
        assert await tws.current_time() - start == timedelta(seconds=150)


async def test_new_york_is_called_what_it_mostly_is(autojump_clock: object) -> None:
    async with Setup().open() as simulator:
        assert simulator.zone_label == "EST"


def test_what_makes_no_sense_names_its_option() -> None:
    with pytest.raises(typer.BadParameter, match="too few") as info, said_with("--lines"):
        raise ValueError("too few")

    assert info.value.param_hint == "--lines"


def test_zones_are_looked_up() -> None:
    assert read_zone("Europe/Berlin") == "Europe/Berlin"
    for wrong in ("Berlin", "US", "../etc"):
        with pytest.raises(typer.BadParameter, match=f"'{wrong}' is no time zone; write one as"):
            read_zone(wrong)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        (None, None),
        ("2026-01-15T09:30", datetime(2026, 1, 15, 9, 30, tzinfo=NEW_YORK)),
        ("2026-07-15 09:30:05", datetime(2026, 7, 15, 9, 30, 5, tzinfo=NEW_YORK)),
        ("2026-01-15T14:30Z", datetime(2026, 1, 15, 14, 30, tzinfo=UTC)),
        ("2026-01-15", datetime(2026, 1, 15, tzinfo=NEW_YORK)),
    ],
)
def test_a_start_is_by_the_clock_of_this_tws(text: str | None, moment: datetime | None) -> None:
    assert read_start(text, "US/Eastern") == moment


@pytest.mark.parametrize(
    ("text", "words"),
    [("noon", "'noon' is no time; write 2026-01-15T09:30"), ("1969-12-31", "begins in 1970")],
)
def test_what_is_no_start_is_said(text: str, words: str) -> None:
    with pytest.raises(typer.BadParameter, match=words):
        read_start(text, "US/Eastern")


def test_time_goes_forward() -> None:
    assert read_speed(0.5) == 0.5
    for wrong in (0.0, -1.0, float("nan")):
        with pytest.raises(typer.BadParameter, match=f"{wrong:g}: time goes forward only"):
            read_speed(wrong)


def test_ib_is_lost_at_night_if_that_is_said() -> None:
    assert read_nightly_reset(None, None, loses_data=False) is None
    assert read_nightly_reset("23:45", None, loses_data=False) == NightlyReset()
    assert read_nightly_reset("01:00", 5, loses_data=True) == NightlyReset(
        at=time(1), seconds=5, keeps_data=False
    )


@pytest.mark.parametrize(
    ("at", "seconds", "loses_data", "words", "option"),
    [
        (None, 5, False, "give the time at which it begins", "--nightly-reset"),
        (None, None, True, "give the time at which it begins", "--nightly-reset"),
        ("midnight", None, False, "'midnight' is no time of day; write 23:45", "--nightly-reset"),
        ("23:45", 0, False, "'seconds' must be > 0: 0", "--nightly-seconds"),
    ],
)
def test_what_is_no_reset_is_said(
    at: str | None, seconds: float | None, loses_data: bool, words: str, option: str
) -> None:
    with pytest.raises(typer.BadParameter, match=words) as info:
        read_nightly_reset(at, seconds, loses_data=loses_data)

    assert info.value.param_hint == option


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        (None, set[str]()),
        ("", set[str]()),
        ("CASH", {"EUR.USD"}),
        ("es, eur.usd", {"ESZ7", "ESH8", "EUR.USD"}),
        ("ESZ7", {"ESZ7"}),
        ("aapl", {"AAPL", "AAPL  271217C00230000", "AAPL  271217P00230000"}),
        ("ALL", {one.local_symbol for one in INSTRUMENTS}),
    ],
)
def test_what_the_login_may_not_see_is_named(text: str | None, missing: set[str]) -> None:
    permissions = read_permissions(text, None, None)
    others = read_permissions(None, text, text)

    assert {one.local_symbol for one in INSTRUMENTS if not permissions.live(one)} == missing
    assert all(permissions.delayed(one) and permissions.depth(one) for one in INSTRUMENTS)
    for has_it in (others.delayed, others.depth):
        assert {one.local_symbol for one in INSTRUMENTS if not has_it(one)} == missing
    assert all(others.live(one) == everything(one) for one in INSTRUMENTS)


@pytest.mark.parametrize("option", ["--no-live", "--no-delayed", "--no-depth"])
def test_what_is_not_traded_can_not_be_missing(option: str) -> None:
    texts = [
        "OPT,APPL" if one == option else None for one in ("--no-live", "--no-delayed", "--no-depth")
    ]
    words = "appl is not traded here; there are all, BOND, CASH, CRYPTO, FUT, IND, OPT, STK"
    with pytest.raises(typer.BadParameter, match=words) as info:
        read_permissions(*texts)

    assert info.value.param_hint == option
