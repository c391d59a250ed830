"""What the benchmarks of the simulations share: the floor that they are held against, and timing in turn."""

import time
from statistics import median

import numpy as np

ROUNDS = 9


def draw_normals(count):
    """Draw that many standard normals in blocks that fit the cache: the floor of plain Monte Carlo."""
    stream, block = np.random.Generator(np.random.SFC64(1)), np.empty(32_768)
    for _ in range(-(-count // block.size)):
        stream.standard_normal(out=block)


def seconds(act, repeats=1):
    """Mean time of an act."""
    start = time.perf_counter()
    for _ in range(repeats):
        act()
    return (time.perf_counter() - start) / repeats


def paired(name, ours, normals, share=1.0):
    """Time ours and the drawing of that many normals in turn, and print the median of the ratios.

    The normals are that share of the drawing to divide by.
    """
    pairs = [(seconds(ours), seconds(lambda: draw_normals(normals)) / share) for _ in range(ROUNDS)]
    ratio, own, floor = (median(column) for column in zip(*((a / b, a, b) for a, b in pairs), strict=True))
    print(f"{name}: ratio {ratio:.3f} ({own * 1e3:.0f} ms over {floor * 1e3:.0f} ms)")
