"""Calls rewritten between the stored forms: all of them, nothing else, and back to the byte."""

import csv
import io
import re
import shutil
import subprocess
from itertools import permutations

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.package.handmade import a_book, cells_xml
from tests.package.rebinding import contents, formulas_of, linked, rebound
from tests.package.test_forms import FORMULAS
from tests.recalc.made import calculated, finished, made, with_rows

from haircut_workbooks.package.address import Address
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.container import WorkbookRefused
from haircut_workbooks.package.forms import Form
from haircut_workbooks.package.rebind import rebind
from haircut_workbooks.recalc.formualizer_engine import Formualizer
from haircut_workbooks.recalc.recalculate import stale
from haircut_workbooks.recalc.replay import disagreements

PREFIXES = {Form.ADDIN: "[1]!HC_", Form.WEB: "_xldudf_HC_", Form.CALC: "HC."}
PAIRS = list(permutations(Form, 2))


def everywhere():
    """A workbook with a call in every place that holds formulas, as XlsxWriter writes them."""

    def fill(workbook, sheet):
        sheet.write_column("A1", [70, 60, 50])
        sheet.write_column("B1", [100, 90, 80])
        for row in range(3):
            sheet.write_formula(
                row, 2, f'=IF(HC_LTV(A{row + 1},B{row + 1})>0.65,"HC_LTV(1,1) & <high>","low")'
            )
        sheet.write_array_formula("D1:D3", "{=HC_LTV(A1:A3,B1:B3)}")
        sheet.write_dynamic_array_formula("E1:E3", "=HC_LTV(A1:A3,B1:B3)*2")
        sheet.write_formula("F1", "=SUM(A1:A3)")
        workbook.define_name("Cover", "=HC_LTV(Data!$A$1,Data!$B$1)")
        sheet.conditional_format("A1:A3", {"type": "formula", "criteria": "=HC_LTV($A1,$B1)>0.7"})
        scale = {"min_type": "formula", "min_value": "=HC_LTV($A$1,$B$1)", "type": "2_color_scale"}
        sheet.conditional_format("B1:B3", scale)
        bar = {
            "type": "data_bar",
            "data_bar_2010": True,
            "max_type": "formula",
            "max_value": "=HC_LTV($A$1,$B$1)",
        }
        sheet.conditional_format("A5:A9", bar)
        limit = {
            "validate": "decimal",
            "criteria": "between",
            "minimum": "=HC_LTV(1,2)",
            "maximum": "=HC_LTV(2,2)",
        }
        sheet.data_validation("H1", limit)
        columns = [
            {"header": "a"},
            {"header": "b"},
            {"header": "c", "formula": "=HC_LTV(Table1[[#This Row],[a]],Table1[[#This Row],[b]])"},
        ]
        sheet.add_table("J1:L3", {"columns": columns, "data": [[1, 2], [3, 4]]})

    return made(fill)


@pytest.fixture(scope="module")
def rich():
    return everywhere()


NAME = re.compile(r"\bHC_[A-Z0-9_]+\(")  # the template has no text with a call in it
CELLS, OTHERS, IN_TEXT = 7, 8, 3
"""Calls in the workbook above: one a cell, one a name or rule; and three in text, which are none."""


def spelled(book, text):
    """How often the parts of a workbook, as bytes, hold a text."""
    return sum(data.count(text.encode()) for data in contents(book).values())


@pytest.mark.parametrize("form", [Form.ADDIN, Form.WEB, Form.CALC])
def test_calls_in_every_place_are_rewritten(rich, form):
    assert spelled(rich, "HC_LTV(") == CELLS + OTHERS + IN_TEXT
    done = rebind(rich, form)
    assert (done.calls, done.cells, done.others) == (CELLS + OTHERS, CELLS, OTHERS)
    assert (done.already, done.strangers, done.links) == (0, [], [])
    new = Book(done.data, "new.xlsx")
    assert spelled(new, PREFIXES[form] + "LTV(") == CELLS + OTHERS
    assert spelled(new, '"HC_LTV(1,1)') + spelled(new, "&quot;HC_LTV(1,1)") == IN_TEXT


