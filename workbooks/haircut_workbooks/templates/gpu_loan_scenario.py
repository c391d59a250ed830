"""The deal scenario of the gpu_loan template: the loan on thousands of paths, from the date on which it serves."""

from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.templates.sheets import (
    AMBER,
    BLUE,
    GREY,
    RULE,
    TEAL,
    TemplateBook,
    absolute,
    block,
)
from haircut_workbooks.templates.timeline import MOST_QUARTERS

NAME, PATHS = "Deal scenario", "Scenario paths"
AGE = "MAX(0,Grace_Quarters/4-In_Service_1)"
DEAL = (
    ("gpus", "=IF(Gpus_2+Gpus_3>0,NA(),Gpus_1)", "count", "count"),
    ("unit_cost", "=Unit_Cost_1", "USD", "money"),
    ("book_life", "=Book_Life", "years", "years"),
    ("age", f"={AGE}", "years", "years"),
    ("life", f"=MAX(0,Physical_Life-{AGE})", "years", "years"),
    ("scrap", "=Scrap", "USD", "money"),
    ("utilisation", "=Utilisation", "share", "share"),
    ("availability", "=Availability", "share", "share"),
    ("contracted_share", "=Contracted_Share", "share", "share"),
    ("contract_rent", "=Contract_Rent", "USD/GPU-hour", "rent"),
    ("contract_years", "=MAX(0,Contract_Years-Grace_Quarters/4)", "years", "years"),
    ("counterparty_pd", "=Counterparty_PD", "annual", "rate"),
    ("kw_per_gpu", "=Kw_Per_Gpu", "kW", "number"),
    ("hosting_cost", "=Hosting_Cost", "USD/GPU-hour", "number"),
    ("other_cost", "=Other_Cost", "USD a year", "money"),
    ("debt", "=Debt", "USD", "money"),
    ("tenor", "=Payments/4", "years", "years"),
    ("style", "=Style", "word", "text"),
    ("balloon", '=IF(Style="bullet",0,Balloon_Share)', "share", "share"),
    ("base_rate", "=Base_Rate", "annual", "rate"),
    ("margin", "=Margin", "annual", "rate"),
    ("dsra_months", "=DSRA_Months", "months", "rent"),
    ("opening_cash", "=Opening_Cash", "USD", "money"),
    ("refi_max_ltv", "=Refi_Max_LTV", "share", "share"),
    ("refi_min_dscr", "=Refi_Min_DSCR", "x", "multiple"),
    ("refi_years", "=Refi_Years", "years", "years"),
    ("coins", "=Coins", "BTC", "count"),
    ("coin_discount", "=Coin_Discount", "share", "share"),
    ("depth", "=Depth", "GPUs", "count"),
    ("depth_recovery", "=Depth_Recovery", "share a month", "share"),
    ("other_units", "=Other_Units", "GPUs", "count"),
    ("buyer_vacuum", "=Buyer_Vacuum", "per unit of stress", "number"),
    ("hosting_mw_per_month", "=Hosting_MW_Per_Month", "MW", "number"),
    ("hostable_share", "=Hostable_Share", "share", "share"),
    ("legal_months", "=Legal_Months", "months", "rent"),
    ("carry", "=Carry", "USD/GPU-month", "money"),
    ("exit_cost", "=Exit_Cost", "USD/GPU", "money"),
    ("value_decay", "=MAX(0,-LN(1-Rent_Decline))", "annual", "rate"),
    ("discount_rate", "=Discount_Rate", "annual effective", "rate"),
    ("hurdle", "=Hurdle", "annual", "rate"),
    ("liquidity_premium", "=Liquidity_Premium", "annual", "rate"),
    ("confidence", "=Confidence", "share", "share"),
)
"""Labels of the scenario, from the inputs; the loan starts when its interest is no longer funded."""
RISKS = (
    ("coin", "=Coin_Price", "=0", "=Vol_Coin"),
    ("rent", "=Rent*(1-Rent_Decline)^(Grace_Quarters/4)", "=LN(1-Rent_Decline)", "=Vol_Rent"),
    ("power", "=Power_Price", "=0", "=Vol_Power"),
    ("refi_spread", "=Margin", "=0", "=Vol_Refi"),
)
TOP = 4
CALL = ",".join(
    f"'{NAME}'!{absolute(*corners)}"
    for corners in (
        ((TOP + 1, 1), (TOP + len(DEAL), 3)),
        ((TOP + 1, 5), (TOP + 5, 8)),
        ((TOP + 9, 5), (TOP + 12, 8)),
    )
)
MEASURES = ("share", "share", "share", "share", "share", "share", "bp", "multiple", "multiple", "years")
DECLINES = (0.0, 0.1, 0.2, 0.3, 0.4)
LEVELS = (0.0, 0.25, 0.5, 0.75, 1.0)
PERCENTILES = "{5,50,95}"


