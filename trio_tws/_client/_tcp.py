"""A TCP connection on which a small message costs as few turns of the scheduler as can be.

Trio's own stream first tries to read, fails, as nothing is there, and waits then; and after each
send it lets others have their turn, to be fair to them. A client that asks and waits for the answer
yields anyway. So what is different here: after a read that took all there was, the next one waits
at once; and there is `TCPStream.send_nowait` for what fits into the system's buffer.

Everything else is trio's stream, on the same socket.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final, final

import trio

_READ_SIZE: Final = 16 * 1024


@final
class TCPStream(trio.abc.HalfCloseableStream):
    """A connected socket.

    Args:
        connected: The socket, which belongs to this from now on.
    """

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._stream = trio.SocketStream(trio.socket.from_stdlib_socket(connected))
        self._may_have_more = False

    async def receive_some(self, max_bytes: int | None = None) -> bytes:
        """Waits for bytes and gives some; none at the end. See `trio.abc.ReceiveStream`."""
        most = _READ_SIZE if max_bytes is None else max_bytes
        if self._may_have_more:
            data = await self._stream.receive_some(most)
            self._may_have_more = len(data) == most
            return data
        while True:
            number = self._socket.fileno()
            if number == -1:
                raise trio.ClosedResourceError("this stream was closed before")
            await trio.lowlevel.wait_readable(number)
            try:
                data = self._socket.recv(most)
            except BlockingIOError:  # the system may be wrong about it
                continue
            except OSError as error:
                raise trio.BrokenResourceError(str(error)) from error
            self._may_have_more = len(data) == most
            return data

    def send_nowait(self, data: bytes) -> int:
        """Writes what fits into the system's buffer; gives how many bytes that are; never waits.

        None are written where the connection is broken or closed: `send_all` finds out and tells.
        Not to be called while another task is in `send_all`.
        """
        try:
            return self._socket.send(data)
        except OSError:
            return 0

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        """Writes all of it; see `trio.abc.SendStream`."""
        await self._stream.send_all(data)

    async def wait_send_all_might_not_block(self) -> None:
        """Waits until there is room in the system's buffer."""
        await self._stream.wait_send_all_might_not_block()

    async def send_eof(self) -> None:
        """Tells the other end that nothing more comes."""
        await self._stream.send_eof()

    async def aclose(self) -> None:
        """Closes the socket; a checkpoint."""
        await self._stream.aclose()


async def open_tcp(host: str, port: int) -> TCPStream:
    """Connects.

    Raises:
        OSError: Nobody answers there.
    """
    try:
        address = ip_address(host)
    except ValueError:
        made = (await trio.open_tcp_stream(host, port)).socket
    else:
        made = await _connect(address, port)
    connected = socket.socket(made.family, made.type, made.proto, fileno=made.detach())
    # The protocol has no heartbeat: without this, a peer that vanished is noticed at the next send.
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, True)
    return TCPStream(connected)


async def _connect(address: IPv4Address | IPv6Address, port: int) -> trio.socket.SocketType:
    """Connects to a number, where there is nothing to look up and nothing to choose from."""
    family = socket.AF_INET if isinstance(address, IPv4Address) else socket.AF_INET6
    made = trio.socket.socket(family, socket.SOCK_STREAM)
    try:
        await made.connect((str(address), port))
    except BaseException:
        made.close()
        raise
    return made
