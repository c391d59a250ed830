"""A UNO type library with one interface in it, written byte by byte.

The office ships no compiler for one; the format is the "UNOIDL types.rdb" of LibreOffice's own
``unoidl/README.md``: a header, the interface, the maps of modules that lead to it, all in little endian.
"""

import struct
from collections.abc import Sequence
from typing import NamedTuple

_MAGIC = b"UNOIDL\xff\0"
_MODULE, _INTERFACE, _IN = b"\0", b"\5", b"\0"
_SEEN = 0x8000_0000


class Method(NamedTuple):
    """A method: its name, the UNO type it returns, and its arguments as names and types."""

    name: str
    returns: str
    arguments: Sequence[tuple[str, str]]


def type_library(modules: Sequence[str], interface: str, methods: Sequence[Method]) -> bytes:
    """Return the type library of an interface ``modules[0].modules[1]....interface``.

    Parameters
    ----------
    modules : sequence of str
        The modules around the interface, the outermost first.
    interface : str
        The interface's name; it derives from ``com.sun.star.uno.XInterface``.
    methods : sequence of Method
        Its methods; every argument goes in.

    Returns
    -------
    bytes
        What a file with the ending .rdb holds.
    """
    writer = _Writer()
    place = writer.interface(methods)
    name = interface
    for module in reversed(modules):
        place, name = writer.module(name, place), module
    writer.root(name, place)
    return bytes(writer.data)


class _Writer:
    def __init__(self) -> None:
        self.data = bytearray(_MAGIC + _u32(0, 0))  # the place and size of the root map come last
        self.texts: dict[str, int] = {}

    def interface(self, methods: Sequence[Method]) -> int:
        place = len(self.data)
        self.data += _INTERFACE + _u32(1)
        self.text("com.sun.star.uno.XInterface")
        self.data += _u32(0, 0, len(methods))  # no optional bases, no attributes
        for method in methods:
            self.text(method.name)
            self.text(method.returns)
            self.data += _u32(len(method.arguments))
            for name, kind in method.arguments:
                self.data += _IN
                self.text(name)
                self.text(kind)
            self.data += _u32(0)  # no exceptions
        return place

    def module(self, child: str, place: int) -> int:
        name = self.name(child)
        here = len(self.data)
        self.data += _MODULE + _u32(1, name, place)
        return here

    def root(self, child: str, place: int) -> None:
        name = self.name(child)
        self.data[len(_MAGIC) : len(_MAGIC) + 8] = _u32(len(self.data), 1)
        self.data += _u32(name, place)

    def name(self, text: str) -> int:
        here = len(self.data)
        self.data += text.encode("ascii") + b"\0"
        return here

    def text(self, text: str) -> None:
        """A text stands in full where it comes first; later on, as a marked pointer to there."""
        if text in self.texts:
            self.data += _u32(self.texts[text] | _SEEN)
            return
        self.texts[text] = len(self.data)
        self.data += _u32(len(text)) + text.encode("ascii")


def _u32(*numbers: int) -> bytes:
    return struct.pack(f"<{len(numbers)}I", *numbers)
