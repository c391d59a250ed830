import io
from datetime import UTC, date, datetime

import pytest
import xlsxwriter
from tests.package.handmade import a_book, book_of, sheet_xml, workbook_parts, zipped

from haircut_workbooks.package.address import Address
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.rules import InputRefused, accepted, check_place

CELL = Address("Data", 1, 1)
NUMBER = '<row r="1"><c r="A1"><v>3</v></c></row>'


def ruled(rows=NUMBER, attributes="", low="", high="", **more):
    formulas = "".join(f"<formula{i}>{text}</formula{i}>" for i, text in enumerate((low, high), 1) if text)
    rule = f'<dataValidation sqref="C9 A1:B2" {attributes}>{formulas}</dataValidation>'
    return a_book(rows, f"<dataValidations>{rule}</dataValidations>", **more)


def refusal(book, raw):
    with pytest.raises(InputRefused) as refused:
        accepted(book, CELL, raw)
    return str(refused.value)


OPERATORS = {
    "between": ([1, 1.5, 2], [0.9, 2.1], "from 1 to 2"),
    "notBetween": ([0.9, 2.1], [1, 1.5, 2], "below 1 or above 2"),
    "equal": ([1], [2], "1"),
    "notEqual": ([2], [1], "other than 1"),
    "greaterThan": ([1.1], [1], "above 1"),
    "greaterThanOrEqual": ([1], [0.9], "at least 1"),
    "lessThan": ([0.9], [1], "below 1"),
    "lessThanOrEqual": ([1], [1.1], "at most 1"),
}


@pytest.mark.parametrize(("operator", "case"), OPERATORS.items(), ids=OPERATORS)
def test_each_operator(operator, case):
    good, bad, words = case
    book = ruled(attributes=f'type="decimal" operator="{operator}"', low="1", high="2")
    for value in good:
        assert accepted(book, CELL, value) == value
    for value in bad:
        assert refusal(book, value) == f"must be {words}, but is {value:g}"


def test_between_is_the_operator_where_none_is_stated():
    assert (
        refusal(ruled(attributes='type="decimal"', low="1", high="2"), 3) == "must be from 1 to 2, but is 3"
    )


def test_an_operator_that_nobody_knows_is_refused():
    assert "but is 3" in refusal(ruled(attributes='type="decimal" operator="near"', low="1"), 3)


def test_whole_numbers():
    book = ruled(attributes='type="whole"', low="1", high="9")
    assert accepted(book, CELL, "7") == 7.0
    assert refusal(book, 1.5) == "must be a whole number from 1 to 9, but is 1.5"


def test_limits_that_are_formulas_are_left_to_excel():
    assert accepted(ruled(attributes='type="decimal"', low="B9", high="C9*2"), CELL, 1e6) == 1e6


def test_text_length():
    book = ruled("", 'type="textLength" operator="lessThanOrEqual"', "3")
    assert accepted(book, CELL, "abc") == "abc"
    assert refusal(book, "abcd") == "must be at most 3 characters, but is 4"


class TestLists:
    def test_choices_in_the_rule(self):
        book = ruled("", 'type="list"', '"Annuity, Bullet,1,2.5"')
        assert [accepted(book, CELL, raw) for raw in ("Bullet", 1, 2.5)] == ["Bullet", 1.0, 2.5]
        assert refusal(book, "bullet") == 'must be one of Annuity, Bullet, 1, 2.5, but is "bullet"'
        assert refusal(book, 3).endswith('but is "3"')

    @pytest.mark.parametrize("source", ["Lists!$A$1:$A$3", "'Lists'!$A$1:$A$9", "Choices", "$D$1:$D$3"])
    def test_choices_in_a_range(self, source):
        listed = '<row r="1"><c r="{0}1" t="str"><v>a</v></c></row><row r="2"><c r="{0}2"><v>2</v></c></row>'
        rule = f'<dataValidation type="list" sqref="A1"><formula1>{source}</formula1></dataValidation>'
        sheets = {
            "Data": sheet_xml(listed.format("D"), f"<dataValidations>{rule}</dataValidations>"),
            "Lists": sheet_xml(listed.format("A")),
        }
        names = '<definedNames><definedName name="Choices">Lists!$A$1:$A$3</definedName></definedNames>'
        book = book_of(sheets, workbook=names)
        assert [accepted(book, CELL, raw) for raw in ("a", 2)] == ["a", 2.0]
        assert refusal(book, "b") == 'must be one of a, 2, but is "b"'

    def test_choices_from_a_formula_are_left_to_excel(self):
        assert accepted(ruled("", 'type="list"', "INDIRECT(B1)"), CELL, "any") == "any"


