"""Listening on a port: on this computer only unless told otherwise, and then not silently."""

from ipaddress import ip_address
from logging import getLogger
from typing import Final

import trio

LOCALHOST: Final = "127.0.0.1"

_logger = getLogger("trio_tws.testing")


async def listeners_at(port: int, host: str, what: str) -> tuple[int, list[trio.SocketListener]]:
    """Opens what a server listens with; gives the port, too.

    An address that other computers reach is logged as a warning, for the protocol has no passwords.

    Args:
        port: The port; 0 lets the system choose one.
        host: The address.
        what: What listens there, for the warning.

    Raises:
        OSError: The port is taken, or not allowed.
    """
    listeners = await trio.open_tcp_listeners(port, host=host)
    addresses: list[tuple[str, int]] = [one.socket.getsockname()[:2] for one in listeners]
    if not all(ip_address(address).is_loopback for address, _ in addresses):
        _logger.warning("%s listens on %s, where other computers reach it", what, host)
    return addresses[0][1], listeners
