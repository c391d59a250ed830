"""Where the pivot tables of a sheet stand: Excel writes these cells anew whenever it refreshes them."""

from haircut_workbooks.package.address import Area, parse_area
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.container import WorkbookRefused


def pivot_areas(book: Book, sheet: str) -> list[Area]:
    """Return the blocks of a sheet's pivot tables, and the page filters above them.

    Raises
    ------
    WorkbookRefused
        A pivot table does not say where it stands.
    """
    parts = book.related(book.sheets[sheet], "pivotTable").values()
    return [area for part in parts for area in _areas(book, part)]


def _areas(book: Book, part: str) -> list[Area]:
    location = book.tree(part).find("{*}location")
    try:
        if location is None:
            raise ValueError("no location")
        body = parse_area(location.get("ref", ""))
        rows, columns = (int(location.get(name, "0")) for name in ("rowPageCount", "colPageCount"))
    except ValueError as error:
        raise WorkbookRefused(f"{book.name}: the part {part}: {error}") from None
    # A row is left free below the filters, and a column between two of them.
    filters = Area(body.top - 1 - rows, body.left, body.top - 2, body.left + 3 * columns - 2)
    return [body, filters] if rows > 0 else [body]
