"""Sheets Convergence and Stressed cash: one bad year twice, with correlations as quoted and converged."""

from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.templates.gpu_loan.collateral import SALE_TAIL
from haircut_workbooks.templates.gpu_loan.fleet import FACTOR, OPEX
from haircut_workbooks.templates.gpu_loan.inputs import VINTAGES
from haircut_workbooks.templates.lines import Timeline
from haircut_workbooks.templates.market import FACTORS as MARKET_FACTORS
from haircut_workbooks.templates.market import quoted_correlation
from haircut_workbooks.templates.sheets import GREY, TemplateBook, a1, absolute

FACTORS = (
    ("Coin price, USD", "=Coin_Price", "Vol_Coin", -1, "money"),
    ("GPU rent, USD/h", "=Live_Rent", "Vol_Rent", -1, "rent"),
    ("Power, USD/kWh", "=Live_Power_Price", "Vol_Power", 1, "number"),
    ("Refinancing spread", "=Margin", "Vol_Refi", 1, "rate"),
)
CASES = (("Quoted", 2), ("Converged", 3))
TOP, QUOTED, CONVERGED = 6, 5, 10
"""First row of the factors, first columns of the two matrices."""
MOVES = TOP + len(FACTORS) + 5
OUTCOMES = MOVES + len(FACTORS) + 3
NOTES = (
    "What convergence does: it leaves every factor's own distribution alone and moves dependence, so a bad year comes with more of the factors at once.",
    "Coin price and refinancing spread move no cash here: they matter through the others they move with; on the sheet Deal scenario all four do. The stress is taken at the worst date of the case that runs.",
    "What it does not: equity tranches gain from it, and a high quantile of loss is not always larger at a higher correlation.",
)


def convergence_sheet(book: TemplateBook) -> Worksheet:
    """Add the sheet; it is filled when the lines are declared."""
    return book.sheet(
        "Convergence",
        "Correlation convergence",
        "Each factor's own volatility stays as it is; what changes is how many of them turn bad together.",
        [2, 44, *[13] * 14],
    )


def add_stressed_cash(time: Timeline) -> None:
    """CFADS with merchant rent and power moved as in the bad year, from the first quarter on."""
    sheet = time.sheet(
        "Stressed cash", "Cash under stress", "Rent and power moved as on the sheet Convergence from the first quarter on (no tax relief is counted); the tenant gone; the base rate shocked. Idle where the rent does not cover cost."
    )  # fmt: skip
    for case, _ in CASES:
        sheet.section(case)
        key = case.lower()
        cost = f"(Kw_Per_Gpu*Live_Power_Price*{case}_Power_Left+Hosting_Cost)"
        sheet.line(f"cost_{key}", "Cost of an hour, first vintage", "USD", "number", f"={cost}")
        for v in VINTAGES:
            rent = "{rent}" + ("" if v == 1 else f"*{FACTOR[v]}") + f"*{case}_Rent_Left"
            each = f"{{cost_{key}}}" + ("" if v == 1 else f"*Kw_Per_Gpu_{v}/Kw_Per_Gpu")
            runs = f"{{runs_{key}_{v}}}"
            hours = f"{{earning_{v}}}*Hours_Per_Period"
            sheet.line(
                f"runs_{key}_{v}",
                f"Merchant GPUs run, vintage {v}",
                "1: yes",
                "flag",
                f"=IF(Utilisation*Availability*{rent}>{each},1,0)",
            )
            sheet.line(
                f"net_{key}_{v}", f"Merchant rent less cost of all, vintage {v}", "USD m", "mn",
                f"={hours}*(Availability*(1-{{share_{v}}})*Utilisation*{rent}*{runs}-({{share_{v}}}+(1-{{share_{v}}})*{runs})*{each})",
            )  # fmt: skip
        nets = "+".join(f"{{net_{key}_{v}}}" for v in VINTAGES)
        sheet.line(
            f"cash_{key}",
            "CFADS",
            "USD m",
            "mn",
            f"={{contracted}}+{nets}+{{other}}+{{tax}}",
            total=True,
            bold=True,
        )
    sheet.section(
        "Tenant gone: no contract from the first quarter, the fleet let at the market of the case that runs"
    )
    for v in VINTAGES:
        rent = "{rent}" + ("" if v == 1 else f"*{FACTOR[v]}")
        sheet.line(
            f"net_gone_{v}", f"Market rent less cost, vintage {v}", "USD m", "mn",
            f"={{earning_{v}}}*Hours_Per_Period*MAX(0,Utilisation*Availability*{rent}-{OPEX[v]})",
        )  # fmt: skip
    nets = "+".join(f"{{net_gone_{v}}}" for v in VINTAGES)
    sheet.line("ebitda_gone", "EBITDA", "USD m", "mn", f"={nets}+{{other}}", total=True)
    sheet.line(
        "cash_gone",
        "CFADS",
        "USD m",
        "mn",
        "={ebitda_gone}-Tax_Rate*MAX(0,{ebitda_gone}-{depreciation}-{deducted})",
        total=True,
        bold=True,
    )
    sheet.section("Against")
    sheet.line("stressed_service", "Debt service", "USD m", "mn", "={service}", total=True)
    sheet.line(
        "shocked_service",
        "Debt service, base rate shocked, hedges held",
        "USD m",
        "mn",
        "={service}+IF({period}>Grace_Quarters,{opening}*Base_Rate_Shock*(1-Hedged_Share)/Periods_Per_Year,0)",
        total=True,
    )
    sheet.line(
        "unhedged_service",
        "Debt service, base rate shocked, no hedge",
        "USD m",
        "mn",
        "={service}+IF({period}>Grace_Quarters,{opening}*Base_Rate_Shock/Periods_Per_Year,0)",
        total=True,
    )


