"""A mapping proposed from the labels in a workbook, for the analyst to confirm: never used by itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from haircut_workbooks.attach.mapping import CELLS, ITEMS, REQUIRED, MappingError, Source, mapped
from haircut_workbooks.package.address import Area
from haircut_workbooks.package.book import Book, Value

LABELS = {
    "cfads": (r"\bcfads\b", r"cash (flow )?available for debt( service)?", r"cash ?flow before (financing|debt)", r"^unlevered (free )?cash ?flow", r"^(net operating income|noi)\b", r"^ebitda\b"),
    "debt_service": (r"^(total |senior |scheduled |annual )*debt service\b", r"principal (and|&|\+) interest"),
    "balances": (
        r"^(?!.*\bcash\b).*(closing|ending|outstanding|end\w* of (the )?period).*(balance|debt|loan)",
        r"(debt|loan).*(closing|ending|outstanding)",
    ),
    "dates": (r"period end", r"\bend(ing)? date", r"^dates?$", r"^(month|quarter|year) end"),
    "revenue": (r"^(total |gross |net )*(revenues?|sales)\b",),
    "collateral": (r"(total )?(cost|value) of (the )?(collateral|fleet|gpus|assets)", r"collateral (value|cost)", r"purchase price"),
    "gpus": (r"(number of|no\. of|#) ?gpus", r"^gpus?( installed| count)?$"),
    "debt": (r"^(loan amount|debt amount|senior debt|initial debt|facility (size|amount)|debt at closing)$",),
    "rate": (r"^(all.in )?interest rate\b", r"^(loan|debt|coupon) rate"),
    "interest": (r"^(total |cash |senior |debt )*interest( (expense|paid|payments?|due|cost))*$",),
    "principal": (r"^(total |scheduled |senior |debt |loan )*(principal|repayments?|amorti[sz]ation of (debt|principal))( (paid|payments?|repayments?|due))*$",),
}  # fmt: skip
"""What each item, and each part of debt service, is called, the surest first."""
PARTS = ("interest", "principal")
"""Debt service where it stands in two rows."""
OWED = ("debt_service", *PARTS, "balances")
"""What some workbooks show below 0."""
NOT_COVER = re.compile(r"cover|ratio|dscr|available|share|growth|%", re.IGNORECASE)
"""Labels of ratios, which hold the words of what they divide."""
FARTHEST, SHORTEST = 6, 3
"""How many cells a number may stand from its label, and how many numbers make a series."""


@dataclass(frozen=True)
class _Run:
    rank: int
    label: str
    sheet: str
    area: Area
    across: bool


@dataclass(frozen=True)
class Proposed:
    """The cells of one item as a mapping has them, and the label that they were found by."""

    text: str
    label: str


def proposed(book: Book) -> dict[str, Proposed]:
    """Look for each item by its English labels, a label standing left of its row or above its column.

    Parameters
    ----------
    book : Book
        The analyst's workbook, its values in it.

    Returns
    -------
    dict of Proposed
        Each item that was found and with which the mapping passes every check; debt service shown below 0
        is turned, and one that has no row of its own is the sum of interest and principal.

    Raises
    ------
    MappingError
        No row that is called CFADS, or none for debt service.
    """
    runs = {item: sorted(_runs(book, item), key=lambda run: (run.rank, -run.area.size)) for item in LABELS}
    due = PARTS if all(runs[part] for part in PARTS) and not runs["debt_service"] else ("debt_service",)
    for item in REQUIRED:
        if not runs[item] and (item != "debt_service" or due != PARTS):
            _refuse_without_values(book)
            others = [f"{i} = {Source(r[0].sheet, r[0].area)} ('{r[0].label}')" for i, r in runs.items() if r]
            raise MappingError(
                f"{book.name}: no row or column is labelled as {item} ({ITEMS[item]}); map it yourself"
                + (f"; labels suggest {', '.join(others)}" if others else "")
            )
    items: dict[str, Proposed] = {}
    main = runs["cfads"][0]
    span = _span(main)
    for item in (*due, "dates"):
        fitting = [run for run in runs[item] if _fits(run, main, span)]
        if fitting:
            span = _overlap(span, _span(fitting[0]))
    for item, found in runs.items():
        chosen = found if item in CELLS else [r for r in found if _covers(r, main, span)]
        if chosen:
            source = Source(chosen[0].sheet, chosen[0].area if item in CELLS else _cut(chosen[0], span))
            turned = item in OWED and _all_negative(book, source)
            items[item] = Proposed(str(Source(source.sheet, source.area, turned)), chosen[0].label)
    parts = [items.pop(part) for part in PARTS if part in items]
    if len(parts) == len(due) == len(PARTS):
        items["debt_service"] = Proposed(
            " + ".join(part.text for part in parts), " + ".join(part.label for part in parts)
        )
    return _usable(book, items)


def _refuse_without_values(book: Book) -> None:
    for address in book.formulas():
        if book.value(address) is None:
            raise MappingError(
                f"{book.name}: {address} holds a formula without a value; open and save the workbook in Excel, "
                "or run haircut recalc"
            )


def _usable(book: Book, items: dict[str, Proposed]) -> dict[str, Proposed]:
    """The required items and each further one with which the mapping still passes every check."""
    kept: dict[str, str] = {item: found.text for item, found in items.items() if item in REQUIRED}
    mapped(book, kept)
    for item, found in items.items():
        try:
            mapped(book, kept | {item: found.text})
        except MappingError:
            continue
        kept[item] = found.text
    return {item: items[item] for item in ITEMS if item in kept}


def _runs(book: Book, item: str) -> Iterator[_Run]:
    for sheet in book.sheets:
        values = {place: book.cached(cell) for place, cell in book.scan(sheet).cells.items()}
        for (row, column), label in values.items():
            rank = _rank(item, label)
            if rank is None:
                continue
            for across in (True, False):
                area = _numbers_beside(values, row, column, across)
                if area is not None and (item in CELLS or area.size >= SHORTEST):
                    corner = Area(area.top, area.left, area.top, area.left)
                    yield _Run(rank, str(label), sheet, corner if item in CELLS else area, across)


def _rank(item: str, label: Value) -> int | None:
    """How sure a label is, 0 the surest; None where it is another's."""
    if not isinstance(label, str) or (item != "cfads" and NOT_COVER.search(label)):
        return None
    text = " ".join(label.casefold().split())
    if item == "cfads" and re.search(r"cover|ratio|dscr|margin|/", text):
        return None
    return next((i for i, pattern in enumerate(LABELS[item]) if re.search(pattern, text)), None)


