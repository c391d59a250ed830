"""Inputs of the portfolio_convergence template: the lender, the factors, and what the illustrative book holds."""
# fmt: off
# One line an input: the table is easier to read whole than wrapped.

from datetime import date

from haircut_workbooks.templates.assumptions import CENT, TINY, Constant
from haircut_workbooks.templates.market import CONVERGENCE, CREDIT, ILLUSTRATION, SHARE
from haircut_workbooks.templates.sheets import A_DATE, Input, above, at_least, between, one_of

LOANS = 30
_MARKET = {item.name: item for item in (*CONVERGENCE, *CREDIT)}
CORRELATIONS = [name for name in _MARKET if name.startswith("Corr_")]

LENDER = (
    Input("Deal", "Book", "Illustrative book", "", "text", ""),
    Input("As_Of", "Date of the book", date(2026, 9, 30), "date", "date", ILLUSTRATION, A_DATE),
    Input("Capital", "Capital that the book may use", 1_200_000_000, "USD", "money", ILLUSTRATION, above(0)),
    Input("Max_Single", "Largest loan", 0.15, "share of the book", "share", ILLUSTRATION, SHARE),
    Input("Max_Type", "Largest type", 0.6, "share of the book", "share", ILLUSTRATION, SHARE),
    Input("Base_Rate", "Base rate", 0.037, "annual", "rate", ILLUSTRATION, between(-0.05, 1)),
)
RISK = (
    _MARKET["Convergence"],
    Input("Tail", "Confidence of VaR and ES", 0.99, "quantile", "share", "Assumed 2026-11: one year in a hundred", between(0.5, 0.9999)),
    Input("LGD_Sensitivity", "How strongly LGD rises in bad states", 0.5, "0 to 10", "number", "Assumed 2026-11: UNCALIBRATED, its mean stays as stated", between(0, 10)),
    Input("Book_Depth", "Market depth for repossessed GPUs", 60_000, "GPUs that move the price 63 %", "count", "Assumed 2026-11: UNCALIBRATED, no bulk sale of GPUs is on record", above(0)),
    *(_MARKET[name] for name in CORRELATIONS),
    *(_MARKET[name] for name in ("Hurdle", "Liquidity_Premium", "Capital_Confidence")),
    Input("Equity_End", "Equity tranche ends", 0.03, "share of losses", "share", "Assumed 2026-11: as of credit indices", between(0.001, 0.5)),
    Input("Mezzanine_End", "Mezzanine ends", 0.1, "share of losses", "share", "Assumed 2026-11: near the mezzanine of credit indices", between(0.002, 0.9)),
)
SECTIONS = (("The book (every book of a portfolio must give these)", LENDER), ("Risk", RISK))
CONSTANTS = (
    Constant("One_Million", "A million", 1_000_000, "USD"),
    CENT,
    TINY,
)
TYPES = ("GPU", "site", "miner")
COLUMNS = (
    ("Loan_Name", "Loan", "name", "text", None),
    ("Loan_Type", "Type", ", ".join(TYPES), "text", one_of(*TYPES)),
    ("Loan_Exposure", "Exposure, USD", "0: no loan", "money", at_least(0)),
    ("Loan_PD", "PD", "a year", "rate", between(0, 0.9)),
    ("Loan_LGD", "LGD", "share", "share", SHARE),
    ("Loan_Years", "Years left", "years", "years", above(0)),
    ("Loan_Spread", "Quoted spread", "bp", "bp", between(-1000, 10000)),
    ("Load_Coin", "Loading: coin", "+ does well when it rises", "rent", between(-1, 1)),
    ("Load_Rent", "Loading: rent", "+ does well when it rises", "rent", between(-1, 1)),
    ("Load_Power", "Loading: power", "+ does well when it rises", "rent", between(-1, 1)),
    ("Load_Refi", "Loading: refinancing", "+ does well when it rises", "rent", between(-1, 1)),
    ("Loan_Units", "GPUs for sale in default", "GPUs", "count", at_least(0)),
)
"""The columns of the sheet Loans, each a defined name of thirty cells: name, heading, unit, format, limits."""
BASES = {
    "Loan_Name": "Assumed 2026-11: public credits of templates/gpu_loan and data_centre_project, mixed freely",
    "Loan_Type": "Assumed 2026-11: by what a lender would repossess",
}
LOADINGS = {"GPU": (0.05, 0.4, -0.1, -0.2), "site": (0.0, 0.15, -0.1, -0.3), "miner": (0.4, 0.1, -0.15, -0.2)}
PD = {"GPU": 0.025, "site": 0.01, "miner": 0.05}
LGD = {"GPU": 0.55, "site": 0.25, "miner": 0.5}


def illustrative_loans() -> list[tuple[str | float, ...]]:
    """Thirty loans, ten of each type, of rising size."""
    loans: list[tuple[str | float, ...]] = []
    for i in range(LOANS):
        kind = TYPES[i % 3]
        exposure = 1e7 * (1 + i // 3) * {"GPU": 3, "site": 4, "miner": 1}[kind]
        spread = {"GPU": 450, "site": 275, "miner": 700}[kind] + 10 * (i // 3)
        units = exposure / 25_000 if kind == "GPU" else 0
        loans.append((f"{kind} loan {i // 3 + 1}", kind, exposure, PD[kind], LGD[kind], 3 + i % 4, spread, *LOADINGS[kind], units))
    return loans
