"""The default engine on small books: what Excel gives, or a failure that names sheet and cell."""

import time

import pytest
from tests.recalc.made import DEBT, calculated, failure, finished, iterating, made, of_formulas, with_rows

from haircut.errors import CellError
from haircut_workbooks.recalc import border
from haircut_workbooks.recalc.formualizer_engine import Formualizer


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

        monkeypatch.setattr(border, "call", fail)
        with pytest.raises(raised):
            calculated(of_formulas({"B1": "=IFERROR(HC_LTV(70,100),0)"}))


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
