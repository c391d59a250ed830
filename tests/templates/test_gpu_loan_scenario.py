"""The scenario engine with nothing left to chance and the gpu_loan workbook tell one story.

On the inputs that both know: one vintage, drawn in full and in service at closing, no tax, no release, one decline
of rent. The workbook's step value, tax, later vintages and draws, undrawn fee, grace period and value trap are its
own; the counterparty's default, coins and the refinancing test are the engine's own. Reserve, sweep and lock-up are
in both, and tied where HC_WATERFALL is.
"""

import numpy as np
import pytest
from tests.models.scenario.test_limits import lived
from tests.templates.reading import numbers, places

SAME_IN_BOTH = {
    "gpus": "Gpus_1", "unit_cost": "Unit_Cost_1", "book_life": "Book_Life", "life": "Physical_Life", "scrap": "Scrap",
    "utilisation": "Utilisation", "availability": "Availability", "contracted_share": "Contracted_Share",
    "contract_rent": "Contract_Rent", "contract_years": "Contract_Years", "kw_per_gpu": "Kw_Per_Gpu",
    "hosting_cost": "Hosting_Cost", "other_cost": "Other_Cost", "debt": "Debt", "tenor": "Tenor_Years",
    "style": "Style", "base_rate": "Base_Rate", "margin": "Margin", "depth": "Depth", "depth_recovery": "Depth_Recovery",
    "hosting_mw_per_month": "Hosting_MW_Per_Month", "hostable_share": "Hostable_Share", "legal_months": "Legal_Months",
    "carry": "Carry", "exit_cost": "Exit_Cost", "discount_rate": "Discount_Rate",
}  # fmt: skip
CHANGES = {
    "Tax_Rate": 0.0, "Other_Cost": 1e6, "Gpus_1": 10_000, "Gpus_2": 0.0, "Gpus_3": 0.0, "Debt": 2.24e8, "Contract_Rent": 2.2,
    "Contracted_Share": 0.9,
}  # fmt: skip
CASES = [
    {},
    {
        "Style": "straight",
        "Tenor_Years": 4.0,
        "Contract_Years": 3.6,
        "Utilisation": 0.9,
        "Rent_Decline": 0.05,
    },
    {"Tenor_Years": 3.0, "Contracted_Share": 0.5, "Rent_Decline": 0.1, "Debt": 1.2e8},
]


@pytest.mark.parametrize("changes", CASES)
def test_cash_cover_balance_rent_and_value_are_the_same(loan, engine, changes):
    named = loan.named_cells
    given = {named[name]: value for name, value in (CHANGES | changes).items()}
    values = engine.recalculate(given).values | given

    def cell(name):
        return values.get(named[name], loan.value(named[name]))

    rows = [[label, cell(name)] for label, name in SAME_IN_BOTH.items()]
    levels = {
        "rent": (cell("Rent"), np.log1p(-cell("Rent_Decline")), 0.0),
        "power": (cell("Power_Price"), 0.0, 0.0),
    }
    worked, got = lived(rows, **levels)
    quarters = worked.deal.quarters

    def row(sheet, label):
        return numbers(values[a] for a in places(loan, sheet, label))[:quarters]

    flows = np.array(worked.fleet.expected_cfads(worked.laws))
    np.testing.assert_allclose(flows, row("Cash flow", "CFADS"), rtol=1e-9)
    np.testing.assert_allclose(got["dscr"], row("Coverage", "DSCR, projected"), rtol=1e-9)
    np.testing.assert_allclose(got["rent"], row("Collateral", "Market rent, first vintage"), rtol=1e-9)
    np.testing.assert_allclose(
        got["value"], row("Collateral", "Rent-implied value of one, first vintage"), rtol=1e-9
    )
    np.testing.assert_allclose(got["balance"], row("Debt", "Closing"), rtol=1e-9, atol=1e-3)
    assert flows.min() > 0
