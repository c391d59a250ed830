"""What may go wrong, and its price: scenarios, convergence, the deal scenario, fair spreads."""

from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.templates.deal_scenario import (
    AFTER_MEASURES,
    CALL,
    TOP,
    Risk,
    add_measures,
    add_risks,
    add_terms,
)
from haircut_workbooks.templates.lines import Timeline
from haircut_workbooks.templates.market import FACTORS, quoted_correlation
from haircut_workbooks.templates.miner_pivot.inputs import COIN_PATH, QUARTER_ENDS, SCENARIOS, TRANCHES
from haircut_workbooks.templates.sheets import GREY, HEAT, TemplateBook, absolute

FACTOR_LABELS = ("Coin price", "AI rent", "Power price", "Refinancing spread")
DEAL_SHEET = "Deal scenario"
ON_AI = "IF(AI_MW_Full>0,{},{})"
DEAL = (
    ("gpus", "=" + ON_AI.format("AI_MW_Full", "Hashrate_EHs") + "*Thousand", "count", "count"),
    ("unit_cost", "=" + ON_AI.format("AI_Capex_Per_MW*Million/Thousand", "Rig_Cost_Per_TH*Thousand"), "USD", "money"),
    ("book_life", "=" + ON_AI.format("AI_Life", "Rig_Life"), "years", "years"),
    ("life", "=" + ON_AI.format("AI_Life", "Rig_Life"), "years", "years"),
    ("utilisation", "=1", "share", "share"),
    ("availability", "=" + ON_AI.format("1", "Availability"), "share", "share"),
    ("kw_per_gpu", "=" + ON_AI.format("1", "Efficiency"), "kW", "number"),
    ("hosting_cost", "=" + ON_AI.format("AI_Contract_Rent*AI_Cost_Share*Million", "Efficiency*Site_Cost_Per_MW") + "/Thousand/Hours_Per_Year", "USD/GPU-hour", "number"),
    ("other_cost", "=Overhead_Per_Year", "USD a year", "money"),
    ("debt", "=Debt_At_Closing", "USD", "money"),
    ("tenor", "=Scenario_Tenor", "years", "years"),
    ("style", '="straight"', "word", "text"),
    ("balloon", "=1-Loan/Debt_At_Closing", "share", "share"),
    ("base_rate", "=Base_Rate", "annual", "rate"),
    ("margin", "=Average_Coupon-Base_Rate", "annual", "rate"),
    ("opening_cash", "=MAX(0,Cash-Own_Capex)", "USD", "money"),
    ("lockup_dscr", "=IF(Cash_Kept<1,0,Keep_All)", "x", "multiple"),
    ("refi_max_ltv", "=Refi_Max_LTV", "share", "share"),
    ("refi_min_dscr", "=Refi_Min_DSCR", "x", "multiple"),
    ("refi_years", "=Refi_Years", "years", "years"),
    ("coins", "=Coins", "BTC", "count"),
    ("coin_discount", "=Coin_Discount", "share", "share"),
    ("depth", "=" + ON_AI.format("Site_Depth", "Rig_Depth"), "GPUs", "count"),
    ("depth_recovery", "=Depth_Recovery", "share a month", "share"),
    ("buyer_vacuum", "=Buyer_Vacuum", "per unit of stress", "number"),
    ("hosting_mw_per_month", "=Hosting_MW_Per_Month", "MW", "number"),
    ("legal_months", "=Legal_Months", "months", "rent"),
    ("discount_rate", "=Discount_Rate", "annual effective", "rate"),
    ("hurdle", "=Hurdle", "annual", "rate"),
    ("liquidity_premium", "=Liquidity_Premium", "annual", "rate"),
    ("confidence", "=Confidence", "share", "share"),
)  # fmt: skip
"""Labels of the deal scenario. A unit ("GPU") is a kW of AI hosting; of a borrower without any, a PH/s of rigs."""
OWED = (
    ("loan", "Secured and equipment loans"),
    ("notes", "High-yield notes"),
    *((f"convert_{x.lower()}", f"Convert {x}") for x in TRANCHES),
)
"""Line and label of each instrument, the first paid first."""
NAMED = (
    ("Scenario_PD", 1, 1), ("Converged_PD", 1, 3), ("Scenario_LGD", 3, 1), ("Converged_LGD", 3, 3), ("Scenario_ES", 6, 1),
    ("Converged_ES", 6, 3), ("Scenario_Spread", 7, 1), ("Converged_Spread", 7, 3), ("Converged_DSCR", 8, 3),
)  # fmt: skip
"""Names of measures: the measure, and the column of the table."""
LEVELS, FALLS = 5, 5
PAID = 18
"""Row of the recovery by rank on the sheet of prices, counted from 0."""


