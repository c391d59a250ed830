"""Which cells of the analyst's workbook mean what: read from text, checked cell by cell."""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from xlsxwriter.utility import quote_sheetname

from haircut.errors import CellError
from haircut_workbooks.package.address import Address, Area
from haircut_workbooks.package.book import Book, Value, parse_reference

SERIES = {
    "cfads": "cash flow available for debt service of each period",
    "debt_service": "interest, scheduled principal and fees due in each period",
    "balances": "debt outstanding at the end of each period",
    "dates": "end of each period",
    "revenue": "revenue of each period",
}
CELLS = {
    "collateral": "cost of the collateral at closing",
    "gpus": "how many GPUs the collateral is",
    "debt": "debt drawn at closing",
    "rate": "rate of the debt, annual nominal",
}
ITEMS = SERIES | CELLS
REQUIRED = ("cfads", "debt_service")
NEEDS = {"collateral": "balances", "gpus": "collateral", "debt": "balances"}
_SIGN = re.compile(r"\s*([+-])\s*(?=(?:[^']*'[^']*')*[^']*$)")
"""A sign between terms, outside quoted names of sheets."""
FREQUENCIES = (1, 2, 4, 12)
FEWEST_PERIODS = 2


class MappingError(ValueError):
    """A mapping that does not fit the workbook; the message, one line, says where and the cure."""


@dataclass(frozen=True)
class Source:
    """Cells of the analyst's that the stress sheet reads; ``turned`` where it reads them with the other sign."""

    sheet: str
    area: Area
    turned: bool = False

    @property
    def cells(self) -> list[Address]:
        """Each cell, in order."""
        return [Address(self.sheet, *place) for place in self.area.cells]

    @property
    def quoted_sheet(self) -> str:
        """The sheet's name as formulas hold it."""
        return str(quote_sheetname(self.sheet))

    @property
    def cells_text(self) -> str:
        """Its cells as formulas hold them, without the sign."""
        return f"{self.quoted_sheet}!{self.area}"

    def __str__(self) -> str:
        return f"{'-' if self.turned else ''}{self.cells_text}"


@dataclass(frozen=True)
class Sum:
    """The rows, columns or cells of the analyst's that add up to an item; most items are one."""

    terms: tuple[Source, ...]

    def __str__(self) -> str:
        """The sum as a mapping has it.

        >>> row = Source("Model", Area(2, 6, 2, 7))
        >>> str(Sum((row, Source("Model", Area(3, 6, 3, 7), turned=True))))
        'Model!F2:G2 - Model!F3:G3'
        """
        first, *others = self.terms
        return str(first) + "".join(f" {'-' if t.turned else '+'} {t.cells_text}" for t in others)


@dataclass(frozen=True)
class Mapped:
    """A checked mapping: each item's cells, and the numbers that the workbook holds there, signs turned."""

    sources: Mapping[str, Sum]
    values: Mapping[str, tuple[float, ...]]

    @property
    def periods(self) -> int:
        """How many periods there are."""
        return len(self.values["cfads"])

    def has(self, *items: str) -> bool:
        """Whether all these items are mapped."""
        return all(item in self.sources for item in items)


def read_file(path: Path) -> dict[str, str]:
    """Read a mapping file: TOML, a line an item.

    Raises
    ------
    MappingError
        It cannot be read, is not TOML, or names an item that does not exist.
    """
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise MappingError(f"{path}: cannot be read as a mapping ({reason})") from None
    if not found:
        raise MappingError(f'{path}: names no cells; each line is an item, as cfads = "Model!F20:AS20"')
    for item, text in found.items():
        if item not in ITEMS:
            raise MappingError(f"{path}: no such item as {item}; the items are {', '.join(ITEMS)}")
        if not isinstance(text, str):
            raise MappingError(f'{path}: {item} must be text such as "Model!F20:AS20"')
    return found


def as_file(found: Mapped, labels: Mapping[str, str]) -> str:
    """A mapping as the text of its file: each item with the label it was found by, its first and last value, what it must be."""
    lines = []
    for item, source in found.sources.items():
        values = found.values[item]
        ends = " ... ".join(f"{value:.10g}" for value in dict.fromkeys((values[0], values[-1])))
        label = " ".join(labels[item].split())
        cells = json.dumps(str(source), ensure_ascii=False)
        lines.append(f"{item} = {cells}  # '{label}', {ends}: {ITEMS[item]}")
    return "\n".join(lines) + "\n"


def mapped(book: Book, texts: Mapping[str, str]) -> Mapped:
    """Find and check the cells of each item.

    Parameters
    ----------
    book : Book
        The analyst's workbook, its values in it.
    texts : mapping
        The range or defined name of each item; a minus before it turns the sign, and several may be added up.

    Raises
    ------
    MappingError
        A range or sheet that is not there, a cell that holds no number, lengths that differ.
    """
    for item in REQUIRED:
        if item not in texts:
            raise MappingError(f"{item} is not mapped: {ITEMS[item]}; give its cells, as Model!F20:AS20")
    for item, other in NEEDS.items():
        if item in texts and other not in texts:
            raise MappingError(f"{item} needs {other}: {ITEMS[other]}; map it too")
    sources = {item: sum_of(book, item, texts[item]) for item in ITEMS if item in texts}
    _check_shapes(sources)
    values = {item: _added(book, item, found) for item, found in sources.items()}
    if not any(values["debt_service"]):
        raise MappingError(
            f"debt_service: {sources['debt_service']} is 0 throughout; map the row that is due"
        )
    if "dates" in values:
        periods_a_year(values["dates"], str(sources["dates"]))
    return Mapped(sources, values)


