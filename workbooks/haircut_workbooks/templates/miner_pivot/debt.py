"""What is owed: converts, notes and loans, and the new notes that refinance them."""

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
    book.heading(sheet, first + 4, ("Quarter of", "maturity", "put", "what counts"))
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
    sheet.line("new_notes", "New notes", "USD m", "mn", "={new_notes<}+{refinanced}-{new_due}", closing="=0")
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
        "due",
        "Principal due of the debt at closing",
        "USD m",
        "mn",
        "={bullets}+{loan_due}",
        total=True,
        bold=True,
    )
    shares = "+".join(
        f"({{convert_{x.lower()}<}}-{{convert_{x.lower()}}})*IF(Live_Share_Price>=Convert_{x}_Price,1,0)"
        for x in TRANCHES
    )
    sheet.line(
        "converted",
        "In shares, where the convert is in the money",
        "USD m",
        "mn",
        f"=(1-Cash_At_Conversion)*({shares})",
        total=True,
    )
    sheet.section("Refinancing: how much all debt may be once it is done, on LTV and on cash cover")
    sheet.line(
        "ltv_capacity",
        "LTV on the value before, prepayments first",
        "USD m",
        "mn",
        "=MAX(0,Refi_Max_LTV*{value_economic<}-{prepaid<})",
    )
    sheet.line(
        "dscr_capacity",
        "Cash cover: CFADS, DSCR, equal instalments",
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
        "="
        + REFINANCED.format(
            to_pay="{bullets}-{converted}",
            kept="{debt<}-{due}-{new_due}",
            ltv="{ltv_capacity}",
            dscr="{dscr_capacity}",
        ),
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
