"""Stress sheets of the gpu_loan template: the forced sale at the worst date, and correlation convergence."""

from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.package.address import column_letters
from haircut_workbooks.templates.sheets import GREY, TemplateBook, block
from haircut_workbooks.templates.timeline import ALL, QUARTERS, quarter_sheet

MONTH_COLUMNS = ("general", "years", "count", "number", "money", "money", "money", "money", "money", "money")
FACTORS = (
    ("Coin price, index", "=100", "Vol_Coin", -1, "rent"),
    ("GPU rent, USD/h", "=Rent", "Vol_Rent", -1, "rent"),
    ("Power, USD/kWh", "=Power_Price", "Vol_Power", 1, "number"),
    ("Refinancing spread", "=Margin", "Vol_Refi", 1, "rate"),
)
PAIRS = ("Coin_Rent", "Coin_Power", "Coin_Refi", "Rent_Power", "Rent_Refi", "Power_Refi")
SALE_TAIL = "Depth_Recovery,Other_Units,Worst_Decay,Discount_Rate,Carry,Exit_Cost,Legal_Months"


def add_forced_sale(book: TemplateBook) -> None:
    """The sale at the date when a default would lose the most money, month by month."""
    sheet = book.sheet(
        "Forced sale",
        "Forced sale at the worst date, uncalibrated",
        "The date at which a default would lose the most money, or comes nearest to a loss; the break-even depth is the number to discuss.",
        [2, 34, *[14] * 10],
    )
    shortfall, ratio = block("Liquidation", ALL, 10), block("Liquidation", ALL, 12)

    def at_worst(sheet_name: str, column: int) -> str:
        return f"=INDEX({block(sheet_name, ALL, column)},Worst_Row)"

    lines = (
        ("Worst_Row", "Row of the timeline", f"=IF(MAX({shortfall})>0,MATCH(MAX({shortfall}),{shortfall},0),MATCH(MAX({ratio}),{ratio},0))", "count"),
        ("Worst_Date", "Date", at_worst("Liquidation", 3), "date"),
        ("Worst_Years", "Years from closing", at_worst("Liquidation", 2), "years"),
        ("Worst_Gpus", "GPUs to sell", at_worst("Liquidation", 4), "count"),
        ("Worst_Unit_Value", "Economic value of one, USD", at_worst("Liquidation", 5), "money"),
        ("Worst_Debt", "Exposure, USD", at_worst("Liquidation", 6), "money"),
        ("Worst_Months", "Months of selling", at_worst("Liquidation", 7), "rent"),
        ("Worst_Decay", "Value lost a year while selling", at_worst("Collateral", 22), "rate"),
        ("Worst_Proceeds", "Proceeds, USD", at_worst("Liquidation", 8), "money"),
        ("Worst_LGD", "Loss given default", at_worst("Liquidation", 11), "share"),
        ("Worst_Break_Depth", "Break-even depth, GPUs", f"=HC_BREAK_DEPTH(Worst_Debt,Worst_Gpus,Worst_Unit_Value,Worst_Months,{SALE_TAIL})", "count"),
        ("Closing_Break_Depth", "Break-even depth at closing, GPUs", f"=HC_BREAK_DEPTH(Debt,Liquidation!E7,Liquidation!F7,Liquidation!H7,{SALE_TAIL.replace('Worst_Decay', 'Collateral!W7')})", "count"),
        ("Assumed_Depth", "Assumed depth, GPUs, uncalibrated", "=Depth", "count"),
        ("Any_Depth", "Recovery in a market of any depth", f"=MAX(0,MIN(1,INDEX(HC_LIQUIDATION(Worst_Gpus,Worst_Unit_Value,Worst_Months,1000000000000,{SALE_TAIL},FALSE),1,10)/Worst_Debt))", "share"),
    )  # fmt: skip
    for row, (name, label, formula, style) in enumerate(lines, start=4):
        sheet.write(row, 1, label, book.style())
        sheet.write_formula(row, 2, formula, book.style(style, align="right"))
        book.name(name, sheet, (row, 2))
    note = "#N/A for a break-even depth: no market, however deep, repays the debt from this collateral."
    sheet.write(19, 1, note, book.style(italic=True, font_color=GREY))
    sale = f"=HC_LIQUIDATION(Worst_Gpus,Worst_Unit_Value,Worst_Months,Depth,{SALE_TAIL})"
    book.spill(sheet, 21, 1, (14, 10), sale, MONTH_COLUMNS)
    for row in range(21, 160):
        for column, style in enumerate(MONTH_COLUMNS, start=1):
            if row >= 35:
                sheet.write_blank(row, column, None, book.style(style))
    header = book.style(bold=True, font_color="#FFFFFF", bg_color="#1F4E79")
    sheet.conditional_format(21, 1, 21, 10, {"type": "no_errors", "format": header})


