"""The default engine on small books: what Excel gives, or a failure that names sheet and cell."""

import re
import time

import pytest
from tests.recalc.made import calculated, finished, made, of_formulas, with_rows

from haircut.errors import CellError
from haircut_workbooks.package.address import Address, Area
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.splice import Edit, splice
from haircut_workbooks.recalc import formualizer_engine
from haircut_workbooks.recalc.engine import RecalculationFailed
from haircut_workbooks.recalc.formualizer_engine import Formualizer
from haircut_workbooks.recalc.recalculate import recalculate
from haircut_workbooks.recalc.replay import disagreements

DEBT = [1.0, 2.0, 3.0, 4.0]


def failure(book, inputs=None):
    with pytest.raises(RecalculationFailed) as failed:
        calculated(book, inputs)
    return str(failed.value)


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


class TestReferences:
    def test_names_and_other_sheets(self):
        def fill(workbook, sheet):
            sheet.write_column("A1", DEBT)
            workbook.add_worksheet("Bob's = 1").write("A1", 7)
            workbook.define_name("Rate", "=Data!$A$2")
            workbook.define_name("Twice", "=Rate*2")
            workbook.define_name("Block", "=Data!$A$1:$A$4")
            sheet.write_formula("B1", "=Rate*10")
            sheet.write_formula("B2", "=SUM(Block)")
            sheet.write_formula("B3", "='Bob''s = 1'!A1*2")
            sheet.write_formula("B4", "=IF('Bob''s = 1'!A1>=7,Rate,0)")

        assert calculated(finished(made(fill))) == {"B1": 20.0, "B2": 10.0, "B3": 14.0, "B4": 2.0}

    def test_structured_references(self):
        def fill(_, sheet):
            sheet.write_column("A2", DEBT)
            columns = [{"header": "debt"}, {"header": "a [b] #1", "formula": "=Loans[[#This Row],[debt]]*2"}]
            sheet.add_table("A1:B6", {"name": "Loans", "columns": columns, "total_row": True})
            sheet.write_formula("D1", "=SUM(Loans[debt])")
            sheet.write_formula("D2", "=SUM(Loans[a '[b'] '#1])")
            sheet.write_formula("D3", '=COUNTIF(Loans[debt],">=2")')
            sheet.write_formula("D4", "=ROWS(Loans[#All])")

        values = calculated(made(fill))
        assert [values[ref] for ref in ("B2", "B5", "D1", "D2", "D3", "D4")] == [
            2.0,
            8.0,
            10.0,
            20.0,
            3.0,
            6.0,
        ]

    def test_an_ordinary_cell_takes_the_item_of_its_row(self):
        book = of_formulas({"B2": "=A1:A4*10", "B3": "=(A1:A4)>=3", "B4": "=-$A$1:$A$4"}, DEBT)
        assert calculated(finished(book)) == {"B2": 20.0, "B3": True, "B4": -4.0}

    def test_an_ordinary_cell_takes_the_item_of_a_name(self):
        def fill(workbook, sheet):
            sheet.write_column("A1", DEBT)
            workbook.define_name("Block", "=Data!$A$1:$A$4")
            sheet.write_formula("B2", "=Block*10")

        assert calculated(made(fill)) == {"B2": 20.0}


