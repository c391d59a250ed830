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
