"""The sheet Relative value: what each loan pays against what it should, alone and in this book, ranked."""

from xlsxwriter.chart import Chart
from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.templates.portfolio_convergence.charts import bar_chart
from haircut_workbooks.templates.portfolio_convergence.run_off import YEARS
from haircut_workbooks.templates.portfolio_convergence.slots import SLOTS, Slots, paged
from haircut_workbooks.templates.sheets import GREY, INK, RULE, absolute

HEAD, FIRST, TOP = 5, 6, 72
WIDTHS = (2, 6, 31, *[12.5] * 12)
LAST = FIRST + SLOTS - 1
RANKS, NAMES = 1, 2
"""Columns that may label the chart."""
NOTES = (
    "Alone: HC_FAIR_SPREAD over the loan's own run-off, its own PD, LGD and correlation, capital by the formula of Basel: it does not know what else is in the book.",
    "In this book: expected loss, the hurdle on the capital that the loan adds (its part of ES less its expected loss), liquidity premium and running cost. The parts add up to the capital needed.",
)
LISTED = (
    ("Loan_Name", "Loan", "text"),
    ("Loan_Exposure", "Exposure, USD m", "mn"),
    ("Loan_Spread", "Quoted, bp", "count"),
    ("Alone_Quoted", "Fair alone, quoted, bp", "count"),
    ("Alone_Converged", "Fair alone, converged, bp", "count"),
    ("Book_Quoted", "Fair in this book, quoted, bp", "count"),
    ("Book_Converged", "Fair in this book, converged, bp", "count"),
    ("Gap", "Quoted less fair in this book, converged, bp", "money"),
    ("Tail_Share", "Part of ES, converged", "share"),
    ("Loan_Return", "Return on the capital it adds", "share"),
    ("Loan_DSCR", "Lowest DSCR", "multiple"),
    ("Loan_LTV", "LTV, economic", "share"),
)


def add_value(slots: Slots) -> None:
    """Add the ranking, its chart, and what it is made of under it."""
    book = slots.book
    sheet = book.sheet(
        "Relative value",
        "Relative value",
        "Quoted against fair spread, best paid first; an empty row of the book has no rank.",
        WIDTHS,
    )
    paged(sheet, WIDTHS, LAST + 2, TOP - 1)
    for i, note in enumerate(NOTES):
        sheet.write(2 + i, 2, note, book.style(font_color=GREY))
    _loans(slots, sheet)
    sheet.set_row(HEAD, 58)
    book.heading(sheet, HEAD, ["Rank", *(heading for _, heading, _ in LISTED)])
    for slot in range(SLOTS):
        row = FIRST + slot
        book.formula(
            sheet, row, 1, slots.text("=[Loan_Number]", sheet, slot), "count", font_color=INK, align="center"
        )
        for column, (name, _, style) in enumerate(LISTED, start=2):
            empty = '""' if style == "text" else "NA()"
            found = f"=IFERROR(INDEX({name},MATCH({absolute((row, 1))},Loan_Rank,0)),{empty})"
            book.formula(sheet, row, column, found, style, bottom=4, bottom_color=RULE)
    hidden = book.style(font_color="#FFFFFF")
    sheet.conditional_format(FIRST, 2, LAST, 1 + len(LISTED), {"type": "errors", "format": hidden})
    chart = value_chart(slots, NAMES)
    chart.set_size({"width": 1150, "height": 420})
    chart.set_title(
        {
            "name": "Quoted and fair spread in this book, converged, bp",
            "name_font": {"size": 11, "color": INK},
        }
    )
    chart.set_x_axis({"num_font": {"size": 8, "rotation": -60, "color": INK}})
    sheet.insert_chart(LAST + 3, 2, chart)


