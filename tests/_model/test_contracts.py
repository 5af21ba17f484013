import pytest

from trio_tws import Contract, LocalProtocolError, ReqMktData, TagValue
from trio_tws.protocol import Codec


@pytest.mark.parametrize("tag", [TagValue("a=b", "1"), TagValue("a;", "1"), TagValue("a", "1;2")])
def test_a_tag_that_would_fall_apart_is_refused(tag: TagValue) -> None:
    codec = Codec(176, reads_incoming=True)
    with pytest.raises(LocalProtocolError, match=r"mkt_data_options can't be sent.*hold the list"):
        codec.encode(ReqMktData(1, Contract(), mkt_data_options=(tag,)))


def test_tags_travel_in_one_field_and_keep_their_order() -> None:
    tags = (TagValue("b", "1"), TagValue("a", "x=y"), TagValue("b", ""))
    request = ReqMktData(1, Contract(), mkt_data_options=tags)
    payload = Codec(176, reads_incoming=True).encode(request)
    assert payload.endswith(b"\0b=1;a=x=y;b=;\0")
    assert Codec(176, reads_incoming=False).decode(payload) == request