def add_convergence(book: TemplateBook) -> None:
    """The same bad year twice: with correlations as quoted, and converged."""
    sheet = book.sheet(
        "Convergence",
        "Correlation convergence",
        "Each factor's own volatility stays as it is; what changes is how many of them turn bad together.",
        [2, 34, *[13] * 14],
    )
    _factors(book, sheet)
    _moves(book, sheet)
    _stressed_cash(book)
    _outcomes(book, sheet)
    text = (
        "What convergence does: it leaves every factor's own distribution alone and moves dependence, so a bad year comes with more of the factors at once.",
        "Coin price and refinancing spread move no cash on this sheet: they matter through the others they move with; on the sheet Deal scenario all four do. The stress is taken at the base case's worst date.",
        "What it does not: equity tranches gain from it, and a high quantile of loss is not always larger at a higher correlation.",
    )
    for i, line in enumerate(text):
        sheet.write(38 + i, 1, line, book.style(italic=True, font_color=GREY))


def _factors(book: TemplateBook, sheet: Worksheet) -> None:
    names = [name for name, *_ in FACTORS]
    book.heading(
        sheet,
        5,
        [
            "Factor",
            "Today",
            "Volatility",
            "Bad direction",
            *names,
            "",
            *names,
            "Sum, quoted",
            "Sum, converged",
        ],
    )
    sheet.write(4, 5, "Correlations as quoted", book.style(bold=True))
    sheet.write(4, 10, "Converged", book.style(bold=True))
    sheet.set_row(5, 30)
    for i, (name, level, volatility, sign, style) in enumerate(FACTORS):
        row = 6 + i
        sheet.write(row, 1, name, book.style())
        sheet.write_formula(row, 2, level, book.style(style))
        sheet.write_formula(row, 3, f"={volatility}", book.style("share"))
        sheet.write(row, 4, sign, book.style("count"))
        for j in range(4):
            pair = {
                (a, b): p
                for p, (a, b) in zip(PAIRS, ((a, b) for a in range(4) for b in range(a + 1, 4)), strict=True)
            }
            if i == j:
                sheet.write(row, 5 + j, 1, book.style("rent"))
            else:
                sheet.write_formula(row, 5 + j, f"=Corr_{pair[min(i, j), max(i, j)]}", book.style("rent"))
        for column, letters in ((14, "FGHI"), (15, "KLMN")):
            terms = "+".join(f"{letter}{row + 1}*$E${7 + j}" for j, letter in enumerate(letters))
            sheet.write_formula(row, column, f"=E{row + 1}*({terms})", book.style("rent"))
    book.spill(sheet, 6, 10, (4, 4), "=HC_CORR_CONVERGE(F7:I10,Convergence,E7:E10)", ["rent"] * 4)


def _moves(book: TemplateBook, sheet: Worksheet) -> None:
    book.section(
        sheet, 12, "Expected move of each factor in a year whose average stress is at the chosen quantile", 6
    )
    sheet.set_row(13, 30)
    book.heading(
        sheet, 13, ["Factor", "Sigmas, quoted", "Sigmas, converged", "Level, quoted", "Level, converged"]
    )
    for i, (name, _, _, sign, style) in enumerate(FACTORS):
        row = 14 + i
        sheet.write(row, 1, name, book.style())
        for column, sums in ((2, "O"), (3, "P")):
            sigma = f"=NORM.S.INV(Confidence)*{sums}{7 + i}/SQRT(SUM({sums}$7:{sums}$10))"
            sheet.write_formula(row, column, sigma, book.style("rent"))
        for column, sigmas in ((4, "C"), (5, "D")):
            moved = f"{'+' if sign > 0 else '-'}D{7 + i}*{sigmas}{row + 1}"
            level = f"=C{7 + i}{moved}" if name.startswith("Refi") else f"=C{7 + i}*EXP({moved})"
            sheet.write_formula(row, column, level, book.style(style))


