import io

import pytest
import xlsxwriter
from tests.package.handmade import MAIN, a_book, book_of, sheet_xml, workbook_parts, zipped

from haircut.errors import CellError
from haircut_workbooks.package.address import Address, Area
from haircut_workbooks.package.book import Book, Table, parse_reference
from haircut_workbooks.package.container import WorkbookRefused


def named(names, sheets=("Data", "Other")):
    blank = sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>')
    return book_of(dict.fromkeys(sheets, blank), workbook=f"<definedNames>{names}</definedNames>")


def written(fill):
    file = io.BytesIO()
    workbook = xlsxwriter.Workbook(file, {"in_memory": True})
    fill(workbook)
    workbook.close()
    return Book(file.getvalue(), "book.xlsx")


class TestNames:
    def test_a_name_may_belong_to_one_sheet(self):
        book = named(
            '<definedName name="Rate">Data!$A$1</definedName>'
            '<definedName name="Local" localSheetId="1">Other!$B$2</definedName>'
        )
        assert [(name.name, name.sheet) for name in book.names] == [("Rate", None), ("Local", "Other")]

    def test_named_cells_come_in_the_order_of_sheet_and_cell(self):
        book = named(
            '<definedName name="C">Other!$A$1</definedName><definedName name="B">Data!$A$9</definedName>'
            '<definedName name="A">Data!$B$2</definedName><definedName name="Block">Data!$A$1:$A$3</definedName>'
            '<definedName name="Gone">Data!#REF!</definedName><definedName name="Half">0.5</definedName>'
        )
        assert list(book.named_cells) == ["A", "B", "C"]
        assert book.named_area("BLOCK") == ("Data", Area(1, 1, 3, 1))
        assert book.named_area("Half") is None

    def test_a_sheet_name_with_spaces_and_apostrophes(self):
        sheets = ("Data", "Bob's &amp; Q1 2026")
        book = named("<definedName name=\"Rate\">'Bob''s &amp; Q1 2026'!$C$4</definedName>", sheets)
        cell = Address("Bob's & Q1 2026", 4, 3)
        assert book.find("rate") == cell
        assert book.find("'bob''s & q1 2026'!C4") == cell
        assert book.find("BOB''S & Q1 2026!$C$4") == cell

    @pytest.mark.parametrize("number", ["7", "-1", "x"])
    def test_a_name_of_a_missing_sheet_is_refused(self, number):
        book = named(f'<definedName name="Rate" localSheetId="{number}">Data!$A$1</definedName>')
        with pytest.raises(WorkbookRefused, match="belongs to a sheet that is missing"):
            _ = book.names

    @pytest.mark.parametrize(
        ("target", "message"),
        [
            ("Nothing", "neither a defined name nor Sheet!A1: Nothing"),
            ("Nowhere!A1", "no sheet named Nowhere; the sheets are Data, Other"),
            ("Data!A", '"A" is not a cell reference'),
            ("Data!A0", '"A0" is not a cell reference'),
            ("Data!XFE1", '"XFE1" lies outside the sheet'),
            ("Data!A1:B2", '"A1:B2" is not a cell reference'),
        ],
    )
    def test_find_says_what_is_wrong(self, target, message):
        with pytest.raises(KeyError) as error:
            named("").find(target)
        assert error.value.args == (message,)


@pytest.mark.parametrize(
    "text", ["Data!A1+1", "Data!$A$1,Data!$B$2", "SUM(Data!A1)", "", "Data!XFE1", "#REF!"]
)
def test_what_is_no_reference(text):
    assert parse_reference(text) is None


