"""The cover, which answers the three questions, and the checks."""

from xlsxwriter.chart import Chart

from haircut_workbooks.templates.cover import LEFT, REPORTED, RIGHT, Cover, line_chart
from haircut_workbooks.templates.lines import Timeline
from haircut_workbooks.templates.sheets import Result, TemplateBook


def _millions(amount: str) -> str:
    return f'TEXT(ROUND(({amount})/Million,0),"#,##0")&" m"'


def _percent(share: str) -> str:
    return f'TEXT(ROUND({share},2),"0%")'


HEADLINE = '=Deal&" | "&Tenant&" | case: "&Scenario'
VERDICT = (
    '=IF(Term_Loan<=Cent,"No: nothing here carries debt.",IF(Out_Broken_Tests=0,"Yes: USD ","Not as it stands: of USD ")&' + _millions("Term_Loan")
    + '&IF(Out_Broken_Tests=0," at most; no test is broken.",", "&Out_Broken_Tests&IF(Out_Broken_Tests=1," test is broken."," tests are broken."))'
    + '&" Asked: USD "&' + _millions("Gearing_Loan") + '&"; the size is set by "&Binding&". On technology-grade assumptions: USD "&' + _millions("Technology_Debt") + '&".")'
)  # fmt: skip
SPREAD = (
    '=IF(Term_Loan<=Cent,"At none.","Quoted "&TEXT(ROUND(Quoted_Spread,0),"0")&" bp over base; fair "&TEXT(ROUND(Fair_Spread,0),"0")&" bp (uncalibrated): if the tenant leaves, up to "&'
    + _percent("Worst_Dark_LGD") + '&" of the debt is lost. With a utility\'s default and recovery: "&TEXT(ROUND(Utility_Spread,0),"0")&" bp. On paths: "&TEXT(ROUND(Scenario_Spread,0),"0")&" bp, converged "&TEXT(ROUND(Converged_Spread,0),"0")&" bp.")'
)  # fmt: skip
BREAKS = (
    '=IF(Term_Loan<=Cent,"Nothing is lent.",IF(ROUND(Out_Fall_Of_Revenue,2)<=0,"The DSCR covenant is broken already. ","Revenue "&' + _percent("Out_Fall_Of_Revenue") + '&" lower, or a loan rate "&TEXT(ROUND(Out_Rate_Rise,3),"0.0%")&" higher, breaks the DSCR covenant. ")'
    + '&IF(ROUND(Out_Fall_Of_Value,2)<=0,"Value has no room left under the LTV limit. ","A value "&' + _percent("Out_Fall_Of_Value") + '&" lower breaks the LTV limit. ")'
    + '&IF(Survived=0,"No date is safe from the tenant\'s default. ","The loan lives through the tenant\'s default in "&Survived&" half-years. ")'
    + '&IF(Term_Balloon<=Cent,"There is no balloon.",IF(Refused=1,"USD "&' + _millions("Term_Balloon-New_Loan") + '&" of the balloon find no new lender.","Later revenue "&' + _percent("Refi_Revenue_Fall") + '&" lower leaves the balloon unpaid.")))'
)  # fmt: skip
TESTS = (
    ("Breach_DSCR", "DSCR under its covenant", "={below#}>0"),
    ("Breach_LTV", "Debt over its limit to economic value, in service", "={ltv_above#}>0"),
    ("Breach_Runs_Dry", "Something due is not paid", "=INDEX({dry:},Periods)=1"),
    ("Breach_Tenor", "Debt outlives the lease by more than a tenth", "=Debt_At_Lease_End>Tail_Share*Term_Loan"),
    ("Breach_Refinancing", "Nobody would lend the whole balloon anew", "=Refused=1"),
    ("Breach_PLCR", "PLCR at completion under its least", "=Out_PLCR<Min_PLCR"),
    ("Breach_Debt_Grows", "The agreed schedule lets debt grow", "=SUMPRODUCT(({s_principal:}<-Cent)*({period:}<=Payments))>0"),
    ("Breach_Dark_Uncalibrated", "A default of the tenant would cost money (uncal.)", "=Worst_Dark_Loss>Cent"),
    ("Breach_Price_Uncalibrated", "Paid less than the fair spread (uncal.)", "=Quoted_Spread<Fair_Spread"),
)  # fmt: skip
BROKEN = "=" + "+".join(f"IF({name},1,0)" for name, *_ in TESTS if not name.endswith("_Uncalibrated"))
CASH = (
    Result("Out_Debt", "Term loan, USD m", "=Term_Loan", "mn"),
    Result("Out_Asked", "Asked for, USD m", "=Gearing_Loan", "mn"),
    Result("Rank", "Share of it that does not pass; ranks a portfolio", "=1-Term_Loan/Gearing_Loan", "share"),
    Result("Out_Equity", "Equity, the reserve included, USD m", "=Source_Equity+Source_Reserve", "mn"),
    Result("Out_Binding", "What sets the size", "=Binding", "general"),
    Result("Out_Min_DSCR", "Lowest DSCR, balloon left out", "=HC_DSCR_MIN({cfads:},{service:})", "multiple"),
    Result("Out_LLCR_Part", "LLCR on what is repaid by maturity", "=INDEX({llcr_part:},Completion+1)", "multiple"),
    Result("Out_LLCR", "LLCR, balloon included, cash to maturity", "=INDEX({llcr:},Completion+1)", "multiple"),
    Result("Out_PLCR", "PLCR, cash to the end of the shell's life", "=INDEX({plcr:},Completion+1)", "multiple"),
    Result("Out_Fall_Of_Revenue", "Fall of revenue that breaks the covenant (tax as it is)", "=MIN({fall_seen:})", "share"),
    Result("Out_Rate_Rise", "Rise of the loan's rate that breaks it (likewise)", "=MIN({rate_seen:})", "rate"),
    Result("Out_Periods_Below", "Half-years under the covenant", "={below#}", "count"),
    Result("Out_New_Over_Balloon", "New loan that could be had, over the balloon", "=New_Over_Balloon", "multiple"),
    Result("Out_Refi_DSCR", "Lowest DSCR of a new loan in level payments", "=Level_DSCR", "multiple"),
    Result("Out_Refi_Rate_Rise", "Rise of the new lender's rate that leaves it unpaid", "=Refi_Rate_Room", "rate"),
    Result("Out_Lease_Tail", "Lease left at maturity, years", "=Lease_Tail", "years"),
    Result("Out_Debt_At_Lease_End", "Debt when the lease ends, USD m", "=Debt_At_Lease_End", "mn"),
    Result("Out_Equity_IRR", "Owners' return a year", "=Equity_IRR", "share"),
    Result("Out_Locked_Periods", "Half-years under the lock-up", "=Locked_Periods", "count"),
    Result("Out_Broken_Tests", "Tests broken, without the uncalibrated", BROKEN, "count"),
)  # fmt: skip
PRICE = (
    Result("Out_Fair_Spread_Uncalibrated", "Fair spread (uncal.)", "=Fair_Spread", "bp"),
    Result("Out_Quoted_Spread", "Quoted spread", "=Quoted_Spread", "bp"),
    Result("Out_Spread_Gap_Uncalibrated", "Quoted less fair (uncal.)", "=HC_SPREAD_GAP(Quoted_Spread,Fair_Spread)", "bp"),
    Result("Out_Utility_Spread", "Fair with a utility's default and recovery", "=Utility_Spread", "bp"),
    Result("Out_Scenario_PD", "Default by maturity on paths (uncal.)", "=Scenario_PD", "share"),
    Result("Out_Converged_Spread_Uncalibrated", "Fair on paths, converged (uncal.)", "=Converged_Spread", "bp"),
    REPORTED,
)  # fmt: skip
VALUE = (
    Result("Out_Closing_Book_LTV", "Loan to written-down cost at completion", "=INDEX({ltv_book:},Completion)", "share"),
    Result("Out_Closing_Economic_LTV", "LTV on economic value then", "=INDEX({ltv_economic:},Completion)", "share"),
    Result("Out_Closing_Dark_LTV_Uncalibrated", "LTV on a forced sale then, tenant gone (uncal.)", "=INDEX({ltv_dark:},Completion)", "share"),
    Result("Out_Highest_LTV", "Highest economic LTV in service", "=Highest_LTV", "share"),
    Result("Out_Fall_Of_Value", "Fall of value that breaks the limit", "=1-Highest_LTV/Max_LTV", "share"),
    Result("Out_Duration_Gap", "Duration gap on what is in the building, years", "=Duration_Gap", "years"),
    Result("Out_Building_Gap", "The same as if it were a building, years", "=Building_Gap", "years"),
    Result("Out_On_Scrap", "Debt when the fit-out is scrap, USD m", "=On_Scrap", "mn"),
    Result("Out_Technology_LTV", "LTV on economic value when the fit-out is scrap", "=Scrap_Economic_LTV", "share"),
    Result("Out_Dark_LGD_Uncalibrated", "Highest LGD, tenant gone (uncal.)", "=Worst_Dark_LGD", "share"),
    Result("Out_Maturity_LGD_Uncalibrated", "LGD of a balloon nobody refinances (uncal.)", "=Maturity_LGD", "share"),
    Result("Out_Converged_LGD_Uncalibrated", "LGD in a converged bad year, tenant gone (uncal.)", "=Converged_LGD", "share"),
    Result("Out_Converged_Not_Refinanced", "Balloon unpaid in such a year, USD m", "=Converged_Not_Refinanced", "mn"),
)  # fmt: skip
VIEWS = (
    Result("Out_Utility_Debt", "Debt on utility-grade assumptions, USD m", "=Utility_Debt", "mn"),
    Result("Out_Technology_Debt", "Debt on technology-grade assumptions, USD m", "=Technology_Debt", "mn"),
    Result("Out_Illusion_DSCR", "Utility-grade debt, technology-grade facts: lowest DSCR", "=Illusion_DSCR", "multiple"),
    Result("Out_Illusion_Spread_Uncalibrated", "Its fair spread (uncal.)", "=Illusion_Spread", "bp"),
)  # fmt: skip
CHARTS = (
    ("Loan to value, cut off at 200 %", "0%", 0, 2, (("Written-down cost", "ltv_book"), ("Economic", "ltv_economic"), ("Forced sale, tenant gone (uncal.)", "ltv_dark"), ("Limit", "ltv_most"))),
    ("CFADS and debt service, USD m a half-year", "0,,", None, None, (("CFADS", "cfads"), ("Debt service", "service"))),
    ("What is owed, and what a new lender would lend, USD m", "0,,", 0, None, (("Owed", "refi_owed"), ("New loan", "new_loan"), ("Forced sale, tenant gone (uncal.)", "sale_dark"))),
    ("One project, two views, USD m", "0,,", 0, None, (("Debt, utility-grade", "u_owed"), ("Value, technology-grade", "t_economic"), ("Debt, technology-grade", "t_owed"))),
)  # fmt: skip


