"""Inputs of the gpu_loan template: what the deal states, and what the analyst must assume about the market.

The values are an illustration; each carries a basis that says so. A reading that exists is cited with its
grade, and a number that no one publishes is called uncalibrated.
"""
# fmt: off
# One line an input: the table is easier to read whole than wrapped.

from datetime import date

from haircut_workbooks.templates.sheets import A_DATE, WHOLE, Input, above, at_least, between, one_of

SHARE = between(0, 1)
ILLUSTRATION = "Assumed: illustration, not a deal"
UNCALIBRATED = "Assumed, UNCALIBRATED: no bulk sale of GPUs is on record"
CADENCE = "Assumed: about two years between architectures (H100 2022-23, Blackwell 2024-25)"
DECAY_BASIS = "Assumed: with the releases it gives 0.86, 0.59, 0.51, 0.35 of cost by year; SpotWire's anchors are 0.78, 0.60, 0.46, 0.35 (2026-06-04, themselves assumed)"
DROP_BASIS = "Assumed: weak readings run from 20-30 % to 40-60 % (vendor guide, 2026)"
DECLINE_BASIS = "Assumed: AWS US spot median H100 fell 21 % a year, 4.23 (Oct 2024) to 2.63 (Sep 2026); one-year contracts rose from 1.70 (Oct 2025) to 2.65 (Jun 2026). Range -50 % to +40 %"
HOSTABLE_BASIS = "Assumed: 25-35 % for B300, about 80 % for H100 (LEAP Analytics, 2026-04, weak)"
CORRELATION = "Assumed: BTC to Nasdaq ran from -0.68 to 0.80 (2025-26); none is published for rent"

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
    Input("Book_Life", "Book life", 6, "years", "years", "Assumed: 4-6 years in filings of 2025 (CoreWeave 6, Nebius 4)", above(0)),
    Input("Physical_Life", "Physical life", 7, "years", "years", "Assumed: 5-10 years are claimed (2026, weak)", above(0)),
    Input("Decay", "Decay between releases", 0.15, "a year, continuous", "rate", DECAY_BASIS, at_least(0)),
    Input("Release_Drop", "Value that each release takes", 0.2, "share", "share", DROP_BASIS, SHARE),
    Input("Rent_Decline", "Rent decline", 0.2, "share a year", "share", DECLINE_BASIS, between(-2, 0.99)),
    Input("Hostable_Share", "Hosting fit for this density", 0.8, "share", "share", HOSTABLE_BASIS, between(0.01, 1)),
    Input("Exit_Cost", "De-installation and freight", 400, "USD/GPU", "money", "Assumed: quotes vary by site", at_least(0)),
)

LATER_VINTAGES = (
    Input("Gpus_2", "GPUs, second vintage", 0, "GPUs", "count", "Assumed: none", WHOLE),
    Input("Unit_Cost_2", "Cost, second vintage", 0, "USD/GPU", "money", "Assumed: none", at_least(0)),
    Input("In_Service_2", "In service from", 1, "years from closing", "years", "Assumed: none", between(-10, 10)),
    Input("Gpus_3", "GPUs, third vintage", 0, "GPUs", "count", "Assumed: none", WHOLE),
    Input("Unit_Cost_3", "Cost, third vintage", 0, "USD/GPU", "money", "Assumed: none", at_least(0)),
    Input("In_Service_3", "In service from", 2, "years from closing", "years", "Assumed: none", between(-10, 10)),
)

VALUE = (
    Input("Salvage_Share", "Salvage value", 0, "share of cost", "share", "Assumed: 0; 17 of 17 disclosed schedules give no residual credit (CCIR, 2026-07-22, secondary)", SHARE),
    Input("Floor_Share", "Floor", 0.05, "share of cost", "share", "Assumed: scrap and spare parts", SHARE),
    Input("Release_Time_1", "First release", 1.5, "years from closing", "years", CADENCE, at_least(-5)),
    Input("Release_Time_2", "Second release", 3.5, "years from closing", "years", CADENCE, at_least(-5)),
    Input("Release_Time_3", "Third release", 5.5, "years from closing", "years", CADENCE, at_least(-5)),
    Input("Release_Rent_Drop", "Rent that each release takes", 0, "share", "share", "Assumed: 0, the yearly decline holds it", SHARE),
    Input("Scrap", "Scrap value", 300, "USD/GPU", "money", "Assumed: parts and metal", at_least(0)),
)

CASH = (
    Input("Rent_Floor", "Rent floor", 0, "USD/GPU-hour", "rent", "Assumed: none", at_least(0)),
    Input("Availability", "Availability", 0.97, "share of all hours", "share", "Assumed: maintenance and failures", SHARE),
    Input("Other_Cost", "Other costs", 0, "USD a year", "money", "Assumed: none; insurance and agency fees go here", at_least(0)),
    Input("Tax_Rate", "Cash tax", 0.21, "share of taxable income", "share", "Assumed: US federal rate, no losses carried forward", SHARE),
    Input("Discount_Rate", "Discount rate of collateral", 0.12, "annual effective", "rate", "Assumed: between senior debt and equity", between(-0.5, 2)),
    Input("Counterparty_PD", "Tenant's probability of default", 0.01, "a year", "rate", "Assumed: lowers the value of the contract in place, and ends it in the deal scenario", between(0, 0.99)),
)

