"""Results of the gpu_loan template: pricing, checks, market readings, and the page that sums it up."""

from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.templates.sheets import AMBER, BLUE, GREY, RED, RULE, TEAL, VIOLET, TemplateBook, block
from haircut_workbooks.templates.timeline import ALL, QUARTERS, quarter_sheet

SERVICE = block("Coverage", QUARTERS, 5)
CFADS = block("Coverage", QUARTERS, 4)
READINGS = (
    "dscr_covenant_ddtl_4", "dscr_sizing_ddtl_4", "advance_rate_ddtl_4", "spread_ddtl_4",
    "rent_h100_contract_2025_10", "rent_h100_contract_2026_03", "vintage_factor_y1", "vintage_factor_y2",
    "vintage_factor_y3", "vintage_factor_y4",
)  # fmt: skip


def add_credit(book: TemplateBook) -> None:
    """What the spread must pay: expected loss, capital, illiquidity; against what it does pay."""
    sheet = quarter_sheet(book, "Credit", "Price of credit", "Fair spread from the deal's own LGD path (uncalibrated) and its stated PD; where the base case runs dry with every dollar kept, default is certain.",
        ["Cumulative PD", "LGD", "Exposure, USD", "Cash kept since closing", "Base case runs dry"])  # fmt: skip
    book.fill(sheet, QUARTERS, 4, "=IF(I{r}=1,1,1-(1-PD)^C{r})", "share")
    book.fill(sheet, QUARTERS, 5, "=Liquidation!L{r}", "share")
    book.fill(sheet, QUARTERS, 6, "=Debt!J{p}", "money")
    sheet.write(ALL.start, 7, 0, book.style("money"))
    sheet.write(ALL.start, 8, 0, book.style("count"))
    book.fill(sheet, QUARTERS, 7, "=H{p}+Coverage!E{r}-Coverage!F{r}", "money")
    book.fill(sheet, QUARTERS, 8, "=IF(AND(G{r}>0,H{r}<-0.01),1,I{p})", "count")
    series = ",".join(block("Credit", QUARTERS, column) for column in (4, 5, 6, 2))
    lines = (
        ("Fair_Spread", "Fair spread, bp", f"=HC_FAIR_SPREAD({series},(1+Base_Rate/4)^4-1,Hurdle,Asset_Correlation,0.999,Liquidity_Premium)", "bp"),
        ("Quoted_Spread", "Quoted spread, bp", "=Margin*10000", "bp"),
        ("Spread_Gap", "Quoted less fair, bp", "=HC_SPREAD_GAP(Quoted_Spread,Fair_Spread)", "bp"),
        ("Required_Haircut", "Haircut with no loss at any date", f"=HC_HAIRCUT(Collateral!Q7,{block('Liquidation', ALL, 8)},{block('Debt', ALL, 9)})", "share"),
        ("Actual_Haircut", "Haircut taken (1 - economic LTV at closing)", '=IF(Debt>Collateral!Q7,"none: debt exceeds it",1-Debt/Collateral!Q7)', "share"),
    )  # fmt: skip
    sheet.set_column(10, 10, 44, book.style())
    sheet.set_column(11, 11, 26, book.style())
    for row, (name, label, formula, style) in enumerate(lines, start=ALL.start):
        sheet.write(row, 10, label, book.style())
        sheet.write_formula(row, 11, formula, book.style(style, bold=True, align="right"))
        book.name(name, sheet, (row, 11))


