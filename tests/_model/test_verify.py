"""Flags that text spells out."""

import pytest

from trio_tws import _versions as v
from trio_tws._model.verify import VerifyAndAuthCompleted, VerifyCompleted
from trio_tws.protocol._codec import Codec

TEXT = v.PROTOBUF - 1


@pytest.mark.parametrize(("word", "is_successful"), [(b"true", True), (b"false", False)])
def test_a_word_says_whether_tws_believes_the_program(word: bytes, is_successful: bool) -> None:
    payload = b"66\x001\x00" + word + b"\x00why\x00"
    message = VerifyCompleted(is_successful=is_successful, error_text="why")

    assert Codec(TEXT, reads_incoming=True).decode(payload) == message
    assert Codec(TEXT, reads_incoming=False).encode(message) == payload


@pytest.mark.parametrize("word", [b"", b"1", b"yes"])
def test_no_other_word_is_success(word: bytes) -> None:
    received = Codec(TEXT, reads_incoming=True).decode(b"70\x001\x00" + word + b"\x00\x00")

    assert received == VerifyAndAuthCompleted()


def test_protobuf_has_a_flag_as_everywhere() -> None:
    sent = VerifyCompleted(is_successful=True)
    codec = Codec(v.PROTOBUF_REST_MESSAGES_3, reads_incoming=False)

    assert codec.encode(sent) == (266).to_bytes(4) + b"\x08\x01"