def _numbers_beside(values: dict[tuple[int, int], Value], row: int, column: int, across: bool) -> Area | None:
    """The unbroken run of numbers right of a label, or under it; units and blanks may stand between."""
    step = (0, 1) if across else (1, 0)

    def at(i: int) -> Value:
        return values.get((row + i * step[0], column + i * step[1]))

    first = next((i for i in range(1, FARTHEST + 1) if isinstance(at(i), float)), None)
    if first is None:
        return None
    last = first
    while isinstance(at(last + 1), float):
        last += 1
    return Area(
        row + first * step[0], column + first * step[1], row + last * step[0], column + last * step[1]
    )


def _span(run: _Run) -> range:
    """The columns, or rows, that a run goes over."""
    area = run.area
    return range(area.left, area.right + 1) if run.across else range(area.top, area.bottom + 1)


def _overlap(a: range, b: range) -> range:
    return range(max(a.start, b.start), min(a.stop, b.stop))


def _fits(run: _Run, main: _Run, span: range) -> bool:
    return run.across == main.across and len(_overlap(_span(run), span)) >= SHORTEST


def _covers(run: _Run, main: _Run, span: range) -> bool:
    return run.across == main.across and _overlap(_span(run), span) == span


def _cut(run: _Run, span: range) -> Area:
    area = run.area
    if run.across:
        return Area(area.top, span.start, area.bottom, span.stop - 1)
    return Area(span.start, area.left, span.stop - 1, area.right)


def _all_negative(book: Book, source: Source) -> bool:
    numbers = [value for cell in source.cells if isinstance(value := book.value(cell), float)]
    return max(numbers) <= 0 and min(numbers) < 0
