"""Sheets Collateral, Liquidation and Forced sale: three values of one fleet, and what a default would bring."""

from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.templates.gpu_loan.fleet import FACTOR, OPEX, ORDINAL, total
from haircut_workbooks.templates.gpu_loan.inputs import VINTAGES
from haircut_workbooks.templates.lines import Timeline
from haircut_workbooks.templates.sheets import GREY, Result, TemplateBook, a1

SALE_TAIL = "Discount_Rate,Carry,Exit_Cost,Live_Legal_Months"
MONTHS = 14
"""Rows of the month-by-month table in the illustration; a longer sale spills further."""
MOST_MONTHS = 140
LADDER = (
    ("180 days, orderly", "liquidation_factor_180d"),
    ("90 days, broker", "liquidation_factor_90d"),
    ("30 days, auction", "liquidation_factor_30d"),
    ("7 days, distressed", "liquidation_factor_7d"),
)
MONTH_STYLES = ("general", "years", "count", "number", "money", "money", "money", "money", "money", "money")


def add_collateral(time: Timeline) -> None:
    """Three values of the same fleet, the lowest of them, which one binds, and the contract beside it."""
    sheet = time.sheet(
        "Collateral", "Collateral", "One fleet, three values: book, economic with steps, implied by the rent it can still earn."
    )  # fmt: skip
    curve = "=HC_RENT_CURVE(Live_Rent,Live_Rent_Decline,{{{key}::}},Live_Release_Times,Live_Release_Rent_Drops,Rent_Floor)"
    sheet.section("Rent-implied value")
    sheet.spill(
        curve.format(key="years"), ("spot", "Market rent, first vintage", "USD/h", "rent"), closing=True
    )
    for v in VINTAGES:
        name = f"{ORDINAL[v]} vintage"
        life = f"=MAX(0,Physical_Life-{{age_{v}}})"
        sheet.line(f"life_{v}", f"Life left, {name}", "years", "years", life, closing=life)
        # A vintage earns nothing before it serves: value it at that date, and discount back.
        serves = f"=MAX({{years}},In_Service_{v})"
        sheet.line(f"serves_{v}", f"Serves from, {name}", "years", "years", serves, closing=serves)
        sheet.spill(
            curve.format(key=f"serves_{v}"),
            (f"then_{v}", f"Rent then, {name}", "USD/h", "rent"),
            closing=True,
        )
        own = "" if v == 1 else f"*{FACTOR[v]}"
        value = (
            f"=HC_RENT_VALUE({{then_{v}::}}{own},Live_Rent_Decline,{OPEX[v]},Discount_Rate,{{life_{v}::}},Utilisation*Availability,Scrap)"
            f"/(1+Discount_Rate)^({{serves_{v}::}}-{{years::}})"
        )
        sheet.spill(
            value, (f"rent_value_{v}", f"Rent-implied value of one, {name}", "USD", "money"), closing=True
        )
    sheet.section("Values of the fleet")
    implied = "=" + "+".join(f"{{owned_{v}}}*{{rent_value_{v}}}" for v in VINTAGES)
    for key, label, formula in (
        ("book", "Book", "={book_value}"), ("step", "Step", "={step_value}"), ("implied", "Rent-implied", implied)
    ):  # fmt: skip
        sheet.line(key, label, "USD m", "mn", formula, closing=formula)
    sheet.spill(
        "=TRANSPOSE(HC_COLLATERAL_VALUE({book::},{step::},{implied::},,FALSE))",
        ("least", "Lowest", "USD m", "mn"),
        ("binding", "Which binds", "", "general"),
        closing=True,
    )
    sheet.line(
        "tie",
        "Lowest less the least of the three",
        "USD m",
        "mn",
        "={least}-MIN({book},{step},{implied})",
        closing="={least}-MIN({book},{step},{implied})",
    )
    sheet.line(
        "economic",
        "Economic: lower of step and rent-implied",
        "USD m",
        "mn",
        "=MIN({step},{implied})",
        closing="=MIN({step},{implied})",
        bold=True,
    )
    decay = "IF(AND({economic}>0,INDEX({economic::},{ahead})>0),MAX(0,-LN(INDEX({economic::},{ahead})/{economic}))*Periods_Per_Year/({ahead}-1-{period}),0)"
    ahead = "=MIN({period}+Periods_Per_Year,Periods)+1"
    sheet.line("ahead", "A year on, place in the row", "place", "count", ahead, closing=ahead)
    sheet.line(
        "decay",
        "Value lost over the next year",
        "continuous",
        "rate",
        f"=IF({{period}}>=Periods,{{decay<}},{decay})",
        closing=f"={decay}",
    )
    sheet.section("The contract in place")
    for v in VINTAGES:
        own = "" if v == 1 else f"*{FACTOR[v]}"
        sheet.line(
            f"uplift_{v}", f"Paid above what the market would, {ORDINAL[v]} vintage", "USD m", "mn",
            f"={{earning_{v}}}*Hours_Per_Period*{{share_{v}}}*(Availability*(Contract_Rent*Live_Realisation-Utilisation*{{rent}}*{{runs_{v}}}){own}-(1-{{runs_{v}}})*{OPEX[v]})",
        )  # fmt: skip
    sheet.line(
        "uplift_pv",
        "Discounted to closing",
        "USD m",
        "mn",
        "=(" + total("uplift")[1:] + ")*Contract_Factor^{period}",
        closing="=0",
        total=True,
    )
    sheet.line(
        "uplift_past", "Of which past", "USD m", "mn", "={uplift_past<}+{uplift_pv}", closing="={uplift_pv}"
    )
    to_come = "=({uplift_pv#}-{uplift_past})/Contract_Factor^{period}"
    sheet.line("uplift_to_come", "Value of what is still to come", "USD m", "mn", to_come, closing=to_come)
    held = "=MAX(0,{economic}+{uplift_to_come})"
    sheet.line("with_contract", "Economic, contract taken over", "USD m", "mn", held, closing=held, bold=True)


