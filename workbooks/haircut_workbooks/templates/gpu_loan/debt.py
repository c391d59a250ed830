"""Sheets Debt, Waterfall and Sources and uses: draws, schedule, the cash that serves it, and what pays for what."""

from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.templates.gpu_loan.inputs import VINTAGES
from haircut_workbooks.templates.lines import Timeline, TimeSheet
from haircut_workbooks.templates.sheets import Result, TemplateBook


def add_debt(time: Timeline) -> None:
    """Draws on the commitment, the schedule as agreed, and the debt that the cash would carry."""
    sheet = time.sheet(
        "Debt", "Debt", "Draws advance on cost; interest only while the loan draws; then one schedule to maturity. A balloon is refinanced."
    )  # fmt: skip
    sheet.section("Draws")
    sheet.line(
        "draw", "Drawn", "USD m", "mn",
        "=IF({years}<=Availability_End,MIN(Debt-{drawn<},Advance_Rate*{bought}),0)",
        closing="=MIN(Debt,Advance_Rate*{bought})", total=True,
    )  # fmt: skip
    sheet.line("drawn", "Drawn to date", "USD m", "mn", "={drawn<}+{draw}", closing="={draw}")
    undrawn = "=IF({years}<Availability_End,Debt-{drawn},0)"
    sheet.line("undrawn", "Undrawn and available", "USD m", "mn", undrawn, closing=undrawn)
    sheet.line(
        "fee",
        "Fee on the undrawn part",
        "USD m",
        "mn",
        "={undrawn<}*Undrawn_Fee/Periods_Per_Year",
        total=True,
    )
    sheet.line(
        "last_draw",
        "Quarter of the last draw",
        "quarter",
        "count",
        "=IF({draw}>0,{period},{last_draw<})",
        closing="=0",
    )
    sheet.line(
        "paying",
        "Principal falls due",
        "1: yes",
        "flag",
        "=IF(AND({period}>Repays_After,{period}<=Maturity_Quarter),1,0)",
    )
    _account(sheet)
    _sizing(sheet)


def _account(sheet: TimeSheet) -> None:
    sheet.section("Account as agreed")
    sheet.line("opening", "Opening", "USD m", "mn", "={balance<}")
    sheet.line("drawn_now", "Drawn", "USD m", "mn", "={draw}", closing="={draw}", total=True)
    sheet.line(
        "principal", "Principal", "USD m", "mn",
        '=-IF(Style="sculpted",Amortising*MAX(0,{x_principal})/Sculpted_Principal,{s_principal})', total=True,
    )  # fmt: skip
    sheet.line(
        "balloon",
        "Balloon, refinanced",
        "USD m",
        "mn",
        "=IF({period}=Maturity_Quarter,-Balloon,0)",
        total=True,
    )
    sheet.line(
        "balance", "Closing", "USD m", "mn",
        "=IF({period}>=Maturity_Quarter,0,{opening}+{drawn_now}+{principal}+{balloon})",
        closing="={drawn_now}", bold=True,
    )  # fmt: skip
    sheet.section("Debt service")
    sheet.line("interest", "Interest", "USD m", "mn", "={opening}*Loan_Rate/Periods_Per_Year", total=True)
    sheet.line(
        "funded", "Interest and fee paid by equity before service", "USD m", "mn",
        "=IF({period}<=Grace_Quarters,{interest}+{fee},0)", total=True,
    )  # fmt: skip
    sheet.line(
        "service",
        "Debt service",
        "USD m",
        "mn",
        "={interest}+{fee}-{principal}-{funded}",
        total=True,
        bold=True,
    )
    sheet.line("repaid", "Principal and balloon", "USD m", "mn", "=-{principal}-{balloon}", total=True)
    sheet.line("to_lender", "Debt service and balloon", "USD m", "mn", "={service}-{balloon}", total=True)
    sheet.section("Schedule by HC_DDTL, balloon apart")
    schedule = (
        'HC_DDTL(Amortising,Repays_After/Periods_Per_Year,Payments/Periods_Per_Year,IF(Style="annuity",Style,"straight"),'
        "Loan_Rate,{years:},Amortising,Repays_After/Periods_Per_Year,0,FALSE)"
    )
    sheet.spill(
        f"=TRANSPOSE({schedule})",
        ("s_opening", "Opening", "USD m", "mn"),
        ("s_drawn", "Drawn", "USD m", "mn"),
        ("s_interest", "Interest", "USD m", "mn"),
        ("s_fee", "Undrawn fee", "USD m", "mn"),
        ("s_principal", "Principal", "USD m", "mn"),
        ("s_service", "Debt service", "USD m", "mn"),
        ("s_closing", "Closing", "USD m", "mn"),
        ("s_undrawn", "Undrawn", "USD m", "mn"),
    )


