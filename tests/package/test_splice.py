import io
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.package.handmade import MAIN, a_book, book_of, cells_xml, sheet_xml, workbook_parts, zipped

from haircut.errors import CellError
from haircut_workbooks.package.address import Address, Area, a1
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.container import WorkbookRefused
from haircut_workbooks.package.splice import Edit, splice


def spliced(book, edits):
    """The book after edits of its Data sheet, given by the cells' references."""
    return Book(splice(book, {book.find(f"Data!{ref}"): edit for ref, edit in edits.items()}), book.name)


def sheet_text(book):
    return book.container.read(book.sheets["Data"]).decode()


def read_elsewhere(book):
    """What an independent reader finds: the value and style of every cell."""
    sheet = openpyxl.load_workbook(io.BytesIO(book.data))["Data"]
    return {
        cell.coordinate: (cell.value, cell.style_id)
        for row in sheet
        for cell in row
        if cell.value is not None
    }


FILLED = cells_xml(
    [
        ['<c r="A1"><v>1</v></c>', '<c r="C1" t="inlineStr"><is><t>keep &amp; me</t></is></c>'],
        [],
        ['<c r="B3" t="b"><v>1</v></c>', '<c r="D3"><f>A1*2</f><v>2</v></c>', '<c r="E3"/>'],
    ]
)


@given(
    st.dictionaries(
        st.tuples(st.integers(1, 6), st.integers(1, 8)),
        st.one_of(
            st.floats(-1e9, 1e9),
            st.booleans(),
            st.text(st.characters(codec="ascii", categories=["L"]), min_size=1),
        ),
        max_size=8,
    )
)
@settings(max_examples=60, deadline=None)
def test_only_the_named_cells_change(edits):
    old = a_book(FILLED, before='<dimension ref="A1:E3"/>')
    new = spliced(old, {a1(*place): Edit(value) for place, value in edits.items()})
    expected = read_elsewhere(old) | {a1(*place): (value, 0) for place, value in edits.items()}
    assert read_elsewhere(new) == expected
    scan = new.scan("Data")
    assert list(scan.cells) == sorted(scan.cells)
    assert list(scan.rows) == sorted(scan.rows)


def test_every_other_byte_stays():
    old = a_book(FILLED)
    new = spliced(old, {"C1": Edit(7.0)})
    kept = '<c r="C1" t="inlineStr"><is><t>keep &amp; me</t></is></c>'
    assert sheet_text(new) == sheet_text(old).replace(kept, '<c r="C1"><v>7</v></c>')
    assert [p for p in old.container.parts if old.container.read(p) != new.container.read(p)] == [
        old.sheets["Data"]
    ]


def test_no_edits_is_the_same_file():
    book = a_book(FILLED)
    assert splice(book, {}) == book.data


@pytest.mark.parametrize("empty", ["<sheetData/>", "<sheetData />", "<sheetData></sheetData>"])
def test_several_rows_into_an_empty_sheet(empty):
    sheet = sheet_xml().replace(b"<sheetData></sheetData>", empty.encode())
    new = spliced(book_of({"Data": sheet}), {"B5": Edit(5.0), "A2": Edit(2.0), "A5": Edit(4.0)})
    assert "<sheetData><row" in sheet_text(new)
    assert sheet_text(new).count("<sheetData") == 1
    assert [(a1(*place), cell.text) for place, cell in new.scan("Data").cells.items()] == [
        ("A2", "2"),
        ("A5", "4"),
        ("B5", "5"),
    ]


def test_rows_before_between_and_after():
    rows = '<row r="2"/><row r="4" spans="2:3" ht="20"><c r="B4"/><c r="C4"/></row>'
    new = spliced(a_book(rows), {ref: Edit(1.0) for ref in ("A1", "B2", "B3", "A4", "D4", "A5")})
    assert list(new.scan("Data").rows) == [1, 2, 3, 4, 5]
    assert (
        '<row r="4" spans="1:4" ht="20"><c r="A4"><v>1</v></c><c r="B4"/><c r="C4"/><c r="D4">'
        in sheet_text(new)
    )


def test_a_prefix_is_kept():
    sheet = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"/></x:sheetData></x:worksheet>'.encode()
    new = spliced(book_of({"Data": sheet}), {"A1": Edit("a"), "B3": Edit(True)})
    assert "<x:is><x:t>a</x:t></x:is></x:c></x:row>" in sheet_text(new)
    assert read_elsewhere(new) == {"A1": ("a", 0), "B3": (True, 0)}