def add_liquidation(time: Timeline) -> None:
    """A default at each date: months to sell, proceeds, loss."""
    sheet = time.sheet(
        "Liquidation", "Liquidation, uncalibrated", "If the loan defaulted at each date: everything here rests on an assumed market depth."
    )  # fmt: skip
    sheet.section("Forced sale at each date")
    lines = (
        ("gpus", "GPUs", "GPUs", "count", "={owned}", False),
        ("unit_value", "Economic value of one", "USD", "money", "={economic}/{gpus}", False),
        ("months", "Months of selling", "months", "rent", "=HC_MONTHS_TO_SELL({gpus},{kw},Hosting_MW_Per_Month,Hostable_Share)", False),
        ("proceeds", "Proceeds", "USD m", "mn", f"=MAX(0,INDEX(HC_LIQUIDATION({{gpus}},{{unit_value}},{{months}},Live_Depth,Depth_Recovery,Live_Other_Units,{{decay}},{SALE_TAIL},FALSE),1,Sale_Column))", True),
    )  # fmt: skip
    for key, label, unit, style, formula, bold in lines:
        sheet.line(key, label, unit, style, formula, closing=formula, bold=bold)
    # A default is a payment missed: what was owed before it, and what fell due with it. The quarter's draw has
    # been paid out for the GPUs that are sold.
    sheet.line(
        "exposure",
        "Exposure as agreed: debt, draw and the interest missed",
        "USD m",
        "mn",
        "={opening}+{draw}+{interest}+{fee}-{funded}",
        closing="={balance}",
    )
    strain = "=IF(AND({exposure}>0,{proceeds}>0),{exposure}/{proceeds},0)"
    before = "=IF({exposure}>0,HC_LGD({exposure},{proceeds}),0)"
    sheet.line("strain", "Exposure over proceeds", "share", "share", strain, closing=strain)
    sheet.line(
        "lgd_gross", "Loss given default, cash in accounts gone", "share", "share", before, closing=before
    )
    sheet.section("Net of the cash in the lender's accounts")
    sheet.line(
        "at_default",
        "Exposure as the waterfall leaves it",
        "USD m",
        "mn",
        "=IF({exposure}>0,{w_opening}+{w_draw}+{w_interest}-{w_equity},0)",
        closing="={w_closing}",
    )
    # The net is rounded to cents, because what is left of two equal numbers is an engine's own affair.
    held = "=MIN({at_default},Cash_Credit*{w_before})"
    at_closing = "=MIN({at_default},Cash_Credit*{w_held})"
    sheet.line("credited", "Reserve and trapped cash at hand", "USD m", "mn", held, closing=at_closing)
    for key, label, unit, style, formula in (
        ("net", "Exposure, net", "USD m", "mn", "=ROUND({at_default}-{credited},2)"),
        ("shortfall", "Shortfall", "USD m", "mn", "=MAX(0,{net}-{proceeds})"),
        ("lgd", "Loss given default", "share", "share", "=IF({at_default}>0,HC_LGD({at_default},{proceeds}+{credited}),0)"),
        ("net_strain", "Net exposure over proceeds", "share", "share", "=IF(AND({net}>0,{proceeds}>0),{net}/{proceeds},0)"),
    ):  # fmt: skip
        sheet.line(key, label, unit, style, formula, closing=formula, bold=key in ("shortfall", "lgd"))


