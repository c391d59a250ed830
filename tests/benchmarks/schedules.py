"""Target C: schedules of 120 periods, beside the row loop that an analyst would write in pandas.

Run with ``python tests/benchmarks/schedules.py``. Candidate and loop first have to agree; then 9 rounds of each
in turn, and the median of the paired ratios. No time is asserted anywhere.
"""

import time
from statistics import median

import numpy as np
import pandas as pd

from haircut.models import collateral, debt, waterfall

PERIODS, ROUNDS, REPEATS = 120, 9, 200
CFADS = np.linspace(130.0, 90.0, PERIODS)
AGES = np.arange(PERIODS) / 4


def sculpt_by_rows():
    frame = pd.DataFrame({"cfads": CFADS, "opening": 0.0})
    balance = 0.0
    for i, row in frame.iloc[::-1].iterrows():
        balance = (balance + row["cfads"] / 1.3) / (1 + 0.08 / 4)
        frame.loc[i, "opening"] = balance
    return frame["opening"].to_numpy()


def schedule_by_rows():
    frame = pd.DataFrame({"opening": np.zeros(PERIODS)})
    balance = 100.0
    for i, _ in frame.iterrows():
        frame.loc[i, "opening"] = balance
        balance -= 100.0 / PERIODS
    return frame["opening"].to_numpy()


def step_by_rows():
    frame = pd.DataFrame({"age": AGES, "value": 0.0})
    for i, row in frame.iterrows():
        left = 0.8 ** sum(row["age"] >= release for release in (1.5, 3.5, 5.5))
        frame.loc[i, "value"] = 32000 * np.exp(-0.15 * row["age"]) * left
    return frame["value"].to_numpy()


def waterfall_alone():
    return waterfall.waterfall(CFADS, 2000.0, 0.08, np.full(PERIODS, 2000.0 / PERIODS), 3, 0.5, 1.1)


PAIRS = {
    "HC_DEBT_SCULPT": (lambda: debt.debt_sculpt(CFADS, 1.3, 0.08)["opening"], sculpt_by_rows),
    "HC_DEBT_SCHEDULE": (
        lambda: debt.debt_schedule(100, 0.0, PERIODS, "straight")["opening"],
        schedule_by_rows,
    ),
    "HC_STEP_VALUE": (
        lambda: collateral.step_value(32000, AGES, 0.15, [1.5, 3.5, 5.5], [0.2, 0.2, 0.2]),
        step_by_rows,
    ),
}


def seconds(act, repeats):
    start = time.perf_counter()
    for _ in range(repeats):
        act()
    return (time.perf_counter() - start) / repeats


def main():
    for name, (ours, rows) in PAIRS.items():
        np.testing.assert_allclose(ours(), rows(), rtol=1e-10)
        pairs = [(seconds(ours, REPEATS), seconds(rows, 2)) for _ in range(ROUNDS)]
        ratio = median(loop / own for own, loop in pairs)
        print(
            f"{name}: {median(own for own, _ in pairs) * 1e6:.0f} us, a pandas row loop takes {ratio:.0f} times as long"
        )
    own = median(seconds(waterfall_alone, REPEATS) for _ in range(ROUNDS))
    print(f"HC_WATERFALL: {own * 1e6:.0f} us (no row loop written beside it yet)")


if __name__ == "__main__":
    main()
