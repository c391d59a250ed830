"""What the functions of a portfolio refuse, each by the name of its argument."""

from math import inf, nan

import numpy as np
import pytest

from haircut.models.errors import InvalidValue, OutOfRange
from haircut.models.portfolio import portfolio_loss, risk_contribution

GOOD = {"pds": [0.02, 0.05], "lgds": 0.5, "exposures": 100, "correlation": 0.2}


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"pds": [0.02, 1.2]}, OutOfRange, "^pds must be between 0 and 1, but is 1.2 .item 2"),
        ({"pds": [0.02, nan]}, OutOfRange, "^pds must be between 0 and 1, but is nan .item 2"),
        ({"lgds": -0.1}, OutOfRange, "^lgds must"),
        ({"exposures": [100, -1]}, OutOfRange, "^exposures must be at least 0, but is -1 .item 2"),
        ({"correlation": 1.2}, OutOfRange, "^correlation must be between 0 and 1, but is 1.2"),
        ({"convergence": 1.1}, OutOfRange, "^convergence must"),
        ({"confidence": 1}, OutOfRange, "^confidence must be above 0 and below 1"),
        ({"confidence": 0.9999999}, OutOfRange, "^confidence must be at most 0.999999"),
        ({"degrees": 0.5}, OutOfRange, "^degrees must be between 1 and 1,000,000"),
        ({"lgd_sensitivity": -0.1}, OutOfRange, "^lgd_sensitivity must be at least 0"),
        ({"lgd_sensitivity": 11}, OutOfRange, "^lgd_sensitivity must be at most 10, but is 11"),
        ({"units": 10}, InvalidValue, "^units and depth go together"),
        ({"depth": 10}, InvalidValue, "^units and depth go together"),
        ({"units": -1, "depth": 10}, OutOfRange, "^units must"),
        ({"units": 1, "depth": 0}, OutOfRange, "^depth must be above 0"),
        ({"exposures": [1, 2, 3]}, InvalidValue, "pds has 2, exposures has 3"),
        ({"pds": [0.01] * 1001}, OutOfRange, "^pds must be of at most 1,000 obligors, but are of 1,001"),
        (
            {"pds": [0.01] * 201, "degrees": 4},
            OutOfRange,
            "^pds must be of at most 200 obligors in a Student t",
        ),
    ],
)
def test_a_portfolio_is_refused_by_name(change, error, says):
    with pytest.raises(error, match=says):
        portfolio_loss(**(GOOD | change))


@pytest.mark.parametrize(
    ("change", "says"),
    [({"pds": 1.2}, "^pds must"), ({"confidence": inf}, "^confidence must"), ({"convergence": -1}, "^conv")],
)
def test_contributions_are_refused_by_name(change, says):
    with pytest.raises(OutOfRange, match=says):
        risk_contribution(**(GOOD | change))


def test_a_book_that_would_keep_a_cell_waiting_for_minutes_is_refused_at_once():
    rng = np.random.default_rng(1)
    pds, lgds, exposures = rng.uniform(0.001, 0.2, 100), rng.uniform(0.2, 0.8, 100), rng.uniform(1, 9, 100)
    with pytest.raises(
        OutOfRange,
        match="^pds of 100 obligors with this correlation take .* as long as a cell may; give fewer",
    ):
        portfolio_loss(pds, lgds, exposures, 0.97, 0, 0.99, 4)
    # Losses that have a common unit are counted on a short grid, and all as one is a single step.
    assert portfolio_loss(pds, 0.5, 10, 0.97, 0, 0.99, 4)["base"][0] == pytest.approx(5 * pds.sum())
    assert portfolio_loss(pds, lgds, exposures, 1, 0, 0.99, 4)["base"][0] == pytest.approx(
        pds @ (lgds * exposures)
    )
