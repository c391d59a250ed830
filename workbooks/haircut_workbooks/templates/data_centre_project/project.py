"""Construction, operation and debt: the cash of the project, and the loan that it carries."""

from haircut_workbooks.templates.lines import Timeline

MONEY = ("USD m", "mn")


def add_construction(time: Timeline) -> None:
    """Costs, and who pays them; a period's interest is paid by the draws of that period, solved without a loop."""
    sheet = time.sheet(
        "Construction",
        "Construction",
        "Debt pays its share of every cost, interest and fees included; equity pays the rest and what the term loan does not take over.",
    )
    sheet.section("Costs")
    sheet.line("building", "Under construction", "1: yes", "flag", "=IF({period}<=Completion,1,0)")
    # The S-curve: what is built by then is 3x^2 - 2x^3 of the whole, x the share of the time.
    sheet.line(
        "built",
        "Built so far",
        "share",
        "share",
        "=MIN(1,{period}/Completion)*MIN(1,{period}/Completion)*(1+(1+1)*(1-MIN(1,{period}/Completion)))",
        closing="=0",
    )
    sheet.line("shell", "Shell, power and cooling", *MONEY, "=Shell_Total*({built}-{built<})", total=True)
    sheet.line("fit_out", "Fit-out", *MONEY, "=IT_Total*({built}-{built<})", total=True)
    sheet.line(
        "fee",
        "Arrangement fee",
        *MONEY,
        "=IF({period}=1,Fee_Share*Gearing*(Shell_Total+IT_Total),0)",
        total=True,
    )
    sheet.line(
        "commitment",
        "Commitment fee",
        *MONEY,
        "={building}*Commitment_Fee/Periods_Per_Year*MAX(0,Gearing*(Shell_Total+IT_Total)-{construction_loan<})",
        total=True,
    )
    sheet.line(
        "idc",
        "Interest during construction",
        *MONEY,
        "={building}*Period_Rate*{construction_loan<}",
        total=True,
    )
    sheet.line("uses", "Uses", *MONEY, "={shell}+{fit_out}+{fee}+{commitment}+{idc}", total=True, bold=True)
    sheet.section("Sources")
    sheet.line("draw", "Debt drawn", *MONEY, "=Gearing*{uses}", total=True)
    sheet.line("equity", "Equity", *MONEY, "={uses}-{draw}", total=True)
    sheet.line(
        "construction_loan",
        "Construction loan",
        *MONEY,
        "={construction_loan<}+{draw}",
        closing="=0",
        bold=True,
    )


def add_operation(time: Timeline) -> None:
    """Rent while the lease lives, then of the next tenant; costs, tax, CFADS."""
    sheet = time.sheet(
        "Operation", "Operation", "Power is passed through to the tenant: rent and cost are without it."
    )
    sheet.section("Lease")
    sheet.line(
        "age",
        "Years in service",
        "years",
        "years",
        "=MAX(0,{years}-Service_Year)",
        closing="=MAX(0,{years}-Service_Year)",
    )
    sheet.line(
        "leased", "Lease in force", "1: yes", "flag", "=IF(AND({period}>Completion,{age}<=Lease_End),1,0)"
    )
    sheet.line("relet", "Let again", "1: yes", "flag", "=IF({age}>Lease_End+Downtime_Years,1,0)")
    sheet.line(
        "rent",
        "Rent",
        "USD/kW-month",
        "rent",
        "={leased}*Lease_Rent*(1+Escalator)^INT({age<})+{relet}*Relet_Occupancy*Lease_Rent*Relet_Share*(1-Live_Relet_Loss)*(1+Relet_Growth)^{age}",
    )
    sheet.section("Cash flow")
    sheet.line("revenue", "Revenue", *MONEY, "=Kw*Months_Per_Period*{rent}", total=True)
    sheet.line(
        "opex",
        "Operating cost",
        *MONEY,
        "=IF({period}>Completion,Kw*Months_Per_Period*Opex*(1+Inflation)^INT({age<}),0)",
        total=True,
    )
    sheet.line(
        "refresh",
        "Fit-out renewed, set aside",
        *MONEY,
        "=IF({period}>Completion,Refresh_Share*IT_Total/IT_Life/Periods_Per_Year,0)",
        total=True,
    )
    sheet.line("before_tax", "Cash before tax", *MONEY, "={revenue}-{opex}-{refresh}", total=True, bold=True)
    sheet.section("Tax")
    sheet.line(
        "depreciation",
        "Depreciation",
        *MONEY,
        "=IF({period}>Completion,Shell_Total/Shell_Life/Periods_Per_Year+IF({age<}<IT_Life,IT_Total/IT_Life/Periods_Per_Year,0),0)",
        total=True,
    )
    sheet.line("taxable", "Taxable before interest", *MONEY, "={revenue}-{opex}-{depreciation}")
    sheet.line(
        "tax", "Tax", *MONEY, "=IF({period}>Completion,Tax_Rate*MAX(0,{taxable}-{interest}),0)", total=True
    )
    sheet.line("cfads", "CFADS", *MONEY, "={before_tax}-{tax}", total=True, bold=True)
    sheet.line(
        "unlevered",
        "CFADS, taxed as if without debt",
        *MONEY,
        "={before_tax}-Tax_Rate*MAX(0,{taxable})",
        total=True,
    )


