"""Values put into a workbook's own bytes: only the named cells change."""

import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import isfinite
from operator import itemgetter
from xml.sax.saxutils import escape, quoteattr

from haircut.errors import CellError
from haircut_workbooks.package.address import Address, Area, a1, parse_area
from haircut_workbooks.package.book import Book, Value
from haircut_workbooks.package.container import WorkbookRefused
from haircut_workbooks.package.parts import Parts
from haircut_workbooks.package.quick import LazyCells
from haircut_workbooks.package.shared import new_masters
from haircut_workbooks.package.sheet import TAG, Cell, Row, Scan

LONGEST_TEXT = 32_767
CLASSIC_ERRORS = {
    e for e in CellError if e.value in ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")
}
_ILLEGAL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_x(?=[0-9A-Fa-f]{4}_)")
_SPANS = re.compile(rb"""(\sspans=)(["'])(\d+):(\d+)\2""")
_FULL_CALC = re.compile(rb"""\sfullCalcOnLoad=(?:"[^"]*"|'[^']*')""")
_BEFORE_CALC_PR = {"sheets", "functionGroups", "externalReferences", "definedNames", "calcPr"}
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


def splice(book: Book, edits: Mapping[Address, Edit], full_calc_on_load: bool = False) -> bytes:
    """Return the workbook's bytes with some cells changed and every other byte of every part as it was.

    Parameters
    ----------
    book : Book
        The workbook.
    edits : mapping
        What becomes of each cell.
    full_calc_on_load : bool
        Whether to tell Excel to calculate every formula when it opens the file.

    Raises
    ------
    WorkbookRefused
        A value that no cell can hold.
    """
    parts = Parts(book.container)
    put_cells(book, edits, parts)
    if full_calc_on_load:
        calculate_on_load(book, parts)
    return parts.packed()


def put_cells(book: Book, edits: Mapping[Address, Edit], parts: Parts) -> None:
    """Gather the new bytes of every sheet that edits touch, as `splice` writes them."""
    by_sheet: dict[str, dict[tuple[int, int], Edit]] = defaultdict(dict)
    for (sheet, row, column), edit in edits.items():
        by_sheet[sheet][row, column] = edit
    listed = False
    for sheet, cells in by_sheet.items():
        found = book.scan(sheet)
        try:
            parts.put(book.sheets[sheet], _splice_sheet(found, cells))
        except ValueError as error:
            raise WorkbookRefused(f"{book.name}: sheet {sheet}: {error}") from None
        listed = listed or any(_moves_formulas(found, place, edit) for place, edit in cells.items())
    if listed:
        drop_calculation_chain(book, parts)


def _moves_formulas(scan: Scan, place: tuple[int, int], edit: Edit) -> bool:
    """Whether an edit makes a formula cell come or go, or another block be filled."""
    if edit.keep_formula and edit.formula is None:
        return edit.area is not None
    cell = scan.cells.get(place)
    return (edit.formula is not None) != (cell is not None and cell.formula is not None)


def drop_calculation_chain(book: Book, parts: Parts) -> None:
    """Drop Excel's list of formula cells, which it rebuilds; a list with a wrong cell makes it 'repair' the file."""
    for key, part in book.related(book.workbook_part, "calcChain").items():
        parts.remove(part)
        parts.unrelate(book.workbook_part, key)


def calculate_on_load(book: Book, parts: Parts) -> None:
    """Tell Excel to calculate every formula when it opens the file."""
    data = parts.read(book.workbook_part)
    found = {element.name: element for element in parts.find(book.workbook_part, *_BEFORE_CALC_PR)}
    if "calcPr" in found:
        start, end = found["calcPr"].start, found["calcPr"].inner_start
        opening = _FULL_CALC.sub(b"", data[start:end])
        at = len(opening) - (2 if opening.endswith(b"/>") else 1)
        new = opening[:at].rstrip() + b' fullCalcOnLoad="1"' + opening[at:]
    else:
        last = max(found.values(), key=lambda element: element.end)
        start = end = last.end
        new = f'<{last.prefix}calcPr fullCalcOnLoad="1"/>'.encode()
    parts.put(book.workbook_part, data[:start] + new + data[end:])


