"""The sheet Run-off: what is left of each loan, year by year, and what falls due."""

from xlsxwriter.chart import Chart
from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.templates.cover import column_chart
from haircut_workbooks.templates.portfolio_convergence.loans import TYPES
from haircut_workbooks.templates.portfolio_convergence.slots import Slots, paged
from haircut_workbooks.templates.sheets import TemplateBook, a1, absolute

YEARS = 12
NOW, LAST = 3, 3 + YEARS
"""Columns of today and of the last year."""
HEAD, LEFT, DUE, CHART, TOP = 4, 5, 11, 17, 37
WIDTHS = (2, 5, 36, *[9.5] * (YEARS + 1))


def add_run_off(slots: Slots) -> None:
    """Add what is left by type, what falls due by kind, and each loan's path below."""
    book = slots.book
    sheet = book.sheet(
        "Run-off",
        "Run-off",
        "No new loans: each is repaid evenly to its maturity but for its balloon. USD m at the end of each year from the date of the book.",
        WIDTHS,
    )
    paged(sheet, WIDTHS, TOP - 1)
    book.heading(sheet, HEAD, ["Year"], 2)
    for column in range(NOW, LAST + 1):
        year = f"={a1(HEAD + 1, column)}+1" if column > NOW else "=0"
        book.formula(sheet, HEAD, column, year, "count", bold=True, font_color="#FFFFFF", bg_color="#1F4E79")
    book.name("Years", sheet, (HEAD, NOW + 1), (HEAD, LAST))
    _left(book, sheet)
    _due(book, sheet)
    slots.labels(sheet, TOP)
    for column in range(NOW, LAST + 1):
        year = absolute((HEAD, column))
        left = f"=IF([Loan_Years]>{year},[Loan_Exposure]*(1-(1-[Loan_Balloon])*{year}/[Loan_Years]),0)"
        slots.column(sheet, TOP, column, f"Left_{column - NOW}", f"After {column - NOW}", left, "mn")
    for i, chart in enumerate(run_off_charts(book)):
        chart.set_size({"width": 580, "height": 320})
        sheet.insert_chart(CHART + 1, 1 + 6 * i, chart, {"x_offset": 20})


def _left(book: TemplateBook, sheet: Worksheet) -> None:
    book.section(sheet, LEFT - 2, "Exposure left", YEARS + 2, 2)
    total = LEFT + len(TYPES)
    sheet.write(total, 2, "Exposure left", book.style(bold=True))
    for i, kind in enumerate(TYPES):
        sheet.write(LEFT + i, 2, kind, book.style())
    for column in range(NOW, LAST + 1):
        for i in range(len(TYPES)):
            own = f"=SUMIF(Loan_Type,{absolute((LEFT + i, 2))},Left_{column - NOW})"
            book.formula(sheet, LEFT + i, column, own, "mn")
        parts = f"{a1(LEFT + 1, column + 1)}:{a1(total, column + 1)}"
        book.formula(sheet, total, column, f"=SUM({parts})", "mn", bold=True, top=1)
    book.name("Exposure_Left", sheet, (total, NOW), (total, LAST))


def _due(book: TemplateBook, sheet: Worksheet) -> None:
    book.section(sheet, DUE - 1, "Falling due in the year", YEARS + 2, 2)
    labels = (
        "Instalments",
        "Balloons and bullets",
        "Falling due",
        "The same, share of today's exposure",
        "Cumulative share",
    )
    for i, label in enumerate(labels):
        sheet.write(DUE + i, 2, label, book.style(bold=i == 2))
    left = LEFT + len(TYPES) + 1
    for column in range(NOW + 1, LAST + 1):
        before, here = (a1(HEAD + 1, c) for c in (column, column + 1))
        balloons = f"=SUMPRODUCT((Loan_Years>{before})*(Loan_Years<={here})*Loan_Exposure*Loan_Balloon)"
        due = [a1(DUE + i + 1, column + 1) for i in range(5)]
        book.formula(sheet, DUE, column, f"={due[2]}-{due[1]}", "mn")
        book.formula(sheet, DUE + 1, column, balloons, "mn")
        book.formula(sheet, DUE + 2, column, f"={a1(left, column)}-{a1(left, column + 1)}", "mn", bold=True)
        book.formula(sheet, DUE + 3, column, f"={due[2]}/Exposure", "share")
        book.formula(sheet, DUE + 4, column, f"=1-{a1(left, column + 1)}/Exposure", "share")
    for name, row in (("Due", DUE + 2), ("Due_Share", DUE + 3)):
        book.name(name, sheet, (row, NOW + 1), (row, LAST))


def run_off_charts(book: TemplateBook) -> list[Chart]:
    """The maturity wall, and what is left by type."""

    def part(row: int, first: int) -> str:
        return f"'Run-off'!{absolute((row, first), (row, LAST))}"

    due = [("Instalments", part(DUE, NOW + 1)), ("Balloons and bullets", part(DUE + 1, NOW + 1))]
    left = [(kind, part(LEFT + i, NOW)) for i, kind in enumerate(TYPES)]
    return [
        column_chart(
            book, "Maturity wall: falling due by year, USD m", part(HEAD, NOW + 1), due, "#,##0,,", "0"
        ),
        column_chart(book, "Exposure left by year and type, USD m", part(HEAD, NOW), left, "#,##0,,", "0"),
    ]
