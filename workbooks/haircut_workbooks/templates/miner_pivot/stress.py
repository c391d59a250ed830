"""What breaks the borrower: the whole waterfall again, with the coin or all AI rent lower, or without outside money.

The sheet of breaking points sets each run's falls and says when it defaults; the time sheet recalculates the cash.
Each run of a bisection halves the distance between the fall that lasts and the fall that does not.
"""

from haircut_workbooks.templates.lines import Timeline, TimeSheet
from haircut_workbooks.templates.miner_pivot.collateral import SITES
from haircut_workbooks.templates.miner_pivot.debt import REFINANCED
from haircut_workbooks.templates.miner_pivot.inputs import TRANCHES
from haircut_workbooks.templates.sheets import GREY, TemplateBook

SHEET = "Breaking point"
HALVINGS = 5
TOP = 5
"""Row of the first run, counted from 0."""
COIN, RENT, OUTSIDE, SHARE, DUE, WHEN, WHY, LASTS, FAILS = 2, 3, 4, 5, 6, 9, 10, 11, 12
"""Columns of a run: its falls, whether outside money comes, what that means for the converts, what comes of it."""
COIN_RUNS = range(2, 2 + HALVINGS)
RENT_RUNS = range(2 + HALVINGS, 2 + 2 * HALVINGS)
LABELS = (
    "As it stands",
    "Without prepayments and new equity",
    *(f"{what}, run {i + 1}" for what in ("Coin", "AI rent") for i in range(HALVINGS)),
)
HEADINGS = (
    "Run", "Fall of the coin", "Fall of AI rent", "Outside money", "Share, USD", *(f"Convert {x} due" for x in TRANCHES),
    "Default in quarter", "What happens", "Lasts", "Fails",
)  # fmt: skip


def breaking_point(book: TemplateBook, time: Timeline) -> None:
    """Add the runs, a line each, and the lines through time that they stand for."""
    sheet = book.sheet(
        SHEET,
        SHEET,
        "The workbook's own waterfall, recalculated: refinancing, converts, mining that stops, tax and all. Costs stay; falls last from closing on.",
        [2, 36, *[12] * 3, *[11] * 4, 12, 30, 10, 10],
    )
    sheet.write_formula(2, 1, "=Deal", book.style(bold=True))
    book.heading(sheet, 4, HEADINGS)
    sheet.set_row(4, 30)
    runs = time.sheet(
        "Stress runs",
        "Stress runs",
        "Cash, new notes and LTV of each run of the sheet before; the words are those of Coin and hash, Debt, Cash and Collateral.",
    )
    for n, label in enumerate(LABELS):
        row, r = TOP + n, TOP + n + 1
        sheet.write(row, 1, label, book.style())
        first = n in (COIN_RUNS[0], RENT_RUNS[0])
        level = "=Half" if first else f"=(L{r - 1}+M{r - 1})*Half"
        book.formula(sheet, row, COIN, level if n in COIN_RUNS else "=0", "share")
        book.formula(sheet, row, RENT, level if n in RENT_RUNS else "=0", "share")
        book.formula(sheet, row, OUTSIDE, "=0" if n == 1 else "=1", "flag")
        fall = time.text(f"MAX(0,1-MIN({{coin:}})*(1-C{r})/Coin_Price)")
        book.formula(sheet, row, SHARE, f"=Share_Price*MAX(0,1-Share_Beta*{fall})", "cents")
        for i, x in enumerate(TRANCHES):
            due = f"=IF(F{r}<Convert_{x}_Price,MIN(Quarter_Put_{x},Quarter_Due_{x}),Quarter_Due_{x})"
            book.formula(sheet, row, DUE + i, due, "count")
        _run(runs, n, label)
        dry = time.text(f"{{dry_{n}:}}")
        book.formula(sheet, row, WHEN, f"=IF(SUM({dry})>0,MATCH(1,{dry},0),0)", "count", bold=True)
        bullet = time.text(f"INDEX({{to_pay_{n}:}},MAX(1,J{r}))")
        why = f'=IF(J{r}=0,"lasts",IF({bullet}>Cent,"a maturity is not refinanced","cash and coins run dry"))'
        book.formula(sheet, row, WHY, why, indent=1)
        if n in COIN_RUNS or n in RENT_RUNS:
            lasts, fails = (0, 1) if first else (f"L{r - 1}", f"M{r - 1}")
            book.formula(sheet, row, LASTS, f"=IF(J{r}=0,C{r}+D{r},{lasts})", "share")
            book.formula(sheet, row, FAILS, f"=IF(J{r}>0,C{r}+D{r},{fails})", "share")
    for name, n in (("Stands", 0), ("Outside", 1)):
        book.name(f"{name}_When", sheet, (TOP + n, WHEN))
    book.name("Stands_Why", sheet, (TOP, WHY))
    last = TOP + len(LABELS)
    for row, (name, label, runs_, column) in enumerate(
        (("Coin", "the coin", COIN_RUNS, "C"), ("Rent", "AI rent", RENT_RUNS, "D")), last + 1
    ):
        book.name(f"{name}_Lasts", sheet, (TOP + runs_[-1], LASTS))
        book.name(f"{name}_Fails", sheet, (TOP + runs_[-1], FAILS))
        falls, whens, whys = (
            f"${x}${TOP + 1 + runs_[0]}:${x}${TOP + 1 + runs_[-1]}" for x in (column, "J", "K")
        )
        found = f"MATCH({name}_Fails,{falls},0)"
        sheet.write(row, 1, f"Smallest fall of {label} that fails", book.style())
        book.formula(sheet, row, WHEN, f"=IF({name}_Fails<1,INDEX({whens},{found}),0)", "count")
        book.formula(
            sheet, row, WHY, f'=IF({name}_Fails<1,INDEX({whys},{found}),"no fall that was tried")', indent=1
        )
        book.name(f"{name}_Quarter", sheet, (row, WHEN))
        book.name(f"{name}_Why", sheet, (row, WHY))
    note = "A bisection takes it that a deeper fall is never better. The first run must be the sheet Cash itself: see Checks."
    sheet.write(last + 4, 1, note, book.style(italic=True, font_color=GREY))
    sheet.print_area(0, 0, last + 6, FAILS + 1)


