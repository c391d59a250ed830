"""What every template has to assume about the market: ageing, rent, forced sales, credit, correlations.

Each number says how well it is known. A reading that exists is cited with its own grade; a number that no one
publishes is called uncalibrated.
"""
# fmt: off
# One line an input: the table is easier to read whole than wrapped.

from haircut_workbooks.templates.sheets import Input, above, at_least, between

SHARE = between(0, 1)
ILLUSTRATION = "Assumed 2026-11: illustration, not a deal"
UNCALIBRATED = "Assumed 2026-11: UNCALIBRATED, no bulk sale of GPUs is on record"
CADENCE = "Assumed 2026-11: about two years between architectures (H100 2022-23, Blackwell 2024-25)"
CORRELATION = "Assumed 2026-11: BTC to Nasdaq ran from -0.68 to 0.80 (2025-26); none is published for rent"

VALUE = (
    Input("Salvage_Share", "Salvage value", 0, "share of cost", "share", "Assumed 2026-11: 0; 17 of 17 disclosed schedules give no residual credit (CCIR, 2026-07-22, secondary)", SHARE),
    Input("Floor_Share", "Floor", 0.05, "share of cost", "share", "Assumed 2026-11: scrap and spare parts", SHARE),
    Input("Release_Time_1", "First release", 1.5, "years from closing", "years", CADENCE, at_least(-5)),
    Input("Release_Time_2", "Second release", 3.5, "years from closing", "years", CADENCE, at_least(-5)),
    Input("Release_Time_3", "Third release", 5.5, "years from closing", "years", CADENCE, at_least(-5)),
    Input("Release_Rent_Drop", "Rent that each release takes", 0, "share", "share", "Assumed 2026-11: 0, the yearly decline holds it", SHARE),
    Input("Scrap", "Scrap value", 300, "USD/GPU", "money", "Assumed 2026-11: parts and metal", at_least(0)),
)

CASH = (
    Input("Rent_Floor", "Rent floor", 0, "USD/GPU-hour", "rent", "Assumed 2026-11: none", at_least(0)),
    Input("Availability", "Availability", 0.97, "share of all hours", "share", "Assumed 2026-11: maintenance and failures", SHARE),
    Input("Other_Cost", "Other costs", 0, "USD a year", "money", "Assumed 2026-11: none; insurance and agency fees go here", at_least(0)),
    Input("Tax_Rate", "Cash tax", 0.21, "share of taxable income", "share", "Assumed 2026-11: US federal rate, no losses carried forward", SHARE),
    Input("Discount_Rate", "Discount rate of collateral", 0.12, "annual effective", "rate", "Assumed 2026-11: between senior debt and equity", between(-0.5, 2)),
    Input("Counterparty_PD", "Tenant's probability of default", 0.01, "a year", "rate", "Assumed 2026-11: lowers the value of the contract in place, and ends it in the deal scenario", between(0, 0.99)),
)

SALE = (
    Input("Depth", "Market depth", 20_000, "GPUs that move the price 63 %", "count", UNCALIBRATED, above(0)),
    Input("Depth_Recovery", "Pressure that fades", 0.1, "share a month", "share", UNCALIBRATED, SHARE),
    Input("Other_Units", "Other distressed GPUs", 0, "GPUs over the same months", "count", "Assumed 2026-11: none; raise it to test a crowded market", at_least(0)),
    Input("Hosting_MW_Per_Month", "Hosting that buyers can free", 20, "MW a month", "number", UNCALIBRATED, above(0)),
    Input("Legal_Months", "Legal stay", 3, "months", "years", "Assumed 2026-11: no GPU foreclosure is on record", between(0, 120)),
    Input("Carry", "Warehouse, insurance, staff", 30, "USD/GPU-month", "money", "Assumed 2026-11: after de-installation, not in colocation", at_least(0)),
)

CREDIT = (
    Input("Capital_Confidence", "Confidence of the capital held", 0.999, "quantile", "share", "Assumed 2026-11: Basel's IRB formula uses 99.9 %", between(0.5, 0.9999)),
    Input("Asset_Correlation", "Asset correlation", 0.2, "0 to below 1", "number", "Assumed 2026-11: Basel's corporate range is 0.12 to 0.24", between(0, 0.99)),
    Input("Hurdle", "Return on capital over base rate", 0.1, "annual", "rate", "Assumed 2026-11: lender's own", at_least(0)),
    Input("Liquidity_Premium", "Liquidity premium", 0.005, "annual", "rate", "Assumed 2026-11: lender's own", between(-0.1, 0.5)),
)

