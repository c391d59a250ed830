"""The portfolio_convergence template: a lender's book, base beside converged.

``inputs`` says what is assumed, ``loans`` holds the typed table, ``risk`` the losses by factor, level, tranche and
loan. Nothing here goes through time.
"""

from haircut_workbooks.templates.assumptions import assumptions
from haircut_workbooks.templates.back_matter import finished
from haircut_workbooks.templates.cover import LEFT, REPORTED, RIGHT, Cover
from haircut_workbooks.templates.portfolio_convergence.inputs import CONSTANTS, SECTIONS
from haircut_workbooks.templates.portfolio_convergence.loans import add_loans
from haircut_workbooks.templates.portfolio_convergence.risk import (
    add_by_loan,
    add_concentration,
    add_factors,
    add_levels,
    level_charts,
)
from haircut_workbooks.templates.sheets import Result, TemplateBook

WORDS = ("Convergence", "EL", "ES", "Fair spread", "Grade", "LGD", "PD", "VaR")
LOSSES = (
    Result("Out_Base_EL", "Expected loss, as quoted, USD m", "=Four_Base_EL", "mn"),
    Result("Out_Converged_EL", "Expected loss, converged, USD m", "=Four_Converged_EL", "mn"),
    Result("Out_Base_VaR", "VaR, as quoted, USD m", "=Four_Base_VaR", "mn"),
    Result("Out_Converged_VaR", "VaR, converged, USD m", "=Four_Converged_VaR", "mn"),
    Result("Out_Base_ES", "Expected shortfall, as quoted, USD m", "=Four_Base_ES", "mn"),
    Result("Out_Converged_ES", "Expected shortfall, converged, USD m", "=Four_Converged_ES", "mn"),
    Result("Out_One_Factor_VaR", "VaR on one factor, as quoted, USD m", "=One_Base_VaR", "mn"),
    Result("Out_One_Factor_Converged_VaR", "VaR on one factor, converged, USD m", "=One_Converged_VaR", "mn"),
    Result("Out_Chain_EL_Uncalibrated", "EL on one factor with forced sales, as quoted (uncal.), USD m", "=Chain_Base_EL", "mn"),
    Result("Out_Chain_Converged_EL_Uncalibrated", "EL with forced sales, converged (uncal.), USD m", "=Chain_Converged_EL", "mn"),
    Result("Out_Chain_VaR_Uncalibrated", "VaR with forced sales, converged (uncal.), USD m", "=Chain_Converged_VaR", "mn"),
    Result("Out_Chain_Base_VaR_Uncalibrated", "VaR with forced sales, as quoted (uncal.), USD m", "=Chain_Base_VaR", "mn"),
    Result("Out_Chain_ES_Uncalibrated", "ES with forced sales, converged (uncal.), USD m", "=Chain_Converged_ES", "mn"),
    Result("Out_Chain_Base_ES_Uncalibrated", "ES with forced sales, as quoted (uncal.), USD m", "=Chain_Base_ES", "mn"),
)  # fmt: skip
SHAPE = (
    Result("Out_Exposure", "Exposure, USD m", "=SUM(Loan_Exposure)", "mn"),
    Result("Out_Loans", "Loans", '=COUNTIF(Loan_Exposure,">0")', "count"),
    Result("Out_Largest_Share", "Largest loan", "=Largest_Share", "share"),
    Result("Out_Largest_Type", "Largest type", "=MAX(Type_Share)", "share"),
    Result("Out_Herfindahl", "Herfindahl index", "=Herfindahl", "number"),
    Result("Out_Equity_Gain", "Equity tranche: EL falls by, from calm to converged", "=MAX(Level_Equity)-MIN(Level_Equity)", "share"),
    Result("Out_Quoted_Spread", "Quoted spread, average", "=SUMPRODUCT(Loan_Exposure,Loan_Spread)/SUM(Loan_Exposure)", "bp"),
    Result("Out_Spread_Gap", "Quoted less fair, average", "=SUMPRODUCT(Loan_Exposure,Loan_Gap)/SUM(Loan_Exposure)", "bp"),
    Result("Out_Underpaid", "Exposure that pays less than its fair spread, USD m", "=SUMPRODUCT((Loan_Gap<0)*Loan_Exposure)", "mn"),
    Result("Rank", "Converged ES over capital; ranks a portfolio", "=Four_Converged_ES/Capital", "share"),
    REPORTED,
)  # fmt: skip
TESTS = (
    ("Breach_Capital", "ES as quoted above the capital", "=Four_Base_ES>Capital"),
    ("Breach_Converged_Capital", "ES converged above the capital", "=Four_Converged_ES>Capital"),
    ("Breach_Single", "One loan above its limit", "=Largest_Share>Max_Single"),
    ("Breach_Type", "One type above its limit", "=MAX(Type_Share)>Max_Type"),
    ("Breach_Price", "The book is paid less than its fair spread", "=Out_Spread_Gap<0"),
    ("Breach_Chain_Uncalibrated", "ES converged, with forced sales, above the capital (uncal.)", "=Chain_Converged_ES>Capital"),
)  # fmt: skip
CHECKS = (
    ("Contributions_Add_Up", "Contributions add up to the expected shortfall", "=ABS(SUM(Base_Contribution)-One_Base_ES)<=Tiny*SUM(Loan_Exposure)"),
    ("Converged_Add_Up", "Converged contributions as well", "=ABS(SUM(Converged_Contribution)-One_Converged_ES)<=Tiny*SUM(Loan_Exposure)"),
    ("EL_Unmoved", "Convergence alone moves no expected loss", "=ABS(One_Converged_EL-One_Base_EL)<=Tiny*SUM(Loan_Exposure)"),
    ("EL_Is_Known", "Expected loss is PD times LGD times exposure", "=ABS(One_Base_EL-SUMPRODUCT(Loan_PD,Loan_LGD,Loan_Exposure))<=Tiny*SUM(Loan_Exposure)"),
    ("Shares_Add_Up", "Shares add up to one", "=ABS(SUM(Loan_Share)-1)<=Tiny"),
    ("Types_Add_Up", "Every loan has a type", "=ABS(SUM(Type_Exposure)-SUM(Loan_Exposure))<=Cent"),
    ("Ranks", "Every rank is given once", "=SUM(Loan_Rank)=SUM(Loan_Number)"),
    ("ES_Rises", "ES does not fall where correlations converge", "=INDEX(Level_ES,ROWS(Level_ES))>=INDEX(Level_ES,1)"),
    ("Matrix", "The converged matrix is a correlation matrix", "=HC_CORR_CHECK(Converged)>=-Tiny"),
)  # fmt: skip