def _run(sheet: TimeSheet, n: int, label: str) -> None:
    """The waterfall of one run, its coin, rent and money from outside as its line of the other sheet says."""
    coin_fall, rent_fall, outside, share = (f"'{SHEET}'!${x}${TOP + n + 1}" for x in "CDEF")
    due = {x: f"'{SHEET}'!${'GHI'[i]}${TOP + n + 1}" for i, x in enumerate(TRANCHES)}
    coin = f"({{coin}}*(1-{coin_fall}))"

    def line(
        key: str, label: str, formula: str, closing: str = "", style: str = "mn", unit: str = "USD m"
    ) -> None:
        sheet.line(f"{key}_{n}", label, unit, style, formula, closing)

    sheet.section(label)
    line(
        "hash",
        "Margin after power",
        f"={{margin}}-{coin_fall}*{{hashprice}}",
        "={margin}",
        "cents",
        "USD/PH/day",
    )
    pays = f"IF({{hash_{n}}}>Site_Per_PH_Day,1,0)"
    site = (
        f"{{ehs}}*Efficiency*Site_Cost_Per_MW/Periods_Per_Year*IF({{hash_{n}}}>Site_Per_PH_Day,1,Idle_Cost)"
    )
    kept = f"Hodl_Share*{{ehs}}*Full_Quarter*{pays}*{{hashprice}}/{{coin}}"
    line(
        "ebitda",
        "EBITDA",
        f"={{ehs}}*Full_Quarter*{pays}*{{hash_{n}}}-{site}+{{c_hosting}}-{rent_fall}*{{ai_revenue}}+{{overhead}}",
    )
    balances = "+".join(f"IF({{period}}<{due[x]},Convert_{x},0)" for x in TRANCHES)
    line("old", "Debt of closing", f"={balances}+{{notes}}+{{loan}}", "=Debt_At_Closing")
    coupons = "+".join(f"IF({{period}}<={due[x]},Convert_{x}*Convert_{x}_Coupon,0)" for x in TRANCHES)
    line(
        "interest",
        "Interest",
        f"=({coupons}+{{new_{n}<}}*Refi_Rate)/Periods_Per_Year+{{coupon_notes}}+{{coupon_loan}}",
    )
    wear = "({rig_book<}-{rig_book})+{ai_depreciation}"
    tax = f"Tax_Rate*MAX(0,{{ebitda_{n}}}-{wear}-{{interest_{n}}})"
    line("cfads", "CFADS", f"={{ebitda_{n}}}-{tax}-{outside}*{{prepaid_credit}}")
    level = f"MAX(0,MIN(1,1-Share_Beta*(1-{coin}/Coin_Price)))"
    equity = f"{{ai_capex}}*Equity_Share*Live_Equity*{level}"
    line("outside", "Prepayments and new equity", f"={outside}*({{prepaid_in}}+{equity})")
    shares = "+".join(
        f"IF({{period}}={due[x]},Convert_{x},0)*IF({share}>=Convert_{x}_Price,1,0)" for x in TRANCHES
    )
    line(
        "to_pay",
        "Bullets that shares do not settle",
        f"={{old_{n}<}}-{{old_{n}}}-{{loan_due}}-(1-Cash_At_Conversion)*({shares})",
    )
    line(
        "new_due",
        "Instalments of new notes",
        f"=MIN({{new_{n}<}},{{issued_{n}<}}/(Refi_Years*Periods_Per_Year))",
    )
    refinanced = REFINANCED.format(
        to_pay=f"{{to_pay_{n}}}",
        kept=f"{{old_{n}}}+{{new_{n}<}}-{{new_due_{n}}}",
        ltv=f"MAX(0,Refi_Max_LTV*{{value_{n}<}}-{outside}*{{prepaid<}})",
        dscr=f"MAX(0,{{cfads_{n}}}/Refi_Min_DSCR/Refi_Service)",
    )
    line("lent", "Refinanced by new notes", f"={refinanced}")
    line("issued", "New notes issued so far", f"={{issued_{n}<}}+{{lent_{n}}}", "=0")
    line("new", "New notes", f"={{new_{n}<}}+{{lent_{n}}}-{{new_due_{n}}}", "=0")
    flows = f"{{cash_{n}<}}+{{cfads_{n}}}-{kept}*{coin}+{{outside_{n}}}-{{ai_capex}}-{{interest_{n}}}"
    line(
        "before",
        "Cash before coins are sold",
        f"={flows}-{{to_pay_{n}}}-{{loan_due}}-{{new_due_{n}}}+{{lent_{n}}}",
    )
    price = f"({coin}*(1-Coin_Discount))"
    line(
        "sold",
        "Coins sold",
        f"=MIN({{coins_{n}<}}+{kept},MAX(0,-{{before_{n}}})/{price})",
        style="count",
        unit="BTC",
    )
    line("coins", "Coins held", f"={{coins_{n}<}}+{kept}-{{sold_{n}}}", "=Coins", "count", "BTC")
    paid_up = f"(1-Cash_Kept)*MAX(0,{{before_{n}}})"
    line("cash", "Closing cash", f"={{before_{n}}}+{{sold_{n}}}*{price}-{paid_up}", "=Cash")
    assets = _assets(sheet, n, coin_fall, rent_fall)
    line(
        "value", "Economic value", f"=MAX(0,{{cash_{n}}})+{{coins_{n}}}*{coin}+{assets}", "={value_economic}"
    )
    dry = f"=IF(AND({{cash_{n}}}<-Cent,{{old_{n}<}}+{{new_{n}<}}>Cent),1,0)"
    line("dry", "Cash runs dry: default", dry, style="flag", unit="1 = yes")