def forced_sale_sheet(book: TemplateBook) -> Worksheet:
    """Add the sheet of the sale at the worst date; it is filled when the lines are declared."""
    return book.sheet(
        "Forced sale",
        "Forced sale at the worst date, uncalibrated",
        "The date at which a default would lose the most money, net of cash in the lender's accounts, or comes nearest to a loss; the break-even depth is the number to discuss.",
        [2, 48, *[14] * 10],
    )


def fill_forced_sale(book: TemplateBook, sheet: Worksheet, time: Timeline) -> None:
    """The worst date, what a sale then brings, and the sale month by month."""

    def at_worst(line: str) -> str:
        return time.text(f"=INDEX({{{line}::}},Worst_Place)")

    tail = f"Depth_Recovery,Live_Other_Units,Worst_Decay,{SALE_TAIL}"
    closing_tail = time.text(tail.replace("Worst_Decay", "{decay^}"))
    worst = "=IF(MAX({shortfall::})>0,MATCH(MAX({shortfall::}),{shortfall::},0),MATCH(MAX({net_strain::}),{net_strain::},0))"
    lines = (
        Result("Worst_Place", "Place in the row of dates, closing is 1", time.text(worst), "count"),
        Result("Worst_Date", "Date", at_worst("date"), "date"),
        Result("Worst_Years", "Years from closing", at_worst("years"), "years"),
        Result("Worst_Gpus", "GPUs to sell", at_worst("gpus"), "count"),
        Result("Worst_Unit_Value", "Economic value of one, USD", at_worst("unit_value"), "money"),
        Result("Worst_Exposure", "Exposure, USD m", at_worst("at_default"), "mn"),
        Result("Worst_Cash", "Reserve and trapped cash at hand, USD m", at_worst("credited"), "mn"),
        Result("Worst_Net", "Exposure, net of that cash, USD m", "=Worst_Exposure-Worst_Cash", "mn"),
        Result("Worst_Months", "Months of selling", at_worst("months"), "rent"),
        Result("Worst_Decay", "Value lost a year while selling", at_worst("decay"), "rate"),
        Result("Worst_Proceeds", "Proceeds, USD m", at_worst("proceeds"), "mn"),
        Result("Worst_LGD", "Loss given default, net of that cash", at_worst("lgd"), "share"),
        Result("Worst_Break_Depth", "Break-even depth, GPUs", f"=HC_BREAK_DEPTH(Worst_Net,Worst_Gpus,Worst_Unit_Value,Worst_Months,{tail})", "count"),
        Result("Closing_Break_Depth", "Break-even depth at closing, GPUs", time.text("=HC_BREAK_DEPTH({net^},{gpus^},{unit_value^},{months^},") + closing_tail + ")", "count"),
        Result("Any_Depth_Recovery", "Recovery of the net exposure in a market of any depth", f"=IF(Worst_Net>0,MAX(0,MIN(1,INDEX(HC_LIQUIDATION(Worst_Gpus,Worst_Unit_Value,Worst_Months,Any_Depth,{tail},FALSE),1,Sale_Column)/Worst_Net)),1)", "share"),
        Result("", "Assumed depth, GPUs, uncalibrated", "=Live_Depth", "count"),
    )  # fmt: skip
    row = book.results(sheet, 3, lines)
    note = "#N/A for a break-even depth: no market, however deep, repays the debt from this collateral."
    sheet.write(row, 1, note, book.style(italic=True, font_color=GREY))
    _ladder(book, sheet)
    top = row + 2
    sale = f"=HC_LIQUIDATION(Worst_Gpus,Worst_Unit_Value,Worst_Months,Live_Depth,{tail})"
    book.spill(sheet, top, 1, (MONTHS, len(MONTH_STYLES)), sale, MONTH_STYLES)
    for below in range(top + MONTHS, top + MOST_MONTHS):
        for column, style in enumerate(MONTH_STYLES, start=1):
            sheet.write_blank(below, column, None, book.style(style))
    book.name("Sold", sheet, (top + 1, 3))
    book.spilled_heading(sheet, top, 1, len(MONTH_STYLES))
    sheet.set_row(top, 15, book.style(align="right"))


