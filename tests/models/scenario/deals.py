"""Deals for the tests: labelled ranges from plain words."""

BASE = {
    "gpus": 10_000, "unit_cost": 32_000, "life": 7, "utilisation": 0.7, "availability": 0.97, "contracted_share": 0.6,
    "contract_rent": 2.2, "contract_years": 3, "kw_per_gpu": 1.3, "hosting_cost": 0.25, "debt": 150e6, "tenor": 4,
    "base_rate": 0.037, "margin": 0.045, "depth": 20_000, "depth_recovery": 0.1, "hosting_mw_per_month": 20,
    "discount_rate": 0.12,
}  # fmt: skip
REFINANCING = {"refi_max_ltv": 0.7, "refi_min_dscr": 1.2, "refi_years": 2}
LEVELS = {"rent": (2.35, -0.22, 0.4), "power": (0.07, 0.0, 0.3), "coin": (90_000, 0.0, 0.6), "refi_spread": (0.045, 0.0, 0.015)}  # fmt: skip
QUOTED = {
    ("coin", "rent"): 0.1,
    ("rent", "power"): 0.1,
    ("coin", "refi_spread"): -0.2,
    ("rent", "refi_spread"): -0.1,
}


def deal(**changes):
    """The range of a deal; a change to None leaves the label out."""
    return [[name, value] for name, value in (BASE | changes).items() if value is not None]


def factors(*names, **levels):
    """The range of factors, in that order."""
    rows = {name: levels.get(name, LEVELS[name]) for name in names or ("rent", "power")}
    return [["factor", "level", "drift", "volatility"], *([name, *row] for name, row in rows.items())]


def quoted(*names):
    """Their correlations."""
    names = names or ("rent", "power")
    return [[1.0 if a == b else QUOTED.get((a, b), QUOTED.get((b, a), 0.0)) for b in names] for a in names]


ALL = ("coin", "rent", "power", "refi_spread")
