"""Sheet Deal scenario: the loan on thousands of paths, from the date of completion."""

from haircut_workbooks.templates.deal_scenario import (
    TOP,
    add_heat_map,
    add_measures,
    add_risks,
    add_terms,
)
from haircut_workbooks.templates.lines import Timeline
from haircut_workbooks.templates.market import quoted_correlation
from haircut_workbooks.templates.sheets import GREY, TemplateBook

WHILE_LET = "SUMPRODUCT({lease_rent:}*{repaying:})/MAX(1,SUMPRODUCT({leased:}*{repaying:}))"
A_YEAR = "/Payments*Periods_Per_Year"
DEAL = (
    ("gpus", "=Kw", "count", "count"),
    ("unit_cost", "=(Land+Shell_Agreed+IT_Agreed)/Kw", "USD", "money"),
    ("book_life", "=Shell_Life", "years", "years"),
    ("life", "=Shell_Life", "years", "years"),
    ("scrap", "=Land/Kw", "USD", "money"),
    ("utilisation", "=Relet_Occupancy", "share", "share"),
    ("contracted_share", "=1", "share", "share"),
    ("contract_rent", f"={WHILE_LET}*Hourly", "USD/GPU-hour", "number"),
    ("contract_years", "=Lease_End", "years", "years"),
    ("counterparty_pd", "=Tenant_PD", "annual", "rate"),
    ("kw_per_gpu", "=1", "kW", "number"),
    ("hosting_cost", "=Hall_Cost", "USD/GPU-hour", "number"),
    ("other_cost", "=SUMPRODUCT(({set_aside:}+{tax:})*{repaying:})" + A_YEAR, "USD a year", "money"),
    ("debt", "=Term_Loan", "USD", "money"),
    ("tenor", "=Payments/Periods_Per_Year", "years", "years"),
    ("style", '=IF(Term_Balloon<Term_Loan,"annuity","bullet")', "word", "text"),
    ("balloon", "=IF(Term_Balloon<Term_Loan,Term_Balloon/Term_Loan,0)", "share", "share"),
    ("base_rate", "=Base_Rate+Live_Rate_Rise", "annual", "rate"),
    ("margin", "=Margin", "annual", "rate"),
    ("dsra_months", "=DSRA_Months", "months", "rent"),
    ("opening_cash", "=Source_Reserve", "USD", "money"),
    ("lockup_dscr", "=Lockup_DSCR", "x", "multiple"),
    ("sweep", "=Sweep", "share", "share"),
    ("refi_max_ltv", "=MAX(Tiny,MIN(Most_LTV,(Refi_Max_LTV-Live_Refi_LTV)*Seen_Over_Hall))", "share", "share"),
    ("refi_min_dscr", "=Refi_Min_DSCR", "x", "multiple"),
    ("refi_years", "=Refi_Years", "years", "years"),
    ("depth", "=Depth", "GPUs", "count"),
    ("depth_recovery", "=0", "share a month", "share"),
    ("buyer_vacuum", "=Buyer_Vacuum", "per unit of stress", "number"),
    ("hosting_mw_per_month", "=Capacity_MW", "MW", "number"),
    ("legal_months", "=Sale_Years*Months_Per_Period*Periods_Per_Year", "months", "rent"),
    ("carry", "=Opex", "USD/GPU-month", "money"),
    ("discount_rate", "=Discount_Rate", "annual effective", "rate"),
    ("hurdle", "=Hurdle", "annual", "rate"),
    ("liquidity_premium", "=Liquidity_Premium", "annual", "rate"),
    ("confidence", "=Confidence", "share", "share"),
)  # fmt: skip
"""Labels of the scenario. A unit ("GPU") is a kW of the hall: its rent, its cost, its share of the land."""
RISKS = (
    ("coin", "=Coin_Price", "=0", "=Vol_Coin"),
    ("rent", "=Lease_Rent*Relet_Share*(1-Live_Relet_Loss)*Hourly", "=LN(1+Relet_Growth)", "=Vol_Rent"),
    ("power", "=0", "=0", "=Vol_Power"),
    ("refi_spread", "=Refi_Spread+Live_Refi_Spread", "=0", "=Vol_Refi"),
)
HALL = (
    ("Hall_Cost", "cost of a kW", "=SUMPRODUCT({opex:}*{repaying:})/Kw/Months_Per_Period/Payments*Hourly", "USD/kW-hour", "number"),
    ("Hall_Value", "a kW at maturity, let at the market", "=HC_RENT_VALUE(Lease_Rent*Relet_Share*(1-Live_Relet_Loss)*Hourly*(1+Relet_Growth)^Tenor_Years,-Relet_Growth,Hall_Cost,Discount_Rate,MAX(0,Shell_Life-Tenor_Years),Relet_Occupancy,Land/Kw)", "USD", "money"),
    ("Seen_Over_Hall", "economic value then, over it", "=INDEX({economic:},Maturity)/Kw/MAX(Cent,Hall_Value)", "x", "multiple"),
)  # fmt: skip
"""What a new lender sees at maturity, over the engine's own value: lease, tax, renewals and cost inflation are beyond it."""
NAMED = (("Scenario_PD", 1, 1), ("Scenario_Spread", 7, 1), ("Converged_Spread", 7, 3))
NOTES = (
    "Beyond the engine: construction and its draws, escalator and inflation (averages of the loan's life), tax and renewals (likewise), downtime, fit-out and its ageing, sculpting",
    "(an annuity with the balloon), half-yearly payments (quarterly), the lease in the site's value (at maturity they scale the new lender's limit instead). With these at rest and no volatility, CFADS, DSCR, balance and LTV tie to the sheets.",
)
FLAT = "Where it is flat across: the tenant's default stands apart from the factors, and the balloon hangs on rent alone. See the sheet Convergence."


def add_deal_scenario(book: TemplateBook, time: Timeline) -> None:
    """The labelled ranges, the table of measures, the heat map, and what lies beyond the engine."""
    sheet = book.sheet("Deal scenario", "Deal scenario, uncalibrated", "The loan from completion on 8,192 paths of coin, rent of halls, power and refinancing spread, quoted and converged; the tenant's default on each path. A unit is a kW of the hall.", [2, 34, 15, 18, 3, 28, *[14] * 6])  # fmt: skip
    sheet.write_formula(2, 1, "=Deal", book.style(bold=True))
    add_terms(book, sheet, [(label, time.text(formula), unit, style) for label, formula, unit, style in DEAL])
    add_risks(book, sheet, RISKS, quoted_correlation)
    add_measures(book, sheet, "What becomes of the loan, with standard errors", "Convergence", NAMED)
    add_heat_map(book, sheet, FLAT)
    last = TOP + len(DEAL) + 2
    for name, label, formula, unit, style in HALL:
        sheet.write(last, 1, label, book.style(font_color=GREY))
        book.formula(sheet, last, 2, time.text(formula), style, align="right")
        sheet.write(last, 3, unit, book.style(font_color=GREY, indent=1))
        book.name(name, sheet, (last, 2))
        last += 1
    last += 1
    for i, note in enumerate(NOTES):
        sheet.write(last + i, 1, note, book.style(italic=True, font_color=GREY))
    sheet.print_area(0, 0, last + len(NOTES), 12)