def add_checks(book: TemplateBook) -> None:
    """Checks that must be TRUE; a FALSE one fails the deal in a batch."""
    sheet = book.sheet(
        "Checks",
        "Checks",
        "Every line must be TRUE: each ties two routes to the same number, or shows that nothing broke.",
        [2, 26, 78, 12],
    )
    book.heading(sheet, 3, ["Name", "What must hold", "Holds"])
    areas = "Fleet!E7:X47 Revenue!E8:V47 Debt!E8:K47 Debt!S8:AB47 Collateral!E7:AC47 Liquidation!E7:M47 Credit!E8:I47 Coverage!E8:F47 Convergence!C7:D29"
    total = "+".join(f"SUM({area})" for area in areas.split())
    checks = (
        ("No_Errors", "No error value on a calculation sheet", f"=ISNUMBER({total})"),
        ("Debt_Repaid", "Principal and balloon add up to the debt", "=ABS(SUM(Debt!G8:H47)-Debt)<=0.01"),
        ("Balance_Ties", "Debt rolls forward by interest less service", "=ABS(SUM(Debt!E8:E47)*Loan_Rate/4-SUM(Debt!F8:F47))<=0.01"),
        ("Rolls_To_Zero", "Principal leaves nothing but the balloon at maturity", "=ABS(INDEX(Debt!E8:E47,Maturity_Quarter)-INDEX(Debt!G8:G47,Maturity_Quarter)-Balloon)<=0.01"),
        ("Schedule_Ties", "Interest on the timeline equals the schedule's", "=ABS(SUM(Debt!F8:F47)-SUM(Debt!K8:K47)-SUM(Debt!N8:N47))<=0.01"),
        ("Revenue_Ties", "Contracted and merchant revenue add up to revenue", "=ABS(SUM(Revenue!L8:M47)-SUM(Revenue!K8:K47))<=0.01"),
        ("Binding_Is_Least", "The binding value is the least of the three", "=AND(MAX(Collateral!S7:S47)<=0.01,MIN(Collateral!S7:S47)>=-0.01)"),
        ("Sculpt_Repaid", "The sculpted debt rolls to zero", "=ABS(INDEX(Debt!Y8:Y47,40))<=0.01"),
        ("LTV_Ties", "LTV at closing equals debt over each value", "=ABS(Coverage!J7*Collateral!L7-Debt)+ABS(Coverage!K7*Collateral!Q7-Debt)<=0.01"),
        ("Converged_Valid", "The converged matrix is symmetric with ones on its diagonal", "=AND(ABS(SUM(Convergence!K7,Convergence!L8,Convergence!M9,Convergence!N10)-4)<=0.000000001,ABS(Convergence!L7-Convergence!K8)+ABS(Convergence!M7-Convergence!K9)+ABS(Convergence!N7-Convergence!K10)+ABS(Convergence!M8-Convergence!L9)+ABS(Convergence!N8-Convergence!L10)+ABS(Convergence!N9-Convergence!M10)<=0.000000001)"),
        ("Sale_Ties", "The forced sale sells every GPU", "=ABS('Forced sale'!D23-Worst_Gpus)<=0.000001*Worst_Gpus"),
        ("Schedule_Valid", "The loan terms make a schedule", '=HC_WHY("HC_DEBT_SCHEDULE",Debt,Loan_Rate,Payments,Style,Balloon_Share,4)="ok"'),
    )  # fmt: skip
    for row, (name, text, formula) in enumerate(checks, start=4):
        sheet.write(row, 1, name.replace("_", " "), book.style())
        sheet.write(row, 2, text, book.style())
        sheet.write_formula(row, 3, formula, book.style(bold=True, align="center"))
        book.name(f"Check_{name}", sheet, (row, 3))
    first, last = 4, 3 + len(checks)
    sheet.write_formula(last + 2, 3, f"=AND(D{first + 1}:D{last + 1})", book.style(bold=True, align="center"))
    sheet.write(last + 2, 1, "All", book.style(bold=True))
    book.name("All_Checks", sheet, (last + 2, 3))
    _true_or_false(book, sheet, (first, 3), (last, 3))
    _true_or_false(book, sheet, (last + 2, 3), (last + 2, 3))


def _true_or_false(
    book: TemplateBook, sheet: Worksheet, first: tuple[int, int], last: tuple[int, int]
) -> None:
    good = book.style(font_color=TEAL, bold=True)
    bad = book.style(font_color="#FFFFFF", bg_color=RED, bold=True)
    corner = f"{chr(65 + first[1])}{first[0] + 1}"
    for formula, style in ((f"=NOT({corner})", bad), (f"={corner}", good)):
        sheet.conditional_format(*first, *last, {"type": "formula", "criteria": formula, "format": style})