def _sizing(sheet: TimeSheet) -> None:
    sheet.section("Debt that the cash carries at the sizing DSCR")
    sheet.line("x_cash", "CFADS, taxed without interest, to maturity", "USD m", "mn", "={unlevered}*{paying}")
    sheet.line("x_taxable", "Taxable income to maturity", "USD m", "mn", "=MAX(0,{taxable})*{paying}")
    sheet.spill(
        "=TRANSPOSE(HC_DEBT_SCULPT({x_cash:},Target_DSCR,Loan_Rate,Tax_Rate,Periods_Per_Year,{x_taxable:},FALSE))",
        ("x_opening", "Opening", "USD m", "mn"),
        ("x_interest", "Interest", "USD m", "mn"),
        ("x_principal", "Principal", "USD m", "mn"),
        ("x_service", "Debt service", "USD m", "mn"),
        ("x_closing", "Closing", "USD m", "mn"),
        ("x_grows", "Debt grows", "TRUE: yes", "general"),
    )
    sheet.line("cash_to_maturity", "CFADS to maturity", "USD m", "mn", "={cfads}*{paying}", total=True)


def add_waterfall(time: Timeline) -> None:
    """Where each quarter's cash goes; all of it goes somewhere."""
    sheet = time.sheet(
        "Waterfall", "Waterfall", "Interest, principal, reserve, sweep, lock-up, distribution. What stays unpaid is added to the debt and due next; the reserve looks at the schedule as agreed."
    )  # fmt: skip
    sheet.section("Due")
    sheet.line("w_opening", "Debt, opening", "USD m", "mn", "={w_closing<}")
    sheet.line("w_draw", "Drawn", "USD m", "mn", "={draw}", closing="={draw}", total=True)
    sheet.line(
        "w_interest",
        "Interest and fee due",
        "USD m",
        "mn",
        "={w_opening}*Loan_Rate/Periods_Per_Year+{fee}",
        total=True,
    )
    sheet.line(
        "w_principal", "Principal due, overdue included", "USD m", "mn",
        "=IF({period}>=Maturity_Quarter,MAX(0,{w_opening}+{balloon}),MIN({w_opening},{w_unpaid<}-{principal}))",
    )  # fmt: skip
    sheet.section("Cash")
    sheet.line("w_cfads", "CFADS", "USD m", "mn", "={cfads}", total=True)
    sheet.line(
        "w_equity",
        "Paid by equity before service",
        "USD m",
        "mn",
        "=IF({period}<=Grace_Quarters,{w_interest},0)",
        total=True,
    )
    sheet.line("w_before", "Cash and reserve brought forward", "USD m", "mn", "={w_held<}")
    sheet.line(
        "w_deficit",
        "Operating deficit that no account covers",
        "USD m",
        "mn",
        "=MAX(0,-({w_cfads}+{w_equity}+{w_before}))",
        total=True,
    )
    sheet.line(
        "w_available", "Available", "USD m", "mn", "={w_cfads}+{w_equity}+{w_before}+{w_deficit}", bold=True
    )
    sheet.section("Paid")
    sheet.line(
        "w_interest_paid", "Interest and fee", "USD m", "mn", "=MIN({w_available},{w_interest})", total=True
    )
    sheet.line(
        "w_principal_paid",
        "Principal",
        "USD m",
        "mn",
        "=MIN({w_available}-{w_interest_paid},{w_principal})",
        total=True,
    )
    sheet.line(
        "w_unpaid", "Unpaid", "USD m", "mn",
        "=({w_interest}-{w_interest_paid})+({w_principal}-{w_principal_paid})", closing="=0",
    )  # fmt: skip
    sheet.line("w_left", "Left", "USD m", "mn", "={w_available}-{w_interest_paid}-{w_principal_paid}")
    # Rounded, because what is left of two equal numbers is an engine's own affair.
    sheet.line(
        "w_rest",
        "Debt before sweep and refinancing",
        "USD m",
        "mn",
        "=ROUND({w_opening}+{w_draw}+({w_interest}-{w_interest_paid})-{w_principal_paid},4)",
    )
    ahead = "SUMPRODUCT(({period:}>{period})*({period:}<={period}+DSRA_Quarters)*{service:})"
    sheet.line("w_target", "Reserve target: service to come", "USD m", "mn", f"={ahead}")
    sheet.line("w_reserve", "Reserve", "USD m", "mn", "=MIN({w_left},{w_target})", closing="=0")
    sheet.line(
        "w_swept", "Swept", "USD m", "mn",
        "=MIN(Sweep*MAX(0,MIN({w_left}-{w_reserve},{w_cfads}+{w_equity}-{w_interest_paid}-{w_principal_paid})),{w_rest})",
        total=True,
    )  # fmt: skip
    sheet.line(
        "w_locked", "Locked up", "1: yes", "flag",
        "=IF(AND({service}>0,{w_closing}>Cent,OR({cfads}<Lockup_DSCR*{service},{balance}>Trap_LTV*{economic})),1,0)",
    )  # fmt: skip
    sheet.line(
        "w_cash",
        "Cash kept",
        "USD m",
        "mn",
        "=({w_left}-{w_reserve}-{w_swept})*{w_locked}",
        closing="=Opening_Cash",
    )
    sheet.line(
        "w_distributed",
        "Distributed",
        "USD m",
        "mn",
        "={w_left}-{w_reserve}-{w_swept}-{w_cash}",
        total=True,
        bold=True,
    )
    sheet.line(
        "w_held",
        "Reserve and cash kept",
        "USD m",
        "mn",
        "={w_reserve}+{w_cash}",
        closing="={w_reserve}+{w_cash}",
        bold=True,
    )
    sheet.line("w_owed", "Debt before refinancing", "USD m", "mn", "={w_rest}-{w_swept}")
    sheet.line(
        "w_refinanced", "Balloon, refinanced", "USD m", "mn",
        "=IF({period}=Maturity_Quarter,IF({w_owed}<Balloon+Cent,{w_owed},Balloon),0)", total=True,
    )  # fmt: skip
    sheet.line(
        "w_closing",
        "Debt, closing",
        "USD m",
        "mn",
        "={w_owed}-{w_refinanced}",
        closing="={w_draw}",
        bold=True,
    )


