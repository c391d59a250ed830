"""What does not go through time: sources and uses, size and refinancing of the loan, the cover, the checks."""

from xlsxwriter.chart import Chart

from haircut_workbooks.templates.cover import LEFT, REPORTED, RIGHT, Cover, line_chart
from haircut_workbooks.templates.lines import Timeline
from haircut_workbooks.templates.sheets import Result, TemplateBook

SIZE = (
    Result("Commitment", "Commitment: gearing on costs, interest and fees, USD m", "=INDEX({a_construction_loan:},Agreed_Completion)", "mn"),
    Result("Sculpted_Debt", "Debt that the cash repays, USD m", "=INDEX({s_opening:},Agreed_Completion+1)", "mn"),
    Result("Term_Loan", "Term loan, USD m", "=MIN(Commitment,Sculpted_Debt+Balloon)", "mn"),
    Result("Term_Balloon", "of which balloon, USD m", "=MIN(Balloon,Term_Loan)", "mn"),
    Result("Sculpted_Share", "Share of the sculpted debt that is used", "=IF(Sculpted_Debt>0,(Term_Loan-Term_Balloon)/Sculpted_Debt,0)", "share"),
    Result("Binding", "What binds", '=IF(Term_Loan<Commitment,"cash","gearing")', "general"),
)  # fmt: skip
SOURCES = (
    Result("Source_Term", "Term loan, USD m", "=Term_Loan", "mn"),
    Result("Source_Equity", "Equity during construction, USD m", "={equity#}", "mn"),
    Result(
        "Source_Buy_Down",
        "Equity at completion, USD m",
        "=INDEX({construction_loan:},Completion)-Term_Loan",
        "mn",
    ),
    Result("All_Sources", "Sources, USD m", "=Source_Term+Source_Equity+Source_Buy_Down", "mn"),
)
USES = (
    Result("Use_Shell", "Shell, power and cooling, USD m", "={shell#}", "mn"),
    Result("Use_IT", "Fit-out, USD m", "={fit_out#}", "mn"),
    Result("Use_IDC", "Interest during construction, USD m", "={idc#}", "mn"),
    Result("Use_Fees", "Fees, USD m", "={fee#}+{commitment#}", "mn"),
    Result("All_Uses", "Uses, USD m", "=Use_Shell+Use_IT+Use_IDC+Use_Fees", "mn"),
)
REFINANCING = (
    Result(
        "Refi_Rate",
        "New lender's rate a period",
        "=(Base_Rate+Refi_Spread+Live_Refi_Spread)/Periods_Per_Year",
        "rate",
    ),
    Result(
        "Refi_Payment",
        "Level payment on the balloon, USD m a period",
        "=Term_Balloon*Refi_Rate/(1-(1+Refi_Rate)^-(Refi_Years*Periods_Per_Year))",
        "mn",
    ),
    Result(
        "Refi_DSCR",
        "Cover of it in the period after maturity",
        "=IF(Refi_Payment>0,INDEX({unlevered:},Maturity+1)/Refi_Payment,NA())",
        "multiple",
    ),
    Result(
        "Refi_LTV",
        "Balloon to economic value at maturity",
        "=Term_Balloon/INDEX({economic:},Maturity)",
        "share",
    ),
    Result(
        "Refused",
        "Nobody would lend it, 1: yes",
        "=IF(Term_Balloon>Cent,IF(OR(Refi_LTV>Refi_Max_LTV-Live_Refi_LTV,Refi_DSCR<Refi_Min_DSCR),1,0),0)",
        "flag",
    ),
)
MISMATCH = (
    Result("Debt_WAL", "Average life of the debt, years from closing", "=(SUMPRODUCT({scheduled:},{years:})+SUMPRODUCT({balloon:},{years:}))/Term_Loan", "years"),
    Result("Debt_At_Lease_End", "Debt when the lease ends, USD m", "=INDEX({owed::},MIN(Periods,ROUND((Service_Year+Lease_End)*Periods_Per_Year,0))+1)", "mn"),
    Result("Debt_At_IT_End", "Debt when the fit-out is scrap, USD m", "=INDEX({owed::},MIN(Periods,ROUND((Service_Year+IT_Life)*Periods_Per_Year,0))+1)", "mn"),
    Result("Building_Says", "LTV then, as a building", "=INDEX({ltv_book:},MIN(Maturity-1,ROUND((Service_Year+IT_Life)*Periods_Per_Year,0)))", "share"),
    Result("Highest_LTV", "Highest LTV on economic value in service", "=MAX({ltv_seen:})", "share"),
    Result("Technology_Says", "LTV then, on economic value", "=INDEX({ltv_economic:},MIN(Maturity-1,ROUND((Service_Year+IT_Life)*Periods_Per_Year,0)))", "share"),
)  # fmt: skip
PRICE = (
    Result("Fair_Spread", "Fair spread (uncalibrated)", "=HC_FAIR_SPREAD({pd:},{lgd:},{exposure:},{years:},(1+Base_Rate/Periods_Per_Year)^Periods_Per_Year-1,Hurdle,Asset_Correlation,Capital_Confidence,Liquidity_Premium)", "bp"),
    Result("Utility_Spread", "Fair spread with a utility's PD and recovery", "=HC_FAIR_SPREAD({utility_pd:},{utility_lgd:},{exposure:},{years:},(1+Base_Rate/Periods_Per_Year)^Periods_Per_Year-1,Hurdle,Asset_Correlation,Capital_Confidence,Liquidity_Premium)", "bp"),
)  # fmt: skip
BLOCKS = (
    ("Sources and uses", (("Size of the loan", SIZE), ("Sources", SOURCES), ("Uses", USES)), "The loan at completion; sources equal uses."),
    ("Refinancing", (("Balloon", REFINANCING), ("Long debt, short-lived assets", MISMATCH), ("Spread", PRICE)), "What a new lender would have to believe, what the debt outlives, and what the risk is worth."),
)  # fmt: skip

