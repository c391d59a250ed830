"""Sheets Coverage and Mismatch: covenants by quarter, reverse stress, durations, the cliff when contracts end."""

from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.templates.lines import Timeline, TimeSheet
from haircut_workbooks.templates.sheets import GREY, Result, TemplateBook

CLIFF = (
    ("Rent_Cliff", "Market rent then over contract rent, less 1", "share"),
    ("", "CFADS in the quarter before, USD m", "mn"),
    ("", "CFADS in the quarter after, USD m", "mn"),
    ("", "DSCR before", "multiple"),
    ("", "DSCR after", "multiple"),
    ("Debt_At_Expiry", "Debt owed when the contract ends, USD m", "mn"),
    ("", "Present value of CFADS after it, USD m", "mn"),
    ("Cliff_Debt_Over_Cash", "Debt over that present value", "share"),
)


def add_coverage(time: Timeline) -> None:
    """Every test at every date, and the fall in rent or value that would break it."""
    sheet = time.sheet(
        "Coverage", "Coverage and LTV", "Every covenant at every date, cash-flow-led and asset-led; #N/A where nothing is due or owed."
    )  # fmt: skip
    _cash_led(sheet)
    _asset_led(sheet)
    sheet.section("Reverse stress: the fall, from that date's level, that breaks the covenant")
    sheet.line(
        "exposed",
        "Revenue that moves with the market",
        "share",
        "share",
        "=IF({revenue}>0,{merchant}/{revenue},0)",
    )
    sheet.line("steady", "CFADS less revenue", "USD m", "mn", "={cfads}-{revenue}")
    sheet.line("income", "Revenue", "USD m", "mn", "={revenue}")
    sheet.spill(
        "=HC_BREAK_RENT({income:},{steady:},{due:},{covenant:},{exposed:})",
        ("break_rent", "Fall in market rent that breaks DSCR", "share", "share"),
    )
    sheet.spill(
        "=HC_BREAK_RENT({income:},{steady:},{due:},{covenant:},1)",
        ("break_revenue", "Fall in all revenue, contract included", "share", "share"),
    )
    sheet.spill(
        "=HC_BREAK_VALUE({owed::},{worth::},{limit::})",
        ("break_value", "Fall in economic value that breaks LTV", "share", "share"),
        closing=True,
    )
    sheet.line(
        "rent_room",
        "Room in rent; 0 %: broken, 100 %: none",
        "share",
        "share",
        "=IF({below}>0,0,IFERROR({break_rent},1))",
    )
    room = "=IF({below}>0,0,IFERROR({break_revenue},1))"
    sheet.line("revenue_room", "Room in revenue", "share", "share", room)
    room = "=IF({owed}>{limit}*{worth},0,IF({owed}>0,IFERROR({break_value},1),1))"
    sheet.line("value_room", "Room in value", "share", "share", room, closing=room)
    sheet.line(
        "lacking", "Cash lacking for the covenant", "USD m", "mn", "={below}*({covenant}*{due}-{cash})"
    )
    over = "=MAX(0,{owed}-{limit}*{worth})"
    sheet.line("over_limit", "Debt over the limit on value", "USD m", "mn", over, closing=over)


def _cash_led(sheet: TimeSheet) -> None:
    sheet.section("Cash-flow-led tests")
    sheet.line("cash", "CFADS", "USD m", "mn", "={cfads}")
    sheet.line("due", "Debt service", "USD m", "mn", "={service}")
    sheet.line(
        "due_in_contract",
        "Debt service while the contract runs",
        "USD m",
        "mn",
        "=IF({period}<=Contract_Quarters,{due},0)",
    )
    sheet.spill("=HC_DSCR({cash:},{due:})", ("dscr", "DSCR, projected", "x", "multiple"))
    sheet.line("covenant", "Covenant", "x", "multiple", "=Min_DSCR")
    sheet.line(
        "below", "Below it", "1: yes", "flag", "=IF({due}>0,IF({cash}<{covenant}*{due},1,0),0)", total=True
    )
    sheet.spill(
        "=HC_DSCR_TRAILING({cash:},{due:},Trailing_Quarters)",
        ("trailing", "DSCR, maintenance: looking back", "x", "multiple"),
    )
    sheet.line("maintenance", "Covenant", "x", "multiple", "=Maintenance_DSCR")
    sheet.line(
        "below_maintenance", "Below it", "1: yes", "flag", "=IF(ISNUMBER({trailing}),IF({trailing}<{maintenance},1,0),0)", total=True
    )  # fmt: skip
    sheet.line(
        "realised",
        "Contract cash received over due",
        "share",
        "share",
        "=IF({due_contract}>0,{contracted}/{due_contract},NA())",
    )
    sheet.line("least_realised", "Covenant", "share", "share", "=Min_Realisation")
    sheet.line(
        "below_realised",
        "Below it, while debt is owed",
        "1: yes",
        "flag",
        "=IF(AND({opening}>0,{due_contract}>0),IF({realised}<{least_realised},1,0),0)",
        total=True,
    )