class TestSheets:
    def test_hidden_sheets_count_and_chart_sheets_do_not(self):
        def fill(workbook):
            workbook.add_worksheet("First").write(0, 0, 1)
            chart = workbook.add_chart({"type": "line"})
            chart.add_series({"values": "=First!$A$1:$A$2"})
            workbook.add_chartsheet("Chart").set_chart(chart)
            workbook.add_worksheet("Hidden").hide()
            last = workbook.add_worksheet("Very hidden")
            last.very_hidden()
            workbook.define_name("'Very hidden'!Local", "='Very hidden'!$A$1")

        book = written(fill)
        assert list(book.sheets) == ["First", "Hidden", "Very hidden"]
        assert book.names[-1].sheet == "Very hidden"
        assert book.values() == {Address("First", 1, 1): 1.0}

    def test_part_names_are_percent_encoded_absolute_and_without_case(self):
        made = workbook_parts({"Data": sheet_xml('<row r="1"><c r="A1"><v>3</v></c></row>')})
        made["xl/My Sheets/Sheet1.xml"] = made.pop("xl/worksheets/sheet1.xml")
        rels = "xl/_rels/workbook.xml.rels"
        made[rels] = made[rels].replace(b"worksheets/sheet1.xml", b"/XL/my%20sheets/sheet1.xml")
        assert Book(zipped(made), "b").value(Address("Data", 1, 1)) == 3.0

    def test_comments_in_the_parts_are_passed_over(self):
        made = workbook_parts({"D": sheet_xml()})
        for name in ("[Content_Types].xml", "_rels/.rels", "xl/_rels/workbook.xml.rels"):
            made[name] = made[name].replace(b'ps">', b'ps"><!-- a -->').replace(b'es">', b'es"><!-- a -->')
        assert list(Book(zipped(made), "b").sheets) == ["D"]


VALUES = {
    "number": ('<c r="A1"><v>1E-3</v></c>', 0.001),
    "stated number": ('<c r="A1" t="n"><v> 7 </v></c>', 7.0),
    "number without digits": ('<c r="A1"><f>1+1</f><v></v></c>', None),
    "shared text": ('<c r="A1" t="s"><v>1</v></c>', "rich text"),
    "phonetic text": ('<c r="A1" t="s"><v>2</v></c>', "東京"),
    "escaped shared text": ('<c r="A1" t="s"><v>3</v></c>', "a\rb_x000D_"),
    "empty shared text": ('<c r="A1" t="s"><v>4</v></c>', ""),
    "formula's text": ('<c r="A1" t="str"><f>"a"</f><v>a_x0009_b</v></c>', "a\tb"),
    "formula's empty text": ('<c r="A1" t="str"><f>""</f><v></v></c>', ""),
    "true": ('<c r="A1" t="b"><v>1</v></c>', True),
    "false": ('<c r="A1" t="b"><v>0</v></c>', False),
    "error": ('<c r="A1" t="e"><v>#DIV/0!</v></c>', CellError.DIV0),
    "unknown error": ('<c r="A1" t="e"><v>#FUTURE!</v></c>', CellError.VALUE),
    "ISO date": ('<c r="A1" t="d"><v>2026-03-31T12:00:00</v></c>', 46112.5),
    "blank": ('<c r="A1" s="1"/>', None),
}
SHARED = (
    "<si><t>plain</t></si><si><r><t>rich</t></r><r><rPr><b/></rPr><t> text</t></r></si>"
    "<si><t>東京</t><rPh sb='0' eb='2'><t>トウキョウ</t></rPh><phoneticPr fontId='1'/></si>"
    "<si><t>a_x000D_b_x005F_x000D_</t></si><si><t/></si>"
)


@pytest.mark.parametrize(("cell", "value"), VALUES.values(), ids=VALUES)
def test_values(cell, value):
    found = a_book(f'<row r="1">{cell}</row>', shared=SHARED).value(Address("Data", 1, 1))
    assert type(found) is type(value)
    assert found == value


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ('<c r="B1"><v>12a</v></c>', 'book.xlsx: Data!B1 states the number "12a"; get a fresh copy'),
        ('<c r="B1"><v>1e999</v></c>', 'book.xlsx: Data!B1 states the number "1e999"; get a fresh copy'),
        ('<c r="B1" t="d"><v>soon</v></c>', 'book.xlsx: Data!B1 states the number "soon"; get a fresh copy'),
        ('<c r="B1" t="s"><v>5</v></c>', "book.xlsx: Data!B1 states a text that the file does not hold"),
        ('<c r="B1" t="s"><v>-1</v></c>', "book.xlsx: Data!B1 states a text that the file does not hold"),
        ('<c r="B1" t="s"><v>x</v></c>', "book.xlsx: Data!B1 states a text that the file does not hold"),
    ],
)
def test_values_that_are_none_are_refused_by_cell(cell, message):
    book = a_book(f'<row r="1">{cell}</row>', shared=SHARED)
    with pytest.raises(WorkbookRefused) as refusal:
        book.values()
    assert str(refusal.value).startswith(message)


