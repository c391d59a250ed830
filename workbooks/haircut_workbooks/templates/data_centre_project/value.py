"""What the site is worth, with its tenant and without; the loss of a default; the price of the risk."""

from haircut_workbooks.templates.data_centre_project.case import MONEY, PRESENT, worth
from haircut_workbooks.templates.data_centre_project.project import LIVE
from haircut_workbooks.templates.lines import Timeline


def add_value(time: Timeline) -> None:
    """Book, economic and forced-sale value, and the LTV on each."""
    sheet = time.sheet("Value", "Value and LTV", "Built at the agreed cost: money overrun is no value. Stressed values know how the case goes on. A lender who sees a building writes all of it off over the life of the shell.")  # fmt: skip
    sheet.section("As a building")
    sheet.line("book", "Agreed cost, written down over the shell's life", *MONEY, "=Land+(Shell_Agreed+IT_Agreed)*{built}*MAX(0,1-{age}/Shell_Life)")  # fmt: skip
    worth(sheet, LIVE, "built", "0")
    sheet.section("Sold in a hurry (uncalibrated)")
    at_sale = "/(1+Discount_Rate)^Sale_Years"
    sheet.line("unfinished", "Half built: cost so far, less the discount", *MONEY, f"=(Land+({{shell_value}}+{{it_value}})*(1-Unfinished_Discount)){at_sale}")  # fmt: skip
    sheet.line("by_cost", "Finished: cost less age, less the discounts", *MONEY, f"=(Land+{{shell_value}}*(1-Sale_Discount)+{{it_value}}*(1-IT_Sale_Discount)){at_sale}")  # fmt: skip
    left = "Land/(1+Discount_Rate)^MAX(0,Shell_Life+Service_Year-{years})"
    let = "({period:}>{period}+Downtime)*({next_cash:}+{opex:})-{opex:}"
    sheet.line("dark", "Empty now, then let anew; at least the land", *MONEY, f"=MAX(Land,SUMPRODUCT(({{period:}}>{{period}})*({let})*{PRESENT})+{left})")  # fmt: skip
    sheet.line("sale_dark", "Forced sale, tenant gone", *MONEY, "=IF({period}<Completion,{unfinished},MIN({by_cost},{dark}))", closing="=0", bold=True)  # fmt: skip
    sheet.line("sale_let", "Forced sale, tenant as in the case", *MONEY, "=IF({period}<Completion,{unfinished},MIN({by_cost},{economic}*(1-Sale_Discount)))", closing="=0", bold=True)  # fmt: skip
    sheet.section("Loan to value")
    sheet.line("debt_owed", "Debt", *MONEY, "={owed}")
    for key, label, value in (
        ("ltv_book", "Loan to written-down cost", "book"),
        ("ltv_economic", "Economic", "economic"),
        ("ltv_dark", "Forced sale, tenant gone (uncalibrated)", "sale_dark"),
    ):
        sheet.line(key, label, "share", "share", f"=IF(AND({{debt_owed}}>Cent,{{{value}}}>0),{{debt_owed}}/{{{value}}},NA())")  # fmt: skip
    sheet.line("ltv_most", "Limit", "share", "share", "=Max_LTV")
    sheet.line("ltv_above", "Above the limit in service", "1: yes", "flag", "=IF({period}>=Completion,IF({debt_owed}>Max_LTV*{economic}+Cent,1,0),0)", total=True)  # fmt: skip
    sheet.line("ltv_seen", "Economic LTV in service, 0 where nothing is owed", "share", "share", "=IF(AND({debt_owed}>Cent,{period}>=Completion,{economic}>0),{ltv_economic},0)")  # fmt: skip


