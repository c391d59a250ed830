"""Sheets Credit and Market readings: what the spread must pay, and what was read in the market."""

from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.templates.lines import Timeline
from haircut_workbooks.templates.sheets import GREY, Result, TemplateBook

READINGS = (
    "dscr_covenant_ddtl_4", "dscr_sizing_ddtl_4", "advance_rate_ddtl_4", "spread_ddtl_4",
    "hedge_share_ddtl_4", "rent_h100_contract_2025_10", "rent_h100_contract_2026_03", "vintage_factor_y1", "vintage_factor_y2",
    "vintage_factor_y3", "vintage_factor_y4", "resale_h100_model_2026_07", "resale_h100_ask_2026_07",
    "resale_h100_executed_2026_07", "market_depth_tape_units", "market_depth_tape_value", "liquidation_factor_180d",
    "liquidation_factor_90d", "liquidation_factor_30d", "liquidation_factor_7d",
)  # fmt: skip

NOTES = (
    "Capital: on the stated PD, Basel's unexpected loss of each year; on the paths, expected shortfall less expected loss of the life, spread over the life.",
    "The paths let the tenant default and the market move, count no tax, and trap cash on DSCR alone; the sheets also trap it on LTV, and it then pays what the quarter's cash does not.",
    "Where the sheets need that cash, the cover's test 'Service needs more than the reserve' is TRUE: compare it with the probability on the paths.",
)


def add_credit(time: Timeline) -> None:
    """Cumulative PD, LGD and exposure; default is certain where the base case runs dry with every dollar kept."""
    sheet = time.sheet(
        "Credit", "Price of credit", "The deal's own LGD path (uncalibrated) and its stated PD; certain default where the cash, all of it kept, runs dry."
    )  # fmt: skip
    sheet.section("Path of credit")
    sheet.line(
        "kept",
        "Cash kept since closing, were all of it kept",
        "USD m",
        "mn",
        "={kept<}+{cfads}-{service}",
        closing="=0",
    )
    sheet.line(
        "dry", "Runs dry", "1: yes", "flag", "=IF(AND({service}>0,{kept}<-Cent),1,{dry<})", closing="=0"
    )
    sheet.line(
        "buffer",
        "Reserve alone, all else paid out; below 0: not enough",
        "USD m",
        "mn",
        "=MIN({w_target},MAX(0,{buffer<})+{cfads}-{service})",
        closing="=Opening_Cash",
    )
    sheet.line(
        "needs_trap",
        "Service needs more than the reserve",
        "1: yes",
        "flag",
        "=IF(AND({service}>0,{buffer}<-Cent),1,{needs_trap<})",
        closing="=0",
    )
    sheet.line(
        "pd",
        "Cumulative probability of default",
        "share",
        "share",
        "=IF({dry}=1,1,1-(1-Live_PD)^{years})",
        closing="=0",
    )
    sheet.line("pd_now", "Of which in the quarter", "share", "share", "={pd}-{pd<}")
    sheet.line("loss", "Loss given default, net of cash, uncalibrated", "share", "share", "={lgd}")
    sheet.line("loss_gross", "Loss given default, cash gone, uncalibrated", "share", "share", "={lgd_gross}")
    sheet.line("at_risk", "Exposure, the quarter's draw included", "USD m", "mn", "={opening}+{draw}")


def price_sheet(book: TemplateBook) -> Worksheet:
    """Add the sheet of prices; it is filled when the lines are declared."""
    return book.sheet(
        "Price",
        "Quoted against fair spread",
        "What the lender is paid, and what the risk costs.",
        [2, 66, 26, 18, 18],
    )


def fill_price(book: TemplateBook, sheet: Worksheet, time: Timeline) -> None:
    """Fair spread from the path, two views of default side by side, and the haircut that would be enough."""
    rate = "(1+Base_Rate/Periods_Per_Year)^Periods_Per_Year-1"
    spread = f"=HC_FAIR_SPREAD({{pd:}},{{loss:}},{{at_risk:}},{{years:}},{rate},Hurdle,Asset_Correlation,Capital_Confidence,Liquidity_Premium)"
    lines = (
        Result("Live_PD", "PD a year: stated, or the tenant's where cash does not survive it", "=IF(Out_Tenant_Gone_Min_DSCR<1,MAX(PD,Counterparty_PD),PD)", "rate"),
        Result("Fair_Spread", "Fair spread, uncalibrated", time.text(spread), "bp"),
        Result("Fair_Spread_Gross", "Fair spread if the trapped cash were gone, uncalibrated", time.text(spread.replace("{loss:}", "{loss_gross:}")), "bp"),
        Result("", "Quoted spread", "=Quoted_Spread", "bp"),
        Result("", "Quoted spread with the upfront fee", "=All_In_Spread", "bp"),
        Result("", "Quoted less fair, uncalibrated", "=HC_SPREAD_GAP(Quoted_Spread,Fair_Spread)", "bp"),
        Result("Higher_Fair", "The higher of fair spread and fair spread on paths, converged", "=MAX(Fair_Spread,IFERROR(Converged_Scenario_Spread,Fair_Spread))", "bp"),
        Result("Required_Haircut", "Haircut at closing with no loss at any date, before cash, uncalibrated", time.text("=HC_HAIRCUT({economic^},{proceeds::},{balance::})"), "share"),
        Result("", "Haircut taken: 1 less economic LTV at closing", time.text('=IF({balance^}>{economic^},"none: debt exceeds it",1-{balance^}/{economic^})'), "share"),
    )  # fmt: skip
    row = book.results(sheet, 3, lines)
    _views(book, sheet, time, row + 1, spread)


