"""Values set in a file: what is written, what is refused and why, and that nothing else moves."""

import io
import sys
from datetime import date

import openpyxl
import pytest
import xlsxwriter
from msoffcrypto.format.ooxml import OOXMLFile
from tests.package.differences import differences
from tests.package.handmade import sheet_xml, workbook_parts, zipped

from haircut_workbooks.package.address import Address
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.container import WorkbookRefused
from haircut_workbooks.package.inputs import set_values

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@pytest.fixture
def path(tmp_path):
    """A workbook with one of everything that refuses a value."""
    path = tmp_path / "loan.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("In")
        sheet.write_column("A1", [2.4, "text", True])
        sheet.write_formula("B1", "=A1*2", None, 4.8)
        sheet.write_dynamic_array_formula("C1:C3", "=SEQUENCE(3)", None, 1)
        sheet.merge_range("E1:F2", "merged")
        sheet.add_table(
            "H1:I4", {"name": "Deals", "total_row": True, "columns": [{"header": "a"}, {"header": "b"}]}
        )
        sheet.write_datetime("K1", date(2026, 3, 31), workbook.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.data_validation("A1", {"validate": "decimal", "criteria": ">", "value": 0})
        workbook.define_name("Rent", "=In!$A$1")
        closed = workbook.add_worksheet("Closed")
        closed.protect()
        closed.write("A1", 1, workbook.add_format({"locked": False}))
        closed.write("A2", 1)
        workbook.add_chart({"type": "line"})
        chart = workbook.add_chart({"type": "line"})
        chart.add_series({"values": "=In!$A$1:$A$3"})
        sheet.insert_chart("M1", chart)
    return path


def read(path, sheet="In"):
    return openpyxl.load_workbook(path)[sheet]


def test_each_kind_of_value(path):
    set_values(
        path,
        {
            "Rent": 2.1,
            "In!A2": "a < b",
            "In!A3": False,
            "In!K1": date(2027, 1, 31),
            "In!Z9": 5,
            "Closed!A1": None,
        },
    )
    sheet = read(path)
    assert [sheet[c].value for c in ("A1", "A2", "A3", "Z9")] == [2.1, "a < b", False, 5]
    assert sheet["K1"].value.date() == date(2027, 1, 31)
    assert read(path, "Closed")["A1"].value is None


def test_nothing_but_the_named_cells_differs(path, tmp_path):
    old = Book.open(path)
    written = set_values(path, {"Rent": 2.1, "In!A2": "x", "Closed!A1": 7}, tmp_path / "new.xlsx")
    assert differences(old, Book.open(tmp_path / "new.xlsx"), set(written)) == []
    assert Book.open(path).data == old.data


REFUSALS = {
    "a formula": ({"In!B1": 1}, "In!B1 holds a formula; name an input cell instead"),
    "a spill's anchor": ({"In!C1": 1}, "In!C1 holds a formula"),
    "inside a spill": ({"In!C2": 1}, "In!C2 is filled by the formula in In!C1"),
    "merged away": ({"In!F2": 1}, "In!F2 is hidden in the merged cells E1:F2; name its top left cell"),
    "a table's header": ({"In!H1": "x"}, "In!H1 is a header or total of a table"),
    "a table's total": ({"In!H4": "x"}, "In!H4 is a header or total of a table"),
    "a locked cell": (
        {"Closed!A2": 1},
        "Closed!A2 is locked, and its sheet protected; unprotect it in Excel, or allow",
    ),
    "a cell that is not there yet, locked": ({"Closed!D9": 1}, "Closed!D9 is locked"),
    "the wrong kind": ({"Rent": "high"}, 'In!A1 must be a number, but is the text "high"'),
    "against its validation": ({"Rent": -1}, "In!A1 must be above 0, but is -1"),
    "no such name": ({"Rant": 1}, "neither a defined name nor Sheet!A1: Rant; did you mean Rent?"),
    "no such sheet": ({"Out!A1": 1}, "no sheet named Out"),
    "one cell twice": ({"Rent": 1, "In!A1": 2}, "In!A1 is given twice; leave one of its values out"),
    "a text too long": ({"In!A2": "x" * 32_768}, "a cell holds at most 32,767 characters"),
    "an early date": ({"In!K1": date(1900, 2, 28)}, "In!K1 must be a date from 1900-03-01 on"),
    "no number": ({"In!A1": float("nan")}, "In!A1 must be a finite number"),
}


@pytest.mark.parametrize(("values", "reason"), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_names_file_cell_and_reason_and_writes_nothing(values, reason, path):
    before = path.read_bytes()
    with pytest.raises(WorkbookRefused) as refused:
        set_values(path, {"In!A3": False} | values)
    assert str(refused.value).startswith(f"{path}: ")
    assert reason in str(refused.value)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == ["loan.xlsx"]


def test_what_the_workbook_requires_is_not_cleared(tmp_path):
    path = tmp_path / "deal.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        workbook.add_worksheet("In").write_column("A1", [1, 2, 3])
        workbook.define_name("Required", "=In!$A$1:$A$2")
    with pytest.raises(WorkbookRefused, match="In!A2 is required by the workbook; give it a value"):
        set_values(path, {"In!A2": None})
    set_values(path, {"In!A3": None})


def test_locked_cells_may_be_allowed(path):
    set_values(path, {"Closed!A2": 9}, allow=["locked"])
    assert read(path, "Closed")["A2"].value == 9


@pytest.mark.parametrize(
    ("lock", "program"), [("~$loan.xlsx", "Excel"), (".~lock.loan.xlsx#", "LibreOffice")]
)
def test_a_file_open_elsewhere_is_not_written(lock, program, path, tmp_path):
    (tmp_path / lock).touch()
    with pytest.raises(WorkbookRefused, match=f"open in {program}; close it there first"):
        set_values(path, {"Rent": 1})
    set_values(path, {"Rent": 1}, tmp_path / "other.xlsx")


@pytest.mark.parametrize(
    "setting", ["", '<calcPr calcId="1"/>', '<calcPr calcId="1" fullCalcOnLoad="0"></calcPr>']
)
def test_the_setting_is_put_where_the_schema_wants_it(setting, tmp_path):
    name = '<definedNames><definedName name="Rent">Data!$A$1</definedName></definedNames>'
    parts = workbook_parts({"Data": sheet_xml()}, workbook=f"{name}{setting}<oleSize ref='A1'/>")
    (tmp_path / "b.xlsx").write_bytes(zipped(parts))
    set_values(tmp_path / "b.xlsx", {"Rent": 1}, full_calc_on_load=True)
    text = Book.open(tmp_path / "b.xlsx").container.read("xl/workbook.xml").decode()
    assert text.count("fullCalcOnLoad") == 1
    assert text.index("</definedNames>") < text.index('fullCalcOnLoad="1"') < text.index("<oleSize")


def with_related(name, data, kind, target):
    """A workbook whose sheet refers to one more part."""
    parts = workbook_parts({"Data": sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>')})
    rel = f'<Relationship Id="r1" Type="{OFFICE}/{kind}" Target="{target}"/>'
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = f'<Relationships xmlns="p">{rel}</Relationships>'.encode()
    return zipped(parts | {name: data.encode()})


@pytest.mark.parametrize(
    ("cell", "refused"),
    [("B5", True), ("D9", True), ("A4", False), ("B3", True), ("C2", True), ("B1", False), ("E5", False)],
)
def test_a_pivot_and_its_page_filters(cell, refused, tmp_path):
    """A body in B5:D9 with two filters above it, a row apart: B2:C3."""
    pivot = '<p><location ref="B5:D9" rowPageCount="2" colPageCount="1"/></p>'
    data = with_related("xl/pivotTables/P%201.xml", pivot, "pivotTable", "../pivottables/p%25201.xml")
    (tmp_path / "b.xlsx").write_bytes(data)
    if refused:
        with pytest.raises(WorkbookRefused, match=f"Data!{cell} belongs to a pivot table"):
            set_values(tmp_path / "b.xlsx", {f"Data!{cell}": 1})
    else:
        set_values(tmp_path / "b.xlsx", {f"Data!{cell}": 1})


def test_a_signed_file(tmp_path):
    parts = workbook_parts({"Data": sheet_xml()}) | {"_xmlsignatures/sig1.xml": b"<s/>"}
    (tmp_path / "b.xlsx").write_bytes(zipped(parts))
    with pytest.raises(WorkbookRefused, match="digitally signed, and a change breaks the signature"):
        set_values(tmp_path / "b.xlsx", {"Data!A1": 1})
    set_values(tmp_path / "b.xlsx", {"Data!A1": 1}, allow=["signed"])
    assert Book.open(tmp_path / "b.xlsx").value(Address("Data", 1, 1)) == 1


def test_strict_files_and_sheets_without_a_relationship(tmp_path):
    parts = workbook_parts({"Data": sheet_xml()})
    for name, text in parts.items():
        text = text.replace(OFFICE.encode(), b"http://purl.oclc.org/ooxml/officeDocument/relationships")
        text = text.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        )
        parts[name] = text.replace(b"</sheets>", b'<sheet name="Lost" sheetId="9"/></sheets>')
    (tmp_path / "b.xlsx").write_bytes(zipped(parts))
    set_values(tmp_path / "b.xlsx", {"Data!A1": 1}, full_calc_on_load=True)
    book = Book.open(tmp_path / "b.xlsx")
    assert list(book.sheets) == ["Data"]
    assert book.value(Address("Data", 1, 1)) == 1


def test_dates_of_1904_workbooks(tmp_path):
    parts = workbook_parts({"Data": sheet_xml()}, before='<workbookPr date1904="1"/>')
    (tmp_path / "b.xlsx").write_bytes(zipped(parts))
    set_values(tmp_path / "b.xlsx", {"Data!A1": date(1904, 1, 2), "Data!A2": date(2026, 3, 31)})
    book = Book.open(tmp_path / "b.xlsx")
    assert book.value(Address("Data", 1, 1)) == 1
    assert book.value(Address("Data", 2, 1)) == 46112 - 1462  # Excel: DATE(2026,3,31) is 46112 from 1900


class TestEncrypted:
    @pytest.fixture
    def closed(self, path):
        file = io.BytesIO()
        OOXMLFile(io.BytesIO(path.read_bytes())).encrypt("secret", file)
        path.write_bytes(file.getvalue())
        return path

    def test_it_is_written_encrypted_with_the_same_password(self, closed):
        set_values(closed, {"Rent": 2.1}, password="secret")
        assert closed.read_bytes()[:4] == b"\xd0\xcf\x11\xe0"
        assert Book.open(closed, "secret").value(Address("In", 1, 1)) == 2.1

    @pytest.mark.parametrize(
        ("password", "reason"), [(None, "give its password"), ("wrong", "the password is wrong")]
    )
    def test_without_it_nothing_is_written(self, password, reason, closed):
        before = closed.read_bytes()
        with pytest.raises(WorkbookRefused, match=reason):
            set_values(closed, {"Rent": 2.1}, password=password)
        assert closed.read_bytes() == before

    def test_a_damaged_one_is_refused_in_a_line(self, closed):
        data = bytearray(closed.read_bytes())
        data[len(data) // 2 : len(data) // 2 + 400] = bytes(400)
        closed.write_bytes(data)
        with pytest.raises(WorkbookRefused, match="loan.xlsx: "):
            set_values(closed, {"Rent": 2.1}, password="secret")

    def test_the_library_missing_is_said(self, closed, monkeypatch):
        monkeypatch.setitem(sys.modules, "msoffcrypto", None)
        with pytest.raises(WorkbookRefused, match=r"pip install 'haircut\[encrypted\]'"):
            set_values(closed, {"Rent": 2.1}, password="secret")
