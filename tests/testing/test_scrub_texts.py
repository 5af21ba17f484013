from hypothesis import given
from hypothesis import strategies as st

from trio_tws import _versions as v
from trio_tws._model.accounts import AccountSummary
from trio_tws._model.executions import Execution, ExecutionData
from trio_tws._model.session import ManagedAccounts
from trio_tws.protocol import Codec
from trio_tws.testing._scrub_texts import as_bytes, as_text, texts_in

PROTOBUF = v.MAX_SERVER_VERSION


def encoded(message: object, version: int) -> bytes:
    return Codec(version, reads_incoming=False).encode(message)


def test_texts_of_the_text_form_end_with_a_nul() -> None:
    assert list(texts_in(b"15\x001\0DU1,DU2\0", 176)) == ["15", "1", "DU1,DU2", ""]
    assert list(texts_in(b"v100..226", 0)) == ["v100..226"]


def test_an_id_of_four_bytes_is_no_text() -> None:
    payload = encoded(ManagedAccounts(("DU1234567",)), v.PROTOBUF)

    assert list(texts_in(payload, v.PROTOBUF)) == ["1", "DU1234567", ""]


def test_strings_of_protobuf_are_found_where_they_end() -> None:
    """The byte after an account may look like one more digit of it."""
    payload = encoded(AccountSummary(7, "DU1234567", "Cash", "100.5", "USD"), PROTOBUF)

    assert list(texts_in(payload, PROTOBUF)) == ["DU1234567", "Cash", "100.5", "USD"]


def test_strings_are_found_inside_of_structures_and_behind_numbers_of_any_width() -> None:
    message = ExecutionData(7, execution=Execution(acct_number="DU1234567", price=1.5))

    assert "DU1234567" in list(texts_in(encoded(message, PROTOBUF), PROTOBUF))
    fixed = b"\0\0\0\xff" + b"\x0d1234" + b"\x09" + bytes(8) + b"\x12\x02ab"
    assert list(texts_in(fixed, PROTOBUF)) == ["ab"]


def test_what_is_deeper_than_any_message_is_left_alone() -> None:
    held = b"a"
    for _ in range(20):
        held = b"\x0a%c" % len(held) + held

    assert len(list(texts_in(b"\0\0\0\xff" + held, PROTOBUF))) == 8


@given(st.binary(), st.sampled_from([0, 176, v.PROTOBUF, PROTOBUF]))
def test_whatever_the_bytes_are_it_ends(data: bytes, version: int) -> None:
    list(texts_in(data, version))
    list(texts_in(b"\0\0\0\xff" + data, version))


@given(st.binary())
def test_bytes_stay_the_same(data: bytes) -> None:
    assert as_bytes(as_text(data)) == data
