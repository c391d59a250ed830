"""The sheet Forced sale: the chain of defaults among the GPU loans, round by round. Uncalibrated throughout."""

from xlsxwriter.chart import Chart
from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.templates.cover import line_chart
from haircut_workbooks.templates.portfolio_convergence.charts import bar_chart
from haircut_workbooks.templates.portfolio_convergence.slots import Slots
from haircut_workbooks.templates.sheets import GREY, INK, RULE, Result, TemplateBook, a1, absolute

ROUNDS, FALLS = 10, 7
CHAIN, SHOCKS, TOP = 6, 22, 56
CALL = "HC_DEFAULT_CHAIN(Whole_Loan,Sale_Units,Unit_Value,Trigger_LTV,Book_Depth,{})"
COLUMNS = (
    ("Who falls (loan numbers)", "text"),
    ("Loans that fall", "count"),
    ("GPUs sold", "count"),
    ("Price after it, USD", "money"),
    ("Loss of all lenders, USD m", "mn"),
)
"""What the function gives beside the round, in its order."""
NOTES = (
    "Uncalibrated: no bulk sale of GPUs is on record. GPUs are counted by value in new ones, of the whole loan: the agent of a syndicate sells for all lenders.",
    "A loan falls when its economic LTV at the new price is above the trigger; its GPUs are sold, which takes the price on, and the next loans fall. Sites and miners have no GPUs to sell.",
    "Our loss values what falls at the last price: at most what a sale round by round would lose. Loans fall one by one here, also of one borrower.",
)


def add_sale(slots: Slots) -> None:
    """Add the rounds, the chain by first fall, and the loans under them."""
    book = slots.book
    sheet = book.sheet(
        "Forced sale",
        "Forced sale (uncalibrated)",
        "A fall in price breaks the weakest loans, the sale of their GPUs breaks the next.",
        [2, 8, 31, *[15] * 8],
        pages=0,
    )
    sheet.set_row(CHAIN - 1, 32)
    sheet.set_row(SHOCKS - 1, 32)
    _rounds(book, sheet)
    _shocks(book, sheet)
    for i, note in enumerate(NOTES):
        sheet.write(SHOCKS + FALLS + 1 + i, 1, note, book.style(font_color=GREY))
    _loans(slots, sheet)
    for i, chart in enumerate(sale_charts(book)):
        chart.set_size({"width": 590, "height": 300})
        sheet.insert_chart(SHOCKS + FALLS + 5, 1 + 4 * i, chart)


def _rounds(book: TemplateBook, sheet: Worksheet) -> None:
    """The function's table, a round a row; a round that never comes is blank."""
    book.section(sheet, CHAIN - 3, "Rounds of the chain, at the assumed first fall and depth", 7)
    for column in range(2, 2 + len(COLUMNS)):
        sheet.write(
            CHAIN - 2, column, column, book.style("count", font_color=GREY, font_size=8, align="center")
        )
    sheet.write(CHAIN - 2, 1, "column", book.style(font_color=GREY, font_size=8))
    book.heading(sheet, CHAIN - 1, ["Round", *(heading for heading, _ in COLUMNS), "Price, share of before"])
    for i in range(ROUNDS + 1):
        row = CHAIN + i
        if i == ROUNDS:
            sheet.write(row, 1, "total", book.style(bold=True, top=1))
        else:
            start = f"={a1(row, 2)}+1" if i else "=0"
            book.formula(sheet, row, 1, start, "count", font_color=INK)
        line = {"bold": True, "top": 1} if i == ROUNDS else {"bottom": 4, "bottom_color": RULE}
        for column, (_, style) in enumerate(COLUMNS, start=2):
            place = f"$B{row + 1},{CALL.format('First_Shock')},{absolute((CHAIN - 2, column))},0"
            book.formula(sheet, row, column, f"=VLOOKUP({place})", style, **line)
        book.formula(sheet, row, 7, f"={a1(row + 1, 6)}/Unit_Value", "share", **line)
    total = CHAIN + ROUNDS
    book.name("Chain_Count", sheet, (total, 3))
    book.name("Chain_Price", sheet, (total, 5))
    hidden = book.style(font_color="#FFFFFF")
    sheet.conditional_format(CHAIN, 2, total, 7, {"type": "errors", "format": hidden})


