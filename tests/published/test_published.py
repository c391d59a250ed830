"""Numbers published elsewhere, reproduced through the border that every cell crosses.

One CSV a source. ``arguments`` are what a sheet passes, null where it passes nothing; ``pick`` names the
column of a table (and its rows, counted from 1 below the header) or what to do with the cells: their sum,
or their fall from the first to the last. A row that names no worksheet function is tested where
``ELSEWHERE`` says.
"""

import json
from collections import Counter
from csv import DictReader
from pathlib import Path

import pytest

from haircut.cells import OMITTED, call
from haircut.functions import FUNCTIONS

FILES = sorted(Path(__file__).parent.glob("*.csv"))
REDUCTIONS = {"sum": lambda cells: [sum(cells)], "fall": lambda cells: [cells[0] - cells[-1]], "": list}
ELSEWHERE = {
    "black_scholes": "published/test_second_routes.py",
    "hashprice": "models/test_miner.py",
    "joint_default": "models/test_dependence.py",
    "merton_debt": "published/test_second_routes.py",
    "nth_to_default": "published/test_second_routes.py",
    "pd_from_equity": "models/test_default.py",
    "risk_weight": "models/test_capital.py",
    "stressed_pd": "models/test_correlation.py",
    "subsidy": "models/test_miner.py",
    "unexpected_loss": "models/test_credit.py",
}


def published(path):
    with path.open(encoding="utf-8", newline="") as lines:
        return list(DictReader(lines))


ROWS = [(path, row) for path in FILES for row in published(path)]
CASES = [pytest.param(row, id=row["id"]) for _, row in ROWS if row["function"] in FUNCTIONS]


def cells_of(text):
    """The numbers of a field, one or a list of them."""
    numbers = json.loads(text)
    return numbers if isinstance(numbers, list) else [numbers]


def picked(answer, column=None, rows=None, reduce=""):
    grid = answer if isinstance(answer, list) else [[answer]]
    if column is None:
        cells = [cell for line in grid for cell in line]
    else:
        place = grid[0].index(column)
        cells = [line[place] for line in grid[1:]]
    first, last = rows or (1, len(cells))
    return REDUCTIONS[reduce](cells[first - 1 : last])


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.stem}, {len(published(path))} rows")
def test_every_source_has_rows_that_say_where_they_come_from(path):
    rows = published(path)
    assert len(rows) > 0
    for row in rows:
        assert all(row[field] for field in row if field != "pick"), row["id"]


def test_no_row_stands_twice():
    names = Counter(row["id"] for _, row in ROWS)
    assert [name for name, times in names.items() if times > 1] == []
    said = Counter(tuple(value for field, value in row.items() if field != "id") for _, row in ROWS)
    assert [row for row, times in said.items() if times > 1] == []


def test_every_row_is_tested():
    elsewhere = [(path, row) for path, row in ROWS if row["function"] in ELSEWHERE]
    assert len(CASES) + len(elsewhere) == len(ROWS)
    for path, row in elsewhere:
        test = Path(__file__).parents[1] / ELSEWHERE[row["function"]]
        text = test.read_text(encoding="utf-8")
        assert path.name in text or f'"{row["function"]}"' in text, row["id"]


@pytest.mark.parametrize("row", CASES)
def test_a_worksheet_function_gives_the_published_number(row):
    arguments = [OMITTED if argument is None else argument for argument in json.loads(row["arguments"])]
    got = picked(call(FUNCTIONS[row["function"]], arguments), **json.loads(row["pick"] or "{}"))
    assert got == pytest.approx(cells_of(row["expected"]), rel=0, abs=float(row["tolerance"]))
