"""The sheet Convergence: losses and tranches at each level, from correlations as quoted to one factor."""

from xlsxwriter.chart import Chart
from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.templates.cover import line_chart
from haircut_workbooks.templates.portfolio_convergence.borrowers import correlation
from haircut_workbooks.templates.portfolio_convergence.losses import MEASURES, OBLIGORS, fetched
from haircut_workbooks.templates.portfolio_convergence.slots import Slots, paged
from haircut_workbooks.templates.sheets import TemplateBook, a1, absolute

LEVELS = 6
WIDTHS = (2, 5, 42, *[13] * LEVELS, 3, *[12] * 7)
FIRST, LAST = 3, 8
LEVEL_ROW, LOSS_ROW, NEED_ROW, TRANCHE_ROW = 4, 5, 9, 13
GIVEN_LOSS, GIVEN_TRANCHE, TOP = 21, 28, 40
TRANCHES = ("Equity", "Mezzanine", "Senior", "Super senior")


def add_convergence(slots: Slots) -> None:
    """Add the table, what the functions give under it, and the borrowers' correlations under that."""
    book = slots.book
    sheet = book.sheet(
        "Convergence",
        "Convergence",
        "One factor, exact, LGD constant, at the confidence of capital: from correlations as quoted to all factors bad together.",
        WIDTHS,
    )
    paged(sheet, WIDTHS, TOP - 3)
    sheet.write(LEVEL_ROW, 2, "Level of convergence", book.style(bold=True))
    for i in range(LEVELS):
        column = FIRST + i
        level = f"=ROUND({a1(LEVEL_ROW + 1, column)}+Level_Step,6)" if i else "=0"
        book.formula(sheet, LEVEL_ROW, column, level, "share", bold=True)
        _level(book, sheet, column, i)
    book.name("Levels", sheet, (LEVEL_ROW, FIRST), (LEVEL_ROW, LAST))
    for row, name in ((LOSS_ROW, "Level_EL"), (LOSS_ROW + 3, "Level_ES"), (NEED_ROW + 1, "Level_Use")):
        book.name(name, sheet, (row, FIRST), (row, LAST))
    book.name("Level_ES_Before", sheet, (LOSS_ROW + 3, FIRST), (LOSS_ROW + 3, LAST - 1))
    book.name("Level_ES_Next", sheet, (LOSS_ROW + 3, FIRST + 1), (LOSS_ROW + 3, LAST))
    for row, text in (
        (LEVEL_ROW - 1, "Losses, USD m"),
        (TRANCHE_ROW - 1, "Expected loss of each tranche, share of it"),
    ):
        book.section(sheet, row, text, LEVELS + 1, 2)
    labels = [label for _, label in MEASURES] + [
        "Capital needed: ES less EL",
        "The same, share of the capital that may be used",
    ]
    for row, label in enumerate(labels, start=LOSS_ROW):
        sheet.write(row, 2, label, book.style())
    for row, label in enumerate(TRANCHES, start=TRANCHE_ROW):
        sheet.write(row, 2, label, book.style())
    book.section(sheet, GIVEN_LOSS - 2, "As the functions give it", LEVELS + 1, 2)
    _correlations(slots, sheet)
    for i, chart in enumerate(level_charts(book)):
        chart.set_size({"width": 600, "height": 310})
        sheet.insert_chart(3 + 16 * i, LAST + 2, chart)


def _level(book: TemplateBook, sheet: Worksheet, column: int, i: int) -> None:
    loss = f"=INDEX(HC_PORTFOLIO_LOSS({OBLIGORS},Rho_{i},0,Capital_Confidence),0,Figures)"
    tranches = f"=INDEX(HC_TRANCHE_LOSS({OBLIGORS},Rho_{i},Attachments,Detachments),0,Tranche_Figures)"
    book.spill(sheet, GIVEN_LOSS - 1, column, (5, 1), loss, ["mn"])
    book.spill(sheet, GIVEN_TRANCHE - 1, column, (5, 1), tranches, ["rate"])
    for row in (GIVEN_LOSS - 1, GIVEN_TRANCHE - 1):
        book.spilled_heading(sheet, row, column, 1)
    for j in range(4):
        book.formula(sheet, LOSS_ROW + j, column, fetched(a1(GIVEN_LOSS + j + 1, column + 1)), "mn")
        book.formula(sheet, TRANCHE_ROW + j, column, fetched(a1(GIVEN_TRANCHE + j + 1, column + 1)), "rate")
    needed = f"={a1(LOSS_ROW + 4, column + 1)}-{a1(LOSS_ROW + 1, column + 1)}"
    book.formula(sheet, NEED_ROW, column, needed, "mn", bold=True)
    book.formula(sheet, NEED_ROW + 1, column, f"={a1(NEED_ROW + 1, column + 1)}/Capital", "share", bold=True)


def _correlations(slots: Slots, sheet: Worksheet) -> None:
    slots.book.section(
        sheet,
        TOP - 3,
        "Each borrower's correlation with the book at that level, at its first loan",
        LEVELS + 1,
        2,
    )
    slots.labels(sheet, TOP)
    for i in range(LEVELS):
        level = absolute((LEVEL_ROW, FIRST + i))
        slots.column(sheet, TOP, FIRST + i, f"Rho_{i}", f"Level {i + 1}", correlation(level), "share")


def level_charts(book: TemplateBook) -> list[Chart]:
    """Losses against the capital, and the tranches, by level."""

    def part(row: int) -> str:
        return f"Convergence!{absolute((row, FIRST), (row, LAST))}"

    return [
        line_chart(book, "Losses by convergence, USD m", part(LEVEL_ROW), [("EL", part(LOSS_ROW)), ("VaR", part(LOSS_ROW + 2)), ("ES", part(LOSS_ROW + 3))], "#,##0,,", "0%", low=0),
        line_chart(book, "Expected loss of the tranches by convergence", part(LEVEL_ROW), [(name, part(TRANCHE_ROW + i)) for i, name in enumerate(TRANCHES)], "0%", "0%", low=0),
    ]  # fmt: skip