TESTS = (
    ("Breach_DSCR", "DSCR under its covenant", "={below#}>0"),
    ("Breach_LTV", "Debt over its limit to economic value, in service", "={ltv_above#}>0"),
    ("Breach_Size", "Gearing asks for more than the cash carries", '=Binding="cash"'),
    ("Breach_Runs_Dry", "Cash runs dry", "=INDEX({dry:},Periods)=1"),
    ("Breach_Tenor", "Debt outlives the lease by more than a tenth", "=Debt_At_Lease_End>Tail_Share*Term_Loan"),
    ("Breach_Refinancing", "Nobody would refinance the balloon", "=Refused=1"),
    ("Breach_Debt_Grows", "The agreed schedule lets debt grow", "=SUMPRODUCT(({s_principal:}<-Cent)*{a_repaying:})>0"),
    ("Breach_Price_Uncalibrated", "Paid less than the fair spread (uncalibrated)", "=Out_Quoted_Spread<Fair_Spread"),
)  # fmt: skip
BROKEN = "=" + "+".join(f"IF({name},1,0)" for name, *_ in TESTS if not name.endswith("_Uncalibrated"))


def add_blocks(book: TemplateBook, time: Timeline) -> None:
    """Write the tables that do not go through time."""
    for name, blocks, subtitle in BLOCKS:
        sheet = book.sheet(name, name, subtitle, [2, 52, 18])
        row = 3
        for title, lines in blocks:
            book.section(sheet, row, title, 2)
            row = book.results(sheet, row + 1, time.placed(lines)) + 1


def fill(cover: Cover, time: Timeline) -> None:
    """Answer the three questions, then the figures, the tests and the charts."""
    text = time.text
    cover.answers(
        '=Deal&" | "&Tenant&" | case: "&Scenario',
        '=IF(Breach_Runs_Dry,"No: cash runs dry.",IF(Out_Broken_Tests=0,"Yes: no test is broken.","Not as it stands: "&Out_Broken_Tests&" tests are broken."))',
        '="Quoted "&TEXT(ROUND(Out_Quoted_Spread,0),"0")&" bp over base; fair "&TEXT(ROUND(Fair_Spread,0),"0")&" bp (uncalibrated); a utility of this tenor "&TEXT(ROUND(Utility_Spread,0),"0")&" bp."',
        '="A fall of revenue of "&TEXT(ROUND(Out_Fall_Of_Revenue,2),"0%")&" breaks the covenant; a fall of value of "&TEXT(ROUND(Out_Fall_Of_Value,2),"0%")&" breaks the LTV limit (below 0: broken already). The lease ends with "&TEXT(ROUND(Debt_At_Lease_End/Term_Loan,2),"0%")&" of the loan still owed."',
    )
    cover.figures(LEFT, "Loan and cover", time.placed([
        Result("Out_Debt", "Term loan, USD m", "=Term_Loan", "mn"),
        Result("Out_Equity", "Equity, USD m", "=Source_Equity+Source_Buy_Down", "mn"),
        Result("Out_Binding", "What sets its size", "=Binding", "general"),
        Result("Out_Min_DSCR", "Lowest DSCR", "=HC_DSCR_MIN({cfads:},{service:})", "multiple"),
        Result("Out_LLCR", "LLCR at completion, balloon included", "=INDEX({llcr:},Completion+1)", "multiple"),
        Result("Out_PLCR", "PLCR at completion", "=INDEX({plcr:},Completion+1)", "multiple"),
        Result("Out_Fall_Of_Revenue", "Smallest fall of revenue that breaks the covenant", "=MIN({fall_seen:})", "share"),
        Result("Out_Periods_Below", "Half-years under the covenant", "={below#}", "count"),
        Result("Out_Refi_DSCR", "New lender's cover of the balloon", "=Refi_DSCR", "multiple"),
        Result("Out_Debt_WAL", "Average life of the debt, years", "=Debt_WAL", "years"),
        Result("Out_Debt_At_Lease_End", "Debt when the lease ends, USD m", "=Debt_At_Lease_End", "mn"),
        Result("Out_Broken_Tests", "Tests broken, without the uncalibrated", BROKEN, "count"),
        REPORTED,
    ]))  # fmt: skip
    cover.figures(RIGHT, "Value and price", time.placed([
        Result("Out_Closing_Book_LTV", "LTV at completion, as a building", "=INDEX({ltv_book:},Completion)", "share"),
        Result("Out_Closing_Economic_LTV", "LTV at completion, on economic value", "=INDEX({ltv_economic:},Completion)", "share"),
        Result("Out_Closing_Liquidation_LTV_Uncalibrated", "LTV at completion, forced sale (uncalibrated)", "=INDEX({ltv_sale:},Completion)", "share"),
        Result("Out_Debt_At_IT_End", "Debt when the fit-out is scrap, USD m", "=Debt_At_IT_End", "mn"),
        Result("Out_Building_LTV", "LTV when the fit-out is scrap, as a building", "=Building_Says", "share"),
        Result("Out_Technology_LTV", "LTV then, on economic value", "=Technology_Says", "share"),
        Result("Out_Fall_Of_Value", "Smallest fall of value that breaks the limit", "=1-Highest_LTV/Max_LTV", "share"),
        Result("Out_Fair_Spread_Uncalibrated", "Fair spread (uncalibrated)", "=Fair_Spread", "bp"),
        Result("Out_Utility_Spread", "Fair spread with a utility's PD and recovery", "=Utility_Spread", "bp"),
        Result("Out_Quoted_Spread", "Quoted spread", "=Margin*Basis_Points", "bp"),
        Result("Out_Spread_Gap_Uncalibrated", "Quoted less fair (uncalibrated)", "=HC_SPREAD_GAP(Out_Quoted_Spread,Fair_Spread)", "bp"),
        Result("Rank", "Highest LTV on economic value in service; ranks a portfolio", "=Highest_LTV", "share"),
    ]))  # fmt: skip
    cover.tests("Tests (TRUE: broken)", [(name, label, text(formula)) for name, label, formula in TESTS])
    cover.charts(_charts(cover.book, time))


