"""What is paid and what is left: the cash account, cover and covenants, the rollover gap, the wall of maturities."""

from xlsxwriter.chart import Chart

from haircut_workbooks.templates.cover import column_chart
from haircut_workbooks.templates.lines import Timeline
from haircut_workbooks.templates.sheets import GREY, TemplateBook, absolute


def cash(time: Timeline) -> None:
    """Add the cash account and the coins: what comes in, what goes out, what is sold to pay."""
    sheet = time.sheet(
        "Cash",
        "Cash",
        "The account of the borrower. Coins are sold only when cash is short; what is short after that is a default.",
    )
    sheet.section("Earnings")
    sheet.line("c_mining", "Mining margin", "USD m", "mn", "={mining_cash}", total=True)
    sheet.line("c_hosting", "Hosting margin", "USD m", "mn", "={ai_cash}", total=True)
    sheet.line("overhead", "Overhead", "USD m", "mn", "=-Overhead_Per_Year/Periods_Per_Year", total=True)
    sheet.line("ebitda", "EBITDA", "USD m", "mn", "={c_mining}+{c_hosting}+{overhead}", total=True, bold=True)
    wear = "({rig_book<}-{rig_book})+{ai_depreciation}"
    sheet.line("tax", "Tax", "USD m", "mn", f"=-Tax_Rate*MAX(0,{{ebitda}}-{wear}-{{interest}})", total=True)
    sheet.line("c_credit", "Rent that works off prepayments", "USD m", "mn", "=-{prepaid_credit}", total=True)
    sheet.line("cfads", "CFADS", "USD m", "mn", "={ebitda}+{tax}+{c_credit}", total=True, bold=True)
    sheet.section("Account")
    sheet.line("opening", "Opening cash", "USD m", "mn", "={cash<}")
    sheet.line("in_cfads", "CFADS", "USD m", "mn", "={cfads}", total=True)
    sheet.line("kept_coins", "Mined coins kept", "USD m", "mn", "=-Hodl_Share*{mining_revenue}", total=True)
    sheet.line(
        "own_capex",
        "AI build-out, own share",
        "USD m",
        "mn",
        "={prepaid_in}+{equity_in}-{ai_capex}",
        total=True,
    )
    sheet.line("out_interest", "Interest", "USD m", "mn", "=-{interest}", total=True)
    sheet.line("out_principal", "Principal due", "USD m", "mn", "=-{due}-{new_due}", total=True)
    sheet.line("in_converted", "Settled in shares", "USD m", "mn", "={converted}", total=True)
    sheet.line("in_refinanced", "Refinanced", "USD m", "mn", "={refinanced}", total=True)
    sheet.line(
        "before_sale",
        "Before coins are sold",
        "USD m",
        "mn",
        "={opening}+{in_cfads}+{kept_coins}+{own_capex}+{out_interest}+{out_principal}+{in_converted}+{in_refinanced}",
    )
    sheet.line(
        "coin_sales",
        "Coins sold to pay",
        "USD m",
        "mn",
        "=MIN({coins_at_hand}*{coin}*(1-Coin_Discount),MAX(0,-{before_sale}))",
        total=True,
    )
    sheet.line(
        "distributed",
        "Paid up to the parent",
        "USD m",
        "mn",
        "=-(1-Cash_Kept)*MAX(0,{before_sale})",
        total=True,
    )
    sheet.line(
        "cash",
        "Closing cash",
        "USD m",
        "mn",
        "={before_sale}+{coin_sales}+{distributed}",
        closing="=Cash",
        bold=True,
    )
    sheet.line(
        "dry",
        "Cash runs dry: default",
        "1 = yes",
        "flag",
        "=IF(AND({cash}<-Cent,{debt<}>Cent),1,0)",
        total=True,
    )
    sheet.line("failed", "Defaulted by now", "1 = yes", "flag", "=MAX({failed<},{dry})", closing="=0")
    sheet.section("Coins")
    sheet.line(
        "coins_at_hand",
        "Opening and mined coins that are kept",
        "BTC",
        "count",
        "={coins<}+Hodl_Share*{mined}",
    )
    sheet.line("coins_sold", "Sold", "BTC", "count", "={coin_sales}/({coin}*(1-Coin_Discount))", total=True)
    sheet.line(
        "coins",
        "Coins held",
        "BTC",
        "count",
        "=MAX(0,{coins_at_hand}-{coins_sold})",
        closing="=Coins",
        bold=True,
    )


