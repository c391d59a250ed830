"""A portfolio: a table whose columns are defined names or ``Sheet!A1`` of a book, a row a deal.

A column that names several cells, all in one row or column of a sheet, takes as many values: see `SEPARATOR`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from haircut_workbooks.package.address import Address, Area
from haircut_workbooks.package.book import Book, Value
from haircut_workbooks.package.rules import REQUIRED_NAME, InputRefused, Raw, accepted, check_place, required

if TYPE_CHECKING:
    import pandas as pd

ROLLUP = "rollup.xlsx"
CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
RESERVED_STEM = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""Names that Windows keeps for devices."""
SEPARATOR = " | "
"""Between the values of a column that names several cells."""
BASIS_SUFFIX = "_Basis"
NO_BASIS = "Not stated: given by the portfolio without a basis"
EXCEL_SUFFIXES = {".xlsx", ".xlsm"}


class PortfolioError(ValueError):
    """A portfolio that cannot be used as a whole; nothing is written."""


class DealError(ValueError):
    """A row of the portfolio that cannot be used; the other rows can."""


@dataclass(frozen=True)
class Row:
    """One deal as the file gives it: its label, its line in the file, its raw values by column."""

    label: str
    line: int
    raw: Mapping[str, object]


@dataclass(frozen=True)
class Portfolio:
    """A portfolio paired with a book: the cells behind each column, and the rows."""

    path: Path
    cells: Mapping[str, tuple[Address, ...]]
    rows: tuple[Row, ...]

    def inputs(self, book: Book, row: Row) -> dict[Address, Value]:
        """The values that a row puts into the book's cells.

        Raises
        ------
        DealError
            A blank, too many or too few values, or a value that its cell does not take; the message names
            column, cell and cure.
        """
        values: dict[Address, Value] = {}
        for column, places in self.cells.items():
            for address, raw in zip(places, _split(column, row.raw[column], places), strict=True):
                try:
                    values[address] = accepted(book, address, _typed(raw))
                except InputRefused as error:
                    raise DealError(f"column {column}: {error}; the cell is {address}") from None
        return values | self._missing_bases(book)

    def _missing_bases(self, book: Book) -> dict[Address, Value]:
        """A number without a basis must not keep the basis of the number it replaces."""
        given = {address for places in self.cells.values() for address in places}
        bases = (
            _addresses(*book.named_lines[f"{name}{BASIS_SUFFIX}"])
            for name, (sheet, area) in book.named_lines.items()
            if f"{name}{BASIS_SUFFIX}" in book.named_lines
            and any(address.sheet == sheet and address[1:] in area for address in given)
        )
        return {basis: NO_BASIS for line in bases for basis in line if basis not in given}


def _addresses(sheet: str, area: Area) -> tuple[Address, ...]:
    return tuple(Address(sheet, *place) for place in area.cells)


def _split(column: str, raw: object, places: tuple[Address, ...]) -> list[object]:
    """One value a cell; `DealError` where there are more or fewer."""
    if len(places) == 1:
        return [raw]
    values = [value.strip() for value in raw.split(SEPARATOR)] if isinstance(raw, str) else [raw]
    if len(values) != len(places):
        raise DealError(
            f'column {column}: takes {len(places)} values separated by "{SEPARATOR}", but has {len(values)};'
            f" give one for each cell of {places[0]} to {places[-1]}"
        )
    return list(values)


def _typed(raw: Any) -> Raw:
    """A value of the table in the kinds that a cell may take; `InputRefused` for a blank or anything else."""
    import pandas as pd

    if raw is None or (pd.api.types.is_scalar(raw) and pd.isna(raw)) or raw == "":
        raise InputRefused("blank; give a value, or drop the column to keep the book's own")
    if isinstance(raw, str) and (control := CONTROL_CHARACTER.search(raw)):
        raise InputRefused(f"character {control.start() + 1} of the text is no printable one; remove it")
    if isinstance(raw, Decimal):
        return float(raw)
    if isinstance(raw, str | bool | int | float | date):
        return raw
    raise InputRefused(f"a {type(raw).__name__} fits no cell; give a number, a date or text")


