"""What there is to say of a session: its version, its accounts, its port."""

from collections.abc import Iterable
from typing import Final

from trio_tws import _versions as v
from trio_tws._model import MESSAGES
from trio_tws._model.session import is_paper
from trio_tws._wire.fields import spec_of

PORTS: Final = {
    7497: "TWS, paper",
    7496: "TWS, live",
    4002: "IB Gateway, paper",
    4001: "IB Gateway, live",
}
"""What listens where by convention; each is changed with one setting."""

DEFAULT_PORT: Final = 7497

_FEW: Final = 4


def address_text(host: str, port: int) -> str:
    """Gives an address with what listens there by convention, if anything does."""
    usual = f" (by convention {PORTS[port]})" if port in PORTS else ""
    return f"{host}:{port}{usual}"


def accounts_text(accounts: Iterable[str]) -> str:
    """Gives the accounts, each with its kind."""
    return ", ".join(f"{one} ({'paper' if is_paper(one) else 'LIVE'})" for one in accounts)


def version_text(version: int) -> str:
    """Tells what a server version can do, out of the tables."""
    specs = [spec_of(cls) for cls in MESSAGES]
    there = [spec for spec in specs if spec.since <= version]
    proto = sum(spec.is_proto(version) for spec in there)
    if version < v.PROTOBUF:
        text = "all in text"
    else:
        text = f"{proto} of {len(there)} messages in protobuf, the others in text"
    missing = [f"{spec.cls.__name__} ({spec.since})" for spec in specs if spec.since > version]
    named = ", ".join(missing) if len(missing) <= _FEW else f"{len(missing)} messages"
    return f"{version}, {text}" + (f"; too old for {named}" if missing else "")
