"""The blocks of a sheet Deal scenario: labelled ranges, the table of measures, the colours of a heat map.

The terms stand on the left, factors, correlations and measures beside them; `CALL` names the three ranges.
"""

from collections.abc import Callable, Sequence

from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.templates.sheets import GREY, HEAT, TYPED, TemplateBook, a1, absolute

TOP, RIGHT = 4, 5
MEASURES_ROW = TOP + 15
CALL = "Deal_Terms,Deal_Factors,Deal_Correlations"
MEASURES = ("share",) * 6 + ("bp", "multiple", "multiple", "years")
"""Formats of the ten measures of HC_SCENARIO."""
AFTER_MEASURES = MEASURES_ROW + len(MEASURES) + 1
DECLINES = (0.0, 0.1, 0.2, 0.3, 0.4)
LEVELS = (0.0, 0.25, 0.5, 0.75, 0.99)
"""Axes of the heat map: falls of rent a year, and convergence."""
Term = tuple[str, str, str, str]
"""Label, formula, unit and format."""
Risk = tuple[str, str, str, str]
"""Factor, and the formulas of its level, drift and volatility."""


def add_terms(book: TemplateBook, sheet: Worksheet, terms: Sequence[Term]) -> None:
    """Write the labels of the deal."""
    book.heading(sheet, TOP, ["label", "value", "unit"])
    for row, (label, formula, unit, style) in enumerate(terms, start=TOP + 1):
        sheet.write(row, 1, label, book.style())
        book.formula(sheet, row, 2, formula, style, align="right")
        sheet.write(row, 3, unit, book.style(font_color=GREY, indent=1))
    book.name("Deal_Terms", sheet, (TOP + 1, 1), (TOP + len(terms), 3))


def add_risks(
    book: TemplateBook, sheet: Worksheet, risks: Sequence[Risk], correlation: Callable[[int, int], str]
) -> None:
    """Write the four factors, and the formula of each correlation."""
    book.heading(sheet, TOP + 1, ["factor", "level", "drift", "volatility"], RIGHT)
    for row, (name, *formulas) in enumerate(risks, start=TOP + 2):
        sheet.write(row, RIGHT, name, book.style())
        for column, (formula, style) in enumerate(
            zip(formulas, ("number", "rate", "rate"), strict=True), start=RIGHT + 1
        ):
            book.formula(sheet, row, column, formula, style)
    book.name("Deal_Factors", sheet, (TOP + 1, RIGHT), (TOP + 5, RIGHT + 3))
    sheet.write(TOP + 7, RIGHT, "Correlations as quoted", book.style(bold=True))
    book.heading(sheet, TOP + 8, [name for name, *_ in risks], RIGHT)
    for i in range(len(risks)):
        for j in range(len(risks)):
            book.formula(sheet, TOP + 9 + i, RIGHT + j, correlation(i, j), "rent", align="right")
    book.name("Deal_Correlations", sheet, (TOP + 9, RIGHT), (TOP + 12, RIGHT + 3))


def add_measures(
    book: TemplateBook, sheet: Worksheet, title: str, convergence: str, names: Sequence[tuple[str, int, int]]
) -> None:
    """Write the table of measures, what HC_WHY says of it, and names of some of its cells.

    ``names`` are tuples of name, measure (1 to 10) and column of the table (1 base, 3 converged).
    """
    book.section(sheet, MEASURES_ROW - 1, title, 7, RIGHT)
    table = f"=HC_SCENARIO({CALL},{convergence})"
    book.spill(sheet, MEASURES_ROW, RIGHT, (len(MEASURES) + 1, 7), table, ["general"] * 7)
    for offset in range(1, 7):
        for i, style in enumerate(MEASURES, start=1):
            sheet.write_blank(MEASURES_ROW + i, RIGHT + offset, None, book.style(style))
    book.spilled_heading(sheet, MEASURES_ROW, RIGHT, 7)
    grey = book.style(font_color=GREY)
    sheet.write(AFTER_MEASURES, RIGHT, "What HC_WHY says of it", grey)
    sheet.write_formula(AFTER_MEASURES, RIGHT + 1, f'=HC_WHY("HC_SCENARIO",{CALL},{convergence})', grey)
    for name, measure, column in names:
        book.name(name, sheet, (MEASURES_ROW + measure, RIGHT + column))


def add_heat_map(book: TemplateBook, sheet: Worksheet, note: str) -> None:
    """Write the fair spread by decline of rent and convergence under the measures; the name ``Quoted_Spread`` is beside it."""
    first = AFTER_MEASURES + 3
    book.section(sheet, first - 1, "Fair spread, bp, by rent decline (down) and convergence (across)", 7, 5)
    sheet.write(first, 5, "Rent decline a year", book.style(font_color=GREY))
    sheet.write(first, 6, "as drift", book.style(font_color=GREY, align="right"))
    typed = book.style("share", bold=True, align="right", **TYPED)
    for j, level in enumerate(LEVELS):
        sheet.write(first, 7 + j, level, typed)
    for i, decline in enumerate(DECLINES, start=1):
        sheet.write(first + i, 5, decline, typed)
        drift = f"=LN(1-{a1(first + i + 1, 6)})"
        sheet.write_formula(first + i, 6, drift, book.style("number", font_color=GREY))
    last, right = first + len(DECLINES), 6 + len(LEVELS)
    axis = {"validate": "decimal", "criteria": "between", "minimum": -2, "maximum": 0.99}
    axis |= {"input_title": "Axis of the heat map", "input_message": "Assumed: choose the points to show"}
    sheet.data_validation(first, 7, first, right, axis)
    sheet.data_validation(first + 1, 5, last, 5, axis)
    rows, columns = absolute((first + 1, 6), (last, 6)), absolute((first, 7), (first, right))
    grid = f'=HC_SCENARIO_GRID({CALL},{columns},"rent drift",{rows})'
    book.spill(sheet, first + 1, 7, (len(DECLINES), len(LEVELS)), grid, ["count"] * len(LEVELS))
    sheet.conditional_format(first + 1, 7, last, right, HEAT)
    sheet.write(last + 1, 5, "Quoted spread, bp", book.style(font_color=GREY))
    book.formula(sheet, last + 1, 6, "=Quoted_Spread", "count", bold=True)
    sheet.write(last + 2, 5, note, book.style(italic=True, font_color=GREY))