def read_portfolio(path: Path, book: Book) -> Portfolio:
    """Read a portfolio and pair its columns with a book.

    Parameters
    ----------
    path : Path
        A .csv, .parquet or .xlsx file (its first sheet).
    book : Book
        The workbook to regenerate.

    Raises
    ------
    PortfolioError
        The file cannot be read, has no rows, a column that the book does not know or two for one cell, two
        deals for one file, or lacks an input that the book requires.
    """
    table = _table(path)
    if table.empty or not len(table.columns):
        raise PortfolioError(f"{path}: no rows; give a header row and a row for each deal")
    columns = [str(column).strip() for column in table.columns]
    cells = {column: _cells(path, column, book) for column in columns}
    named = [address for column in columns for address in cells[column]]
    if len(set(named)) < len(named):
        raise PortfolioError(f"{path}: two columns name the same cell; drop one of them")
    _check_required(path, book, cells)
    first_line = 2
    rows = tuple(
        Row(str(values[0]).strip(), line, dict(zip(columns, values, strict=True)))
        for line, values in enumerate(
            table.astype(object).itertuples(index=False, name=None), start=first_line
        )
    )
    _check_file_names(path, rows)
    return Portfolio(path, cells, rows)


def _check_file_names(path: Path, rows: tuple[Row, ...]) -> None:
    """Refuse deals that would be written over each other or over the roll-up."""
    seen: dict[str, int] = {}
    for row in rows:
        stem = file_stem(row.label).casefold()
        if f"{stem}.xlsx" == ROLLUP:
            raise PortfolioError(
                f"{path}, row {row.line}: {row.label!r} is the roll-up's own name; rename the deal"
            )
        other = seen.setdefault(stem, row.line)
        if other != row.line:
            message = f"rows {other} and {row.line} would both be written to {stem}.xlsx; rename one deal"
            raise PortfolioError(f"{path}: {message}")


def _table(path: Path) -> "pd.DataFrame":
    import pandas as pd  # here, since every command would wait for it and only tables need it

    suffix = path.suffix.lower()
    try:
        if suffix == ".csv":
            return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        if suffix == ".parquet":
            return pd.read_parquet(path)
        if suffix in EXCEL_SUFFIXES:
            return pd.read_excel(path, engine="openpyxl", keep_default_na=False, na_values=[""])
    except Exception as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise PortfolioError(
            f"{path}: cannot be read as a table ({reason:.120}); check the path and the file"
        ) from None
    raise PortfolioError(
        f"{path}: a portfolio is a .csv, .parquet or .xlsx file, not {suffix or 'a file without a suffix'}"
    )


def _cells(path: Path, column: str, book: Book) -> tuple[Address, ...]:
    line = next((at for name, at in book.named_lines.items() if name.casefold() == column.casefold()), None)
    try:
        addresses = (book.find(column),) if line is None else _addresses(*line)
        for address in addresses:
            check_place(book, address)
    except KeyError:
        near = get_close_matches(column, book.named_lines, 1, 0.6)
        if ";" in column:
            hint = "columns are separated by commas, not semicolons: save the file as CSV UTF-8 (comma delimited)"
        elif near:
            hint = f"did you mean {near[0]}?"
        else:
            hint = f"a column is a defined name of {book.name} or Sheet!A1"
        raise PortfolioError(f"{path}, row 1: unknown column {column[:40]!r}; {hint}") from None
    except InputRefused as error:
        raise PortfolioError(f"{path}, row 1: column {column}: {error}") from None
    return addresses


def _check_required(path: Path, book: Book, cells: Mapping[str, tuple[Address, ...]]) -> None:
    given = {address for places in cells.values() for address in places}
    blocks = required(book)
    for name, (sheet, area) in book.named_lines.items():
        first = Address(sheet, area.top, area.left)
        asked = any(sheet == there and first[1:] in block for there, block in blocks)
        if asked and not REQUIRED_NAME.fullmatch(name) and first not in given:
            where = f"{sheet}!{area}"
            raise PortfolioError(
                f"{path}, row 1: the column {name} is missing, which {book.name} requires ({where}); add it"
            )


def file_stem(label: str) -> str:
    """A deal's label as a file name.

    >>> file_stem("CoreWeave DDTL 4.0 / A3")
    'CoreWeave_DDTL_4.0_A3'
    >>> file_stem("CON")
    'deal_CON'
    """
    stem = re.sub(r"[^\w.+-]+", "_", label).strip("._")
    return f"deal_{stem}" if RESERVED_STEM.fullmatch(stem) else stem[:80] or "deal"