@pytest.mark.filterwarnings("ignore:.*extension is not supported")
def test_another_reader_finds_the_new_form_and_the_link(rich):
    book = openpyxl.load_workbook(io.BytesIO(rebind(rich, Form.ADDIN).data))
    sheet = book["Data"]
    assert sheet["C2"].value == '=IF([1]!HC_LTV(A2,B2)>0.65,"HC_LTV(1,1) & <high>","low")'
    assert sheet["D1"].value.text == "=[1]!HC_LTV(A1:A3,B1:B3)"
    assert book.defined_names["Cover"].value == "[1]!HC_LTV(Data!$A$1,Data!$B$1)"
    assert sheet["L2"].value.startswith("=[1]!HC_LTV(Table1[")
    assert sheet.data_validations.dataValidation[0].formula1 == "[1]!HC_LTV(1,2)"
    (link,) = book._external_links
    assert (link.file_link.Target, link.file_link.TargetMode) == ("haircut.xlam", "External")
    assert link.file_link.Type.endswith("/xlExternalLinkPath/xlStartup")
    assert [name.name for name in link.externalBook.definedNames] == ["HC_LTV"]
    assert link.externalBook.sheetNames.sheetName == ["Haircut"]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_there_and_back_leaves_every_part_as_it_was(rich, first, second):
    start = rebound(rich, first)
    between = rebound(start, second)
    assert contents(between) != contents(start)
    assert contents(rebound(between, first)) == contents(start)


@pytest.mark.parametrize("form", Form)
def test_rewriting_twice_changes_no_byte(rich, form):
    once = rebound(rich, form)
    done = rebind(once, form)
    assert done.data == once.data
    assert (done.calls, done.already) == (0, CELLS + OTHERS)


@pytest.mark.parametrize("form", [Form.WEB, Form.CALC])
def test_only_parts_with_formulas_change(rich, form):
    old, new = contents(rich), contents(rebound(rich, form))
    assert {part for part in new if new[part] != old[part]} == {
        "xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/tables/table1.xml"
    }  # fmt: skip


def escapes(text):
    """A formula in XML, in three spellings."""
    basic = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return [
        basic,
        basic.replace('"', "&quot;").replace("'", "&#x27;").replace("é", "&#233;"),
        f"<![CDATA[{text}]]>",
    ]


@given(FORMULAS, st.integers(0, 2), st.sampled_from(PAIRS))
def test_any_formula_in_any_spelling_comes_back(formula, spelling, pair):
    start = rebound(a_book(cells_xml([[f'<c r="A1"><f>{escapes(formula)[spelling]}</f></c>']])), pair[0])
    between = rebound(start, pair[1])
    assert contents(rebound(between, pair[0])) == contents(start)
    assert rebound(between, Form.PLAIN).formulas() == {Address("Data", 1, 1): formula}


class TestStrangers:
    @pytest.mark.parametrize(
        "formula",
        ["HC_LTVV(1,2)", "[1]!HC_LTV(1,2)", "'C:\\other.xlam'!HC_LTV(1,2)", "Macros.xlsm!HC_LTV(1,2)"],
    )
    def test_they_stay_and_are_named_with_their_cell(self, formula):
        old = linked([formula], "other.xlam")
        done = rebind(old, Form.WEB)
        assert done.data == old.data
        assert done.strangers == [f"Data!A1 calls {formula.partition('(')[0]}"]

    def test_the_workbook_itself_is_no_other(self):
        assert formulas_of(rebound(linked(["[0]!HC_LTV(1,2)"], "x.xlsx"), Form.WEB)) == [
            "_xldudf_HC_LTV(1,2)"
        ]