def add_scenario(book: TemplateBook) -> None:
    """The labelled ranges, the table of measures, the heat map, and cover and LTV by quarter."""
    sheet = book.sheet(
        NAME,
        "Deal scenario, uncalibrated",
        "The loan on 8,192 paths of coin, rent, power and refinancing spread, with quoted and converged correlations; one fleet, no tax, no releases.",
        [2, 22, 13, 17, 3, 25, *[15] * 6],
    )
    _deal(book, sheet)
    _factors(book, sheet)
    _measures(book, sheet)
    _heat_map(book, sheet)
    _charts(book, sheet)
    paths = book.sheet(
        PATHS,
        "Scenario paths, converged",
        "Percentiles by quarter over the paths on which the loan is alive, and the share that still is.",
        [2, *[11] * 6, 3, *[11] * 6],
    )
    _percentiles(book, paths, 1, "dscr", "DSCR", "multiple")
    _percentiles(book, paths, 8, "ltv", "LTV on economic value", "share")


def _deal(book: TemplateBook, sheet: Worksheet) -> None:
    book.heading(sheet, TOP, ["label", "value", "unit"])
    for row, (label, formula, unit, style) in enumerate(DEAL, start=TOP + 1):
        sheet.write(row, 1, label, book.style())
        sheet.write_formula(row, 2, formula, book.style(style, align="right"))
        sheet.write(row, 3, unit, book.style(font_color=GREY, indent=1))


def _factors(book: TemplateBook, sheet: Worksheet) -> None:
    book.heading(sheet, TOP + 1, ["factor", "level", "drift", "volatility"], 5)
    for i, (name, level, drift, volatility) in enumerate(RISKS):
        sheet.write(TOP + 2 + i, 5, name, book.style())
        for column, formula, style in ((6, level, "number"), (7, drift, "rate"), (8, volatility, "rate")):
            sheet.write_formula(TOP + 2 + i, column, formula, book.style(style))
    sheet.write(TOP + 7, 5, "Correlations as quoted", book.style(bold=True))
    book.heading(sheet, TOP + 8, [name for name, *_ in RISKS], 5)
    for i in range(len(RISKS)):
        for j in range(len(RISKS)):
            sheet.write_formula(
                TOP + 9 + i, 5 + j, f"=Convergence!{'FGHI'[j]}{7 + i}", book.style("rent", align="right")
            )


def _measures(book: TemplateBook, sheet: Worksheet) -> None:
    first = TOP + 15
    book.section(sheet, first - 1, "What becomes of the loan, with standard errors", 7, 5)
    table = f"=HC_SCENARIO({CALL},Convergence)"
    book.spill(sheet, first, 5, (len(MEASURES) + 1, 7), table, ["general"] * 7)
    _spilled_header(book, sheet, first, 5, 7)
    for i, style in enumerate(MEASURES, start=1):
        for column in range(6, 12):
            sheet.write_blank(first + i, column, None, book.style(style))
    row = first + len(MEASURES) + 1
    sheet.write(row, 5, "What HC_WHY says of it", book.style(font_color=GREY))
    sheet.write_formula(row, 6, f'=HC_WHY("HC_SCENARIO",{CALL},Convergence)', book.style(font_color=GREY))
    for name, offset, column in (
        ("Scenario_PD", 1, 6),
        ("Scenario_Spread", 7, 6),
        ("Converged_Scenario_PD", 1, 8),
        ("Converged_Scenario_Spread", 7, 8),
        ("Converged_Scenario_Shortfall", 6, 8),
    ):
        book.name(name, sheet, (first + offset, column))


