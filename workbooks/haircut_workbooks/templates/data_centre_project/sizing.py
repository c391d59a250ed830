"""What does not go through time: the size of the loan, sources and uses, refinancing, long debt on short lives, price."""

from haircut_workbooks.templates.lines import Timeline
from haircut_workbooks.templates.sheets import Result, TemplateBook

SIZE = (
    Result("Gearing_Loan", "Asked for: gearing on all costs, interest and fees, USD m", "=INDEX({a_construction_loan:},Agreed_Completion)", "mn"),
    Result("Sculpted_Debt", "Debt that the lease's cash repays, USD m", "=INDEX({s_opening:},1)", "mn"),
    Result("Cash_Loan", "With the balloon, USD m", "=Sculpted_Debt+Balloon", "mn"),
    Result("Value_Scale", "Share of it within the limit to value at every date", "=MIN(1,MIN({room:}))", "share"),
    Result("Value_Loan", "Loan within that limit, USD m", "=Value_Scale*Cash_Loan", "mn"),
    Result("Term_Loan", "Commitment and term loan: the least of these, USD m", "=MIN(Gearing_Loan,Value_Loan)", "mn"),
    Result("Term_Balloon", "of which balloon, USD m", "=MIN(Balloon*Value_Scale,Term_Loan)", "mn"),
    Result("Sculpted_Share", "Share of the sculpted debt that is used", "=IF(Sculpted_Debt>0,(Term_Loan-Term_Balloon)/Sculpted_Debt,0)", "share"),
    Result("Draw_Share", "Debt's share of a draw", "=Gearing*Term_Loan/Gearing_Loan", "share"),
    Result("Binding", "What sets its size", '=IF(Gearing_Loan<=Value_Loan,"gearing",IF(Value_Scale<1,"value","cash"))', "general"),
)  # fmt: skip
SOURCES = (
    Result("Source_Term", "Term loan, USD m", "={draw#}", "mn"),
    Result("Source_Equity", "Equity during construction, USD m", "={equity#}", "mn"),
    Result("Source_Reserve", "Equity for the reserve, USD m", "={funded#}", "mn"),
    Result("All_Sources", "Sources, USD m", "=Source_Term+Source_Equity+Source_Reserve", "mn"),
)
USES = (
    Result("Use_Land", "Land and grid connection, USD m", "={land#}", "mn"),
    Result("Use_Shell", "Shell, power and cooling, USD m", "={shell#}", "mn"),
    Result("Use_IT", "Fit-out, USD m", "={fit_out#}", "mn"),
    Result("Use_Contingency", "Contingency, USD m", "={contingency#}", "mn"),
    Result("Use_IDC", "Interest during construction, USD m", "={idc#}", "mn"),
    Result("Use_Fees", "Fees, USD m", "={fee#}+{undrawn#}", "mn"),
    Result("Use_Reserve", "Debt service reserve, USD m", "=INDEX({target:},Completion)", "mn"),
    Result("All_Uses", "Uses, USD m", "=Use_Land+Use_Shell+Use_IT+Use_Contingency+Use_IDC+Use_Fees+Use_Reserve", "mn"),
    Result("Capital_Agreed", "Depreciated over the shell's life, as agreed, USD m", "={a_uses#}-{a_land#}-{a_fit_out#}", "mn"),
)  # fmt: skip
REFINANCING = (
    Result("New_Loan", "New loan that could be had at maturity, USD m", "=INDEX({new_loan:},Maturity)", "mn"),
    Result("New_Over_Balloon", "It over the planned balloon", "=IF(Term_Balloon>Cent,New_Loan/Term_Balloon,NA())", "multiple"),
    Result("Level_Payment", "Level payment on the balloon, USD m a half-year", "=Term_Balloon*Refi_Rate/(1-(1+Refi_Rate)^-Refi_Periods)", "mn"),
    Result("Level_DSCR", "Lowest DSCR of a new loan in level payments", "=IF(Term_Balloon>Cent,HC_DSCR_MIN({unlevered:},({period:}>Maturity)*({period:}<=Maturity+Refi_Periods)*Level_Payment),NA())", "multiple"),
    Result("", "Balloon to economic value at maturity", "=IF(INDEX({economic:},Maturity)>0,Term_Balloon/INDEX({economic:},Maturity),NA())", "share"),
    Result("Lease_Tail", "Lease left at maturity, years", "=Lease_End-Tenor_Years", "years"),
    Result("Refi_Revenue_Fall", "Fall of later revenue that leaves the balloon unpaid", "=IF(INDEX({refi_revenue:},Maturity)>0,(INDEX({refi_by_cash:},Maturity)-Term_Balloon)/INDEX({refi_revenue:},Maturity),NA())", "share"),
    Result("", "Fall of value that leaves it unpaid", "=IF(INDEX({refi_by_value:},Maturity)>0,1-Term_Balloon/INDEX({refi_by_value:},Maturity),NA())", "share"),
    Result("Refi_Rate_Room", "Rise of his rate that leaves the balloon unpaid", "=(Refi_Break-Refi_Rate)*Periods_Per_Year", "rate"),
    Result("Refused", "Balloon not paid in full, 1: yes", "=IF(Term_Balloon>Cent,IF(New_Loan<Term_Balloon-Cent,1,0),0)", "flag"),
)  # fmt: skip
MISMATCH = (
    Result("", "Average life of the debt, years from closing", "=HC_WAL({repaid:},{years:})", "years"),
    Result("Debt_Duration", "Duration of the debt from completion, years", "=HC_MACAULAY({to_lender:},{age:},Loan_Rate,Periods_Per_Year)", "years"),
    Result("Building_Duration", "Duration of a level rent over the shell's life, years", "=HC_RENT_DURATION(0,Discount_Rate,Shell_Life)", "years"),
    Result("Site_Duration", "Duration of the site's own cash from completion, years", "=HC_MACAULAY({unlevered:},{age:},Discount_Rate)", "years"),
    Result("IT_Duration", "Duration of what is in the building, years", "=HC_RENT_DURATION(1-EXP(-IT_Decay),Discount_Rate,IT_Life)", "years"),
    Result("Building_Gap", "Duration gap, as a building", "=HC_DURATION_GAP(Building_Duration,Debt_Duration,Term_Loan,INDEX({book:},Completion))", "years"),
    Result("", "Duration gap, on the site's own cash", "=IFERROR(HC_DURATION_GAP(Site_Duration,Debt_Duration,Term_Loan,INDEX({economic:},Completion)),NA())", "years"),
    Result("Duration_Gap", "Duration gap, on what is in the building", "=HC_DURATION_GAP(IT_Duration,Debt_Duration,Term_Loan,INDEX({economic:},Completion))", "years"),
    Result("On_Scrap", "Debt owed when the fit-out (the tenant's own, if he pays it) is scrap, USD m", "=HC_BALLOON_ON_SCRAP({owed::},{years::},Service_Year+IT_Life)", "mn"),
    Result("Debt_At_Lease_End", "Debt owed when the lease ends, USD m", "=HC_BALLOON_ON_SCRAP({owed::},{years::},Service_Year+Lease_End)", "mn"),
    Result("", "Loan to written-down cost when the fit-out is scrap", "=INDEX({ltv_book:},MIN(Periods,Completion+IT_Periods))", "share"),
    Result("Scrap_Economic_LTV", "LTV on economic value then", "=INDEX({ltv_economic:},MIN(Periods,Completion+IT_Periods))", "share"),
    Result("Highest_LTV", "Highest LTV on economic value in service", "=MAX({ltv_seen:})", "share"),
)  # fmt: skip
FAIR = "Base_Effective,Hurdle,Asset_Correlation,Capital_Confidence,Liquidity_Premium)"
PRICE = (
    Result("Fair_Spread", "Fair spread (uncalibrated)", f"=IFERROR(HC_FAIR_SPREAD({{pd:}},{{lgd:}},{{exposure:}},{{years:}},{FAIR},NA())", "bp"),
    Result("Utility_Spread", "Fair spread with a utility's PD and recovery", f"=IFERROR(HC_FAIR_SPREAD({{utility_pd:}},{{utility_lgd:}},{{exposure:}},{{years:}},{FAIR},NA())", "bp"),
    Result("Worst_Dark_Loss", "Most that is lost if the tenant leaves, USD m (uncalibrated)", "=MAX({dark_loss:})", "mn"),
    Result("Worst_Dark_LGD", "Highest LGD then, guarantor counted (uncalibrated)", "=MAX({lgd_dark:})", "share"),
    Result("Maturity_LGD", "LGD of a balloon that nobody refinances (uncalibrated)", "=INDEX({lgd_let:},Maturity)", "share"),
)  # fmt: skip
OWNERS = (
    Result("Equity_IRR", "Owners' return to the end of the shell's life, a year", "=(1+Owners_Rate)^Periods_Per_Year-1", "share"),
    Result("Equity_In", "Paid in by owners, USD m", "={equity#}+{funded#}+{short#}-{advanced#}", "mn"),
    Result("Equity_Out", "Paid out to owners, USD m", "={paid#}+{last#}", "mn"),
    Result("Locked_Periods", "Half-years under the lock-up", "={locked#}", "count"),
    Result("", "First of them ends (none: #N/A)", "=IF({locked#}>0,INDEX({date:},MATCH(1,{locked:},0)),NA())", "date"),
    Result("", "Most cash kept under it, USD m", "=MAX({retained:})", "mn"),
)  # fmt: skip
LATE = (
    Result("", "Delay that the reserve pays for if payments fall due as agreed, years", "=IF(INDEX({planned_service:},Completion+1)>0,Source_Reserve/INDEX({planned_service:},Completion+1)/Periods_Per_Year,NA())", "years"),
    Result("", "Delay that the lease's tail bears if the lease ends on its date, years", "=Lease_Years-Tenor_Years", "years"),
    Result("", "Interest of half a year of delay, USD m", "=Live_Rate*Term_Loan", "mn"),
    Result("Survived", "Half-years of debt service in which the loan would live through the tenant's default", "={survives#}", "count"),
)  # fmt: skip
BLOCKS = (
    ("Sources and uses", (("Size of the loan", SIZE), ("Sources", SOURCES), ("Uses", USES), ("Owners", OWNERS)), "The loan at completion; sources equal uses. Land is bought, and counts on both sides; contingency, interest and fees add no value."),
    ("Refinancing", (("Balloon", REFINANCING), ("Long debt, short-lived assets", MISMATCH), ("Price of the risk", PRICE), ("Delay and default", LATE)), "What a new lender would have to believe, what the debt outlives, and what the risk is worth."),
)  # fmt: skip


def add_blocks(book: TemplateBook, time: Timeline) -> None:
    """Write the tables that do not go through time."""
    for name, blocks, subtitle in BLOCKS:
        sheet = book.sheet(name, name, subtitle, [2, 88, 18, 30])
        sheet.write_formula(2, 1, "=Deal", book.style(bold=True))
        row = 4
        for title, lines in blocks:
            book.section(sheet, row, title, 2)
            row = book.results(sheet, row + 1, time.placed(lines)) + 1