def scenarios(book: TemplateBook) -> None:
    """Add the table of scenarios, from which the word on the assumptions sheet picks a column, and the replay's path."""
    sheet = book.sheet(
        "Scenarios",
        "Scenarios",
        "What each scenario does to the market, from its quarter on. The word on the assumptions sheet picks the column that the workbook shows.",
        [2, 36, 14, *[18] * len(SCENARIOS)],
    )
    sheet.write_formula(2, 1, "=Deal", book.style(bold=True))
    book.heading(sheet, 3, ["", "shown", *SCENARIOS])
    rows = (
        ("Live_Coin_Fall", "Fall of the coin", "share", {1: "=Crash_Coin_Fall", 4: "=Converged_Coin_Fall"}),
        ("Live_Network_Rise", "Rise of the network", "share", {2: "=Squeeze_Network_Rise"}),
        ("Live_Power_Rise", "Rise of power", "share", {2: "=Squeeze_Power_Rise", 4: "=Converged_Power_Rise"}),
        ("Live_Rent_Fall", "Fall of the market rent", "share", {3: "=Delay_Rent_Fall", 4: "=Converged_Rent_Fall"}),
        ("Live_Refi_Rise", "Rise of the refinancing spread", "rate", {4: "=Converged_Refi_Rise"}),
        ("Live_Delay", "Delay of AI capacity, quarters", "count", {3: "=Delay_Quarters"}),
        ("Live_Replay", "Coin and network of the replay, 1 = yes", "flag", {5: "=1"}),
    )  # fmt: skip
    for row, (name, label, style, cells) in enumerate(rows, start=4):
        sheet.write(row, 1, label, book.style())
        for i in range(len(SCENARIOS)):
            book.formula(sheet, row, 3 + i, cells.get(i, "=0"), style)
        line = absolute((row, 3), (row, 2 + len(SCENARIOS)))
        picked = f"=INDEX({line},MATCH(Scenario,{absolute((3, 3), (3, 2 + len(SCENARIOS)))},0))"
        sheet.write_formula(row, 2, picked, book.style(style, bold=True))
        book.name(name, sheet, (row, 2))
    first = 14
    book.section(sheet, first - 1, "The replay: quarter-ends from before the fall of 2022", 3)
    book.heading(sheet, first, ["Quarter-end", "Coin, USD", "Network, EH/s"])
    for i in range(len(COIN_PATH)):
        row = first + 1 + i
        sheet.write(row, 1, QUARTER_ENDS[i], book.style())
        book.formula(sheet, row, 2, f"=Replay_Coin_{i}", "money")
        book.formula(sheet, row, 3, f"=Replay_Network_{i}", "count")
    book.name("Replay_Coin_Path", sheet, (first + 1, 2), (first + len(COIN_PATH), 2))
    book.name("Replay_Network_Path", sheet, (first + 1, 3), (first + len(COIN_PATH), 3))


