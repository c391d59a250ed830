"""The sheet Scenarios: a row a lever, a column a case, and the case that moves the model."""

from collections.abc import Sequence
from dataclasses import dataclass

from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.templates.sheets import GREY, TYPED, TemplateBook, a1

HEAD, FIRST_CASE = 3, 3
LEVER = "Assumed 2026-11: a stress, not a forecast"


@dataclass(frozen=True)
class Lever:
    """What a case moves: the name of the selected value, its label, unit and format, and its value in each case."""

    name: str
    label: str
    unit: str
    style: str
    values: tuple[float, ...]


def add_levers(book: TemplateBook, cases: Sequence[str], levers: Sequence[Lever], limit: float) -> Worksheet:
    """Add the sheet; every other sheet reads the column of the case that the input ``Scenario`` names.

    Parameters
    ----------
    book : TemplateBook
        The workbook.
    cases : sequence of str
        The cases, the base case first.
    levers : sequence of Lever
        One value a case each.
    limit : float
        The most that a lever may be; -1 is the least.
    """
    selected = FIRST_CASE + len(cases)
    sheet = book.sheet(
        "Scenarios",
        "Scenarios",
        "The case chosen on the assumptions moves the live model; for all cases at once regenerate a portfolio with a row a case.",
        [2, 38, 28, *[18] * len(cases), 14, 42],
    )
    book.heading(sheet, HEAD, ["Lever", "Unit", *cases, "Selected", "Grade, date and source"])
    book.name("Case_Names", sheet, (HEAD, FIRST_CASE), (HEAD, selected - 1))
    for row, lever in enumerate(levers, start=HEAD + 1):
        sheet.write(row, 1, lever.label, book.style())
        sheet.write(row, 2, lever.unit, book.style(font_color=GREY))
        for column, value in enumerate(lever.values, start=FIRST_CASE):
            sheet.write(row, column, value, book.style(lever.style, **TYPED))
        values = f"{a1(row + 1, FIRST_CASE + 1)}:{a1(row + 1, selected)}"
        chosen = f"=INDEX({values},MATCH(Scenario,Case_Names,0))"
        sheet.write_formula(row, selected, chosen, book.style(lever.style, bold=True))
        sheet.write(row, selected + 1, LEVER, book.style(font_size=9))
        rule = {"validate": "decimal", "criteria": "between", "minimum": -1, "maximum": limit}
        help_ = {
            "input_title": lever.label[:32],
            "input_message": lever.unit,
            "error_title": lever.label[:32],
        }
        sheet.data_validation(row, FIRST_CASE, row, selected - 1, rule | help_)
        book.name(lever.name, sheet, (row, selected))
    return sheet
