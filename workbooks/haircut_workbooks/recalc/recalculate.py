"""The one road from a book and its inputs to verified bytes."""

from collections.abc import Mapping
from dataclasses import dataclass

from haircut_workbooks.package.address import Address, Area
from haircut_workbooks.package.book import Book, Value
from haircut_workbooks.package.splice import Edit, splice
from haircut_workbooks.recalc.engine import Engine, Recalculated, RecalculationFailed
from haircut_workbooks.recalc.replay import agree, disagreements

MOST_LINES = 5


@dataclass(frozen=True)
class Calculated:
    """A recalculated workbook, and why Haircut functions gave errors in it, by function name."""

    book: Book
    reasons: Mapping[str, list[str]]


def calculate(engine: Engine, book: Book, inputs: Mapping[Address, Value]) -> Calculated:
    """Recalculate a book with new inputs in the first engine alone.

    Parameters
    ----------
    engine : Engine
        An engine prepared for this book.
    book : Book
        The workbook; it is not changed.
    inputs : mapping
        New values of input cells.

    Returns
    -------
    Calculated
        The new workbook: the old bytes, but for the inputs and the values that moved.

    Raises
    ------
    RecalculationFailed
        A cell could not be calculated; the message names sheet and cell.
    """
    result = engine.recalculate(inputs)
    edits = {address: Edit(value) for address, value in inputs.items() if book.value(address) != value}
    edits |= _results(book, result)
    return Calculated(book.changed(splice(book, edits)), result.reasons)


def verify(book: Book, iterate: bool = False) -> None:
    """Let the second engine calculate every standard formula of a book, and compare.

    ``iterate`` says that circular references were iterated though the book does not say so.

    Raises
    ------
    RecalculationFailed
        The two engines differ, or the second cannot read the book; the message names sheet and cell.
    """
    raise_if_any(f"{book.name}: the two engines disagree", disagreements(book, iterate))


def recalculate(
    engine: Engine, book: Book, inputs: Mapping[Address, Value], iterate: bool = False
) -> Calculated:
    """Recalculate a book and verify it: `calculate`, then `verify`."""
    done = calculate(engine, book, inputs)
    verify(done.book, iterate)
    return done


def _results(book: Book, result: Recalculated) -> dict[Address, Edit]:
    """An edit for each value that moved, and for each spill that grew or shrank."""
    edits: dict[Address, Edit] = {}
    for anchor, area in result.areas.items():
        cell = book.scan(anchor.sheet).cells[anchor.row, anchor.column]
        old = cell.formula.area if cell.formula is not None else None
        if old is not None and old != area:
            edits |= {Address(anchor.sheet, *place): Edit(None) for place in old.cells if place not in area}
            edits[anchor] = Edit(result.values[anchor], keep_formula=True, area=area)
    for address, value in result.values.items():
        held = book.value(address)
        if address not in edits and (type(held) is not type(value) or held != value):
            edits[address] = Edit(value, keep_formula=True)
    return edits


def stale(engine: Engine, book: Book) -> list[str]:
    """Compare the values that a workbook holds with a fresh recalculation; one line a difference."""
    result = engine.recalculate({})
    lines = [
        f"{address} holds {book.value(address)!s:.40}, but calculates to {value!s:.40}"
        for address, value in result.values.items()
        if not agree(book.value(address), value)
    ]
    lines += [
        f"{anchor} spills over {area}" for anchor, area in result.areas.items() if _area(book, anchor) != area
    ]
    return lines


def _area(book: Book, anchor: Address) -> Area | None:
    formula = book.scan(anchor.sheet).cells[anchor.row, anchor.column].formula
    return formula.area if formula is not None else None


def raise_if_any(what: str, lines: list[str]) -> None:
    """Raise `RecalculationFailed` with the first few lines, if there are any."""
    if lines:
        more = f" and {len(lines) - MOST_LINES} more cells" if len(lines) > MOST_LINES else ""
        raise RecalculationFailed(f"{what}: {'; '.join(lines[:MOST_LINES])}{more}")