class TestRefusals:
    @pytest.mark.parametrize(
        "formula", ["HC_LTV(1,2", "HC_LTV(1,2))", 'HC_LTV(1,2)&amp;"open', "HC_<![CDATA[LTV(1,2)]]>"]
    )
    def test_a_call_in_a_formula_that_cannot_be_read(self, formula):
        book = a_book(cells_xml([[f'<c r="A1"><f>{formula}</f></c>']]))
        with pytest.raises(
            WorkbookRefused, match=r"book.xlsx: Data!A1 calls Haircut in a formula that cannot be read"
        ):
            rebind(book, Form.WEB)

    @pytest.mark.parametrize(
        ("after", "place"),
        [
            ("<conditionalFormatting><cfRule><formula>HC_LTV(1</formula></cfRule></conditionalFormatting>", "a rule of sheet"),
            ('<dataValidations><dataValidation sqref="A1"><formula1>HC_LTV(1</formula1></dataValidation></dataValidations>',
             "a rule of sheet"),
        ],
    )  # fmt: skip
    def test_a_rule_is_named_by_its_sheet(self, after, place):
        with pytest.raises(WorkbookRefused, match=f"{place} Data calls"):
            rebind(a_book("", after), Form.WEB)

    def test_a_name_is_named(self):
        book = a_book(workbook="<definedNames><definedName name='Cover'>HC_LTV(</definedName></definedNames>")
        with pytest.raises(WorkbookRefused, match="the name Cover calls"):
            rebind(book, Form.WEB)

    def test_a_formula_that_would_grow_too_long(self):
        text = "1" * (8192 - len("HC_LTV(1,2)+") - 4)
        book = a_book(cells_xml([[f'<c r="A1"><f>HC_LTV(1,2)+{text}</f></c>']]))
        with pytest.raises(WorkbookRefused, match="Data!A1 would be longer than Excel allows"):
            rebind(book, Form.ADDIN)
        rebind(book, Form.CALC)


SHARED = cells_xml(
    [
        ['<c r="A1"><v>70</v></c>', '<c r="B1"><v>100</v></c>',
         '<c r="C1"><f t="shared" ref="C1:C3" si="0">HC_LTV(A1,B1)*1</f><v>0.7</v></c>'],
        ['<c r="A2"><v>60</v></c>', '<c r="B2"><v>100</v></c>', '<c r="C2"><f t="shared" si="0"/><v>0.6</v></c>'],
        ['<c r="A3"><v>50</v></c>', '<c r="B3"><v>100</v></c>', '<c r="C3"><f t="shared" si="0"/><v>0.5</v></c>',
         '<c r="D3"><f>SUM(C1:C3)</f><v>1.8</v></c>'],
    ]
)  # fmt: skip


def test_the_cells_that_share_a_formula_count():
    done = rebind(a_book(SHARED), Form.WEB)
    assert (done.calls, done.cells) == (3, 3)
    assert rebind(Book(done.data, "x"), Form.WEB).already == 3
    assert Book(done.data, "x").shared_formulas("Data")[3, 3] == "_xldudf_HC_LTV(A3,B3)*1"


class TestRecalculation:
    @pytest.mark.parametrize("form", Form)
    def test_every_form_calculates_to_the_same_values(self, form):
        book = rebound(with_rows(made(lambda *_: None), SHARED), form)
        assert calculated(book) == pytest.approx({"C1": 0.7, "C2": 0.6, "C3": 0.5, "D3": 1.8})
        assert calculated(book, {"A1": 80.0})["D3"] == pytest.approx(1.9)
        assert stale(Formualizer(book), book) == []
        assert disagreements(book) == []

    @pytest.mark.parametrize("form", Form)
    def test_arguments_left_out_and_spills_are_the_same(self, form):
        def fill(_, sheet):
            sheet.write_formula("A1", "=HC_BOOK_VALUE(100,8,6,)")
            sheet.write_dynamic_array_formula("B1:B3", "=HC_DEBT_SCHEDULE(100,0.1,2,,,4)")

        plain = made(fill)
        assert calculated(rebound(plain, form)) == calculated(plain)
        assert finished(rebound(plain, form)).values() == finished(plain).values()

    @pytest.mark.parametrize("form", [Form.ADDIN, Form.WEB, Form.CALC])
    def test_the_template_comes_back(self, loan, form):
        done = rebind(loan, form)
        assert done.calls == sum(len(NAME.findall(text)) for text in loan.formulas().values())
        assert contents(rebound(Book(done.data, "loan.xlsx"), Form.PLAIN)) == contents(loan)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_every_form(rich, tmp_path):
    """The sum stands there, be it read or calculated; the calls are for an office that has the functions."""
    whole = finished(rich)
    for form in Form:
        (tmp_path / f"{form}.xlsx").write_bytes(rebind(whole, form).data)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", "--headless", profile, "--convert-to", "csv", "--outdir", str(tmp_path)]
    books = [str(tmp_path / f"{form}.xlsx") for form in Form]
    subprocess.run([*command, *books], check=True, capture_output=True, timeout=180)
    for form in Form:
        with (tmp_path / f"{form}.csv").open() as file:
            first = next(csv.reader(file))
        assert (first[0], first[1], first[5]) == ("70", "100", "180"), form
