"""What a workbook holds and who can calculate it, from the file alone: nothing is calculated here."""

import re
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

import formualizer
import ironcalc

from haircut.functions import FUNCTIONS
from haircut_workbooks.package.address import Address
from haircut_workbooks.package.book import Book
from haircut_workbooks.recalc.fetched import FETCHING
from haircut_workbooks.recalc.loops import TooManyReferences, loops
from haircut_workbooks.recalc.mentions import VOLATILE, mentions

REWRITTEN = {"SINGLE", "ANCHORARRAY"}
"""Functions of the stored form alone, which the engines never see."""
_MACROS = re.compile(r"(^|/)vbaproject\.bin$", re.IGNORECASE)


@dataclass(frozen=True)
class Inspection:
    """What `inspect` finds; cells are given as text, functions with how many formulas call them.

    ``unknown`` is what the first engine does not calculate, ``unverified`` what the second does not know,
    ``fetched`` what keeps the value that Excel fetched.
    ``loops`` is None where the search would have taken too long.
    """

    sheets: int
    formulas: int
    names: int
    tables: int
    functions: dict[str, int]
    haircut: dict[str, int]
    unknown: dict[str, int]
    unverified: dict[str, int]
    fetched: dict[str, int]
    volatile: list[str]
    links: list[str]
    what_if_tables: int
    loops: list[list[str]] | None
    iterates: bool
    macros: bool
    protected_sheets: list[str]
    signed: bool

    def as_dict(self) -> dict[str, Any]:
        """Everything, for JSON."""
        return asdict(self)


def inspect(book: Book) -> Inspection:
    """Return what a workbook holds.

    Raises
    ------
    WorkbookRefused
        A sheet cannot be read.
    """
    calls: Counter[str] = Counter()
    volatile, links = [], []
    for address, text in _texts(book):
        found = mentions(text)
        calls.update(set(found.functions))
        if VOLATILE & set(found.functions):
            volatile.append(str(address))
        if found.linked:
            links.append(str(address))
    asked = sorted(calls.keys() - FUNCTIONS.keys() - FETCHING - REWRITTEN)
    unknown, unverified = _unknown_to_first(asked), _unknown_to_second(asked)
    return Inspection(
        sheets=len(book.sheets),
        formulas=len(book.formulas()),
        names=len(book.names),
        tables=len(book.tables),
        functions=dict(sorted(calls.items())),
        haircut={name: n for name, n in sorted(calls.items()) if name in FUNCTIONS},
        unknown={name: calls[name] for name in unknown},
        unverified={name: calls[name] for name in unverified},
        fetched={name: n for name, n in sorted(calls.items()) if name in FETCHING},
        volatile=volatile,
        links=links,
        what_if_tables=sum(
            cell.formula is not None and cell.formula.attributes.get("t") == "dataTable"
            for sheet in book.sheets
            for cell, _ in book.scan(sheet).arrays
        ),
        loops=_loops(book),
        iterates=book.iterates,
        macros=any(_MACROS.search(part) for part in book.container.parts),
        protected_sheets=[sheet for sheet in book.sheets if book.scan(sheet).protected],
        signed=book.container.signed,
    )


def _unknown_to_first(functions: list[str]) -> list[str]:
    """The functions whose bare call the default engine answers with #NAME?."""
    workbook = formualizer.Workbook()
    sheet = workbook.sheet("S")
    for row, name in enumerate(functions, 1):
        sheet.set_formula(row, 1, f"={name}()")
    workbook.evaluate_all()
    values = [workbook.get_value("S", row, 1) for row in range(1, len(functions) + 1)]
    return [
        n for n, v in zip(functions, values, strict=True) if isinstance(v, dict) and v.get("kind") == "Name"
    ]


def _unknown_to_second(functions: list[str]) -> list[str]:
    """The functions whose bare call the second engine answers with #NAME?."""
    model: Any = ironcalc.create("functions", "en", "UTC", "en")
    for row, name in enumerate(functions, 1):
        model.set_user_input(0, row, 1, f"={name}()")
    model.evaluate()
    return [n for row, n in enumerate(functions, 1) if model.get_cell_value(0, row, 1) == "#NAME?"]


def _texts(book: Book) -> list[tuple[Address, str]]:
    """Every formula with the text it has or, following a shared one, its master's, which calls the same."""
    texts = []
    for sheet in book.sheets:
        masters: dict[str, str] = {}
        for place, cell in book.scan(sheet).cells.items():
            if cell.formula is not None:
                text = cell.formula.text
                if cell.formula.attributes.get("t") == "shared":
                    text = masters.setdefault(cell.formula.attributes.get("si", ""), text)
                texts.append((Address(sheet, *place), text))
    return texts


def _loops(book: Book) -> list[list[str]] | None:
    try:
        return [[str(cell) for cell in loop] for loop in loops(book)]
    except TooManyReferences:
        return None
