"""The sheet Forced sale: the chain of defaults among the GPU loans, round by round. Uncalibrated throughout."""

from xlsxwriter.chart import Chart
from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.templates.cover import line_chart
from haircut_workbooks.templates.portfolio_convergence.charts import bar_chart
from haircut_workbooks.templates.portfolio_convergence.slots import Slots, paged
from haircut_workbooks.templates.sheets import GREY, INK, RULE, Look, Result, TemplateBook, a1, absolute

ROUNDS, SHOCKS, DEPTHS = 8, 9, 7
CHAIN, SHOCK, DEPTH, ANSWER, TOP = 6, 18, 31, 40, 52
WIDTHS = (2, 9, 36, *[15] * 6, 3, *[13] * 5)
CALL = "HC_DEFAULT_CHAIN(Whole_Loan,Sale_Units,Unit_Value,Trigger_LTV,{depth},{shock})"
COLUMNS = (
    ("Who falls (loan numbers)", "text"),
    ("Loans that fall", "count"),
    ("GPUs sold", "count"),
    ("Price after it, USD", "money"),
    ("Loss of all lenders, USD m", "mn"),
)
"""What the function gives beside the round, in its order; the row above the headings holds their places in its table."""
OURS, SHARE = 7, 8
NOTES = (
    "Uncalibrated: no bulk sale of GPUs is on record. GPUs are counted by value in new ones, of the whole loan: the agent of a syndicate sells for all lenders.",
    "A loan falls when its economic LTV at the new price is above the trigger; its GPUs are sold, which takes the price on, and the next loans fall. Sites and miners have no GPUs to sell.",
    "Our loss values what falls at the last price: at most what a sale round by round would lose. Loans fall one by one here, also of one borrower.",
)


def add_sale(slots: Slots) -> None:
    """Add the rounds, the chain by first fall and by depth, and the loans under them."""
    book = slots.book
    sheet = book.sheet(
        "Forced sale",
        "Forced sale (uncalibrated)",
        "A fall in price breaks the weakest loans, the sale of their GPUs breaks the next.",
        WIDTHS,
    )
    paged(sheet, WIDTHS, TOP - 1)
    _rounds(book, sheet)
    _chains(book, sheet, SHOCK, SHOCKS, "First fall", "share", ("=0", "={}+Shock_Step"), CALL.format(depth="Book_Depth", shock="{}"))  # fmt: skip
    _chains(book, sheet, DEPTH, DEPTHS, "Depth, GPUs", "count", ("=Book_Depth/Depth_Step/Depth_Step", "={}*Depth_Step"), CALL.format(depth="{}", shock="First_Shock"))  # fmt: skip
    book.name("Shock_Fall", sheet, (SHOCK, 1), (SHOCK + SHOCKS - 1, 1))
    book.name("Shock_Use", sheet, (SHOCK, SHARE), (SHOCK + SHOCKS - 1, SHARE))
    book.name("Depths", sheet, (DEPTH, 1), (DEPTH + DEPTHS - 1, 1))
    book.name("Depth_Use", sheet, (DEPTH, SHARE), (DEPTH + DEPTHS - 1, SHARE))
    broken = 'COUNTIF({},"<=1")'.format("Shock_Use")
    short = 'COUNTIF({},">1")'.format("Depth_Use")
    book.results(sheet, ANSWER, [
        Result("Break_Shock", "First fall that uses up the capital", f'=IF({broken}=ROWS(Shock_Use),"none",INDEX(Shock_Fall,{broken}+1))', "share"),
        Result("Break_Depth", "Depth at which it would not, GPUs", f'=IF({short}=ROWS(Depth_Use),"none",INDEX(Depths,{short}+1))', "count"),
        Result("Chain_Loss", "Our loss as assumed, USD m", "=SUM(Own_Loss)", "mn"),
    ], 2)  # fmt: skip
    for i, note in enumerate(NOTES):
        sheet.write(ANSWER + 4 + i, 1, note, book.style(font_color=GREY))
    _loans(slots, sheet)
    for i, chart in enumerate(sale_charts(book)):
        chart.set_size({"width": 470, "height": 290})
        sheet.insert_chart((CHAIN, SHOCK)[i] - 3, SHARE + 2, chart, {"y_offset": 60 * i})


