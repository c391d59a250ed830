"""Random grids at every function's border, in numbers that no test run has time for: ``make soak``.

Each call is a declared example with one argument replaced at random. Nothing may be raised but a worksheet
error, and no NaN or infinity may come out. The cases are the same on every run.
"""

import math
import sys
from random import Random

from haircut.cells import OMITTED, call
from haircut.errors import CellError, WorksheetError
from haircut.functions import FUNCTIONS

CELLS = (None, True, "", "x", "annuity", 0.0, -1.0, 0.5, 1.0, 3.0, 1e-300, 1e300, -1e300, 5e-324, math.nan, math.inf,
         10**400, CellError.NA, CellError.DIV0)  # fmt: skip


def drawn(random):
    """A cell, a row, a column, a block, a jagged range or nothing."""
    cell = lambda: random.choice(CELLS) if random.random() < 0.4 else random.uniform(-2, 10)  # noqa: E731
    shape = random.randrange(7)
    if shape < 2:
        return cell()
    if shape == 2:
        return OMITTED
    rows, columns = random.randint(1, 4), random.randint(1, 4)
    if shape == 3:
        return [[cell()] for _ in range(rows)]
    return [
        [cell() for _ in range(columns if shape < 6 else random.randint(0, 4))]
        for _ in range(1 if shape == 4 else rows)
    ]


def soak(name, count):
    """Throw that many calls at a function; return how many ended in a worksheet error."""
    random, function = Random(name), FUNCTIONS[name]
    refused = 0
    for _ in range(count):
        args = list(random.choice(function.examples).args)
        if args:
            args[random.randrange(len(args))] = drawn(random)
        try:
            answer = call(function, args)
        except WorksheetError:
            refused += 1
            continue
        leaves = [leaf for row in answer for leaf in row] if isinstance(answer, list) else [answer]
        if any(isinstance(leaf, float) and not math.isfinite(leaf) for leaf in leaves):
            raise AssertionError(f"{name}{tuple(args)} lets {answer} out")
    return refused


if __name__ == "__main__":
    calls = int(sys.argv[1])
    for number, one in enumerate(FUNCTIONS, start=1):
        print(
            f"{number}/{len(FUNCTIONS)} {one}: {calls:,} calls, {soak(one, calls):,} worksheet errors",
            flush=True,
        )
