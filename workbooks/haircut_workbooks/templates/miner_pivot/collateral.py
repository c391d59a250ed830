"""What secures the debt: coins, rigs and sites on three values; the look-through tables; reverse stress."""

from xlsxwriter.chart import Chart

from haircut_workbooks.templates.cover import line_chart
from haircut_workbooks.templates.lines import Timeline
from haircut_workbooks.templates.sheets import GREY, HEAT, TemplateBook, absolute

SITES = "(MIN(MAX(0,{{ai_book}}-{{unfinished}}),{{ai_mw}}*MAX(0,{}))+MIN({{ai_book}},{{unfinished}})*(1-Unfinished_Discount))"
"""Economic value of sites, from what a MW is worth: only halls in service are worth their rent."""
STEPS = 7
"""Falls in the tables: none, and six steps."""
TOP = 12
ISO_ROW = TOP + STEPS + 3
"""Rows of the look-through table's header and of the iso-default line's, counted from 0."""


def collateral(time: Timeline) -> None:
    """Add the three values of each asset and the three LTVs."""
    sheet = time.sheet(
        "Collateral",
        "Collateral",
        "Book; economic value: the lowest of book, run-off and market; a sale in a hurry (uncalibrated).",
    )
    sheet.section("Coins")
    sheet.line("coin_value", "Coins at market", "USD m", "mn", "={coins}*{coin}", closing="={coins^}*{coin^}")
    sheet.spill(
        '=HC_PRICE_IMPACT({coins::},Coin_Depth,"exponential")',
        ("impact", "Lost where all are sold at once", "share", "share"),
        closing=True,
    )
    sheet.section("Rigs")
    book = "={ehs}*Thousand*Thousand*Rig_Cost_Per_TH*{rig_left}/Rig_Life"
    sheet.line("rig_left", "Life left", "years", "years", "=MAX(0,Rig_Life-{years})", closing="=Rig_Life")
    sheet.line("rig_book", "Book value of what still mines", "USD m", "mn", book, closing=book)
    sheet.line(
        "rig_rent",
        "Revenue",
        "USD/PH-hour",
        "number",
        "={hashprice}/Hours_Per_Day",
        closing="={hashprice^}/Hours_Per_Day",
    )
    cost = "+Site_Per_PH_Day/Hours_Per_Day"
    sheet.line(
        "rig_cost",
        "Power and site",
        "USD/PH-hour",
        "number",
        "=Efficiency*{power}" + cost,
        closing="=Power_Per_Hour" + cost,
    )
    sheet.spill(
        "=HC_RENT_VALUE({rig_rent::},Hash_Decline,{rig_cost::},Discount_Rate,{rig_left::})",
        ("rig_unit", "Run-off: what they can still earn", "USD/PH", "money"),
        closing=True,
    )
    quote = "=MAX(0,{margin})*Payback_Days"
    sheet.line("rig_quote", "Market by payback: what rigs sell for", "USD/PH", "money", quote, closing=quote)
    market = "=MIN({rig_book},{ehs}*Thousand*{rig_quote})"
    sheet.line("rig_market", "Market by payback, book at most", "USD m", "mn", market, closing=market)
    lower = "=MIN({rig_market},{ehs}*Thousand*{rig_unit})"
    sheet.line("rig_value", "Economic value", "USD m", "mn", lower, closing=lower, bold=True)
    sheet.section("AI sites")
    left = "=MAX(0,AI_Life-{years})"
    sheet.line("ai_left", "Life left", "years", "years", left, closing="=AI_Life")
    rent = "={market_rent}*Million/Hours_Per_Year"
    sheet.line("ai_rent", "Market rent", "USD/MW-hour", "cents", rent, closing=rent)
    hour = "=AI_Contract_Rent*AI_Cost_Share*Million/Hours_Per_Year"
    sheet.line("ai_opex", "Operating cost", "USD/MW-hour", "cents", hour, closing=hour)
    sheet.spill(
        "=HC_RENT_VALUE({ai_rent::},AI_Rent_Decline,{ai_opex::},Discount_Rate,{ai_left::},AI_Utilisation)",
        ("ai_unit", "Worth at market rent", "USD/MW", "money"),
        closing=True,
    )
    annuity = "=(1-((1-Counterparty_PD)/(1+Discount_Rate))^MAX(0,AI_Contract_Years-{years}))/LN((1+Discount_Rate)/(1-Counterparty_PD))"
    sheet.line(
        "annuity", "A dollar a year while the contract lasts", "USD", "number", annuity, closing=annuity
    )
    excess = "={contracted}*({contract_rent}-AI_Utilisation*{market_rent})*Million*{annuity}"
    sheet.line("ai_excess", "Contract over market", "USD/MW", "money", excess, closing=excess)
    paid = "=((AI_MW_Full-AI_MW_Now)*{paid_share}-{ai_mw}+AI_MW_Now)*AI_Capex_Per_MW*Million"
    late = paid + "*(1+Live_Overrun)"
    sheet.line("unfinished", "Paid for, not delivered, at cost", "USD m", "mn", late, closing=paid)
    value = "=" + SITES.format("{ai_unit}+{ai_excess}")
    sheet.line(
        "ai_value",
        "Economic value: halls let, and unfinished",
        "USD m",
        "mn",
        value,
        closing=value,
        bold=True,
    )
    sheet.section("All that stands behind the debt")
    held = "=MAX(0,{cash})"
    sheet.line("cash_held", "Cash", "USD m", "mn", held, closing=held)
    for key, label, rigs, sites, coins in (
        ("book", "Book value", "{rig_book}", "{ai_book}", "{coin_value}"),
        ("economic", "Economic value", "{rig_value}", "{ai_value}", "{coin_value}"),
        (
            "liquidation",
            "Sale in a hurry, uncalibrated",
            "MIN({rig_value},{rig_market}*(1-Rig_Fire_Sale))",
            "{ai_value}*(1-Site_Fire_Sale)",
            "{coin_value}*(1-{impact})",
        ),
    ):
        total = f"={{cash_held}}+{coins}+{rigs}+{sites}"
        sheet.line(f"value_{key}", label, "USD m", "mn", total, closing=total)
    sheet.section("Loan to value; after a default that of its quarter")
    owed = "={debt}+{prepaid}+{failed}*MAX(0,-{cash})"
    sheet.line("owed", "Debt, prepayments, what could not be paid", "USD m", "mn", owed, closing=owed)
    for key, label in (
        ("book", "On book value"),
        ("economic", "On economic value"),
        ("liquidation", "On a sale in a hurry, uncalibrated"),
    ):
        ltv = f"IF({{owed}}<Most_LTV*{{value_{key}}},{{owed}}/{{value_{key}}},IF({{owed}}>Cent,Most_LTV,0))"
        kept = f"=IF({{failed<}}=1,{{ltv_{key}<}},{ltv})"
        sheet.line(f"ltv_{key}", label, "share", "share", kept, closing=f"={ltv}", bold=True)
    sheet.line("limit", "Most LTV", "share", "share", "=Max_LTV", closing="=Max_LTV")
    broken = "=IF({owed}>Max_LTV*{value_economic}+Cent,1,0)"
    sheet.line("ltv_broken", "LTV broken", "1 = yes", "flag", broken, total=True)


