"""Formulas whose data only Excel can fetch: stock data types, the data model, web queries, pivot tables.

Between two refreshes their values are constants of the workbook, so they keep what the file holds, as long as
nothing that they read can move.
"""

from haircut_workbooks.package.address import Address
from haircut_workbooks.package.book import Book
from haircut_workbooks.recalc.mentions import mentions

FETCHING = {
    "_FV", "FIELDVALUE", "STOCKHISTORY", "RTD", "WEBSERVICE", "GETPIVOTDATA", "CUBEMEMBER", "CUBEVALUE",
    "CUBESET", "CUBESETCOUNT", "CUBERANKEDMEMBER", "CUBEKPIMEMBER", "CUBEMEMBERPROPERTY",
}  # fmt: skip
MOST_CELLS_READ = 1_000


def fetched_cells(book: Book) -> dict[Address, frozenset[Address]]:
    """Every cell that keeps what Excel fetched, and the cells that it reads, which therefore are no inputs."""
    reading: dict[Address, frozenset[Address]] = {}
    formulas = book.formulas()
    if not any(FETCHING & set(mentions(text).functions) for text in formulas.values() if "(" in text):
        return {}
    for sheet in book.sheets:
        followers = book.shared_formulas(sheet)
        formulas |= {Address(sheet, *place): text for place, text in followers.items()}
    for address, text in formulas.items():
        if "(" in text and FETCHING & set(mentions(text).functions):
            read = _read(book, address, text)
            if read is not None:
                reading[address] = read
    while moving := [
        a for a, read in reading.items() if any(c in formulas and c not in reading for c in read)
    ]:
        for address in moving:
            del reading[address]
    return reading


def _read(book: Book, address: Address, text: str) -> frozenset[Address] | None:
    """The cells that a formula reads; None where it reads tables, names that are formulas, or very many cells."""
    found = mentions(text)
    blocks = [(block.sheet or address.sheet, block.area) for block in found.blocks]
    for name in found.names:
        target = book.named_area(name)
        if target is None:
            return None
        blocks.append(target)
    if found.tables or sum(area.size for _, area in blocks) > MOST_CELLS_READ:
        return None
    return frozenset(Address(sheet, *place) for sheet, area in blocks for place in area.cells)
