"""What the default engine finds by trying: circular references that settle, what-if tables."""

import pytest
from tests.recalc.made import calculated, failure, finished, iterating, of_formulas, with_rows

from haircut_workbooks.package.book import Book
from haircut_workbooks.package.splice import Edit, splice
from haircut_workbooks.recalc.formualizer_engine import Formualizer
from haircut_workbooks.recalc.recalculate import recalculate
from haircut_workbooks.recalc.replay import disagreements


class TestLoops:
    """Fixed points with closed forms: each is found, and each formula of the loop holds at it."""

    def interest_on_average_debt(self):
        """Debt 100 falls by cash of 30 less interest of 10 % on its average: 0.05 (100 + x) = x - 70 + ..."""
        formulas = {"B1": "=100-B2", "B2": "=30-B3", "B3": "=0.1*(100+B1)/2", "C1": "=SUM(B1:B3)"}
        return iterating(of_formulas(formulas))

    def test_it_settles_where_algebra_says(self):
        done = finished(self.interest_on_average_debt())
        closing = (100 - 30 + 5) / (1 - 0.05)
        assert calculated(done)["B1"] == pytest.approx(closing, rel=1e-11)
        assert calculated(done)["B3"] == pytest.approx(0.05 * (100 + closing), rel=1e-11)

    def test_on_demand_where_the_workbook_does_not_iterate(self):
        book = of_formulas({"B1": "=C1*0.5+1", "C1": "=B1"})
        done = recalculate(Formualizer(book, iterate=True), book, {}, iterate=True).book
        assert done.value(done.find("Data!B1")) == pytest.approx(2.0, rel=1e-11)

    def test_the_second_engine_denies_what_is_no_fixed_point(self):
        done = finished(self.interest_on_average_debt())
        wrong = Book(splice(done, {done.find("Data!B1"): Edit(78.0, keep_formula=True)}), "book.xlsx")
        assert any(line.startswith("Data!B") for line in disagreements(wrong))

    def test_loops_of_rates_settle_too(self):
        book = iterating(of_formulas({"B1": "=C1*0.1+0.018", "C1": "=B1"}))
        assert calculated(finished(book))["B1"] == pytest.approx(0.02, rel=1e-9)


EDGE = {"E4": "<v>10</v>", "F4": "<v>20</v>", "D5": "<v>1</v>", "D6": "<v>7</v>"}
"""What stands around a what-if table."""


class TestWhatIfTables:
    def book(self, formula, attributes, headings):
        """A1 and A2 are inputs, B1 the formula; D4 on the table's corner, results in E5:F6."""
        cells = {"A1": "<v>2</v>", "A2": "<v>3</v>", "B1": f"<f>{formula}</f>"} | headings
        cells |= dict.fromkeys(("F5", "E6", "F6"), "<v>0</v>")
        cells["E5"] = f'<f t="dataTable" ref="E5:F6" {attributes}/><v>0</v>'
        rows = "".join(
            f'<row r="{r}">'
            + "".join(f'<c r="{ref}">{cells[ref]}</c>' for ref in sorted(cells) if ref[1:] == str(r))
            + "</row>"
            for r in range(1, 7)
        )
        return with_rows(of_formulas({}), rows)

    def results(self, book):
        values = calculated(finished(book))
        return [values[ref] for ref in ("E5", "F5", "E6", "F6")]

    def test_of_two_inputs(self):
        book = self.book("A1*100+A2", 'dt2D="1" dtr="1" r1="A1" r2="A2"', EDGE | {"D4": "<f>B1</f>"})
        assert self.results(book) == [1001.0, 2001.0, 1007.0, 2007.0]

    def test_of_a_row_of_inputs(self):
        edge = EDGE | {"D5": "<f>B1</f>", "D6": "<f>A1+1</f>"}
        book = self.book("A1*100+A2", 'dt2D="0" dtr="1" r1="A1"', edge)
        assert self.results(book) == [1003.0, 2003.0, 11.0, 21.0]

    def test_of_a_column_of_inputs(self):
        edge = EDGE | {"E4": "<f>B1</f>", "F4": "<f>A2*A2</f>"}
        book = self.book("A1*100+A2", 'dt2D="0" dtr="0" r1="A2"', edge)
        assert self.results(book) == [201.0, 1.0, 207.0, 49.0]

    def test_the_inputs_are_as_before_and_others_read_the_results(self):
        edge = EDGE | {"D4": "<f>B1</f>", "A3": "<f>SUM(E5:F6)</f>"}
        done = finished(self.book("A1*100+A2", 'dt2D="1" dtr="1" r1="A1" r2="A2"', edge))
        assert [done.value(done.find(f"Data!{ref}")) for ref in ("A1", "A2", "B1", "A3")] == [
            2.0,
            3.0,
            203.0,
            6016.0,
        ]

    def test_the_second_engine_tries_them_too(self):
        done = finished(
            self.book("A1*100+A2", 'dt2D="1" dtr="1" r1="A1" r2="A2"', EDGE | {"D4": "<f>B1</f>"})
        )
        wrong = Book(splice(done, {done.find("Data!F6"): Edit(1.0, keep_formula=True)}), "book.xlsx")
        assert disagreements(wrong) == ["Data!F6 holds 1.0, the second engine says 2007.0"]

    def test_one_without_its_input_is_refused_by_name(self):
        book = self.book("A1", 'dt2D="0" dtr="1" r1="A1" del1="1"', EDGE)
        assert "Data!E5 is a what-if table whose input cells are gone" in failure(book)