def _assets(sheet: TimeSheet, n: int, coin_fall: str, rent_fall: str) -> str:
    """Formula of the economic value of rigs and sites in a run."""
    per_rig, per_mw = "{rig_unit}", "{ai_unit}"
    if n in COIN_RUNS:
        per_rig = f"{{rig_{n}}}"
        formula = f"=HC_RENT_VALUE({{rig_rent::}}*(1-{coin_fall}),Hash_Decline,{{rig_cost::}},Discount_Rate,{{rig_left::}})"
        sheet.spill(formula, (f"rig_{n}", "Run-off value of rigs", "USD/PH", "money"), closing=True)
    if n in RENT_RUNS:
        per_mw = f"{{site_{n}}}"
        formula = f"=HC_RENT_VALUE({{ai_rent::}}*(1-{rent_fall}),AI_Rent_Decline,{{ai_opex::}},Discount_Rate,{{ai_left::}},AI_Utilisation)"
        sheet.spill(formula, (f"site_{n}", "Worth at market rent", "USD/MW", "money"), closing=True)
    rigs = f"{{ehs}}*Thousand*MIN(MAX(0,{{hash_{n}}})*Payback_Days,{per_rig})"
    sites = SITES.format(f"{per_mw}+{{ai_excess}}*(1-{rent_fall})")
    return f"MIN({{rig_book}},{rigs})+{sites}"