def portfolio_convergence() -> bytes:
    """Build the workbook; its formulas are not yet calculated."""
    book = TemplateBook("Portfolio under convergence")
    cover = Cover(
        book,
        "Portfolio under convergence",
        "A lender's book where coin, rent, power and refinancing fall together.",
    )
    assumptions(book, SECTIONS, (), CONSTANTS)
    add_loans(book)
    add_factors(book)
    add_levels(book)
    add_by_loan(book)
    add_concentration(book)
    cover.answers(
        '=Deal&" | "&TEXT(As_Of,"yyyy-mm-dd")&" | "&Out_Loans&" loans"',
        '=IF(Breach_Capital,"Not this book: it does not fit its capital even as quoted.",IF(Breach_Converged_Capital,"As quoted it fits its capital; converged it does not.","It fits its capital, also converged."))',
        '="Quoted "&TEXT(ROUND(Out_Quoted_Spread,0),"0")&" bp on average, "&TEXT(ROUND(Out_Spread_Gap,0),"0")&" bp beyond the fair one; USD "&TEXT(ROUND(Out_Underpaid/One_Million,0),"#,##0")&" m pay less than theirs."',
        '="Convergence: ES goes from "&TEXT(ROUND(Four_Base_ES/Capital,2),"0%")&" to "&TEXT(ROUND(Four_Converged_ES/Capital,2),"0%")&" of capital. Largest loan "&TEXT(ROUND(Largest_Share,2),"0%")&", largest type "&TEXT(ROUND(MAX(Type_Share),2),"0%")&"."',
    )  # fmt: skip
    cover.figures(LEFT, "Losses at the confidence chosen", LOSSES)
    cover.figures(RIGHT, "The book and its price", SHAPE)
    cover.tests("Tests (TRUE: broken)", TESTS)
    cover.charts(level_charts(book))
    return finished(book, None, CHECKS, WORDS)
