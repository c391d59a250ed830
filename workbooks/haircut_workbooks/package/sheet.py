"""One worksheet part: where the bytes of each cell, row and formula lie."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from xml.parsers import expat

from haircut_workbooks.package.address import LAST_COLUMN, LAST_ROW, Area, a1, parse_area, parse_cell

DEEPEST, LARGEST_ARRAY, MOST_ROWS, LONGEST_FORMULA = 256, 1 << 20, 400_000, 32_768
TAG = re.compile(rb"<(?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+>")
_ROW_STYLE = re.compile(rb"""\ss=["'](\d+)["']""")
_TEXT_ELEMENTS = {"f", "v", "t", "formula1", "formula2", "sqref"}
UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")


@dataclass(slots=True)
class Formula:
    """A formula element: its text, attributes and bytes."""

    text: str
    attributes: dict[str, str]
    start: int
    end: int = 0

    @property
    def area(self) -> Area | None:
        """The block that an array formula, a spill or a what-if table fills."""
        ref = self.attributes.get("ref")
        return parse_area(ref) if ref and self.attributes.get("t") in ("array", "dataTable") else None


@dataclass(slots=True)
class Cell:
    """A cell element: its place in the bytes, its type and its cached value as text."""

    row: int
    column: int
    start: int
    end: int
    attributes: dict[str, str]
    formula: Formula | None = None
    text: str | None = None


@dataclass(slots=True)
class Row:
    """A row element, and the places just behind its start tag and before its end tag."""

    number: int
    start: int
    end: int
    inner_end: int
    empty_tag: bool
    inner_start: int


@dataclass(slots=True)
class Validation:
    """A data validation as the file states it."""

    areas: list[Area]
    attributes: dict[str, str]
    formulas: list[str]


class Cells(Mapping[tuple[int, int], Cell]):
    """The cells of a sheet by row and column, row by row."""

    def __init__(self) -> None:
        self._rows: dict[int, dict[int, Cell]] = {}

    def add(self, cell: Cell) -> None:
        """Put in one more cell."""
        self._rows.setdefault(cell.row, {})[cell.column] = cell

    def row(self, number: int) -> dict[int, Cell]:
        """The cells of one row by their column."""
        return self._rows.get(number, {})

    def row_numbers(self) -> Iterable[int]:
        """The rows that may hold cells."""
        return self._rows

    def blocks(self) -> list[tuple[Cell, Area]]:
        """Every array formula, spill and what-if table: the anchor and the block it fills."""
        return filled(self.values())

    def __getitem__(self, place: tuple[int, int]) -> Cell:
        return self.row(place[0])[place[1]]

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return ((number, column) for number in self.row_numbers() for column in self.row(number))

    def __len__(self) -> int:
        return sum(len(self.row(number)) for number in self.row_numbers())


@dataclass
class Scan:
    """All that one pass over a worksheet's bytes finds."""

    data: bytes
    prefix: str = ""
    cells: Cells = field(default_factory=Cells)
    rows: dict[int, Row] = field(default_factory=dict)
    merged: list[Area] = field(default_factory=list)
    validations: list[Validation] = field(default_factory=list)
    protected: bool = False
    dimension: tuple[int, int, str] | None = None
    columns: list[tuple[int, int, str]] = field(default_factory=list)
    data_start: int = -1
    data_end: int = -1
    data_empty_tag: bool = False

    @cached_property
    def arrays(self) -> list[tuple[Cell, Area]]:
        """Each block that an array formula, a spill or a what-if table fills, and its formula's cell."""
        return self.cells.blocks()

    @cached_property
    def row_numbers(self) -> list[int]:
        """The numbers of the rows that are there, in order."""
        return sorted(self.rows)

    def style(self, row: int, column: int) -> str:
        """Number of the style of a cell, whether it is there or not: its own, its row's, its column's."""
        cell = self.cells.get((row, column))
        if cell is not None:
            return cell.attributes.get("s", "0")
        place = self.rows.get(row)
        opening = self.data[place.start : place.inner_start] if place is not None else b""
        style = _ROW_STYLE.search(opening)
        if style is not None and b"customFormat" in opening:
            return style[1].decode()
        return next((style for first, last, style in self.columns if first <= column <= last), "0")


class SheetError(ValueError):
    """A worksheet part that cannot be read; the message says why."""


def filled(cells: Iterable[Cell]) -> list[tuple[Cell, Area]]:
    """The cells whose formulas fill a block, and that block."""
    return [(c, area) for c in cells if c.formula is not None and (area := c.formula.area) is not None]


def check_formula(cell: Cell) -> Area | None:
    """Return the block that a cell's formula fills.

    Raises
    ------
    SheetError
        The formula is longer, or fills more cells, than anyone could mean.
    """
    if cell.formula is None:
        return None
    if len(cell.formula.text) > LONGEST_FORMULA:
        length = f"{len(cell.formula.text):,} characters"
        raise SheetError(f"the formula in {a1(cell.row, cell.column)} is {length} long")
    area = cell.formula.area
    if area is not None and area.size > LARGEST_ARRAY:
        raise SheetError(f"the array formula in {a1(cell.row, cell.column)} fills {area.size:,} cells")
    return area


def scan(data: bytes) -> Scan:
    """Find every cell of a worksheet in one pass.

    Raises
    ------
    SheetError
        Not well-formed XML, a document type declaration, an encoding whose bytes cannot be spliced, or
        rows and cells that are out of range, doubled or nested.
    """
    if data.count(b"<row") > MOST_ROWS:
        raise SheetError(f"more than {MOST_ROWS:,} rows")
    return _Scanner(data).run()


class _Scanner:
    def __init__(self, data: bytes) -> None:
        self.found = Scan(data)
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.finish
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.XmlDeclHandler = self.declaration
        self.row: Row | None = None
        self.cell: Cell | None = None
        self.validation: Validation | None = None
        self.text: list[str] | None = None
        self.next_row, self.next_column = 1, 1
        self.depth, self.in_data, self.phonetic = 0, False, False

    def run(self) -> Scan:
        if self.found.data.startswith(UTF_16):
            raise SheetError("not encoded as UTF-8")
        try:
            self.parser.Parse(self.found.data, True)
        except expat.ExpatError as error:
            raise SheetError(f"not well-formed XML ({error})") from None
        except KeyError as error:
            raise SheetError(f"an element lacks its {error.args[0]}") from None
        except (ValueError, LookupError) as error:
            raise SheetError(str(error)) from None
        if self.found.data_start < 0:
            raise SheetError("no cells: not a worksheet")
        return self.found

    def doctype(self, *_: object) -> None:
        raise SheetError("a document type declaration is not allowed")

    def declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in ("utf-8", "us-ascii"):
            raise SheetError(f"encoded as {encoding}, not UTF-8")

    def collect(self, text: str) -> None:
        if self.text is not None:
            self.text.append(text)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        at = self.parser.CurrentByteIndex
        self.depth += 1
        if self.depth > DEEPEST:
            raise SheetError("elements nested too deeply")
        if name in _TEXT_ELEMENTS and not self.phonetic:
            self.text = []
            self.parser.CharacterDataHandler = self.collect
        if self.in_data:
            self.start_in_data(name, attributes, at)
        elif name == "sheetData":
            if self.found.data_start >= 0:
                raise SheetError("holds its cells twice")
            self.found.prefix = tag[: -len(name)]
            self.found.data_start, self.in_data = at, True
        elif name == "dimension":
            self.found.dimension = (at, self.tag_end(at), attributes.get("ref", ""))
        elif name == "col" and "style" in attributes:
            first, last = int(attributes["min"]), int(attributes["max"])
            self.found.columns.append((first, last, attributes["style"]))
        elif name == "mergeCell":
            self.found.merged.append(parse_area(attributes["ref"]))
        elif name == "sheetProtection":
            self.found.protected = attributes.get("sheet") in ("1", "true")
        elif name == "dataValidation":
            areas = [parse_area(ref) for ref in attributes.get("sqref", "").split()]
            self.validation = Validation(areas, attributes, [])

    def start_in_data(self, name: str, attributes: dict[str, str], at: int) -> None:
        """Rows and cells count only here: drawings' anchors, elsewhere in the part, also hold rows."""
        if name == "c":
            self.start_cell(attributes, at)
        elif name == "row":
            self.start_row(attributes, at)
        elif name == "f" and self.cell is not None:
            self.cell.formula = Formula("", attributes, at)
            check_formula(self.cell)
        elif name == "rPh":
            self.phonetic = True

    def start_row(self, attributes: dict[str, str], at: int) -> None:
        number = int(attributes.get("r", self.next_row))
        if not 1 <= number <= LAST_ROW:
            raise SheetError(f"row {number} lies outside the sheet")
        if self.row is not None or number in self.found.rows:
            raise SheetError(f"row {number} comes twice or inside another")
        self.row = Row(number, at, 0, 0, False, self.tag_end(at))
        self.found.rows[number] = self.row
        self.next_row, self.next_column = number + 1, 1

    def start_cell(self, attributes: dict[str, str], at: int) -> None:
        if self.row is None or self.cell is not None:
            raise SheetError("a cell lies outside its row")
        row, column = self.row.number, self.next_column
        if "r" in attributes:
            row, column = parse_cell(attributes["r"])
        if column > LAST_COLUMN:
            raise SheetError("a row is longer than a sheet is wide")
        if row != self.row.number or (row, column) in self.found.cells:
            raise SheetError(f"{a1(row, column)} comes twice or in another's row")
        self.cell = Cell(row, column, at, 0, attributes)
        self.found.cells.add(self.cell)
        self.next_column = column + 1

    def finish(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        at = self.parser.CurrentByteIndex
        self.depth -= 1
        if self.text is not None and name in _TEXT_ELEMENTS:
            self.keep_text(name, "".join(self.text), at)
            self.text = None
            self.parser.CharacterDataHandler = None
        elif name == "rPh":
            self.phonetic = False
        elif name == "c" and self.cell is not None:
            self.cell.end = self.element_end(self.cell.start, at)
            self.cell = None
        elif name == "row" and self.row is not None:
            self.row.inner_end, self.row.end = at, self.element_end(self.row.start, at)
            self.row.empty_tag = at == self.row.end
            self.row = None
        elif name == "sheetData":
            self.found.data_end, self.in_data = at, False
            self.found.data_empty_tag = at == self.element_end(self.found.data_start, at)
        elif name == "dataValidation" and self.validation is not None:
            self.found.validations.append(self.validation)
            self.validation = None

    def keep_text(self, name: str, text: str, at: int) -> None:
        if self.cell is not None:
            if name == "f" and self.cell.formula is not None:
                self.cell.formula.text = text
                check_formula(self.cell)
                self.cell.formula.end = self.element_end(self.cell.formula.start, at)
            elif name == "v" or (name == "t" and self.cell.text is None):
                self.cell.text = text
            elif name == "t":
                self.cell.text = (self.cell.text or "") + text
        elif self.validation is not None and name in ("formula1", "formula2", "f"):
            self.validation.formulas.append(text)
        elif self.validation is not None and name == "sqref":
            self.validation.areas = [parse_area(ref) for ref in text.split()]

    def element_end(self, start: int, at: int) -> int:
        """End of an element; expat reports an empty tag's end after it, any other's before its end tag."""
        opening_end = self.tag_end(start)
        return opening_end if self.found.data[opening_end - 2 : opening_end] == b"/>" else self.tag_end(at)

    def tag_end(self, at: int) -> int:
        match = TAG.match(self.found.data, at)
        if match is None:
            raise SheetError("not well-formed XML")
        return match.end()