def add_debt(time: Timeline) -> None:
    """The term loan: sculpted to the cash, less a balloon that a new lender must take."""
    sheet = time.sheet(
        "Debt",
        "Debt",
        "At completion the construction loan becomes a term loan, no larger than the sculpted debt and the balloon; equity pays the rest.",
    )
    sheet.section("What the cash carries")
    sheet.line(
        "repaying", "Repayment", "1: yes", "flag", "=IF(AND({period}>Completion,{period}<=Maturity),1,0)"
    )
    sheet.line(
        "sculpt_cash",
        "CFADS, less cover of the balloon's interest after its tax shield",
        *MONEY,
        "={repaying}*MAX(0,{unlevered}+Tax_Rate*MIN(Period_Rate*Balloon,MAX(0,{taxable}))-Target_DSCR*Period_Rate*Balloon)",
    )
    sheet.line(
        "sculpt_taxable",
        "Taxable income less that interest",
        *MONEY,
        "={repaying}*MAX(0,{taxable}-Period_Rate*Balloon)",
    )
    sheet.spill(
        "=TRANSPOSE(HC_DEBT_SCULPT({sculpt_cash:},Target_DSCR,Loan_Rate,Tax_Rate,Periods_Per_Year,{sculpt_taxable:},FALSE))",
        ("s_opening", "Sculpted: opening", *MONEY),
        ("s_interest", "interest", *MONEY),
        ("s_principal", "principal", *MONEY),
        ("s_service", "debt service", *MONEY),
        ("s_closing", "closing", *MONEY),
        ("s_grows", "grows?", "", "general"),
    )
    sheet.section("Term loan")
    sheet.line("opening", "Opening balance", *MONEY, "={balance<}")
    sheet.line(
        "taken", "Taken over at completion", *MONEY, "=IF({period}=Completion,Term_Loan,0)", total=True
    )
    sheet.line("interest", "Interest", *MONEY, "={repaying}*Period_Rate*{opening}", total=True)
    sheet.line("scheduled", "Principal", *MONEY, "={repaying}*Sculpted_Share*{s_principal}", total=True)
    sheet.line("balloon", "Balloon", *MONEY, "=IF({period}=Maturity,Term_Balloon,0)", total=True)
    sheet.line(
        "balance",
        "Closing balance",
        *MONEY,
        "={opening}+{taken}-{scheduled}-{balloon}",
        closing="=0",
        bold=True,
    )
    sheet.section("Debt service without the balloon")
    sheet.line("service", "Debt service", *MONEY, "={interest}+{scheduled}", total=True, bold=True)
    sheet.line(
        "owed",
        "Owed, construction included",
        *MONEY,
        "=IF({period}<Completion,{construction_loan},IF({period}<Maturity,{balance},0))",
        closing="={construction_loan}",
    )


def add_cash(time: Timeline) -> None:
    """Cover, then where the cash goes: reserve, lock-up, owners."""
    sheet = time.sheet(
        "Cash",
        "Cover and cash",
        "The reserve fills from cash; under the lock-up nothing is paid out. #N/A where nothing is due or owed.",
    )
    sheet.section("Cover")
    sheet.spill("=HC_DSCR({cfads:},{service:})", ("dscr", "DSCR", "x", "multiple"))
    sheet.line("covenant", "Covenant", "x", "multiple", "=Min_DSCR")
    sheet.line(
        "below",
        "Under the covenant",
        "1: yes",
        "flag",
        "=IF({service}>0,IF({cfads}<Min_DSCR*{service},1,0),0)",
        total=True,
    )
    sheet.line(
        "llcr",
        "LLCR, balloon included",
        "x",
        "multiple",
        "=IF({repaying}=1,SUMPRODUCT({cfads:}*({period:}>={period})*({period:}<=Maturity)/(1+Period_Rate)^({period:}-{period}+1))/{opening},NA())",
    )
    sheet.line(
        "plcr",
        "PLCR, to the end of the sheet",
        "x",
        "multiple",
        "=IF({repaying}=1,SUMPRODUCT({cfads:}*({period:}>={period})/(1+Period_Rate)^({period:}-{period}+1))/{opening},NA())",
    )
    sheet.line(
        "fall",
        "Fall of revenue that breaks the covenant",
        "share, below 0: broken",
        "share",
        "=IF({service}>0,IF({revenue}>0,({cfads}-Min_DSCR*{service})/{revenue},-1),NA())",
    )
    sheet.line(
        "fall_seen", "The same, 100 % where nothing is due", "share", "share", "=IF({service}>0,{fall},1)"
    )
    sheet.section("Cash account")
    sheet.line("brought", "Brought forward, reserve included", *MONEY, "={reserve<}+{retained<}")
    sheet.line("left", "CFADS less debt service", *MONEY, "={cfads}-{service}", total=True)
    sheet.line(
        "target",
        "Reserve asked for",
        *MONEY,
        "=IF({period}<Maturity,DSRA_Months/Months_Per_Period*{service},0)",
    )
    sheet.line("short", "Short", *MONEY, "=MAX(0,-{brought}-{left})", total=True)
    sheet.line("reserve", "Reserve", *MONEY, "=MAX(0,MIN({target},{brought}+{left}))", closing="=0")
    sheet.line("free", "Free cash", *MONEY, "=MAX(0,{brought}+{left})-{reserve}")
    sheet.line(
        "locked", "Locked up", "1: yes", "flag", "=IF({service}>0,IF({cfads}<Lockup_DSCR*{service},1,0),0)"
    )
    sheet.line("retained", "Kept under the lock-up", *MONEY, "={locked}*{free}", closing="=0")
    sheet.line("paid", "Paid to the owners", *MONEY, "={free}-{retained}", total=True)
