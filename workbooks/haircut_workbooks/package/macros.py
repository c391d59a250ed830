"""A workbook with the functions in its own VBA project: the .xlsm form, in which their calls need no add-in."""

from haircut.hosts.excel.project import with_functions
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.container import WorkbookRefused
from haircut_workbooks.package.parts import TYPES

PLAIN = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACRO_ENABLED = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"


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