def _loans(slots: Slots, sheet: Worksheet) -> None:
    sheet.set_row(TOP - 1, 58)
    slots.labels(sheet, TOP)
    of = "SUMIF(Loan_Borrower,[Loan_Borrower],{})"
    part = "=IF([Severity]>0,[Severity]*" + of + "/SUMIF(Loan_Borrower,[Loan_Borrower],Severity),0)"
    fair = "=IF([Loan_Exposure]>0,([Loan_EL]+Hurdle*([{}]-[Loan_EL]))/[Loan_Exposure]+Liquidity_Premium+Running_Cost,0)*Basis_Points"
    columns = (
        ("Severity", "Lost in default, USD m", "=[Loan_LGD]*[Loan_Exposure]", "mn"),
        ("Loan_EL", "EL, USD m", "=[Loan_PD]*[Severity]", "mn"),
        ("Tail_Quoted", "Part of ES, quoted, USD m", part.format("Ob_ES_Quoted"), "mn"),
        ("Tail_Converged", "Part of ES, converged, USD m", part.format("Ob_ES_Converged"), "mn"),
        ("Tail_Share", "The same, share", "=IF(SUM(Ob_ES_Converged)>0,[Tail_Converged]/SUM(Ob_ES_Converged),0)", "share"),
        ("Book_Quoted", "Fair in this book, quoted, bp", fair.format("Tail_Quoted"), "count"),
        ("Book_Converged", "Fair in this book, converged, bp", fair.format("Tail_Converged"), "count"),
        ("Gap", "Quoted less it, bp", "=IF([Loan_Exposure]>0,[Loan_Spread]-[Book_Converged],0)", "money"),
        ("Loan_Rank", "Rank", "=IF([Loan_Exposure]>0,1+SUMPRODUCT((Loan_Exposure>0)*((Gap>[Gap])+(Gap=[Gap])*(Loan_Number<[Loan_Number]))),0)", "count"),
        ("Loan_Return", "Return on the capital it adds", "=IF([Tail_Converged]>[Loan_EL],([Loan_Spread]/Basis_Points*[Loan_Exposure]-[Loan_EL]-(Liquidity_Premium+Running_Cost)*[Loan_Exposure])/([Tail_Converged]-[Loan_EL]),0)", "share"),
    )  # fmt: skip
    for column, (name, heading, formula, style) in enumerate(columns, start=3):
        slots.column(sheet, TOP, column, name, heading, formula, style)
    for column, case in enumerate(("Quoted", "Converged"), start=3 + len(columns)):
        _alone(slots, sheet, column, case)


def _alone(slots: Slots, sheet: Worksheet, column: int, case: str) -> None:
    """The function's own price of each loan, over its run-off."""
    book = slots.book
    book.heading(sheet, TOP - 1, [f"Fair alone, {case.lower()}, bp"], column)
    slots.place(f"Alone_{case}", sheet, TOP, column)
    rho = f"SUMIF(Loan_Borrower,[Loan_Borrower],Rho_{case})"
    for slot in range(SLOTS):
        outstanding = slots.text(f"[Left_0]:[Left_{YEARS - 1}]", sheet, slot).replace(":'Run-off'!", ":")
        text = slots.text(
            f"=IF([Loan_Exposure]>0,HC_FAIR_SPREAD(1-(1-[Loan_PD])^Years,[Loan_LGD],{outstanding},Years,Base_Rate,Hurdle,{rho},Capital_Confidence,Liquidity_Premium+Running_Cost),0)",
            sheet,
            slot,
        )
        book.spill(sheet, TOP + slot, column, (1, 1), text, ["count"])


def value_chart(slots: Slots, labels: int = RANKS) -> Chart:
    """Quoted beside fair in this book, converged, best paid first; labelled by the column of ranks or of names."""

    def part(column: int) -> str:
        return f"'Relative value'!{absolute((FIRST, column), (LAST, column))}"

    series = [("Quoted", part(4)), ("Fair in this book, converged", part(8))]
    return bar_chart(
        slots.book, "Quoted and fair spread, bp, best paid first (by rank)", part(labels), series, "#,##0"
    )
