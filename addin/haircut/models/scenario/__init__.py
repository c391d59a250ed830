"""The deal scenario: one loan on thousands of paths of coin price, GPU rent, power price and refinancing spread.

Read in this order: ``terms`` (what a sheet states), ``market`` (the factors), ``plan`` (what the deal fixes before
anything is drawn), ``draws`` (chance), ``engine`` (a quarter on every path), ``measures`` (what the outcomes say) and
``results`` (the three worksheet functions). Nothing else lives here.
"""

from haircut.models.scenario.results import scenario, scenario_grid, scenario_paths

__all__ = ["EXAMPLE", "scenario", "scenario_grid", "scenario_paths"]

EXAMPLE = (
    [
        ["gpus", 10_000], ["unit_cost", 32_000], ["life", 7], ["utilisation", 0.7], ["availability", 0.97],
        ["contracted_share", 0.8], ["contract_rent", 2.2], ["contract_years", 5], ["counterparty_pd", 0.02],
        ["kw_per_gpu", 1.3], ["hosting_cost", 0.25], ["debt", 170e6], ["tenor", 5], ["balloon", 0.1],
        ["base_rate", 0.037], ["margin", 0.045], ["dsra_months", 3], ["refi_max_ltv", 0.7], ["refi_min_dscr", 1.2],
        ["refi_years", 2], ["depth", 20_000], ["depth_recovery", 0.1], ["other_units", 20_000],
        ["buyer_vacuum", 0.5], ["hosting_mw_per_month", 20], ["legal_months", 3], ["carry", 30],
        ["exit_cost", 400], ["discount_rate", 0.12], ["hurdle", 0.1], ["coins", 200], ["coin_discount", 0.1],
    ],
    [
        ["factor", "level", "drift", "volatility"],
        ["coin", 90_000, 0.0, 0.6], ["rent", 2.35, -0.22, 0.4], ["power", 0.07, 0.0, 0.3], ["refi_spread", 0.045, 0.0, 0.015],
    ],
    [[1, 0.1, 0, -0.2], [0.1, 1, 0.1, -0.1], [0, 0.1, 1, 0], [-0.2, -0.1, 0, 1]],
)  # fmt: skip
"""An illustrative deal, its factors and their correlations: assumptions, all of them."""