def add_credit(time: Timeline) -> None:
    """The loss of a default at each date, and what the spread has to pay for."""
    sheet = time.sheet("Credit", "Price of credit", "The tenant's default is the loan's and leaves the site empty; where the case itself does not pay, default is certain and the site is sold as it stands. Debt and value both at the start of the half-year.")  # fmt: skip
    sheet.section("Loss")
    sheet.line("pd", "Cumulative PD", "share", "share", "=IF({dry}=1,1,1-(1-Tenant_PD)^{years}*(1-Completion_PD)^MIN({years},Service_Year))")  # fmt: skip
    sheet.line("exposure", "Owed before the default", *MONEY, "={owed<}")
    sheet.line("lgd_dark", "LGD, tenant gone, guarantor counted (uncal.)", "share", "share", "=IF({exposure}>Cent,MAX(0,1-{sale_dark<}/{exposure})*(1-Backstop_Share),0)")  # fmt: skip
    sheet.line("lgd_let", "LGD, the case itself does not pay (uncal.)", "share", "share", "=IF({exposure}>Cent,MAX(0,1-{sale_let<}/{exposure}),0)")  # fmt: skip
    sheet.line("lgd", "LGD that is priced (uncalibrated)", "share", "share", "=IF({dry}=1,{lgd_let},{lgd_dark})", bold=True)  # fmt: skip
    sheet.section("As a lender to utilities sees it")
    sheet.line("utility_pd", "Cumulative PD of project finance", "share", "share", "=1-(1-Utility_PD_Year)^{years}")  # fmt: skip
    sheet.line("utility_lgd", "Its LGD", "share", "share", "=1-Utility_Recovery")


def add_stress(time: Timeline) -> None:
    """Period by period: how far each thing may move before something breaks."""
    sheet = time.sheet("Reverse stress", "What breaks it, half-year by half-year", "How far each thing may move, alone, before the covenant, the limit or the refinancing breaks; below 0: broken already. Tax as in the case. #N/A where nothing is due.")  # fmt: skip
    sheet.section("DSCR covenant")
    sheet.line("fall", "Fall of revenue", "share", "share", "=IF({service}>0,IF({revenue}>0,({cfads}-Min_DSCR*{service})/{revenue},-1),NA())")  # fmt: skip
    sheet.line("rate_room", "Rise of the loan's rate", "annual", "rate", "=IF({service}>0,IF({opening}>Cent,({cfads}/Min_DSCR-{service})/{opening}*Periods_Per_Year,NA()),NA())")  # fmt: skip
    sheet.line("cost_room", "Rise of operating cost", "share", "share", "=IF({service}>0,IF({opex}>0,({cfads}-Min_DSCR*{service})/{opex},NA()),NA())")  # fmt: skip
    sheet.line("fall_seen", "Fall of revenue, 100 % where nothing is due", "share", "share", "=IF({service}>0,{fall},1)")  # fmt: skip
    sheet.line("rate_seen", "Rise of rate, 100 % where nothing is due", "annual", "rate", "=IF(AND({service}>0,{opening}>Cent),{rate_room},1)")  # fmt: skip
    sheet.section("Limit to value")
    sheet.line("value_fall", "Fall of economic value", "share", "share", "=IF(AND({debt_owed}>Cent,{period}>=Completion,{economic}>0),1-{debt_owed}/(Max_LTV*{economic}),NA())")  # fmt: skip
    sheet.section("The tenant leaves at the start of the half-year")
    sheet.line("runway", "Reserve and kept cash last for", "years", "years", "=IF({service}>0,{brought}/({service}+{opex})/Periods_Per_Year,NA())")  # fmt: skip
    sheet.line("next_cover", "DSCR on the rent of the next tenant", "x", "multiple", "=IF({service}>0,{next_cash}/{service},NA())")  # fmt: skip
    sheet.line("survives", "The loan lives through it", "1: yes", "flag", "=IF({service}>0,IF(AND({runway}>=Downtime_Years,{next_cover}>=1),1,0),0)", total=True)  # fmt: skip
    sheet.line("dark_loss", "Loss if it does not (uncalibrated)", *MONEY, "={lgd_dark}*{exposure}", bold=True)  # fmt: skip
    sheet.section("Refinancing, were all of it due then")
    sheet.line("refi_fall_seen", "Fall of later revenue", "share", "share", "={refi_fall}")
    sheet.line("refi_value_seen", "Fall of value", "share", "share", "={refi_value_fall}")
