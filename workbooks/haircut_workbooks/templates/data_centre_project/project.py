"""Construction, operation and debt: the case on which the loan was agreed, and the case that then comes.

Both are the same lines: those of the agreed case have keys that begin with ``a_``.
"""

from haircut_workbooks.templates.lines import Timeline, TimeSheet

MONEY = ("USD m", "mn")


def add_agreed(time: Timeline) -> None:
    """The base case: it fixes commitment and schedule, whatever comes."""
    sheet = time.sheet("Agreed case", "Agreed case", "What the lender sized the loan on: the base case. Commitment and schedule stay as they come out here, whatever case is shown.")  # fmt: skip
    sheet.section("Construction")
    _costs(sheet, "a_", "Agreed_Completion", "Shell_Agreed", "IT_Agreed")
    sheet.line("a_construction_loan", "Construction loan", *MONEY, "={a_construction_loan<}+Gearing*{a_uses}", closing="=0", bold=True)  # fmt: skip
    _operation(sheet, "a_", "Agreed_Completion", "Lease_Years", "0", "Shell_Agreed", "IT_Agreed")
    sheet.section("What the cash carries")
    sheet.line("a_repaying", "Repayment", "1: yes", "flag", "=IF(AND({period}>Agreed_Completion,{period}<=Agreed_Completion+Payments),1,0)")  # fmt: skip
    shield = "Tax_Rate*MIN(Period_Rate*Balloon,MAX(0,{a_taxable}))"
    sheet.line("sculpt_cash", "CFADS left to sculpt, the balloon's interest off", *MONEY, f"={{a_repaying}}*MAX(0,{{a_unlevered}}+{shield}-Target_DSCR*Period_Rate*Balloon)")  # fmt: skip
    sheet.line("sculpt_taxable", "Taxable income less that interest", *MONEY, "={a_repaying}*MAX(0,{a_taxable}-Period_Rate*Balloon)")  # fmt: skip
    sheet.spill(
        "=TRANSPOSE(HC_DEBT_SCULPT({sculpt_cash:},Target_DSCR,Loan_Rate,Tax_Rate,Periods_Per_Year,{sculpt_taxable:},FALSE))",
        ("s_opening", "Sculpted: opening", *MONEY),
        ("s_interest", "interest", *MONEY),
        ("s_principal", "principal", *MONEY),
        ("s_service", "debt service", *MONEY),
        ("s_closing", "closing", *MONEY),
        ("s_grows", "grows?", "", "general"),
    )


def add_construction(time: Timeline) -> None:
    """Costs as they come, and who pays them: debt up to its commitment, equity all else."""
    sheet = time.sheet("Construction", "Construction", "Debt pays its share of every cost, interest and fees included, up to the commitment; equity pays the rest.")  # fmt: skip
    sheet.section("Costs")
    _costs(sheet, "", "Completion", "Shell_Total", "IT_Total")
    sheet.section("Sources")
    sheet.line("draw", "Debt drawn", *MONEY, "=MIN(Gearing*{uses},Commitment-{construction_loan<})", total=True)  # fmt: skip
    sheet.line("equity", "Equity", *MONEY, "={uses}-{draw}", total=True)
    sheet.line("construction_loan", "Construction loan", *MONEY, "={construction_loan<}+{draw}", closing="=0", bold=True)  # fmt: skip


def _costs(sheet: TimeSheet, p: str, completion: str, shell: str, it: str) -> None:
    """Uses of a case: a period's interest is paid by the draws of that period, so that nothing goes in a circle."""
    sheet.line(f"{p}building", "Under construction", "1: yes", "flag", f"=IF({{period}}<={completion},1,0)")
    done = f"MIN(1,{{period}}/{completion})"
    # An S-curve: 3x^2 - 2x^3, x the share of the time.
    sheet.line(f"{p}built", "Built so far", "share", "share", f"={done}*{done}*(1+(1-{done})+(1-{done}))", closing="=0")  # fmt: skip
    step = f"({{{p}built}}-{{{p}built<}})"
    debt_share = f"Gearing*({shell}+{it})"
    sheet.line(f"{p}shell", "Shell, power and cooling", *MONEY, f"={shell}*{step}", total=True)
    sheet.line(f"{p}fit_out", "Fit-out", *MONEY, f"={it}*{step}", total=True)
    sheet.line(f"{p}fee", "Arrangement fee, on the debt share of these costs", *MONEY, "=IF({period}=1,Fee_Share*Gearing*(Shell_Agreed+IT_Agreed),0)", total=True)  # fmt: skip
    sheet.line(f"{p}commitment", "Commitment fee, on what of it is undrawn", *MONEY, f"={{{p}building}}*Commitment_Fee/Periods_Per_Year*MAX(0,{debt_share}-{{{p}construction_loan<}})", total=True)  # fmt: skip
    sheet.line(f"{p}idc", "Interest during construction", *MONEY, f"={{{p}building}}*Period_Rate*{{{p}construction_loan<}}", total=True)  # fmt: skip
    parts = "+".join(f"{{{p}{key}}}" for key in ("shell", "fit_out", "fee", "commitment", "idc"))
    sheet.line(f"{p}uses", "Uses", *MONEY, f"={parts}", total=True, bold=True)