def add_facts(book: TemplateBook) -> None:
    """A few dated market readings beside the deal, through HC_FACT: never inputs of the model."""
    sheet = book.sheet(
        "Market readings",
        "Market readings",
        "Dated, sourced and graded; shown for comparison, used by no formula of this workbook.",
        [2, 30, 70, 11, 16, 13, 60, 13],
    )
    book.heading(sheet, 3, ["Id", "Reading", "Value", "Unit", "As of", "Source", "Grade"])
    for row, fact in enumerate(READINGS, start=4):
        sheet.write(row, 1, fact, book.style(font_color=GREY))
        for column, field in enumerate(("item", "value", "unit", "as_of", "source", "grade"), start=2):
            style = book.style(
                "rent" if field == "value" else "general", text_wrap=field in ("item", "source"), valign="top"
            )
            sheet.write_formula(row, column, f'=HC_FACT($B{row + 1},"{field}")', style)


def add_summary(book: TemplateBook) -> Worksheet:
    """Add the first sheet; it is filled last."""
    return book.sheet(
        "Summary",
        "GPU loan underwriting",
        "Three loan-to-values side by side, cover, and price. Forced-sale numbers rest on an uncalibrated depth.",
        [2, 44, 16, 16, 18, 20, 3, 38, 12, 10],
    )


def arrange_summary(book: TemplateBook, sheet: Worksheet) -> None:
    """Fill the summary: the deal, the results with their names, the breaches, four charts."""
    sheet.write_formula(
        2, 1, '=Deal&" | "&Borrower&" | "&Collateral&" | "&Rating', book.style(bold=True, font_size=12)
    )
    _ltv_table(book, sheet)
    _results(book, sheet)
    _breaches(book, sheet)
    _charts(book, sheet)
    sheet.write_formula(
        69, 1, '="Calculated by Haircut "&HC_VERSION()', book.style(font_size=8, font_color=GREY)
    )
    sheet.activate()


def _ltv_table(book: TemplateBook, sheet: Worksheet) -> None:
    kinds = (("Book", 12), ("Economic", 13), ("Contract", 17), ("Liquidation", 14))
    book.heading(
        sheet, 4, ["Loan to value", "Book", "Economic", "Economic, contract", "Liquidation (uncal.)"]
    )
    lines = (("At closing", "1", "Closing"), ("At the worst date (uncalibrated)", "Worst_Row", "Worst"))
    for row, (label, index, stem) in enumerate(lines, start=5):
        sheet.write(row, 1, label, book.style())
        for column, (kind, at) in enumerate(kinds, start=2):
            formula = f"=INDEX({block('Coverage', ALL, at)},{index})"
            sheet.write_formula(row, column, formula, book.style("share", bold=True, align="right"))
            suffix = "_Uncalibrated" if kind == "Liquidation" else ""
            book.name(f"Out_{stem}_{kind}_LTV{suffix}", sheet, (row, column))
    book.name("Rank", sheet, (5, 3))
    sheet.write(7, 1, "Worst date: a default then loses the most (uncalibrated)", book.style())
    sheet.write_formula(7, 2, "=Worst_Date", book.style("date", align="right"))
    book.name("Out_Worst_Date_Uncalibrated", sheet, (7, 2))
    over = book.style(font_color=RED, bold=True)
    sheet.conditional_format(5, 2, 6, 5, {"type": "cell", "criteria": ">", "value": 1, "format": over})


