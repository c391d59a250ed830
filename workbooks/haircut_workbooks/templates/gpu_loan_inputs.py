"""Inputs of the gpu_loan template: what the deal states, and what the analyst must assume about the market.

The values are an illustration; each carries a basis that says so. A reading that exists is cited with its
grade, and a number that no one publishes is called uncalibrated.
"""
# fmt: off
# One line an input: the table is easier to read whole than wrapped.

from datetime import date

from haircut_workbooks.templates.market import CASH, CONVERGENCE, CREDIT, SALE, SCENARIO, SHARE, VALUE
from haircut_workbooks.templates.sheets import A_DATE, WHOLE, Input, above, at_least, between, one_of

ILLUSTRATION = "Assumed 2026-11: illustration, not a deal"
DECAY_BASIS = "Assumed 2026-11: with the releases it gives 0.86, 0.59, 0.51, 0.35 of cost by year; SpotWire's anchors are 0.78, 0.60, 0.46, 0.35 (2026-06-04, themselves assumed)"
DROP_BASIS = "Assumed 2026-11: weak readings run from 20-30 % to 40-60 % (vendor guide, 2026)"
DECLINE_BASIS = "Assumed 2026-11: AWS US spot median H100 fell 21 % a year, 4.23 (Oct 2024) to 2.63 (Sep 2026); one-year contracts rose from 1.70 (Oct 2025) to 2.65 (Jun 2026). Range -50 % to +40 %"
HOSTABLE_BASIS = "Assumed 2026-11: 25-35 % for B300, about 80 % for H100 (LEAP Analytics, 2026-04, weak)"

DEAL = (
    Input("Deal", "Deal", "Illustrative GPU loan", "", "text", ""),
    Input("Borrower", "Borrower", "Illustrative borrower", "", "text", ""),
    Input("Collateral", "Collateral", "HGX H100", "", "text", ""),
    Input("Rating", "Rating", "not rated", "", "text", ""),
    Input("Closing", "Closing", date(2026, 3, 31), "date", "date", ILLUSTRATION, A_DATE),
    Input("Gpus_1", "GPUs, first vintage", 10_000, "GPUs", "count", ILLUSTRATION, above(0)),
    Input("Unit_Cost_1", "Cost, first vintage", 32_000, "USD/GPU", "money", ILLUSTRATION, above(0)),
    Input("In_Service_1", "In service from", 0, "years from closing", "years", ILLUSTRATION, between(-10, 5)),
    Input("Rent", "Market rent at closing", 2.35, "USD/GPU-hour", "rent", ILLUSTRATION, at_least(0)),
    Input("Contracted_Share", "Share under contract", 0.9, "share of fleet", "share", ILLUSTRATION, SHARE),
    Input("Contract_Rent", "Contract rent, take-or-pay", 2.2, "USD/GPU-hour", "rent", ILLUSTRATION, at_least(0)),
    Input("Contract_Years", "Contract ends", 5, "years from closing", "years", ILLUSTRATION, at_least(0)),
    Input("Utilisation", "Utilisation of merchant hours", 0.7, "share", "share", ILLUSTRATION, SHARE),
    Input("Kw_Per_Gpu", "Power per GPU, all-in", 1.3, "kW", "number", ILLUSTRATION, above(0)),
    Input("Power_Price", "Power price", 0.07, "USD/kWh", "number", ILLUSTRATION, at_least(0)),
    Input("Hosting_Cost", "Hosting and staff without power", 0.25, "USD/GPU-hour", "number", ILLUSTRATION, at_least(0)),
    Input("Debt", "Debt, drawn in full at closing", 224_000_000, "USD", "money", ILLUSTRATION, above(0)),
    Input("Tenor_Years", "Tenor", 5, "years, up to 10", "years", ILLUSTRATION, between(0.25, 10)),
    Input("Style", "Repayment", "annuity", "word", "text", ILLUSTRATION, one_of("annuity", "straight", "bullet")),
    Input("Balloon_Share", "Balloon at maturity", 0, "share of debt", "share", ILLUSTRATION, SHARE),
    Input("Base_Rate", "Base rate", 0.037, "annual", "rate", ILLUSTRATION, between(-0.05, 1)),
    Input("Margin", "Quoted spread", 0.045, "annual", "rate", ILLUSTRATION, between(0, 1)),
    Input("Min_DSCR", "DSCR covenant", 1.2, "x", "multiple", ILLUSTRATION, at_least(0)),
    Input("Target_DSCR", "DSCR for debt sizing", 1.3, "x", "multiple", ILLUSTRATION, above(0)),
    Input("Max_LTV", "Limit of debt to cost or value", 0.8, "share", "share", ILLUSTRATION, above(0)),
    Input("Limit_On", "What the limit is on", "value", "word", "text", ILLUSTRATION, one_of("cost", "value", "none")),
    Input("PD", "Probability of default", 0.02, "a year", "rate", ILLUSTRATION, between(0, 0.99)),
    Input("Book_Life", "Book life", 6, "years", "years", "Assumed 2026-11: 4-6 years in filings of 2025 (CoreWeave 6, Nebius 4)", above(0)),
    Input("Physical_Life", "Physical life", 7, "years", "years", "Assumed 2026-11: 5-10 years are claimed (2026, weak)", above(0)),
    Input("Decay", "Decay between releases", 0.15, "a year, continuous", "rate", DECAY_BASIS, at_least(0)),
    Input("Release_Drop", "Value that each release takes", 0.2, "share", "share", DROP_BASIS, SHARE),
    Input("Rent_Decline", "Rent decline", 0.2, "share a year", "share", DECLINE_BASIS, between(-2, 0.99)),
    Input("Hostable_Share", "Hosting fit for this density", 0.8, "share", "share", HOSTABLE_BASIS, between(0.01, 1)),
    Input("Exit_Cost", "De-installation and freight", 400, "USD/GPU", "money", "Assumed 2026-11: quotes vary by site", at_least(0)),
)

LATER_VINTAGES = (
    Input("Gpus_2", "GPUs, second vintage", 0, "GPUs", "count", "Assumed 2026-11: none", WHOLE),
    Input("Unit_Cost_2", "Cost, second vintage", 0, "USD/GPU", "money", "Assumed 2026-11: none", at_least(0)),
    Input("In_Service_2", "In service from", 1, "years from closing", "years", "Assumed 2026-11: none", between(-10, 10)),
    Input("Gpus_3", "GPUs, third vintage", 0, "GPUs", "count", "Assumed 2026-11: none", WHOLE),
    Input("Unit_Cost_3", "Cost, third vintage", 0, "USD/GPU", "money", "Assumed 2026-11: none", at_least(0)),
    Input("In_Service_3", "In service from", 2, "years from closing", "years", "Assumed 2026-11: none", between(-10, 10)),
)

SECTIONS = (
    ("The deal (every deal of a portfolio must give these)", DEAL),
    ("Later vintages", LATER_VINTAGES),
    ("Value of the fleet", VALUE),
    ("Cash, tax and discounting", CASH),
    ("Selling repossessed GPUs", SALE),
    ("Price of credit", CREDIT),
    ("Correlation convergence", CONVERGENCE),
    ("Deal scenario", SCENARIO),
)
