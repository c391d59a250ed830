"""Target C: schedules of 120 periods, beside the row loop that an analyst would write in pandas.

Run with ``PYTHONPATH=. python tests/benchmarks/schedules.py``. Candidate and loop first have to agree, column by column; then
9 rounds of each in turn, and the median of the paired ratios. No time is asserted anywhere.
"""

from math import exp, log
from statistics import median

import numpy as np
import pandas as pd
from tests.benchmarks.timing import ROUNDS, seconds

from haircut.models import collateral, ddtl, debt, rent, sizing, waterfall

PERIODS, REPEATS = 120, 100
CFADS = np.linspace(130.0, 90.0, PERIODS)
AGES = np.arange(PERIODS) / 4
DATES = AGES + 0.25
RATE = 0.08 / 4
RELEASES, DROP = [1.5, 3.5, 5.5], 0.2
RENTS = np.linspace(4.0, 1.0, PERIODS)
DRAWS = {0.0: 100.0, 0.25: 50.0, 0.5: 50.0, 0.75: 50.0}
DEBT, INSTALMENT, SWEEP, LOCKUP = 4000.0, 10.0, 0.25, 1.5
"""Interest and instalments take most of the cash, lock it up at first, and leave debt after the last period."""


def sculpt_by_rows():
    frame = pd.DataFrame({"cfads": CFADS, "opening": 0.0})
    balance = 0.0
    for i, row in frame.iloc[::-1].iterrows():
        balance = (balance + row["cfads"] / 1.3) / (1 + RATE)
        frame.loc[i, "opening"] = balance
    return frame[["opening"]]


def schedule_by_rows():
    frame = pd.DataFrame({"opening": np.zeros(PERIODS)})
    balance = 100.0
    for i, _ in frame.iterrows():
        frame.loc[i, "opening"] = balance
        balance -= 100.0 / PERIODS
    return frame


def idc_by_rows():
    frame = pd.DataFrame({"cost": CFADS, "interest": 0.0, "closing": 0.0})
    balance = 0.0
    for i, row in frame.iterrows():
        interest = RATE * balance
        balance += 0.7 * (row["cost"] + interest)
        frame.loc[i, "interest"] = interest
        frame.loc[i, "closing"] = balance
    return frame


def sweep_by_rows():
    frame = pd.DataFrame({"cash": CFADS, "interest": 0.0, "principal": 0.0, "closing": 0.0})
    balance = 5000.0
    for i, row in frame.iterrows():
        principal = 0.5 * (row["cash"] - RATE * balance) / (1 - 0.5 * RATE / 2)
        principal = min(max(principal, 0.0), balance)
        frame.loc[i, "interest"] = RATE * (balance - principal / 2)
        frame.loc[i, "principal"] = principal
        balance -= principal
        frame.loc[i, "closing"] = balance
    return frame[["interest", "principal", "closing"]]


def draws_by_rows():
    names = ["opening", "drawn", "interest", "undrawn fee", "principal", "closing"]
    frame = pd.DataFrame(0.0, index=range(PERIODS), columns=names).assign(date=DATES)
    left = dict.fromkeys(DRAWS, 0.0)
    left[0.0] = DRAWS[0.0]
    for i, row in frame.iterrows():
        start, end = row["date"] - 0.25, row["date"]
        frame.loc[i, "opening"] = sum(left.values()) if i > 0 else 0.0
        frame.loc[i, "drawn"] = sum(a for t, a in DRAWS.items() if start < t <= end or t == i == 0)
        frame.loc[i, "interest"] = RATE * sum(left.values())
        unused = 300.0 - sum(a for t, a in DRAWS.items() if t <= start)
        frame.loc[i, "undrawn fee"] = 0.01 / 4 * unused if end <= 1.0 else 0.0
        for t, amount in DRAWS.items():
            if t < end <= t + 29.0:
                left[t] -= amount / (29 * 4)
                frame.loc[i, "principal"] += amount / (29 * 4)
            elif t == end:
                left[t] = amount
        frame.loc[i, "closing"] = sum(left.values())
    return frame[names]


def rent_by_rows():
    frame = pd.DataFrame({"time": AGES, "rent": 0.0})
    for i, row in frame.iterrows():
        left = (1 - DROP) ** sum(row["time"] >= release for release in RELEASES)
        frame.loc[i, "rent"] = max(0.3, 2.5 * 0.7 ** row["time"] * left)
    return frame[["rent"]]


def step_by_rows():
    frame = pd.DataFrame({"age": AGES, "value": 0.0})
    for i, row in frame.iterrows():
        left = (1 - DROP) ** sum(row["age"] >= release for release in RELEASES)
        frame.loc[i, "value"] = 32000 * np.exp(-0.15 * row["age"]) * left
    return frame[["value"]]


