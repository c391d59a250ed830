"""Inputs of the data_centre_project template; every value carries its grade, its date and its source."""
# fmt: off
# One line an input: the table is easier to read whole than wrapped.

from dataclasses import replace
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
    UNCALIBRATED,
)
from haircut_workbooks.templates.sheets import A_DATE, Input, above, at_least, between, one_of

PERIODS = 64
CASES = ("base", "delay and overrun", "tenant default", "obsolescence", "rates up", "refinancing shut", "all at once")
_SHARED = {item.name: item for item in (*CASH, *SCENARIO, *SALE, *CONVERGENCE)}

DEAL = (
    Input("Deal", "Deal", "Illustrative data centre", "", "text", ""),
    Input("Tenant", "Tenant", "Illustrative tenant", "name", "text", ILLUSTRATION),
    Input("Closing", "Closing", date(2026, 3, 31), "date", "date", ILLUSTRATION, A_DATE),
    Input("Capacity_MW", "Critical IT load", 100, "MW", "rent", ILLUSTRATION, above(0)),
    Input("Shell_Cost", "Shell, power and cooling", 9_500_000, "USD/MW", "money", ILLUSTRATION, above(0)),
    Input("IT_Cost", "Fit-out that ages with the chips", 2_500_000, "USD/MW", "money", ILLUSTRATION, at_least(0), "Racks, liquid cooling, network: what the next density makes obsolete. 0 where the tenant pays for it."),
    Input("Lease_Rent", "Rent, without power", 175, "USD/kW-month", "rent", ILLUSTRATION, at_least(0)),
    Input("Lease_Years", "Lease ends", 12, "years from service", "years", ILLUSTRATION, at_least(0)),
    Input("Tenant_PD", "Tenant's probability of default", 0.01, "a year", "rate", ILLUSTRATION, between(0, 0.99)),
    Input("Backstop_Share", "Loss that a guarantor takes", 0, "share", "share", ILLUSTRATION, SHARE, "A hyperscaler's lease backstop or a parent's guarantee, as a share of the loss."),
    Input("Gearing", "Debt share of costs in construction", 0.7, "share", "share", ILLUSTRATION, between(0.05, 0.98)),
    Input("Tenor_Years", "Repayment", 10, "years from service, up to 15", "years", ILLUSTRATION, between(1, 15)),
    Input("Balloon", "Balloon at maturity", 200_000_000, "USD", "money", ILLUSTRATION, at_least(0)),
    Input("Base_Rate", "Base rate", 0.037, "annual", "rate", ILLUSTRATION, between(-0.05, 1)),
    Input("Margin", "Quoted spread", 0.03, "annual", "rate", ILLUSTRATION, between(0, 1)),
    Input("Target_DSCR", "DSCR for sculpting", 1.3, "x", "multiple", ILLUSTRATION, above(0)),
    Input("Min_DSCR", "DSCR covenant", 1.1, "x", "multiple", ILLUSTRATION, at_least(0)),
    Input("Lockup_DSCR", "DSCR under which nothing is paid out", 1.2, "x", "multiple", ILLUSTRATION, at_least(0)),
    Input("Max_LTV", "Limit of debt to economic value", 0.75, "share", "share", ILLUSTRATION, above(0)),
)
BUILDING = (
    Input("Scenario", "Scenario", "base", "case", "text", "Assumed 2026-11: the base case", one_of(*CASES), "Moves the whole workbook to one case of the sheet Scenarios."),
    Input("Construction_Years", "Construction", 2, "years, in halves", "years", "Assumed 2026-11: 18 to 30 months are common", between(0.5, 3)),
    Input("Draw_Timing", "Draws bear interest", 0.5, "share of their half-year", "share", "Assumed 2026-11: they come all through it; 0 is at its end", SHARE),
    Input("Contingency", "Contingency", 0.05, "share of building cost", "share", "Assumed 2026-11: 5 to 10 % are asked; taken as spent, it adds no value", between(0, 0.5)),
    Input("Fee_Share", "Arrangement fee", 0.015, "share of the commitment", "share", "Assumed 2026-11: order of magnitude", between(0, 0.1)),
    Input("Commitment_Fee", "Commitment fee", 0.005, "a year on the undrawn", "rate", "Assumed 2026-11: order of magnitude", between(0, 0.1)),
    Input("Land_Cost", "Land and grid connection", 600_000, "USD/MW", "money", "Assumed 2026-11: powered land sells, price by site; 0 where it is leased", at_least(0), "Paid at closing; what is left when the building is worth nothing."),
)
OPERATION = (
    Input("Escalator", "Rent escalator", 0.025, "a year", "share", "Assumed 2026-11: 2 to 3 % are common", between(-0.5, 0.5)),
    Input("Opex", "Operating cost, power passed through", 25, "USD/kW-month", "rent", "Assumed 2026-11: staff, maintenance, insurance, tax on property", at_least(0)),
    Input("Inflation", "Cost inflation", 0.025, "a year", "share", "Assumed 2026-11: near the rent escalator", between(-0.5, 0.5)),
    Input("Downtime_Years", "Empty after the lease", 0.5, "years", "years", "Assumed 2026-11: no large AI campus has been let again", between(0, 10)),
    Input("Relet_Share", "Rent of the next tenant", 0.65, "share of its first rent", "share", "Assumed 2026-11: a hall built for an older density", at_least(0)),
    Input("Relet_Growth", "Growth of that rent", 0, "a year from service", "share", "Assumed 2026-11: range -5 % to +3 %", between(-0.5, 0.5)),
    Input("Relet_Occupancy", "Let share after the lease", 0.85, "share", "share", "Assumed 2026-11: multi-tenant", SHARE),
    Input("Refresh_Share", "Fit-out renewed at the end of each life", 0.5, "share of its cost", "share", "Assumed 2026-11: landlord pays half", SHARE, "Set aside over each life, spent at its end; adds to value what it costs."),
    _SHARED["Tax_Rate"],
    replace(_SHARED["Discount_Rate"], value=0.085, basis="Assumed 2026-11: between the loan's rate and equity's, for a leased building", rule=between(0.001, 2)),
)
AGEING = (
    Input("Shell_Life", "Life of shell, power and cooling", 28, "years", "years", "Assumed 2026-11: utility-grade, 20 to 40; the timeline holds 28 after the longest construction", between(1, 28), "Rent ends with it."),
    Input("IT_Life", "Life of the fit-out", 6, "years", "years", "Assumed 2026-11: technology-grade, 5 to 7; filings of 2025 give 4 to 6 for servers", above(0)),
    Input("IT_Decay", "Fit-out loses beside its age", 0.15, "a year, continuous", "rate", "Assumed 2026-11: as GPUs between releases", at_least(0)),
    Input("Density_Time", "Next density makes it obsolete", 3, "years from service", "years", "Assumed 2026-11: two years between architectures", at_least(0)),
    Input("Density_Drop", "Fit-out value that it takes", 0.4, "share", "share", "Assumed 2026-11: racks went from 40 to 130 kW in one step", SHARE),
    Input("Sale_Discount", "Forced sale of the shell", 0.25, "share lost", "share", "Assumed 2026-11: UNCALIBRATED, no AI campus was foreclosed on record", SHARE),
    Input("IT_Sale_Discount", "Forced sale of the fit-out", 0.7, "share lost", "share", "Assumed 2026-11: UNCALIBRATED, bolted to one building", SHARE),
    Input("Unfinished_Discount", "Forced sale of a site half built", 0.5, "share of cost lost", "share", "Assumed 2026-11: UNCALIBRATED", SHARE),
    Input("Sale_Years", "Time to sell", 1.5, "years", "years", "Assumed 2026-11: UNCALIBRATED", between(0, 10)),
)
LOAN = (
    Input("Tail_Credit", "Cash after the lease that sizing counts", 0, "share", "share", "Assumed 2026-11: none; 17 of 17 disclosed schedules give no residual credit (CCIR, 2026-07-22, secondary)", SHARE),
    Input("Sweep", "Free cash swept towards the balloon", 0, "share", "share", "Assumed 2026-11: none; excess cash sweeps are common in practice", SHARE),
    Input("Min_PLCR", "Least PLCR at completion", 1.4, "x", "multiple", "Assumed 2026-11: above the DSCR, since it counts cash after the lease", at_least(0)),
    replace(_SHARED["DSRA_Months"], value=6, basis="Assumed 2026-11: six months are usual in project finance"),
    replace(_SHARED["Refi_Max_LTV"], value=0.65, basis="Assumed 2026-11: Aligned ABS senior class stood at 70 % (July 2026, secondary)"),
    replace(_SHARED["Refi_Min_DSCR"], value=1.3, basis="Estimated 2024: DBRS DI Issuer: 1.58x in the rating case, 1.19x on refinancing"),
    Input("Refi_Spread", "New lender: spread", 0.035, "annual", "rate", "Assumed 2026-11: wider than today's", between(0, 1)),
    replace(_SHARED["Refi_Years"], value=8, basis="Assumed 2026-11: what is left of the shell, halved", rule=between(0.5, 10)),
)
VIEWS = (
    Input("Utility_Life", "Utility-grade: life of all that is built", 28, "years", "years", "Assumed 2026-11: as a power line or a toll road, cut at the timeline's end", between(1, 28)),
    Input("Technology_Life", "Technology-grade: life of the shell", 15, "years", "years", "Assumed 2026-11: two lives of a hall's density", between(1, 28)),
    Input("Utility_Rent", "Utility-grade: rent after the lease", 1, "share of its first rent", "share", "Assumed 2026-11: the lease is renewed as it stands", at_least(0)),
    Input("Technology_Rent", "Technology-grade: rent after the lease", 0.6, "share of its first rent", "share", "Assumed 2026-11: an old hall, let in part", at_least(0)),
    Input("Utility_Growth", "Utility-grade: growth of that rent", 0.025, "a year from service", "share", "Assumed 2026-11: the escalator goes on", between(-0.5, 0.5)),
    Input("Technology_Growth", "Technology-grade: growth of that rent", -0.05, "a year from service", "share", "Assumed 2026-11: a mild fall beside that of GPU rent", between(-0.5, 0.5)),
    Input("Utility_Residual", "Utility-grade: worth at the end", 0.3, "share of cost without land", "share", "Assumed 2026-11: a building keeps something", SHARE),
    Input("Technology_Residual", "Technology-grade: worth at the end", 0, "share of cost without land", "share", "Assumed 2026-11: 0; 17 of 17 disclosed schedules give no residual credit (CCIR, 2026-07-22, secondary)", SHARE),
    Input("Utility_Tenor", "Utility-grade: repayment", 20, "years from service", "years", "Assumed 2026-11: long, as in power and roads", between(0.5, 28)),
    Input("Technology_Tenor", "Technology-grade: repayment", 8, "years, within the lease", "years", "Assumed 2026-11: little beyond one life of the fit-out", between(0.5, 28)),
    Input("Utility_DSCR", "Utility-grade: DSCR for sculpting", 1.25, "x", "multiple", "Assumed 2026-11: contracted infrastructure", above(0)),
    Input("Technology_DSCR", "Technology-grade: DSCR for sculpting", 1.4, "x", "multiple", "Reported 2025-07: 1.40 sized DDTL 3.0 (lender's projected test, secondary)", above(0)),
)
SCENARIOS = (
    *(item for item in CONVERGENCE if item.name not in ("Vol_Rent", "Buyer_Vacuum")),
    replace(_SHARED["Buyer_Vacuum"], value=0.5, basis=UNCALIBRATED.replace("bulk sale of GPUs", "forced sale of an AI campus")),
    replace(_SHARED["Vol_Rent"], label="Volatility, rent of halls", value=0.25, basis="Assumed 2026-11: below that of GPU rent (0.4): halls are let for years"),
    _SHARED["Coin_Price"],
    Input("Depth", "Depth of the market for halls", 150_000, "kW that move it by 63 %", "count", UNCALIBRATED.replace("bulk sale of GPUs", "forced sale of an AI campus"), above(0)),
)
CREDIT_INPUTS = (
    *CREDIT,
    Input("Completion_PD", "Probability that it is never completed", 0.01, "a year of construction", "rate", "Assumed 2026-11: contractor, grid connection, chips; beside the tenant's", between(0, 0.99)),
    Input("Utility_PD", "Project finance: default in ten years", 0.067, "cumulative", "rate", "Reported 2017-03: Moody's project finance default study", SHARE),
    Input("Utility_Recovery", "Project finance: recovery", 0.8, "share", "share", "Reported 2016-03: Moody's project finance recovery study", SHARE),
)
SECTIONS = (
    ("The deal (every deal of a portfolio must give these)", DEAL),
    ("Scenario and construction", BUILDING),
    ("Operation", OPERATION),
    ("Utility-grade and technology-grade assets", AGEING),
    ("Loan and refinancing", LOAN),
    ("The same project under two sets of assumptions", VIEWS),
    ("Price of credit", CREDIT_INPUTS),
    ("Correlation convergence", SCENARIOS),
)
DERIVED = (
    Derived("Loan_Rate", "Loan rate, as agreed", "=Base_Rate+Margin", "annual nominal", "rate"),
    Derived("Period_Rate", "Loan rate a period, as agreed", "=Loan_Rate/Periods_Per_Year", "nominal", "rate"),
    Derived("Live_Rate", "Loan rate a period, as it comes", "=(Loan_Rate+Live_Rate_Rise)/Periods_Per_Year", "nominal", "rate"),
    Derived("Period_Discount", "Discount a period", "=(1+Discount_Rate)^(1/Periods_Per_Year)-1", "effective", "rate"),
    Derived("Spread_Out", "Cash that comes all through a period, worth at its start", "=Period_Discount/(1+Period_Discount)/LN(1+Period_Discount)", "share", "share"),
    Derived("Agreed_Completion", "Period of completion, agreed", "=MAX(1,ROUND(Construction_Years*Periods_Per_Year,0))", "", "count"),
    Derived("Late", "Periods that completion is late", "=ROUND(Live_Delay*Periods_Per_Year,0)", "", "count"),
    Derived("Completion", "Period of completion", "=Agreed_Completion+Late", "", "count"),
    Derived("Service_Year", "Service starts", "=Completion/Periods_Per_Year", "years from closing", "years"),
    Derived("Payments", "Payments of the term loan", "=ROUND(Tenor_Years*Periods_Per_Year,0)", "", "count"),
    Derived("Maturity", "Period of maturity", "=Completion+Payments", "", "count"),
    Derived("DSRA_Periods", "Debt service reserve", "=ROUNDUP(DSRA_Months/Months_Per_Period,0)", "half-years", "count"),
    Derived("IT_Periods", "Life of the fit-out", "=MAX(1,ROUND(IT_Life*Periods_Per_Year,0))", "half-years", "count"),
    Derived("End_Of_Life", "Period in which the shell's life ends", "=MIN(Periods,Completion+ROUND(Shell_Life*Periods_Per_Year,0))", "", "count"),
    Derived("Downtime", "Empty after the lease", "=ROUND(Downtime_Years*Periods_Per_Year,0)", "half-years", "count"),
    Derived("Refi_Periods", "New lender: payments", "=ROUND(Refi_Years*Periods_Per_Year,0)", "half-years", "count"),
    Derived("Refi_Rate", "New lender: rate a period", "=(Base_Rate+Live_Rate_Rise+Refi_Spread+Live_Refi_Spread)/Periods_Per_Year", "nominal", "rate"),
    Derived("Lease_End", "Lease ends, or the tenant", "=MIN(Lease_Years,Live_Tenant_Default)", "years from service", "years"),
    Derived("Land", "Land and grid connection", "=Capacity_MW*Land_Cost", "USD", "money"),
    Derived("Shell_Agreed", "Shell, power and cooling, as agreed", "=Capacity_MW*Shell_Cost", "USD", "money"),
    Derived("IT_Agreed", "Fit-out, as agreed", "=Capacity_MW*IT_Cost", "USD", "money"),
    Derived("Shell_Total", "Shell, power and cooling, overrun beyond contingency", "=Shell_Agreed*(1+MAX(0,Live_Overrun-Contingency))", "USD", "money"),
    Derived("IT_Total", "Fit-out, overrun beyond contingency", "=IT_Agreed*(1+MAX(0,Live_Overrun-Contingency))", "USD", "money"),
    Derived("Kw", "Critical IT load", "=Capacity_MW*Kw_Per_MW", "kW", "count"),
    Derived("Utility_PD_Year", "Project finance: default a year", "=1-(1-Utility_PD)^(1/Utility_Years)", "a year", "rate"),
    Derived("Utility_IT_Periods", "Utility-grade: life of the fit-out", "=ROUND(Utility_Life*Periods_Per_Year,0)", "half-years", "count"),
    Derived("Technology_Repays", "Technology-grade: repayment", "=MIN(Technology_Tenor,Lease_Years)", "years from service", "years"),
    Derived("Base_Effective", "Base rate, effective", "=(1+Base_Rate/Periods_Per_Year)^Periods_Per_Year-1", "annual effective", "rate"),
    Derived("Quoted_Spread", "Quoted spread", "=Margin*Basis_Points", "bp", "bp"),
    Derived("Hourly", "USD/kW-month to USD/kW-hour", "=Periods_Per_Year*Months_Per_Period/Hours_Per_Year", "months an hour", "number"),
)
CONSTANTS = (
    Constant("Periods", "Periods", PERIODS, "half-years"),
    Constant("Periods_Per_Year", "Periods a year", 2, "half-years"),
    Constant("Months_Per_Period", "Months a period", 6, "months"),
    Constant("Middle_1", "Middle of a half-year's first quarter", 0.125, "years"),
    Constant("Middle_2", "Middle of its second quarter", 0.375, "years"),
    Constant("Kw_Per_MW", "Kilowatts in a megawatt", 1000, "kW"),
    HOURS_PER_YEAR,
    BASIS_POINTS,
    Constant("Million", "One million", 1_000_000, "USD"),
    Constant("Utility_Years", "Years of the default study", 10, "years"),
    Constant("Tail_Share", "Loan that may be owed when the lease ends", 0.1, "share"),
    Constant("Most_LTV", "Highest limit to value that the deal scenario takes", 5, "x"),
    Constant("Least_Rate", "Lowest rate that is looked for", -0.5, "a half-year"),
    Constant("Most_Rate", "Highest rate that is looked for", 1, "a half-year"),
    TINY,
    CENT,
)
