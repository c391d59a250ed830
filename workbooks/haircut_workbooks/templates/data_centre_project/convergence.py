"""Sheet Convergence: one bad year twice, with correlations as quoted and converged."""

from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.templates.lines import Timeline
from haircut_workbooks.templates.market import FACTORS as MARKET_FACTORS
from haircut_workbooks.templates.market import quoted_correlation
from haircut_workbooks.templates.sheets import GREY, TemplateBook, a1, absolute

FACTORS = (
    ("Coin price, USD", "=Coin_Price", "=Vol_Coin", -1, "money"),
    ("Rent of the next tenant, USD/kW-month", "=Lease_Rent*Relet_Share*(1-Live_Relet_Loss)", "=Vol_Rent", -1, "rent"),
    ("Power, multiple of today's", "=1", "=Vol_Power", 1, "rent"),
    ("New lender's spread", "=Refi_Spread+Live_Refi_Spread", "=Vol_Refi", 1, "rate"),
)  # fmt: skip
CASES = (("Quoted", "q", 2), ("Converged", "c", 3))
TOP, QUOTED, CONVERGED = 6, 5, 10
"""First row of the factors, first columns of the two matrices."""
SIZE = len(FACTORS)
MOVES = TOP + SIZE + 4
OUTCOMES = MOVES + SIZE + 4
NOTES = (
    "Convergence leaves every factor's own distribution alone and moves dependence: a bad year comes with more of the factors at once.",
    "Coin and power move no cash of this project, whose tenant pays for power: they matter through rent and spread, which move with them. The stress is put on the balloon at maturity, and on the date at which the tenant's default loses most.",
)


def add_convergence(book: TemplateBook, time: Timeline) -> None:
    """Factors, matrices, moves, and what becomes of the deal."""
    sheet = book.sheet("Convergence", "Correlation convergence", "Each factor's own volatility stays as it is; what changes is how many of them turn bad together.", [2, 52, *[13] * 14])  # fmt: skip
    sheet.write_formula(2, 1, "=Deal", book.style(bold=True))
    _factors(book, sheet)
    _moves(book, sheet)
    _outcomes(book, sheet, time)


def _factors(book: TemplateBook, sheet: Worksheet) -> None:
    sheet.write(TOP - 2, QUOTED, "Correlations as quoted", book.style(bold=True))
    sheet.write(TOP - 2, CONVERGED, "Converged", book.style(bold=True))
    heads = ["Factor", "Today", "Volatility", "Bad direction", *MARKET_FACTORS, "", *MARKET_FACTORS, "Sum, quoted", "Sum, converged"]  # fmt: skip
    book.heading(sheet, TOP - 1, heads)
    sheet.set_row(TOP - 1, 30)
    signs = absolute((TOP, 4), (TOP + SIZE - 1, 4))
    for i, (name, level, volatility, sign, style) in enumerate(FACTORS):
        row = TOP + i
        sheet.write(row, 1, name, book.style())
        book.formula(sheet, row, 2, level, style)
        book.formula(sheet, row, 3, volatility, "share")
        sheet.write(row, 4, sign, book.style("count"))
        for j in range(SIZE):
            book.formula(sheet, row, QUOTED + j, quoted_correlation(i, j), "rent")
        for column, matrix in ((14, QUOTED), (15, CONVERGED)):
            line = absolute((row, matrix), (row, matrix + SIZE - 1))
            sheet.write_formula(row, column, f"={a1(row + 1, 5)}*SUMPRODUCT({line},TRANSPOSE({signs}))", book.style("rent"))  # fmt: skip
    quoted = absolute((TOP, QUOTED), (TOP + SIZE - 1, QUOTED + SIZE - 1))
    converged = (TOP, CONVERGED), (TOP + SIZE - 1, CONVERGED + SIZE - 1)
    call = f"=HC_CORR_CONVERGE({quoted},Convergence,{signs})"
    book.spill(sheet, TOP, CONVERGED, (SIZE, SIZE), call, ["rent"] * SIZE)
    book.name("Converged_Correlations", sheet, *converged)


def _moves(book: TemplateBook, sheet: Worksheet) -> None:
    book.section(sheet, MOVES - 2, "Expected move of each factor in a year whose average stress is at the chosen quantile", 5)  # fmt: skip
    book.heading(sheet, MOVES - 1, ["Factor", "Sigmas, quoted", "Sigmas, converged", "Level, quoted", "Level, converged"])  # fmt: skip
    sheet.set_row(MOVES - 1, 30)
    for i, (name, *_, sign, style) in enumerate(FACTORS):
        row, factor = MOVES + i, TOP + i + 1
        sheet.write(row, 1, name, book.style())
        for column, sums in ((2, 14), (3, 15)):
            every = absolute((TOP, sums), (TOP + SIZE - 1, sums))
            sigma = f"=NORM.S.INV(Confidence)*{a1(factor, sums + 1)}/SQRT(SUM({every}))"
            sheet.write_formula(row, column, sigma, book.style("rent"))
            moved = f"{'+' if sign > 0 else '-'}{a1(factor, 4)}*{a1(row + 1, column + 1)}"
            today = a1(factor, 3)
            level = f"={today}{moved}" if i == SIZE - 1 else f"={today}*EXP({moved})"
            sheet.write_formula(row, column + 2, level, book.style(style))


