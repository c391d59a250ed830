"""The gpu_loan template: complete, tied to the models called directly, and told the same by LibreOffice."""

from datetime import datetime

import numpy as np
import openpyxl
import pytest
from tests.office import assert_libreoffice_agrees, recalculated_by_libreoffice

from haircut.models import collateral, coverage, credit, debt, liquidation, rent
from haircut_workbooks.package.address import Address
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.forms import calls
from haircut_workbooks.package.splice import Edit, splice
from haircut_workbooks.recalc.recalculate import recalculate, stale
from haircut_workbooks.recalc.replay import disagreements
from haircut_workbooks.templates import TEMPLATES

CLOSING, FIRST, LAST = 7, 8, 47


def value(book, name):
    return book.value(book.find(name))


def column(book, sheet, letter, first=FIRST, last=LAST):
    return np.array(
        [book.value(book.find(f"{sheet}!{letter}{row}")) for row in range(first, last + 1)], dtype=float
    )


def test_it_is_built_the_same_twice():
    assert TEMPLATES["gpu_loan"]() == TEMPLATES["gpu_loan"]()


def test_two_engines_agree_and_nothing_is_stale(loan, engine):
    assert disagreements(loan) == []
    assert stale(engine, loan) == []


def test_every_check_is_true(loan):
    checks = {
        name: loan.value(address) for name, address in loan.named_cells.items() if name.startswith("Check_")
    }
    assert len(checks) >= 10
    assert all(result is True for result in checks.values()), checks


def test_every_function_of_this_library_that_fits_a_loan_is_live(loan):
    used = {call.name.upper() for text in loan.formulas().values() for call in calls(text)}
    assert len(used) >= 20


def test_excel_is_told_not_to_recalculate_on_opening(loan):
    workbook = loan.container.read("xl/workbook.xml")
    assert b"fullCalcOnLoad" not in workbook
    assert b'calcId="191029"' in workbook


def test_another_reader_sees_the_values_and_the_parts(loan, tmp_path):
    path = tmp_path / "loan.xlsx"
    path.write_bytes(loan.data)
    book = openpyxl.load_workbook(path, data_only=True)
    assert book.sheetnames[:3] == ["Summary", "Inputs", "Fleet"]
    assert book["Inputs"]["C9"].value == datetime(2026, 3, 31)
    assert len(book["Summary"]._charts) == 4
    errors = {
        c.value
        for row in book["Summary"].iter_rows()
        for c in row
        if isinstance(c.value, str) and c.value.startswith("#")
    }
    assert errors <= {"#N/A"}


class TestTiesToTheModels:
    """Each chain of cells against the model called directly on the inputs alone."""

    def test_rent(self, loan):
        years = np.arange(1, 41) / 4 - 0.125
        expected = value(loan, "Rent") * (1 - value(loan, "Rent_Decline")) ** years
        assert column(loan, "Revenue", "F") == pytest.approx(expected, rel=1e-12)
        assert rent.rent_curve(value(loan, "Rent"), value(loan, "Rent_Decline"), years) == pytest.approx(
            expected
        )

    def test_debt_schedule(self, loan):
        rate, quarters = value(loan, "Base_Rate") + value(loan, "Margin"), int(value(loan, "Tenor_Years") * 4)
        table = debt.debt_schedule(value(loan, "Debt"), rate, quarters, "annuity")
        assert column(loan, "Debt", "J")[:quarters] == pytest.approx(table["closing"], rel=1e-9, abs=1e-3)

    def test_fleet_value(self, loan):
        ages = np.arange(0, 41) / 4
        per_gpu = collateral.step_value(
            value(loan, "Unit_Cost_1"), ages, value(loan, "Decay"), [1.5, 3.5, 5.5], [0.2] * 3, 0.05
        )
        assert column(loan, "Fleet", "V", CLOSING) == pytest.approx(
            value(loan, "Gpus_1") * per_gpu, rel=1e-12
        )

    def test_economic_value_is_the_lower_of_step_and_rent(self, loan):
        least = np.minimum(column(loan, "Collateral", "M", CLOSING), column(loan, "Collateral", "N", CLOSING))
        assert column(loan, "Collateral", "Q", CLOSING) == pytest.approx(least)

    def test_cover(self, loan):
        cash, service = column(loan, "Coverage", "E"), column(loan, "Coverage", "F")
        assert value(loan, "Out_Min_DSCR") == pytest.approx(
            min(c / s for c, s in zip(cash, service, strict=True) if s > 0)
        )
        assert value(loan, "Out_Min_DSCR") == pytest.approx(coverage.dscr_min(cash, service))

    def test_forced_sale(self, loan):
        names = "Worst_Gpus Worst_Unit_Value Worst_Months Depth Depth_Recovery Other_Units Worst_Decay Discount_Rate Carry Exit_Cost Legal_Months"
        table = liquidation.liquidation(*(value(loan, name) for name in names.split()))
        assert value(loan, "Worst_Proceeds") == pytest.approx(table["present value"][0])
        worst = max(column(loan, "Liquidation", "G", CLOSING) - column(loan, "Liquidation", "I", CLOSING))
        assert value(loan, "Worst_Debt") - value(loan, "Worst_Proceeds") == pytest.approx(worst)

    def test_fair_spread(self, loan):
        years = np.arange(1, 41) / 4
        assert column(loan, "Credit", "I").sum() == 0, "the illustration never runs dry"
        pds = 1 - (1 - value(loan, "PD")) ** years
        lgds, exposures = column(loan, "Credit", "F"), column(loan, "Credit", "G")
        rate = (1 + value(loan, "Base_Rate") / 4) ** 4 - 1
        terms = [rate, value(loan, "Hurdle"), value(loan, "Asset_Correlation")]
        spread = credit.fair_spread(
            pds, lgds, exposures, years, *terms, 0.999, value(loan, "Liquidity_Premium")
        )
        assert value(loan, "Fair_Spread") == pytest.approx(spread, rel=1e-9)


