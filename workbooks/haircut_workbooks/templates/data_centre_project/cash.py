"""The loan and the cash: what is planned, what is due, what is paid; reserve, sweep, lock-up, owners."""

from haircut_workbooks.templates.data_centre_project.case import MONEY
from haircut_workbooks.templates.lines import Timeline


def add_debt(time: Timeline) -> None:
    """The plan that was agreed, and the balance that is really owed."""
    sheet = time.sheet("Debt", "Debt", "At completion the construction loan becomes the term loan. A late completion moves the plan, not its amounts. What is not paid stays owed, with interest.")  # fmt: skip
    sheet.section("As planned")
    sheet.line("repaying", "Repayment", "1: yes", "flag", "=IF(AND({period}>Completion,{period}<=Maturity),1,0)")  # fmt: skip
    sheet.line("scheduled", "Principal", *MONEY, "={repaying}*Sculpted_Share*INDEX({s_principal:},MAX(1,{period}-Completion))", total=True)  # fmt: skip
    sheet.line("balloon", "Balloon", *MONEY, "=IF({period}=Maturity,Term_Balloon,0)", total=True)
    sheet.line("planned", "Balance", *MONEY, "={planned<}+IF({period}=Completion,Term_Loan,0)-{scheduled}-{balloon}", closing="=0")  # fmt: skip
    sheet.line("planned_service", "Debt service without the balloon", *MONEY, "={repaying}*Live_Rate*{planned<}+{scheduled}", total=True)  # fmt: skip
    sheet.section("As it comes")
    sheet.line("opening", "Opening balance", *MONEY, "={balance<}")
    sheet.line("taken", "Construction loan taken over", *MONEY, "=IF({period}=Completion,{construction_loan},0)", total=True)  # fmt: skip
    sheet.line("interest", "Interest", *MONEY, "=Live_Rate*{opening}", total=True)
    sheet.line("due", "Due, with balloon and arrears; all after a default", *MONEY, "=IF({dry<}=1,{opening}+{interest},{interest}+MIN({opening},MAX(0,{opening}+{swept_so_far<}-{planned})))", total=True)  # fmt: skip
    sheet.line("paid_debt", "Paid of it", *MONEY, "=MIN({due},MAX(0,{available}))", total=True)
    sheet.line("advanced", "Costs of the site that the lender must pay", *MONEY, "=IF({opening}>Cent,{short},0)", total=True)  # fmt: skip
    sheet.line("balance", "Closing balance", *MONEY, "={opening}+{taken}+{interest}-{paid_debt}+{advanced}-{swept}", closing="=0", bold=True)  # fmt: skip
    sheet.line("dry", "In default: something due was not paid", "1: yes", "flag", "=MAX({dry<},IF({due}-{paid_debt}>Cent,1,0))", closing="=0")  # fmt: skip
    sheet.section("For the ratios")
    sheet.line("service", "Debt service without balloon and arrears", *MONEY, "={repaying}*({interest}+{scheduled})", total=True, bold=True)  # fmt: skip
    sheet.line("repaid", "Planned principal and balloon", *MONEY, "={scheduled}+{balloon}", total=True)
    sheet.line("to_lender", "Planned service and balloon", *MONEY, "={planned_service}+{balloon}", total=True)  # fmt: skip
    sheet.line("owed", "Owed, construction included", *MONEY, "=IF({period}<Completion,{construction_loan},{balance})", closing="=0")  # fmt: skip