def _results(book: TemplateBook, sheet: Worksheet) -> None:
    in_contract = (
        "IF(AND(Contract_Years*4>Grace_Quarters,Contracted_Share>0),MIN(40,INT(Contract_Years*4)),40)"
    )
    dscr_lines = (
        ("Out_Min_DSCR", "Lowest DSCR to maturity", f"=HC_DSCR_MIN({CFADS},{SERVICE})", "multiple"),
        ("Out_Contract_Min_DSCR", "Lowest DSCR while the contract runs", f"=HC_DSCR_MIN(Coverage!E8:INDEX({CFADS},{in_contract}),Coverage!F8:INDEX({SERVICE},{in_contract}))", "multiple"),
        ("Out_Quarters_Below_1x", "Quarters in which cash does not cover service", f"=SUMPRODUCT(--({CFADS}<{SERVICE}),--({SERVICE}>0))", "count"),
        ("Out_LLCR", "LLCR when the fleet serves (balloon not covered)", f"=HC_LLCR({block('Debt', QUARTERS, 27)},Debt,Loan_Rate)*(1+Loan_Rate/4)^Grace_Quarters", "multiple"),
        ("Out_Debt_Capacity", "Debt that cash and balloon carry at the sizing DSCR, USD", f"=INDEX({block('Debt', QUARTERS, 20)},Grace_Quarters+1)+Balloon/(1+Loan_Rate/4)^Payments", "millions"),
        ("Out_Debt", "Debt, USD", "=Debt", "millions"),
        ("Out_Funded_Interest", "Interest funded before service, USD", f"=SUM({block('Debt', QUARTERS, 10)})", "millions"),
    )  # fmt: skip
    sale_lines = (
        ("Out_Break_Even_Depth_Uncalibrated", "Break-even depth at the worst date, GPUs (uncal.)", '=IFERROR(Worst_Break_Depth,"no depth")', "count"),
        ("Out_Closing_Break_Even_Depth_Uncalibrated", "Break-even depth at closing, GPUs (uncal.)", '=IFERROR(Closing_Break_Depth,"no depth")', "count"),
        ("Out_Assumed_Depth_Uncalibrated", "Assumed depth, GPUs (uncal.)", "=Depth", "count"),
        ("Out_LGD_Uncalibrated", "LGD at the worst date (uncal.)", "=Worst_LGD", "share"),
        ("Out_Any_Depth_Recovery_Uncalibrated", "Recovery at that date in a market of any depth", "=Any_Depth", "share"),
        ("Out_Contract_LGD", "LGD at that date if the contract is taken over", f"=HC_LGD(Worst_Debt,INDEX({block('Collateral', ALL, 21)},Worst_Row))", "share"),
        ("Out_Months_To_Sell_Uncalibrated", "Months to sell, legal stay included (uncal.)", "=Worst_Months+Legal_Months", "rent"),
        ("Out_Required_Haircut_Uncalibrated", "Haircut with no loss at any date (uncal.)", "=Required_Haircut", "share"),
        ("Out_Converged_Min_DSCR", "Lowest DSCR, converged bad year", "=Convergence!D27", "multiple"),
        ("Out_Converged_LGD_Uncalibrated", "LGD, converged bad year (uncal.)", "=Convergence!D31", "share"),
        ("Out_Fair_Spread_Uncalibrated", "Fair spread (uncal.)", "=Fair_Spread", "bp"),
        ("Out_Quoted_Spread", "Quoted spread", "=Quoted_Spread", "bp"),
        ("Out_Spread_Gap_Uncalibrated", "Quoted less fair (uncal.)", "=Spread_Gap", "bp"),
        ("Out_Scenario_PD", "Default by maturity, scenario, converged", "=Converged_Scenario_PD", "share"),
        ("Out_Scenario_Spread_Uncalibrated", "Fair spread, scenario, quoted correlations (uncal.)", "=Scenario_Spread", "bp"),
        ("Out_Converged_Scenario_Spread_Uncalibrated", "Fair spread, scenario, converged (uncal.)", "=Converged_Scenario_Spread", "bp"),
        ("Out_Reported_Inputs", "Deal inputs reported or derived", '=(COUNTIF(Deal_Bases,"Reported*")+COUNTIF(Deal_Bases,"Derived*"))/COUNTIF(Deal_Bases,"?*")', "share"),
    )  # fmt: skip
    book.section(sheet, 9, "Results", 2)
    for row, (name, label, formula, style) in enumerate((*dscr_lines, *sale_lines), start=10):
        sheet.write(row, 1, label, book.style(bottom=4, bottom_color=RULE))
        sheet.write_formula(
            row, 2, formula, book.style(style, bold=True, align="right", bottom=4, bottom_color=RULE)
        )
        book.name(name, sheet, (row, 2))