def _splice_sheet(scan: Scan, edits: Mapping[tuple[int, int], Edit]) -> bytes:
    """Replace the bytes of existing cells; add cells and rows where there were none."""
    new: dict[int, dict[int, Edit]] = defaultdict(dict)
    heirs = _heirs(scan, edits)
    pieces, edits = _plain_numbers(scan, edits) if not heirs else ([], edits)
    for (row, column), edit in edits.items():
        cell = scan.cells.get((row, column))
        if cell is not None:
            inherited = heirs.pop((row, column), None)
            pieces.append((cell.start, cell.end, _cell(scan, row, column, edit, cell, inherited)))
        elif edit.value is not None or edit.formula is not None:
            new[row][column] = edit
    for place, data in heirs.items():
        formula = scan.cells[place].formula
        assert formula is not None
        pieces.append((formula.start, formula.end, data))
    pieces.extend(_new_rows_of_empty_sheet(scan, new) if scan.data_empty_tag and new else _added(scan, new))
    if new and scan.dimension is not None:
        pieces.extend(_grown_dimension(scan, new))
    return _with_pieces(scan.data, pieces)


def _plain_numbers(
    scan: Scan, edits: Mapping[tuple[int, int], Edit]
) -> tuple[list[tuple[int, int, bytes]], Mapping[tuple[int, int], Edit]]:
    """The pieces for formulas that give a number again, and the edits that are left."""
    if not isinstance(scan.cells, LazyCells):
        return [], edits
    pieces, left = [], {}
    for place, edit in edits.items():
        value = edit.value
        plain = edit.keep_formula and edit.formula is None and edit.area is None
        span = scan.cells.number_result(*place) if plain and isinstance(value, float) else None
        if span is None or not isinstance(value, float):
            left[place] = edit
        else:
            pieces.append((*span, number_text(value).encode()))
    return pieces, left


def _heirs(scan: Scan, edits: Mapping[tuple[int, int], Edit]) -> dict[tuple[int, int], bytes]:
    """The formula elements of the cells that become masters of shared formulas whose master goes."""
    gone = {place for place, edit in edits.items() if edit.formula is not None or not edit.keep_formula}
    if not any(_is_master(scan.cells.get(place)) for place in gone):
        return {}
    heirs = {}
    for place, (text, area) in new_masters(scan, gone).items():
        formula = scan.cells[place].formula
        assert formula is not None
        listed = _listed(formula.attributes | {"ref": str(area)})
        heirs[place] = f"<{scan.prefix}f{listed}>{escape(text)}</{scan.prefix}f>".encode()
    return heirs


def _is_master(cell: Cell | None) -> bool:
    formula = cell.formula if cell is not None else None
    return formula is not None and formula.text != "" and formula.attributes.get("t") == "shared"


def _with_pieces(data: bytes, pieces: list[tuple[int, int, bytes]]) -> bytes:
    """The bytes with some stretches replaced, each given by its start, its end and what stands there now."""
    out, at = [], 0
    for start, end, new in sorted(pieces, key=itemgetter(0, 1)):
        out += [data[at:start], new]
        at = end
    return b"".join([*out, data[at:]])


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
    present = sorted((column, cell.start) for column, cell in scan.cells.row(number).items())
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
    after = bisect(scan.row_numbers, number)
    at = scan.rows[scan.row_numbers[after]].start if after < len(scan.row_numbers) else scan.data_end
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


def _cell(
    scan: Scan, row: int, column: int, edit: Edit, old: Cell | None, inherited: bytes | None = None
) -> bytes:
    """A cell's element; ``inherited`` is the formula that it takes over as the new master of a shared one."""
    p = scan.prefix
    if old is None:
        style = scan.style(row, column)
        attributes = {"r": a1(row, column)} | ({"s": style} if style != "0" else {})
    else:
        attributes = dict(old.attributes)
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
        raw = inherited or scan.data[old.formula.start : old.formula.end]
        if edit.area is not None:
            raw = _REF.sub(rb'\1"' + str(edit.area).encode() + b'"', raw, count=1)
        formula = raw.decode()
    kind, body = _stored(p, edit.value, inline=not edit.keep_formula)
    if kind:
        attributes["t"] = kind
    if not formula and not body:
        return f"<{p}c{_listed(attributes)}/>".encode()
    return f"<{p}c{_listed(attributes)}>{formula}{body}</{p}c>".encode()


def _listed(attributes: Mapping[str, str]) -> str:
    """Attributes as they stand in a start tag."""
    listed = "".join([f' {name}="{value}"' for name, value in attributes.items()])
    if "&" in listed or "<" in listed or listed.count('"') != 2 * len(attributes):
        return "".join([f" {name}={quoteattr(value)}" for name, value in attributes.items()])
    return listed


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
    if not isfinite(value):
        raise ValueError(f"a cell cannot hold {value}")
    return repr(value + 0.0).removesuffix(".0")  # adding zero makes -0 a plain 0