def reverse(time: Timeline) -> None:
    """Add the falls, quarter by quarter, that break the borrower."""
    sheet = time.sheet(
        "Reverse stress",
        "Reverse stress",
        "Quarter by quarter, all else as it is. Below 0: broken already. 100 % or #N/A: no fall breaks it.",
    )
    sheet.section("Cash and coins run dry, where a price falls in that quarter alone")
    sheet.line(
        "buffer",
        "Cash before coins are sold, and coins",
        "USD m",
        "mn",
        "={before_sale}+{coins_at_hand}*{coin}*(1-Coin_Discount)",
    )
    sheet.line(
        "coin_exposed",
        "Moves with the coin",
        "USD m",
        "mn",
        "=(1-Hodl_Share)*{mining_revenue}+{coins_at_hand}*{coin}*(1-Coin_Discount)",
    )
    for key, label, exposed in (
        ("coin_to_dry", "Fall of the coin", "coin_exposed"),
        ("rent_to_dry", "Fall of AI rent", "ai_revenue"),
    ):
        formula = f"=IF({{{exposed}}}>0,MIN(1,{{buffer}}/{{{exposed}}}),1)"
        sheet.line(key, label, "share", "share", formula, bold=True)
    sheet.section("DSCR at its covenant, tax as it is")
    for key, label, revenue in (
        ("coin_to_dscr", "Fall of the coin", "mining_revenue"),
        ("rent_to_dscr", "Fall of AI rent", "ai_revenue"),
    ):
        sheet.line(f"{key}_other", "CFADS without that revenue", "USD m", "mn", f"={{cfads}}-{{{revenue}}}")
        sheet.spill(
            f"=HC_BREAK_RENT({{{revenue}:}},{{{key}_other:}},{{service:}},Min_DSCR)",
            (key, label, "share", "share"),
        )
    tested = "=IF(AND({tested}=1,ISNUMBER({rent_to_dscr})),MAX(0,{rent_to_dscr}),1)"
    sheet.line("rent_to_dscr_tested", "Fall of AI rent where tested, 1: none", "share", "share", tested)
    sheet.section("LTV at its limit")
    sheet.line(
        "value_to_limit",
        "Fall of all that stands behind the debt",
        "share",
        "share",
        "=IF({owed}>Cent,1-{ltv_economic}/Max_LTV,NA())",
        bold=True,
    )


