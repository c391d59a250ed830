"""Inputs of the gpu_loan template: what the deal states, and what the analyst must assume about the market.

The values are an illustration; each carries a basis that says so.
"""
# fmt: off
# One line an input: the table is easier to read whole than wrapped.

from datetime import date

from haircut_workbooks.templates.assumptions import (
    BASIS_POINTS,
    CENT,
    HOURS_PER_YEAR,
    TINY,
    Constant,
    Derived,
)
from haircut_workbooks.templates.market import (
    CASH,
    CONVERGENCE,
    CREDIT,
    ILLUSTRATION,
    SALE,
    SCENARIO,
    SHARE,
    VALUE,
)
from haircut_workbooks.templates.sheets import A_DATE, WHOLE, Input, above, at_least, between, one_of

PERIODS = 40
VINTAGES = (1, 2, 3)
CASES = ("base", "deflation", "new architecture", "convergence", "liquidation")
DECAY_BASIS = "Assumed 2026-11: with releases 0.86, 0.59, 0.51, 0.35 of cost by year; SpotWire assumes 0.78, 0.60, 0.46, 0.35"
DROP_BASIS = "Assumed 2026-11: weak readings run from 20-30 % to 40-60 % (vendor guide, 2026)"
DECLINE_BASIS = "Assumed 2026-11: H100 spot (AWS) fell 21 % a year 2024-26, contracts rose from 1.70 to 2.65; range -50 % to +40 %"
HOSTABLE_BASIS = "Assumed 2026-11: 25-35 % for B300, about 80 % for H100 (LEAP Analytics, 2026-04, weak)"
FACTOR_BASIS = "Assumed 2026-11: B200 over H100 was 3.66 / 1.70 in Oct 2025 (contract readings, secondary), taken lower"
POWER_BASIS = "Assumed 2026-11: system power over its GPUs, with a tenth for the site"
NO_COVENANT = "Assumed 2026-11: none in this illustration"

