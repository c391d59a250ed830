"""Names that stand for formulas and constants: both engines calculate what Excel defines them to be."""

import pytest
from tests.recalc.made import DEBT, made

from haircut_workbooks.recalc.engine import RecalculationFailed
from haircut_workbooks.recalc.formualizer_engine import Formualizer
from haircut_workbooks.recalc.names import without_formula_names
from haircut_workbooks.recalc.recalculate import recalculate


def verified(book):
    """The values of the cells in columns C to E, once two engines agree on them."""
    done = recalculate(Formualizer(book), book, {}).book
    return {f"{'ABCDE'[a.column - 1]}{a.row}": v for a, v in done.values().items() if a.column > 2}


def test_formulas_and_constants_through_one_another():
    def fill(workbook, sheet):
        sheet.write_column("A1", DEBT)
        for name, text in {
            "Tax": "=0.25",
            "Total": "=SUM(Data!$A$1:$A$4)",
            "After_tax": "=total*(1-Tax)",
            "Word": '="Tax: "',
        }.items():
            workbook.define_name(name, text)
        sheet.write_formula("C1", "=After_tax-Tax^2")
        sheet.write_formula("C2", '=Word&TAX*100&" Tax"', None, "")
        sheet.write_array_formula("C3:C6", "{=$A$1:$A$4*Tax}")

    assert verified(made(fill)) == {
        "C1": 7.5 - 0.0625,
        "C2": "Tax: 25 Tax",
        "C3": 0.25,
        "C4": 0.5,
        "C5": 0.75,
        "C6": 1.0,
    }


def test_a_total_of_a_table():
    def fill(workbook, sheet):
        sheet.write_column("A2", DEBT)
        sheet.add_table("A1:A5", {"name": "Income", "columns": [{"header": "Amount"}]})
        workbook.define_name("Total_income", "=SUM(Income[Amount])")
        sheet.write_formula("C1", "=Total_income/4")

    assert verified(made(fill)) == {"C1": 2.5}


def test_a_sheet_s_own_name_goes_before_the_workbook_s():
    def fill(workbook, sheet):
        other = workbook.add_worksheet("Other")
        workbook.define_name("Tax", "=0.2")
        workbook.define_name("Other!Tax", "=0.3")
        sheet.write_formula("C1", "=Tax")
        other.write_formula("C2", "=Tax")
        sheet.write("D1", "Tax")

    assert verified(made(fill)) == {"C1": 0.2, "C2": 0.3, "D1": "Tax"}


def test_names_that_move_and_names_of_cells_are_left():
    def fill(workbook, sheet):
        sheet.write_column("A1", DEBT)
        workbook.define_name("Left", "=Data!A1*2")
        workbook.define_name("First", "=Data!$A$1")
        sheet.write_formula("C1", "=Left+First")

    book = made(fill)
    assert without_formula_names(book) is book


def test_a_name_of_itself_and_names_that_double_each_other_end():
    def fill(workbook, sheet):
        workbook.define_name("Loop", "=Loop+1")
        workbook.define_name("Bomb_0", "=1")
        for i in range(1, 40):
            workbook.define_name(f"Bomb_{i}", f"=Bomb_{i - 1}+Bomb_{i - 1}")
        sheet.write_formula("C1", "=Loop")
        sheet.write_formula("C2", "=Bomb_39")

    plain = without_formula_names(made(fill))
    assert all(len(text) <= 32_768 for text in plain.formulas().values())
    with pytest.raises(RecalculationFailed, match=r"C1 is #NAME\?"):
        verified(made(fill))
