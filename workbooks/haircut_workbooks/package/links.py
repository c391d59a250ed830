"""The link through which a workbook's formulas reach the add-in: found, added, and removed again."""

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import unquote

from haircut.hosts.excel.project import ADDIN, ADDIN_SHEET
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.forms import is_addin
from haircut_workbooks.package.parts import Parts, relationships_of

_OURS = "rIdHaircut"
"""Id of the relationship to a link that `with_link` added; Excel numbers the ids anew when it saves."""
_AT_STARTUP = "http://schemas.microsoft.com/office/2006/relationships/xlExternalLinkPath/xlStartup"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml"
_SHEETS = {False: "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
           True: "http://purl.oclc.org/ooxml/spreadsheetml/main"}  # fmt: skip
"""The namespace of sheets, and that of files in the strict form of the standard."""


@dataclass(frozen=True)
class Link:
    """A link to the add-in: its number in formulas, its part and relationship, and where the add-in lies."""

    number: int
    part: str
    key: str
    target: str
    at_startup: bool

    @property
    def ours(self) -> bool:
        """Whether `with_link` added it."""
        return self.key == _OURS


def addin_links(book: Book) -> list[Link]:
    """Each link to Haircut's add-in, in whichever folder it lies; Excel's start folder is no fixed place.

    Raises
    ------
    WorkbookRefused
        The links cannot be read.
    """
    parts = Parts(book.container)
    found = []
    for number, (key, part) in enumerate(book.external_links.items(), 1):
        listed = relationships_of(part)
        for relationship in parts.find(listed, "Relationship") if parts.has(listed) else []:
            target = unquote(relationship.attributes.get("Target", "")).removeprefix("file:///")
            if is_addin(target):
                at_startup = relationship.attributes.get("Type", "").endswith("/xlStartup")
                found.append(Link(number, part, key, target, at_startup))
    return found


def add_link(book: Book, parts: Parts) -> str:
    """Add a link to the add-in in Excel's start folder, behind every other, and return its part."""
    i = next(i for i in range(1, 1 << 20) if not parts.has(f"xl/externalLinks/externalLink{i}.xml"))
    part = f"xl/externalLinks/externalLink{i}.xml"
    kinds = (
        e.attributes.get("Type", "") for e in parts.find(relationships_of(book.workbook_part), "Relationship")
    )
    family = next(kind.removesuffix("/worksheet") for kind in kinds if kind.endswith("/worksheet"))
    data = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<externalLink xmlns="{_SHEETS["purl" in family]}"><externalBook xmlns:r="{family}" r:id="rId1">'
        f'<sheetNames><sheetName val="{ADDIN_SHEET}"/></sheetNames></externalBook></externalLink>'
    )
    parts.add(part, data.encode(), _TYPE)
    parts.relate(part, _AT_STARTUP, ADDIN, external=True)
    parts.relate(book.workbook_part, f"{family}/externalLink", part, key=_OURS)
    parts.open_list(book.workbook_part, "externalReferences", ("sheets", "functionGroups"))
    attributes = {"xmlns:r": family, "r:id": _OURS}
    parts.insert(book.workbook_part, "externalReferences", "externalReference", attributes)
    return part


def name_functions(parts: Parts, part: str, names: Collection[str]) -> None:
    """Name functions in the part of a link to the add-in, as Excel does, where they are not yet."""
    if not names:
        return
    parts.open_list(part, "definedNames", ("sheetNames",))
    known = {element.attributes.get("name", "").upper() for element in parts.find(part, "definedName")}
    for name in sorted(set(names) - known):
        parts.insert(part, "definedNames", "definedName", {"name": name})


def remove_link(book: Book, parts: Parts, link: Link) -> None:
    """Remove a link that `add_link` added, and leave every other part as it was before."""
    parts.remove(link.part)
    parts.unrelate(book.workbook_part, link.key)
    parts.delete(
        book.workbook_part, "externalReferences", "externalReference", lambda held: link.key in held.values()
    )
    parts.close_list(book.workbook_part, "externalReferences")
