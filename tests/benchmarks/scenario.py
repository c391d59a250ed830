"""Targets A1 to A3: the deal scenario beside the cost of drawing normals, the floor of every simulation.

Run with ``PYTHONPATH=. python tests/benchmarks/scenario.py``. A1: 131,072 plain Monte Carlo paths of 20 quarters and 4
factors, base and converged on common draws, over drawing the same normals. A2 and A3: the converged fair
spread to a standard error of 1 bp, with 8 replicates that give the error themselves (A2) or without an error
bar (A3), over drawing the normals that plain Monte Carlo needs for 1 bp. One thread; no time is asserted.
"""

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
from tests.benchmarks.timing import paired

from haircut.models.scenario import EXAMPLE
from haircut.models.scenario.draws import REPLICATES, plain_draws, sobol_draws
from haircut.models.scenario.engine import Run, march
from haircut.models.scenario.measures import MEASURES, Estimate, measures
from haircut.models.scenario.plan import plan
from haircut.models.scenario.results import market, outcomes
from haircut.models.scenario.terms import read_deal, read_factors

PATHS = 131_072
SPREAD = MEASURES.index("fair spread")
DEAL, FACTORS = read_deal(EXAMPLE[0]), read_factors(EXAMPLE[1])
PLAN = plan(DEAL, FACTORS)
BASE, CONVERGED = (market(PLAN, FACTORS, EXAMPLE[2], level) for level in (0.0, 0.7))


def points_for_one_bp(replicates):
    """Fewest points a replicate whose spread over many replicates says that so many together err by 1 bp."""
    for power in range(6, 15):
        found = outcomes(PLAN, [CONVERGED], 2**power)[0]
        deviation = Estimate.of(found, DEAL, REPLICATES).replicates[:, SPREAD].std(ddof=1)
        if deviation / np.sqrt(replicates) <= 1:
            return 2**power
    raise SystemExit("no listed number of points reaches 1 bp")


def single(points):
    """The fair spread from one replicate, without an error bar."""
    draws = sobol_draws(DEAL.quarters, 4, points, range(1))
    run = Run(PLAN, CONVERGED, draws.luck)
    for _ in march([run], draws):
        pass
    return measures(run.outcome(), DEAL)[SPREAD]


def main():
    """Agree first, then time."""
    plain = outcomes(PLAN, [BASE, CONVERGED], PATHS // REPLICATES, plain_draws)
    kept = outcomes(PLAN, [BASE, CONVERGED], 1024)
    for one, other in zip(plain, kept, strict=True):
        check, ours = Estimate.of(one, DEAL, REPLICATES), Estimate.of(other, DEAL, REPLICATES)
        print(
            f"fair spread {ours.value[SPREAD]:.2f} bp (standard error {ours.error[SPREAD]:.2f}), plain Monte Carlo {check.value[SPREAD]:.2f} ({check.error[SPREAD]:.2f})"
        )
        assert abs(ours.value[SPREAD] - check.value[SPREAD]) < 4 * np.hypot(
            ours.error[SPREAD], check.error[SPREAD]
        )
    dimensions = DEAL.quarters * 4
    paired(
        "A1",
        lambda: outcomes(PLAN, [BASE, CONVERGED], PATHS // REPLICATES, plain_draws),
        PATHS * dimensions,
    )
    needed = int(PATHS * check.error[SPREAD] ** 2)
    together, alone = points_for_one_bp(REPLICATES), points_for_one_bp(1)
    print(
        f"1 bp takes {needed:,} plain paths, {REPLICATES} x {together:,} Sobol points with an error bar, {alone:,} without"
    )
    paired(
        "A2",
        lambda: Estimate.of(outcomes(PLAN, [CONVERGED], together)[0], DEAL, REPLICATES),
        needed * dimensions,
    )
    paired("A3", lambda: single(alone), needed * dimensions)


if __name__ == "__main__":
    main()
