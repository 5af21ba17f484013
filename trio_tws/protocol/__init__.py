"""The protocol without I/O: bytes in, events out, for both ends of the wire.

`Connection` is one end; `Codec` alone reads and writes payloads of an agreed version. Nothing here
waits, reads a clock or starts a task, so it serves any program, in tests and tools too.
"""

from trio_tws.protocol._codec import Codec as Codec
from trio_tws.protocol._connection import Connection as Connection
from trio_tws.protocol._counts import Slot as Slot
from trio_tws.protocol._events import NEED_DATA as NEED_DATA
from trio_tws.protocol._events import EndOfStream as EndOfStream
from trio_tws.protocol._events import Hello as Hello
from trio_tws.protocol._events import MalformedMessage as MalformedMessage
from trio_tws.protocol._events import NeedData as NeedData
from trio_tws.protocol._events import Notice as Notice
from trio_tws.protocol._events import ServerHello as ServerHello
from trio_tws.protocol._events import SessionReady as SessionReady
from trio_tws.protocol._events import UnknownMessage as UnknownMessage
from trio_tws.protocol._framing import MAX_FRAME as MAX_FRAME
from trio_tws.protocol._framing import FrameBuffer as FrameBuffer
from trio_tws.protocol._framing import frame as frame
from trio_tws.protocol._limits import DEFAULT_PACING as DEFAULT_PACING
from trio_tws.protocol._limits import UNPACED as UNPACED
from trio_tws.protocol._limits import Pacing as Pacing
from trio_tws.protocol._limits import Rate as Rate
from trio_tws.protocol._pacing import RequestPacing as RequestPacing
from trio_tws.protocol._pacing import Ticket as Ticket
from trio_tws.protocol._state import MAY_SEND as MAY_SEND
from trio_tws.protocol._state import TRANSITIONS as TRANSITIONS
from trio_tws.protocol._state import Role as Role
from trio_tws.protocol._state import State as State
from trio_tws.protocol._state import Step as Step
from trio_tws.protocol._window import SlidingWindow as SlidingWindow