def _charts(book: TemplateBook, time: Timeline) -> list[Chart]:
    dates, text = time.text("{date:}"), time.text
    return [
        line_chart(book, title, dates, [(label, text(f"{{{key}:}}")) for label, key in series], number, "yyyy", low=0, high=high, every=4)
        for title, number, high, series in (
            ("Loan to value, cut off at 200 %", "0%", 2, (("As a building", "ltv_book"), ("Economic", "ltv_economic"), ("Forced sale (uncal.)", "ltv_sale"), ("Limit", "ltv_most"))),
            ("DSCR and its covenant", '0.0"x"', None, (("DSCR", "dscr"), ("Covenant", "covenant"))),
            ("Value and debt, USD m", "0,,", None, (("As a building", "book"), ("Economic", "economic"), ("Forced sale (uncal.)", "sale"), ("Debt", "debt_owed"))),
            ("CFADS and debt service, USD m a half-year", "0,,", None, (("CFADS", "cfads"), ("Debt service", "service"))),
        )
    ]  # fmt: skip


CHECKS = (
    ("Sources_Uses", "Sources equal uses", "=ABS(All_Sources-All_Uses)<=Cent"),
    ("Uses_Tie", "The uses by period add up", "=ABS({uses#}-All_Uses)<=Cent"),
    ("Built", "Everything is built at completion", "=ABS(INDEX({built:},Completion)-1)<=Tiny"),
    ("Repaid", "Principal and balloon repay the term loan", "=ABS({scheduled#}+{balloon#}-Term_Loan)<=Cent"),
    ("Within_Commitment", "The construction loan stays within its commitment", "=MAX({construction_loan:})<=Commitment+Cent"),
    ("On_The_Sheet", "The loan matures before the timeline ends", "=Maturity<Periods"),
    ("Rolls_To_Zero", "What is owed at maturity is its instalment and the balloon", "=ABS(INDEX({opening:},Maturity)-INDEX({scheduled:},Maturity)-INDEX({balloon:},Maturity))<=Cent"),
    ("Sculpt_Repaid", "The sculpted debt repays to zero", "=ABS(INDEX({s_closing:},Agreed_Completion+Payments))<=Cent"),
    ("Cash_Conserved", "Cash in equals cash out and cash kept", "=ABS({left#}+{short#}-{paid#}-INDEX({reserve:},Periods)-INDEX({retained:},Periods))<=Cent"),
    ("Economic_Is_Least", "Economic value is under both routes, or the land", "=SUMPRODUCT(({economic:}>Land_Value+Cent)*(({economic:}>{technology:}+Cent)+({economic:}>{earns:}+Cent)))=0"),
)  # fmt: skip
