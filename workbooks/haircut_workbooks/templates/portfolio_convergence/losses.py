"""The sheet Losses: one factor exactly, four factors by simulation, fat tails and wrong way, and the whole distribution."""

from xlsxwriter.chart import Chart
from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.templates.cover import line_chart
from haircut_workbooks.templates.portfolio_convergence.slots import paged
from haircut_workbooks.templates.sheets import GREY, INK, RULE, TemplateBook, a1, absolute

OBLIGORS = "Ob_PD,Ob_LGD,Ob_Exposure"
MEASURES = (
    ("EL", "Expected loss"),
    ("SD", "Standard deviation"),
    ("VaR", "Value at risk"),
    ("ES", "Expected shortfall"),
)
"""What HC_PORTFOLIO_LOSS gives, in its order."""
CASES = ("Quoted", "Converged")
LABEL, QUOTED, CONVERGED, CHANGE, FETCHED = 1, 2, 3, 4, 9
"""Columns of a table of losses; from the last on stands what the functions give."""
ONE, FOUR, ALL_BAD, STUDENT, WRONG, SLICES = 5, 13, 19, 25, 32, 43
WIDTHS = (2, 42, *[14] * 4, 3, 3, 3, *[14] * 7)
COUNT = 18
"""Slices of the distribution."""
FACTOR_LOSS = (
    "=HC_FACTOR_LOSS(" + OBLIGORS + ",Ob_Loadings,Factor_Correlation,Factor_Signs,{},Capital_Confidence,0)"
)
READ = {
    *(f"One_{case}_{measure}" for case in CASES for measure in ("EL", "VaR", "ES")),
    "Four_Converged_EL",
    "Four_Converged_ES",
    "Bad_Converged_ES",
    "Student_Converged_ES",
    "Wrong_Converged_EL",
    "Wrong_Converged_ES",
}
"""Names of the figures that other sheets read."""
NOTES = (
    "Convergence moves correlations alone: no PD, no LGD and no factor's own distribution. So expected loss stays, and the tail grows.",
    "VaR is not monotone in correlation where PD is under one less the confidence: ES stands beside it, and capital is held against ES less expected loss.",
    "Wrong way: the LGD typed is then a mean over all states, so it is higher where loans default, already as quoted; GPUs that default are sold into one market, at the mean number of a state.",
)


def fetched(cell: str) -> str:
    """Formula that fetches a cell of a function's table, and stays an error where the function refused."""
    return f"=IF(ISNUMBER({cell}),{cell},NA())"


def add_losses(book: TemplateBook) -> None:
    """Add the sheet; every table is over one year at the confidence of capital, in USD m."""
    sheet = book.sheet(
        "Losses",
        "Losses over one year, as quoted and converged",
        "At the confidence of capital, USD m. One factor is exact and carries the cover; the others say how far to trust it.",
        WIDTHS,
    )
    paged(sheet, WIDTHS, SLICES - 2)
    student = ",Student_Degrees"
    wrong = ",,LGD_Sensitivity,Ob_Units,Book_Depth"
    _table(book, sheet, ONE, "One factor, LGD constant: exact", "One", "")
    _needed(book, sheet, ONE + len(MEASURES))
    _simulated(
        book,
        sheet,
        FOUR,
        "Four factors, LGD constant: simulated, with standard errors",
        "Four",
        "Convergence",
    )
    _simulated(
        book, sheet, ALL_BAD, "The same at full convergence, where the four factors are one", "Bad", "1"
    )
    _table(book, sheet, STUDENT, "One factor, Student t: joint extremes (uncalibrated)", "Student", student)
    _table(
        book,
        sheet,
        WRONG,
        "One factor, LGD rises in bad states and fleets are sold into one market (uncalibrated)",
        "Wrong",
        wrong,
    )
    for i, note in enumerate(NOTES):
        sheet.write(WRONG + 5 + i, LABEL, note, book.style(font_color=GREY))
    _distribution(book, sheet)
    chart = distribution_chart(book)
    chart.set_size({"width": 620, "height": 400})
    sheet.insert_chart(SLICES + 1, LABEL, chart)


def _table(book: TemplateBook, sheet: Worksheet, top: int, title: str, stem: str, more: str) -> None:
    """Measures of HC_PORTFOLIO_LOSS, as quoted and converged; what the function gives lies in the same rows."""
    book.section(sheet, top - 2, title, 4)
    book.section(sheet, top - 2, "As the function gives it, USD", 2, FETCHED)
    book.heading(sheet, top - 1, ["One year, USD m", "As quoted", "Converged", "Change"])
    for i, case in enumerate(CASES):
        call = f"=INDEX(HC_PORTFOLIO_LOSS({OBLIGORS},Rho_{case},0,Capital_Confidence{more}),0,Figures)"
        book.spill(sheet, top - 1, FETCHED + i, (5, 1), call, ["mn"])
        book.spilled_heading(sheet, top - 1, FETCHED + i, 1)
        for j, (measure, label) in enumerate(MEASURES):
            row = top + j
            sheet.write(row, LABEL, label, book.style())
            cell = a1(row + 1, FETCHED + i + 1)
            book.formula(sheet, row, QUOTED + i, fetched(cell), "mn")
            _named(book, sheet, f"{stem}_{case}_{measure}", row, QUOTED + i)
    for row in range(top, top + len(MEASURES)):
        change = f"={a1(row + 1, CONVERGED + 1)}-{a1(row + 1, QUOTED + 1)}"
        book.formula(sheet, row, CHANGE, change, "mn")


