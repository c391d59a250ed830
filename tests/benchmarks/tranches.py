"""Target B1: five tranches of 125 unlike names over 20 quarters, beside QuantLib's inhomogeneous pool in C++.

QuantLib's wheel for Python leaves its credit pools out, so the peer is a C++ program, built once against QuantLib's
own library (Debian's ``libquantlib0-dev``):

    g++ -O2 -std=c++17 tests/benchmarks/quantlib_peer.cpp -lQuantLib -o quantlib_peer
    python tests/benchmarks/tranches.py --peer ./quantlib_peer

The peer puts losses into buckets, so it is asked first for ever more of them: it has to tend to the candidate's tranche
losses. Then nine rounds of each in turn, set-up included, and the median of the paired ratios, at the buckets and steps of
QuantLib's own test of these tranches (200 and 15) and at its default of 50 steps. One thread each, in processor time;
no time is asserted.
"""

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import argparse
import subprocess
import time
from statistics import median

import numpy as np

from haircut.models.tranche import expected_losses, tranche_spread

NAMES, QUARTERS, ROUNDS, REPEATS = 125, 20, 9, 5
HAZARDS = np.linspace(0.002, 0.04, NAMES)
RECOVERY, CORRELATION = 0.4, 0.3
ATTACH, DETACH = np.array([0, 0.03, 0.06, 0.09, 0.12]), np.array([0.03, 0.06, 0.09, 0.12, 0.22])


class Peer:
    """QuantLib in a process of its own, one line a book."""

    def __init__(self, program):
        self.process = subprocess.Popen(
            [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self.version = self.process.stdout.readline().strip()

    def losses(self, buckets, steps):
        """Processor seconds, and expected tranche losses by quarter."""
        book = [
            CORRELATION,
            RECOVERY,
            buckets,
            steps,
            len(ATTACH),
            *ATTACH,
            *DETACH,
            QUARTERS,
            NAMES,
            *HAZARDS,
        ]
        self.process.stdin.write(" ".join(map(str, book)) + "\n")
        taken, *losses = map(float, self.process.stdout.readline().split())
        return taken, np.array(losses).reshape(len(ATTACH), QUARTERS)


def candidate():
    """The cell: spreads, with the losses behind them."""
    return tranche_spread(HAZARDS, RECOVERY, CORRELATION, ATTACH, DETACH, QUARTERS / 4, 0.05)


def seconds():
    start = time.process_time()
    for _ in range(REPEATS):
        candidate()
    return (time.process_time() - start) / REPEATS


def main():
    """Agree first, then time."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--peer", required=True, help="the program built from quantlib_peer.cpp")
    peer = Peer(parser.parse_args().peer)
    default = -np.expm1(-HAZARDS[:, None] * np.arange(1, QUARTERS + 1) / 4)
    ours = expected_losses(default, np.full(NAMES, CORRELATION), 1 - RECOVERY, ATTACH, DETACH)
    gaps = {buckets: np.abs(peer.losses(buckets, 50)[1] - ours).max() for buckets in (100, 200, 400, 1000)}
    for buckets, gap in gaps.items():
        print(f"{buckets} buckets, 50 steps: within {gap:.5f} of a tranche")
    assert gaps[1000] < 0.0015
    assert list(gaps.values()) == sorted(gaps.values(), reverse=True)
    for steps in (15, 50):
        pairs = [(seconds(), peer.losses(200, steps)[0]) for _ in range(ROUNDS)]
        ratio = median(theirs / own for own, theirs in pairs)
        print(
            f"{peer.version}, 200 buckets, {steps} steps: {ratio:.0f} times as long "
            f"({median(theirs for _, theirs in pairs) * 1e3:.0f} ms over {median(own for own, _ in pairs) * 1e3:.2f} ms)"
        )


if __name__ == "__main__":
    main()