def _rounds(book: TemplateBook, sheet: Worksheet) -> None:
    """The function's table, a round a row; a round that never comes is blank."""
    book.section(sheet, CHAIN - 3, "Rounds of the chain, at the assumed first fall and depth", 7)
    small: Look = {"font_color": GREY, "font_size": 8}
    sheet.write(CHAIN - 2, 1, "column", book.style(**small))
    for column in range(2, 2 + len(COLUMNS)):
        sheet.write(CHAIN - 2, column, column, book.style("count", align="center", **small))
    sheet.set_row(CHAIN - 1, 32)
    book.heading(sheet, CHAIN - 1, ["Round", *(heading for heading, _ in COLUMNS), "Price, share of before"])
    total = CHAIN + ROUNDS
    for row in range(CHAIN, total):
        start = f"={a1(row, 2)}+1" if row > CHAIN else "=0"
        book.formula(sheet, row, 1, start, "count", font_color=INK, align="center")
    sheet.write(total, 1, "total", book.style(bold=True, align="center"))
    for row in range(CHAIN, total + 1):
        call = CALL.format(depth="Book_Depth", shock="First_Shock")
        _given(book, sheet, row, f"$B{row + 1}", call, bold=row == total)
        book.formula(sheet, row, OURS, f"={a1(row + 1, 6)}/Unit_Value", "share", bold=row == total)
    book.name("Chain_Count", sheet, (total, 3))
    book.name("Chain_Price", sheet, (total, 5))
    sheet.conditional_format(
        CHAIN, 2, total, OURS, {"type": "errors", "format": book.style(font_color="#FFFFFF")}
    )


def _given(book: TemplateBook, sheet: Worksheet, row: int, line: str, call: str, bold: bool = False) -> None:
    """A line of the function's table, found by its first column."""
    for column, (_, style) in enumerate(COLUMNS, start=2):
        text = f"=VLOOKUP({line},{call},{absolute((CHAIN - 2, column))},0)"
        book.formula(sheet, row, column, text, style, bold=bold, bottom=4, bottom_color=RULE)


def ours(price: str) -> str:
    """Our loss where the chain ends at a price, USD: what falls, valued at it."""
    ltv = f"Loan_LTV*Unit_Value/{price}"
    falls = f"(Sale_Units>0)*({ltv}>Trigger_LTV)*({ltv}>1)"
    return f"=SUMPRODUCT({falls}*Loan_Exposure*(1-{price}/Unit_Value*Cover))"


def _chains(
    book: TemplateBook,
    sheet: Worksheet,
    top: int,
    count: int,
    heading: str,
    style: str,
    steps: tuple[str, str],
    call: str,
) -> None:
    """Where the chain ends, for several of what the first column holds: its start and its step, and the call with it."""
    book.section(sheet, top - 2, f"Where the chain ends, by {heading.partition(',')[0].lower()}", 8)
    sheet.set_row(top - 1, 32)
    heads = [name for name, _ in COLUMNS]
    book.heading(sheet, top - 1, [heading, *heads, "Our loss, USD m", "Share of the capital"])
    for row in range(top, top + count):
        text = steps[1].format(a1(row, 2)) if row > top else steps[0]
        book.formula(sheet, row, 1, text, style, font_color=INK, align="center")
        _given(book, sheet, row, '"total"', call.format(f"$B{row + 1}"))
        book.formula(sheet, row, OURS, ours(f"$F{row + 1}"), "mn", bold=True)
        book.formula(sheet, row, SHARE, f"={a1(row + 1, OURS + 1)}/Capital", "share", bold=True)


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


def sale_charts(book: TemplateBook) -> list[Chart]:
    """The price round by round, and our loss by first fall."""

    def part(first: int, count: int, column: int) -> str:
        return f"'Forced sale'!{absolute((first, column), (first + count - 1, column))}"

    return [
        line_chart(book, "Price of a GPU by round, share of before (uncal.)", part(CHAIN, ROUNDS, 1), [("Price after the round", part(CHAIN, ROUNDS, OURS))], "0%", "0", low=0, high=1),
        bar_chart(book, "Our loss by first fall of the price, USD m (uncal.)", part(SHOCK, SHOCKS, 1), [("All that fall, at the last price", part(SHOCK, SHOCKS, OURS))], "#,##0,,", "0%"),
    ]  # fmt: skip
