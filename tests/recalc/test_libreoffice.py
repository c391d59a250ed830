"""LibreOffice as the first engine, on small books: what Excel gives, or a failure that names sheet and cell."""

import os
import re
import sys
from pathlib import Path

import pytest
from tests.office import warm_office
from tests.recalc.made import calculated, made, of_formulas, with_rows

from haircut.errors import CellError
from haircut_workbooks.package.address import Address, Area
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.splice import Edit, splice
from haircut_workbooks.recalc.engine import RecalculationFailed
from haircut_workbooks.recalc.libreoffice_engine import LibreOffice
from haircut_workbooks.recalc.office import Office
from haircut_workbooks.recalc.recalculate import calculate, stale
from haircut_workbooks.recalc.replay import opinion


def engine(book):
    return LibreOffice(book, warm_office())


def values_of(book, inputs=None):
    """The value of each formula by its cell."""
    given = {book.find(f"Data!{ref}"): value for ref, value in (inputs or {}).items()}
    values = engine(book).recalculate(given).values
    return {str(a).partition("!")[2]: value for a, value in values.items() if a.sheet == "Data"}


def failure(book, inputs=None):
    with pytest.raises(RecalculationFailed) as failed:
        values_of(book, inputs)
    return str(failed.value)


def test_a_virtual_environment_first_on_the_path_does_not_matter(monkeypatch):
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    book = of_formulas({"B1": "=A1*2"}, [21.0])
    with Office() as office:
        assert LibreOffice(book, office).recalculate({}).values == {Address("Data", 1, 2): 42.0}


class TestSpills:
    def book(self, formula="=HC_DSCR(A1:A9,2)", area="B1:B9"):
        def fill(_, sheet):
            sheet.write_column("A1", [2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0, 16.0, 18.0])
            sheet.write("E1", 3)
            sheet.write_dynamic_array_formula(area, formula)
            sheet.write_formula("D1", "=SUM(B1:B12)")

        return made(fill)

    def test_of_the_size_that_the_file_states(self):
        assert values_of(self.book())["D1"] == 45.0

    @pytest.mark.parametrize("rows", [1, 2, 5])
    def test_it_grows_and_shrinks(self, rows):
        book = self.book("=HC_DSCR(OFFSET(A1,0,0,E1,1),2)", "B1:B3")
        result = engine(book).recalculate({book.find("Data!E1"): float(rows)})
        assert result.areas == {Address("Data", 1, 2): Area(1, 2, rows, 2)}
        assert result.values[Address("Data", 1, 4)] == sum(range(rows + 1))

    def test_the_file_takes_the_new_size(self):
        book = self.book(area="B1")
        done = calculate(engine(book), book, {}).book
        assert [done.value(Address("Data", row, 2)) for row in (1, 9, 10)] == [1.0, 9.0, None]
        assert stale(engine(done), done) == []

    def test_one_that_meets_a_value_fails_by_name(self):
        book = self.book(area="B1:B3")
        blocked = Book(splice(book, {Address("Data", 5, 2): Edit("in the way")}), book.name)
        assert "Data!B1 is #SPILL!, Data!B5 is in the way" in failure(blocked)
        assert "Data!B6 is in the way" in failure(self.book(area="B1:B3"), {"B6": 1.0})

    def test_a_table_of_texts_and_truths(self):
        def fill(_, sheet):
            sheet.write_dynamic_array_formula("A1", "=HC_CONVERT(100,20,5,0.1,4,2,100)")

        values = values_of(made(fill))
        assert values == calculated(made(fill))
        assert {type(value) for value in values.values()} == {str, float, bool}


class TestHandingOver:
    def test_a_blank_cell_is_no_number(self):
        formulas = {"B1": "=HC_LTV(C1,100)", "B2": '=HC_WHY("HC_LTV",C1,100)', "B3": "=HC_LTV(C1:C2,100)"}
        values = values_of(of_formulas(formulas))
        assert values["B1"] is values["B3"] is CellError.VALUE
        assert "blank" in values["B2"]

    def test_an_error_comes_through_cells_ranges_and_names(self):
        def fill(workbook, sheet):
            workbook.define_name("Rate", "=Data!$A$2")
            workbook.define_name("Block", "=Data!$A$1:$A$3")
            sheet.write_column("A1", [1, None, 3])
            sheet.write_formula("A2", "=1/0")
            for row, given in enumerate(("A2", "A1:A3", "Rate", "Block", "$A$2", "Data!A2"), 1):
                sheet.write_formula(f"B{row}", f"=HC_LTV({given},100)")

        values = values_of(made(fill))
        assert {values[f"B{row}"] for row in range(1, 7)} == {CellError.DIV0}

    @pytest.mark.parametrize("stored", ["HC_LTV", "[1]!HC_LTV", "_xll.HC_LTV", "_xldudf_HC_LTV"])
    def test_every_stored_form(self, stored):
        rows = f'<row r="1"><c r="A1"><f>{stored}(70,100)&amp;"HC_LTV("</f></c></row>'
        assert values_of(with_rows(of_formulas({}), rows)) == {"A1": "0.7HC_LTV("}

    def test_tables(self):
        def fill(_, sheet):
            sheet.write_column("A2", [70.0, 35.0])
            sheet.add_table("A1:A3", {"name": "Loans", "columns": [{"header": "debt"}]})
            sheet.write_formula("B2", "=SUM(HC_LTV(Loans[debt],100))")
            sheet.write_formula("B3", "=SUM(Loans[debt])")

        assert values_of(made(fill)) == {"B2": pytest.approx(1.05), "B3": 105.0}