def fill_convergence(book: TemplateBook, sheet: Worksheet, time: Timeline) -> None:
    """Factors, matrices, moves, and what becomes of the deal."""
    _factors(book, sheet)
    _moves(book, sheet)
    _outcomes(book, sheet, time)
    for i, line in enumerate(NOTES):
        sheet.write(OUTCOMES + 15 + i, 1, line, book.style(italic=True, font_color=GREY))


def _factors(book: TemplateBook, sheet: Worksheet) -> None:
    sheet.write(TOP - 2, QUOTED, "Correlations as quoted", book.style(bold=True))
    sheet.write(TOP - 2, CONVERGED, "Converged", book.style(bold=True))
    heads = [
        "Factor",
        "Today",
        "Volatility",
        "Bad direction",
        *MARKET_FACTORS,
        "",
        *MARKET_FACTORS,
        "Sum, quoted",
        "Sum, converged",
    ]
    book.heading(sheet, TOP - 1, heads)
    sheet.set_row(TOP - 1, 30)
    last = TOP + len(FACTORS) - 1
    signs = absolute((TOP, 4), (last, 4))
    for i, (name, level, volatility, sign, style) in enumerate(FACTORS):
        row = TOP + i
        sheet.write(row, 1, name, book.style())
        book.formula(sheet, row, 2, level, style)
        book.formula(sheet, row, 3, f"={volatility}", "share")
        sheet.write(row, 4, sign, book.style("count"))
        for j in range(len(FACTORS)):
            book.formula(sheet, row, QUOTED + j, quoted_correlation(i, j), "rent")
        for column, matrix in ((14, QUOTED), (15, CONVERGED)):
            terms = "+".join(
                f"{a1(row + 1, matrix + j + 1)}*{absolute((TOP + j, 4))}" for j in range(len(FACTORS))
            )
            sheet.write_formula(row, column, f"={a1(row + 1, 5)}*({terms})", book.style("rent"))
    book.name("Quoted_Correlations", sheet, (TOP, QUOTED), (last, QUOTED + len(FACTORS) - 1))
    book.name("Converged_Correlations", sheet, (TOP, CONVERGED), (last, CONVERGED + len(FACTORS) - 1))
    call = f"=HC_CORR_CONVERGE(Quoted_Correlations,Live_Convergence,{signs})"
    book.spill(sheet, TOP, CONVERGED, (len(FACTORS), len(FACTORS)), call, ["rent"] * len(FACTORS))


def _moves(book: TemplateBook, sheet: Worksheet) -> None:
    title = "Expected move of each factor in a year whose average stress is at the chosen quantile"
    book.section(sheet, MOVES - 2, title, 6)
    book.heading(
        sheet,
        MOVES - 1,
        ["Factor", "Sigmas, quoted", "Sigmas, converged", "Level, quoted", "Level, converged"],
    )
    sheet.set_row(MOVES - 1, 30)
    for i, (name, _, _, sign, style) in enumerate(FACTORS):
        row, factor = MOVES + i, TOP + i + 1
        sheet.write(row, 1, name, book.style())
        for column, sums in ((2, 14), (3, 15)):
            every = absolute((TOP, sums), (TOP + len(FACTORS) - 1, sums))
            sigma = f"=NORM.S.INV(Confidence)*{a1(factor, sums + 1)}/SQRT(SUM({every}))"
            sheet.write_formula(row, column, sigma, book.style("rent"))
            moved = f"{'+' if sign > 0 else '-'}{a1(factor, 4)}*{a1(row + 1, column + 1)}"
            today = a1(factor, 3)
            level = f"={today}{moved}" if name.startswith("Refi") else f"={today}*EXP({moved})"
            sheet.write_formula(row, column + 2, level, book.style(style))