class TestInputsMoveTheAnswer:
    """Properties that a credit officer would test by hand."""

    def regenerate(self, engine, loan, **inputs):
        return recalculate(engine, loan, {loan.find(name): new for name, new in inputs.items()}).book

    def test_less_debt_means_lower_ltv(self, engine, loan):
        less = self.regenerate(engine, loan, Debt=value(loan, "Debt") / 2)
        assert value(less, "Out_Closing_Economic_LTV") < value(loan, "Out_Closing_Economic_LTV")
        assert value(less, "Out_Closing_Book_LTV") == pytest.approx(value(loan, "Out_Closing_Book_LTV") / 2)

    def test_a_deeper_market_recovers_more(self, engine, loan):
        deep = self.regenerate(engine, loan, Depth=1e9)
        assert value(deep, "Out_LGD_Uncalibrated") < value(loan, "Out_LGD_Uncalibrated")

    def test_a_longer_loan_grows_the_spill_and_still_repays(self, engine, loan):
        longer = self.regenerate(engine, loan, Tenor_Years=9.0)
        assert value(longer, "Check_Debt_Repaid") is True
        assert column(longer, "Debt", "J")[35] == 0
        assert longer.value(Address("Debt", 43, 13)) > 0

    def test_full_convergence_moves_every_factor_by_its_own_quantile(self, engine, loan):
        from scipy.special import ndtri

        near = self.regenerate(engine, loan, Convergence=0.99, Corr_Coin_Rent=0.99, Corr_Coin_Power=-0.99, Corr_Coin_Refi=-0.99,
                               Corr_Rent_Power=-0.99, Corr_Rent_Refi=-0.99, Corr_Power_Refi=0.99)  # fmt: skip
        assert column(near, "Convergence", "D", 15, 18) == pytest.approx(ndtri(0.99), rel=1e-3)

    def test_no_convergence_changes_nothing(self, engine, loan):
        same = self.regenerate(engine, loan, Convergence=0.0)
        assert column(same, "Convergence", "E", 22, 28) == pytest.approx(0.0, abs=1e-6)


class TestLibreOffice:
    def test_it_agrees_on_every_standard_formula(self, loan):
        assert_libreoffice_agrees(loan)

    def test_it_does_not_read_our_own_values_back(self, loan):
        """With an input changed and nothing recalculated by us, LibreOffice finds the new value."""
        moved = Book(splice(loan, {loan.find("Margin"): Edit(0.1)}), "moved.xlsx")
        other = recalculated_by_libreoffice(moved)
        assert other[loan.find("Loan_Rate")] == pytest.approx(value(loan, "Base_Rate") + 0.1)
