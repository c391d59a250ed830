"""The last sheets of a template: checks, the functions it calls, its words; and what closes the workbook."""

from collections.abc import Sequence

import haircut.functions  # noqa: F401 - fills the registry
from haircut.registry import FUNCTIONS
from haircut_workbooks.package.forms import calls
from haircut_workbooks.templates.cover import passes_and_fails
from haircut_workbooks.templates.glossary import TERMS
from haircut_workbooks.templates.lines import Timeline
from haircut_workbooks.templates.sheets import TemplateBook, absolute

ALLOWED = {
    "format_columns": True,
    "format_rows": True,
    "format_cells": True,
    "autofilter": True,
    "objects": True,
}
"""What a protected sheet still lets the reader do."""


def finished(
    book: TemplateBook,
    time: Timeline | None,
    checks: Sequence[tuple[str, str, str]],
    words: Sequence[str],
) -> bytes:
    """Write the lines and the last sheets, protect what is not typed in, and return the workbook.

    Parameters
    ----------
    book : TemplateBook
        The workbook, all its sheets declared.
    time : Timeline, optional
        Its lines through time; None where nothing goes through time.
    checks : sequence of (str, str, str)
        Name, what must hold, and a formula that is TRUE where it does; ``{key:}`` as in `Timeline.text`.
    words : sequence of str
        The terms of the glossary that this workbook uses.
    """
    if time is not None:
        time.write()
    _checks(book, time, [*checks, *_answered(book)])
    _functions(book)
    _glossary(book, words)
    for sheet in book.book.worksheets():
        sheet.protect("", ALLOWED)
    return book.finished()


def _checks(book: TemplateBook, time: Timeline | None, checks: Sequence[tuple[str, str, str]]) -> None:
    sheet = book.sheet(
        "Checks", "Checks", "Every line must be TRUE; the cover shows how many fail.", [2, 30, 100, 12]
    )
    book.heading(sheet, 3, ["Name", "What must hold", "Holds"])
    for row, (name, text, formula) in enumerate(checks, start=4):
        sheet.write(row, 1, name.replace("_", " "), book.style())
        sheet.write(row, 2, text, book.style(text_wrap=True))
        sheet.write_formula(
            row, 3, time.text(formula, sheet) if time else formula, book.style(bold=True, align="center")
        )
        book.name(f"Check_{name}", sheet, (row, 3))
    first, last = 4, 3 + len(checks)
    passes_and_fails(book, sheet, (first, 3), (last, 3), good=True)
    sheet.write(last + 2, 1, "Checks that fail", book.style(bold=True))
    count = f"=ROWS(D{first + 1}:D{last + 1})-COUNTIF(D{first + 1}:D{last + 1},TRUE)"
    sheet.write_formula(last + 2, 3, count, book.style("count", bold=True, align="center"))
    book.name("Failed_Checks", sheet, (last + 2, 3))


def _answered(book: TemplateBook) -> list[tuple[str, str, str]]:
    """A check for each sheet that its functions answered: a refusal, which is never #N/A, leaves the rest of its table blank."""
    found = []
    for worksheet in book.book.worksheets():
        anchors = [
            absolute((row, column))
            for row, cells in worksheet.table.items()
            for column, cell in cells.items()
            if getattr(cell, "range", None) and any(calls(cell.formula))
        ]
        if anchors:
            errors = ",".join(f"ISERR('{worksheet.name}'!{anchor})" for anchor in anchors)
            name = "Answers_" + worksheet.name.replace(" ", "_").replace("-", "_")
            found.append((name, f"Every table on {worksheet.name} is answered", f"=NOT(OR({errors}))"))
    return found


def _functions(book: TemplateBook) -> None:
    """Index of the functions that the workbook calls, and where."""
    found: dict[str, dict[str, None]] = {}
    for worksheet in book.book.worksheets():
        for cells in worksheet.table.values():
            for cell in cells.values():
                for call in calls(getattr(cell, "formula", "")):
                    found.setdefault(call.name.upper(), {})[worksheet.name] = None
    sheet = book.sheet(
        "Functions",
        "Functions",
        "The Haircut functions that this workbook calls; `haircut functions NAME` prints each in full.",
        [2, 28, 100, 60],
        pages=0,
    )
    book.heading(sheet, 3, ["Function", "What it gives", "Sheets"])
    wrapped = book.style(text_wrap=True, valign="vcenter")
    for row, name in enumerate(sorted(found), start=4):
        sheet.write(row, 1, name, book.style(bold=True, valign="vcenter"))
        sheet.write(row, 2, FUNCTIONS[name].summary, wrapped)
        sheet.write(row, 3, ", ".join(found[name]), wrapped)


def _glossary(book: TemplateBook, words: Sequence[str]) -> None:
    sheet = book.sheet("Glossary", "Glossary", "The words of this workbook, plainly.", [2, 30, 130], pages=0)
    book.heading(sheet, 3, ["Word", "What it means here"])
    for row, word in enumerate(sorted(words, key=str.casefold), start=4):
        sheet.write(row, 1, word, book.style(bold=True, valign="vcenter"))
        sheet.write(row, 2, TERMS[word], book.style(text_wrap=True, valign="vcenter"))