def cover(time: Timeline) -> None:
    """Add the covenants' ratios, the runway, and the gap that the market must agree to roll."""
    sheet = time.sheet(
        "Cover",
        "Cover and rollover",
        "Ratios on the quarter's earnings, a year's worth. Covenants are tested once the build-out should serve.",
    )
    sheet.section("Covenants")
    sheet.line("tested", "Tested", "1 = yes", "flag", "=IF(AND({period}>Test_From,{debt<}>0),1,0)")
    sheet.line(
        "capex_left",
        "Own share of the build-out still to pay",
        "USD m",
        "mn",
        "={capex_left<}+{own_capex}",
        closing="=-{own_capex#}",
    )
    sheet.line(
        "net_debt",
        "Net debt, cash that will build not netted",
        "USD m",
        "mn",
        "={debt}+{prepaid}-MAX(0,{cash}-{capex_left})",
    )
    sheet.line(
        "gross_leverage",
        "Gross debt over EBITDA, for comparison",
        "x",
        "multiple",
        "=IF(AND({debt}>Cent,{ebitda}>0),{debt}/({ebitda}*Periods_Per_Year),NA())",
    )
    sheet.line(
        "ltm_ebitda",
        "EBITDA of the last four quarters",
        "USD m",
        "mn",
        "=SUMPRODUCT({ebitda:}*({period:}>{period}-Periods_Per_Year)*({period:}<={period}))",
    )
    sheet.line(
        "ltm_leverage",
        "Net debt over it, for comparison",
        "x",
        "multiple",
        "=IF(AND({debt}>Cent,{ltm_ebitda}>0,{period}>=Periods_Per_Year),{net_debt}/{ltm_ebitda},NA())",
    )
    sheet.line(
        "leverage",
        "Net debt over EBITDA, quarter x 4",
        "x",
        "multiple",
        "=IF(AND({debt}>Cent,{ebitda}>0),{net_debt}/({ebitda}*Periods_Per_Year),NA())",
    )
    sheet.line("most_leverage", "Covenant", "x", "multiple", "=Max_Leverage")
    sheet.spill("=HC_ICR({ebitda:},{interest:})", ("icr", "Interest cover", "x", "multiple"))
    sheet.line("least_icr", "Covenant", "x", "multiple", "=Min_Interest_Cover")
    sheet.line(
        "service", "Interest and instalments", "USD m", "mn", "={interest}+{loan_due}+{new_due}", total=True
    )
    sheet.line("service_tested", "The same, where tested", "USD m", "mn", "={service}*{tested}", total=True)
    sheet.spill("=HC_DSCR({cfads:},{service:})", ("dscr", "DSCR without bullets", "x", "multiple"))
    sheet.line("least_dscr", "Covenant", "x", "multiple", "=Min_DSCR")
    over = "IF({ebitda}>0,IF({net_debt}>Max_Leverage*{ebitda}*Periods_Per_Year,1,0),IF({net_debt}>0,1,0))"
    sheet.line("leverage_broken", "Leverage broken", "1 = yes", "flag", f"={{tested}}*{over}", total=True)
    sheet.line(
        "icr_broken",
        "Interest cover broken",
        "1 = yes",
        "flag",
        "={tested}*IF({ebitda}<Min_Interest_Cover*{interest},1,0)",
        total=True,
    )
    sheet.line(
        "dscr_broken",
        "DSCR broken",
        "1 = yes",
        "flag",
        "={tested}*IF({cfads}<Min_DSCR*{service},1,0)",
        total=True,
    )
    sheet.section("Liquidity")
    sheet.line(
        "liquidity",
        "Cash, and coins after discount",
        "USD m",
        "mn",
        "={cash}+{coins}*{coin}*(1-Coin_Discount)",
        closing="={cash^}+{coins^}*{coin^}*(1-Coin_Discount)",
        bold=True,
    )
    sheet.line(
        "free_cash",
        "Free cash flow before principal",
        "USD m",
        "mn",
        "={in_cfads}+{kept_coins}+{own_capex}+{out_interest}",
        total=True,
    )
    sheet.line(
        "runway",
        "Runway at this burn",
        "quarters",
        "cents",
        "=IF({free_cash}<0,MAX(0,{liquidity<}/-{free_cash}),NA())",
    )
    sheet.section("Rollover: what must be refinanced if no one lends, every convert repaid at par")
    sheet.line(
        "cum_due", "Principal due so far", "USD m", "mn", "=IF({period}=1,0,{cum_due<})+{due}", closing="=0"
    )
    sheet.line(
        "cum_free",
        "Free cash flow so far, less what was paid up",
        "USD m",
        "mn",
        "=IF({period}=1,0,{cum_free<})+{free_cash}+{distributed}",
        closing="=0",
    )
    sheet.line("treasury", "Coins of closing at today's price", "USD m", "mn", "=Coins*{coin}")
    sheet.spill(
        "=HC_ROLLOVER_GAP({cum_due:},Cash,Committed_Lines,{treasury:},Coin_Discount,{cum_free:})",
        ("gap", "Rollover gap, below 0 is cash to spare", "USD m", "mn"),
    )
    so_far = "=MAX({gap_so_far<},IF({debt<}>Cent,{gap},0))"
    sheet.line("gap_so_far", "Largest gap while debt is owed", "USD m", "mn", so_far, closing="=0")


def wall(book: TemplateBook, time: Timeline) -> None:
    """Add the wall of maturities by year."""
    sheet = book.sheet(
        "Maturity wall",
        "Maturity wall",
        "Principal that falls due by year after closing, at the put where holders would use it, before anything is refinanced.",
        [2, 18, 18, 14, *[12] * 8],
    )
    sheet.write_formula(2, 1, "=Deal", book.style(bold=True))
    book.section(sheet, 3, "By year", 3)
    table = time.text("=IF(Debt_At_Closing>Cent,HC_MATURITY_WALL({due:},{years:},Wall_Years),NA())")
    book.spill(sheet, 4, 1, (11, 3), table, ["general", "mn", "share"])
    book.spilled_heading(sheet, 4, 1, 3)
    sheet.write(16, 1, "Amounts in USD m", book.style(italic=True, font_color=GREY))
    book.name("Wall_Total", sheet, (5, 2))
    book.name("Wall_Soon", sheet, (6, 3))
    sheet.insert_chart(4, 5, wall_chart(book))
    sheet.print_area(0, 0, 36, 11)


def wall_chart(book: TemplateBook) -> Chart:
    """Principal due by year, as a chart."""
    rows = range(7, 15)
    return column_chart(
        book,
        "Maturity wall, USD m by year after closing",
        f"'Maturity wall'!{absolute((rows.start, 1), (rows.stop - 1, 1))}",
        [("Principal due", f"'Maturity wall'!{absolute((rows.start, 2), (rows.stop - 1, 2))}")],
        "0,,",
        "0",
    )