def convergence(book: TemplateBook) -> None:
    """Add the correlations as quoted and converged, and what a bad year of the coin then does to the other factors."""
    sheet = book.sheet(
        "Convergence",
        "Convergence of coin and rent",
        "In a bad year of the coin the other factors are expected to move with it, as far as they are correlated. No such correlation is published for rent.",
        [2, 28, *[15] * 5],
    )
    sheet.write_formula(2, 1, "=Deal", book.style(bold=True))
    for top, title in ((4, "As quoted"), (11, "Converged")):
        book.section(sheet, top, title, 6)
        book.heading(sheet, top + 1, ["", *FACTOR_LABELS, "bad direction" if top == 4 else ""])
        for i, label in enumerate(FACTOR_LABELS):
            sheet.write(top + 2 + i, 1, label, book.style())
    for i in range(len(FACTORS)):
        for j in range(len(FACTORS)):
            book.formula(sheet, 6 + i, 2 + j, quoted_correlation(i, j), "rent")
        sheet.write(6 + i, 6, 1 if FACTORS[i] in ("Power", "Refi") else -1, book.style("flag"))
    quoted, signs = absolute((6, 2), (9, 5)), absolute((6, 6), (9, 6))
    book.spill(sheet, 13, 2, (4, 4), f"=HC_CORR_CONVERGE({quoted},Convergence,{signs})", ["rent"] * 4)
    book.section(sheet, 18, "A bad year of the coin", 6)
    book.heading(sheet, 19, ["", "volatility", "as quoted", "converged"])
    moves = (
        ("Converged_Coin_Fall", "Fall of the coin", "Vol_Coin", "=1-EXP({v}*{r}*-{z})", "share"),
        ("Converged_Rent_Fall", "Fall of AI rent", "Vol_Rent", "=1-EXP({v}*{r}*-{z})", "share"),
        ("Converged_Power_Rise", "Rise of power", "Vol_Power", "=EXP({v}*{r}*-{z})-1", "share"),
        ("Converged_Refi_Rise", "Rise of the refinancing spread", "Vol_Refi", "={v}*{r}*-{z}", "rate"),
    )
    for i, (name, label, volatility, formula, style) in enumerate(moves):
        row = 20 + i
        sheet.write(row, 1, label, book.style())
        book.formula(sheet, row, 2, f"={volatility}", "rate")
        for column, matrix in ((3, 7), (4, 14)):
            text = formula.format(v=f"C{row + 1}", r=f"{'CDEF'[i]}${matrix}", z="Bad_Year")
            sheet.write_formula(row, column, text, book.style(style, bold=column == 4))
        book.name(name, sheet, (row, 4))
    sheet.write(25, 1, "Standard deviations of that year", book.style())
    sheet.write_formula(25, 2, "=NORM.S.INV(Confidence)", book.style("number"))
    book.name("Bad_Year", sheet, (25, 2))


def deal_scenario(book: TemplateBook, time: Timeline) -> None:
    """Add the debt as one loan on thousands of paths, with quoted and converged correlations, and the heat map."""
    sheet = book.sheet(
        DEAL_SHEET,
        "Deal scenario, uncalibrated",
        "All debt as one loan on 8,192 paths. The unit is a kW of AI hosting, built at closing; of a borrower without any, a PH/s of rigs. Mining of a borrower with AI hosting is left out.",
        [2, 24, 15, 18, 3, 28, *[14] * 6],
    )
    sheet.write_formula(2, 1, "=Deal", book.style(bold=True))
    add_terms(book, sheet, DEAL)
    _derived(book, sheet, time)
    add_risks(book, sheet, _risks(time), _correlation)
    add_measures(book, sheet, "What becomes of the debt, with standard errors", "Convergence", NAMED)
    _heat_map(book, sheet, AFTER_MEASURES + 3)


def _derived(book: TemplateBook, sheet: Worksheet, time: Timeline) -> None:
    row = TOP + len(DEAL) + 2
    due, years = time.text("{due:}"), time.text("{years:}")
    coupons = "+".join(f"Convert_{x}*Convert_{x}_Coupon" for x in TRANCHES)
    lines = (
        ("Amortising", "Most of it is repaid in instalments", "=Loan>Debt_At_Closing-Loan", "general"),
        ("Average_Life", "Average life of the debt, years", f"=HC_WAL({due},{years})", "years"),
        ("Scenario_Tenor", "Tenor of the one loan, years", "=IF(Amortising,Loan_Grace+Loan_Payments,ROUND(Average_Life*Periods_Per_Year,0))/Periods_Per_Year", "years"),
        ("Average_Coupon", "Average coupon", f"=({coupons}+Notes*Notes_Coupon+Loan*Loan_Rate)/Debt_At_Closing", "rate"),
        ("Blended_Rent", "Rent, contract and market, USD m per MW and year", "=AI_Contracted_Share*AI_Contract_Rent+(1-AI_Contracted_Share)*AI_Utilisation*AI_Market_Rent", "cents"),
        ("Own_Capex", "AI build-out that is still to be paid", time.text("=-{own_capex#}"), "mn"),
    )  # fmt: skip
    for offset, (name, label, formula, style) in enumerate(lines):
        sheet.write(row + offset, 1, label, book.style())
        book.formula(sheet, row + offset, 3, formula, style)
        book.name(name, sheet, (row + offset, 3))