def test_dates_of_old_mac_books():
    made = workbook_parts({"Data": sheet_xml('<row r="1"><c r="A1" t="d"><v>1904-01-02</v></c></row>')})
    made["xl/workbook.xml"] = made["xl/workbook.xml"].replace(
        b"<sheets>", b'<workbookPr date1904="1"/><sheets>'
    )
    book = Book(zipped(made), "b")
    assert book.date1904
    assert book.value(Address("Data", 1, 1)) == 1.0


def test_number_formats():
    def fill(workbook):
        sheet = workbook.add_worksheet("Data")
        for column, text in enumerate(["General", "0.00%", "0.00x", "yyyy-mm-dd"]):
            sheet.write(0, column, 1.0, workbook.add_format({"num_format": text}))

    book = written(fill)
    shown = [book.number_format(Address("Data", 1, column)) for column in range(1, 6)]
    assert shown == ["General", "0.00%", "0.00x", "yyyy-mm-dd", "General"]


@pytest.mark.parametrize("style", ["99", "-1", "x"])
def test_a_style_that_is_none_is_general(style):
    assert (
        a_book(f'<row r="1"><c r="A1" s="{style}"/></row>').number_format(Address("Data", 1, 1)) == "General"
    )


def test_tables():
    def fill(workbook):
        sheet = workbook.add_worksheet("Deals")
        columns = [{"header": "Name"}, {"header": "Amount, [USD] #1"}]
        sheet.add_table("B2:C6", {"name": "Loans", "columns": columns, "total_row": True})
        sheet.add_table("E2:E4", {"name": "Bare", "header_row": False})

    assert written(fill).tables == {
        "loans": Table("Deals", Area(2, 2, 6, 3), 1, 1, ("name", "amount, [usd] #1")),
        "bare": Table("Deals", Area(2, 5, 4, 5), 0, 0, ("column1",)),
    }


def test_a_damaged_table_is_refused():
    made = workbook_parts({"Data": sheet_xml()})
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/table"
    made["xl/worksheets/_rels/sheet1.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{kind}" Target="../tables/table1.xml"/></Relationships>'
    ).encode()
    made["xl/tables/table1.xml"] = f'<table xmlns="{MAIN}" displayName="T" ref="nowhere"/>'.encode()
    with pytest.raises(WorkbookRefused, match=r'the part xl/tables/table1\.xml: "nowhere" is not a cell'):
        _ = Book(zipped(made), "b").tables


SHARED_FORMULAS = (
    '<row r="1"><c r="A1"><f t="shared" ref="A1:A3" si="0">\'Q1 2026\'!B1*$C$1+LEN("B1")</f></c></row>'
    '<row r="2"><c r="A2"><f t="shared" si="0"/></c></row><row r="3"><c r="A3"><f t="shared" si="0"/></c></row>'
)


def test_followers_read_the_masters_formula_moved():
    book = a_book(SHARED_FORMULAS)
    assert book.shared_formulas("Data") == {
        (2, 1): "'Q1 2026'!B2*$C$1+LEN(\"B1\")",
        (3, 1): "'Q1 2026'!B3*$C$1+LEN(\"B1\")",
    }
    assert book.formulas()[Address("Data", 2, 1)] == ""


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ('<row r="1"><c r="B1"><f t="shared" si="0"/></c></row>', "B1 has no master"),
        (
            '<row r="1"><c r="A1"><f t="shared" si="0"/></c></row>'
            '<row r="2"><c r="A2"><f t="shared" ref="A1:A2" si="0">A1</f></c></row>',
            "A1 reaches outside the sheet",
        ),
    ],
)
def test_followers_that_stand_for_nothing_are_refused(rows, message):
    with pytest.raises(WorkbookRefused, match=f"sheet Data: the shared formula in {message}"):
        a_book(rows).shared_formulas("Data")


def test_iteration_can_be_switched_off():
    book = a_book(FORMULA, workbook='<calcPr calcId="1" iterate="1" iterateCount="9"/>')
    off = book.without_iteration()
    assert book.iterates and not off.iterates
    assert off.container.read("xl/workbook.xml").count(b'<calcPr calcId="1" iterateCount="9"/>') == 1


FORMULA = '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c></row>'