def ours(price: str) -> str:
    """Our loss where the chain ends at a price, USD: what falls, valued at it."""
    ltv = f"Loan_LTV*Unit_Value/{price}"
    return (
        f"SUMPRODUCT((Sale_Units>0)*({ltv}>Trigger_LTV)*({ltv}>1)*Loan_Exposure*(1-{price}/Unit_Value*Cover))"
    )


def _shocks(book: TemplateBook, sheet: Worksheet) -> None:
    book.section(sheet, SHOCKS - 3, "The chain by first fall of the price", 7)
    heads = (
        "First fall",
        COLUMNS[0][0],
        "Loans that fall",
        "GPUs sold",
        "Price at the end, USD",
        "Loss of all lenders, USD m",
        "Our loss, USD m",
        "Share of the capital",
    )
    book.heading(sheet, SHOCKS - 1, heads)
    for i in range(FALLS):
        row = SHOCKS + i
        fall = f"={a1(row, 2)}+Shock_Step" if i else "=0"
        book.formula(sheet, row, 1, fall, "share", font_color=INK)
        for column, (_, style) in enumerate(COLUMNS, start=2):
            place = f'"total",{CALL.format(f"$B{row + 1}")},{absolute((CHAIN - 2, column))},0'
            book.formula(sheet, row, column, f"=VLOOKUP({place})", style, bottom=4, bottom_color=RULE)
        book.formula(sheet, row, 7, "=" + ours(f"$F{row + 1}"), "mn", bold=True)
        book.formula(sheet, row, 8, f"={a1(row + 1, 8)}/Capital", "share", bold=True)
    last = SHOCKS + FALLS - 1
    book.name("Shock_Fall", sheet, (SHOCKS, 1), (last, 1))
    book.name("Shock_Use", sheet, (SHOCKS, 8), (last, 8))


def _loans(slots: Slots, sheet: Worksheet) -> None:
    sheet.set_row(TOP - 1, 45)
    slots.labels(sheet, TOP)
    columns = (
        ("Cover", "Economic value over loan", "=IF([Loan_LTV]>0,1/[Loan_LTV],0)", "multiple"),
        ("Whole_Loan", "Whole loan on GPUs, all lenders, USD m", '=IF(AND([Loan_Type]="GPU",[Loan_LTV]>0),[Loan_Exposure]/[Loan_Held],0)', "mn"),
        ("Sale_Units", "Its GPUs, counted by value in new ones", "=[Whole_Loan]*[Cover]/Unit_Value", "count"),
        ("Ob_Units", "GPUs of the borrower, at its first loan", "=[first]*SUMIF(Loan_Borrower,[Loan_Borrower],Sale_Units)", "count"),
        ("Falls", "Falls in the chain (1: yes)", "=IF(AND([Sale_Units]>0,[Loan_LTV]*Unit_Value/Chain_Price>Trigger_LTV),1,0)", "flag"),
        ("Own_Loss", "Our loss then, at the last price, USD m", "=[Falls]*[Loan_Exposure]*MAX(0,1-[Cover]*Chain_Price/Unit_Value)", "mn"),
    )  # fmt: skip
    for column, (name, heading, formula, style) in enumerate(columns, start=3):
        slots.column(sheet, TOP, column, name, heading, formula, style)
    slots.book.results(
        sheet, CHAIN, [Result("Chain_Loss", "Our loss in it, USD m", "=SUM(Own_Loss)", "mn")], 9
    )


def sale_charts(book: TemplateBook) -> list[Chart]:
    """The price round by round, and our loss by first fall."""

    def part(first: int, count: int, column: int) -> str:
        return f"'Forced sale'!{absolute((first, column), (first + count - 1, column))}"

    return [
        line_chart(book, "Price of a GPU by round, share of before (uncal.)", part(CHAIN, ROUNDS, 1), [("Price", part(CHAIN, ROUNDS, 7))], "0%", "0", low=0, high=1),
        bar_chart(book, "Our loss by first fall, USD m (uncal.)", part(SHOCKS, FALLS, 1), [("All that fall, at the last price", part(SHOCKS, FALLS, 7))], "#,##0,,", "0%"),
    ]  # fmt: skip