def _risks(time: Timeline) -> tuple[Risk, ...]:
    hash_rent = time.text("{rig_rent^}")
    return (
        ("coin", "=Coin_Price", "=LN(1+Coin_Drift)", "=Vol_Coin"),
        (
            "rent",
            "=" + ON_AI.format("Blended_Rent*Million/Thousand/Hours_Per_Year", hash_rent),
            "=LN(1-" + ON_AI.format("AI_Rent_Decline*(1-AI_Contracted_Share)", "Hash_Decline") + ")",
            "=" + ON_AI.format("Vol_Rent*(1-AI_Contracted_Share*Contract_Strength)", "Vol_Coin"),
        ),
        ("power", "=" + ON_AI.format("0", "Power_Price"), "=0", "=Vol_Power"),
        ("refi_spread", "=Refi_Spread", "=0", "=Vol_Refi"),
    )


def _correlation(i: int, j: int) -> str:
    """Hashprice stands for the rent where there is no AI hosting."""
    return (
        "=" + ON_AI.format("Corr_Coin_Rent", "Corr_Coin_Hash")
        if {i, j} == {0, 1}
        else quoted_correlation(i, j)
    )


def _heat_map(book: TemplateBook, sheet: Worksheet, first: int) -> None:
    title = "Fair spread, bp, uncalibrated: by fall of the rent at closing (down) and convergence (across)"
    book.section(sheet, first - 1, title, 7, 5)
    sheet.write(first, 5, "Fall of rent (hashprice for rigs)", book.style(font_color=GREY))
    sheet.write(first, 6, "rent level", book.style(font_color=GREY, align="right"))
    bold = book.style("share", bold=True)
    for j in range(LEVELS):
        formula = f"={'GHIJKL'[j]}{first + 1}+Grid_Step" if j else "=0"
        sheet.write_formula(first, 7 + j, formula, bold)
    for i in range(1, FALLS + 1):
        row = first + i
        sheet.write_formula(row, 5, f"=F{row}+Fall_Step" if i > 1 else "=0", bold)
        level = f"=$G${TOP + 4}*(1-F{row + 1})"
        sheet.write_formula(row, 6, level, book.style("number", font_color=GREY))
    rows, columns = absolute((first + 1, 6), (first + FALLS, 6)), absolute((first, 7), (first, 6 + LEVELS))
    grid = f'=HC_SCENARIO_GRID({CALL},{columns},"rent level",{rows})'
    book.spill(sheet, first + 1, 7, (FALLS, LEVELS), grid, ["count"] * LEVELS)
    sheet.conditional_format(first + 1, 7, first + FALLS, 6 + LEVELS, HEAT)
    sheet.print_area(0, 0, max(first + FALLS, TOP + len(DEAL) + 8) + 2, 12)


def default_curve(time: Timeline) -> None:
    """Add the probability of default by quarter, from which each instrument is priced."""
    sheet = time.sheet(
        "Default curve",
        "Default curve, uncalibrated",
        "The deal scenario's probability of default, spread evenly over the average life, with quoted and with converged correlations.",
    )
    sheet.section("Probability of default since closing")
    for key, label, name in (
        ("pd", "As quoted", "Scenario_PD"),
        ("pd_converged", "Converged", "Converged_PD"),
    ):
        survival = f"(1-MIN({name},Most_PD))"
        formula = f"=1-{survival}^({{years}}/Scenario_Tenor)"
        sheet.line(key, label, "share", "share", formula)
    sheet.section("Exposure during the quarter")
    for key, label in OWED:
        sheet.line(f"{key}_before", label, "USD m", "mn", f"={{{key}<}}")