class TestValues:
    def test_a_covenant_at_its_limit_is_met(self):
        formulas = {
            "B1": "=IF(A1*3>=0.3,1,0)",
            "B2": "=A1+A2=0.3",
            "B3": '=COUNTIF(C1:C2,">=0.3")',
            "C1": "=A1+A2",
        }
        assert calculated(of_formulas(formulas, [0.1, 0.2])) == {
            "B1": 1.0,
            "B2": True,
            "B3": 1.0,
            "C1": 0.1 + 0.2,
        }

    def test_a_criterion_from_a_calculated_cell_counts(self):
        formulas = {"B1": "=COUNTIF(A1:A3,A1+A2)", "B2": "=SUMIFS(A1:A3,A1:A3,C1)", "C1": "=A1+A2"}
        values = calculated(of_formulas(formulas, [0.1, 0.2, 0.3]))
        assert (values["B1"], values["B2"]) == (1.0, 0.3)

    def test_blanks_in_criteria_ranges_stay_blank(self):
        values = calculated(of_formulas({"B1": "=COUNTIF(A1:A9,0)", "B2": '=COUNTIF(A1:A9,"")'}, [0, 1]))
        assert values == {"B1": 1.0, "B2": 7.0}

    def test_dates_and_times_are_numbers(self):
        def fill(workbook, sheet):
            day, time_of_day = (workbook.add_format({"num_format": f}) for f in ("yyyy-mm-dd", "h:mm"))
            sheet.write("A1", 46112, day)
            sheet.write("A2", 0.25, time_of_day)
            sheet.write_formula("B1", "=A1", day)
            sheet.write_formula("B2", "=A2+1", time_of_day)
            sheet.write_formula("B3", "=EDATE(DATE(2026,3,31),3)", day)
            sheet.write_formula("B4", "=YEAR(A1)")

        assert calculated(finished(made(fill))) == {"B1": 46112.0, "B2": 1.25, "B3": 46203.0, "B4": 2026.0}

    def test_dates_of_old_mac_books(self):
        def fill(_, sheet):
            sheet.write("A1", 44650)
            sheet.write_formula("B1", "=YEAR(A1)")
            sheet.write_formula("B2", "=DATE(2026,3,31)")

        assert calculated(made(fill, date_1904=True)) == {"B1": 2026.0, "B2": 44650.0}

    def test_errors_reach_cells_and_arguments(self):
        formulas = {
            "B1": "=1/0",
            "B2": "=HC_LTV(B1,1)",
            "B3": "=HC_LTV(70,0)",
            "B4": '=HC_LTV("a",1)',
            "B5": "=HC_LTV(NA(),1)",
            "B6": "=HC_LTV(70,-1)",
            "B7": "=IFERROR(B6,5)",
            "B8": "=IF(B1>1,1,0)",
        }
        values = calculated(of_formulas(formulas))
        assert [values[f"B{i}"] for i in range(1, 9)] == [
            CellError.DIV0,
            CellError.DIV0,
            CellError.DIV0,
            CellError.VALUE,
            CellError.NA,
            CellError.NUM,
            5.0,
            CellError.DIV0,
        ]

    def test_the_reason_of_an_error_is_kept(self):
        book = of_formulas({"B1": "=HC_LTV(70,-1)"})
        assert Formualizer(book).recalculate({}).reasons == {
            "HC_LTV": ["value must be at least 0, but is -1"]
        }

    def test_an_argument_left_out_is_not_zero(self):
        book = of_formulas({"B1": "=HC_DSCR(,1)", "B2": "=[1]!HC_DSCR(0,1)"})
        assert calculated(book) == {"B1": CellError.VALUE, "B2": 0.0}
        assert Formualizer(book).recalculate({}).reasons["HC_DSCR"][0].startswith("cfads is missing")

    def test_an_argument_left_out_in_the_middle_takes_its_default(self):
        calls = {"B1": "=[1]!HC_RENT_VALUE(2,0.2,0.5,0.1,5,,3)", "B2": "=HC_RENT_VALUE(2,0.2,0.5,0.1,5,1,3)"}
        values = calculated(of_formulas(calls))
        assert values["B1"] == values["B2"] > 0

    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            (7.0, 14.0),
            (True, 2.0),
            ("5", 10.0),
            ("text", CellError.VALUE),
            (None, 0.0),
            (CellError.NA, CellError.NA),
        ],
    )
    def test_inputs_override_what_the_file_holds(self, given, expected):
        assert calculated(of_formulas({"B1": "=A1*2"}, [1]), {"A1": given}) == {"B1": expected}

    def test_each_recalculation_starts_afresh(self):
        book = of_formulas({"B1": "=A1*2"}, [1])
        engine, place = Formualizer(book), book.find("Data!A1")
        answers = [engine.recalculate(given).values[book.find("Data!B1")] for given in ({place: 5.0}, {})]
        assert answers == [10.0, 2.0]