def _asset_led(sheet: TimeSheet) -> None:
    sheet.section("Asset-led tests")
    for key, label, formula in (("owed", "Debt", "={balance}"), ("worth", "Economic value", "={economic}")):
        sheet.line(key, label, "USD m", "mn", formula, closing=formula)
    sheet.spill(
        "=IFERROR(TRANSPOSE(HC_LIQUIDATION_LTV({balance::},{book::},{economic::},{proceeds::},FALSE)),NA())",
        ("raw_book", "Debt over book value", "share", "share"),
        ("raw_economic", "Debt over economic value", "share", "share"),
        ("raw_liquidation", "Debt over forced-sale proceeds, uncalibrated", "share", "share"),
        closing=True,
    )
    for kind, label in (
        ("book", "Book LTV"),
        ("economic", "Economic LTV"),
        ("liquidation", "Liquidation LTV, uncalibrated"),
    ):
        formula = f"=IF({{owed}}>0,{{raw_{kind}}},NA())"
        sheet.line(f"ltv_{kind}", label, "share", "share", formula, closing=formula, bold=True)
    net = "=IF(AND({w_closing}>Cent,{economic}>0),MAX(0,{w_closing}-{w_held})/{economic},NA())"
    sheet.line(
        "ltv_net", "Economic LTV, net of reserve and trapped cash", "share", "share", net, closing=net, bold=True
    )  # fmt: skip
    for kind in ("economic", "net", "liquidation"):
        known = f"=IFERROR({{ltv_{kind}}},0)"
        label = f"{kind.capitalize()}, 0 where nothing is owed"
        sheet.line(f"known_{kind}", label, "share", "share", known, closing=known)
    held = "=IF(AND({owed}>0,{with_contract}>0),{owed}/{with_contract},NA())"
    sheet.line("ltv_contract", "Economic LTV, contract taken over", "share", "share", held, closing=held)
    swept = "=IF(AND({w_closing}>Cent,{economic}>0),{w_closing}/{economic},NA())"
    sheet.line(
        "ltv_waterfall",
        "Economic LTV of what the waterfall leaves owed",
        "share",
        "share",
        swept,
        closing=swept,
    )
    sheet.line("limit", "Limit", "share", "share", "=Max_LTV", closing="=Max_LTV")
    above = '=IF(AND({owed}>0,Limit_On="value"),IF({owed}>{limit}*{worth},1,0),0)'
    sheet.line(
        "above", "Above it, where the limit is on value", "1: yes", "flag", above, closing=above, total=True
    )
    used = "=IF(AND({owed}>0,{worth}>0),{owed}/({limit}*{worth}),0)"
    sheet.line("used", "Debt over what the limit allows on value", "share", "share", used, closing=used)


def mismatch_sheet(book: TemplateBook) -> Worksheet:
    """Add the sheet of tenor against life; it is filled when the lines are declared."""
    return book.sheet(
        "Mismatch", "Mismatch and capacity", "Long debt on a short-lived asset: durations, the debt left on scrap, the cliff when contracts end, and what each test would lend.", [2, 62, 20, 3, 58, 20, 12]
    )  # fmt: skip