class TestDates:
    def test_a_date_becomes_its_serial_number(self):
        book = ruled(attributes='type="date" operator="greaterThan"', low="45000")
        for raw in (date(2026, 3, 31), "2026-03-31", datetime(2026, 3, 31), 46112):
            assert accepted(book, CELL, raw) == 46112.0
        assert accepted(book, CELL, datetime(2026, 3, 31, 12, tzinfo=UTC)) == 46112.5
        assert refusal(book, date(2020, 1, 1)) == "must be above 2023-03-15, but is 2020-01-01"
        assert refusal(book, "soon") == 'must be a date such as 2026-03-31, but is the text "soon"'

    def test_dates_before_the_false_leap_day_are_refused(self):
        assert refusal(a_book(NUMBER), date(1900, 2, 28)) == "must be a date from 1900-03-01 on"

    def test_old_mac_books_count_from_1904(self):
        made = workbook_parts({"Data": sheet_xml(NUMBER)})
        made["xl/workbook.xml"] = made["xl/workbook.xml"].replace(
            b"<sheets>", b'<workbookPr date1904="true"/><sheets>'
        )
        book = Book(zipped(made), "b")
        assert accepted(book, CELL, date(2026, 3, 31)) == 44650.0
        assert refusal(book, date(1903, 12, 31)) == "must be a date from 1904-01-01 on"


class TestKinds:
    @pytest.mark.parametrize(
        ("raw", "message"),
        [
            ("abc", 'must be a number, but is the text "abc"'),
            (True, "must be a number, but is TRUE"),
            (None, "must be a number, but is blank"),
            (float("nan"), "must be a finite number, but is nan"),
            ("inf", "must be a finite number, but is inf"),
            (10**400, "must be a number that a cell can hold, but is too large"),
        ],
    )
    def test_a_cell_with_a_number_takes_numbers(self, raw, message):
        assert refusal(a_book(NUMBER), raw) == message

    def test_a_number_may_come_as_text(self):
        assert accepted(a_book(NUMBER), CELL, " 2.5 ") == 2.5

    def test_a_cell_with_a_boolean_takes_booleans(self):
        book = a_book('<row r="1"><c r="A1" t="b"><v>1</v></c></row>')
        assert [accepted(book, CELL, raw) for raw in (False, "true", " FALSE ")] == [False, True, False]
        assert refusal(book, 1) == "must be TRUE or FALSE, but is 1"

    def test_a_cell_with_text_takes_text(self):
        assert accepted(a_book('<row r="1"><c r="A1" t="str"><v>x</v></c></row>'), CELL, "12") == "12"

    def test_a_blank_cell_takes_anything(self):
        assert [accepted(a_book(), CELL, raw) for raw in ("x", 2, True)] == ["x", 2.0, True]


class TestPlaces:
    ROWS = '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="C1"><f t="array" ref="C1:D2">X(1)</f><v>2</v></c></row>'
    MERGED = '<mergeCells><mergeCell ref="F1:G2"/></mergeCells>'

    @pytest.mark.parametrize(
        ("ref", "message"),
        [
            ("A1", "Data!A1 holds a formula; name an input cell instead"),
            ("D2", "Data!D2 is filled by the formula in Data!C1"),
            ("G1", "Data!G1 is hidden in the merged cells F1:G2; name its top left cell"),
        ],
    )
    def test_what_an_analyst_does_not_type_into_is_refused(self, ref, message):
        book = a_book(self.ROWS, self.MERGED)
        with pytest.raises(InputRefused) as refused:
            check_place(book, book.find(f"Data!{ref}"))
        assert str(refused.value) == message

    @pytest.mark.parametrize(
        ("ref", "message"), [("B1", "header or total"), ("C4", "header or total"), ("B2", "")]
    )
    def test_headers_and_totals_of_a_table_are_refused(self, ref, message):
        file = io.BytesIO()
        with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
            workbook.add_worksheet("Data").add_table("B1:C4", {"total_row": True})
        book = Book(file.getvalue(), "book.xlsx")
        if not message:
            check_place(book, book.find(f"Data!{ref}"))
            return
        with pytest.raises(InputRefused, match=message):
            check_place(book, book.find(f"Data!{ref}"))

    @pytest.mark.parametrize("ref", ["F1", "B1", "Z99", "E1"])
    def test_other_cells_are_fine(self, ref):
        book = a_book(self.ROWS, self.MERGED)
        check_place(book, book.find(f"Data!{ref}"))
