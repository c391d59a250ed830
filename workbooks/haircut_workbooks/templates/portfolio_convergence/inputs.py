"""Inputs of the portfolio_convergence template: the lender and its limits, dependence, price, tranches, forced sale."""
# fmt: off
# One line an input: the table is easier to read whole than wrapped.

from datetime import date

from haircut_workbooks.templates.assumptions import BASIS_POINTS, TINY, Constant, Derived
from haircut_workbooks.templates.market import CONVERGENCE, CREDIT, ILLUSTRATION, SHARE, UNCALIBRATED
from haircut_workbooks.templates.sheets import A_DATE, Input, above, at_least, between

_MARKET = {item.name: item for item in (*CONVERGENCE, *CREDIT)}
LIMIT = "Assumed 2026-11: a lender's limit, to be replaced by your own"
NO_READING = "Assumed 2026-11: no reading was found for this pair"
CUT = "Assumed 2026-11: no public tranching of such a book was found"

LENDER = (
    Input("Deal", "Book", "Illustrative book", "", "text", ""),
    Input("As_Of", "Date of the book", date(2026, 9, 30), "date", "date", ILLUSTRATION, A_DATE),
    Input("Capital", "Capital that the book may use", 1_300_000_000, "USD", "money", ILLUSTRATION, above(0)),
    Input("Max_Loan", "Largest loan", 0.1, "share of exposure", "share", LIMIT, SHARE),
    Input("Max_Borrower", "Largest borrower", 0.3, "share of exposure", "share", LIMIT, SHARE),
    Input("Max_Tenant", "Largest paying tenant", 0.25, "share of exposure", "share", LIMIT, SHARE),
    Input("Max_Chip", "Largest chip generation", 0.4, "share of exposure", "share", LIMIT, SHARE),
    Input("Max_Type", "Largest type", 0.6, "share of exposure", "share", LIMIT, SHARE),
    Input("Max_Herfindahl", "Herfindahl index of borrowers", 0.12, "0 to 1", "number", LIMIT + "; 0.12 is eight equal borrowers", SHARE),
    Input("Max_Thin", "Exposure with DSCR below 1 or LTV above 1", 0.2, "share of exposure", "share", LIMIT, SHARE),
    Input("Max_Year", "Exposure that falls due in one year", 0.35, "share of exposure", "share", LIMIT, SHARE),
    Input("Base_Rate", "Base rate", 0.037, "annual", "rate", ILLUSTRATION, between(-0.05, 1)),
)
DEPENDENCE = (
    _MARKET["Convergence"],
    Input("Capital_Confidence", "Confidence of capital, VaR and ES", 0.999, "quantile, one year", "share", "Assumed 2026-11: Basel's IRB formula uses 99.9 %", between(0.9, 0.999)),
    Input("Corr_Coin_Rent", "Correlation coin, rent", 0.1, "-1 to 1", "number", "Assumed 2026-11: none is published for rent; BTC to Nasdaq ran from -0.68 to 0.80 (2025-26)", between(-1, 1)),
    Input("Corr_Coin_Power", "Correlation coin, power", 0, "-1 to 1", "number", NO_READING, between(-1, 1)),
    Input("Corr_Coin_Refi", "Correlation coin, refinancing", -0.2, "-1 to 1", "number", "Assumed 2026-11: coin trades as a risk asset; BTC to Nasdaq ran from -0.68 to 0.80 (2025-26)", between(-1, 1)),
    Input("Corr_Rent_Power", "Correlation rent, power", 0.1, "-1 to 1", "number", NO_READING, between(-1, 1)),
    Input("Corr_Rent_Refi", "Correlation rent, refinancing", -0.1, "-1 to 1", "number", NO_READING, between(-1, 1)),
    Input("Corr_Power_Refi", "Correlation power, refinancing", 0, "-1 to 1", "number", NO_READING, between(-1, 1)),
    *(_MARKET[name] for name in ("Vol_Coin", "Vol_Rent", "Vol_Power", "Vol_Refi")),
    Input("Student_Degrees", "Student t: degrees of freedom", 6, "1 or more", "rent", "Assumed 2026-11: a fat tail shown beside the Gaussian; UNCALIBRATED", between(1, 100)),
    Input("LGD_Sensitivity", "Wrong way: how strongly LGD rises in bad states", 0.25, "0 to 10", "number", "Assumed 2026-11: UNCALIBRATED; LGD is then a mean over all states, and higher where loans default", between(0, 10)),
)
PRICE = (
    Input("Hurdle", "Return on capital over base rate", 0.1, "annual", "rate", "Assumed 2026-11: to be replaced by the lender's own", at_least(0)),
    Input("Liquidity_Premium", "Liquidity premium", 0.005, "annual", "rate", "Assumed 2026-11: to be replaced by the lender's own", between(-0.1, 0.5)),
    Input("Running_Cost", "Cost of running the loans", 0.0025, "share of exposure a year", "rate", "Assumed 2026-11: to be replaced by the lender's own", at_least(0)),
)
TRANCHES = (
    Input("Attach_2", "Mezzanine attaches at", 0.05, "share of exposure", "share", CUT, between(0.001, 0.5)),
    Input("Attach_3", "Senior attaches at", 0.12, "share of exposure", "share", CUT, between(0.002, 0.8)),
    Input("Attach_4", "Super senior attaches at", 0.22, "share of exposure", "share", CUT, between(0.003, 0.95)),
)
SALE = (
    Input("Unit_Value", "Price of a new GPU before the shock", 50_000, "USD/GPU", "money", "Assumed 2026-11: older chips are counted as fractions of a new one, by value", above(0)),
    Input("Book_Depth", "Market depth for repossessed GPUs", 300_000, "new GPUs", "count", UNCALIBRATED + "; 15,155 units traded in three years on the one executed tape", above(0), "Sales that move the price by 63 %, counted in new GPUs by value"),
    Input("First_Shock", "Fall of GPU prices that starts the chain", 0.25, "share", "share", "Assumed 2026-11: about what one new architecture takes", SHARE),
    Input("Trigger_LTV", "Economic LTV above which a loan is sold out", 1.1, "share", "share", "Assumed 2026-11: some equity cure is given first", above(0)),
)
SECTIONS = (
    ("The book (every book of a portfolio must give these)", LENDER),
    ("Dependence", DEPENDENCE),
    ("Price of credit", PRICE),
    ("Tranches", TRANCHES),
    ("Forced sale (uncalibrated)", SALE),
)
DERIVED = (
    Derived("Exposure", "Exposure of the book", "=SUM(Loan_Exposure)", "USD", "money"),
    Derived("Loans", "Loans", '=COUNTIF(Loan_Exposure,">0")', "loans", "count"),
    Derived("Tail", "What the confidence leaves", "=1-Capital_Confidence", "probability", "rate"),
)
CONSTANTS = (
    BASIS_POINTS,
    TINY,
    Constant("Grid", "Step by which exact losses may be rounded", 0.0005, "share of exposure"),
    Constant("Errors_Allowed", "By how many of its errors a simulation may miss", 5, "standard errors"),
    Constant("Square", "Exponent of a square", 2, ""),
    Constant("Premiums", "Premiums a year of a tranche", 4, "a year"),
    Constant("Level_Step", "Step between levels of convergence", 0.2, "share"),
    Constant("Fall_Step", "Step between falls of collateral value", 0.15, "share"),
    Constant("Shock_Step", "Step between first falls of GPU prices", 0.05, "share"),
    Constant("Depth_Step", "Factor between depths", 2, "multiple"),
    Constant("PD_Step", "Step between multiples of PD", 1, "multiple"),
    Constant("Load_Step", "Step between multiples of loadings", 0.25, "multiple"),
    Constant("Slice", "Width of a slice of the distribution", 0.02, "share of exposure"),
    Constant("Figures", "Column of the figures in a function's table", 2, "column"),
    Constant("SD_Row", "Row of the standard deviation in it", 3, "row"),
    Constant("ES_Row", "Row of expected shortfall in it", 5, "row"),
    Constant("Tranche_Figures", "The same in a table of tranches", 3, "column"),
    Constant("Five", "The largest few", 5, "loans"),
    Constant("Ten", "The largest many", 10, "loans"),
)