def fill_mismatch(book: TemplateBook, sheet: Worksheet, time: Timeline) -> None:
    """Durations and cliff on the left, the size that each mode of lending gives on the right."""
    book.section(sheet, 3, "Duration", 2)
    gap = "IFERROR(HC_DURATION_GAP(Asset_Duration,Debt_Duration,{balance^},{economic^}),NA())"
    life = (
        "HC_ECONOMIC_LIFE(Live_Rent,Live_Rent_Decline,Opex_Per_Hour,Physical_Life,Utilisation*Availability)"
    )
    duration = (
        Result("Economic_Life", "Economic life of the first vintage, years from closing", f"=MAX(0,In_Service_1)+{life}", "years"),
        Result("Asset_Duration", "Duration of its rent, years", "=IF(Economic_Life>0,HC_RENT_DURATION(Live_Rent_Decline,Discount_Rate,Economic_Life),0)", "years"),
        Result("Debt_Duration", "Duration of the debt, years", time.text("=HC_MACAULAY({to_lender:},{years:},Loan_Rate,Periods_Per_Year)"), "years"),
        Result("Duration_Gap", "Duration gap, years; below 0: the debt outlives the asset", time.text(f"={gap}"), "years"),
        Result("WAL", "Weighted average life of the debt, years", time.text("=HC_WAL({repaid:},{years:})"), "years"),
        Result("On_Scrap", "Debt owed when the first vintage is scrap, USD m", time.text("=HC_BALLOON_ON_SCRAP({balance::},{years::},Economic_Life)"), "mn"),
        Result("All_In_Spread", "Spread with the upfront fee spread over that life", "=(Margin+Upfront_Fee*Debt/Drawn/WAL)*Basis_Points", "bp"),
    )  # fmt: skip
    row = book.results(sheet, 4, duration)
    book.section(sheet, row + 1, "Re-contracting cliff: the first vintage's contract ends", 2)
    row += 2
    # A contract that never ends within the model has no cliff.
    expiry = "MIN(Periods,MAX(1,ROUND(Contract_Years*Periods_Per_Year,0)))"
    book.results(sheet, row, [Result("Expiry", "Quarter in which it ends", f"={expiry}", "count")])
    then = "INDEX({spot::},Expiry+1)"
    cliff = time.text(
        f"=IFERROR(TRANSPOSE(HC_RECONTRACT_CLIFF({{cfads:}},{{service:}},{{balance:}},Expiry,Contract_Rent,{then},Discount_Rate,Periods_Per_Year,FALSE)),NA())"
    )
    for i, (name, label, _) in enumerate(CLIFF, start=row + 1):
        sheet.write(i, 1, label, book.style())
        if name:
            book.name(name, sheet, (i, 2))
    book.spill(sheet, row + 1, 2, (len(CLIFF), 1), cliff, ["share"])
    for i, (*_, style) in enumerate(CLIFF[1:], start=row + 2):
        sheet.write_blank(i, 2, None, book.style(style, align="right"))
    coverage = time.text(
        "=HC_CONTRACT_COVERAGE({contract_net:},Drawn,Loan_Rate,Counterparty_PD,Periods_Per_Year)"
    )
    book.results(
        sheet,
        row + 2 + len(CLIFF),
        [
            Result(
                "Contract_Coverage",
                "Present value of contracted cash over the loan drawn",
                coverage,
                "multiple",
            )
        ],
    )
    _capacity(book, sheet, time)


def _capacity(book: TemplateBook, sheet: Worksheet, time: Timeline) -> None:
    book.section(sheet, 3, "What each mode would lend", 2, 4)
    lines = (
        Result("", "Cash-flow-led: cash at the sizing DSCR, USD m", "=By_DSCR", "mn"),
        Result("", "Cash-flow-led: contracted cash alone, USD m", "=Contract_Coverage*Drawn", "mn"),
        Result("By_Cost", "Asset-led: advance on cost, USD m", "=Advance_Rate*Total_Cost", "mn"),
        Result("By_LTV", "Asset-led: limit on value at every date, USD m", time.text("=IF(MAX({used::})>0,Drawn/MAX({used::}),0)"), "mn"),
        Result("", "Asset-led: forced sale repays at every date, USD m (uncal.)", time.text("=IF(MAX({strain::})>0,Drawn/MAX({strain::}),0)"), "mn"),
        Result("", "Drawn, USD m", "=Drawn", "mn"),
    )  # fmt: skip
    row = book.results(sheet, 4, lines, 4)
    sheet.write(row, 4, "Least of DSCR, cost and value", book.style())
    book.spill(sheet, row, 5, (1, 2), "=HC_DEBT_CAPACITY(By_DSCR,,By_Cost,By_LTV,,FALSE)", ["mn", "general"])
    notes = (
        "The value limit and the forced sale scale the agreed schedule up or down.",
        "'gearing' names the advance on cost.",
    )
    for i, note in enumerate(notes, start=row + 1):
        sheet.write(i, 4, note, book.style(italic=True, font_color=GREY))
