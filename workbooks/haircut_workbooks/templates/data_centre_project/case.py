"""One case of the site without debt: lease, next tenant, cash, tax, and what it is worth.

The agreed case, the case that comes and the two views are the same lines with other terms; each has its own prefix.
"""

from dataclasses import dataclass

from haircut_workbooks.templates.lines import TimeSheet

MONEY = ("USD m", "mn")
PRESENT = "Spread_Out/(1+Period_Discount)^({period:}-{period}-1)"
"""Worth, at the end of this period, of a dollar that comes all through a later one."""


@dataclass(frozen=True)
class Case:
    """What tells one case from another: names of inputs, or formulas of them."""

    prefix: str
    completion: str = "Agreed_Completion"
    lease: str = "Lease_Years"
    downtime: str = "Downtime_Years"
    rent_left: str = "1"
    next_rent: str = "Relet_Occupancy*Relet_Share"
    growth: str = "Relet_Growth"
    cost: str = "1"
    life: str = "Shell_Life"
    fit_out_periods: str = "IT_Periods"
    shell: str = "Capital_Agreed"
    fit_out: str = "IT_Agreed"
    decay: str = "IT_Decay"
    step_time: str = "Density_Time"
    step_drop: str = "Density_Drop"


def operation(sheet: TimeSheet, case: Case) -> None:
    """Rent while the lease lives, then of the next tenant; costs, tax as if there were no debt."""
    p, done = case.prefix, case.completion
    serves = f"AND({{period}}>{done},{{{p}age}}<={case.life})"
    sheet.section("Lease")
    age = f"=MAX(0,{{years}}-{done}/Periods_Per_Year)"
    sheet.line(f"{p}age", "Years in service", "years", "years", age, closing=age)
    sheet.line(f"{p}serves", "In service", "1: yes", "flag", f"=IF({serves},1,0)")
    sheet.line(f"{p}leased", "Lease in force", "1: yes", "flag", f"=IF({{{p}age}}<={case.lease},{{{p}serves}},0)")  # fmt: skip
    sheet.line(f"{p}relet", "Let again", "1: yes", "flag", f"=IF({{{p}age}}>{case.lease}+{case.downtime},{{{p}serves}},0)")  # fmt: skip
    own = f"{{{p}leased}}*Lease_Rent*{case.rent_left}*(1+Escalator)^INT({{{p}age<}})"
    sheet.line(f"{p}lease_rent", "Rent of the lease", "USD/kW-month", "rent", f"={own}")
    grown = ",".join(f"(1+{case.growth})^({{{p}age<}}+{middle})" for middle in ("Middle_1", "Middle_2"))
    sheet.line(f"{p}next_rent", "Rent that a next tenant would pay", "USD/kW-month", "rent", f"=Lease_Rent*{case.next_rent}*AVERAGE({grown})")  # fmt: skip
    sheet.section("Cash flow")
    sheet.line(f"{p}revenue", "Revenue", *MONEY, f"=Kw*Months_Per_Period*({{{p}lease_rent}}+{{{p}relet}}*{{{p}next_rent}})", total=True)  # fmt: skip
    sheet.line(f"{p}opex", "Operating cost", *MONEY, f"={{{p}serves}}*Kw*Months_Per_Period*Opex*{case.cost}*(1+Inflation)^INT({{{p}age<}})", total=True)  # fmt: skip
    sheet.line(f"{p}set_aside", "Set aside to renew the fit-out", *MONEY, f"={{{p}serves}}*Refresh_Share*{case.fit_out}/{case.fit_out_periods}", total=True)  # fmt: skip
    sheet.line(f"{p}before_tax", "Cash before tax", *MONEY, f"={{{p}revenue}}-{{{p}opex}}-{{{p}set_aside}}", total=True, bold=True)  # fmt: skip
    sheet.section("Tax as if without debt")
    first = f"IF({{period}}-{done}<={case.fit_out_periods},{case.fit_out}/{case.fit_out_periods},{{{p}set_aside}})"
    sheet.line(f"{p}depreciation", "Depreciation", *MONEY, f"={{{p}serves}}*({case.shell}/{case.life}/Periods_Per_Year+{first})", total=True)  # fmt: skip
    sheet.line(f"{p}taxable", "Taxable before interest", *MONEY, f"={{{p}revenue}}-{{{p}opex}}-{{{p}depreciation}}")  # fmt: skip
    sheet.line(f"{p}unlevered", "CFADS, taxed as if without debt", *MONEY, f"={{{p}before_tax}}-Tax_Rate*MAX(0,{{{p}taxable}})", total=True)  # fmt: skip


def worth(sheet: TimeSheet, case: Case, built: str, residual: str) -> None:
    """What it would cost less age, what its cash is worth, and the lower of the two, never below the land.

    ``residual`` is what is left at the end of the shell's life beside the land.
    """
    p, done = case.prefix, case.completion
    sheet.section("What it is worth")
    sheet.line(f"{p}fitted", "Years since the fit-out was fitted or renewed", "years", "years", f"=IF({{period}}>{done},MOD({{period}}-{done},{case.fit_out_periods})/Periods_Per_Year,0)")  # fmt: skip
    sheet.spill(
        f"=HC_STEP_VALUE(1,{{{p}fitted:}},{case.decay},{case.step_time},{case.step_drop},0)",
        (f"{p}kept", "Share of its value left", "share", "share"),
    )
    sheet.line(f"{p}shell_value", "Shell, power and cooling: agreed cost less age", *MONEY, f"=Shell_Agreed*{{{built}}}*MAX(0,1-{{{p}age}}/{case.life})")  # fmt: skip
    sheet.line(f"{p}it_value", "Fit-out; once renewed, the landlord's share of it", *MONEY, f"=IT_Agreed*{{{built}}}*{{{p}kept}}*IF({{period}}-{done}<{case.fit_out_periods},1,Refresh_Share)")  # fmt: skip
    sheet.line(
        f"{p}technology", "Cost less age, land included", *MONEY, f"=Land+{{{p}shell_value}}+{{{p}it_value}}"
    )
    left = f"(Land+{residual})/(1+Discount_Rate)^MAX(0,{case.life}+{done}/Periods_Per_Year-{{years}})"
    sheet.line(f"{p}earns", "What its cash is worth, land at the end", *MONEY, f"=SUMPRODUCT({{{p}unlevered:}}*({{period:}}>{{period}})*{PRESENT})+{left}")  # fmt: skip
    sheet.line(f"{p}economic", "Economic value", *MONEY, f"=MAX(Land,MIN({{{p}technology}},{{{p}earns}}))", closing="=0", bold=True)  # fmt: skip


def sculpted(sheet: TimeSheet, p: str, cash: str, taxable: str, dscr: str) -> None:
    """The debt that the cash repays, payment by payment: the first falls in the first half-year of service."""
    sheet.spill(
        f"=TRANSPOSE(HC_DEBT_SCULPT({{{cash}:}},{dscr},Loan_Rate,Tax_Rate,Periods_Per_Year,{{{taxable}:}},FALSE))",
        (f"{p}opening", "Sculpted: opening", *MONEY),
        (f"{p}interest", "interest", *MONEY),
        (f"{p}principal", "principal", *MONEY),
        (f"{p}service", "debt service", *MONEY),
        (f"{p}closing", "closing", *MONEY),
        (f"{p}grows", "grows?", "", "general"),
    )
