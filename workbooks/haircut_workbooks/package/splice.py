"""Values put into a workbook's own bytes: only the named cells change."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from haircut.errors import CellError
from haircut_workbooks.package.address import Address, Area, a1, parse_area
from haircut_workbooks.package.book import Book, Value
from haircut_workbooks.package.container import WorkbookRefused
from haircut_workbooks.package.sheet import TAG, Cell, Row, Scan

LONGEST_TEXT = 32_767
CLASSIC_ERRORS = {
    e for e in CellError if e.value in ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")
}
_ILLEGAL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_x(?=[0-9A-Fa-f]{4}_)")
_SPANS = re.compile(rb"""(\sspans=)(["'])(\d+):(\d+)\2""")
_REF = re.compile(rb'(\sref=)(?:"[^"]*"|\'[^\']*\')')


@dataclass(frozen=True)
class Edit:
    """What becomes of one cell.

    ``keep_formula`` says that the value is the formula's result; without it the value replaces all that
    the cell held. ``formula`` puts another formula there. ``area`` is the block of an array's or spill's anchor.
    """

    value: Value
    keep_formula: bool = False
    area: Area | None = None
    formula: str | None = None


def splice(book: Book, edits: Mapping[Address, Edit]) -> bytes:
    """Return the workbook's bytes with some cells changed and every other byte of every part as it was.

    Raises
    ------
    WorkbookRefused
        A value that no cell can hold.
    """
    by_sheet: dict[str, dict[tuple[int, int], Edit]] = defaultdict(dict)
    for address, edit in edits.items():
        by_sheet[address.sheet][address.row, address.column] = edit
    changed = {}
    for sheet, cells in by_sheet.items():
        try:
            changed[book.sheets[sheet]] = _splice_sheet(book.scan(sheet), cells)
        except ValueError as error:
            raise WorkbookRefused(f"{book.name}: sheet {sheet}: {error}") from None
    return book.container.with_parts(changed)


def _splice_sheet(scan: Scan, edits: Mapping[tuple[int, int], Edit]) -> bytes:
    """Replace the bytes of existing cells; add cells and rows where there were none."""
    pieces: list[tuple[int, int, bytes]] = []
    new: dict[int, dict[int, Edit]] = defaultdict(dict)
    for (row, column), edit in edits.items():
        cell = scan.cells.get((row, column))
        if cell is not None:
            pieces.append((cell.start, cell.end, _cell(scan, row, column, edit, cell)))
        elif edit.value is not None or edit.formula is not None:
            new[row][column] = edit
    pieces.extend(_new_rows_of_empty_sheet(scan, new) if scan.data_empty_tag and new else _added(scan, new))
    if new and scan.dimension is not None:
        pieces.extend(_grown_dimension(scan, new))
    out, at = [], 0
    for start, end, data in sorted(pieces, key=lambda piece: piece[:2]):
        out += [scan.data[at:start], data]
        at = end
    return b"".join([*out, scan.data[at:]])


def _new_rows_of_empty_sheet(scan: Scan, new: Mapping[int, dict[int, Edit]]) -> list[tuple[int, int, bytes]]:
    end = _tag_end(scan, scan.data_start)
    opening = scan.data[scan.data_start : end - 2].rstrip() + b">"
    rows = b"".join(data for _, _, data in _added(scan, new))
    return [(scan.data_start, end, opening + rows + f"</{scan.prefix}sheetData>".encode())]


def _added(scan: Scan, new: Mapping[int, dict[int, Edit]]) -> list[tuple[int, int, bytes]]:
    return [piece for number in sorted(new) for piece in _new_cells(scan, number, new[number])]


def _tag_end(scan: Scan, at: int) -> int:
    match = TAG.match(scan.data, at)
    assert match is not None
    return match.end()


def _new_cells(scan: Scan, number: int, added: dict[int, Edit]) -> list[tuple[int, int, bytes]]:
    cells = {column: _cell(scan, number, column, edit, None) for column, edit in sorted(added.items())}
    row = scan.rows.get(number)
    if row is None or row.empty_tag:
        return [_new_row(scan, number, b"".join(cells.values()), row)]
    present = sorted((c.column, c.start) for c in scan.cells.values() if c.row == number)
    pieces: dict[int, bytes] = defaultdict(bytes)
    for column, data in cells.items():
        at = next((start for other, start in present if other > column), row.inner_end)
        pieces[at] += data
    return [*_grown_spans(scan, row, cells), *((at, at, data) for at, data in pieces.items())]


def _grown_spans(scan: Scan, row: Row, columns: Collection[int]) -> list[tuple[int, int, bytes]]:
    """The row's hint of its first and last column, where new cells lie outside it."""
    opening = scan.data[row.start : (end := _tag_end(scan, row.start))]
    spans = _SPANS.search(opening)
    if spans is None:
        return []
    grown = b'"%d:%d"' % (min(int(spans[3]), *columns), max(int(spans[4]), *columns))
    return [(row.start, end, _SPANS.sub(rb"\1" + grown, opening))]


def _new_row(scan: Scan, number: int, cells: bytes, row: Row | None) -> tuple[int, int, bytes]:
    tag = f"{scan.prefix}row".encode()
    if row is not None:
        opening = scan.data[row.start : row.end - 2].rstrip()
        return row.start, row.end, _SPANS.sub(b"", opening) + b">" + cells + b"</" + tag + b">"
    data = b"<" + tag + f' r="{number}">'.encode() + cells + b"</" + tag + b">"
    after = [r.start for n, r in scan.rows.items() if n > number]
    at = min(after) if after else scan.data_end
    return at, at, data


def _grown_dimension(scan: Scan, new: Mapping[int, Mapping[int, Edit]]) -> list[tuple[int, int, bytes]]:
    assert scan.dimension is not None
    start, end, ref = scan.dimension
    columns = [column for cells in new.values() for column in cells]
    try:
        old = parse_area(ref)
    except ValueError:
        return []
    grown = Area(min(old.top, *new), min(old.left, *columns), max(old.bottom, *new), max(old.right, *columns))
    return [(start, end, _REF.sub(rb'\1"' + str(grown).encode() + b'"', scan.data[start:end]))]


def _cell(scan: Scan, row: int, column: int, edit: Edit, old: Cell | None) -> bytes:
    p = scan.prefix
    attributes = dict(old.attributes) if old is not None else {"r": a1(row, column)}
    attributes.pop("t", None)
    if not edit.keep_formula:
        for name in ("cm", "vm", "ph"):
            attributes.pop(name, None)
    elif isinstance(edit.value, CellError) or (old is not None and old.attributes.get("t") == "e"):
        attributes.pop("vm", None)
    formula = ""
    if edit.formula is not None:
        array = f' t="array" ref="{edit.area}"' if edit.area is not None else ""
        formula = f"<{p}f{array}>{escape(edit.formula)}</{p}f>"
    elif edit.keep_formula and old is not None and old.formula is not None:
        raw = scan.data[old.formula.start : old.formula.end]
        if edit.area is not None:
            raw = _REF.sub(rb'\1"' + str(edit.area).encode() + b'"', raw, count=1)
        formula = raw.decode()
    kind, body = _stored(p, edit.value, inline=not edit.keep_formula)
    if kind:
        attributes["t"] = kind
    listed = "".join(f' {name}="{escape(value, {chr(34): "&quot;"})}"' for name, value in attributes.items())
    if not formula and not body:
        return f"<{p}c{listed}/>".encode()
    return f"<{p}c{listed}>{formula}{body}</{p}c>".encode()


def _stored(p: str, value: Value, inline: bool) -> tuple[str, str]:
    """Type and body of a cell element that holds a value."""
    if value is None:
        return "", ""
    if isinstance(value, bool):
        return "b", f"<{p}v>{int(value)}</{p}v>"
    if isinstance(value, CellError):
        kept = value if value in CLASSIC_ERRORS else CellError.VALUE
        return "e", f"<{p}v>{kept.value}</{p}v>"
    if isinstance(value, str):
        length = len(value.encode("utf-16-le")) // 2
        if length > LONGEST_TEXT:
            raise ValueError(f"a cell holds at most {LONGEST_TEXT:,} characters, not {length:,}")
        text = escape(_ILLEGAL.sub(lambda m: f"_x{ord(m[0][0]):04X}_" + m[0][1:], value))
        space = ' xml:space="preserve"' if value != value.strip() or "\n" in value else ""
        if inline:
            return "inlineStr", f"<{p}is><{p}t{space}>{text}</{p}t></{p}is>"
        return "str", f"<{p}v{space}>{text}</{p}v>"
    return "", f"<{p}v>{number_text(value)}</{p}v>"


def number_text(value: float) -> str:
    """Shortest text that reads back as the same number.

    >>> number_text(42.0), number_text(0.1)
    ('42', '0.1')
    """
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError(f"a cell cannot hold {value}")
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))
