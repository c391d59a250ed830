"""The scenario engine with nothing left to chance and the gpu_loan workbook tell one story.

On the inputs that both know: one vintage in service at closing, no tax, no release, one decline of rent. The
workbook's step value, tax, later vintages and grace period are its own; reserve, sweep, lock-up, coins and the
refinancing test are the engine's own.
"""

import numpy as np
import pytest
from tests.models.scenario.test_limits import lived

SAME_IN_BOTH = {
    "gpus": "Gpus_1", "unit_cost": "Unit_Cost_1", "book_life": "Book_Life", "life": "Physical_Life", "scrap": "Scrap",
    "utilisation": "Utilisation", "availability": "Availability", "contracted_share": "Contracted_Share",
    "contract_rent": "Contract_Rent", "contract_years": "Contract_Years", "kw_per_gpu": "Kw_Per_Gpu",
    "hosting_cost": "Hosting_Cost", "other_cost": "Other_Cost", "debt": "Debt", "tenor": "Tenor_Years",
    "style": "Style", "base_rate": "Base_Rate", "margin": "Margin", "depth": "Depth", "depth_recovery": "Depth_Recovery",
    "hosting_mw_per_month": "Hosting_MW_Per_Month", "hostable_share": "Hostable_Share", "legal_months": "Legal_Months",
    "carry": "Carry", "exit_cost": "Exit_Cost", "discount_rate": "Discount_Rate",
}  # fmt: skip
CHANGES = {"Tax_Rate": 0.0, "Other_Cost": 1e6}
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
    quarters = range(worked.deal.quarters)

    def column(sheet, letters):
        return np.array([values[loan.find(f"{sheet}!{letters}{8 + i}")] for i in quarters])

    flows = np.array(worked.fleet.expected_cfads(worked.laws))
    np.testing.assert_allclose(flows, column("Revenue", "U"), rtol=1e-9)
    np.testing.assert_allclose(got["dscr"], column("Coverage", "G"), rtol=1e-9)
    np.testing.assert_allclose(got["rent"], column("Collateral", "E"), rtol=1e-9)
    np.testing.assert_allclose(got["value"], column("Collateral", "I"), rtol=1e-9)
    np.testing.assert_allclose(got["balance"], column("Debt", "J"), rtol=1e-9, atol=1e-3)
    assert flows.min() > 0