def _stressed_vintage(time: Timeline, v: int, case: str) -> str:
    """Rent-implied value of a vintage at the worst date with the bad year's rent and power."""
    owned, life, serves, rent = (
        time.text(f"INDEX({{{key}_{v}::}},Worst_Place)") for key in ("owned", "life", "serves", "then")
    )
    own = "" if v == 1 else f"*{FACTOR[v]}"
    power = "" if v == 1 else f"*Kw_Per_Gpu_{v}/Kw_Per_Gpu"
    cost = f"(Kw_Per_Gpu*Live_Power_Price*{case}_Power_Left+Hosting_Cost){power}"
    each = f"HC_RENT_VALUE({rent}{own}*{case}_Rent_Left,Live_Rent_Decline,{cost},Discount_Rate,{life},Utilisation*Availability,Scrap)"
    return f"{owned}*{each}/(1+Discount_Rate)^({serves}-Worst_Years)"


def _outcomes(book: TemplateBook, sheet: Worksheet, time: Timeline) -> None:
    book.section(sheet, OUTCOMES - 2, "The deal in that year", 6)
    book.heading(sheet, OUTCOMES - 1, ["", "Quoted", "Converged", "Delta"])
    for case, column in CASES:
        key = case.lower()
        sigma = [a1(MOVES + i + 1, column + 1) for i in range(len(FACTORS))]
        at = [a1(OUTCOMES + i + 1, column + 1) for i in range(13)]
        value = "+".join(_stressed_vintage(time, v, case) for v in VINTAGES)
        step = time.text("INDEX({step::},Worst_Place)")
        sale = f"HC_LIQUIDATION(Worst_Gpus,{at[4]},Worst_Months,{at[3]},Depth_Recovery,Live_Other_Units,Worst_Decay,{SALE_TAIL},FALSE)"
        rho = (
            "Asset_Correlation"
            if case == "Quoted"
            else "Asset_Correlation+Live_Convergence*(1-Asset_Correlation)"
        )
        lines = (
            (f"{case}_Rent_Left", "Rent left, share of today's", f"=EXP(-Vol_Rent*{sigma[1]})", "share"),
            (f"{case}_Power_Left", "Power price, multiple of today's", f"=EXP(Vol_Power*{sigma[2]})", "multiple"),
            ("", "Average stress, sigmas", f"=AVERAGE({sigma[0]}:{sigma[-1]})", "rent"),
            ("", "Market depth left, GPUs, uncalibrated", f"=Live_Depth*EXP(-Buyer_Vacuum*MAX(0,{at[2]}))", "count"),
            ("", "Economic value of one GPU, worst date, USD", f"=MIN({step},{value})/Worst_Gpus", "money"),
            (f"{case}_Min_DSCR", "Lowest DSCR", time.text(f"=HC_DSCR_MIN({{cash_{key}:}},{{stressed_service:}})"), "multiple"),
            ("", "Proceeds, USD m", f"=MAX(0,INDEX({sale},1,Sale_Column))", "mn"),
            ("", "Economic LTV, net of cash in accounts", f"=IFERROR(HC_LTV(Worst_Net,Worst_Gpus*{at[4]}),NA())", "share"),
            ("", "Liquidation LTV, net of cash in accounts", f"=IF({at[6]}>0,Worst_Net/{at[6]},NA())", "share"),
            (f"{case}_LGD", "Loss given default", f"=HC_LGD(Worst_Exposure,{at[6]}+Worst_Cash)", "share"),
            ("", "Asset correlation", f"={rho}", "share"),
            ("", "Probability of default", f"=HC_STRESSED_PD(PD,{at[10]},Confidence)", "share"),
            ("", "Expected loss in that year, share of debt", f"={at[9]}*{at[11]}", "share"),
        )  # fmt: skip
        for row, (name, label, formula, style) in enumerate(lines, start=OUTCOMES):
            sheet.write(row, 1, label, book.style())
            book.formula(sheet, row, column, formula, style)
            if name in USED:
                book.name(name, sheet, (row, column))
            delta = f"={a1(row + 1, 4)}-{a1(row + 1, 3)}"
            sheet.write_formula(row, 4, delta, book.style(style))


USED = {f"{case}_{what}" for case, _ in CASES for what in ("Rent_Left", "Power_Left")} | {
    "Converged_Min_DSCR",
    "Converged_LGD",
}
"""Names that another sheet reads."""
