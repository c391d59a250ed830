"""The sheet Scenarios: a row a lever, a column a case, and the case that moves the model."""

from haircut_workbooks.templates.data_centre_project.inputs import CASES
from haircut_workbooks.templates.sheets import GREY, INPUT_FILL, INPUT_INK, RULE, Look, TemplateBook, a1

LEVER = "Assumed 2026-11: a stress, not a forecast"
NEVER = 99
LEVERS = (
    ("Live_Delay", "Completion is late by", "years", "years", (0, 1, 0, 0, 0)),
    ("Live_Overrun", "Costs overrun by", "share", "share", (0, 0.15, 0, 0, 0)),
    ("Live_Tenant_Default", "Tenant defaults", "years from service, 99: never", "years", (NEVER, NEVER, 3, NEVER, NEVER)),
    ("Live_Relet_Loss", "Rent of the next tenant falls by", "share", "share", (0, 0, 0.2, 0.3, 0.1)),
    ("Live_Density_Earlier", "Next density comes earlier by", "years", "years", (0, 0, 0, 1.5, 0)),
    ("Live_Density_Drop", "Fit-out value that it takes", "share, added", "share", (0, 0, 0, 0.4, 0)),
    ("Live_Refi_Spread", "New lender asks more", "annual, added", "rate", (0, 0.01, 0.015, 0.01, 0.05)),
    ("Live_Refi_LTV", "New lender lends less", "share, taken off", "share", (0, 0, 0.05, 0.1, 0.25)),
)  # fmt: skip
FIRST_CASE, SELECTED = 3, 3 + len(CASES)


def add_scenarios(book: TemplateBook) -> None:
    """Write the levers; every other sheet reads the column of the selected case."""
    sheet = book.sheet(
        "Scenarios",
        "Scenarios",
        "The case chosen on the assumptions moves the whole workbook; for all cases at once regenerate a portfolio with a row a case.",
        [2, 36, 28, *[18] * len(CASES), 14, 42],
    )
    book.heading(sheet, 3, ["Lever", "Unit", *CASES, "Selected", "Grade, date and source"])
    book.name("Case_Names", sheet, (3, FIRST_CASE), (3, SELECTED - 1))
    typed: Look = {
        "font_color": INPUT_INK,
        "bg_color": INPUT_FILL,
        "border": 1,
        "border_color": RULE,
        "locked": False,
    }
    for row, (name, label, unit, style, values) in enumerate(LEVERS, start=4):
        sheet.write(row, 1, label, book.style())
        sheet.write(row, 2, unit, book.style(font_color=GREY))
        for column, value in enumerate(values, start=FIRST_CASE):
            sheet.write(row, column, value, book.style(style, **typed))
        cases = f"{a1(row + 1, FIRST_CASE + 1)}:{a1(row + 1, SELECTED)}"
        chosen = f"=INDEX({cases},MATCH(Scenario,Case_Names,0))"
        sheet.write_formula(row, SELECTED, chosen, book.style(style, bold=True))
        sheet.write(row, SELECTED + 1, LEVER, book.style(font_size=9))
        rule = {"validate": "decimal", "criteria": "between", "minimum": -1, "maximum": NEVER}
        sheet.data_validation(
            row, FIRST_CASE, row, SELECTED - 1, rule | {"input_title": label[:32], "input_message": unit}
        )
        book.name(name, sheet, (row, SELECTED))
