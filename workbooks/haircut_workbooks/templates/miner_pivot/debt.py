"""What is owed and what is paid: converts, notes and loans; the cash account; cover; the wall of maturities."""

from xlsxwriter.chart import Chart

from haircut_workbooks.templates.cover import column_chart
from haircut_workbooks.templates.lines import Timeline
from haircut_workbooks.templates.miner_pivot.inputs import TRANCHES
from haircut_workbooks.templates.sheets import GREY, TemplateBook, absolute

NAME = "Converts"
HEADINGS = ("Convert", "Face", "Shares a note", "Maturity", "Coupon", "Put")
FIRST = 6
"""Row of the first convert, counted from 0."""
REFINANCED = "MAX(0,MIN({to_pay},MIN({ltv},{dscr})-({kept})))"
"""What new notes refinance: the bullets, as far as both capacities exceed the debt that stays."""


def converts(book: TemplateBook, time: Timeline) -> None:
    """Add the converts one by one: parity, bond floor, and when they really fall due, at closing and in the scenario."""
    sheet = book.sheet(
        NAME,
        NAME,
        "A convert is equity while parity is high, debt once it is low: below 50 % of par it is busted. Below par holders use their put.",
        [2, 16, *[15] * 11],
    )
    sheet.write_formula(2, 1, "=Deal", book.style(bold=True))
    book.section(sheet, 3, "Terms", 6)
    book.heading(sheet, 4, HEADINGS)
    units = ("", "USD m", "per 1,000 USD", "years", "annual", "years")
    for column, unit in enumerate(units, start=1):
        sheet.write(5, column, unit, book.style(font_color=GREY, align="right"))
    for row, letter in enumerate(TRANCHES, start=FIRST):
        sheet.write(row, 1, letter, book.style(bold=True))
        years = "=(Convert_{}_{}-Closing)/Days_Per_Year"
        for column, formula, style in (
            (2, f"=Convert_{letter}", "mn"),
            (3, f"=Par/Convert_{letter}_Price", "number"),
            (4, years.format(letter, "Due"), "years"),
            (5, f"=Convert_{letter}_Coupon", "rate"),
            (6, years.format(letter, "Put"), "years"),
        ):
            book.formula(sheet, row, column, formula, style)
    sheet.write(FIRST + 4, 1, "Price of the share in the scenario, at the coin's deepest fall", book.style())
    book.name("Live_Share_Price", sheet, (FIRST + 4, 6))
    columns = [absolute((FIRST, c), (FIRST + 2, c)) for c in (3, 4, 5, 6)]
    ratio, due, coupon, put = columns
    for top, title, price in (
        (FIRST + 6, "At closing", "Share_Price"),
        (FIRST + 13, "In the scenario that the workbook shows", "Live_Share_Price"),
    ):
        book.section(sheet, top, title, 6)
        table = f"=HC_CONVERT({price},{ratio},{due},Convert_Yield,{coupon},{put})"
        book.spill(sheet, top + 1, 2, (4, 5), table, ["cents", "cents", "cents", "flag", "years"])
        book.spilled_heading(sheet, top + 1, 2, 5)
        for row, letter in enumerate(TRANCHES, start=top + 2):
            sheet.write(row, 1, letter, book.style(bold=True))
    first = FIRST + 15
    sheet.write(first + 4, 1, "Quarter of the date, and of the scenario", book.style())
    for column, text in enumerate(("maturity", "put", "falls due"), start=2):
        sheet.write(first + 4, column, text, book.style(font_color=GREY, align="right"))
    for row, letter in enumerate(TRANCHES, start=first):
        sheet.write(row + 5, 1, letter, book.style(bold=True))
        for column, name in ((2, "Due"), (3, "Put")):
            book.formula(sheet, row + 5, column, time.text(quarter_of(f"Convert_{letter}_{name}")), "count")
            book.name(f"Quarter_{name}_{letter}", sheet, (row + 5, column))
        falls_due = f"=IF(G{row + 1}<E{FIRST + 1 + row - first},D{row + 6},C{row + 6})"
        book.formula(sheet, row + 5, 4, falls_due, "count")
        book.name(f"Due_Quarter_{letter}", sheet, (row + 5, 4))
    note = "The wall of maturities and the rollover gap count every convert at par, also one that is in the money."
    sheet.write(first + 9, 1, note, book.style(italic=True, font_color=GREY))
    book.name("Busted", sheet, (first, 5), (first + 2, 5))
    book.name("Face_Of_Converts", sheet, (FIRST, 2), (FIRST + 2, 2))
    sheet.print_area(0, 0, first + 11, 8)


def quarter_of(date: str) -> str:
    """Formula of the quarter that holds a date."""
    return f"=1+SUMPRODUCT(--({{date:}}<{date}))"


def share_price(book: TemplateBook, time: Timeline) -> None:
    """Fill the price of the share in the scenario, once the coin has its line."""
    sheet = book.book.get_worksheet_by_name(NAME)
    fall = time.text("MAX(0,1-MIN({coin:})/Coin_Price)")
    book.formula(sheet, FIRST + 4, 6, f"=Share_Price*MAX(0,1-Share_Beta*{fall})", "cents")


