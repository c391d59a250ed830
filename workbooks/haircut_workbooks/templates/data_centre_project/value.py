"""What the site is worth, as a building and as technology; the loss of a default; the price of the risk."""

from haircut_workbooks.templates.lines import Timeline

MONEY = ("USD m", "mn")


def add_value(time: Timeline) -> None:
    """Book, economic and forced-sale value, and the LTV on each."""
    sheet = time.sheet(
        "Value",
        "Value and LTV",
        "A lender who sees a building writes all of it off over the life of the shell; the fit-out is gone long before.",
    )
    sheet.section("As a building")
    sheet.line(
        "spent",
        "Cost so far, with land",
        *MONEY,
        "=Land_Value+(Shell_Total+IT_Total)*{built}",
        closing="=Land_Value",
    )
    sheet.line(
        "book",
        "Book value over the shell's life",
        *MONEY,
        "=Land_Value+(Shell_Total+IT_Total)*{built}*MAX(0,1-{age}/Shell_Life)",
        closing="=Land_Value",
    )
    sheet.section("As technology")
    sheet.spill(
        "=HC_STEP_VALUE(1,{age:},IT_Decay,Density_Time-Live_Density_Earlier,MIN(1,Density_Drop+Live_Density_Drop),0)",
        ("kept", "Share of the fit-out's value left", "share", "share"),
    )
    sheet.line(
        "shell_value",
        "Shell, power and cooling",
        *MONEY,
        "=Shell_Total*{built}*MAX(0,1-{age}/Shell_Life)",
        closing="=0",
    )
    sheet.line("it_value", "Fit-out", *MONEY, "=IT_Total*{built}*IF({age}<IT_Life,{kept},0)", closing="=0")
    sheet.line(
        "technology", "With land", *MONEY, "=Land_Value+{shell_value}+{it_value}", closing="=Land_Value"
    )
    sheet.line(
        "earns",
        "What its cash is worth",
        *MONEY,
        "=SUMPRODUCT({unlevered:}*({period:}>{period})/(1+Period_Discount)^({period:}-{period}))",
        closing="=SUMPRODUCT({unlevered:}*({period:}>{period})/(1+Period_Discount)^({period:}-{period}))",
    )
    sheet.line(
        "economic",
        "Economic value",
        *MONEY,
        "=MAX(Land_Value,MIN({technology},{earns}))",
        closing="=MAX(Land_Value,MIN({technology},{earns}))",
        bold=True,
    )
    sheet.line(
        "sale",
        "Forced sale (uncalibrated)",
        *MONEY,
        "=MIN({economic},(Land_Value+{shell_value}*(1-Sale_Discount)+{it_value}*(1-IT_Sale_Discount))/(1+Discount_Rate)^Sale_Years)",
        closing="=Land_Value/(1+Discount_Rate)^Sale_Years",
        bold=True,
    )
    sheet.section("Loan to value")
    sheet.line("debt_owed", "Debt", *MONEY, "={owed}", closing="={owed}")
    for key, label, value in (
        ("ltv_book", "Book", "book"),
        ("ltv_economic", "Economic", "economic"),
        ("ltv_sale", "Forced sale (uncalibrated)", "sale"),
    ):
        sheet.line(key, label, "share", "share", f"=IF({{debt_owed}}>0,{{debt_owed}}/{{{value}}},NA())")
    sheet.line("ltv_most", "Limit", "share", "share", "=Max_LTV")
    sheet.line(
        "ltv_above",
        "Above the limit in service",
        "1: yes",
        "flag",
        "=IF({debt_owed}>0,IF({period}>=Completion,IF({debt_owed}>Max_LTV*{economic},1,0),0),0)",
        total=True,
    )
    sheet.line(
        "ltv_seen",
        "Economic LTV in service, 0 where nothing is owed",
        "share",
        "share",
        "=IF(AND({debt_owed}>0,{period}>=Completion),{ltv_economic},0)",
    )
    sheet.line(
        "value_fall",
        "Fall of value that breaks the limit",
        "share, below 0: broken",
        "share",
        "=IF({debt_owed}>0,1-{debt_owed}/(Max_LTV*{economic}),NA())",
    )


def add_credit(time: Timeline) -> None:
    """The loss of a default at each date, and the spread that pays for it."""
    sheet = time.sheet(
        "Credit",
        "Price of credit",
        "The tenant's default is the loan's; a base case that runs dry is a default as well. Forced-sale values are uncalibrated.",
    )
    sheet.section("Loss")
    sheet.line(
        "dry",
        "Base case has run dry",
        "1: yes",
        "flag",
        "=MAX({dry<},IF(AND({short}>Cent,{opening}>Cent),1,0))",
        closing="=0",
    )
    sheet.line(
        "pd",
        "Cumulative PD",
        "share",
        "share",
        "=IF(OR({dry}=1,AND({period}>=Maturity,Refused=1)),1,1-(1-Tenant_PD)^{years})",
    )
    sheet.line("exposure", "Owed before the default", *MONEY, "={owed<}")
    sheet.line(
        "lgd",
        "LGD, guarantor counted (uncalibrated)",
        "share",
        "share",
        "=IF({exposure}>0,MAX(0,1-{sale}/{exposure})*(1-Backstop_Share),0)",
    )
    sheet.section("As a lender to utilities sees it")
    sheet.line(
        "utility_pd", "Cumulative PD of project finance", "share", "share", "=1-(1-Utility_PD_Year)^{years}"
    )
    sheet.line("utility_lgd", "Its LGD", "share", "share", "=1-Utility_Recovery")
