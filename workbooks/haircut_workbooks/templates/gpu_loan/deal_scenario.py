"""Sheets Deal scenario and Scenario paths: the loan on thousands of paths, from the date on which it repays."""

from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.templates.cover import line_chart
from haircut_workbooks.templates.deal_scenario import (
    CALL,
    TOP,
    add_heat_map,
    add_measures,
    add_risks,
    add_terms,
)
from haircut_workbooks.templates.lines import Timeline
from haircut_workbooks.templates.market import quoted_correlation
from haircut_workbooks.templates.sheets import GREY, TemplateBook, absolute

NAME, PATHS = "Deal scenario", "Scenario paths"
START = "Repays_After/Periods_Per_Year"
DEAL = (
    ("gpus", "=INDEX({owned::},Repays_After+1)", "count", "count"),
    (
        "unit_cost",
        "=SUMPRODUCT({bought::}*({period::}<=Repays_After))/INDEX({owned::},Repays_After+1)",
        "USD",
        "money",
    ),
    ("book_life", "=Book_Life", "years", "years"),
    ("age", "=Fleet_Age", "years", "years"),
    ("life", "=MAX(0,Physical_Life-Fleet_Age)", "years", "years"),
    ("scrap", "=Scrap", "USD", "money"),
    ("utilisation", "=Utilisation", "share", "share"),
    ("availability", "=Availability", "share", "share"),
    ("contracted_share", "=Contracted_Share", "share", "share"),
    ("contract_rent", "=Contract_Rent*Live_Realisation*Fleet_Factor", "USD/GPU-hour", "rent"),
    ("contract_years", f"=MAX(0,Contract_Years-{START})", "years", "years"),
    ("counterparty_pd", "=Counterparty_PD", "annual", "rate"),
    ("kw_per_gpu", "=INDEX({kw::},Repays_After+1)", "kW", "number"),
    ("hosting_cost", "=Hosting_Cost*INDEX({kw::},Repays_After+1)/Kw_Per_Gpu", "USD/GPU-hour", "number"),
    ("other_cost", "=Other_Cost", "USD a year", "money"),
    ("debt", "=Drawn", "USD", "money"),
    ("tenor", "=Payments/Periods_Per_Year", "years", "years"),
    ("style", "=Style", "word", "text"),
    ("target_dscr", "=Target_DSCR", "x", "multiple"),
    ("balloon", '=IF(OR(Style="bullet",Style="sculpted"),0,Balloon_Share)', "share", "share"),
    ("base_rate", "=Live_Base_Rate", "annual", "rate"),
    ("margin", "=Margin", "annual", "rate"),
    ("dsra_months", "=DSRA_Months", "months", "rent"),
    ("opening_cash", "=Opening_Cash", "USD", "money"),
    ("lockup_dscr", "=Lockup_DSCR", "x", "multiple"),
    ("sweep", "=Sweep", "share", "share"),
    ("refi_max_ltv", "=Refi_Max_LTV", "share", "share"),
    ("refi_min_dscr", "=Refi_Min_DSCR", "x", "multiple"),
    ("refi_years", "=Refi_Years", "years", "years"),
    ("coins", "=Coins", "BTC", "count"),
    ("coin_discount", "=Coin_Discount", "share", "share"),
    ("depth", "=Live_Depth", "GPUs", "count"),
    ("depth_recovery", "=Depth_Recovery", "share a month", "share"),
    ("other_units", "=Live_Other_Units", "GPUs", "count"),
    ("buyer_vacuum", "=Buyer_Vacuum", "per unit of stress", "number"),
    ("hosting_mw_per_month", "=Hosting_MW_Per_Month", "MW", "number"),
    ("hostable_share", "=Hostable_Share", "share", "share"),
    ("legal_months", "=Live_Legal_Months", "months", "rent"),
    ("carry", "=Carry", "USD/GPU-month", "money"),
    ("exit_cost", "=Exit_Cost", "USD/GPU", "money"),
    ("value_decay", "=MAX(0,-LN(1-Live_Rent_Decline))", "annual", "rate"),
    ("discount_rate", "=Discount_Rate", "annual effective", "rate"),
    ("hurdle", "=Hurdle", "annual", "rate"),
    ("liquidity_premium", "=Liquidity_Premium", "annual", "rate"),
    ("confidence", "=Confidence", "share", "share"),
)
"""Labels of the scenario; the vintages are one fleet of average age, power and rent when principal starts."""
RISKS = (
    ("coin", "=Coin_Price", "=0", "=Vol_Coin"),
    (
        "rent",
        f"=Live_Rent*Fleet_Factor*(1-Live_Rent_Decline)^({START})",
        "=LN(1-Live_Rent_Decline)",
        "=Vol_Rent",
    ),
    ("power", "=Live_Power_Price", "=0", "=Vol_Power"),
    ("refi_spread", "=Margin", "=0", "=Vol_Refi"),
)
FLEET = TOP + len(DEAL) + 3
NAMED = tuple(
    (f"{case}_Scenario_{what}", measure, column)
    for case, column in (("Quoted", 1), ("Converged", 3))
    for what, measure in (("PD", 1), ("LGD", 3), ("EL", 4), ("ES", 6), ("Spread", 7))
)
FLAT = "Flat across: nothing that converges moves this loan. Buyers' vacuum, other sellers and coins would."
SHOWN = (("dscr", "DSCR", "multiple"), ("ltv", "LTV on economic value", "share"))
MOST_QUARTERS = 40