def _needed(book: TemplateBook, sheet: Worksheet, row: int) -> None:
    """Capital needed, under the table of one factor."""
    sheet.write(row, LABEL, "Capital needed: ES less EL", book.style(bold=True))
    for i, case in enumerate(CASES):
        book.formula(sheet, row, QUOTED + i, f"=One_{case}_ES-One_{case}_EL", "mn", bold=True)
        book.name(f"Needed_{case}", sheet, (row, QUOTED + i))
    book.formula(sheet, row, CHANGE, "=Needed_Converged-Needed_Quoted", "mn", bold=True)


def _named(book: TemplateBook, sheet: Worksheet, name: str, row: int, column: int) -> None:
    if name in READ:
        book.name(name, sheet, (row, column))


def _simulated(book: TemplateBook, sheet: Worksheet, top: int, title: str, stem: str, level: str) -> None:
    """Measures of HC_FACTOR_LOSS with their errors."""
    book.section(sheet, top - 2, title, 5)
    book.heading(
        sheet, top - 1, ["One year, USD m", "As quoted", "Standard error", "Converged", "Standard error"]
    )
    book.spill(sheet, top - 1, FETCHED, (4, 7), FACTOR_LOSS.format(level), ["text", *["mn"] * 6])
    book.spilled_heading(sheet, top - 1, FETCHED, 7)
    for i, (measure, label) in enumerate((MEASURES[0], *MEASURES[2:])):
        row = top + i
        sheet.write(row, LABEL, label, book.style())
        for j in range(4):
            book.formula(sheet, row, QUOTED + j, fetched(a1(row + 1, FETCHED + j + 2)), "mn")
        for j, case in ((0, "Quoted"), (2, "Converged")):
            _named(book, sheet, f"{stem}_{case}_{measure}", row, QUOTED + j)
    book.name(f"{stem}_ES_Error", sheet, (top + 2, QUOTED + 3))


def _distribution(book: TemplateBook, sheet: Worksheet) -> None:
    """Chance that losses go beyond each share of exposure: the mean loss of thin tranches, exact on one factor."""
    first, last = SLICES, SLICES + COUNT - 1
    book.section(sheet, first - 2, "Distribution of the loss of a year: one factor, exact", 5)
    book.section(sheet, first - 2, "Slices of the book, and the chance that a loss reaches each", 5, FETCHED)
    sheet.set_row(first - 1, 30)
    book.heading(sheet, first - 1, ["From, share of exposure", "To"], FETCHED)
    book.heading(sheet, first - 1, ["Chance, quoted", "Chance, converged"], FETCHED + 4)
    for row in range(first, last + 1):
        start = f"={a1(row, FETCHED + 2)}" if row > first else "=0"
        book.formula(sheet, row, FETCHED, start, "share", font_color=INK)
        book.formula(sheet, row, FETCHED + 1, f"={a1(row + 1, FETCHED + 1)}+Slice", "share")
    book.name("Slice_From", sheet, (first, FETCHED), (last, FETCHED))
    book.name("Slice_To", sheet, (first, FETCHED + 1), (last, FETCHED + 1))
    for i, case in enumerate(CASES):
        call = f"=INDEX(HC_TRANCHE_LOSS({OBLIGORS},Rho_{case},Slice_From,Slice_To),0,Tranche_Figures)"
        book.spill(sheet, first - 1, FETCHED + 2 + i, (COUNT + 1, 1), call, ["number"])
        book.spilled_heading(sheet, first - 1, FETCHED + 2 + i, 1)
        for row in range(first, last + 1):
            cell = a1(row + 1, FETCHED + 3 + i)
            book.formula(sheet, row, FETCHED + 4 + i, f"=IF({cell}>Tiny,{cell},NA())", "rate")
    hidden = {"type": "errors", "format": book.style(font_color="#FFFFFF")}
    sheet.conditional_format(first, FETCHED + 4, last, FETCHED + 5, hidden)


def distribution_chart(book: TemplateBook) -> Chart:
    """The chance that a loss goes beyond each share of exposure, on a logarithmic axis, where the tail can be seen."""
    first, last = SLICES, SLICES + COUNT - 1

    def part(column: int) -> str:
        return f"Losses!{absolute((first, column), (last, column))}"

    chart = line_chart(
        book,
        "Chance that a year's loss exceeds a share of exposure",
        part(FETCHED),
        [("As quoted", part(FETCHED + 4)), ("Converged", part(FETCHED + 5))],
        "0.00%",
        "0%",
    )
    small = {"size": 8, "color": INK}
    grid = {"visible": True, "line": {"color": RULE, "width": 0.5}}
    chart.set_y_axis({"num_format": "0.00%", "num_font": small, "major_gridlines": grid, "log_base": 10, "min": 0.0001, "max": 1, "crossing": 0.0001})  # fmt: skip
    return chart