def fill(cover: Cover, time: Timeline) -> None:
    """Answer the three questions, then the figures, the tests and the charts."""
    cover.answers(HEADLINE, VERDICT, SPREAD, BREAKS)
    cover.figures(LEFT, "Loan and cover", time.placed(CASH))
    cover.figures(LEFT, "Price", time.placed(PRICE))
    cover.figures(RIGHT, "Value and loss", time.placed(VALUE))
    cover.figures(RIGHT, "One project, two views", time.placed(VIEWS))
    cover.tests("Tests (TRUE: broken)", [(name, label, time.text(formula)) for name, label, formula in TESTS])
    cover.charts(_charts(cover.book, time))


def _charts(book: TemplateBook, time: Timeline) -> list[Chart]:
    dates = time.text("{date:}")
    return [
        line_chart(book, title, dates, [(label, time.text(f"{{{key}:}}")) for label, key in series], number, "yyyy", low=low, high=high, every=8)
        for title, number, low, high, series in CHARTS
    ]  # fmt: skip


CASH_IN = "{funded#}+{cfads#}+{refinanced#}+{short#}"
CASH_OUT = "{paid_debt#}+{new_service#}+{swept#}+{paid#}+INDEX({reserve:},Periods)+INDEX({retained:},Periods)"
CHECKS = (
    ("Sources_Uses", "Sources equal uses", "=ABS(All_Sources-All_Uses)<=Cent"),
    ("Uses_Tie", "The uses by period add up", "=ABS({uses#}+{funded#}-All_Uses)<=Cent"),
    ("Value_Is_Bought", "What stands at agreed cost at completion was bought: land, and all but overrun, contingency, interest and fees", "=ABS(INDEX({book:},Completion)-Use_Land-(Use_Shell+Use_IT)*(Shell_Agreed+IT_Agreed)/(Shell_Total+IT_Total))<=Cent"),
    ("Interest_Is_Drawn", "Interest during construction is the rate on what was drawn, found without a circle", "=ABS({idc#}-Live_Rate*(SUM({construction_loan::})-SUMPRODUCT({construction_loan:}*({period:}>=Completion))+Draw_Timing*{draw#}))<=Cent"),
    ("Agreed_Draws", "On the agreed case debt pays its share of all uses", "=ABS(INDEX({a_construction_loan:},Agreed_Completion)-Gearing*{a_uses#})<=Cent"),
    ("Fully_Drawn", "At completion the construction loan is the term loan", "=ABS({taken#}-Term_Loan)<=Cent"),
    ("Within_Commitment", "The construction loan stays within its commitment", "=MAX({construction_loan:})<=Term_Loan+Cent"),
    ("Built", "Everything is built at completion", "=ABS(INDEX({built:},Completion)-1)<=Tiny"),
    ("Repaid", "Planned principal and balloon repay the term loan", "=ABS({repaid#}-Term_Loan)<=Cent"),
    ("On_The_Sheet", "The loan matures before the timeline ends", "=Maturity<Periods"),
    ("Balance_Rolls", "Debt taken, interest and advances are paid, swept, or still owed", "=ABS({taken#}+{interest#}+{advanced#}-{paid_debt#}-{swept#}-INDEX({balance:},Periods))<=Cent"),
    ("As_Planned", "Where nothing is missed and nothing swept, the debt is the planned one", "=OR(INDEX({dry:},Periods)=1,{swept#}>Cent,SUMPRODUCT(({balance:}-{planned:})*({balance:}-{planned:}))<=Cent)"),
    ("Sculpt_Repaid", "The sculpted debt repays to zero", "=ABS(INDEX({s_closing:},Payments))<=Cent"),
    ("Cash_Conserved", "Cash in equals cash out and cash kept", f"=ABS({CASH_IN}-({CASH_OUT}))<=Cent"),
    ("Owners_Tie", "Owners' cash flow is what they get less what they pay in", "=ABS({owners#}-Equity_Out+Equity_In)<=Cent"),
    ("Maintenance_Rolls", "What is set aside is spent on the fit-out or still there", "=ABS({set_aside#}-{renewal#}-INDEX({maintenance:},Periods))<=Cent"),
    ("Never_Negative", "No balance, reserve or cash is below zero", "=MIN(MIN({balance:}),MIN({reserve:}),MIN({retained:}),MIN({maintenance:}),MIN({paid:}))>=-Cent"),
    ("Economic_Is_Least", "Economic value is under both routes, or the land", "=SUMPRODUCT(({economic:}>Land+Cent)*(({economic:}>{technology:}+Cent)+({economic:}>{earns:}+Cent)))=0"),
    ("Summary_Ties", "The cover's loan, fair spread and LTV are those of the sheets", "=AND(ABS(Out_Debt-{draw#})<=Cent,Out_Fair_Spread_Uncalibrated=Fair_Spread,ABS(Out_Closing_Economic_LTV*INDEX({economic:},Completion)-INDEX({owed:},Completion))<=Cent)"),
    ("Converged_Valid", "The converged matrix is a correlation matrix", "=HC_CORR_CHECK(Converged_Correlations)>=-Tiny"),
)  # fmt: skip
