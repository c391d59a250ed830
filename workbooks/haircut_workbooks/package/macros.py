"""A workbook with the functions in its own VBA project: the .xlsm form, in which their calls need no add-in."""

import re
from urllib.parse import unquote
from xml.sax.saxutils import unescape

from haircut.hosts.excel.project import ADDIN, with_functions
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.container import WorkbookRefused

PLAIN = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACRO_ENABLED = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
TYPES = "[Content_Types].xml"
_LINK_PART = re.compile(r"xl/externalLinks/_rels/[^/]+\.rels", re.IGNORECASE)
_LINK = re.compile(r"""<(?:\w+:)?Relationship\s[^>]*?\bTarget=(?:"([^"]*)"|'([^']*)')[^>]*>""")


def macro_enabled(book: Book) -> bytes:
    """Return a workbook's bytes in the .xlsm form.

    What changes is the content type, the VBA project and its relationship, and the code names by which the
    project knows the workbook and its sheets; every other byte of every part stays.

    Raises
    ------
    WorkbookRefused
        The file is a template of Excel.
    HostRefused
        The workbook cannot take a VBA project.
    """
    types = book.container.read(TYPES).replace(PLAIN, MACRO_ENABLED)
    if MACRO_ENABLED not in types:
        raise WorkbookRefused(f"{book.name}: a template of Excel; save it as an .xlsx workbook first")
    return with_functions(book.container.with_parts({TYPES: types}), book.name)


def addin_links(book: Book) -> list[str]:
    """The place of each add-in of ours that a workbook's formulas look for; Excel's start folder is no fixed place."""
    links = [
        unquote(unescape(match[1] or match[2] or "")).removeprefix("file:///")
        for part in book.container.parts
        if _LINK_PART.fullmatch(part)
        for match in _LINK.finditer(book.container.read(part).decode("utf-8", "replace"))
        if "xlStartup" not in match[0]
    ]
    return [link for link in links if link.lower().endswith(ADDIN)]