def _breaches(book: TemplateBook, sheet: Worksheet) -> None:
    limit, covenant = block("Coverage", ALL, 16), block("Coverage", QUARTERS, 8)
    lines = (
        ("Breach_DSCR", "DSCR under its covenant", f"=SUM({covenant})>0"),
        (
            "Breach_Limit",
            "Debt over its limit to cost or value",
            f'=IF(Limit_On="cost",Debt>Max_LTV*Total_Cost,SUM({limit})>0)',
        ),
        ("Breach_Size", "Debt above what the cash carries", "=Debt>Out_Debt_Capacity"),
        ("Breach_Runs_Dry", "Base case runs dry before maturity", f"=SUM({block('Credit', QUARTERS, 8)})>0"),
        ("Breach_Economic_Value", "Debt above economic value at closing", "=Out_Closing_Economic_LTV>1"),
        ("Breach_Liquidation_Uncalibrated", "Forced sale would not repay (uncal.)", "=Worst_LGD>0"),
        ("Breach_Price_Uncalibrated", "Spread under the fair one (uncal.)", "=Spread_Gap<0"),
    )
    book.section(sheet, 9, "Breaches and warnings", 2, 7)
    for row, (name, label, formula) in enumerate(lines, start=10):
        sheet.write(row, 7, label, book.style(bottom=4, bottom_color=RULE))
        style = book.style(bold=True, align="center", bottom=4, bottom_color=RULE)
        sheet.write_formula(row, 8, formula, style)
        book.name(name, sheet, (row, 8))
    last = 9 + len(lines)
    sheet.write(last + 2, 7, "All checks TRUE", book.style())
    sheet.write_formula(last + 2, 8, "=All_Checks", book.style(bold=True, align="center"))
    _true_or_false(book, sheet, (last + 2, 8), (last + 2, 8))
    red = book.style(font_color="#FFFFFF", bg_color=RED, bold=True)
    sheet.conditional_format(10, 8, last, 8, {"type": "cell", "criteria": "==", "value": True, "format": red})


def _charts(book: TemplateBook, sheet: Worksheet) -> None:
    years = ["Coverage", ALL.start, 2, ALL.stop - 1, 2]

    def line(
        title: str,
        number: str,
        series: Sequence[tuple[str, str, int, str]],
        corner: tuple[int, int],
        **y_axis: float,
    ) -> None:
        chart = book.book.add_chart({"type": "scatter", "subtype": "straight"})
        for label, source, column, colour in series:
            values = [source, ALL.start, column, ALL.stop - 1, column]
            chart.add_series(
                {"name": label, "categories": years, "values": values, "line": {"color": colour, "width": 2}}
            )
        grid = {"visible": True, "line": {"color": RULE}}
        chart.set_title({"name": title, "name_font": {"size": 12, "bold": True}})
        chart.set_x_axis(
            {
                "name": "Years from closing",
                "min": 0,
                "max": 10,
                "major_unit": 1,
                "num_format": "0",
                "label_position": "low",
                "major_gridlines": {"visible": False},
            }
        )
        chart.set_y_axis({"num_format": number, "major_gridlines": grid} | y_axis)
        chart.set_legend({"position": "bottom"})
        chart.show_na_as_empty_cell()
        chart.set_size({"width": 600, "height": 300})
        sheet.insert_chart(*corner, chart, {"x_offset": 2, "y_offset": 4})

    ltvs = (("Book", "Coverage", 12, BLUE), ("Economic", "Coverage", 13, AMBER), ("Economic, contract in place", "Coverage", 17, TEAL), ("Liquidation (uncalibrated)", "Coverage", 14, RED), ("Limit", "Coverage", 15, GREY))  # fmt: skip
    values = (("Book", "Collateral", 11, BLUE), ("Step", "Collateral", 12, AMBER), ("Rent-implied", "Collateral", 13, TEAL), ("Forced sale (uncalibrated)", "Liquidation", 8, RED), ("Debt", "Collateral", 17, GREY))  # fmt: skip
    cash = (
        ("CFADS", "Coverage", 4, TEAL),
        ("CFADS, converged bad year", "Stressed cash", 11, VIOLET),
        ("Scheduled service", "Coverage", 5, RED),
    )
    line("Loan to value, cut off at 300 %", "0%", ltvs, (36, 1), min=0, max=3)
    line("Collateral and debt, USD m", "#,##0,,", values, (36, 5))
    line("Cash and debt service, USD m a quarter", "#,##0,,", cash, (53, 1))
    line(
        "DSCR and its covenant",
        '0.0"x"',
        (("DSCR", "Coverage", 6, BLUE), ("Covenant", "Coverage", 7, RED)),
        (53, 5),
    )