def add_operation(time: Timeline) -> None:
    """Rent while the lease lives, then of the next tenant; costs, tax, CFADS."""
    sheet = time.sheet("Operation", "Operation", "Power is passed through to the tenant: rent and cost are without it.")  # fmt: skip
    _operation(sheet, "", "Completion", "Lease_End", "Live_Relet_Loss", "Shell_Total", "IT_Total")
    sheet.section("After tax")
    sheet.line("tax", "Tax", *MONEY, "=IF({period}>Completion,Tax_Rate*MAX(0,{taxable}-{interest}),0)", total=True)  # fmt: skip
    sheet.line("cfads", "CFADS", *MONEY, "={before_tax}-{tax}", total=True, bold=True)


def _operation(sheet: TimeSheet, p: str, completion: str, lease: str, loss: str, shell: str, it: str) -> None:
    """Lease, cash and tax of a case without debt."""
    serves = f"{{period}}>{completion}"
    sheet.section("Lease")
    age = f"=MAX(0,{{years}}-{completion}/Periods_Per_Year)"
    sheet.line(f"{p}age", "Years in service", "years", "years", age, closing=age)
    sheet.line(f"{p}leased", "Lease in force", "1: yes", "flag", f"=IF(AND({serves},{{{p}age}}<={lease}),1,0)")  # fmt: skip
    sheet.line(f"{p}relet", "Let again", "1: yes", "flag", f"=IF({{{p}age}}>{lease}+Downtime_Years,1,0)")
    own = f"{{{p}leased}}*Lease_Rent*(1+Escalator)^INT({{{p}age<}})"
    next_ = f"{{{p}relet}}*Relet_Occupancy*Lease_Rent*Relet_Share*(1-{loss})*(1+Relet_Growth)^{{{p}age}}"
    sheet.line(f"{p}rent", "Rent", "USD/kW-month", "rent", f"={own}+{next_}")
    sheet.section("Cash flow")
    sheet.line(f"{p}revenue", "Revenue", *MONEY, f"=Kw*Months_Per_Period*{{{p}rent}}", total=True)
    sheet.line(f"{p}opex", "Operating cost", *MONEY, f"=IF({serves},Kw*Months_Per_Period*Opex*(1+Inflation)^INT({{{p}age<}}),0)", total=True)  # fmt: skip
    sheet.line(f"{p}refresh", "Fit-out renewed, spread over its life", *MONEY, f"=IF({serves},Refresh_Share*{it}/IT_Life/Periods_Per_Year,0)", total=True)  # fmt: skip
    sheet.line(f"{p}before_tax", "Cash before tax", *MONEY, f"={{{p}revenue}}-{{{p}opex}}-{{{p}refresh}}", total=True, bold=True)  # fmt: skip
    sheet.section("Tax as if without debt")
    worn = f"{shell}/Shell_Life/Periods_Per_Year+IF({{{p}age<}}<IT_Life,{it}/IT_Life/Periods_Per_Year,0)"
    sheet.line(f"{p}depreciation", "Depreciation", *MONEY, f"=IF({serves},{worn},0)", total=True)
    sheet.line(f"{p}taxable", "Taxable before interest", *MONEY, f"={{{p}revenue}}-{{{p}opex}}-{{{p}depreciation}}")  # fmt: skip
    sheet.line(f"{p}unlevered", "CFADS, taxed as if without debt", *MONEY, f"={{{p}before_tax}}-Tax_Rate*MAX(0,{{{p}taxable}})", total=True)  # fmt: skip