def _heat_map(book: TemplateBook, sheet: Worksheet) -> None:
    first = TOP + 29
    book.section(sheet, first - 1, "Fair spread, bp, by rent decline (down) and convergence (across)", 7, 5)
    sheet.write(first, 5, "Rent decline a year", book.style(font_color=GREY))
    sheet.write(first, 6, "as drift", book.style(font_color=GREY, align="right"))
    for j, level in enumerate(LEVELS):
        sheet.write(first, 7 + j, level, book.style("share", bold=True, align="right"))
    for i, decline in enumerate(DECLINES, start=1):
        sheet.write(first + i, 5, decline, book.style("share", bold=True, align="right"))
        sheet.write_formula(first + i, 6, f"=LN(1-F{first + i + 1})", book.style("number", font_color=GREY))
    last = first + len(DECLINES)
    rows, columns = absolute((first + 1, 6), (last, 6)), absolute((first, 7), (first, 6 + len(LEVELS)))
    grid = f'=HC_SCENARIO_GRID({CALL},{columns},"rent drift",{rows})'
    book.spill(sheet, first + 1, 7, (len(DECLINES), len(LEVELS)), grid, ["count"] * len(LEVELS))
    scale = {"type": "3_color_scale", "min_color": "#E3F2EF", "mid_color": "#F6D99A", "max_color": "#D9796C"}
    sheet.conditional_format(first + 1, 7, last, 6 + len(LEVELS), scale)
    sheet.write(last + 1, 5, "Quoted spread, bp", book.style(font_color=GREY))
    sheet.write_formula(last + 1, 6, "=Quoted_Spread", book.style("count", bold=True))
    note = (
        "Flat across: nothing that converges moves this loan. Buyers' vacuum, other sellers and coins would."
    )
    sheet.write(last + 2, 5, note, book.style(italic=True, font_color=GREY))


def _percentiles(
    book: TemplateBook, sheet: Worksheet, column: int, output: str, title: str, style: str
) -> None:
    book.section(sheet, 3, title, 6, column)
    paths = f'=HC_SCENARIO_PATHS({CALL},Convergence,"{output}",{PERCENTILES})'
    styles = ["count", "years", "share", style, style, style]
    book.spill(sheet, TOP, column, (21, 6), paths, styles)
    for row in range(TOP + 21, TOP + 1 + MOST_QUARTERS):
        for offset, name in enumerate(styles):
            sheet.write_blank(row, column + offset, None, book.style(name))
    _spilled_header(book, sheet, TOP, column, 6)


def _spilled_header(book: TemplateBook, sheet: Worksheet, row: int, column: int, width: int) -> None:
    """Dress the header row that a table spills."""
    for offset in range(1, width):
        sheet.write_blank(row, column + offset, None, book.style(align="right"))
    header = book.style(bold=True, font_color="#FFFFFF", bg_color=BLUE)
    sheet.conditional_format(row, column, row, column + width - 1, {"type": "no_errors", "format": header})


def _charts(book: TemplateBook, sheet: Worksheet) -> None:
    rows = range(TOP + 1, TOP + 1 + MOST_QUARTERS)
    for corner, title, number, first, limit in (
        ((TOP + 43, 1), "DSCR by quarter, converged", '0.0"x"', 1, 6),
        ((TOP + 43, 6), "LTV on economic value by quarter, converged, cut off at 300 %", "0%", 8, 3),
    ):
        chart = book.book.add_chart({"type": "scatter", "subtype": "straight"})
        for offset, label, colour in ((3, "5 %", AMBER), (4, "median", BLUE), (5, "95 %", TEAL)):
            chart.add_series(
                {
                    "name": label,
                    "categories": f"={block(PATHS, rows, first + 1)}",
                    "values": f"={block(PATHS, rows, first + offset)}",
                    "line": {"color": colour, "width": 2},
                }
            )
        chart.set_title({"name": title, "name_font": {"size": 12, "bold": True}})
        chart.set_x_axis(
            {
                "name": "Years since the fleet serves",
                "min": 0,
                "num_format": "0",
                "major_gridlines": {"visible": False},
            }
        )
        chart.set_y_axis(
            {
                "num_format": number,
                "min": 0,
                "max": limit,
                "major_gridlines": {"visible": True, "line": {"color": RULE}},
            }
        )
        chart.set_legend({"position": "bottom"})
        chart.show_na_as_empty_cell()
        chart.set_size({"width": 560, "height": 300})
        sheet.insert_chart(*corner, chart, {"x_offset": 2, "y_offset": 4})
