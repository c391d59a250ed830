"""Random grids at every function's border, in numbers that no test run has time for: ``make soak``.

Each call is a declared example with one argument, or one cell of a range, replaced at random. Nothing may be raised
but a worksheet error, no NaN or infinity may come out, and no call may take longer than a cell should. The cases are
the same on every run. A finding is printed and the soak goes on; ``soak.py 100000 HC_LTV HC_DSCR`` is for two
functions alone.
"""

import math
import sys
from random import Random
from time import perf_counter

from haircut.cells import OMITTED, call
from haircut.errors import CellError, WorksheetError
from haircut.functions import FUNCTIONS

CELLS = (None, True, "", "x", "annuity", 0.0, -1.0, 0.5, 1.0, 3.0, 1e-300, 1e300, -1e300, 5e-324, math.nan, math.inf,
         10**400, CellError.NA, CellError.DIV0)  # fmt: skip
PATIENCE = 2.0
"""Seconds that a cell may take."""
NEWS = 60.0
"""Seconds between two signs of life."""


def cell(random):
    """A number of everyday size, a share, or something odd."""
    return random.choice((random.choice(CELLS), random.uniform(-2, 10), random.random()))


def drawn(random, given):
    """A cell, a row, a column, a block, a jagged range, nothing; or what was given with one of its cells replaced."""
    shape = random.randrange(12)
    if isinstance(given, list) and shape > 6:
        rows = [list(row) if isinstance(row, list) else row for row in given]
        row = random.choice(rows)
        row = row if isinstance(row, list) else rows
        row[random.randrange(len(row))] = cell(random)
        return rows
    if shape < 2 or shape > 6:
        return cell(random)
    if shape == 2:
        return OMITTED
    rows, columns = random.randint(1, 4), random.randint(1, 4)
    if shape == 3:
        return [[cell(random)] for _ in range(rows)]
    return [
        [cell(random) for _ in range(columns if shape < 6 else random.randint(0, 4))]
        for _ in range(1 if shape == 4 else rows)
    ]


def fault(function, args):
    """What is wrong with how a call ended, None if nothing is; and whether it ended in a worksheet error."""
    try:
        answer = call(function, args)
    except WorksheetError:
        return None, True
    except Exception as error:
        return f"raises {error!r}", False
    leaves = [leaf for row in answer for leaf in row] if isinstance(answer, list) else [answer]
    wrong = any(isinstance(leaf, float) and not math.isfinite(leaf) for leaf in leaves)
    return f"lets {answer} out" if wrong else None, False


def soak(name, count):
    """Throw that many calls at a function: findings, how many ended in a worksheet error, the slowest in seconds."""
    random, function = Random(name), FUNCTIONS[name]
    findings = refused = 0
    slowest, told = 0.0, perf_counter()
    for number in range(1, count + 1):
        args = list(random.choice(function.examples).args)
        if args:
            place = random.randrange(len(args))
            args[place] = drawn(random, args[place])
        start = perf_counter()
        found, error = fault(function, args)
        end = perf_counter()
        slowest, refused = max(slowest, end - start), refused + error
        if found is None and end - start > PATIENCE:
            found = f"takes {end - start:.1f} s"
        if found:
            findings += 1
            print(f"{name}{tuple(args)} {found}", flush=True)
        if end - told > NEWS:
            told = end
            print(f"  {name}: {number:,} calls so far", flush=True)
    return findings, refused, slowest


def main(count, names):
    """Soak these functions; the number of findings."""
    total = 0
    for number, name in enumerate(names, start=1):
        findings, refused, slowest = soak(name, count)
        total += findings
        print(
            f"{number}/{len(names)} {name}: {count:,} calls, {refused:,} worksheet errors, {findings} findings,"
            f" slowest {1000 * slowest:.0f} ms",
            flush=True,
        )
    print(f"{total} findings in {count:,} calls of each of {len(names)} functions")
    return total


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:] or list(FUNCTIONS)) > 0)
