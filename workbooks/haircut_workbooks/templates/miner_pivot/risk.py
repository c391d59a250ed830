"""What may go wrong, and its price: scenarios, convergence, the deal scenario, what is quoted."""

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
    ("other_cost", "=MAX(0,Overhead_Per_Year+Prepaid_Credit-Mining_Help)", "USD a year", "money"),
    ("debt", "=MAX(1,Debt_At_Closing)", "USD", "money"),
    ("tenor", "=Scenario_Tenor", "years", "years"),
    ("style", '="straight"', "word", "text"),
    ("balloon", "=1-Loan/MAX(1,Debt_At_Closing)", "share", "share"),
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
NAMED = (
    ("Scenario_PD", 1, 1), ("Converged_PD", 1, 3), ("Scenario_LGD", 3, 1), ("Converged_LGD", 3, 3),
    ("Scenario_Spread", 7, 1), ("Converged_Spread", 7, 3), ("Converged_DSCR", 8, 3),
)  # fmt: skip
"""Names of measures: the measure, and the column of the table."""
LEVELS, FALLS = 5, 5


def scenarios(book: TemplateBook) -> None:
    """Add the table of scenarios, from which the word on the assumptions sheet picks a column, and the replay's path."""
    sheet = book.sheet(
        "Scenarios",
        "Scenarios",
        "What each scenario does to the market, from its quarter on. The word on the assumptions sheet picks the column that the workbook shows.",
        [2, 40, 14, *[16] * len(SCENARIOS)],
    )
    sheet.write_formula(2, 1, "=Deal", book.style(bold=True))
    book.heading(sheet, 3, ["", "shown", *SCENARIOS])
    rows = (
        ("Live_Coin_Fall", "Fall of the coin", "share", {"coin crash": "Crash_Coin_Fall", "convergence": "Converged_Coin_Fall", "combined": "Combined_Coin_Fall"}),
        ("Live_Network_Rise", "Rise of the network", "share", {"hashprice squeeze": "Squeeze_Network_Rise", "combined": "Squeeze_Network_Rise"}),
        ("Live_Power_Rise", "Rise of power", "share", {"hashprice squeeze": "Squeeze_Power_Rise", "convergence": "Converged_Power_Rise"}),
        ("Live_Rent_Fall", "Fall of the market rent", "share", {"AI delay": "Delay_Rent_Fall", "convergence": "Converged_Rent_Fall", "combined": "Delay_Rent_Fall"}),
        ("Live_Refi_Rise", "Rise of the refinancing spread", "rate", {"convergence": "Converged_Refi_Rise"}),
        ("Live_Delay", "Delay of AI capacity, quarters", "count", {"AI delay": "Delay_Quarters", "combined": "Delay_Quarters"}),
        ("Live_Overrun", "Overrun of the cost to build", "share", {"AI delay": "Delay_Overrun", "combined": "Delay_Overrun"}),
        ("Live_Tenant_Lost", "Contracts end, 1 = yes", "flag", {"tenant lost": "1"}),
        ("Live_Equity", "New equity can be raised, 1 = yes", "flag", {name: "1" for name in SCENARIOS if name != "combined"}),
        ("Live_Replay", "Coin and network of the replay, 1 = yes", "flag", {"replay 2022": "1"}),
    )  # fmt: skip
    for row, (name, label, style, cells) in enumerate(rows, start=4):
        sheet.write(row, 1, label, book.style())
        for i, scenario in enumerate(SCENARIOS):
            book.formula(sheet, row, 3 + i, f"={cells.get(scenario, 0)}", style)
        line = absolute((row, 3), (row, 2 + len(SCENARIOS)))
        picked = f"=INDEX({line},MATCH(Scenario,{absolute((3, 3), (3, 2 + len(SCENARIOS)))},0))"
        sheet.write_formula(row, 2, picked, book.style(style, bold=True))
        book.name(name, sheet, (row, 2))
    first = 17
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
        "All debt as one loan on 8,192 paths. What the function calls a GPU is a kW of AI halls, built at closing (no AI: a PH/s of rigs). Mining of the scenario shown pays overhead; no other price moves with the scenario.",
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
        ("Average_Life", "Average life of the debt, years", f"=IF(Debt_At_Closing>Cent,HC_WAL({due},{years}),1)", "years"),
        ("Scenario_Tenor", "Tenor of the one loan, years", "=IF(Amortising,Loan_Grace+Loan_Payments,MAX(1,ROUND(Average_Life*Periods_Per_Year,0)))/Periods_Per_Year", "years"),
        ("Average_Coupon", "Average coupon", f"=IF(Debt_At_Closing>Cent,({coupons}+Notes*Notes_Coupon+Loan*Loan_Rate)/MAX(1,Debt_At_Closing),Base_Rate)", "rate"),
        ("Blended_Rent", "Rent, contract and market, USD m per MW and year", "=AI_Contracted_Share*AI_Contract_Rent+(1-AI_Contracted_Share)*AI_Utilisation*AI_Market_Rent", "cents"),
        ("Mining_Help", "Mining margin a year to then, USD m", time.text("=" + ON_AI.format("MAX(0,SUMPRODUCT({c_mining:}*({years:}<=Scenario_Tenor)))/Scenario_Tenor", "0")), "mn"),
        ("Prepaid_Credit", "Prepayments worked off a year, USD m", time.text("=" + ON_AI.format("SUMPRODUCT({prepaid_credit:}*({years:}<=Scenario_Tenor))/Scenario_Tenor", "0")), "mn"),
        ("Mining_Share", "Mining's share of the margins to then", time.text("=" + ON_AI.format("Mining_Help/MAX(Mining_Help+MAX(0,SUMPRODUCT({c_hosting:}*({years:}<=Scenario_Tenor)))/Scenario_Tenor,1)", "0")), "share"),
        ("Priced", "Fair spread is shown: mostly AI, and debt", "=AND(Mining_Share<=Mining_Limit,Debt_At_Closing>Cent)", "general"),
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
    sheet.print_area(0, 0, max(first + FALLS, TOP + len(DEAL) + 11) + 2, 12)


