"""The sheet Concentration: by loan, borrower, tenant, chip and type, each against its limit."""

from xlsxwriter.chart import Chart
from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.templates.portfolio_convergence.charts import bar_chart
from haircut_workbooks.templates.portfolio_convergence.slots import Slots, paged
from haircut_workbooks.templates.sheets import GREY, RULE, Look, Result, TemplateBook, a1, absolute

GROUPS = (
    ("Loan", "Name"),
    ("Borrower", "Borrower"),
    ("Tenant", "Tenant"),
    ("Chip", "Chip"),
    ("Type", "Type"),
)
"""What exposure is added up by, and the column of the loans that says it."""
LISTED = 8
LIST, LIMITS, SHAPE, TOP = 5, 17, 25, 42
WIDTHS = (2, 5, 46, *[11, 11, 24] * 4, 11, 11)
NOTE = "Equal loans are told apart by their number. The chip '-' is of loans that have no chips pledged: it is listed, but is no chip and has no limit."


def add_concentration(slots: Slots) -> None:
    """Add the largest of each kind, the limits, the figures, and the groups under them."""
    book = slots.book
    sheet = book.sheet(
        "Concentration",
        "Concentration",
        "Shares of exposure, largest first. A loan's own PD does not show what it does to a book that holds much of it.",
        WIDTHS,
    )
    paged(sheet, WIDTHS, TOP - 1)
    _groups(slots, sheet)
    for i, (group, source) in enumerate(GROUPS):
        column = 2 + 3 * i
        book.heading(sheet, LIST - 1, [f"{group}s, largest first", "USD m", "Share"], column)
        for line in range(LISTED):
            row = LIST + line
            sheet.write(row, 1, line + 1, book.style("count", font_color=GREY, align="center"))
            rank = "Loan_Size_Rank" if group == "Loan" else f"{group}_Rank"
            match = f"MATCH({absolute((row, 1))},{rank},0)"
            name, exposure = (
                f"=IFERROR(INDEX({what},{match})," for what in (f"Loan_{source}", f"{group}_Sum")
            )
            line_below: Look = {"bottom": 4, "bottom_color": RULE}
            book.formula(sheet, row, column, name + '"")', "text", indent=1, **line_below)
            book.formula(sheet, row, column + 1, exposure + "0)", "mn", **line_below)
            share = f"={a1(row + 1, column + 2)}/Exposure"
            book.formula(sheet, row, column + 2, share, "share", bold=True, **line_below)
        if group in ("Borrower", "Tenant"):
            book.name(f"Largest_{group}_Name", sheet, (LIST, column))
    sheet.write(LIST + LISTED, 2, NOTE, book.style(font_color=GREY))
    _limits(book, sheet)
    chart = concentration_chart(book)
    chart.set_size({"width": 700, "height": 360})
    sheet.insert_chart(LIMITS - 1, 7, chart)


def _limits(book: TemplateBook, sheet: Worksheet) -> None:
    """The largest of each kind against its limit, and figures beside it."""
    book.heading(sheet, LIMITS - 1, ["Largest", "Share", "Limit", "Herfindahl index"], 2)
    for i, (group, _) in enumerate(GROUPS):
        row = LIMITS + i
        sheet.write(row, 2, group, book.style())
        largest = 'SUMPRODUCT(MAX((Loan_Chip<>"-")*Chip_Sum))' if group == "Chip" else f"MAX({group}_Sum)"
        book.formula(sheet, row, 3, f"={largest}/Exposure", "share", bold=True)
        book.formula(sheet, row, 4, f"=Max_{group}", "share")
        book.formula(sheet, row, 5, f"=SUMPRODUCT({group}_Sum,{group}_Sum)/Exposure^Square", "number")
        book.name(f"Largest_{group}", sheet, (row, 3))
        if group == "Borrower":
            book.name("Herfindahl_Borrower", sheet, (row, 5))
    book.section(sheet, SHAPE - 1, "Of the book", 2, 2)
    book.results(sheet, SHAPE, [
        Result("", "Largest five loans", '=SUMIF(Loan_Size_Rank,"<="&Five,Loan_Sum)/Exposure', "share"),
        Result("", "Largest ten loans", '=SUMIF(Loan_Size_Rank,"<="&Ten,Loan_Sum)/Exposure', "share"),
        Result("", "Equal borrowers of the same concentration", "=1/Herfindahl_Borrower", "rent"),
        Result("", "Exposure whose lowest DSCR is below 1", "=SUMPRODUCT((Loan_DSCR<1)*Loan_Exposure)/Exposure", "share"),
        Result("", "Exposure whose economic LTV is above 1", "=SUMPRODUCT((Loan_LTV>1)*Loan_Exposure)/Exposure", "share"),
        Result("Thin", "Either of the two", "=SUMPRODUCT(((Loan_DSCR<1)+(Loan_LTV>1)>0)*Loan_Exposure)/Exposure", "share"),
        Result("Mean_DSCR", "Lowest DSCR, weighted, none counted below 0", "=SUMPRODUCT((Loan_DSCR>0)*Loan_DSCR*Loan_Exposure)/Exposure", "multiple"),
        Result("Mean_LTV", "LTV, economic, weighted", "=SUMPRODUCT(Loan_LTV,Loan_Exposure)/Exposure", "share"),
        Result("", "LTV, forced sale, weighted (uncalibrated)", "=SUMPRODUCT(Loan_Sale_LTV,Loan_Exposure)/Exposure", "share"),
    ], 2)  # fmt: skip


def _groups(slots: Slots, sheet: Worksheet) -> None:
    """Exposure of each group in the row of its first loan, and its rank."""
    sheet.set_row(TOP - 1, 45)
    slots.labels(sheet, TOP)
    rank = "=IF([{0}]>0,1+SUMPRODUCT(({0}>[{0}])+({0}=[{0}])*(Loan_Number<[Loan_Number])),0)"
    for i, (group, source) in enumerate(GROUPS):
        column = 3 + 2 * i
        of = f"Loan_{source}"
        first = f'COUNTIFS({of},[{of}],Loan_Exposure,">0",Loan_Number,"<"&[Loan_Number])=0'
        total = f"=IF(AND([Loan_Exposure]>0,{first}),SUMIF({of},[{of}],Loan_Exposure),0)"
        total = {"Loan": "=[Loan_Exposure]", "Borrower": "=[Ob_Exposure]"}.get(group, total)
        heading = "Exposure, USD m" if group == "Loan" else f"{group}'s exposure, at its first loan, USD m"
        slots.column(sheet, TOP, column, f"{group}_Sum", heading, total, "mn")
        name = "Loan_Size_Rank" if group == "Loan" else f"{group}_Rank"
        slots.column(sheet, TOP, column + 1, name, "Rank", rank.format(f"{group}_Sum"), "count")


def concentration_chart(book: TemplateBook) -> Chart:
    """The largest of each kind beside its limit."""

    def part(column: int) -> str:
        return f"Concentration!{absolute((LIMITS, column), (LIMITS + len(GROUPS) - 1, column))}"

    return bar_chart(
        book,
        "Largest share of exposure, and its limit",
        part(2),
        [("Largest", part(3)), ("Limit", part(4))],
        "0%",
    )
