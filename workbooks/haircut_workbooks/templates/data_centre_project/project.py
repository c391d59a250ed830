"""Construction and operation: the case on which the loan was agreed, and the case that then comes.

Both are the same lines: those of the agreed case have keys that begin with ``a_``.
"""

from haircut_workbooks.templates.data_centre_project.case import MONEY, Case, operation, sculpted, worth
from haircut_workbooks.templates.lines import FIRST, Timeline, TimeSheet

MOST_BUILDING, LAST_ROW = 8, 30
"""Periods and rows of the construction that are printed."""
AGREED = Case("a_")
LIVE = Case(
    "",
    completion="Completion",
    lease="Lease_End",
    rent_left="(1-Live_Rent_Fall)",
    next_rent="Relet_Occupancy*Relet_Share*(1-Live_Relet_Loss)",
    cost="(1+Live_Cost_Rise)",
    shell="(Capital_Agreed+Shell_Total-Shell_Agreed)",
    fit_out="IT_Total",
    step_time="Density_Time-Live_Density_Earlier",
    step_drop="MIN(1,Density_Drop+Live_Density_Drop)",
)


def add_agreed(time: Timeline) -> None:
    """The base case: it fixes commitment and schedule, whatever comes."""
    sheet = time.sheet("Agreed case", "Agreed case", "What the lender sizes the loan on: the base case. Commitment and schedule stay as they come out here, whatever case is shown.")  # fmt: skip
    sheet.section("Construction, debt paying its full share")
    hard = "(Land+(Shell_Agreed+IT_Agreed)*(1+Contingency))"
    _costs(sheet, "a_", "Agreed_Completion", "Shell_Agreed", "IT_Agreed", f"Gearing*{hard}")
    _funding(sheet, "a_", "Period_Rate", "{a_building}*" + _draw("a_", "Period_Rate", "Gearing"))
    operation(sheet, AGREED)
    worth(sheet, AGREED, "a_built", "0")
    sheet.section("Payment by payment, the first one in the first half-year of service")
    place = "MIN(Periods,Agreed_Completion+{period})"
    sheet.line("counted", "Share of the cash that sizing counts", "share", "share", f"=IF({{period}}<=Payments,IF(INDEX({{a_leased:}},{place})=1,1,Tail_Credit),0)")  # fmt: skip
    taxed = f"INDEX({{a_taxable:}},{place})"
    sheet.line("sculpt_cash", "CFADS left to sculpt, the balloon's interest off", *MONEY, f"={{counted}}*MAX(0,INDEX({{a_unlevered:}},{place})+Tax_Rate*MIN(Period_Rate*Balloon,MAX(0,{taxed}))-Target_DSCR*Period_Rate*Balloon)")  # fmt: skip
    sheet.line("sculpt_taxable", "Taxable income less that interest", *MONEY, f"={{counted}}*MAX(0,{taxed}-Period_Rate*Balloon)")  # fmt: skip
    sculpted(sheet, "s_", "sculpt_cash", "sculpt_taxable", "Target_DSCR")
    sheet.line("room", "Share of it, balloon included, within the limit", "share", "share", f"=IF({{period}}<=Payments,Max_LTV*INDEX({{a_economic:}},{place}-1)/MAX(Cent,{{s_opening}}+Balloon),1)")  # fmt: skip


def add_construction(time: Timeline) -> None:
    """Costs as they come, and who pays them: debt its share up to the commitment, equity all else."""
    sheet = time.sheet("Construction", "Construction", "Debt and equity pay every cost side by side, interest and fees included; at completion debt draws what is left of its commitment. Overruns are equity's.")  # fmt: skip
    sheet.section("Costs")
    _costs(sheet, "", "Completion", "Shell_Total", "IT_Total", "Term_Loan")
    sheet.section("Sources")
    sheet.line("draw_share", "Debt's share of a draw", "share", "share", "={building}*IF({period}=Completion,1,Draw_Share)")  # fmt: skip
    _funding(sheet, "", "Live_Rate", "MIN(Term_Loan-{construction_loan<}," + _draw("", "Live_Rate", "{draw_share}") + ")")  # fmt: skip
    sheet.line("equity", "Equity", *MONEY, "={uses}-{draw}", total=True, bold=True)
    sheet.worksheet.print_area(0, 0, LAST_ROW, FIRST + MOST_BUILDING - 1)
    sheet.worksheet.fit_to_pages(1, 0)