def add_cash(time: Timeline) -> None:
    """Cover, then where the cash goes: lenders, reserve, sweep, lock-up, owners."""
    sheet = time.sheet("Cash", "Cover and cash", "Equity fills the reserve at completion. Under the lock-up nothing is paid out. #N/A where nothing is due or owed.")  # fmt: skip
    sheet.section("Cover, balloon left out of what is due")
    sheet.spill("=HC_DSCR({cfads:},{service:})", ("dscr", "DSCR", "x", "multiple"))
    sheet.line("covenant", "Covenant", "x", "multiple", "=Min_DSCR")
    sheet.line("below", "Under the covenant", "1: yes", "flag", "=IF({service}>0,IF({cfads}<Min_DSCR*{service}-Cent,1,0),0)", total=True)  # fmt: skip
    sheet.section("Cover of the whole loan")
    worth = "SUMPRODUCT({cfads:}*({period:}>={period}){to}/(1+Live_Rate)^({period:}-{period}+1))"
    to_maturity = worth.replace("{to}", "*({period:}<=Maturity)")
    to_end = worth.replace("{to}", "")
    for key, label, over in (
        ("llcr_part", "LLCR on what is repaid by maturity", f"{to_maturity}/({{opening}}-Term_Balloon/(1+Live_Rate)^(Maturity-{{period}}+1))"),
        ("llcr", "LLCR, balloon included", f"{to_maturity}/{{opening}}"),
        ("plcr", "PLCR, to the end of the shell's life", f"{to_end}/{{opening}}"),
    ):  # fmt: skip
        sheet.line(key, label, "x", "multiple", f"=IF({{repaying}}=1,IF({{opening}}>Cent,{over},NA()),NA())")
    sheet.section("Cash account")
    sheet.line("brought", "Brought forward, reserve included", *MONEY, "={reserve<}+{retained<}")
    sheet.line("funded", "Reserve that equity funds", *MONEY, "=IF({period}=Completion,{target},0)", total=True)  # fmt: skip
    sheet.line("refinanced", "New lender's loan", *MONEY, "=IF({period}=Maturity,IF({dry<}=1,0,MIN({new_loan},MAX(0,{opening}-{scheduled}))),0)", total=True)  # fmt: skip
    sheet.line("new_share", "It, over the most that his years repay", "share", "share", "=IF({period}=Maturity,{refinanced}/MAX(Cent,{refi_by_cash}),{new_share<})", closing="=0")  # fmt: skip
    sheet.line("new_service", "Its debt service, empty half-years reserved for", *MONEY, "=IF({period}<=Maturity+Refi_Periods,{new_share<}*{refi_cash},0)", total=True)  # fmt: skip
    sheet.line("available", "For debt service, the balloon and arrears", *MONEY, "={brought}+{funded}+{cfads}+{refinanced}-{new_service}")  # fmt: skip
    sheet.line("short", "Short: costs of the site without cash", *MONEY, "=MAX(0,-{available})", total=True)  # fmt: skip
    sheet.line("left", "Left after what is paid", *MONEY, "=MAX(0,{available})-{paid_debt}")
    ahead = "SUMPRODUCT(({period:}>{period})*({period:}<={period}+DSRA_Periods)*{planned_service:})"
    sheet.line("target", "Reserve asked for: service to come", *MONEY, f"={ahead}")
    sheet.line("reserve", "Reserve", *MONEY, "=MIN({target},{left})", closing="=0")
    sheet.line("swept", "Swept towards the balloon", *MONEY, "={repaying}*MIN(Sweep*({left}-{reserve}),{opening}+{interest}-{paid_debt})", total=True)  # fmt: skip
    sheet.line("swept_so_far", "Swept so far", *MONEY, "={swept_so_far<}+{swept}", closing="=0")
    sheet.line("locked", "Locked up", "1: yes", "flag", "=IF({service}>0,IF({cfads}<Lockup_DSCR*{service}-Cent,1,0),0)", total=True)  # fmt: skip
    sheet.line("retained", "Kept under the lock-up", *MONEY, "={locked}*({left}-{reserve}-{swept})", closing="=0")  # fmt: skip
    sheet.line("paid", "Paid to the owners", *MONEY, "={left}-{reserve}-{swept}-{retained}", total=True, bold=True)  # fmt: skip
    sheet.section("Owners")
    sheet.line("last", "Land and maintenance reserve at the end", *MONEY, "=IF({period}=End_Of_Life,IF({balance}>Cent,0,Land+{maintenance}),0)", total=True)  # fmt: skip
    sheet.line("owners", "Owners' cash flow", *MONEY, "={paid}+{last}-{equity}-{funded}-({short}-{advanced})", total=True, bold=True)  # fmt: skip


def add_refinancing(time: Timeline) -> None:
    """What a new lender would lend at each date, on the cash and the value that he would find then."""
    sheet = time.sheet("New lender", "What a new lender would lend", "His DSCR on the cash of his own years, whatever lease is left, empty half-years paid out of his loan; his limit to value. Tax relief on his interest, or on a fall of rent, is not counted.")  # fmt: skip
    sheet.section("New loan")
    sheet.line("refi_cash", "Cash over his DSCR; what is missing in full", *MONEY, "=IF({unlevered}>0,{unlevered}/Refi_Min_DSCR,{unlevered})")  # fmt: skip
    window = "({period:}>{period})*({period:}<={period}+Refi_Periods)/(1+Refi_Rate)^({period:}-{period})"
    sheet.line("refi_by_cash", "Loan that it repays", *MONEY, f"=SUMPRODUCT({{refi_cash:}}*{window})")
    sheet.line("refi_by_value", "Loan within his limit to value", *MONEY, "=MAX(0,Refi_Max_LTV-Live_Refi_LTV)*{economic}")  # fmt: skip
    sheet.line("new_loan", "New loan", *MONEY, "=MAX(0,MIN({refi_by_cash},{refi_by_value}))", bold=True)
    sheet.line("refi_flow", "The balloon lent, and what his cash repays of it", *MONEY, "=IF({period}=Maturity,-Term_Balloon,IF(AND({period}>Maturity,{period}<=Maturity+Refi_Periods),{refi_cash},0))")  # fmt: skip
    sheet.section("Against what is owed")
    sheet.line("refi_owed", "Owed", *MONEY, "={owed}")
    sheet.line("refi_short", "Not refinanced, were it due then", *MONEY, "={repaying}*MAX(0,{owed}-{new_loan})")  # fmt: skip
    sheet.line("refi_revenue", "Revenue of his years, as he counts it", *MONEY, f"=SUMPRODUCT({{revenue:}}*{window})/Refi_Min_DSCR")  # fmt: skip
    sheet.line("refi_fall", "Fall of that revenue that leaves it unpaid", "share", "share", "=IF(AND({repaying}=1,{refi_revenue}>0),({refi_by_cash}-{owed})/{refi_revenue},NA())")  # fmt: skip
    sheet.line("refi_value_fall", "Fall of value that leaves it unpaid", "share", "share", "=IF(AND({repaying}=1,{refi_by_value}>0),1-{owed}/{refi_by_value},NA())")  # fmt: skip
    for case, key in (("Quoted", "q"), ("Converged", "c")):
        sheet.section(f"Cash in a bad year, correlations {'as quoted' if key == 'q' else 'converged'}")
        sheet.line(f"{key}_cash", "CFADS with the next tenant's rent of that year", *MONEY, f"={{unlevered}}-(1-{case}_Rent_Left)*{{relet}}*{{next_revenue}}")  # fmt: skip
        sheet.line(f"{key}_over", "The same over his DSCR; what is missing in full", *MONEY, f"=IF({{{key}_cash}}>0,{{{key}_cash}}/Refi_Min_DSCR,{{{key}_cash}})")  # fmt: skip
