"""A recalculation of 10,000 cells through the Office.js host: the script in Node, TLS, the real server.

Run with ``PYTHONPATH=. python tests/benchmarks/web.py``. Every answer first has to be right; then 5 rounds, and their
median. Beside it the same calls made directly, so that what the way through Excel's script costs can be seen.
"""

import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.hosts.web.running import in_cells, serving

from haircut.cells import call
from haircut.functions import FUNCTIONS

CELLS, ROUNDS = 10_000, 5
KINDS = {
    "HC_LTV, two numbers": [("HC_LTV", (value, 20_000)) for value in range(1, CELLS + 1)],
    "HC_DSCR, two rows of 40": [
        ("HC_DSCR", ([value] * 40, [value + 1] * 40)) for value in range(1, CELLS // 10 + 1)
    ],
}


def main():
    with TemporaryDirectory() as folder, serving(Path(folder)) as place:
        for title, calls in KINDS.items():
            started = time.perf_counter()
            direct = [call(FUNCTIONS[name], args) for name, args in calls]
            alone = (time.perf_counter() - started) * 1e6 / len(calls)
            rounds = [in_cells(place, calls) for _ in range(ROUNDS)]
            for held in rounds:
                assert [rows[0] if len(rows[0]) > 1 else rows[0][0] for rows in held["answers"]] == [
                    one[0] if isinstance(one, list) else one for one in direct
                ]
            each = median(held["milliseconds"] for held in rounds) * 1000 / len(calls)
            requests = rounds[0]["requests"]
            print(
                f"{title}: {len(calls):,} cells in {requests} requests, {each:.0f} us a cell; direct {alone:.0f} us"
            )


if __name__ == "__main__":
    main()