DEAL = (
    Input("Deal", "Deal", "Illustrative GPU loan", "", "text", ""),
    Input("Closing", "Closing", date(2026, 3, 31), "date", "date", ILLUSTRATION, A_DATE),
    Input("Gpus_1", "GPUs, first vintage", 6_000, "GPUs", "count", ILLUSTRATION, above(0)),
    Input("Unit_Cost_1", "Cost, first vintage", 32_000, "USD/GPU", "money", ILLUSTRATION, above(0)),
    Input("In_Service_1", "In service from", 0, "years from closing", "years", ILLUSTRATION, between(-10, 5), "First vintage: bought at closing, earns from this date"),
    Input("Gpus_2", "GPUs, second vintage", 2_500, "GPUs", "count", ILLUSTRATION, WHOLE),
    Input("Gpus_3", "GPUs, third vintage", 1_200, "GPUs", "count", ILLUSTRATION, WHOLE),
    Input("Rent", "Market rent at closing", 2.35, "USD/GPU-hour", "rent", ILLUSTRATION, at_least(0), "Of a GPU of the first vintage: realised, not posted"),
    Input("Contracted_Share", "Share under contract", 0.85, "share of fleet", "share", ILLUSTRATION, SHARE),
    Input("Contract_Rent", "Contract rent, take-or-pay", 1.9, "USD/GPU-hour", "rent", ILLUSTRATION, at_least(0), "Of a GPU of the first vintage"),
    Input("Contract_Years", "Contract ends", 5, "years from closing", "years", ILLUSTRATION, at_least(0)),
    Input("Utilisation", "Utilisation of merchant hours", 0.7, "share", "share", ILLUSTRATION, SHARE),
    Input("Kw_Per_Gpu", "Power per GPU, all-in", 1.3, "kW", "number", ILLUSTRATION, above(0)),
    Input("Power_Price", "Power price", 0.07, "USD/kWh", "number", ILLUSTRATION, at_least(0)),
    Input("Hosting_Cost", "Hosting and staff without power", 0.25, "USD/GPU-hour", "number", ILLUSTRATION, at_least(0), "Of a GPU of the first vintage; later ones in proportion to their power"),
    Input("Debt", "Commitment", 258_000_000, "USD", "money", ILLUSTRATION, above(0), "What the lender has promised in all; the draws follow the purchases"),
    Input("Advance_Rate", "Advance on cost at each draw", 0.7, "share of cost", "share", ILLUSTRATION, between(0, 1.5), "Loan to cost, never marked to market; the commitment may bind first"),
    Input("Availability_End", "Availability ends", 1, "years from closing", "years", ILLUSTRATION, between(0, 5), "No draw after it; what is bought later is paid from equity"),
    Input("Tenor_Years", "Tenor", 5, "years, up to 10", "years", ILLUSTRATION, between(0.25, 10)),
    Input("Style", "Repayment", "annuity", "word", "text", ILLUSTRATION, one_of("annuity", "straight", "bullet", "sculpted"), "sculpted: principal in proportion to what the cash carries"),
    Input("Balloon_Share", "Balloon at maturity", 0, "share of debt", "share", ILLUSTRATION, SHARE),
    Input("Base_Rate", "Base rate", 0.037, "annual", "rate", ILLUSTRATION, between(-0.05, 1)),
    Input("Margin", "Quoted spread", 0.045, "annual", "rate", ILLUSTRATION, between(0, 1)),
    Input("Min_DSCR", "DSCR covenant", 1.2, "x", "multiple", ILLUSTRATION, above(0)),
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

PARTIES = (
    Input("Borrower", "Borrower", "Illustrative borrower", "name", "text", ILLUSTRATION),
    Input("Collateral", "Generation, first vintage", "HGX H100", "name", "text", ILLUSTRATION),
    Input("Rating", "Rating", "not rated", "word", "text", ILLUSTRATION),
    Input("Scenario", "Scenario that the model runs", "base", "word", "text", "Assumed 2026-11: the selector; see the sheet Scenarios", one_of(*CASES), "Moves every sheet; the levers stand on the sheet Scenarios"),
)

LATER_VINTAGES = (
    Input("Generation_2", "Generation, second vintage", "HGX B200", "name", "text", ILLUSTRATION),
    Input("Unit_Cost_2", "Cost, second vintage", 42_000, "USD/GPU", "money", ILLUSTRATION, at_least(0)),
    Input("In_Service_2", "In service from", 0.5, "years from closing", "years", ILLUSTRATION, between(-10, 10)),
    Input("Rent_Factor_2", "Rent over the first vintage's", 1.5, "multiple", "multiple", FACTOR_BASIS, at_least(0)),
    Input("Kw_Per_Gpu_2", "Power per GPU, all-in", 1.9, "kW", "number", POWER_BASIS, above(0)),
    Input("Contract_Years_2", "Contract ends", 5, "years from closing", "years", ILLUSTRATION, at_least(0)),
    Input("Commissioning", "Years between purchase and service", 0.25, "years, vintages 2 and 3", "years", "Assumed 2026-11: a quarter; the first vintage says its own", between(0, 2), "Bought and drawn so much before it earns"),
    Input("Generation_3", "Generation, third vintage", "GB300 NVL72", "name", "text", ILLUSTRATION),
    Input("Unit_Cost_3", "Cost, third vintage", 60_000, "USD/GPU", "money", ILLUSTRATION, at_least(0)),
    Input("In_Service_3", "In service from", 1, "years from closing", "years", ILLUSTRATION, between(-10, 10)),
    Input("Rent_Factor_3", "Rent over the first vintage's", 2, "multiple", "multiple", "Assumed 2026-11: over the second vintage; no contract reading for GB300 was found", at_least(0)),
    Input("Kw_Per_Gpu_3", "Power per GPU, all-in", 2.1, "kW", "number", POWER_BASIS, above(0)),
    Input("Contract_Years_3", "Contract ends", 5.5, "years from closing", "years", ILLUSTRATION, at_least(0)),
)

TERMS = (
    Input("Undrawn_Fee", "Fee on the undrawn commitment", 0.01, "annual", "rate", "Assumed 2026-11: usual for delayed draws; not public for most", between(0, 0.2)),
    Input("Upfront_Fee", "Upfront fee", 0.01, "share of commitment", "rate", "Assumed 2026-11: not public for most", between(0, 0.2)),
    Input("Trailing_Quarters", "Maintenance DSCR looks back", 1, "quarters", "count", "Assumed 2026-11: three months, as DDTL 4.0 (secondary)", between(1, 40)),
    Input("Maintenance_DSCR", "DSCR covenant, maintenance", 1.15, "x", "multiple", "Assumed 2026-11: as DDTL 4.0 (secondary)", at_least(0)),
    Input("Realisation", "Contracted cash that is received", 1, "share", "share", "Assumed 2026-11: all of it", SHARE),
    Input("Min_Realisation", "Contract realisation covenant", 0.85, "share", "share", "Assumed 2026-11: as DDTL 3.0 (secondary)", SHARE),
    Input("Lockup_DSCR", "Lock-up below", 1.15, "x; 0: none", "multiple", "Assumed 2026-11: at the maintenance covenant", at_least(0)),
    Input("Trap_LTV", "Cash trap above economic LTV of", 1, "share", "share", "Assumed 2026-11: when the debt exceeds the value", above(0)),
    Input("Sweep", "Excess cash that prepays debt", 0, "share", "share", NO_COVENANT, SHARE),
    Input("Cash_Credit", "Reserve and trapped cash still there at a default", 1, "share", "share", "Assumed 2026-11: all of it; 0 if it is spent before the default", SHARE, "What the lender's accounts hold; it lowers LGD and price"),
    Input("Hedged_Share", "Floating principal that is hedged", 0.95, "share", "share", "Assumed 2026-11: as the least that DDTL 4.0 asks (secondary)", SHARE),
    Input("Base_Rate_Shock", "Base-rate shock that is tested", 0.02, "annual, added", "rate", "Assumed 2026-11: a stress, not a forecast", between(-0.05, 0.2)),
)

SECTIONS = (
    ("The deal (every deal of a portfolio must give these)", DEAL),
    ("Parties and scenario", PARTIES),
    ("Later vintages", LATER_VINTAGES),
    ("Terms of the loan", TERMS),
    ("Value of the fleet", VALUE),
    ("Cash, tax and discounting", CASH),
    ("Selling repossessed GPUs", SALE),
    ("Price of credit", CREDIT),
    ("Correlation convergence", CONVERGENCE),
    ("Deal scenario", SCENARIO),
)

DERIVED = (
    Derived("Loan_Rate", "Loan rate", "=Live_Base_Rate+Margin", "annual nominal", "rate"),
    Derived("Grace_Quarters", "Quarters before the fleet serves", "=ROUNDUP(MAX(0,In_Service_1)*Periods_Per_Year,0)", "interest funded by equity", "count"),
    Derived("Contract_Quarters", "Quarters in which the contract runs", "=MAX(1,IF(AND(Contract_Years*Periods_Per_Year>Grace_Quarters,Contracted_Share>0),MIN(Periods,INT(Contract_Years*Periods_Per_Year)),Periods))", "all, where there is none", "count"),
    Derived("DSRA_Quarters", "Debt service reserve", "=ROUNDUP(DSRA_Months/Months_Per_Period,0)", "quarters", "count"),
    Derived("Hours_Per_Period", "Hours a quarter", "=Hours_Per_Year/Periods_Per_Year", "hours", "count"),
    Derived("Opex_Per_Hour", "Power and hosting, first vintage", "=Kw_Per_Gpu*Live_Power_Price+Hosting_Cost", "USD/GPU-hour", "number"),
    Derived("Opex_Per_Hour_2", "Power and hosting, second vintage", "=Kw_Per_Gpu_2*Opex_Per_Hour/Kw_Per_Gpu", "USD/GPU-hour", "number"),
    Derived("Opex_Per_Hour_3", "Power and hosting, third vintage", "=Kw_Per_Gpu_3*Opex_Per_Hour/Kw_Per_Gpu", "USD/GPU-hour", "number"),
    Derived("Total_Cost", "Cost of the fleet", "=Gpus_1*Unit_Cost_1+Gpus_2*Unit_Cost_2+Gpus_3*Unit_Cost_3", "USD", "money"),
    Derived("Contract_Factor", "Discount of contract cash", "=((1-Counterparty_PD)/(1+Discount_Rate))^(1/Periods_Per_Year)", "a quarter", "number"),
    Derived("Tape_A_Month", "GPUs a month on the executed tape", '=HC_FACT("market_depth_tape_units","value")/Tape_Months', "GPUs", "count"),
    Derived("Quoted_Spread", "Quoted spread", "=Margin*Basis_Points", "bp", "bp"),
)

CONSTANTS = (
    Constant("Periods", "Quarters of the model", PERIODS, "quarters"),
    Constant("Periods_Per_Year", "Periods a year", 4, "quarters"),
    Constant("Months_Per_Period", "Months a period", 3, "months"),
    HOURS_PER_YEAR,
    BASIS_POINTS,
    CENT,
    TINY,
    Constant("Tape_Months", "Months of the executed tape, July 2023 to July 2026", 36, "months"),
    Constant("Million", "USD in a million", 1_000_000, "USD"),
    Constant("Most_Spread", "A spread above it is shown as 'over' it", 5_000, "bp"),
    Constant("Most_Convergence", "Most convergence", 0.99, "share"),
    Constant("Any_Depth", "A market of any depth", 1e12, "GPUs"),
    Constant("Sale_Column", "Present value in a forced sale's table", 10, "column"),
)
