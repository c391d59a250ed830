"""The findings of ``sheet``, many times faster, for a worksheet written the way Excel writes it.

Excel puts a row's number and a cell's reference first, leaves nothing between elements and writes no
comments. In such a sheet one regular expression finds the rows, and the cells of a row are cut when someone
asks for them. All other sheets, and rows that turn out to be different, are left to the careful scanner.
expat still reads every byte, but calls nobody.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from itertools import chain, pairwise
from xml.parsers import expat

from haircut_workbooks.package.address import LAST_COLUMN, LAST_ROW, Area, column_letters, column_number
from haircut_workbooks.package.sheet import (
    LONGEST_FORMULA,
    MOST_ROWS,
    Cell,
    Cells,
    Formula,
    Row,
    Scan,
    SheetError,
    check_formula,
    filled,
    scan,
)

_ROW = re.compile(rb'<row(?: r="([1-9]\d{0,6})"(?: [\w:]++="[^"<>\r\n\t]*+")*+ ?(/?)>)?')
_CELL = re.compile(
    rb"""
    <c\ r="([A-Z]{1,3})(\d{1,7})"((?:\ \w++="[^"&<>'\r\n\t]*+")*+)
    (?: />
      | > (?: <f((?:\ [\w:]++="[^"&<>'\r\n\t]*+")*+) (?: /> | >([^<]*+)</f> ) )?
          (?: <v(?:\ xml:space="preserve")?(?: ()/> | >([^<]*+)</v> )
            | <is><t(?:\ xml:space="preserve")?>([^<]*+)</t></is> )?
        </c> )
    """,
    re.VERBOSE,
)
_NUMBER = re.compile(rb'(?: s="\d{1,5}")?><f(?: [\w:]++="[^"&<>]*+")*+(?:/>|>[^<]*+</f>)<v>([^<]*+)</v></c>')
"""A formula's cell that holds a number, behind its reference: no type, no metadata."""
_REFERENCE = re.compile(rb'<c r="([A-Z]+)')
_ATTRIBUTE = re.compile(r' ([\w:]+)="([^"]*)"')
_FILLS_A_BLOCK = re.compile(rb""" t=["'](?:array|dataTable)["']""")
_OPENING, _CLOSING = b"<sheetData>", b"</sheetData>"
_ENTITY = re.compile(r"&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


def quick_scan(data: bytes, refuse: Callable[[SheetError], Exception] = lambda error: error) -> Scan:
    """Find what `haircut_workbooks.package.sheet.scan` finds, in the fastest way that the bytes allow.

    Parameters
    ----------
    data : bytes
        The worksheet part.
    refuse : callable
        Turns what is found wrong, now or when a row is first asked for, into the exception to raise.

    Raises
    ------
    SheetError
        As `scan`, or what `refuse` makes of it.
    """
    try:
        return _quick(data, refuse) or scan(data)
    except SheetError as error:
        raise refuse(error) from None


def _quick(data: bytes, refuse: Callable[[SheetError], Exception]) -> Scan | None:
    """The findings, or None where the sheet is not written as Excel writes it."""
    start, end = data.find(_OPENING), data.rfind(_CLOSING)
    if start < 0 or end < 0 or not _plain_xml(data):
        return None
    first = start + len(_OPENING)
    rows = _rows(data, first, end)
    if rows is None:
        return None
    found = scan(data[:first] + data[end:])  # all but the cells
    if found.dimension is not None and found.dimension[0] > start:
        return None
    found.data, found.data_end, found.rows = data, end, rows
    found.cells = LazyCells(found, refuse)
    return found


def _plain_xml(data: bytes) -> bool:
    """Whether well-formed XML holds elements and text alone: no comment, instruction, CDATA or document type."""
    parser = expat.ParserCreate()
    parser.CommentHandler = parser.ProcessingInstructionHandler = _not_plain
    parser.StartCdataSectionHandler = parser.StartDoctypeDeclHandler = _not_plain
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise SheetError(f"not well-formed XML ({error})") from None
    except _NotPlain:
        return False
    return True


class _NotPlain(Exception):
    """Something in the XML that only the careful scanner reads."""


def _not_plain(*_: object) -> None:
    raise _NotPlain


def _rows(data: bytes, first: int, end: int) -> dict[int, Row] | None:
    """Every row by its number; None unless they follow each other without a gap."""
    rows: dict[int, Row] = {}
    expected, last = first, 0
    for match, following in pairwise(chain(_ROW.finditer(data, first, end), [None])):
        assert match is not None
        stop = end if following is None else following.start()
        number, empty, opened = int(match[1] or 0), match[2] == b"/", match.end()
        if match.start() != expected or not last < number <= LAST_ROW:
            return None
        if not empty and not data.startswith(b"</row>", stop - 6):
            return None
        if len(rows) == MOST_ROWS:
            raise SheetError(f"more than {MOST_ROWS:,} rows")
        rows[number] = (
            Row(number, expected, opened, opened, True, opened)
            if empty
            else Row(number, expected, stop, stop - 6, False, opened)
        )
        expected, last = rows[number].end, number
    return rows if expected == end else None


class LazyCells(Cells):
    """The cells of a sheet, each row cut when it is first asked for."""

    def __init__(self, found: Scan, refuse: Callable[[SheetError], Exception]) -> None:
        super().__init__()
        self._found, self._refuse = found, refuse
        self._matches: dict[int, dict[int, re.Match[bytes]]] = {}
        self._cells: dict[tuple[int, int], Cell] = {}
        self._numbers: dict[tuple[int, int], tuple[int, int] | None] = {}
        self._search = (
            0,
            0,
            0,
            0,
        )  # the row last searched, where its cells start, the place reached, their end

    def row_numbers(self) -> Iterable[int]:
        """The rows that may hold cells."""
        return self._not_empty

    @cached_property
    def _not_empty(self) -> list[int]:
        return [row.number for row in self._found.rows.values() if not row.empty_tag]

    def row(self, number: int) -> dict[int, Cell]:
        """The cells of one row by their column."""
        if number not in self._rows:
            cut = self._cut(number)
            if number not in self._rows:
                self._rows[number] = {column: self._made(number, column, cut[column]) for column in cut}
        return self._rows[number]

    def __getitem__(self, place: tuple[int, int]) -> Cell:
        cell = self.get(place)
        if cell is None:
            raise KeyError(place)
        return cell

    def get(self, place: tuple[int, int], default: Cell | None = None) -> Cell | None:  # type: ignore[override]
        """The cell at a row and column; its row is not cut where the cell is found by its reference alone."""
        number, column = place
        if number not in self._rows:
            alone = self._alone(number, column)
            if alone is not None:
                return alone
            match = self._cut(number).get(column)
            if number not in self._rows:
                return default if match is None else self._made(number, column, match)
        return self._rows[number].get(column, default)

    def number_result(self, number: int, column: int) -> tuple[int, int] | None:
        """Where the number stands in a cell that a formula has given one; None for any other cell.

        Found once, and quickest where it is asked row by row and from left to right.
        """
        place = number, column
        if place not in self._numbers:
            row, first, at, end = self._search
            if number != row:
                first, end = self._single_cells(number)
                at = first
            data, wanted = self._found.data, f'<c r="{column_letters(column)}{number}"'.encode()
            start = data.find(wanted, at, end)
            if start < 0:
                start = data.find(wanted, first, at)
            match = _NUMBER.match(data, start + len(wanted), end) if start >= 0 else None
            self._numbers[place] = None if match is None else match.span(1)
            self._search = number, first, at if match is None else match.end(), end
        return self._numbers[place]

    def _single_cells(self, number: int) -> tuple[int, int]:
        """The bytes of a row's cells; none where a cell comes twice, which is for those who look at each."""
        row = self._found.rows.get(number)
        if row is None:
            return 0, 0
        columns = _REFERENCE.findall(self._found.data, row.inner_start, row.inner_end)
        return (row.inner_start, row.inner_end) if len(set(columns)) == len(columns) else (0, 0)

    def _alone(self, number: int, column: int) -> Cell | None:
        """A cell found by the bytes of its reference; None where it is absent or not plain."""
        row = self._found.rows.get(number)
        if row is None or number in self._matches:
            return None
        if (number, column) in self._cells:
            return self._cells[number, column]
        data, end = self._found.data, row.inner_end
        wanted = f'<c r="{column_letters(column)}{number}"'.encode()
        at = data.find(wanted, row.inner_start, end)
        match = _CELL.match(data, at, end) if at >= 0 else None
        if match is None or data.find(wanted, match.end(), end) >= 0:
            return None
        if match[4] is not None and not _plain_formula(match):
            return None
        return self._made(number, column, match)

    def _cut(self, number: int) -> dict[int, re.Match[bytes]]:
        """Where the cells of one row lie, by their column; where that is not plain, read with care."""
        if number not in self._matches:
            row = self._found.rows.get(number)
            cut = {} if row is None or row.empty_tag else self._cells_of(row)
            if cut is None:
                self._read_carefully()
            self._matches[number] = cut or {}
        return self._matches[number]

    def _made(self, number: int, column: int, match: re.Match[bytes]) -> Cell:
        if (number, column) not in self._cells:
            self._cells[number, column] = _cell(match, number, column)
        return self._cells[number, column]

    def _cells_of(self, row: Row) -> dict[int, re.Match[bytes]] | None:
        """Cut a row; None where something in it is not written as Excel writes it."""
        data, at, last = self._found.data, row.inner_start, 0
        number = b"%d" % row.number
        cut: dict[int, re.Match[bytes]] = {}
        for match in _CELL.finditer(data, at, row.inner_end):
            column = column_number(match[1])
            if match.start() != at or match[2] != number or not last < column <= LAST_COLUMN:
                return None
            if match[4] is not None and not _plain_formula(match):
                return None
            at, last = match.end(), column
            cut[column] = match
        return cut if at == row.inner_end else None

    def _read_carefully(self) -> None:
        """Every row as the careful scanner finds it."""
        try:
            cells = scan(self._found.data).cells
        except SheetError as error:
            raise self._refuse(error) from None
        self._rows = {number: cells.row(number) for number in self._found.rows}

    def blocks(self) -> list[tuple[Cell, Area]]:
        """Every array formula, spill and what-if table, found without cutting the rows they stand in."""
        data, rows = self._found.data, list(self._found.rows.values())
        starts = [row.start for row in rows]
        found: dict[tuple[int, int], tuple[Cell, Area]] = {}
        for fills in _FILLS_A_BLOCK.finditer(data, self._found.data_start, self._found.data_end):
            row = rows[bisect_right(starts, fills.start()) - 1]
            match = _CELL.match(data, max(data.rfind(b"<c ", row.start, fills.start()), 0), row.inner_end)
            cell = self._made(row.number, column_number(match[1]), match) if match is not None else None
            try:
                area = None if cell is None else check_formula(cell)
            except ValueError:
                area = None
            pairs = filled(self.row(row.number).values()) if cell is None or area is None else [(cell, area)]
            found |= {(anchor.row, anchor.column): (anchor, block) for anchor, block in pairs}
        return list(found.values())


def _plain_formula(match: re.Match[bytes]) -> bool:
    """Whether a formula is one that no scanner refuses: not too long, and filling a block that is one."""
    if match[5] is not None and len(match[5]) > LONGEST_FORMULA:
        return False
    if _FILLS_A_BLOCK.search(match[4]):
        try:
            check_formula(_cell(match, int(match[2]), column_number(match[1])))
        except ValueError:
            return False
    return True


def _cell(match: re.Match[bytes], row: int, column: int) -> Cell:
    """A cell from its bytes; group 3 holds its attributes, 4 and 5 its formula, 6, 7 or 8 its value."""
    attributes = {"r": (match[1] + match[2]).decode()} | _attributes(match[3])
    raw = next((group for group in match.group(6, 7, 8) if group is not None), None)
    text = None if raw is None else _text(raw)
    cell = Cell(row, column, match.start(), match.end(), attributes, None, text)
    if match[4] is not None:
        end = match.end(4) + 2 if match[5] is None else match.end(5) + 4
        cell.formula = Formula(_text(match[5] or b""), _attributes(match[4]), match.start(4) - 2, end)
    return cell


@lru_cache(maxsize=1 << 12)
def _attributes(raw: bytes) -> dict[str, str]:
    """Attributes from their bytes; most cells of a sheet share a few of them, so nobody may change these."""
    return dict(_ATTRIBUTE.findall(raw.decode()))


def _text(raw: bytes) -> str:
    """Text as XML reads it: entities resolved, and one kind of line end."""
    text = raw.decode()
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _ENTITY.sub(_character, text) if "&" in text else text


def _character(entity: re.Match[str]) -> str:
    return _NAMED[entity[3]] if entity[3] else chr(int(entity[1], 16) if entity[1] else int(entity[2]))
