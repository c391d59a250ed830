"""The first page and the checks of the portfolio_convergence template."""

from haircut_workbooks.templates.cover import LEFT, REPORTED, RIGHT, Cover
from haircut_workbooks.templates.portfolio_convergence.concentration import concentration_chart
from haircut_workbooks.templates.portfolio_convergence.convergence import level_charts
from haircut_workbooks.templates.portfolio_convergence.losses import distribution_chart
from haircut_workbooks.templates.portfolio_convergence.run_off import run_off_charts
from haircut_workbooks.templates.portfolio_convergence.slots import Slots
from haircut_workbooks.templates.portfolio_convergence.tranches import tranche_chart
from haircut_workbooks.templates.portfolio_convergence.value import value_chart
from haircut_workbooks.templates.sheets import Result

WORDS = (
    "Capital needed", "Convergence", "Default chain", "DSCR", "EL", "ES", "Fair in this book", "Fair spread", "Grade",
    "Herfindahl index", "LGD", "Loading", "LTV", "Maturity wall", "One-year PD", "Part of ES", "Reverse stress",
    "Student t", "Tranche", "VaR", "Wrong way",
)  # fmt: skip
LOSSES = (
    Result("Out_Exposure", "Exposure", "=Exposure", "mn"),
    Result("Out_Base_EL", "Expected loss, as quoted and converged", "=One_Quoted_EL", "mn"),
    Result("Out_Base_VaR", "Value at risk, as quoted", "=One_Quoted_VaR", "mn"),
    Result("Out_Converged_VaR", "Value at risk, converged", "=One_Converged_VaR", "mn"),
    Result("Out_Base_ES", "Expected shortfall, as quoted", "=One_Quoted_ES", "mn"),
    Result("Out_Converged_ES", "Expected shortfall, converged", "=One_Converged_ES", "mn"),
    Result("Out_Simulated_ES", "The same, four factors simulated", "=Four_Converged_ES", "mn"),
    Result("Out_Simulated_Error", "Its standard error", "=Four_ES_Error", "mn"),
    Result("Out_Student_ES_Uncalibrated", "ES, converged, Student t (uncal.)", "=Student_Converged_ES", "mn"),
    Result("Out_Wrong_Way_ES_Uncalibrated", "ES, converged, LGD rising and fleets sold (uncal.)", "=Wrong_Converged_ES", "mn"),
    Result("Out_Wrong_Way_EL_Uncalibrated", "EL, converged, LGD rising and fleets sold (uncal.)", "=Wrong_Converged_EL", "mn"),
    Result("Out_Needed", "Capital needed, converged: ES less EL", "=Needed_Converged", "mn"),
    Result("Out_Capital", "Capital that the book may use", "=Capital", "mn"),
)  # fmt: skip
BREAKS = (
    Result("Out_Break_Convergence", "Convergence, all else as it is", "=Break_Convergence", "share"),
    Result("Out_Break_Fall", "Fall of collateral value, converged", "=Break_Fall", "share"),
    Result("Out_Break_PD", "Multiple of every PD, converged", "=Break_PD", "multiple"),
    Result("Out_Break_Shock_Uncalibrated", "First fall of GPU prices, chain of defaults (uncal.)", "=Break_Shock", "share"),
    Result("Out_Closing_Break_Even_Depth_Uncalibrated", "Market depth that would bear the assumed fall, GPUs (uncal.)", "=Break_Depth", "count"),
    Result("Out_Assumed_Depth_Uncalibrated", "Assumed market depth, GPUs (uncal.)", "=Book_Depth", "count"),
    Result("Out_Chain_Loss_Uncalibrated", "Our loss in the chain, at the assumed fall, USD m (uncal.)", "=Chain_Loss", "mn"),
)  # fmt: skip
PRICE = (
    Result("Out_Quoted_Spread", "Quoted spread, mean", "=SUMPRODUCT(Loan_Exposure,Loan_Spread)/Exposure", "bp"),
    Result("Out_Fair_Spread_Base", "Fair in this book, as quoted", "=SUMPRODUCT(Loan_Exposure,Book_Quoted)/Exposure", "bp"),
    Result("Out_Fair_Spread_Converged", "Fair in this book, converged", "=SUMPRODUCT(Loan_Exposure,Book_Converged)/Exposure", "bp"),
    Result("Out_Underpaid", "Exposure that pays less than that", "=SUMPRODUCT((Gap<0)*Loan_Exposure)/Exposure", "share"),
    Result("Out_Return", "Return on the capital that it may use", "=((Out_Quoted_Spread/Basis_Points-Liquidity_Premium-Running_Cost)*Exposure-One_Quoted_EL)/Capital", "share"),
    Result("Out_Equity_Change", "Equity tranche: EL, converged less quoted, points", "=INDEX(Tranche_Converged,1)-INDEX(Tranche_Quoted,1)", "rate"),
    Result("Out_Senior_Spread", "Super senior tranche: spread, converged", "=INDEX(Spread_Converged,ROWS(Spread_Converged))", "bp"),
)  # fmt: skip
SHAPE = (
    Result("Out_Loans", "Loans", "=Loans", "count"),
    Result("Out_Largest_Loan", "Largest loan", "=Largest_Loan", "share"),
    Result("Out_Largest_Borrower", "Largest borrower", "=Largest_Borrower", "share"),
    Result("Out_Largest_Tenant", "Largest tenant", "=Largest_Tenant", "share"),
    Result("Out_Largest_Chip", "Largest chip generation", "=Largest_Chip", "share"),
    Result("Out_Largest_Type", "Largest type", "=Largest_Type", "share"),
    Result("Out_Herfindahl", "Herfindahl index of borrowers", "=Herfindahl_Borrower", "number"),
    Result("Out_Closing_Economic_LTV", "LTV, economic, mean", "=Mean_LTV", "share"),
    Result("Out_Min_DSCR", "Lowest DSCR, mean, none counted below 0", "=Mean_DSCR", "multiple"),
    Result("Out_Worst_Year", "Most that falls due in one year", "=MAX(Due_Share)", "share"),
)  # fmt: skip
TESTS = (
    ("Breach_Capital", "Capital needed, as quoted, above the capital", "=Needed_Quoted>Capital"),
    ("Breach_Converged_Capital", "Capital needed, converged, above the capital", "=Needed_Converged>Capital"),
    ("Breach_Price", "Paid less than the fair spread, converged", "=Out_Quoted_Spread<Out_Fair_Spread_Converged"),
    ("Breach_Loan", "Largest loan above its limit", "=Largest_Loan>Max_Loan"),
    ("Breach_Borrower", "Largest borrower above its limit", "=Largest_Borrower>Max_Borrower"),
    ("Breach_Tenant", "Largest tenant above its limit", "=Largest_Tenant>Max_Tenant"),
    ("Breach_Chip", "Largest chip generation above its limit", "=Largest_Chip>Max_Chip"),
    ("Breach_Type", "Largest type above its limit", "=Largest_Type>Max_Type"),
    ("Breach_Herfindahl", "Herfindahl index above its limit", "=Herfindahl_Borrower>Max_Herfindahl"),
    ("Breach_Thin", "Too much with DSCR below 1 or LTV above 1", "=Thin>Max_Thin"),
    ("Breach_Wall", "Too much falls due in one year", "=MAX(Due_Share)>Max_Year"),
    ("Breach_Wrong_Way_Uncalibrated", "Capital exceeded, LGD rising, fleets sold (uncal.)", "=Wrong_Converged_ES-One_Quoted_EL>Capital"),
    ("Breach_Student_Uncalibrated", "Capital exceeded, Student t (uncal.)", "=Student_Converged_ES-One_Quoted_EL>Capital"),
)  # fmt: skip
HARD = TESTS[:-2]
"""Tests that decide: the uncalibrated ones are shown."""
SHORT = (
    "the capital as quoted",
    "the capital converged",
    "the price",
    "the largest loan",
    "the largest borrower",
    "the largest tenant",
    "the largest chip",
    "the largest type",
    "the Herfindahl index",
    "thin cover",
    "one year's maturities",
)
TIES = (
    ("Numbers", "Every loss is a number: no function refused", "=ISNUMBER(One_Quoted_ES+One_Converged_ES+Four_Converged_ES+Bad_Converged_ES+Student_Converged_ES+Wrong_Converged_ES+SUM(Level_Use)+SUM(Map_Use)+SUM(Spread_Converged))"),
    ("Book_Given", "There is a loan, and a row without exposure has the type -", '=AND(Exposure>0,COUNTIFS(Loan_Exposure,0,Loan_Type,"<>-")=0,COUNTIFS(Loan_Exposure,">0",Loan_Type,"-")=0)'),
    ("Loans_Graded", "Every loan says how well its terms are known", '=COUNTIF(Loan_Source,"Reported *: *")+COUNTIF(Loan_Source,"Estimated *: *")+COUNTIF(Loan_Source,"Assumed *: *")=ROWS(Loan_Source)'),
    ("Matrix", "The quoted correlations can all hold at once", "=Smallest_Eigenvalue>=-Tiny"),
    ("Own_Variance", "The factors explain less than all of every borrower, as quoted and all bad", "=AND(MAX(Ob_Explained)<1,MAX(Ob_With_Bad)<1,MIN(Ob_With_Bad)>-1)"),
    ("EL_Is_Known", "Expected loss is PD times LGD times exposure of the loans", "=ABS(One_Quoted_EL-SUM(Loan_EL))<=Tiny*Exposure"),
    ("EL_Unmoved", "No level of convergence moves expected loss, exact or simulated", "=AND(MAX(Level_EL)-MIN(Level_EL)<=Tiny*Exposure,ABS(Four_Converged_EL-One_Quoted_EL)<=Tiny*Exposure)"),
    ("Contributions_Quoted", "Parts of the loans add up to the expected shortfall, quoted", "=ABS(SUM(Tail_Quoted)-One_Quoted_ES)<=Tiny*Exposure"),
    ("Contributions_Converged", "The same, converged", "=ABS(SUM(Tail_Converged)-One_Converged_ES)<=Tiny*Exposure"),
    ("Spreads_Pay", "Fair spreads in this book pay for its EL, the hurdle on its capital, liquidity and cost", "=ABS(Out_Fair_Spread_Converged/Basis_Points-(One_Quoted_EL+Hurdle*Needed_Converged)/Exposure-Liquidity_Premium-Running_Cost)<=Tiny"),
    ("Independent", "Without correlation the deviation is that of independent borrowers", "=ABS(INDEX(HC_PORTFOLIO_LOSS(Ob_PD,Ob_LGD,Ob_Exposure,0,0,Capital_Confidence),SD_Row,Figures)-SQRT(SUMPRODUCT(Ob_Stake,Ob_Stake)))<=Grid*Exposure"),
    ("Comonotone", "With a correlation of 1 the shortfall is the sum of what each loses in the tail, the weakest first", "=ABS(INDEX(HC_PORTFOLIO_LOSS(Ob_PD,Ob_LGD,Ob_Exposure,1,0,Capital_Confidence),ES_Row,Figures)-SUMPRODUCT(Ob_Severity*((Ob_PD<Tail)*Ob_PD/Tail+(Ob_PD>=Tail))))<=Grid*Exposure"),
    ("Factors_Become_One", "At full convergence four factors simulated and one exact give the same shortfall, where no borrower is a hedge", "=OR(MAX(Ob_With_Bad)*MIN(Ob_With_Bad)<0,ABS(Bad_Converged_ES-INDEX(Level_ES,COLUMNS(Level_ES)))<=Errors_Allowed*Bad_ES_Error+Grid*Exposure)"),
    ("ES_Rises", "Expected shortfall rises from each level of convergence to the next, where the book loses by it", "=OR(Book_Bad>=0,SUMPRODUCT(--(Level_ES_Next<Level_ES_Before-Grid*Exposure))=0)"),
    ("Tranches_Add_Up", "Expected losses of the tranches add up to the book's, quoted and converged", "=AND(ABS(SUMPRODUCT(Tranche_Size,Tranche_Quoted)-One_Quoted_EL)<=Grid*Exposure,ABS(SUMPRODUCT(Tranche_Size,Tranche_Converged)-One_Quoted_EL)<=Grid*Exposure)"),
    ("Groups_Add_Up", "Loans, borrowers, tenants, chips and types each add up to the exposure", "=MAX(ABS(SUM(Loan_Sum)-Exposure),ABS(SUM(Borrower_Sum)-Exposure),ABS(SUM(Tenant_Sum)-Exposure),ABS(SUM(Chip_Sum)-Exposure),ABS(SUM(Type_Sum)-Exposure),ABS(SUM(Ob_Exposure)-Exposure))<=Tiny*Exposure"),
    ("Ranks", "Every loan has one rank", "=MAX(Loan_Rank)=Loans"),
    ("Run_Off", "What falls due adds up to the exposure, and nothing is left", "=AND(ABS(SUM(Due)-Exposure)<=Tiny*Exposure,ABS(INDEX(Exposure_Left,1)-Exposure)<=Tiny*Exposure)"),
    ("Chain_Counts", "The loans that fall by their own LTV are those that the chain counts", "=SUM(Falls)=Chain_Count"),
    ("Corners", "The heat map starts where the levels of convergence do, and the multiples of PD at the book as it is", "=AND(ABS(INDEX(Map_Use,1,1)-INDEX(Level_Use,1))<=Tiny,ABS(INDEX(PD_Use_Converged,1)-Needed_Converged/Capital)<=Tiny)"),
    ("Cover_Ties", "The cover says what the sheets say", "=AND(Out_Converged_ES=One_Converged_ES,Out_Exposure=INDEX(Exposure_Left,1),Out_Needed=Needed_Converged)"),
)  # fmt: skip
"""What must hold; the first of them where a function refused its arguments."""