def _costs(sheet: TimeSheet, p: str, completion: str, shell: str, it: str, commitment: str) -> None:
    sheet.line(f"{p}building", "Under construction", "1: yes", "flag", f"=IF({{period}}<={completion},1,0)")
    done = f"MIN(1,{{period}}/{completion})"
    # An S-curve: 3x^2 - 2x^3, x the share of the time.
    sheet.line(f"{p}built", "Built so far", "share", "share", f"={done}*{done}*(1+(1-{done})+(1-{done}))", closing="=0")  # fmt: skip
    step = f"({{{p}built}}-{{{p}built<}})"
    sheet.line(f"{p}land", "Land and grid connection", *MONEY, "=IF({period}=1,Land,0)", total=True)
    sheet.line(f"{p}shell", "Shell, power and cooling", *MONEY, f"={shell}*{step}", total=True)
    sheet.line(f"{p}fit_out", "Fit-out", *MONEY, f"={it}*{step}", total=True)
    sheet.line(f"{p}contingency", "Contingency, taken as spent", *MONEY, f"=Contingency*(Shell_Agreed+IT_Agreed)*{step}", total=True)  # fmt: skip
    sheet.line(f"{p}fee", "Arrangement fee", *MONEY, f"=IF({{period}}=1,Fee_Share*{commitment},0)", total=True)  # fmt: skip
    undrawn = f"MAX(0,{commitment}-{{{p}construction_loan<}})"
    sheet.line(f"{p}undrawn", "Commitment fee on what is undrawn", *MONEY, f"={{{p}building}}*Commitment_Fee/Periods_Per_Year*{undrawn}", total=True)  # fmt: skip
    parts = "+".join(f"{{{p}{key}}}" for key in ("land", "shell", "fit_out", "contingency", "fee", "undrawn"))
    sheet.line(f"{p}cost", "Costs before interest", *MONEY, f"={parts}", total=True)


def _draw(p: str, rate: str, share: str) -> str:
    """The draw that pays its share of cost and interest, its own interest included: solved, so that nothing goes in a circle.

    d = g (c + r B + h r d), with h the part of the period for which a draw bears interest.
    """
    return f"{share}*({{{p}cost}}+{rate}*{{{p}construction_loan<}})/(1-{share}*Draw_Timing*{rate})"


def _funding(sheet: TimeSheet, p: str, rate: str, draw: str) -> None:
    sheet.line(f"{p}draw", "Debt drawn", *MONEY, f"={draw}", total=True)
    sheet.line(f"{p}idc", "Interest during construction", *MONEY, f"={{{p}building}}*{rate}*({{{p}construction_loan<}}+Draw_Timing*{{{p}draw}})", total=True)  # fmt: skip
    sheet.line(f"{p}uses", "Uses", *MONEY, f"={{{p}cost}}+{{{p}idc}}", total=True, bold=True)
    sheet.line(f"{p}construction_loan", "Construction loan drawn so far", *MONEY, f"={{{p}construction_loan<}}+{{{p}draw}}", closing="=0", bold=True)  # fmt: skip


def add_operation(time: Timeline) -> None:
    """Rent, costs, tax, CFADS; the reserve that renews the fit-out; cash if the tenant were gone."""
    sheet = time.sheet("Operation", "Operation", "Power is passed through to the tenant: rent and cost are without it.")  # fmt: skip
    operation(sheet, LIVE)
    sheet.section("After tax")
    sheet.line("tax", "Tax", *MONEY, "=Tax_Rate*MAX(0,{taxable}-{interest})", total=True)
    sheet.line("cfads", "CFADS", *MONEY, "={before_tax}-{tax}", total=True, bold=True)
    sheet.section("Maintenance reserve")
    sheet.line("renewal", "Fit-out renewed", *MONEY, "={serves}*IF(MOD({period}-Completion,IT_Periods)=0,Refresh_Share*IT_Total,0)", total=True)  # fmt: skip
    sheet.line("maintenance", "Reserve after it", *MONEY, "={maintenance<}+{set_aside}-{renewal}", closing="=0")  # fmt: skip
    sheet.section("Were the next tenant in it")
    sheet.line("next_revenue", "Revenue", *MONEY, "={serves}*Kw*Months_Per_Period*{next_rent}")
    sheet.line("next_cash", "CFADS, taxed as if without debt", *MONEY, "={next_revenue}-{opex}-{set_aside}-Tax_Rate*MAX(0,{next_revenue}-{opex}-{depreciation})")  # fmt: skip
