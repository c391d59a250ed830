"""The stress sheet taken out of a workbook: byte for byte where nothing changed since, part by part otherwise."""

import re
from collections.abc import Iterable

from haircut_workbooks.attach.layout import LABEL, NAME, TITLE
from haircut_workbooks.attach.undo import SPACE, taken_back
from haircut_workbooks.package.address import Address
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.container import WorkbookRefused
from haircut_workbooks.package.parts import Parts, relationships_of, target_part

_INDEX = re.compile(rb"""(\s(?:localSheetId|activeTab|firstSheet)=)(["'])(\d+)\2""")


def is_attached(book: Book) -> bool:
    """Whether a workbook has a stress sheet.

    Raises
    ------
    WorkbookRefused
        A sheet of that name is not ours.
    """
    if NAME not in book.sheets:
        return False
    if book.value(Address(NAME, 1, LABEL + 1)) != TITLE:
        raise WorkbookRefused(
            f"{book.name}: the sheet {NAME} is not one that Haircut attached; rename it first"
        )
    return True


def detached(book: Book) -> Book:
    """Return the workbook without its stress sheet; as it was before, if no other program has saved it since.

    Raises
    ------
    WorkbookRefused
        Other cells of the workbook refer to the stress sheet.
    """
    for part in book.related(book.workbook_part, "customXml").values():
        data = book.container.read(part)
        if SPACE.encode() in data and (before := taken_back(book.container, data)) is not None:
            return Book(before, book.name)
    return Book(_cut_out(book), book.name)


def _cut_out(book: Book) -> bytes:
    """Remove the sheet, what only it refers to, and every trace in the lists of the workbook."""
    _refuse_references(book)
    parts = Parts(book.container)
    workbook = book.workbook_part
    names = [item.attributes.get("name", "") for item in parts.find(workbook, "sheet")]
    parts.delete(workbook, "sheets", "sheet", lambda a: a.get("name") == NAME)
    index = str(names.index(NAME))
    if parts.find(workbook, "definedNames"):
        parts.delete(workbook, "definedNames", "definedName", lambda a: a.get("localSheetId") == index)
    _renumber(parts, workbook, names.index(NAME))
    doomed = {book.sheets[NAME], *book.related(workbook, "calcChain").values()}
    undo = book.related(workbook, "customXml").values()
    doomed |= {part for part in undo if SPACE.encode() in book.container.read(part)}
    for key, target in _targets(parts, workbook).items():
        if target in doomed:
            parts.unrelate(workbook, key)
    kept = _reached(parts, [""])
    for part in _reached(parts, doomed) - kept:
        parts.remove(part)
    return parts.packed()


def _refuse_references(book: Book) -> None:
    quoted = f"'{NAME}'!".casefold()
    texts = {str(a): text for a, text in book.formulas().items() if a.sheet != NAME}
    texts |= {f"the name {name.name}": name.text for name in book.names if name.sheet != NAME}
    users = [place for place, text in texts.items() if quoted in text.casefold()]
    if users:
        raise WorkbookRefused(
            f"{book.name}: {users[0]} refers to the sheet {NAME}; change that formula first"
        )


def _renumber(parts: Parts, workbook: str, removed: int) -> None:
    """Count sheets anew in what names them by number: names of one sheet, the sheet in front."""

    def lower(match: re.Match[bytes]) -> bytes:
        number = int(match[3])
        return b"%s%s%d%s" % (match[1], match[2], number - (number >= max(removed, 1)), match[2])

    for element in reversed(parts.find(workbook, "definedName", "workbookView")):
        data = parts.read(workbook)
        opening = _INDEX.sub(lower, data[element.start : element.inner_start])
        parts.put(workbook, data[: element.start] + opening + data[element.inner_start :])


def _targets(parts: Parts, part: str) -> dict[str, str]:
    """The parts that one refers to, by relationship id."""
    listed = relationships_of(part)
    if not parts.has(listed):
        return {}
    return {
        item.attributes.get("Id", ""): target_part(part, item.attributes.get("Target", ""))
        for item in parts.find(listed, "Relationship")
        if item.attributes.get("TargetMode") != "External"
    }


def _reached(parts: Parts, starts: Iterable[str]) -> set[str]:
    """Every part that some parts lead to, themselves included."""
    reached: set[str] = set()
    left = list(starts)
    while left:
        part = left.pop()
        if part not in reached:
            reached.add(part)
            left += _targets(parts, part).values()
    return reached - {""}
