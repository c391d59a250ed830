"""Inputs of the data_centre_project template; every value carries its grade, its date and its source."""
# fmt: off
# One line an input: the table is easier to read whole than wrapped.

from datetime import date

from haircut_workbooks.templates.assumptions import Constant, Derived
from haircut_workbooks.templates.sheets import A_DATE, Input, above, at_least, between

SHARE = between(0, 1)
ILLUSTRATION = "Assumed 2026-11: illustration, not a deal"

SECTIONS = (
    ("The deal (every deal of a portfolio must give these)", (
        Input("Deal", "Deal", "Illustrative data centre", "", "text", ""),
        Input("Closing", "Closing", date(2026, 3, 31), "date", "date", ILLUSTRATION, A_DATE),
        Input("Debt", "Debt", 100_000_000, "USD", "money", ILLUSTRATION, above(0)),
        Input("Base_Rate", "Base rate", 0.037, "annual", "rate", ILLUSTRATION, between(-0.05, 1)),
        Input("Margin", "Quoted spread", 0.025, "annual", "rate", ILLUSTRATION, between(0, 1)),
        Input("Rent_Per_Year", "Rent", 22_000_000, "USD a year", "money", ILLUSTRATION, at_least(0)),
        Input("Escalator", "Rent escalator", 0.02, "a year", "share", ILLUSTRATION, between(-0.5, 0.5)),
        Input("Opex_Share", "Operating cost", 0.2, "share of rent", "share", ILLUSTRATION, SHARE),
        Input("Min_DSCR", "DSCR covenant", 1.2, "x", "multiple", ILLUSTRATION, at_least(0)),
    )),
)
DERIVED = (Derived("Loan_Rate", "Loan rate", "=Base_Rate+Margin", "annual nominal", "rate"),)
PERIODS = 20
CONSTANTS = (
    Constant("Periods", "Periods", PERIODS, "half-years"),
    Constant("Periods_Per_Year", "Periods a year", 2, "half-years"),
    Constant("Months_Per_Period", "Months a period", 6, "months"),
    Constant("Basis_Points", "Basis points in one", 10_000, "bp"),
    Constant("Cent", "What still counts as zero", 0.01, "USD"),
)