def _stressed_cash(book: TemplateBook) -> None:
    sheet = quarter_sheet(book, "Stressed cash", "Cash under stress", "Merchant rent and power moved as on the sheet Convergence from the first quarter on; idle where the stressed rent does not cover cost; no tax relief is counted.",
        ["Cost per hour, quoted", "Runs, quoted", "Merchant, quoted, USD", "CFADS, quoted, USD", "Cost per hour, converged", "Runs, converged", "Merchant, converged, USD", "CFADS, converged, USD", "Scheduled service, USD"])  # fmt: skip
    for first, letter in ((4, "C"), (8, "D")):
        cost, runs, merchant = (column_letters(first + 1 + i) for i in range(3))
        rent, power = f"Convergence!{letter}$22", f"Convergence!{letter}$23"
        book.fill(sheet, QUARTERS, first, f"=Kw_Per_Gpu*Power_Price*{power}+Hosting_Cost", "number")
        book.fill(
            sheet,
            QUARTERS,
            first + 1,
            f"=IF(Utilisation*Availability*Revenue!F{{r}}*{rent}>{cost}{{r}},1,0)",
            "count",
        )
        earned = f"=Fleet!U{{r}}*2190*Availability*(1-Revenue!G{{r}})*Utilisation*Revenue!F{{r}}*{rent}*{runs}{{r}}"
        book.fill(sheet, QUARTERS, first + 2, earned, "money")
        hours = f"Fleet!U{{r}}*2190*(Revenue!G{{r}}+(1-Revenue!G{{r}})*{runs}{{r}})"
        cash = f"=Revenue!L{{r}}+{merchant}{{r}}-{hours}*{cost}{{r}}-Revenue!O{{r}}-Revenue!T{{r}}"
        book.fill(sheet, QUARTERS, first + 3, cash, "money")
    book.fill(sheet, QUARTERS, 12, "=Debt!I{r}", "money")


def _stressed_vintage(v: int) -> str:
    """Rent-implied value of a vintage at the worst date with the scenario's rent and power."""
    owned, life, serves, rent = (
        f"INDEX({block(sheet, ALL, column)},Worst_Row)"
        for sheet, column in (
            ("Fleet", 3 + v),
            ("Collateral", 4 + v),
            ("Collateral", 22 + v),
            ("Collateral", 25 + v),
        )
    )
    cost = "Kw_Per_Gpu*Power_Price*{c}23+Hosting_Cost"
    each = f"HC_RENT_VALUE({rent}*{{c}}22,Rent_Decline,{cost},Discount_Rate,{life},Utilisation*Availability,Scrap)"
    return f"{owned}*{each}/(1+Discount_Rate)^({serves}-Worst_Years)"


def _outcomes(book: TemplateBook, sheet: Worksheet) -> None:
    book.section(sheet, 19, "The deal in that year", 6)
    book.heading(sheet, 20, ["", "Quoted", "Converged", "Delta"])
    value = "+".join(_stressed_vintage(v) for v in (1, 2, 3))
    step = f"INDEX({block('Collateral', ALL, 12)},Worst_Row)"
    sale = f"HC_LIQUIDATION(Worst_Gpus,{{c}}26,Worst_Months,{{c}}25,{SALE_TAIL},FALSE)"
    lines = (
        ("Rent left, share of today's", "=EXP(-$D$8*{c}16)", "share"),
        ("Power price, multiple of today's", "=EXP($D$9*{c}17)", "multiple"),
        ("Average stress, sigmas", "=AVERAGE({c}15:{c}18)", "rent"),
        ("Market depth left, GPUs, uncalibrated", "=Depth*EXP(-Buyer_Vacuum*MAX(0,{c}24))", "count"),
        ("Economic value of one GPU, worst date, USD", f"=MIN({step},{value})/Worst_Gpus", "money"),
        ("Lowest DSCR", "=HC_DSCR_MIN('Stressed cash'!{s},'Stressed cash'!$M$8:$M$47)", "multiple"),
        ("Proceeds, USD", f"=MAX(0,INDEX({sale},1,10))", "money"),
        ("Economic LTV", "=HC_LTV(Worst_Debt,Worst_Gpus*{c}26)", "share"),
        ("Liquidation LTV", "=IF({c}28>0,Worst_Debt/{c}28,NA())", "share"),
        ("Loss given default", "=HC_LGD(Worst_Debt,{c}28)", "share"),
        ("Asset correlation", "={rho}", "share"),
        ("Probability of default", "=HC_STRESSED_PD(PD,{c}32,Confidence)", "share"),
        ("Expected loss in that year, share of debt", "={c}31*{c}33", "share"),
    )
    rho = {"C": "Asset_Correlation", "D": "Asset_Correlation+Convergence*(1-Asset_Correlation)"}
    for i, (label, formula, style) in enumerate(lines):
        row = 21 + i
        sheet.write(row, 1, label, book.style())
        for column, letter, series in ((2, "C", "$H$8:$H$47"), (3, "D", "$L$8:$L$47")):
            text = formula.replace("{c}", letter).replace("{s}", series).replace("{rho}", rho[letter])
            sheet.write_formula(row, column, text, book.style(style))
        sheet.write_formula(row, 4, f"=D{row + 1}-C{row + 1}", book.style(style))
