"""Formulas over blocks of cells in the default engine: spills, array formulas, shared formulas."""

import pytest
from tests.recalc.made import DEBT, calculated, failure, finished, made, with_rows

from haircut.errors import CellError
from haircut_workbooks.package.address import Address, Area
from haircut_workbooks.recalc import formualizer_engine
from haircut_workbooks.recalc.formualizer_engine import Formualizer
from haircut_workbooks.recalc.recalculate import recalculate


class TestSpills:
    def book(self, formula="=SEQUENCE(A1)", area="B1:B3", rows=3):
        def fill(_, sheet):
            sheet.write_column("A1", [rows, 2, 3, 4])
            sheet.write_dynamic_array_formula(area, formula)
            sheet.write_formula("D1", "=SUM(B1:B9)")

        return finished(made(fill))

    def test_a_spill_of_the_same_size(self):
        book = self.book()
        assert calculated(book) == {"B1": 1.0, "B2": 2.0, "B3": 3.0, "D1": 6.0}
        assert book.scan("Data").cells[1, 2].formula.area == Area(1, 2, 3, 2)

    @pytest.mark.parametrize("rows", [1, 2, 5])
    def test_a_spill_grows_and_shrinks(self, rows):
        book = self.book()
        result = Formualizer(book).recalculate({book.find("Data!A1"): float(rows)})
        assert result.areas == {Address("Data", 1, 2): Area(1, 2, rows, 2)}
        assert result.values[Address("Data", 1, 4)] == sum(range(rows + 1))

    def test_the_file_takes_the_new_size(self):
        book = finished(self.book(area="B1", rows=4))
        values = {str(a): v for a, v in book.values().items() if a.column == 2}
        assert values == {"Data!B1": 1.0, "Data!B2": 2.0, "Data!B3": 3.0, "Data!B4": 4.0}
        assert finished(book).data == book.data

    def test_spills_that_kept_moving_once_may_grow_the_next_time(self, monkeypatch):
        """What an engine found for one set of inputs must not decide what it finds for the next."""
        book = self.book()
        engine = Formualizer(book)
        evaluate = Formualizer._evaluate

        def never_settles(self, workbook, border):
            if self._spills_move:
                raise formualizer_engine._SpillsMove
            evaluate(self, workbook, border)

        with monkeypatch.context() as patched:
            patched.setattr(Formualizer, "_evaluate", never_settles)
            assert engine.recalculate({}).values[Address("Data", 1, 4)] == 6.0
        result = engine.recalculate({book.find("Data!A1"): 4.0})
        assert result.values[Address("Data", 1, 4)] == 10.0

    def test_a_spill_that_meets_a_value_fails_by_name(self):
        def fill(_, sheet):
            sheet.write_dynamic_array_formula("B1:B3", "=SEQUENCE(A1)")
            sheet.write("A1", 5)
            sheet.write("B5", "in the way")

        assert "Data!B1 is #SPILL! (=_xlfn.SEQUENCE(A1))" in failure(made(fill))

    def test_a_reference_to_a_spill(self):
        def fill(_, sheet):
            sheet.write_dynamic_array_formula("B1:B3", "=SEQUENCE(3)")
            sheet.write_dynamic_array_formula("D1", "=SUM(_xlfn.ANCHORARRAY(B1))")

        assert calculated(made(fill))["D1"] == 6.0

    def test_a_haircut_call_spills(self):
        def fill(_, sheet):
            sheet.write_column("A1", [125.0, 150.0])
            sheet.write_dynamic_array_formula("B1:B2", "=HC_DSCR(A1:A2,100)")

        assert calculated(finished(made(fill))) == {"B1": 1.25, "B2": 1.5}

    @pytest.mark.parametrize(
        ("rows", "block"),
        [(2, [0.5, 1.0, None, None]), (3, [0.5, 1.0, 1.5, None]), (4, [0.5, 1.0, 1.5, 2.0])],
    )
    def test_a_haircut_call_grows_and_shrinks(self, rows, block):
        def fill(_, sheet):
            sheet.write_column("A1", DEBT)
            sheet.write("C1", 3)
            sheet.write_dynamic_array_formula("B1:B3", "=HC_DSCR(OFFSET(A1,0,0,C1,1),2)")
            sheet.write_formula("D1", "=SUM(B1:B9)")

        book = made(fill)
        done = recalculate(Formualizer(book), book, {book.find("Data!C1"): float(rows)}).book
        assert [done.value(Address("Data", row, 2)) for row in range(1, 5)] == block
        assert done.value(Address("Data", 1, 4)) == sum(value or 0 for value in block)

    def test_a_haircut_call_that_refuses_leaves_the_rest_blank(self):
        def fill(_, sheet):
            sheet.write_column("A1", [125.0, "x"])
            sheet.write_dynamic_array_formula("B1:B2", "=HC_DSCR(A1:A2,100)", None, 1.25)
            sheet.write_formula("D1", "=COUNTBLANK(B1:B2)")

        book = made(fill)
        assert recalculate(Formualizer(book), book, {}).book.value(Address("Data", 1, 4)) == 1.0
        assert finished(book).value(Address("Data", 1, 2)) is CellError.VALUE