def add_debt(time: Timeline) -> None:
    """The term loan on its agreed schedule, which starts when the site is complete."""
    sheet = time.sheet("Debt", "Debt", "At completion the construction loan becomes the term loan that was agreed; equity pays the rest. A late completion moves the schedule, not its amounts.")  # fmt: skip
    sheet.section("Term loan")
    sheet.line("repaying", "Repayment", "1: yes", "flag", "=IF(AND({period}>Completion,{period}<=Maturity),1,0)")  # fmt: skip
    sheet.line("opening", "Opening balance", *MONEY, "={balance<}")
    sheet.line("taken", "Taken over at completion", *MONEY, "=IF({period}=Completion,Term_Loan,0)", total=True)  # fmt: skip
    sheet.line("interest", "Interest", *MONEY, "={repaying}*Period_Rate*{opening}", total=True)
    sheet.line("scheduled", "Principal", *MONEY, "={repaying}*Sculpted_Share*INDEX({s_principal:},MAX(1,{period}-Late))", total=True)  # fmt: skip
    sheet.line("balloon", "Balloon", *MONEY, "=IF({period}=Maturity,Term_Balloon,0)", total=True)
    sheet.line("balance", "Closing balance", *MONEY, "=IF({period}>=Maturity,0,{opening}+{taken}-{scheduled}-{balloon})", closing="=0", bold=True)  # fmt: skip
    sheet.section("Debt service without the balloon")
    sheet.line("service", "Debt service", *MONEY, "={interest}+{scheduled}", total=True, bold=True)
    sheet.line("owed", "Owed, construction included", *MONEY, "=IF({period}<Completion,{construction_loan},IF({period}<Maturity,{balance},0))", closing="={construction_loan}")  # fmt: skip


def add_cash(time: Timeline) -> None:
    """Cover, then where the cash goes: reserve, lock-up, owners."""
    sheet = time.sheet("Cash", "Cover and cash", "The reserve fills from cash; under the lock-up nothing is paid out. #N/A where nothing is due or owed.")  # fmt: skip
    sheet.section("Cover")
    sheet.spill("=HC_DSCR({cfads:},{service:})", ("dscr", "DSCR", "x", "multiple"))
    sheet.line("covenant", "Covenant", "x", "multiple", "=Min_DSCR")
    sheet.line("below", "Under the covenant", "1: yes", "flag", "=IF({service}>0,IF({cfads}<Min_DSCR*{service}-Cent,1,0),0)", total=True)  # fmt: skip
    worth = "{cfads:}*({period:}>={period}){to}/(1+Period_Rate)^({period:}-{period}+1)"
    for key, label, to in (
        ("llcr", "LLCR, balloon included", "*({period:}<=Maturity)"),
        ("plcr", "PLCR, to the end of the sheet", ""),
    ):
        sheet.line(key, label, "x", "multiple", f"=IF({{repaying}}=1,SUMPRODUCT({worth.replace('{to}', to)})/{{opening}},NA())")  # fmt: skip
    sheet.line("fall", "Fall of revenue that breaks the covenant", "share, below 0: broken", "share", "=IF({service}>0,IF({revenue}>0,({cfads}-Min_DSCR*{service})/{revenue},-1),NA())")  # fmt: skip
    sheet.line("fall_seen", "The same, 100 % where nothing is due", "share", "share", "=IF({service}>0,{fall},1)")  # fmt: skip
    sheet.section("Cash account")
    sheet.line("brought", "Brought forward, reserve included", *MONEY, "={reserve<}+{retained<}")
    sheet.line("left", "CFADS less debt service", *MONEY, "={cfads}-{service}", total=True)
    ahead = "SUMPRODUCT(({period:}>{period})*({period:}<={period}+DSRA_Periods)*{service:})"
    sheet.line("target", "Reserve asked for: service to come", *MONEY, f"={ahead}")
    sheet.line("short", "Short: would have to come from outside", *MONEY, "=MAX(0,-{brought}-{left})", total=True)  # fmt: skip
    sheet.line("reserve", "Reserve", *MONEY, "=MAX(0,MIN({target},{brought}+{left}))", closing="=0")
    sheet.line("free", "Free cash", *MONEY, "=MAX(0,{brought}+{left})-{reserve}")
    sheet.line("locked", "Locked up", "1: yes", "flag", "=IF({service}>0,IF({cfads}<Lockup_DSCR*{service}-Cent,1,0),0)")  # fmt: skip
    sheet.line("retained", "Kept under the lock-up", *MONEY, "={locked}*{free}", closing="=0")
    sheet.line("paid", "Paid to the owners", *MONEY, "={free}-{retained}", total=True)