def fill(cover: Cover, slots: Slots) -> None:
    """Answer the three questions, show the figures, the tests and the charts."""
    broken = "&".join(f'IF({name},", {short}","")' for (name, *_), short in zip(HARD, SHORT, strict=True))
    count = "+".join(f"IF({name},1,0)" for name, *_ in HARD)
    cover.answers(
        '=Deal&" | "&TEXT(As_Of,"yyyy-mm-dd")&" | "&Loans&" loans | one year, "&TEXT(ROUND(Capital_Confidence,4),"0.0%")&", convergence "&TEXT(ROUND(Convergence,2),"0%")',
        f'=IF({count}=0,"Yes: within every limit, also converged.","Not as it stands; tests broken: "&({count})&" of {len(HARD)}"&{broken}&".")&IF(OR(Breach_Wrong_Way_Uncalibrated,Breach_Student_Uncalibrated)," An uncalibrated stress uses up its capital.","")',
        '="Quoted "&TEXT(ROUND(Out_Quoted_Spread,0),"0")&" bp; for its loss and capital the book needs "&TEXT(ROUND(Out_Fair_Spread_Base,0),"0")&" bp as quoted, "&TEXT(ROUND(Out_Fair_Spread_Converged,0),"0")&" bp converged: it is "&TEXT(ROUND(ABS(Out_Quoted_Spread-Out_Fair_Spread_Converged),0),"0")&IF(Out_Quoted_Spread<Out_Fair_Spread_Converged," bp short. "," bp beyond. ")&TEXT(ROUND(Out_Underpaid,2),"0%")&" of it pays less than its own."',
        '=' + _breaks() + '&". Converged it needs "&TEXT(ROUND(Needed_Converged/Capital,2),"0%")&" of it, as quoted "&TEXT(ROUND(Needed_Quoted/Capital,2),"0%")&". Largest borrower: "&Largest_Borrower_Name&", "&TEXT(ROUND(Largest_Borrower,2),"0%")&"; largest tenant: "&Largest_Tenant_Name&", "&TEXT(ROUND(Largest_Tenant,2),"0%")&"."',
    )  # fmt: skip
    cover.figures(LEFT, "One year's loss at the confidence of capital, USD m", LOSSES)
    cover.figures(LEFT, "What uses up the capital", BREAKS)
    cover.figures(LEFT, "Price", PRICE)
    cover.figures(RIGHT, "The book", SHAPE)
    cover.figures(RIGHT, "Of this page", [
        Result("Rank", "Converged capital needed over capital; ranks a portfolio", "=IF(Failed_Checks>0,NA(),Needed_Converged/Capital)", "share"),
        Result("Out_Reported_Loans", "Exposure whose loan terms are reported or estimated", '=(SUMIF(Loan_Source,"Reported*",Loan_Exposure)+SUMIF(Loan_Source,"Estimated*",Loan_Exposure))/Exposure', "share"),
        REPORTED,
    ])  # fmt: skip
    cover.tests("Tests (TRUE: broken)", TESTS)
    book = slots.book
    cover.charts([distribution_chart(book), level_charts(book)[0], value_chart(slots), run_off_charts(book)[0], concentration_chart(book), tranche_chart(book)])  # fmt: skip


def _breaks() -> str:
    """Formula of a sentence: what convergence, what fall of value and what multiple of PD break the capital."""
    levels = 'IF(ISNUMBER(Break_Convergence),"convergence of "&TEXT(ROUND(Break_Convergence,2),"0%"),"no level of convergence")'
    falls = 'IF(ISNUMBER(Break_Fall),"collateral "&TEXT(ROUND(Break_Fall,2),"0%")&" lower","no fall of collateral")'
    chances = 'IF(ISNUMBER(Break_PD),"PDs "&TEXT(ROUND(Break_PD,1),"0.0")&" times as high","no multiple of PD in the table")'
    less = (
        f'IF(Breach_Converged_Capital,", less than is assumed","; converged, by "&{falls}&" or "&{chances})'
    )
    return f'IF(Breach_Capital,"The capital is used up already as quoted","The capital is used up by "&{levels}&{less})'
