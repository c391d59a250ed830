"""Where the elements of any XML part lie in its bytes, so that a change splices just those bytes."""

from collections.abc import Collection
from dataclasses import dataclass, field
from xml.parsers import expat

from haircut_workbooks.package.sheet import DEEPEST, TAG, UTF_16


class ElementsError(ValueError):
    """An XML part that cannot be read; the message says why."""


@dataclass(slots=True)
class Element:
    """An element: its name without and with its prefix, its attributes, its bytes and those inside its tags."""

    name: str
    tag: str
    attributes: dict[str, str]
    start: int
    inner_start: int
    inner_end: int = -1
    end: int = -1
    leaf: bool = True

    @property
    def prefix(self) -> str:
        """The prefix of its name with the colon, or nothing."""
        return self.tag[: -len(self.name)]

    @property
    def empty_tag(self) -> bool:
        """Whether it is one tag that closes itself."""
        return self.inner_start == self.end


def elements(data: bytes, names: Collection[str]) -> list[Element]:
    """Find the elements of some names, in the order in which they end.

    Parameters
    ----------
    data : bytes
        The part.
    names : collection of str
        Names without prefix.

    Raises
    ------
    ElementsError
        Not well-formed XML, a document type declaration, or an encoding whose bytes cannot be spliced.
    """
    return _Finder(data, names).run()


@dataclass
class _Finder:
    data: bytes
    names: Collection[str]
    found: list[Element] = field(default_factory=list)
    open: list[Element | None] = field(default_factory=list)

    def run(self) -> list[Element]:
        if self.data.startswith(UTF_16):
            raise ElementsError("not encoded as UTF-8")
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.finish
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.XmlDeclHandler = self.declaration
        try:
            self.parser.Parse(self.data, True)
        except (expat.ExpatError, LookupError) as error:
            raise ElementsError(f"not well-formed XML ({error})") from None
        return self.found

    def doctype(self, *_: object) -> None:
        raise ElementsError("a document type declaration is not allowed")

    def declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in ("utf-8", "us-ascii"):
            raise ElementsError(f"encoded as {encoding}, not UTF-8")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self.open and self.open[-1] is not None:
            self.open[-1].leaf = False
        if len(self.open) > DEEPEST:
            raise ElementsError("elements nested too deeply")
        name, at = tag.rpartition(":")[2], self.parser.CurrentByteIndex
        wanted = name in self.names
        self.open.append(Element(name, tag, attributes, at, self.tag_end(at)) if wanted else None)

    def finish(self, _: str) -> None:
        """Expat reports the end of a tag that closes itself after it, any other's before its end tag."""
        element, at = self.open.pop(), self.parser.CurrentByteIndex
        if element is not None:
            closed = self.data[element.inner_start - 2 : element.inner_start] == b"/>"
            element.inner_end = element.inner_start if closed else at
            element.end = element.inner_start if closed else self.tag_end(at)
            self.found.append(element)

    def tag_end(self, at: int) -> int:
        match = TAG.match(self.data, at)
        if match is None:
            raise ElementsError("not well-formed XML")
        return match.end()