@pytest.mark.parametrize(("ref", "grown"), [("E9", "A1:E9"), ("B2", "A1:C3")])
def test_the_dimension_grows(ref, grown):
    new = spliced(a_book('<row r="1"/>', before='<dimension ref="A1:C3"/>'), {ref: Edit(1.0)})
    assert f'<dimension ref="{grown}"/>' in sheet_text(new)


TEXTS = [
    "a & b < c > d \"e\" 'f'",
    "_x0041_",
    "_x005F_x0041_",
    "  both sides  ",
    "two\nlines",
    "return\r\nand tab\t",
    "😀 emoji",
    "\x01\x1f\x0b",
    "\uffff",
    "=1+1",
    "]]>",
    "#N/A",
    "",
]


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
@pytest.mark.parametrize("result", [False, True], ids=["input", "result"])
def test_text_comes_back_as_it_was(text, result):
    old = a_book('<row r="1"><c r="A1" t="str"><f>B1</f><v>old</v></c></row>')
    new = spliced(old, {"A1": Edit(text, keep_formula=result)})
    assert new.value(Address("Data", 1, 1)) == text
    assert ("<f>B1</f>" in sheet_text(new)) is result


def test_text_reads_the_same_elsewhere():
    text = " a & b < c\n😀 "
    assert read_elsewhere(spliced(a_book(), {"A1": Edit(text)})) == {"A1": (text, 0)}


@given(st.text(max_size=20))
@settings(deadline=None)
def test_any_text_comes_back(text):
    new = spliced(a_book(), {"A1": Edit(text)})
    assert new.value(Address("Data", 1, 1)) == text


@pytest.mark.parametrize("length", [32_767, 16_383 * 2 + 1])
def test_the_longest_text_fits(length):
    new = spliced(a_book(), {"A1": Edit("x" * length)})
    assert new.value(Address("Data", 1, 1)) == "x" * length


@pytest.mark.parametrize("text", ["x" * 32_768, "😀" * 16_384])
def test_longer_text_is_refused(text):
    with pytest.raises(
        WorkbookRefused, match=r"sheet Data: a cell holds at most 32,767 characters, not 32,768"
    ):
        spliced(a_book(), {"A1": Edit(text)})


@given(st.floats(allow_nan=False, allow_infinity=False))
@settings(deadline=None)
def test_numbers_come_back_exactly(number):
    new = spliced(a_book(), {"A1": Edit(number)})
    assert new.value(Address("Data", 1, 1)) == number
    assert read_elsewhere(new)["A1"][0] == number


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_refused(number):
    with pytest.raises(WorkbookRefused, match="a cell cannot hold"):
        spliced(a_book(), {"A1": Edit(number)})


def test_a_lone_surrogate_is_refused():
    with pytest.raises(WorkbookRefused, match="surrogates not allowed"):
        spliced(a_book(), {"A1": Edit("\ud800")})


@pytest.mark.parametrize("error", CellError)
def test_errors_newer_than_the_format_are_stored_as_value(error):
    new = spliced(a_book(), {"A1": Edit(error)})
    classic = error.value in ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")
    assert new.value(Address("Data", 1, 1)) is (error if classic else CellError.VALUE)


def test_an_input_clears_what_belonged_to_the_old_value():
    old = a_book('<row r="1"><c r="A1" s="4" t="e" vm="1" cm="2"><v>#VALUE!</v></c></row>')
    assert '<c r="A1" s="4"><v>1</v></c>' in sheet_text(spliced(old, {"A1": Edit(1.0)}))
    assert '<c r="A1" s="4"/>' in sheet_text(spliced(old, {"A1": Edit(None)}))


def test_a_result_keeps_its_formula_to_the_byte():
    formula = '<f t="array" aca="1" ref="A1:A2" ca=\'1\'>SORT(B1:B2&amp;"&lt;")</f>'
    old = a_book(f'<row r="1"><c r="A1" cm="1" t="str">{formula}<v>old</v></c></row>')
    new = spliced(old, {"A1": Edit(2.0, keep_formula=True)})
    assert f'<c r="A1" cm="1">{formula}<v>2</v></c>' in sheet_text(new)


def test_a_spill_anchor_takes_its_new_block():
    old = a_book('<row r="1"><c r="A1" cm="1"><f t="array" ref="A1:A3">X(B1)</f><v>1</v></c></row>')
    new = spliced(old, {"A1": Edit(1.0, keep_formula=True, area=Area(1, 1, 5, 2))})
    assert '<f t="array" ref="A1:B5">X(B1)</f>' in sheet_text(new)