def sum_of(book: Book, item: str, text: str) -> Sum:
    """The cells that a text names, or adds up, as ``Model!F20:N20 + Model!F22:N22``.

    Raises
    ------
    MappingError
        A term is neither a range nor a defined name, or there is no such sheet.
    """
    whole = _target(book, text)
    if whole is not None and whole[0] in book.sheets:  # whose name may hold a sign
        return Sum((_source(book, item, text),))
    terms = _SIGN.split(text.strip())  # first term, sign, term, sign, term
    texts = [
        terms[0],
        *(sign.replace("+", "") + term for sign, term in zip(terms[1::2], terms[2::2], strict=True)),
    ]
    return Sum(tuple(_source(book, item, term) for term in texts if term))


def _target(book: Book, text: str) -> tuple[str, Area] | None:
    place = text.strip().removeprefix("-").strip()
    return book.named_area(place) or parse_reference(place)


def _source(book: Book, item: str, text: str) -> Source:
    target = _target(book, text)
    if target is None:
        raise MappingError(f'{item}: "{text}" is neither a range such as Model!F20:AS20 nor a defined name')
    sheet = next((name for name in book.sheets if name.casefold() == target[0].casefold()), None)
    if sheet is None:
        raise MappingError(
            f"{item}: {book.name} has no sheet {target[0]}; its sheets are {', '.join(book.sheets)}"
        )
    return Source(sheet, target[1], text.strip().startswith("-"))


def _check_shapes(sources: Mapping[str, Sum]) -> None:
    main = sources["cfads"].terms[0]
    for item, found in ((item, term) for item, each in sources.items() for term in each.terms):
        rows, columns = found.area.shape
        if item in CELLS and found.area.size != 1:
            raise MappingError(f"{item}: {found} is {found.area.size} cells; name the one that holds it")
        if item not in SERIES:
            continue
        if min(rows, columns) > 1 or found.area.size < FEWEST_PERIODS:
            raise MappingError(f"{item}: {found} is {rows} x {columns} cells; name one row or one column")
        if (rows > 1) != (main.area.shape[0] > 1):
            kinds = ("row", "column") if rows == 1 else ("column", "row")
            raise MappingError(f"{item}: {found} is a {kinds[0]}, but cfads {main} is a {kinds[1]}")
        if found.area.size != main.area.size:
            raise MappingError(
                f"{item}: {found} has {found.area.size} cells, but cfads {main} has {main.area.size}; "
                "name the same periods in both"
            )


def _added(book: Book, item: str, found: Sum) -> tuple[float, ...]:
    """The sum for each period, or of the single cells."""
    terms = [_numbers(book, item, term) for term in found.terms]
    return tuple(sum(numbers) for numbers in zip(*terms, strict=True))


def _numbers(book: Book, item: str, found: Source) -> list[float]:
    numbers = []
    for address in found.cells:
        value = book.value(address)
        if not isinstance(value, float):
            raise MappingError(f"{item}: {address} holds {_what(book, address, value)}")
        value = -value if found.turned else value
        if item != "cfads" and item != "rate" and value < 0:
            raise MappingError(
                f"{item}: {address} is {value:.15g}, which must not be negative; where the workbook shows "
                f"what is owed below 0, write {Source(found.sheet, found.area, not found.turned)}"
            )
        if value == 0 and item in ("collateral", "gpus", "debt"):
            raise MappingError(f"{item}: {address} is 0; name the cell that holds it")
        if item == "rate" and not -0.05 <= value <= 1:
            raise MappingError(f"rate: {address} is {value:.15g}; name a cell that holds a rate such as 8 %")
        numbers.append(value)
    return numbers


def _what(book: Book, address: Address, value: Value) -> str:
    cell = book.scan(address.sheet).cells.get(address[1:])
    if value is None and cell is not None and cell.formula is not None:
        return "a formula without a value; open and save the workbook in Excel, or run haircut recalc"
    if value is None:
        return "nothing; map only cells that hold a number"
    if isinstance(value, CellError):
        return f"{value.value}; mend it first"
    return f"{_shown(value)}, not a number; map only cells that hold a number"


def _shown(value: Value) -> str:
    return str(value).upper() if isinstance(value, bool) else f'the text "{value!s:.40}"'


def periods_a_year(dates: tuple[float, ...], where: str) -> int:
    """How many periods a year dates make.

    >>> periods_a_year((46112.0, 46203.0, 46295.0, 46387.0), "Model!F5:I5")
    4

    Raises
    ------
    MappingError
        They do not rise, or are not a month, a quarter, a half-year or a year apart.
    """
    steps = [later - earlier for earlier, later in pairwise(dates)]
    frequency = round(365.25 * len(steps) / sum(steps)) if min(steps) > 0 else 0
    if frequency not in FREQUENCIES or max(steps) > 1.1 * 366 / frequency:
        raise MappingError(
            f"dates: {where} are not one month, quarter, half-year or year apart throughout; "
            "map the row of period ends, or none"
        )
    return frequency