def look_through(book: TemplateBook, time: Timeline) -> None:
    """Add the LTV by fall of coin and of rigs and sites, and the line on which equity is gone."""
    sheet = book.sheet(
        "Look-through",
        "Look-through LTV",
        "All debt over coins, rigs, sites and cash, in one quarter of the scenario: two sides of one balance sheet that may fall together.",
        [2, 34, *[13] * 9],
    )
    sheet.write_formula(2, 1, "=Deal", book.style(bold=True))
    book.section(sheet, 3, "The balance sheet in the quarter that is looked at", 3)
    for row, (name, label, key) in enumerate(
        (
            ("Seen_Debt", "Debt", "owed"),
            ("Seen_Coins", "Coins", "coin_value"),
            ("Seen_Rigs", "Rigs", "rig_value"),
            ("Seen_Sites", "AI sites", "ai_value"),
            ("Seen_Cash", "Cash", "cash_held"),
        ),
        start=4,
    ):
        sheet.write(row, 1, label, book.style())
        book.formula(sheet, row, 2, time.text(f"=INDEX({{{key}::}},View_Quarter+1)"), "mn")
        sheet.write(row, 3, "USD m", book.style(font_color=GREY))
        book.name(name, sheet, (row, 2))
    top = TOP
    book.section(sheet, top - 1, "LTV by fall of the coin (down) and of rigs and sites (across)", STEPS + 1)
    share = book.style("share", bold=True)
    for i in range(STEPS):
        for row, column, before in (
            (top, 2 + i, f"{'BCDEFGHI'[i]}{top + 1}"),
            (top + 1 + i, 1, f"B{top + 1 + i}"),
        ):
            formula = f"={before}+Fall_Step" if i else "=0"
            sheet.write_formula(row, column, formula, share)
    falls, across = absolute((top + 1, 1), (top + STEPS, 1)), absolute((top, 2), (top, 1 + STEPS))
    sides = "Seen_Debt,Seen_Coins,Seen_Rigs+Seen_Sites,Seen_Cash"
    book.spill(
        sheet, top + 1, 2, (STEPS, STEPS), f"=HC_LOOKTHROUGH_LTV({sides},{falls},{across})", ["share"] * STEPS
    )
    scale = HEAT | {"mid_type": "num", "mid_value": 0.75, "max_type": "num", "max_value": 1.5, "min_type": "num", "min_value": 0}  # fmt: skip
    sheet.conditional_format(top + 1, 2, top + STEPS, 1 + STEPS, scale)
    line = ISO_ROW
    book.section(
        sheet,
        line - 1,
        "Where equity is gone: the fall of rigs and sites for each fall of the coin",
        STEPS + 1,
    )
    sheet.write(line, 1, "Fall of the coin", book.style())
    sheet.write(line + 1, 1, "Fall of rigs and sites", book.style())
    for i in range(STEPS):
        book.formula(sheet, line, 2 + i, f"=$B${top + 2 + i}", "share", bold=True)
    coin = absolute((line, 2), (line, 1 + STEPS))
    book.spill(sheet, line + 1, 2, (1, STEPS), f"=HC_ISO_DEFAULT({sides},{coin})", ["share"] * STEPS)
    book.name("Equity_Gone", sheet, (line + 1, 2))
    sheet.insert_chart(line + 3, 1, iso_chart(book))
    sheet.print_area(0, 0, line + 18, 10)


def iso_chart(book: TemplateBook) -> Chart:
    """The line on which equity is gone, as a chart."""
    coin, sites = (f"'Look-through'!{absolute((row, 2), (row, 1 + STEPS))}" for row in (ISO_ROW, ISO_ROW + 1))
    title = "Equity is gone: fall of rigs and sites, by fall of the coin"
    return line_chart(book, title, coin, [("Fall of rigs and sites", sites)], "0%", "0%")
