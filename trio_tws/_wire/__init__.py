"""The engine: declarations of messages in, functions that read and write them out.

It knows attrs and bytes, and nothing of TWS. A message is a class whose fields are declared with
`wire`; the few whose text order is not their declaration order have a `layout`. From these,
`text` and `proto` compile straight-line functions for one server version, on first use.
"""

from trio_tws._wire.classes import evolve as evolve
from trio_tws._wire.fields import Registry as Registry
from trio_tws._wire.fields import Via as Via
from trio_tws._wire.fields import incoming as incoming
from trio_tws._wire.fields import outgoing as outgoing
from trio_tws._wire.fields import struct as struct
from trio_tws._wire.fields import wire as wire
from trio_tws._wire.layout import beside as beside
from trio_tws._wire.layout import between as between
from trio_tws._wire.layout import const as const
from trio_tws._wire.layout import each as each
from trio_tws._wire.layout import in_kind as in_kind
from trio_tws._wire.layout import layout as layout
from trio_tws._wire.layout import maybe as maybe
from trio_tws._wire.layout import present as present
from trio_tws._wire.layout import rest as rest
from trio_tws._wire.layout import since as since
from trio_tws._wire.layout import spelt as spelt
from trio_tws._wire.layout import split as split
from trio_tws._wire.layout import until as until
from trio_tws._wire.layout import when as when