def _ladder(book: TemplateBook, sheet: Worksheet) -> None:
    """The publisher's orderly and forced liquidation values beside the model's; no other sheet reads them."""
    first, column = 4, 7
    book.section(
        sheet, 2, "Orderly and forced liquidation value: a publisher's assumption, no outcomes", 8, first
    )
    heads = ["Time on market", " ", " ", "Share of value", "Value, USD m", "Net LTV", "LGD", "Grade"]
    book.heading(sheet, 3, heads, first)
    fleet = "Worst_Gpus*Worst_Unit_Value"
    rows = [(label, f'=HC_FACT("{fact}","value")', f'=HC_FACT("{fact}","grade")') for label, fact in LADDER]
    executed = '=HC_FACT("resale_h100_executed_2026_07","value")/HC_FACT("resale_h100_model_2026_07","value")'
    rows.append(
        ("H100 executed over model, July 2026", executed, '=HC_FACT("resale_h100_executed_2026_07","grade")')
    )
    rows.append(
        ("This workbook's sale at the assumed depth", f"=IF({fleet}>0,Worst_Proceeds/({fleet}),0)", "")
    )
    for row, (label, share, grade) in enumerate(rows, start=4):
        factor, worth = a1(row + 1, column + 1), a1(row + 1, column + 2)
        sheet.write(row, first, label, book.style())
        book.formula(sheet, row, column, share, "share")
        book.formula(sheet, row, column + 1, f"={factor}*{fleet}", "mn")
        book.formula(sheet, row, column + 2, f"=IF({worth}>0,Worst_Net/{worth},NA())", "share")
        lost = f"=IF(Worst_Exposure>0,HC_LGD(Worst_Exposure,{worth}+Worst_Cash),0)"
        book.formula(sheet, row, column + 3, lost, "share")
        if grade:
            book.formula(sheet, row, column + 4, grade, "general", align="right")
        else:
            sheet.write(row, column + 4, "uncalibrated", book.style(align="right"))
    row = 5 + len(rows)
    sheet.write(row, first, "Months of the whole executed tape that it needs", book.style())
    book.formula(sheet, row, column, "=Worst_Gpus/Tape_A_Month", "rent")
    book.name("Tape_Needed", sheet, (row, column))
    note = "Executed prices and tape: CCIR, transcribed; ladder: SpotWire. The sheet Market readings dates and grades them."
    sheet.write(row + 1, first, note, book.style(italic=True, font_color=GREY))