def pricing(book: TemplateBook, time: Timeline) -> None:
    """Add what each instrument should yield beside what it is quoted at."""
    sheet = book.sheet(
        "Pricing",
        "Fair and quoted, instrument by instrument, uncalibrated",
        "Loans are paid first, then notes, then converts, out of a recovery that is spread evenly around the mean of the deal scenario. A convert's holder is also paid by its option.",
        [2, 28, *[13] * 12],
    )
    sheet.write_formula(2, 1, "=Deal", book.style(bold=True))
    heads = (
        "Instrument", "Face, USD m", "Recovered", "LGD", "Recovered, converged", "LGD, converged", "Coupon", "Quoted yield",
        "Quoted spread", "Fair spread", "Fair, converged", "Quoted less fair",
    )  # fmt: skip
    book.heading(sheet, 4, heads)
    sheet.set_row(4, 30)
    rates = [("Loan", "Loan_Rate", "Loan_Rate"), ("Notes", "Notes_Coupon", "Notes_Coupon")]
    rates += [(f"Convert_{x}", f"Convert_{x}_Coupon", "Convert_Yield") for x in TRANCHES]
    for i, ((key, label), (face, coupon, quoted)) in enumerate(zip(OWED, rates, strict=True)):
        row, r = 5 + i, 6 + i
        fair, converged = (
            time.text(
                f"HC_FAIR_SPREAD({{{curve}:}},{lgd}{r},{{{key}_before:}},{{years:}},Base_Rate,Hurdle,"
                "Asset_Correlation,Capital_Confidence,Liquidity_Premium)"
            )
            for curve, lgd in (("pd", "E"), ("pd_converged", "G"))
        )
        live, place = f"C{r}>Cent", PAID + 2 + min(i, 2)
        share = f"C{r}*({{0}}{place}-{{0}}{place - 1})/($C{place}-$C{place - 1})"
        sheet.write(row, 1, label, book.style())
        for column, formula, style in (
            (2, f"={face}", "mn"),
            (3, f"=IF({live},{share.format('D')},0)", "mn"),
            (4, f"=IF({live},1-D{r}/C{r},0)", "share"),
            (5, f"=IF({live},{share.format('E')},0)", "mn"),
            (6, f"=IF({live},1-F{r}/C{r},0)", "share"),
            (7, f"={coupon}", "rate"),
            (8, f"={quoted}", "rate"),
            (9, f"=(I{r}-Base_Rate)*Basis_Points", "bp"),
            (10, f"=IF({live},{fair},NA())", "bp"),
            (11, f"=IF({live},{converged},NA())", "bp"),
            (12, f"=IF({live},HC_SPREAD_GAP(J{r},K{r}),NA())", "bp"),
        ):
            book.formula(sheet, row, column, formula, style)
    book.name("Owed", sheet, (5, 2), (9, 2))
    book.name("Recovered", sheet, (5, 3), (9, 3))
    sheet.write(10, 1, "All debt", book.style(bold=True))
    for column, formula, style in (
        (2, "=SUM(Owed)", "mn"),
        (3, "=SUM(Recovered)", "mn"),
        (5, "=SUM(F6:F10)", "mn"),
        (8, "=SUMPRODUCT(Owed,I6:I10)/C11", "rate"),
    ):
        sheet.write_formula(10, column, formula, book.style(style, bold=True))
    book.name("Average_Yield", sheet, (10, 8))
    _recovery(book, sheet)


def _recovery(book: TemplateBook, sheet: Worksheet) -> None:
    """Mean recovery up to each rank, USD, where the whole is spread evenly between a worst case and as far above the mean."""
    book.section(sheet, PAID - 5, "Recovery of all debt when it defaults, by rank", 4)
    book.heading(sheet, PAID - 4, ["", "", "as quoted", "converged"])
    mean = "=SUM(Owed)*(1-IFERROR({0}_LGD,0))"
    worst = "=MIN({1}{0},SUM(Owed)*(1-{2}_ES))"
    for row, label, formula in (
        (PAID - 3, "Mean", mean),
        (PAID - 2, "Worst, from expected shortfall", worst),
        (PAID - 1, "Best, as far above the mean", "={1}{0}+{1}{0}-{1}{3}"),
    ):
        sheet.write(row, 1, label, book.style())
        for column, letter, name in ((3, "D", "Scenario"), (4, "E", "Converged")):
            text = formula.replace("{0}_LGD", f"{name}_LGD").format(PAID - 2, letter, name, PAID - 1)
            book.formula(sheet, row, column, text, "mn")
    ranks = (("loans", "=C6"), ("notes", "=C6+C7"), ("converts", "=SUM(Owed)"))
    for row, (label, formula) in enumerate((("nothing", "=0"), *ranks), start=PAID):
        r = row + 1
        sheet.write(row, 1, f"Paid up to: {label}", book.style())
        book.formula(sheet, row, 2, formula, "mn")
        for column, x in ((3, "D"), (4, "E")):
            low, high, up_to = f"{x}${PAID - 1}", f"{x}${PAID}", f"$C{r}"
            even = f"({up_to}*({high}-{up_to})+({up_to}-{low})*AVERAGE({up_to},{low}))/({high}-{low})"
            formula = f"=IF({up_to}<={low},{up_to},IF({up_to}>={high},AVERAGE({low},{high}),{even}))"
            book.formula(sheet, row, column, formula, "mn")