FORMULAS = {
    "B1": "=A1>1", "B2": "=--(A1>1)", "B3": "=-(A1>1)", "B4": "=SUMPRODUCT(--(A1:A3>1))", "B5": '="a"&A1',
    "B6": "=B1", "B7": "=IF(B1,B1,0)", "B8": "=NOT(B1)", "B9": "=A1^2", "B10": '=""', "B11": "=NA()",
    "B12": "=SQRT(-A1)", "B13": "=-A1^2", "B14": "=(A1>1)*1", "B15": "=TEXT(0.5,\"0.0%\")", "B16": "=1/0",
}  # fmt: skip


class TestKinds:
    def test_as_the_default_engine_has_them(self):
        book = of_formulas(FORMULAS, [2.0, 1.0, 5.0])
        values = values_of(book)
        assert values == calculated(book)
        assert [values[f"B{i}"] for i in (1, 2, 12)] == [True, 1.0, CellError.NUM]

    def test_a_truth_in_a_cell_with_a_number_format_and_in_a_hidden_row(self):
        def fill(workbook, sheet):
            sheet.write_column("A1", ["head", 1, 2])
            sheet.write_formula("B2", "=A2>0", workbook.add_format({"num_format": "0.00"}))
            sheet.write_formula("B3", "=A3>0", workbook.add_format({"num_format": '"yes";;"no"'}))
            sheet.autofilter("A1:A3")
            sheet.filter_column(0, "x == 1")
            sheet.set_row(2, options={"hidden": True})

        assert values_of(made(fill)) == {"B2": True, "B3": True}

    def test_a_truth_that_the_file_knows(self):
        """Calc shows the truths of an array formula as numbers."""

        def fill(_, sheet):
            sheet.write_column("A1", [1, 2])
            sheet.write_array_formula("B1:B2", "{=A1:A2>1}", None, False)

        book = made(fill)
        known = Book(
            splice(book, {Address("Data", row, 2): Edit(False, keep_formula=True) for row in (1, 2)}),
            book.name,
        )
        assert values_of(known) == {"B1": False, "B2": True}


class TestFailures:
    def test_what_this_office_lacks(self):
        message = failure(of_formulas({"B1": "=_xlfn.NOSUCH(A1)"}))
        assert "Data!B1 is #NAME? (=_xlfn.NOSUCH(A1))" in message

    def test_a_loop_in_a_book_that_does_not_iterate(self):
        assert "Data!B1 is part of a circular reference" in failure(of_formulas({"B1": "=B2+1", "B2": "=B1"}))

    @pytest.mark.parametrize(
        "formula", ['=_xlfn.WEBSERVICE("http://127.0.0.1:9/")', "='http://127.0.0.1:9/[b.xlsx]S'!A1"]
    )
    def test_what_another_file_or_the_web_holds(self, formula):
        assert "Data!B1 is read from another file or the web" in failure(of_formulas({"B1": formula}))

    def test_a_what_if_table(self):
        rows = (
            '<row r="1"><c r="B1"><f t="dataTable" ref="B1:B2" dt2D="0" dtr="0" r1="A1"/><v>1</v></c></row>'
        )
        assert "Data!B1 is a what-if table" in failure(with_rows(of_formulas({}), rows))


def iterating(formulas, column=()):
    """A book that is told to iterate."""
    book = of_formulas(formulas, column)
    part = "xl/workbook.xml"
    told = re.sub(rb"<calcPr[^>]*/>", b'<calcPr iterate="1"/>', book.container.read(part))
    return Book(book.container.with_parts({part: told}), book.name)


class TestIteration:
    """Interest on the average balance: closing = (opening (1 + i/2) - cash) / (1 - i/2), in closed form."""

    PERIODS, RATE, CASH = 12, 0.025, 9.0

    def book(self):
        formulas = {"F1": f"=SUM(C2:C{self.PERIODS + 1})"}
        for row in range(2, self.PERIODS + 2):
            formulas |= {
                f"B{row}": "=A1" if row == 2 else f"=D{row - 1}",
                f"C{row}": f"=(B{row}+D{row})/2*{self.RATE}",
                f"D{row}": f"=B{row}+C{row}-{self.CASH}",
            }
        return iterating(formulas, [100.0])

    def test_it_converges_to_the_closed_form(self):
        values, balance = values_of(self.book()), 100.0
        for row in range(2, self.PERIODS + 2):
            balance = (balance * (1 + self.RATE / 2) - self.CASH) / (1 - self.RATE / 2)
            assert values[f"D{row}"] == pytest.approx(balance, rel=1e-12)

    def test_the_second_engine_checks_every_formula_of_it(self):
        book = self.book()
        done = calculate(engine(book), book, {}).book
        found = opinion(done)
        assert (found.disagreements, found.unread) == ([], [])
        assert found.checked == len(book.formulas())

    def test_a_wrong_value_in_a_loop_is_found(self):
        book = self.book()
        done = calculate(engine(book), book, {}).book
        wrong = Book(splice(done, {Address("Data", 5, 3): Edit(2.0, keep_formula=True)}), done.name)
        lines = opinion(wrong).disagreements
        assert any(line.startswith("Data!C5 holds 2.0, the second engine says") for line in lines)

    def test_what_the_second_engine_cannot_calculate_is_told(self):
        book = iterating({"B1": "=B1*0.5+A1", "C1": "=A1*2"}, [1.0])
        found = opinion(calculate(engine(book), book, {}).book)
        assert (found.checked, found.unread) == (1, [Address("Data", 1, 2)])

    def test_a_loop_without_end_fails_by_name(self):
        message = failure(iterating({"B1": "=B2*2+1", "B2": "=B1+A1"}, [1.0]))
        assert re.search(r"Data!B[12] is (an iteration that does not converge|#NUM!|Err)", message)