def quotes(book: TemplateBook) -> None:
    """Add what is quoted for each instrument: the yield of notes and the rate of loans; converts have none."""
    sheet = book.sheet(
        "Quotes",
        "What is quoted",
        "Notes at their traded yield, loans at their rate. A convert is paid in options: its coupon is no quote. No fair spread by rank is given: all debt is one loan.",
        [2, 30, *[14] * 4, 40],
    )
    sheet.write_formula(2, 1, "=Deal", book.style(bold=True))
    book.heading(sheet, 4, ("Instrument", "Face, USD m", "Coupon", "Quoted yield", "Quoted spread", "Quote"))
    rows = [
        ("Secured and equipment loans", "Loan", "Loan_Rate", "Loan_Rate", "rate of the loan"),
        ("High-yield notes", "Notes", "Notes_Coupon", "Notes_Yield", "yield of the notes"),
        *((f"Convert {x}", f"Convert_{x}", f"Convert_{x}_Coupon", "", "none") for x in TRANCHES),
    ]
    for row, (label, face, coupon, quoted, quote) in enumerate(rows, start=5):
        live = f'=IF({face}>Cent,{{}},"-")'
        sheet.write(row, 1, label, book.style())
        book.formula(sheet, row, 2, f"={face}", "mn")
        book.formula(sheet, row, 3, live.format(coupon), "rate", align="right")
        book.formula(sheet, row, 4, live.format(quoted if quoted else '"none"'), "rate", align="right")
        spread = f"({quoted}-Base_Rate)*Basis_Points"
        book.formula(sheet, row, 5, live.format(spread if quoted else '"none"'), "bp", align="right")
        sheet.write(row, 6, quote, book.style(font_color=GREY, indent=1))
    sheet.write(10, 1, "All that is quoted", book.style(bold=True))
    sheet.write_formula(10, 2, "=Loan+Notes", book.style("mn", bold=True))
    average = '=IF(Loan+Notes>Cent,(Loan*Loan_Rate+Notes*Notes_Yield)/MAX(1,Loan+Notes),"none")'
    sheet.write_formula(10, 4, average, book.style("rate", bold=True, align="right"))
    sheet.write_formula(
        10,
        5,
        '=IF(ISNUMBER(E11),(E11-Base_Rate)*Basis_Points,"none")',
        book.style("bp", bold=True, align="right"),
    )
    book.name("Quoted", sheet, (10, 5))
    sheet.print_area(0, 0, 12, 7)