CONVERGENCE = (
    Input("Convergence", "Convergence", 0.5, "0 to 0.99", "share", "Assumed 2026-11: half way to 'all bad together'", between(0, 0.99)),
    Input("Confidence", "How bad a year", 0.99, "quantile", "share", "Assumed 2026-11: one year in a hundred", between(0.5, 0.9999)),
    Input("Buyer_Vacuum", "Depth lost per unit of stress", 0, "continuous", "number", UNCALIBRATED + "; 0 leaves the market as it is", at_least(0)),
    Input("Vol_Coin", "Volatility, coin price", 0.6, "annual", "share", "Assumed 2026-11: bitcoin's order of magnitude", between(0, 5)),
    Input("Vol_Rent", "Volatility, GPU rent", 0.4, "annual", "share", "Assumed 2026-11: H100 spot halved and doubled within months in 2024-26", between(0, 5)),
    Input("Vol_Power", "Volatility, power price", 0.3, "annual", "share", "Assumed 2026-11: hedged in part", between(0, 5)),
    Input("Vol_Refi", "Volatility, refinancing spread", 0.015, "annual, absolute", "rate", "Assumed 2026-11: high-yield spreads", between(0, 1)),
    Input("Corr_Coin_Rent", "Correlation coin, rent", 0.1, "-1 to 1", "number", CORRELATION, between(-1, 1)),
    Input("Corr_Coin_Power", "Correlation coin, power", 0, "-1 to 1", "number", CORRELATION, between(-1, 1)),
    Input("Corr_Coin_Refi", "Correlation coin, refinancing", -0.2, "-1 to 1", "number", CORRELATION, between(-1, 1)),
    Input("Corr_Rent_Power", "Correlation rent, power", 0.1, "-1 to 1", "number", CORRELATION, between(-1, 1)),
    Input("Corr_Rent_Refi", "Correlation rent, refinancing", -0.1, "-1 to 1", "number", CORRELATION, between(-1, 1)),
    Input("Corr_Power_Refi", "Correlation power, refinancing", 0, "-1 to 1", "number", CORRELATION, between(-1, 1)),
)

FACTORS = ("Coin", "Rent", "Power", "Refi")
"""The factors as the names of their correlations spell them."""


def quoted_correlation(i: int, j: int) -> str:
    """Formula of a correlation as quoted, by the places of its factors.

    >>> quoted_correlation(3, 0), quoted_correlation(1, 1)
    ('=Corr_Coin_Refi', '=1')
    """
    first, second = sorted((i, j))
    return "=1" if i == j else f"=Corr_{FACTORS[first]}_{FACTORS[second]}"


SCENARIO = (
    Input("Coins", "Coins pledged or at hand", 0, "BTC", "count", "Assumed 2026-11: none", at_least(0)),
    Input("Coin_Price", "Coin price", 90_000, "USD", "money", "Assumed 2026-11: order of magnitude; moves cash only where there are coins", at_least(0)),
    Input("Coin_Discount", "Lost on coins sold in a hurry", 0.1, "share", "share", "Assumed 2026-11: spread and market impact", SHARE),
    Input("DSRA_Months", "Debt service reserve", 3, "months", "rent", "Assumed 2026-11: about 3 months are asked (USD.AI, secondary)", between(0, 120)),
    Input("Opening_Cash", "Cash when the fleet serves", 0, "USD", "money", "Assumed 2026-11: none", at_least(0)),
    Input("Refi_Max_LTV", "New lender: most LTV", 0.7, "share", "share", "Assumed 2026-11: 70-80 % at origination in practice (secondary)", above(0)),
    Input("Refi_Min_DSCR", "New lender: least DSCR", 1.2, "x", "multiple", "Assumed 2026-11: 1.20 sized DDTL 4.0 (secondary)", above(0)),
    Input("Refi_Years", "New lender: years to repay", 3, "years", "years", "Assumed 2026-11: what is left of the fleet's life", above(0)),
)
