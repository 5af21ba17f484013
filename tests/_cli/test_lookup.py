import pytest
import typer

from trio_tws import _versions as v
from trio_tws._cli._about import everything
from trio_tws._cli._lookup import Misuse, check_version, look_up, misuse_told
from trio_tws._wire import Registry, incoming, outgoing

MESSAGES = everything()
TOYS = Registry()


@incoming(1, registry=TOYS)
class First:
    """One.

    Source: EWrapper.both.
    """


@outgoing(2, registry=TOYS)
class Second:
    """Two.

    Source: EWrapper.both.
    """


@outgoing(3, registry=TOYS)
class Both:
    """Three.

    Source: EClient.third.
    """


def found(typed: str) -> str:
    return look_up(typed, MESSAGES).name


@pytest.mark.parametrize(
    "typed",
    [
        "TickPrice",
        "tickprice",
        "TICK_PRICE",
        "tick_price",
        " TickPrice ",
        "tickPrice",
        "EWrapper.tickPrice",
        "ewrapper.tick_price",
        "in:1",
        "IN:1",
    ],
)
def test_a_message_has_many_names(typed: str) -> None:
    assert found(typed) == "TickPrice"


def test_the_official_method_leads_to_the_message() -> None:
    assert found("reqContractDetails") == "ReqContractData"
    assert found("EClient.reqContractDetails") == "ReqContractData"
    assert found("contractDetails") == "ContractData"


def test_an_id_of_both_directions_needs_one() -> None:
    assert found("45") == "TickGeneric"
    assert found("out:1") == "ReqMktData"
    with pytest.raises(Misuse, match=r"^1 may be out:1 \(ReqMktData\) or in:1 \(TickPrice\): "):
        found("1")


def test_a_method_of_several_messages_names_them() -> None:
    toys = everything(TOYS)

    with pytest.raises(Misuse, match=r"^EWrapper.both may be out:2 \(Second\) or in:1 \(First\)"):
        look_up("EWrapper.both", toys)
    assert look_up("both", toys).name == "Both", "our own names come first"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("TickPrize", "did you mean TickPrice or "),
        ("reqContractDetial", "did you mean ReqContractData"),
        ("bulletin", "did you mean NewsBulletins or ReqNewsBulletins or CancelNewsBulletins?"),
        ("xyzzy", "`trio-tws describe` lists all"),
        ("", "`trio-tws describe` lists all"),
        ("in:999", "`trio-tws describe` lists all"),
    ],
)
def test_what_is_unknown_is_told_with_what_comes_close(typed: str, expected: str) -> None:
    with pytest.raises(Misuse) as excinfo:
        found(typed)

    assert str(excinfo.value).startswith(f"there is no message {typed}; ")
    assert expected in str(excinfo.value)


def test_a_message_that_a_server_does_not_know_says_since_when_it_exists() -> None:
    assert look_up("TickReqParams", MESSAGES, v.REQ_SMART_COMPONENTS).name == "TickReqParams"
    with pytest.raises(Misuse) as excinfo:
        look_up("TickReqParams", MESSAGES, v.REQ_SMART_COMPONENTS - 1)

    first = v.REQ_SMART_COMPONENTS
    assert (
        str(excinfo.value)
        == f"server version {first - 1} has no TickReqParams; {first} is the first"
    )


@pytest.mark.parametrize("version", [None, v.MIN_SERVER_VERSION, v.MAX_SERVER_VERSION])
def test_a_server_version_that_is_spoken_passes(version: int | None) -> None:
    check_version(version)


@pytest.mark.parametrize("version", [0, v.MIN_SERVER_VERSION - 1, v.MAX_SERVER_VERSION + 1])
def test_another_server_version_does_not(version: int) -> None:
    with pytest.raises(Misuse, match=f"^server version {version} is not spoken here, only "):
        check_version(version)


def test_misuse_is_told_in_one_line_and_ends_the_program(
    capsys: pytest.CaptureFixture[str],
) -> None:
    why = "a [b]word[/b] " + "long " * 40
    with pytest.raises(typer.Exit) as excinfo, misuse_told():
        raise Misuse(why)

    assert excinfo.value.exit_code == 2
    assert capsys.readouterr() == ("", f"Error: {why}\n")


def test_a_block_without_misuse_goes_on() -> None:
    with misuse_told():
        pass
