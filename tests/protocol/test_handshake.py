"""The bytes of the two greetings, and what may come in their place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers import pieces
from trio_tws import _versions as v
from trio_tws._errors import (
    ConnectFailed,
    LocalProtocolError,
    NotTWS,
    Redirected,
    RemoteProtocolError,
    ServerTooNew,
    ServerTooOld,
)
from trio_tws.protocol import (
    NEED_DATA,
    Connection,
    EndOfStream,
    Hello,
    Role,
    ServerHello,
    State,
    UnknownMessage,
    frame,
)
from trio_tws.protocol._handshake import (
    read_hello,
    read_server_hello,
    write_hello,
    write_server_hello,
)

CLOCK = "20260809 10:11:12"
REPLY = f"176\0{CLOCK} EST\0".encode()
AGREED = ServerHello(176, CLOCK, "EST")


def greeted(hello: Hello | None = None) -> Connection:
    """A client that has said hello."""
    client = Connection(Role.CLIENT)
    client.send(hello or Hello())
    return client


def all_events(connection: Connection, data: bytes) -> list[object]:
    connection.receive_data(data)
    found: list[object] = []
    while events := connection.events():
        found += events
    return found


# The client's offer ...............................................................................


@pytest.mark.parametrize(
    ("hello", "written"),
    [
        (Hello(), b"API\0\x00\x00\x00\x09v100..226"),
        (Hello(176, 176), b"API\0\x00\x00\x00\x04v176"),
        (Hello(options="+PACEAPI"), b"API\0\x00\x00\x00\x12v100..226 +PACEAPI"),
        (Hello(176, 176, "+PACEAPI"), b"API\0\x00\x00\x00\x0dv176 +PACEAPI"),
        (Hello(0, 0), b"API\0\x00\x00\x00\x02v0"),
    ],
)
def test_an_offer_is_written_as_ib_does_and_read_again(hello: Hello, written: bytes) -> None:
    server = Connection(Role.SERVER)

    assert Connection(Role.CLIENT).send(hello) == written

    assert all_events(server, written) == [hello]
    assert server.hello == hello


versions = st.integers(0, 999_999_999)
options = st.text(st.characters(max_codepoint=127))


@given(versions, versions, options)
def test_any_offer_comes_back(first: int, second: int, options: str) -> None:
    hello = Hello(min(first, second), max(first, second), options)

    assert read_hello(write_hello(hello)) == hello


@pytest.mark.parametrize(
    ("hello", "words"),
    [
        (Hello(200, 100), "server versions 200 to 100 are no range to offer"),
        (Hello(-1, 100), "server versions -1 to 100 are no range to offer"),
        (Hello(options="+PÄCE"), "connect options have to be ASCII: '\\+PÄCE'"),
    ],
)
def test_an_offer_that_makes_no_sense_is_not_sent(hello: Hello, words: str) -> None:
    client = Connection(Role.CLIENT)

    with pytest.raises(LocalProtocolError, match=words):
        client.send(hello)

    assert (client.state, client.hello) == (State.IDLE, None)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"v",
        b"100..226",
        b"v100..",
        b"v100.226",
        b"v100..226+PACEAPI",
        b"v226..100",
        b"v-1",
        b"v1234567890",
        b"63\0",
        "v１００".encode(),
        b"\xff\xfe",
    ],
)
def test_what_offers_no_versions_is_refused(payload: bytes) -> None:
    with pytest.raises(RemoteProtocolError, match="no versions") as caught:
        read_hello(payload)

    assert caught.value.payload == payload


@pytest.mark.parametrize("cut", range(1, 4))
def test_a_client_that_does_not_begin_with_api_is_refused_at_the_first_wrong_byte(cut: int) -> None:
    server = Connection(Role.SERVER)
    server.receive_data(b"API\0"[:cut])
    assert server.next_event() is NEED_DATA

    server.receive_data(b"x")

    with pytest.raises(RemoteProtocolError, match="a client sends b'x' where b'API"):
        server.next_event()


def test_a_client_from_before_v100_is_refused() -> None:
    server = Connection(Role.SERVER)

    server.receive_data(b"63\0")

    with pytest.raises(RemoteProtocolError, match="no API client of server version 100 or later"):
        server.next_event()


@pytest.mark.parametrize("cut", range(1, 16))
def test_a_server_takes_an_offer_in_any_pieces(cut: int) -> None:
    data = Connection(Role.CLIENT).send(Hello())
    server = Connection(Role.SERVER)

    server.receive_data(data[:cut])
    assert server.next_event() is NEED_DATA
    server.receive_data(data[cut:])

    assert server.next_event() == Hello()


# The server's choice ..............................................................................


def test_the_choice_is_two_texts_and_no_id() -> None:
    server = Connection(Role.SERVER)
    all_events(server, Connection(Role.CLIENT).send(Hello()))

    assert server.send(AGREED) == frame(REPLY)

    assert server.server_version == 176


@pytest.mark.parametrize(
    ("text", "clock", "zone"),
    [
        (f"{CLOCK} EST".encode(), CLOCK, "EST"),
        (f"{CLOCK} US/Eastern".encode(), CLOCK, "US/Eastern"),
        (f"{CLOCK} British Summer Time".encode(), CLOCK, "British Summer Time"),
        (
            f"{CLOCK} Central European Standard Time".encode(),
            CLOCK,
            "Central European Standard Time",
        ),
        (f"{CLOCK} 中国标准时间".encode(), CLOCK, "中国标准时间"),
        (
            f"{CLOCK} 中国标准时间".encode("gbk"),
            CLOCK,
            r"\xd6й\xfa\xb1\xea׼ʱ\xbc\xe4",  # some pairs of its bytes are UTF-8 by chance
        ),
        (f"{CLOCK} Mitteleuropäische Zeit".encode("latin-1"), CLOCK, r"Mitteleurop\xe4ische Zeit"),
        (f"{CLOCK} \ud83d".encode("utf-8", "surrogatepass"), CLOCK, r"\xed\xa0\xbd"),
        (CLOCK.encode(), CLOCK, ""),
        (f"{CLOCK} ".encode(), CLOCK, ""),
        (f"{CLOCK}EST".encode(), CLOCK, "EST"),
        (b"", "", ""),
        (b"Central European Standard Time", "", "Central European Standard Time"),
        (b"2026-08-09T10:11:12Z", "", "2026-08-09T10:11:12Z"),
        ("２０２６０８０９ 10:11:12".encode(), "", "２０２６０８０９ 10:11:12"),
    ],
)
def test_no_time_and_no_zone_is_a_reason_to_fail(text: bytes, clock: str, zone: str) -> None:
    reply = frame(b"176\0" + text + b"\0")

    assert all_events(greeted(), reply) == [ServerHello(176, clock, zone)]


@given(st.binary().filter(lambda text: b"\0" not in text))
def test_whatever_the_time_is_the_version_is_agreed(text: bytes) -> None:
    client = greeted()

    (answer,) = all_events(client, frame(b"176\0" + text + b"\0"))

    assert isinstance(answer, ServerHello)
    assert client.server_version == 176
    assert read_server_hello(write_server_hello(answer), Hello()) == answer


@given(
    st.integers(v.MIN_SERVER_VERSION, v.MAX_SERVER_VERSION),
    st.sampled_from(["", CLOCK]),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])).filter(
        lambda zone: not zone.startswith(" ")
    ),
)
def test_any_choice_comes_back(version: int, clock: str, zone: str) -> None:
    answer = ServerHello(version, clock, zone)

    assert read_server_hello(write_server_hello(answer), Hello()) == answer


def test_a_choice_with_a_nul_in_it_is_not_sent() -> None:
    server = Connection(Role.SERVER)
    all_events(server, Connection(Role.CLIENT).send(Hello()))

    with pytest.raises(LocalProtocolError, match="NUL"):
        server.send(ServerHello(176, CLOCK, "E\0T"))

    assert (server.state, server.server_version) == (State.GREETED, 0)


@pytest.mark.parametrize("cut", range(1, len(frame(REPLY))))
def test_the_choice_is_read_in_any_two_pieces(cut: int) -> None:
    client = greeted()
    first, second = pieces(frame(REPLY), [cut])

    assert all_events(client, first) == []
    assert all_events(client, second) == [AGREED]


def test_the_choice_is_read_in_single_bytes() -> None:
    client = greeted()
    data = frame(REPLY)

    found = [
        event for piece in pieces(data, range(len(data))) for event in all_events(client, piece)
    ]

    assert found == [AGREED]
    assert client.state is State.AGREED


# What comes in its place ..........................................................................


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"176",
        b"176\0",
        b"176\0" + CLOCK.encode(),
        b"14\x001\x00news\x00",
        b"\0\0\0\0",
        b"\0\0\1\x0f\x08\x07",
    ],
)
def test_a_frame_of_another_form_is_kept_and_the_wait_goes_on(payload: bytes) -> None:
    found = all_events(greeted(), frame(payload) + frame(REPLY))

    assert found == [UnknownMessage(-1, payload), AGREED]


@pytest.mark.parametrize(
    ("version", "error", "words"),
    [
        (v.MIN_SERVER_VERSION - 1, ServerTooOld, "version 99, and 100 is the oldest wanted"),
        (0, ServerTooOld, "version 0"),
        (-2, ServerTooOld, "version -2"),
        (v.MAX_SERVER_VERSION + 1, ServerTooNew, "version 227, and 226 was the newest offered"),
        (2**40, ServerTooNew, "1099511627776"),
    ],
)
def test_a_version_that_was_not_offered_fails(
    version: int, error: type[ConnectFailed], words: str
) -> None:
    client = greeted()

    with pytest.raises(error, match=words):
        all_events(client, frame(write_server_hello(ServerHello(version, CLOCK))))

    assert client.server_version == 0


def test_the_ends_of_the_offer_are_part_of_it() -> None:
    for version in (150, 160):
        reply = write_server_hello(ServerHello(version))
        assert read_server_hello(reply, Hello(150, 160)) == ServerHello(version)
    with pytest.raises(ServerTooOld):
        read_server_hello(b"149\0\0", Hello(150, 160))
    with pytest.raises(ServerTooNew):
        read_server_hello(b"161\0\0", Hello(150, 160))


@pytest.mark.parametrize("address", ["gw2.example.com", "gw2.example.com:4002", ""])
def test_a_redirect_fails_and_names_the_address(address: str) -> None:
    with pytest.raises(Redirected) as caught:
        all_events(greeted(), frame(f"-1\0{address}\0".encode()))

    assert caught.value.address == address
    assert repr(address) in str(caught.value)


@pytest.mark.parametrize("version", [b"", b"abc", b"17.6", b"1" * 5000, b"\xff", "１７６".encode()])
def test_a_version_that_is_no_number_is_not_from_tws(version: bytes) -> None:
    with pytest.raises(NotTWS, match="not a version"):
        all_events(greeted(), frame(version + b"\0" + CLOCK.encode() + b"\0"))


@pytest.mark.parametrize("payload", [b"\0" * 12, bytes(1000)])
def test_endless_frames_without_a_version_are_not_from_tws(payload: bytes) -> None:
    client = greeted()
    kept = 0

    with pytest.raises(NotTWS, match="and no version among them"):
        while True:
            kept += len(all_events(client, frame(payload)))

    assert 1 <= kept * len(frame(payload)) <= 64 * 1024


def test_an_http_server_is_told_by_the_length_it_seems_to_announce() -> None:
    with pytest.raises(RemoteProtocolError, match=r"HTTP/1\.1 400"):
        all_events(greeted(), b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")


def test_silence_is_no_event() -> None:
    client = greeted()

    assert client.next_event() is NEED_DATA
    assert client.events() == []
    assert client.state is State.GREETED


def test_a_server_that_closes_without_a_word_is_at_its_end() -> None:
    client = greeted()

    client.receive_data(b"")

    assert client.events() == [EndOfStream(0)]
