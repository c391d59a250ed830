"""What an earlier stress sheet in a workbook holds: the inputs typed into it, and the cells it is mapped to."""

import re
from collections.abc import Mapping

from haircut_workbooks.attach import sections
from haircut_workbooks.attach.layout import BASIS, LABEL, NAME, VALUE
from haircut_workbooks.attach.mapping import Mapped, Source, Sum
from haircut_workbooks.package.address import Address, Area
from haircut_workbooks.package.book import Book, parse_reference
from haircut_workbooks.package.container import WorkbookRefused

_REFERENCE = re.compile(r"([+-]?)((?:'(?:[^']|'')+'|[^'!+-]+)![$A-Za-z0-9]+)")
"""A cell of another sheet, and the sign before it."""
Kept = Mapping[str, tuple[float, str]]


def typed_in(book: Book, mapped: Mapped) -> Kept:
    """Each input on a workbook's stress sheet and its basis, by the input's label.

    Raises
    ------
    WorkbookRefused
        An input that holds no number.
    """
    labels = {item.label for item in sections.inputs(mapped)}
    kept = {}
    for row, column in book.scan(NAME).cells:
        label = book.value(Address(NAME, row, column))
        if column == LABEL + 1 and label in labels:
            address = Address(NAME, row, VALUE + 1)
            value, basis = book.value(address), book.value(Address(NAME, row, BASIS + 1))
            if not isinstance(value, float):
                raise WorkbookRefused(f"{book.name}: {address} holds no number; type {label} there")
            kept[str(label)] = (value, str(basis or ""))
    return kept


def remembered(book: Book) -> dict[str, str]:
    """Return the mapping that the formulas of a workbook's stress sheet state; rows inserted since count."""
    texts = {a[1:]: text for a, text in book.formulas().items() if a.sheet == NAME}
    texts |= book.shared_formulas(NAME)
    shown = {place: book.value(Address(NAME, *place)) for place in book.scan(NAME).cells}
    found = {}
    for (row, column), label in shown.items():
        if column == LABEL + 1 and label in sections.SINGLE_CELLS:
            item, cells = sections.SINGLE_CELLS[str(label)], [texts.get((row, VALUE + 1), "")]
        elif label in sections.LINKED_COLUMNS and shown.get((row, LABEL + 1)) == sections.PERIOD:
            item, cells = sections.LINKED_COLUMNS[str(label)], []
            while isinstance(shown.get((row + 1 + len(cells), LABEL + 1)), float):
                cells.append(texts.get((row + 1 + len(cells), column), ""))
        else:
            continue
        source = _joined(cells) if cells else None
        if source is not None:
            found[item] = str(source)
    return found


def _joined(formulas: list[str]) -> Sum | None:
    """The cells from the first to the last that some formulas add up; None where they do anything else."""
    ends = [_REFERENCE.findall(formula) for formula in (formulas[0], formulas[-1])]
    said = ["".join(sign + cell for sign, cell in found) for found in ends]
    if said != [formulas[0].strip(), formulas[-1].strip()] or len(ends[0]) != len(ends[1]):
        return None
    terms = []
    for first, last in zip(*ends, strict=True):
        start, end = parse_reference(first[1]), parse_reference(last[1])
        if start is None or end is None:
            return None
        area = Area(start[1].top, start[1].left, end[1].bottom, end[1].right)
        terms.append(Source(start[0], area, first[0] == "-"))
    return Sum(tuple(terms)) if terms else None
