"""A workbook: its sheets, defined names and shared strings, over the container."""

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from lxml import etree

from haircut.errors import CellError
from haircut_workbooks.package.address import Address, Area, a1, parse_area, parse_cell
from haircut_workbooks.package.container import Container, WorkbookRefused, read_file, write_file
from haircut_workbooks.package.encryption import decrypted, encrypted, is_encrypted
from haircut_workbooks.package.quick import quick_scan
from haircut_workbooks.package.related import Related
from haircut_workbooks.package.shared import follower_formulas
from haircut_workbooks.package.sheet import Cell, Scan, SheetError
from haircut_workbooks.package.styles import Styles

Value = float | str | bool | CellError | None

WORKBOOK_TYPES = (
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml",
    "application/vnd.ms-excel.template.macroEnabled.main+xml",
)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ITERATE = re.compile(rb"""(<(?:\w+:)?calcPr\b[^>]*?)\siterate=(?:"[^"]*"|'[^']*')""")
_CELL_STYLES = re.compile(rb"<(?:\w+:)?cellXfs\b.*</(?:\w+:)?cellXfs>", re.DOTALL)
_NUMBER_FORMAT = re.compile(rb"""\snumFmtId=(?:"[^"]*"|'[^']*')""")
EPOCH, EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
_REFERENCE = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!(\$?[A-Za-z]{1,3}\$?\d+(?::\$?[A-Za-z]{1,3}\$?\d+)?)")


@dataclass(frozen=True)
class DefinedName:
    """A defined name: its text, and the one sheet that sees it, if any."""

    name: str
    text: str
    sheet: str | None

    @property
    def target(self) -> tuple[str, Area] | None:
        """The sheet and block it stands for, or None where it is a formula or constant."""
        return parse_reference(self.text)


@dataclass(frozen=True)
class Table:
    """A table of the workbook, as structured references see it; column names are casefolded."""

    sheet: str
    area: Area
    headers: int
    totals: int
    columns: tuple[str, ...]


def parse_reference(text: str) -> tuple[str, Area] | None:
    """Sheet and block of a reference such as ``'My sheet'!$B$2:$C$9``; None where it is none.

    >>> sheet, area = parse_reference("'My sheet'!$B$2:$C$9")
    >>> sheet, str(area)
    ('My sheet', 'B2:C9')
    """
    match = _REFERENCE.fullmatch(text.strip())
    if match is None:
        return None
    try:
        return (match[1] or match[2]).replace("''", "'"), parse_area(match[3])
    except ValueError:
        return None