def test_another_formula_is_escaped():
    new = spliced(a_book(), {"A1": Edit(None, formula='IF(B1<1,"a&b",2)')})
    assert new.formulas() == {Address("Data", 1, 1): 'IF(B1<1,"a&b",2)'}


def test_blanks_make_no_cells():
    book = a_book(FILLED)
    assert sheet_text(spliced(book, {"Z99": Edit(None)})) == sheet_text(book)


def test_the_file_is_still_a_sound_zip():
    new = spliced(a_book(FILLED), {"A1": Edit(2.0)})
    assert zipfile.ZipFile(io.BytesIO(new.data)).testzip() is None


SHARED = cells_xml(
    [
        ['<c r="A1"><f t="shared" ref="A1:A3" si="0">B1*2</f><v>2</v></c>', '<c r="B1"><v>1</v></c>'],
        ['<c r="A2"><f t="shared" si="0"/><v>4</v></c>'],
        ['<c r="A3"><f t="shared" si="0"/><v>6</v></c>'],
    ]
)


class TestSharedMasters:
    def test_the_next_follower_becomes_the_master(self):
        new = spliced(a_book(SHARED), {"A1": Edit(5.0)})
        assert '<c r="A1"><v>5</v></c>' in sheet_text(new)
        assert '<c r="A2"><f t="shared" si="0" ref="A2:A3">B2*2</f><v>4</v></c>' in sheet_text(new)
        assert new.shared_formulas("Data") == {(3, 1): "B3*2"}

    def test_also_while_it_takes_a_new_value(self):
        new = spliced(a_book(SHARED), {"A1": Edit(5.0), "A2": Edit(9.0, keep_formula=True)})
        assert '<c r="A2"><f t="shared" si="0" ref="A2:A3">B2*2</f><v>9</v></c>' in sheet_text(new)

    def test_no_heir_where_every_follower_goes(self):
        new = spliced(a_book(SHARED), {ref: Edit(1.0) for ref in ("A1", "A2", "A3")})
        assert new.formulas() == {}

    def test_an_independent_reader_sees_the_same_formulas(self):
        sheet = openpyxl.load_workbook(io.BytesIO(spliced(a_book(SHARED), {"A1": Edit(5.0)}).data))["Data"]
        assert [sheet[ref].value for ref in ("A1", "A2", "A3")] == [5, "=B2*2", "=B3*2"]


class TestCalculationChain:
    def book(self):
        parts = workbook_parts({"Data": sheet_xml(SHARED)}) | {"xl/calcChain.xml": b"<calcChain/>"}
        rel = b'<Relationship Id="c" Type="http://o/relationships/calcChain" Target="calcChain.xml"/>'
        override = b'<Override PartName="/xl/CALCCHAIN.xml" ContentType="calc"/>'
        for part, end, entry in (
            ("xl/_rels/workbook.xml.rels", b"</Relationships>", rel),
            ("[Content_Types].xml", b"</Types>", override),
        ):
            parts[part] = parts[part].replace(end, entry + end)
        return Book(zipped(parts), "book.xlsx")

    @pytest.mark.parametrize(
        ("ref", "edit", "kept"),
        [
            ("B1", Edit(2.0), True),
            ("A1", Edit(2.0, keep_formula=True), True),
            ("A2", Edit(2.0, formula="1+1"), True),
            ("A2", Edit(2.0), False),
            ("B1", Edit(None, formula="1+1"), False),
        ],
    )
    def test_it_goes_only_where_formula_cells_come_or_go(self, ref, edit, kept):
        new = spliced(self.book(), {ref: edit})
        assert new.container.has("xl/calcChain.xml") is kept
        for part in ("xl/_rels/workbook.xml.rels", "[Content_Types].xml"):
            assert (b"calcchain" in new.container.read(part).lower()) is kept


def test_a_new_cell_takes_the_style_of_its_row_or_column():
    columns = '<cols><col min="2" max="3" width="9" style="5"/></cols>'
    new = spliced(
        a_book('<row r="2" s="7" customFormat="1"/>', before=columns), {"B1": Edit(1.0), "B2": Edit(1.0)}
    )
    assert '<c r="B1" s="5">' in sheet_text(new)
    assert '<c r="B2" s="7">' in sheet_text(new)
