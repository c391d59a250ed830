"""Each template's sample portfolio: ten deals or more, each number with its grade, date and source, each deal verified."""

import pandas as pd
import pytest
from tests.templates.conftest import FOLDER

from haircut_workbooks.batch.portfolio import read_portfolio
from haircut_workbooks.batch.run import regenerate
from haircut_workbooks.templates import TEMPLATES

NAMES = [name for name in TEMPLATES if (FOLDER / name / "portfolio.csv").exists()]


def portfolio(name):
    return FOLDER / name / "portfolio.csv"


@pytest.mark.parametrize("name", NAMES)
def test_every_number_has_a_grade_a_date_and_a_source(name, built):
    table = pd.read_csv(portfolio(name), dtype=str, keep_default_na=False)
    bases = [column for column in table.columns if column.endswith("_Basis")]
    named = built(name).named_cells
    assert {f"{column}_Basis" for column in table.columns if f"{column}_Basis" in named} == set(bases)
    for column in bases:
        assert table[column].str.match(r"(Reported|Estimated|Assumed) \d{4}[\d-]*: \S").all(), column


@pytest.mark.parametrize("name", [name for name in NAMES if name != "gpu_loan"])
def test_ten_deals_or_more_with_every_check_true_by_two_engines(name, built, tmp_path):
    """The deals of gpu_loan are regenerated in the tests of the batch."""
    results = regenerate(built(name), read_portfolio(portfolio(name), built(name)), tmp_path)
    assert len(results) >= 10
    assert [result.reason for result in results if result.path is None] == []


@pytest.mark.parametrize("name", [name for name in NAMES if (FOLDER / name / "cases.csv").exists()])
def test_the_cases_are_the_illustration_once_for_each_scenario(name, built):
    book = built(name)
    cases = read_portfolio(FOLDER / name / "cases.csv", book)
    scenario = book.find("Scenario")
    own = {book.find(cell) for cell in ("Deal", "Scenario", "Scenario_Basis")}
    rules = book.scan(scenario.sheet).validations
    listed = next(rule for rule in rules if any(scenario[1:] in area for area in rule.areas))
    assert [row.raw["Scenario"] for row in cases.rows] == listed.formulas[0].strip('"').split(",")
    for row in cases.rows:
        given = cases.inputs(book, row)
        assert {a for a, new in given.items() if new != book.value(a)} <= own
