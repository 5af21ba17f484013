from trio_tws import _versions as v
from trio_tws._cli._session_facts import accounts_text, address_text, version_text
from trio_tws._model import MESSAGES
from trio_tws._wire.fields import spec_of


def test_accounts_say_whether_money_is_real() -> None:
    assert accounts_text(["DU1", "U2"]) == "DU1 (paper), U2 (LIVE)"


def test_an_address_says_what_is_usual_there() -> None:
    assert address_text("localhost", 4001) == "localhost:4001 (by convention IB Gateway, live)"
    assert address_text("localhost", 4444) == "localhost:4444"


def test_a_version_says_how_its_messages_travel() -> None:
    assert version_text(v.PROTOBUF - 1).startswith(f"{v.PROTOBUF - 1}, all in text")
    assert "in protobuf, the others in text" in version_text(v.PROTOBUF)
    assert version_text(v.MAX_SERVER_VERSION).endswith("the others in text")


def test_a_version_says_which_messages_it_lacks() -> None:
    assert "too old for UpdateConfig (221), UpdateConfigResponse (221)" in version_text(220)
    assert "too old for" not in version_text(v.UPDATE_CONFIG)


def test_many_are_counted() -> None:
    lacking = sum(spec_of(cls).since > v.MIN_SERVER_VERSION for cls in MESSAGES)

    assert version_text(v.MIN_SERVER_VERSION).endswith(f"; too old for {lacking} messages")
