"""Parts of a package added, replaced and removed, with the content types and relationships that they need.

Lists such as the content types are spliced: what is added and removed again leaves the same bytes.
"""

import posixpath
from collections.abc import Callable, Collection, Mapping
from urllib.parse import unquote
from xml.sax.saxutils import quoteattr

from haircut_workbooks.package.container import Container, WorkbookRefused
from haircut_workbooks.package.elements import Element, ElementsError, elements

TYPES = "[Content_Types].xml"
_NO_RELATIONSHIPS = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)


class Parts:
    """The parts of a package as they will be.

    Parameters
    ----------
    container : Container
        The package; it is not changed.
    """

    def __init__(self, container: Container) -> None:
        self.container = container
        self._changed: dict[str, bytes] = {}
        self._removed: set[str] = set()

    def has(self, part: str) -> bool:
        """Whether there is such a part."""
        return part in self._changed or (part not in self._removed and self.container.has(part))

    def read(self, part: str) -> bytes:
        """The bytes of a part."""
        return self._changed[part] if part in self._changed else self.container.read(part)

    def put(self, part: str, data: bytes) -> None:
        """Replace a part, or add one whose content type its ending tells."""
        self._changed[part] = data
        self._removed.discard(part)

    def add(self, part: str, data: bytes, content_type: str) -> None:
        """Add a part and its content type."""
        self.put(part, data)
        self.insert(TYPES, "Types", "Override", {"PartName": f"/{part}", "ContentType": content_type})

    def remove(self, part: str) -> None:
        """Remove a part, its own relationships and its content type; see `unrelate` for what refers to it."""
        for gone in (part, relationships_of(part)):
            self._changed.pop(gone, None)
            self._removed.add(gone)
        name = f"/{part}".lower()
        self.delete(TYPES, "Types", "Override", lambda a: unquote(a.get("PartName", "")).lower() == name)

    def relate(
        self, source: str, kind: str, target: str, key: str | None = None, external: bool = False
    ) -> str:
        """Add a relationship.

        Parameters
        ----------
        source : str
            The part that refers.
        kind : str
            The relationship's type, in full.
        target : str
            The part referred to, or anything outside the package where ``external``.
        key : str, optional
            Its id; without one the first free of ``rId1``, ``rId2``, ...

        Returns
        -------
        str
            Its id.
        """
        part = relationships_of(source)
        if not self.has(part):
            self.put(part, _NO_RELATIONSHIPS)
        taken = {e.attributes.get("Id", "") for e in self.find(part, "Relationship")}
        key = key or next(name for i in range(1, len(taken) + 2) if (name := f"rId{i}") not in taken)
        place = target if external else posixpath.relpath(target, posixpath.dirname(source) or ".")
        mode = {"TargetMode": "External"} if external else {}
        self.insert(part, "Relationships", "Relationship", {"Id": key, "Type": kind, "Target": place} | mode)
        return key

    def unrelate(self, source: str, key: str) -> None:
        """Remove the relationship of that id."""
        part = relationships_of(source)
        self.delete(part, "Relationships", "Relationship", lambda a: a.get("Id") == key)

    def find(self, part: str, *names: str) -> list[Element]:
        """Every element of some names in a part, in the order in which they end.

        Raises
        ------
        WorkbookRefused
            The part cannot be read, or not be spliced.
        """
        try:
            return elements(self.read(part), names)
        except ElementsError as error:
            raise WorkbookRefused(
                f"{self.container.name}: the part {part}: {error}; open and save the file in Excel"
            ) from None

    def insert(self, part: str, parent: str, child: str, attributes: dict[str, str]) -> None:
        """Put an element without contents last into the part's last element named ``parent``."""
        data, into = self.read(part), self._last(part, parent)
        listed = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
        new = f"<{into.prefix}{child}{listed}/>".encode()
        if into.empty_tag:
            # The space in the end tag tells `delete` how the tag was.
            opening = data[into.start : into.end - 2] + b">"
            self.put(part, data[: into.start] + opening + new + f"</{into.tag} >".encode() + data[into.end :])
        else:
            self.put(part, data[: into.inner_end] + new + data[into.inner_end :])

    def delete(self, part: str, parent: str, child: str, doomed: Callable[[Mapping[str, str]], bool]) -> None:
        """Remove the elements whose attributes say so from the part's last ``parent``; undoes `insert`."""
        data = self.read(part)
        for element in reversed(self.find(part, child)):
            if doomed(element.attributes):
                data = data[: element.start] + data[element.end :]
        self.put(part, data)
        into = self._last(part, parent)
        if into.inner_start == into.inner_end and data[into.inner_end : into.end].endswith(b" >"):
            self.put(part, data[: into.inner_start - 1] + b"/>" + data[into.end :])

    def open_list(self, part: str, name: str, behind: Collection[str]) -> None:
        """Put an element ``name`` without contents behind the last of some others, unless there is one."""
        if self.find(part, name):
            return
        data, others = self.read(part), self.find(part, *behind)
        if not others:
            raise self._lacking(part, " or ".join(behind))
        tag, at = others[-1].prefix + name, others[-1].end
        self.put(part, data[:at] + f"<{tag}></{tag}>".encode() + data[at:])

    def close_list(self, part: str, name: str) -> None:
        """Remove the element ``name`` where nothing is in it any more; undoes `open_list`."""
        data = self.read(part)
        for element in self.find(part, name):
            if data[element.start : element.end] == f"<{element.tag}></{element.tag}>".encode():
                self.put(part, data[: element.start] + data[element.end :])

    def _last(self, part: str, name: str) -> Element:
        found = self.find(part, name)
        if not found:
            raise self._lacking(part, name)
        return found[-1]

    def _lacking(self, part: str, name: str) -> WorkbookRefused:
        return WorkbookRefused(
            f"{self.container.name}: the part {part} lacks its {name}; open and save the file in Excel"
        )

    @property
    def changed(self) -> dict[str, bytes]:
        """The parts that are new or differ from the package's."""
        return {part: data for part, data in self._changed.items() if not self.container.holds(part, data)}

    def packed(self) -> bytes:
        """Return the file; a part that did not change keeps its raw bytes."""
        return self.container.with_parts(self.changed, self._removed)


def target_part(source: str, target: str) -> str:
    """The part that a relationship of ``source`` leads to.

    >>> target_part("xl/worksheets/sheet1.xml", "../drawings/drawing%201.xml")
    'xl/drawings/drawing 1.xml'
    """
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(source), unquote(target))).lstrip("/")


def relationships_of(part: str) -> str:
    """The part that holds another's relationships.

    >>> relationships_of("xl/workbook.xml"), relationships_of("")
    ('xl/_rels/workbook.xml.rels', '_rels/.rels')
    """
    folder, base = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{base}.rels")