class Book(Related):
    """A workbook file, read without changing anything.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        What messages call it.
    password : str, optional
        Opens the file, and closes it again in `write`, if it is encrypted.

    Raises
    ------
    WorkbookRefused
        Not a workbook that can be read safely, or not with this password.
    """

    def __init__(self, data: bytes, name: str, password: str | None = None) -> None:
        self._password, self._encrypted = password, is_encrypted(data)
        if self._encrypted and password is not None:
            data = decrypted(data, name, password)
        super().__init__(Container(data, name))
        self.data = data
        self._scans: dict[str, Scan] = {}
        types = self.tree("[Content_Types].xml")
        if not any(item.get("ContentType") in WORKBOOK_TYPES for item in types.iterfind("{*}Override")):
            raise WorkbookRefused(
                f"{name}: not an .xlsx or .xlsm workbook; save it in one of these formats first"
            )
        self.workbook_part = next(iter(self.related("", "officeDocument").values()), "")
        if not self.workbook_part:
            raise WorkbookRefused(f"{name}: the workbook part is missing; open and save the file in Excel")
        self._workbook = self.tree(self.workbook_part)

    @classmethod
    def open(cls, path: Path, password: str | None = None) -> "Book":
        """Read a workbook file.

        Raises
        ------
        WorkbookRefused
            It cannot be read, or not safely.
        """
        return cls(read_file(path), str(path), password)

    def changed(self, data: bytes) -> "Book":
        """The same workbook with other bytes, to be written as this one would be."""
        book = Book(data, self.name)
        book._password, book._encrypted = self._password, self._encrypted
        return book

    def write(self, path: Path) -> None:
        """Write the workbook whole or not at all; encrypted again if that is how it came.

        Raises
        ------
        WorkbookRefused
            The file is open in another program, or cannot be written.
        """
        data = self.data
        if self._encrypted and self._password is not None:
            data = encrypted(data, str(path), self._password)
        write_file(path, data)

    @cached_property
    def sheets(self) -> dict[str, str]:
        """Each worksheet's part by its name, in the order of the tabs."""
        parts = self.related(self.workbook_part, "worksheet")
        found = {}
        for item in self._workbook.iterfind("{*}sheets/{*}sheet"):
            key = next((value for name, value in item.attrib.items() if str(name).endswith("}id")), "")
            if key in parts:
                found[str(item.get("name"))] = parts[str(key)]
        if not found:
            raise WorkbookRefused(f"{self.name}: no worksheet in it")
        return found

    @cached_property
    def external_links(self) -> dict[str, str]:
        """The part of each linked file by its relationship id, in the order of the numbers in formulas."""
        parts = self.related(self.workbook_part, "externalLink")
        keys = (
            str(value)
            for item in self._workbook.iterfind("{*}externalReferences/{*}externalReference")
            for name, value in item.attrib.items()
            if str(name).endswith("}id")
        )
        return {key: parts.get(key, "") for key in keys}

    @cached_property
    def _all_sheet_names(self) -> list[str]:
        return [str(item.get("name")) for item in self._workbook.iterfind("{*}sheets/{*}sheet")]

    @cached_property
    def date1904(self) -> bool:
        """Whether dates count from 1904, as in old Mac workbooks."""
        return any(p.get("date1904") in ("1", "true") for p in self._workbook.iterfind("{*}workbookPr"))

    @cached_property
    def names(self) -> list[DefinedName]:
        """Every defined name, in the order of the file."""
        return [
            DefinedName(str(item.get("name")), item.text or "", self._sheet_of(item.get("localSheetId")))
            for item in self._workbook.iterfind("{*}definedNames/{*}definedName")
        ]

    def _sheet_of(self, number: str | None) -> str | None:
        if number is None:
            return None
        if not number.isdecimal() or int(number) >= len(self._all_sheet_names):
            raise WorkbookRefused(f"{self.name}: a defined name belongs to a sheet that is missing")
        return self._all_sheet_names[int(number)]

    @cached_property
    def tables(self) -> dict[str, Table]:
        """Every table by its casefolded name."""
        found = {}
        for sheet, part in self.sheets.items():
            for table_part in self.related(part, "table").values():
                root = self.tree(table_part)
                try:
                    table = _table(sheet, root)
                except ValueError as error:
                    raise WorkbookRefused(f"{self.name}: the part {table_part}: {error}") from None
                found[root.get("displayName", "").casefold()] = table
        return found

    @cached_property
    def iterates(self) -> bool:
        """Whether Excel is told to iterate circular references instead of refusing them."""
        return any(p.get("iterate") in ("1", "true") for p in self._workbook.iterfind("{*}calcPr"))

    def without_iteration(self) -> "Book":
        """Return this workbook with iterative calculation switched off."""
        part = self.workbook_part
        data = _ITERATE.sub(rb"\1", self.container.read(part))
        return self.changed(self.container.with_parts({part: data}))

    def without_number_formats(self) -> "Book":
        """Return this workbook with every cell in the format General."""
        part = next(iter(self.related(self.workbook_part, "styles").values()), "")
        if not part:
            return self
        data = _CELL_STYLES.sub(lambda m: _NUMBER_FORMAT.sub(b"", m[0]), self.container.read(part))
        return self.changed(self.container.with_parts({part: data}))

    @cached_property
    def named_lines(self) -> dict[str, tuple[str, Area]]:
        """The cells behind each defined name that stands for one cell, or several in one row or column.

        In the order of sheet and first cell.
        """
        order = {sheet: i for i, sheet in enumerate(self.sheets)}
        lines = {
            name.name: name.target
            for name in self._names_to_use
            if name.target and name.target[0] in order and 1 in name.target[1].shape
        }
        return dict(
            sorted(lines.items(), key=lambda item: (order[item[1][0]], item[1][1].top, item[1][1].left))
        )

    @cached_property
    def named_cells(self) -> dict[str, Address]:
        """The cell behind each defined name that stands for one cell, in the order of sheet and cell."""
        return {
            name: Address(sheet, area.top, area.left)
            for name, (sheet, area) in self.named_lines.items()
            if area.size == 1
        }

    def named_area(self, name: str) -> tuple[str, Area] | None:
        """The sheet and block that a defined name stands for."""
        names = (n for n in self._names_to_use if n.name.casefold() == name.casefold())
        return next((n.target for n in names if n.target), None)

    @property
    def _names_to_use(self) -> list[DefinedName]:
        """One of each name: the workbook's own before any that a single sheet sees, as copied sheets have."""
        chosen: dict[str, DefinedName] = {}
        for name in sorted(self.names, key=lambda n: n.sheet is not None):
            chosen.setdefault(name.name.casefold(), name)
        return list(chosen.values())

    def find(self, target: str) -> Address:
        """The cell that a defined name or ``Sheet!A1`` points at; names and sheets ignore case.

        Raises
        ------
        KeyError
            There is no such name or cell.
        """
        for name, address in self.named_cells.items():
            if name.casefold() == target.casefold():
                return address
        sheet, bang, ref = target.rpartition("!")
        if bang:
            sheet = sheet.strip("'").replace("''", "'")
            known = next((name for name in self.sheets if name.casefold() == sheet.casefold()), None)
            if known is None:
                raise KeyError(f"no sheet named {sheet}; the sheets are {', '.join(self.sheets)}")
            try:
                return Address(known, *parse_cell(ref))
            except ValueError as error:
                raise KeyError(str(error)) from None
        near = get_close_matches(target, self.named_cells, 1, 0.6)
        meant = f"; did you mean {near[0]}?" if near else ""
        raise KeyError(f"neither a defined name nor Sheet!A1: {target}{meant}")

    def scan(self, sheet: str) -> Scan:
        """Find where each cell of a sheet lies.

        Raises
        ------
        WorkbookRefused
            The sheet cannot be read.
        """
        if sheet not in self._scans:
            self._scans[sheet] = quick_scan(
                self.container.read(self.sheets[sheet]),
                lambda error: WorkbookRefused(
                    f"{self.name}: sheet {sheet}: {error}; open and save the file in Excel"
                ),
            )
        return self._scans[sheet]

    def shared_formulas(self, sheet: str) -> dict[tuple[int, int], str]:
        """Return the text that each follower of a shared formula stands for.

        Raises
        ------
        WorkbookRefused
            A follower has no master, or its formula would reach outside the sheet.
        """
        try:
            return follower_formulas(self.scan(sheet))
        except SheetError as error:
            raise WorkbookRefused(f"{self.name}: sheet {sheet}: {error}") from None

    @cached_property
    def _strings(self) -> list[str]:
        part = next(iter(self.related(self.workbook_part, "sharedStrings").values()), "")
        if not part:
            return []
        return [
            _unescaped("".join(t.text or "" for t in item.iter("{*}t") if not _phonetic(t)))
            for item in self.tree(part).iterfind("{*}si")
        ]

    def cached(self, cell: Cell) -> Value:
        """The value that the file holds for a cell.

        Raises
        ------
        WorkbookRefused
            What the file holds is no value of the kind that it states.
        """
        kind, text = cell.attributes.get("t", "n"), cell.text
        if text is None:
            return None
        if kind in ("str", "inlineStr"):
            return _unescaped(text)
        if not text.strip():
            return None
        if kind == "b":
            return text.strip() in ("1", "true")
        if kind == "e":
            return next((error for error in CellError if error.value == text), CellError.VALUE)
        strings = self._strings if kind == "s" else []
        try:
            return strings[_index(text)] if kind == "s" else self._number(kind, text)
        except (ValueError, OverflowError, IndexError):
            what = "a text that the file does not hold" if kind == "s" else f'the number "{text:.40}"'
            raise WorkbookRefused(
                f"{self.name}: {self._place(cell)} states {what}; get a fresh copy"
            ) from None

    def _number(self, kind: str, text: str) -> float:
        if kind == "d":
            moment = datetime.fromisoformat(text.strip()).replace(tzinfo=None)
            return (moment - (EPOCH_1904 if self.date1904 else EPOCH)) / timedelta(days=1)
        number = float(text)
        if not math.isfinite(number):
            raise ValueError
        return number

    def _place(self, cell: Cell) -> str:
        place = (cell.row, cell.column)
        sheet = next((name for name, found in self._scans.items() if found.cells.get(place) is cell), "?")
        return f"{sheet}!{a1(*place)}"

    def value(self, address: Address) -> Value:
        """The value that the file holds at an address; None for a blank."""
        cell = self.scan(address.sheet).cells.get(address[1:])
        return None if cell is None else self.cached(cell)

    @cached_property
    def _styles(self) -> Styles:
        part = next(iter(self.related(self.workbook_part, "styles").values()), "")
        return Styles(self.tree(part) if part else None)

    def number_format(self, address: Address) -> str:
        """How a cell shows its number."""
        return self._styles.number_format(self.scan(address.sheet).style(*address[1:]))

    def locked(self, address: Address) -> bool:
        """Whether its sheet is protected and locks a cell."""
        found = self.scan(address.sheet)
        return found.protected and self._styles.locked(found.style(*address[1:]))

    def formulas(self) -> dict[Address, str]:
        """The stored text of every formula; a shared formula's followers have an empty one."""
        return {
            Address(sheet, cell.row, cell.column): cell.formula.text
            for sheet in self.sheets
            for cell in self.scan(sheet).cells.values()
            if cell.formula is not None
        }

    def values(self) -> dict[Address, Value]:
        """The stored value of every cell that holds one."""
        return {
            Address(sheet, cell.row, cell.column): self.cached(cell)
            for sheet in self.sheets
            for cell in self.scan(sheet).cells.values()
            if cell.text is not None
        }


def _table(sheet: str, root: etree._Element) -> Table:
    columns = root.iterfind("{*}tableColumns/{*}tableColumn")
    return Table(
        sheet,
        parse_area(root.get("ref", "")),
        int(root.get("headerRowCount", "1")),
        int(root.get("totalsRowCount", "0")),
        tuple(_unescaped(column.get("name", "")).casefold() for column in columns),
    )


def _index(text: str) -> int:
    number = int(text)
    if number < 0:
        raise IndexError
    return number


def _unescaped(text: str) -> str:
    r"""Text as Excel shows it: what XML cannot hold is stored as ``_xHHHH_``.

    >>> _unescaped("a_x000D_b_x005F_x000D_")
    'a\rb_x000D_'
    """
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _phonetic(text: etree._Element) -> bool:
    parent = text.getparent()
    return parent is not None and str(parent.tag).endswith("}rPh")
