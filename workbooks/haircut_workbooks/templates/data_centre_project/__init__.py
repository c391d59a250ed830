"""The data_centre_project template: a data centre built on project debt, from construction to the last repayment.

``inputs`` says what is assumed; the other files say what stands on which sheet, in the order of the workbook.
"""

from haircut_workbooks.templates.assumptions import assumptions
from haircut_workbooks.templates.back_matter import finished
from haircut_workbooks.templates.cover import LEFT, REPORTED, Cover, line_chart
from haircut_workbooks.templates.data_centre_project.inputs import CONSTANTS, DERIVED, PERIODS, SECTIONS
from haircut_workbooks.templates.lines import Timeline
from haircut_workbooks.templates.sheets import Result, TemplateBook

WORDS = ("CFADS", "DSCR", "Grade", "LLCR")


def data_centre_project() -> bytes:
    """Build the workbook; its formulas are not yet calculated."""
    book = TemplateBook("Data centre project")
    cover = Cover(book, "Data centre project", "Project debt on a data centre let to one tenant.")
    assumptions(book, SECTIONS, DERIVED, CONSTANTS)
    time = Timeline(book, PERIODS)
    _operations(time)
    _debt(time)
    cover.answers(
        "=Deal",
        '=IF(Breach_DSCR,"No: cash does not cover the covenant","Yes")',
        '="Quoted "&TEXT(ROUND(Margin*Basis_Points,0),"0")&" bp over base"',
        '="The lowest cover is "&TEXT(ROUND(Out_Min_DSCR,2),"0.00")&"x"',
    )
    lowest = time.text("=HC_DSCR_MIN({cfads:},{service:})")
    cover.figures(LEFT, "Results", [Result("Out_Min_DSCR", "Lowest DSCR", lowest, "multiple"), REPORTED])
    cover.tests("Tests", [("Breach_DSCR", "DSCR under its covenant", "=Out_Min_DSCR<Min_DSCR")])
    chart = line_chart(
        book,
        "DSCR",
        time.text("{date:}"),
        [("DSCR", time.text("{dscr:}")), ("Covenant", time.text("{covenant:}"))],
        '0.0"x"',
        "yyyy",
        low=0,
        every=4,
    )
    cover.charts([chart])
    checks = (
        ("Repaid", "Principal adds up to the debt", "=ABS({principal#}-Debt)<=Cent"),
        ("Rolls", "The balance rolls to zero", "=ABS(SUM({opening:})-{principal#}-SUM({balance:}))<=Cent"),
    )
    return finished(book, time, checks, WORDS)


def _operations(time: Timeline) -> None:
    sheet = time.sheet("Operations", "Operations", "Rent of the building, less what it costs to run.")
    sheet.section("Cash flow")
    sheet.line(
        "rent",
        "Rent",
        "USD m",
        "mn",
        "=Rent_Per_Year/Periods_Per_Year*(1+Escalator)^INT({years<})",
        total=True,
    )
    sheet.line("cost", "Operating cost", "USD m", "mn", "=-Opex_Share*{rent}", total=True)
    sheet.line("cfads", "CFADS", "USD m", "mn", "={rent}+{cost}", total=True, bold=True)


def _debt(time: Timeline) -> None:
    sheet = time.sheet("Debt", "Debt", "A level annuity over the life of the loan.")
    sheet.section("Schedule")
    sheet.spill(
        '=TRANSPOSE(HC_DEBT_SCHEDULE(Debt,Loan_Rate,Periods,"annuity",0,Periods_Per_Year,FALSE))',
        ("s_opening", "Opening", "USD m", "mn"),
        ("s_interest", "Interest", "USD m", "mn"),
        ("s_principal", "Principal", "USD m", "mn"),
        ("s_service", "Debt service", "USD m", "mn"),
        ("s_closing", "Closing", "USD m", "mn"),
    )
    sheet.section("Account")
    sheet.line("opening", "Opening balance", "USD m", "mn", "={balance<}")
    sheet.line("principal", "Principal", "USD m", "mn", "={s_principal}", total=True)
    sheet.line(
        "balance", "Closing balance", "USD m", "mn", "={opening}-{principal}", closing="=Debt", bold=True
    )
    sheet.section("Cover")
    sheet.line("cash", "CFADS", "USD m", "mn", "={cfads}")
    sheet.line("service", "Debt service", "USD m", "mn", "={s_interest}+{principal}", total=True)
    sheet.spill("=HC_DSCR({cash:},{service:})", ("dscr", "DSCR", "x", "multiple"))
    sheet.line("covenant", "Covenant", "x", "multiple", "=Min_DSCR")