class TestArrayFormulas:
    def test_of_one_cell(self):
        def fill(_, sheet):
            sheet.write_column("A1", DEBT)
            sheet.write_array_formula("B1", "{=SUM(IF(A1:A4>=2,A1:A4,0))}")
            sheet.write_array_formula("B2", "{=A1:A4*2}")

        assert calculated(finished(made(fill))) == {"B1": 9.0, "B2": 2.0}

    def test_of_many_cells(self):
        def fill(_, sheet):
            sheet.write_column("A1", DEBT)
            sheet.write_array_formula("B1:B4", "{=A1:A4*2}")
            sheet.write_formula("C1", "=SUM(B1:B4)")

        assert calculated(finished(made(fill))) == {"B1": 2.0, "B2": 4.0, "B3": 6.0, "B4": 8.0, "C1": 20.0}

    def test_one_value_fills_the_block_and_beyond_a_longer_one_is_na(self):
        def fill(_, sheet):
            sheet.write_column("A1", DEBT)
            sheet.write_array_formula("B1:C2", "{=5}")
            sheet.write_array_formula("D1:E3", "{=A1:A2*10}")

        # The second engine does not widen a column over two: such a book is refused, so ask the first alone.
        values = calculated(made(fill))
        assert {values[ref] for ref in ("B1", "B2", "C1", "C2")} == {5.0}
        assert [values[ref] for ref in ("D1", "E1", "D2", "E2")] == [10.0, 10.0, 20.0, 20.0]
        assert values["D3"] is values["E3"] is CellError.NA


class TestSharedFormulas:
    def book(self, formula):
        rows = "".join(
            f'<row r="{r}"><c r="A{r}"><v>{r}</v></c><c r="B{r}"><f t="shared" '
            + (f'ref="B1:B4" si="0">{formula}</f>' if r == 1 else 'si="0"/>')
            + "<v>0</v></c></row>"
            for r in range(1, 5)
        )

        def fill(workbook, _):
            for quarter in (1, 2, 3, 4):
                workbook.add_worksheet(f"Q{quarter} 2026").write_column(
                    0, 0, [quarter * 10 + i for i in range(4)]
                )

        return with_rows(made(fill), rows)

    @pytest.mark.parametrize(
        ("formula", "expected"),
        [
            ("A1*$A$4+LEN(&quot;A1&quot;)", [6.0, 10.0, 14.0, 18.0]),
            ("IF(A1*0.1*3&gt;=0.6,A1,0)", [0.0, 2.0, 3.0, 4.0]),
            ("'Q1 2026'!A1", [10.0, 11.0, 12.0, 13.0]),
            ("[1]!HC_DSCR(A1,2)", [0.5, 1.0, 1.5, 2.0]),
            ("SUM($A$1:A1)", [1.0, 3.0, 6.0, 10.0]),
        ],
    )
    def test_each_follower_calculates_its_own(self, formula, expected):
        assert list(calculated(finished(self.book(formula))).values()) == expected

    def test_they_stay_shared_in_the_file(self):
        book = self.book("A1*2")
        assert finished(book).container.read(book.sheets["Data"]).count(b't="shared"') == 4
