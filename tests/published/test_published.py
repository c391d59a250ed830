"""Numbers published elsewhere, reproduced through the border that every cell crosses.

One CSV a source. ``arguments`` are what a sheet passes; ``pick`` names the column of a table (and its
rows, counted from 1 below the header) or what to do with the cells: their sum, or their fall from the
first to the last. A row that names no worksheet function is a test of a model, in ``tests/models``.
"""

import json
from csv import DictReader
from pathlib import Path

import pytest

from haircut.cells import call
from haircut.functions import FUNCTIONS

FILES = sorted(Path(__file__).parent.glob("*.csv"))
REDUCTIONS = {"sum": lambda cells: [sum(cells)], "fall": lambda cells: [cells[0] - cells[-1]], "": list}


def published(path):
    with path.open(encoding="utf-8", newline="") as lines:
        return list(DictReader(lines))


CASES = [
    pytest.param(row, id=row["id"])
    for path in FILES
    for row in published(path)
    if row["function"].startswith("HC_")
]


def picked(answer, column=None, rows=None, reduce=""):
    grid = answer if isinstance(answer, list) else [[answer]]
    if column is None:
        cells = [cell for line in grid for cell in line]
    else:
        place = grid[0].index(column)
        cells = [line[place] for line in grid[1:]]
    first, last = rows or (1, len(cells))
    return REDUCTIONS[reduce](cells[first - 1 : last])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_source_has_rows_that_say_where_they_come_from(path):
    rows = published(path)
    assert len(rows) > 0
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        assert all(row[field] for field in row if field != "pick"), row["id"]


@pytest.mark.parametrize("row", CASES)
def test_a_worksheet_function_gives_the_published_number(row):
    answer = call(FUNCTIONS[row["function"]], json.loads(row["arguments"]))
    expected = json.loads(row["expected"])
    got = picked(answer, **json.loads(row["pick"] or "{}"))
    wanted = expected if isinstance(expected, list) else [expected]
    assert got == pytest.approx(wanted, rel=0, abs=float(row["tolerance"]))