def sources_sheet(book: TemplateBook) -> Worksheet:
    """Add the sheet of sources and uses; it is filled when the lines are declared."""
    return book.sheet(
        "Sources and uses", "Sources and uses", "What is bought and what pays for it, from closing until the fleet serves; and the terms that follow.", [2, 52, 20, 3, 44, 20]
    )  # fmt: skip


def fill_sources(book: TemplateBook, sheet: Worksheet, time: Timeline) -> None:
    """Uses on the left, sources on the right; below, the loan that comes of it."""
    book.section(sheet, 3, "Uses", 2)
    uses = [
        *(Result("", f"vintage {v}", f"=Gpus_{v}*Unit_Cost_{v}", "mn") for v in VINTAGES),
        Result("", "Upfront fee", "=Upfront_Fee*Debt", "mn"),
        Result("", "Interest and fee before service", time.text("={funded#}"), "mn"),
        Result("", "Opening cash", "=Opening_Cash", "mn"),
    ]
    last = book.results(sheet, 4, uses)
    book.results(sheet, last, [Result("Uses", "Uses", f"=SUM(C5:C{last})", "mn")])
    for row, (v, name) in enumerate(
        zip(VINTAGES, ("Collateral", "Generation_2", "Generation_3"), strict=True), start=4
    ):
        sheet.write_formula(row, 1, f'="Fleet, vintage {v}: "&{name}', book.style())
    book.section(sheet, 3, "Sources", 2, 4)
    equity = "={bought#}-{draw#}+Upfront_Fee*Debt+{funded#}+Opening_Cash"
    sources = [
        Result("Drawn", "Loan drawn", time.text("={draw#}"), "mn"),
        Result("Equity", "Equity, period by period", time.text(equity), "mn"),
    ]
    book.results(sheet, 4, sources, 4)
    book.results(sheet, last, [Result("Sources", "Sources", "=Drawn+Equity", "mn")], 4)
    book.section(sheet, last + 2, "The loan", 2)
    loan = (
        Result("", "Commitment never drawn, USD m", "=Debt-Drawn", "mn"),
        Result("Repays_After", "Quarters before principal falls due", time.text("=MAX(Grace_Quarters,INDEX({last_draw:},Periods))"), "count"),
        Result("Maturity_Quarter", "Quarter of maturity", "=MIN(Periods,MAX(ROUND(Tenor_Years*Periods_Per_Year,0),Repays_After+1))", "count"),
        Result("Payments", "Payments of principal", "=Maturity_Quarter-Repays_After", "count"),
        Result("Balloon", "Balloon, to be refinanced, USD m", '=IF(Style="bullet",1,Balloon_Share)*Drawn', "mn"),
        Result("Amortising", "Repaid on schedule, USD m", "=Drawn-Balloon", "mn"),
        Result("Sculpted_Principal", "Principal that the cash carries, USD m", time.text("=SUMPRODUCT({x_principal:}*({x_principal:}>0))"), "mn"),
        Result("By_DSCR", "Debt that cash and balloon carry at the sizing DSCR, USD m", time.text("=INDEX({x_opening:},Repays_After+1)+Balloon/(1+Loan_Rate/Periods_Per_Year)^Payments"), "mn"),
    )  # fmt: skip
    book.results(sheet, last + 3, loan)
