"""What the event calendar is asked for without a contract, or without a limit."""

from trio_tws import _versions as v
from trio_tws._model.wsh import ReqWshEventData
from trio_tws.protocol._codec import Codec


def test_the_number_that_stands_for_unset_is_spelt_out_in_text() -> None:
    codec = Codec(v.PROTOBUF_NEWS_DATA - 1, reads_incoming=True)

    sent = codec.encode(ReqWshEventData(req_id=7, filter="{}"))

    unset = b"2147483647\x00"
    assert sent == (102).to_bytes(4) + b"7\x00" + unset + b"{}\x000\x000\x000\x00\x00\x00" + unset


def test_in_protobuf_it_is_left_out() -> None:
    codec = Codec(v.PROTOBUF_NEWS_DATA, reads_incoming=True)

    assert codec.encode(ReqWshEventData(req_id=7)) == (302).to_bytes(4) + b"\x08\x07"


def test_a_given_contract_goes_as_it_is() -> None:
    codec = Codec(v.WSHE_CALENDAR, reads_incoming=True)

    assert codec.encode(ReqWshEventData(req_id=7, con_id=8314)) == b"102\x007\x008314\x00"