SALE = (
    Input("Depth", "Market depth", 20_000, "GPUs that move the price 63 %", "count", UNCALIBRATED, above(0)),
    Input("Depth_Recovery", "Pressure that fades", 0.1, "share a month", "share", UNCALIBRATED, SHARE),
    Input("Other_Units", "Other distressed GPUs", 0, "GPUs over the same months", "count", "Assumed: none; raise it to test a crowded market", at_least(0)),
    Input("Hosting_MW_Per_Month", "Hosting that buyers can free", 20, "MW a month", "number", UNCALIBRATED, above(0)),
    Input("Legal_Months", "Legal stay", 3, "months", "years", "Assumed: no GPU foreclosure is on record", between(0, 120)),
    Input("Carry", "Warehouse, insurance, staff", 30, "USD/GPU-month", "money", "Assumed: after de-installation, not in colocation", at_least(0)),
)

CREDIT = (
    Input("Asset_Correlation", "Asset correlation", 0.2, "0 to below 1", "number", "Assumed: Basel's corporate range is 0.12 to 0.24", between(0, 0.99)),
    Input("Hurdle", "Return on capital over base rate", 0.1, "annual", "rate", "Assumed: lender's own", at_least(0)),
    Input("Liquidity_Premium", "Liquidity premium", 0.005, "annual", "rate", "Assumed: lender's own", between(-0.1, 0.5)),
)

CONVERGENCE = (
    Input("Convergence", "Convergence", 0.5, "0 to 0.99", "share", "Assumed: half way to 'all bad together'", between(0, 0.99)),
    Input("Confidence", "How bad a year", 0.99, "quantile", "share", "Assumed: one year in a hundred", between(0.5, 0.9999)),
    Input("Buyer_Vacuum", "Depth lost per unit of stress", 0, "continuous", "number", UNCALIBRATED + "; 0 leaves the market as it is", at_least(0)),
    Input("Vol_Coin", "Volatility, coin price", 0.6, "annual", "share", "Assumed: bitcoin's order of magnitude", between(0, 5)),
    Input("Vol_Rent", "Volatility, GPU rent", 0.4, "annual", "share", "Assumed: H100 spot halved and doubled within months in 2024-26", between(0, 5)),
    Input("Vol_Power", "Volatility, power price", 0.3, "annual", "share", "Assumed: hedged in part", between(0, 5)),
    Input("Vol_Refi", "Volatility, refinancing spread", 0.015, "annual, absolute", "rate", "Assumed: high-yield spreads", between(0, 1)),
    Input("Corr_Coin_Rent", "Correlation coin, rent", 0.1, "", "number", CORRELATION, between(-1, 1)),
    Input("Corr_Coin_Power", "Correlation coin, power", 0, "", "number", CORRELATION, between(-1, 1)),
    Input("Corr_Coin_Refi", "Correlation coin, refinancing", -0.2, "", "number", CORRELATION, between(-1, 1)),
    Input("Corr_Rent_Power", "Correlation rent, power", 0.1, "", "number", CORRELATION, between(-1, 1)),
    Input("Corr_Rent_Refi", "Correlation rent, refinancing", -0.1, "", "number", CORRELATION, between(-1, 1)),
    Input("Corr_Power_Refi", "Correlation power, refinancing", 0, "", "number", CORRELATION, between(-1, 1)),
)

SCENARIO = (
    Input("Coins", "Coins pledged or at hand", 0, "BTC", "count", "Assumed: none", at_least(0)),
    Input("Coin_Price", "Coin price", 90_000, "USD", "money", "Assumed: order of magnitude; moves cash only where there are coins", at_least(0)),
    Input("Coin_Discount", "Lost on coins sold in a hurry", 0.1, "share", "share", "Assumed: spread and market impact", SHARE),
    Input("DSRA_Months", "Debt service reserve", 3, "months", "rent", "Assumed: about 3 months are asked (USD.AI, secondary)", between(0, 120)),
    Input("Opening_Cash", "Cash when the fleet serves", 0, "USD", "money", "Assumed: none", at_least(0)),
    Input("Refi_Max_LTV", "New lender: most LTV", 0.7, "share", "share", "Assumed: 70-80 % at origination in practice (secondary)", above(0)),
    Input("Refi_Min_DSCR", "New lender: least DSCR", 1.2, "x", "multiple", "Assumed: 1.20 sized DDTL 4.0 (secondary)", above(0)),
    Input("Refi_Years", "New lender: years to repay", 3, "years", "years", "Assumed: what is left of the fleet's life", above(0)),
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