def rent_value_by_rows():
    frame = pd.DataFrame({"rent": RENTS, "value": 0.0})
    fall, rate = -log(0.7), log(1.1)
    for i, row in frame.iterrows():
        end = min(4.0, max(log(row["rent"] / 0.5) / fall, 0.0))
        income = row["rent"] * (1 - exp(-(fall + rate) * end)) / (fall + rate)
        cost = 0.5 * (1 - exp(-rate * end)) / rate
        frame.loc[i, "value"] = 8760 * (income - cost)
    return frame[["value"]]


def lowest_by_rows():
    frame = pd.DataFrame({"book": CFADS, "step": CFADS[::-1], "rent": CFADS + 1, "value": 0.0})
    for i, row in frame.iterrows():
        frame.loc[i, "value"] = min(row["book"], row["step"], row["rent"])
    return frame[["value"]]


def waterfall_by_rows():
    frame = pd.DataFrame(0.0, index=range(PERIODS), columns=list(waterfall.COLUMNS)).assign(cfads=CFADS)
    balance, cash, reserve = DEBT, 0.0, 0.0
    for i, row in frame.iterrows():
        interest, principal = RATE * balance, min(INSTALMENT, balance)
        frame.loc[i, "opening debt"] = balance
        frame.loc[i, "interest"] = frame.loc[i, "interest paid"] = interest
        frame.loc[i, "principal due"] = frame.loc[i, "principal paid"] = principal
        dscr = row["cfads"] / (interest + principal)
        frame.loc[i, "dscr"] = dscr
        left = cash + row["cfads"] - interest - principal
        balance -= principal
        target, ahead = 0.0, balance
        for later in range(i + 1, i + 3):
            instalment = min(INSTALMENT, ahead) if later < PERIODS else 0.0
            target += RATE * ahead + instalment
            ahead -= instalment
        to_reserve = min(target - reserve, left)
        reserve += to_reserve
        left -= to_reserve
        excess = min(row["cfads"] - interest - principal + max(-to_reserve, 0.0), left)
        swept = min(SWEEP * max(excess, 0.0), balance)
        balance -= swept
        left -= swept
        locked = balance > 0 and dscr < LOCKUP
        cash = left if locked else 0.0
        frame.loc[i, "reserve target"] = target
        frame.loc[i, "to reserve"] = to_reserve
        frame.loc[i, "reserve"] = reserve
        frame.loc[i, "swept"] = swept
        frame.loc[i, "locked up"] = float(locked)
        frame.loc[i, "distributed"] = left - cash
        frame.loc[i, "cash"] = cash
        frame.loc[i, "closing debt"] = balance
    return frame


PAIRS = {
    "HC_DEBT_SCULPT": (lambda: debt.debt_sculpt(CFADS, 1.3, 0.08), sculpt_by_rows),
    "HC_DEBT_SCHEDULE": (lambda: debt.debt_schedule(100, 0.0, PERIODS, "straight"), schedule_by_rows),
    "HC_IDC": (lambda: sizing.idc(CFADS, 0.7, 0.08), idc_by_rows),
    "HC_CASH_SWEEP": (lambda: sizing.cash_sweep(5000, 0.08, CFADS, 0.5), sweep_by_rows),
    "HC_DDTL": (
        lambda: ddtl.ddtl([*DRAWS.values()], [*DRAWS], 29, "straight", 0.08, DATES, 300, 1.0, 0.01),
        draws_by_rows,
    ),
    "HC_RENT_CURVE": (
        lambda: {"rent": rent.rent_curve(2.5, 0.3, AGES, RELEASES, [DROP] * 3, 0.3)},
        rent_by_rows,
    ),
    "HC_STEP_VALUE": (
        lambda: {"value": collateral.step_value(32000, AGES, 0.15, RELEASES, [DROP] * 3)},
        step_by_rows,
    ),
    "HC_RENT_VALUE": (
        lambda: {"value": collateral.rent_value(RENTS, 0.3, 0.5, 0.1, 4.0)},
        rent_value_by_rows,
    ),
    "HC_COLLATERAL_VALUE": (
        lambda: collateral.collateral_value(CFADS, CFADS[::-1], CFADS + 1),
        lowest_by_rows,
    ),
    "HC_WATERFALL": (
        lambda: waterfall.waterfall(CFADS, DEBT, 0.08, INSTALMENT, 6, SWEEP, LOCKUP),
        waterfall_by_rows,
    ),
}


def main():
    print(f"{PERIODS} periods        microseconds   a pandas row loop takes")
    for name, (ours, rows) in PAIRS.items():
        table = ours()
        for column, values in rows().items():
            np.testing.assert_allclose(
                table[column], values, rtol=1e-9, atol=1e-9, err_msg=f"{name}: {column}"
            )
        pairs = [(seconds(ours, REPEATS), seconds(rows, 1)) for _ in range(ROUNDS)]
        own, ratio = median(own for own, _ in pairs), median(loop / own for own, loop in pairs)
        print(f"{name:20}{own * 1e6:12.0f}   {ratio:8.0f} times as long")


if __name__ == "__main__":
    main()