def _outcomes(book: TemplateBook, sheet: Worksheet, time: Timeline) -> None:
    book.section(sheet, OUTCOMES - 2, "The deal in that year", 4)
    book.heading(sheet, OUTCOMES - 1, ["", "Quoted", "Converged", "Delta"])
    for case, key, column in CASES:
        rent, spread = (a1(MOVES + i + 1, column + 1) for i in (1, 3))
        rho = "Asset_Correlation" + ("+Convergence*(1-Asset_Correlation)" if key == "c" else "")
        at = [a1(OUTCOMES + i + 1, column + 1) for i in range(12)]
        window = "({period:}>Maturity)*({period:}<=Maturity+Refi_Periods)"
        lost = f"(1-{case}_Rent_Left)*{{next_revenue:}}"
        lines = (
            (f"{case}_Rent_Left", "Rent of the next tenant left, share", f"=EXP(-Vol_Rent*{rent})", "share"),
            ("", "New lender's rate a half-year", f"=Refi_Rate+Vol_Refi*{spread}/Periods_Per_Year", "rate"),
            ("", "Loan that the cash then repays at maturity, USD m", f"=SUMPRODUCT({{{key}_over:}}*{window}/(1+{at[1]})^({{period:}}-Maturity))", "mn"),
            ("", "Economic value at maturity, USD m", f"=MAX(Land,MIN(INDEX({{technology:}},Maturity),SUMPRODUCT({{{key}_cash:}}*({{period:}}>Maturity)*Spread_Out/(1+Period_Discount)^({{period:}}-Maturity-1))+Land/(1+Discount_Rate)^(Shell_Life-Tenor_Years)))", "mn"),
            ("", "New loan, USD m", f"=MAX(0,MIN({at[2]},(Refi_Max_LTV-Live_Refi_LTV)*{at[3]}))", "mn"),
            ("Converged_Not_Refinanced", "Balloon that it does not repay, USD m", f"=MAX(0,Term_Balloon-{at[4]})", "mn"),
            ("", "Site at the worst date, tenant gone, USD m", f"=MIN(INDEX({{by_cost:}},Worst_Start),MAX(Land,SUMPRODUCT(({{period:}}>Worst_Start)*(({{period:}}>Worst_Start+Downtime)*({{next_cash:}}-{lost}+{{opex:}})-{{opex:}})*Spread_Out/(1+Period_Discount)^({{period:}}-Worst_Start-1))+Land/(1+Discount_Rate)^(Shell_Life-(Worst_Start-Completion)/Periods_Per_Year)))", "mn"),
            ("Converged_LGD", "LGD then, guarantor counted (uncalibrated)", f"=IF(Worst_Exposure>Cent,MAX(0,1-{at[6]}/Worst_Exposure)*(1-Backstop_Share),0)", "share"),
            ("", "Tenant's probability of default in that year", f"=HC_STRESSED_PD(Tenant_PD,{rho},Confidence)", "share"),
            ("", "Expected loss in that year, share of debt", f"={at[7]}*{at[8]}", "share"),
        )  # fmt: skip
        for row, (name, label, formula, style) in enumerate(lines, start=OUTCOMES):
            sheet.write(row, 1, label, book.style())
            book.formula(sheet, row, column, time.text(formula), style)
            if name.startswith(case):
                book.name(name, sheet, (row, column))
            sheet.write_formula(row, 4, f"={a1(row + 1, 4)}-{a1(row + 1, 3)}", book.style(style))
    row = OUTCOMES + len(lines) + 1
    for name, label, formula, style in (
        ("Worst_Start", "Half-year before the worst date in service", "=MAX(Completion,MATCH(MAX({dark_loss:}),{dark_loss:},0)-1)", "count"),
        ("Worst_Exposure", "Owed then, USD m", "=INDEX({owed:},Worst_Start)", "mn"),
    ):  # fmt: skip
        sheet.write(row, 1, label, book.style(font_color=GREY))
        book.formula(sheet, row, 2, time.text(formula), style)
        book.name(name, sheet, (row, 2))
        row += 1
    for i, note in enumerate(NOTES, start=1):
        sheet.write(row + i, 1, note, book.style(italic=True, font_color=GREY))
