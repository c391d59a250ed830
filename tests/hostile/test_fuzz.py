"""A sound workbook with random damage: it is refused or it is read, and nothing else happens."""

import io
import zipfile

import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.package.handmade import zipped

from haircut.errors import CellError
from haircut_workbooks.package.address import Address
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.container import WorkbookRefused
from haircut_workbooks.package.frozen import frozen
from haircut_workbooks.package.splice import Edit, splice


def sound():
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("Data")
        for row in range(6):
            sheet.write_row(row, 0, [row, f"text {row % 3}", row % 2 == 0])
            sheet.write_formula(row, 4, f"=A{row + 1}*2", None, row * 2)
        sheet.write_array_formula("G1:G3", "{=A1:A3*2}")
        sheet.write_dynamic_array_formula("I1:I3", "=SEQUENCE(3)")
        sheet.merge_range("K1:L2", "merged")
        sheet.add_table("N1:O4", {"name": "Deals"})
        sheet.data_validation("A1:A6", {"validate": "integer", "criteria": ">", "value": 0})
        workbook.add_worksheet("Other").write_rich_string(0, 0, "a", workbook.add_format({"bold": True}), "b")
        workbook.define_name("First", "=Data!$A$1")
        workbook.define_name("Other!Local", "=Other!$A$1")
    return file.getvalue()


GOOD = sound()
PARTS = {
    i.filename: zipfile.ZipFile(io.BytesIO(GOOD)).read(i)
    for i in zipfile.ZipFile(io.BytesIO(GOOD)).infolist()
}
READ = sorted(p for p in PARTS if not p.startswith(("docProps", "xl/theme")))
FLIPS = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=4)


def damaged(data, flips):
    damage = bytearray(data)
    for where, value in flips:
        damage[int(where * len(damage))] = value
    return bytes(damage)


def read_or_refuse(data):
    """Whatever the project does with a workbook short of calculating it."""
    try:
        book = Book(data, "fuzzed.xlsx")
        for address in book.values():
            book.number_format(address)
        assert len(book.names) >= len(book.named_cells)
        assert book.tables is not None
        frozen(book)
        edits = {Address(sheet, 3, 2): Edit(CellError.NA) for sheet in book.sheets}
        Book(splice(book, edits), "spliced.xlsx").values()
    except WorkbookRefused as refusal:
        assert len(str(refusal).splitlines()) == 1


def test_the_sound_one_is_read():
    assert Book(GOOD, "good.xlsx").tables.keys() == {"deals"}
    read_or_refuse(GOOD)


@settings(max_examples=250, deadline=None)
@given(FLIPS)
def test_flipped_bytes_of_the_file(flips):
    read_or_refuse(damaged(GOOD, flips))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(GOOD) - 1))
def test_a_file_cut_short(length):
    read_or_refuse(GOOD[:length])


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(READ), FLIPS)
def test_flipped_bytes_of_a_part(part, flips):
    """Behind the checksums, where the damage reaches the readers of XML."""
    read_or_refuse(zipped(PARTS | {part: damaged(PARTS[part], flips)}, zipfile.ZIP_STORED))


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(READ),
    st.integers(0, 9),
    st.integers(0, 9),
    st.sampled_from(["", "-1", "x", "9" * 30, "A1:"]),
)
def test_other_attribute_values(part, nth, other, value):
    """An attribute's value, or a number in the text, becomes something that nobody expects."""
    pieces = PARTS[part].split(b'"')
    odd = range(1, len(pieces), 2)
    pieces[odd[(nth * 10 + other) % len(odd)]] = value.encode()
    read_or_refuse(zipped(PARTS | {part: b'"'.join(pieces)}, zipfile.ZIP_STORED))