def debt(time: Timeline) -> None:
    """Add the balance of each tranche, what falls due, and what a new lender would refinance."""
    sheet = time.sheet(
        "Debt",
        "Debt",
        "Balances at the end of each quarter. New notes refinance what LTV and cash cover allow; cash and coins must pay the rest.",
    )
    sheet.section("Balances")
    for letter in TRANCHES:
        key = f"convert_{letter.lower()}"
        sheet.line(
            key,
            f"Convert {letter}",
            "USD m",
            "mn",
            f"=IF({{period}}<Due_Quarter_{letter},Convert_{letter},0)",
            closing=f"=Convert_{letter}",
        )
    sheet.line("notes", "High-yield notes", "USD m", "mn", "=IF({date}<Notes_Due,Notes,0)", closing="=Notes")
    sheet.line("loan", "Secured and equipment loans", "USD m", "mn", "={loan<}-{loan_due}", closing="=Loan")
    sheet.line(
        "new_notes", "New notes", "USD m", "mn", "={new_notes<}+{refinanced}-{new_due}", closing="=0"
    )
    sum_of = "={convert_a}+{convert_b}+{convert_c}+{notes}+{loan}+{new_notes}"
    sheet.line("debt", "All debt", "USD m", "mn", sum_of, closing=sum_of, bold=True)
    sheet.section("Falling due")
    bullets = "+".join(f"{{{key}<}}-{{{key}}}" for key in ("convert_a", "convert_b", "convert_c", "notes"))
    sheet.line("bullets", "Bullets, at maturity or put", "USD m", "mn", f"={bullets}", total=True)
    sheet.line(
        "loan_due",
        "Loan instalments",
        "USD m",
        "mn",
        "=IF({period}>Loan_Grace,MIN({loan<},Loan/Loan_Payments),0)",
        total=True,
    )
    sheet.line(
        "due", "Principal due of the debt at closing", "USD m", "mn", "={bullets}+{loan_due}", total=True, bold=True
    )
    shares = "+".join(
        f"({{convert_{x.lower()}<}}-{{convert_{x.lower()}}})*IF(Live_Share_Price>=Convert_{x}_Price,1,0)"
        for x in TRANCHES
    )
    sheet.line(
        "converted",
        "Settled in shares, where the convert is in the money",
        "USD m",
        "mn",
        f"=(1-Cash_At_Conversion)*({shares})",
        total=True,
    )
    sheet.section("Refinancing: how much all debt may be once it is done, on LTV and on cash cover")
    sheet.line(
        "ltv_capacity",
        "By LTV on the economic value of the quarter before, prepayments owed first",
        "USD m",
        "mn",
        "=MAX(0,Refi_Max_LTV*{value_economic<}-{prepaid<})",
    )
    sheet.line(
        "dscr_capacity",
        "By the quarter's CFADS over a new lender's DSCR, on equal instalments",
        "USD m",
        "mn",
        "=MAX(0,{cfads}/Refi_Min_DSCR/Refi_Service)",
    )
    sheet.line(
        "new_due",
        "Instalments of new notes",
        "USD m",
        "mn",
        "=MIN({new_notes<},{issued<}/(Refi_Years*Periods_Per_Year))",
        total=True,
    )
    sheet.line(
        "refinanced",
        "Refinanced by new notes",
        "USD m",
        "mn",
        "=" + REFINANCED.format(to_pay="{bullets}-{converted}", kept="{debt<}-{due}-{new_due}", ltv="{ltv_capacity}", dscr="{dscr_capacity}"),
        total=True,
    )
    sheet.line("issued", "New notes issued so far", "USD m", "mn", "={issued<}+{refinanced}", closing="=0")
    sheet.section("Interest")
    converts_ = "+".join(f"{{convert_{x.lower()}<}}*Convert_{x}_Coupon" for x in TRANCHES)
    sheet.line("coupon_converts", "Converts", "USD m", "mn", f"=({converts_})/Periods_Per_Year", total=True)
    for key, label, balance, rate in (
        ("coupon_notes", "High-yield notes", "notes", "Notes_Coupon"),
        ("coupon_loan", "Loans", "loan", "Loan_Rate"),
        ("coupon_new", "New notes", "new_notes", "Refi_Rate"),
    ):
        sheet.line(key, label, "USD m", "mn", f"={{{balance}<}}*{rate}/Periods_Per_Year", total=True)
    sheet.line(
        "interest",
        "Interest in cash",
        "USD m",
        "mn",
        "={coupon_converts}+{coupon_notes}+{coupon_loan}+{coupon_new}",
        total=True,
        bold=True,
    )


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
        "own_capex", "AI build-out, own share", "USD m", "mn", "={prepaid_in}+{equity_in}-{ai_capex}", total=True
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
        "Debt and prepayments, less cash not needed to build",
        "USD m",
        "mn",
        "={debt}+{prepaid}-MAX(0,{cash}-{capex_left})",
    )
    sheet.line(
        "gross_leverage",
        "Gross debt over EBITDA, quarter x 4, for comparison",
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
    so_far = "=IF({period}=1,{gap},MAX({gap_so_far<},{gap}))"
    sheet.line("gap_so_far", "Largest so far", "USD m", "mn", so_far, closing="=0")


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