class TestFailures:
    @pytest.mark.parametrize(
        ("formula", "message"),
        [
            ("=NOSUCH(1)", "cannot be calculated: Data!B1 is #NAME? (=NOSUCH(1))"),
            ("=Missing*2", "Data!B1"),
            ("=SUM(MMULT(A1:A2,A1:B1))", "Data!B1 is #NAME? (=SUM(MMULT(A1:A2,A1:B1)))"),
            ("=A1)", "the engine cannot load it (load failed:"),
            ("=[1]Sheet1!A1", "Data!B1 reads another workbook"),
            ("=SUM(Others[x])", "Data!B1"),
            ("=B1+1", "Data!B1 is part of a circular reference"),
        ],
    )
    def test_what_cannot_be_calculated_fails_by_cell(self, formula, message):
        said = failure(of_formulas({"B1": formula, "C1": "=1+1"}, [1]))
        assert said.startswith("book.xlsx: ")
        assert message in said

    def test_only_the_first_five_are_named(self):
        said = failure(of_formulas({f"B{i}": "=NOSUCH(1)" for i in range(1, 9)}))
        assert said.count("#NAME?") == 5
        assert said.endswith(" and 3 more cells; the LibreOffice engine (--engine libreoffice) may")

    def test_a_loop_fails_by_name_where_excel_would_not_iterate(self):
        said = failure(of_formulas({"B1": "=C1*0.5+1", "C1": "=B1", "D1": "=D1+1", "E1": "=1+1"}))
        looped = [f"Data!{ref} is part of a circular reference" in said for ref in ("B1", "C1", "D1", "E1")]
        assert looped == [True, True, True, False]
        assert said.endswith("; iterate it with --iterate")

    @pytest.mark.parametrize("formula", ["=C1*2+1", "=C1+1", "=1-C1*3"])
    @pytest.mark.parametrize("count", ["100", "32767"])
    def test_a_loop_that_runs_away_fails_by_name(self, formula, count):
        book = iterating(of_formulas({"B1": formula, "C1": "=B1", "E1": "=1+1"}), count)
        started = time.perf_counter()
        said = failure(book)
        assert time.perf_counter() - started < 1.0
        assert "Data!B1, Data!C1 do not settle" in said or "Data!B1 is" in said

    def test_a_loop_that_is_switched_off_is_none(self):
        book = of_formulas({"B1": "=IF(A1=1,C1*0.5+1,5)", "C1": "=B1"}, [0])
        assert calculated(finished(book)) == {"B1": 5.0, "C1": 5.0}
        assert "circular" in failure(book, {"A1": 1.0})

    @pytest.mark.parametrize("raised", [KeyboardInterrupt, MemoryError, ZeroDivisionError])
    def test_what_a_function_raises_is_raised_again(self, monkeypatch, raised):
        def fail(*_):
            raise raised

        monkeypatch.setattr(formualizer_engine, "call", fail)
        with pytest.raises(raised):
            calculated(of_formulas({"B1": "=IFERROR(HC_LTV(70,100),0)"}))


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


class TestMends:
    def test_irr_leaves_out_blanks(self):
        """Excel, of A1:A5 with a blank second cell: the blank is no period."""
        book = of_formulas({"B1": "=IRR(A1:A5)"}, [-100, None, 60, None, 60])
        (rate,) = calculated(finished(book)).values()
        assert -100 + 60 / (1 + rate) + 60 / (1 + rate) ** 2 == pytest.approx(0, abs=1e-9)

    def test_text_with_an_empty_format_keeps_text(self):
        assert calculated(of_formulas({"B1": '=TEXT(A1,"")&"!"', "B2": '=TEXT(A2,"")'}, ["Name", 5])) == {
            "B1": "Name!",
            "B2": "",
        }

    def test_what_only_excel_fetches_keeps_its_value(self):
        book = with_rows(
            of_formulas({}),
            '<row r="1"><c r="A1" t="str"><v>AMZN</v></c><c r="B1"><f>_FV(A1,"Price")</f><v>25.5</v></c>'
            '<c r="C1"><f>B1*2</f><v>0</v></c></row>',
        )
        assert calculated(finished(book)) == {"C1": 51.0}
        assert "Data!B1 fetches data that only Excel can" in failure(book, {"A1": "SNAP"})


def iterating(book, count="100"):
    part = "xl/workbook.xml"
    setting = f'<calcPr calcId="1" iterate="1" iterateCount="{count}" iterateDelta="0"/>'.encode()
    data = re.sub(rb"<calcPr[^>]*/>", setting, book.container.read(part))
    return Book(book.container.with_parts({part: data}), book.name)