def _views(book: TemplateBook, sheet: Worksheet, time: Timeline, top: int, spread: str) -> None:
    """The stated PD beside the paths: horizon, PD, LGD, loss and charge for capital."""
    book.section(sheet, top, "Two views of default, uncalibrated", 4)
    book.heading(sheet, top + 1, ["", "Stated PD", "Paths, quoted", "Paths, converged"])
    lost, exposed = (time.text(f"SUMPRODUCT({{pd_now:}}*{what}{{at_risk:}})") for what in ("{loss:}*", ""))
    no_premium = spread.replace("Liquidity_Premium", "0")
    expected = time.text(no_premium.replace("Hurdle", "0"))
    paths = [f"{case}Scenario_{{}}" for case in ("Quoted_", "Converged_")]
    capital = "Hurdle*({es}-{el})"

    def on_paths(formula: str) -> list[str]:
        each = [
            {what.lower(): path.format(what) for what in ("PD", "LGD", "EL", "ES", "Spread")}
            for path in paths
        ]
        return [f"=IFERROR({formula.format(**names)},NA())" for names in each]

    part = (
        "({{spread}}-Liquidity_Premium*Basis_Points)*{0}/({{el}}+"
        + capital.replace("{", "{{").replace("}", "}}")
        + ")"
    )
    life = "=Payments/Periods_Per_Year"
    rows = (
        ("Horizon, years: from closing; paths from the start of repayment", "years", ["=Maturity_Quarter/Periods_Per_Year", life, life]),
        ("Probability of default over it", "share", [time.text("=INDEX({pd:},Maturity_Quarter)"), *on_paths("{pd}")]),
        ("The stated PD over the horizon of the paths", "share", ["=1-(1-Live_PD)^(Payments/Periods_Per_Year)"]),
        ("Loss given default, after the cash in accounts", "share", [f"=IF({exposed}>0,{lost}/{exposed},0)", *on_paths("{lgd}")]),
        ("Expected loss over it, share of the loan", "share", [f"={lost}/Drawn", *on_paths("{el}")]),
        ("Expected loss, a year", "bp", [expected, *on_paths(part.format("{el}"))]),
        ("Charge for capital, a year", "bp", [f"{time.text(no_premium)}-{expected[1:]}", *on_paths(part.format(capital))]),
        ("Liquidity premium", "bp", ["=Liquidity_Premium*Basis_Points"] * 3),
        ("Fair spread", "bp", ["=Fair_Spread", *on_paths("{spread}")]),
    )  # fmt: skip
    for row, (label, style, formulas) in enumerate(rows, start=top + 2):
        sheet.write(row, 1, label, book.style())
        for column, formula in enumerate(formulas, start=2):
            book.formula(sheet, row, column, formula, style)
    for row, note in enumerate(NOTES, start=top + 3 + len(rows)):
        sheet.write(row, 1, note, book.style(italic=True, font_color=GREY))


def add_readings(book: TemplateBook) -> None:
    """A few dated market readings beside the deal, through HC_FACT: never inputs of the model."""
    sheet = book.sheet(
        "Market readings",
        "Market readings",
        "Dated, sourced and graded; shown for comparison; only the ladder on the sheet Forced sale reads any.",
        [2, 30, 70, 14, 16, 13, 60, 13],
    )
    book.heading(sheet, 3, ["Id", "Reading", "Value", "Unit", "As of", "Source", "Grade"])
    for row, fact in enumerate(READINGS, start=4):
        sheet.set_row(row, 28)
        sheet.write(row, 1, fact, book.style(font_color=GREY, valign="vcenter"))
        for column, field in enumerate(("item", "value", "unit", "as_of", "source", "grade"), start=2):
            style = book.style(
                "rent" if field == "value" else "general",
                text_wrap=field in ("item", "source"),
                valign="vcenter",
            )
            sheet.write_formula(row, column, f'=HC_FACT($B{row + 1},"{field}")', style)