def scenario_sheets(book: TemplateBook) -> tuple[Worksheet, Worksheet]:
    """Add the two sheets; they are filled when the lines are declared."""
    deal = book.sheet(
        NAME,
        "Deal scenario, uncalibrated",
        "The loan on 8,192 paths of coin, rent, power and refinancing spread, quoted and converged; labels as HC_SCENARIO reads them. The vintages as one fleet, no tax, no releases, from the start of repayment.",
        [2, 22, 15, 18, 3, 25, *[14] * 6],
    )
    paths = book.sheet(
        PATHS,
        "Scenario paths, converged",
        "Percentiles by quarter over the paths on which the loan is alive, and the share that still is.",
        [2, *[11] * 6, 3, *[11] * 6],
    )
    return deal, paths


def fill_scenario(book: TemplateBook, sheets: tuple[Worksheet, Worksheet], time: Timeline) -> None:
    """The labelled ranges, the table of measures, the heat map, and cover and LTV by quarter."""
    sheet, paths = sheets
    _deal(book, sheet, time)
    add_risks(book, sheet, RISKS, quoted_correlation)
    add_measures(book, sheet, "What becomes of the loan, with standard errors", "Live_Convergence", NAMED)
    add_heat_map(book, sheet, FLAT)
    for column, (output, title, style) in zip((1, 8), SHOWN, strict=True):
        _percentiles(book, paths, column, output, title, style)
    _charts(book, sheet)


def _deal(book: TemplateBook, sheet: Worksheet, time: Timeline) -> None:
    add_terms(book, sheet, [(label, time.text(formula), unit, style) for label, formula, unit, style in DEAL])
    ages = "+".join(
        f"INDEX({{owned_{v}::}},Repays_After+1)*INDEX({{age_{v}::}},Repays_After+1)" for v in (1, 2, 3)
    )
    fleet = (
        ("Fleet_Age", "age of the fleet", f"=({ages})/INDEX({{owned::}},Repays_After+1)", "years"),
        ("Fleet_Factor", "rent over vintage 1", "=INDEX({factor::},Repays_After+1)", "rent"),
    )
    for row, (name, label, formula, style) in enumerate(fleet, start=FLEET):
        sheet.write(row, 1, label, book.style(font_color=GREY))
        book.formula(sheet, row, 2, time.text(formula), style, align="right")
        book.name(name, sheet, (row, 2))


def _percentiles(
    book: TemplateBook, sheet: Worksheet, column: int, output: str, title: str, style: str
) -> None:
    book.section(sheet, 3, title, 6, column)
    paths = f'=HC_SCENARIO_PATHS({CALL},Live_Convergence,"{output}")'
    styles = ["count", "years", "share", style, style, style]
    book.spill(sheet, TOP, column, (17, 6), paths, styles)
    for row in range(TOP + 17, TOP + 1 + MOST_QUARTERS):
        for offset, name in enumerate(styles):
            sheet.write_blank(row, column + offset, None, book.style(name))
    book.spilled_heading(sheet, TOP, column, 6)


def _charts(book: TemplateBook, sheet: Worksheet) -> None:
    rows = (TOP + 1, TOP + MOST_QUARTERS)

    def series(column: int) -> str:
        return f"'{PATHS}'!{absolute((rows[0], column), (rows[1], column))}"

    for corner, title, number, first, most in (
        (1, "DSCR by quarter, converged, cut off at 4x", '0.0"x"', 1, 4),
        (6, "LTV on economic value, converged, cut off at 1,000 %", "0%", 8, 10),
    ):
        lines = [(name, series(first + offset)) for name, offset in (("5 %", 3), ("median", 4), ("95 %", 5))]
        chart = line_chart(book, title, series(first), lines, number, "0", low=0, high=most, every=4)
        chart.set_size({"width": 540, "height": 290})
        sheet.insert_chart(FLEET + 3, corner, chart, {"x_offset": 2, "y_offset": 4})
