"""Files built to break or fool a reader: each ends in one line that names it, quickly, with nothing else raised."""

import io
import struct
import time
import warnings
import zipfile
import zlib

import pytest
from tests.package.handmade import WORKBOOK_TYPE, sheet_xml, workbook_parts, zipped

from haircut_workbooks.package.book import Book
from haircut_workbooks.package.container import WorkbookRefused

SHEET, WORKBOOK, STRINGS, TYPES = (
    "xl/worksheets/sheet1.xml",
    "xl/workbook.xml",
    "xl/sharedStrings.xml",
    "[Content_Types].xml",
)
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
ROWS = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>1</v></c></row>'
SECONDS = 2.0


def good(rows=ROWS, **replaced):
    """The parts of a sound workbook, with some replaced."""
    return workbook_parts({"Data": sheet_xml(rows)}, shared="<si><t>text</t></si>") | replaced


def with_part(name, data):
    return zipped(good() | {name: data})


def with_cell(cell):
    return zipped(good(f'<row r="1">{cell}</row>'))


def without(name):
    return zipped({part: data for part, data in good().items() if part != name})


def read_all(path):
    """Everything that the project reads of a workbook."""
    book = Book.open(path)
    values = book.values()
    for address in values:
        book.number_format(address)
    return values, book.formulas(), book.names, book.named_cells, book.tables, book.date1904, book.iterates


def doctype(part, declaration, entity=b""):
    """A part with a document type before its root element, and an entity in its text."""
    data = good()[part].replace(b"<t>", b"<t>" + entity)
    return with_part(part, b'<?xml version="1.0"?>' + declaration + data)


EXTERNAL = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "' + b"lol" * 1000 + b'">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + i, (b"&%c;" % (97 + i)) * 10) for i in range(8))
    + b"]>"
)  # fmt: skip


def utf16(part):
    text = good()[part].decode()
    declared = f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY e "v">]>{text}'
    return with_part(part, declared.encode("utf-16"))


def corrupt_deflate():
    data = bytearray(zipped(good(ROWS + "".join(f'<row r="{r}"/>' for r in range(2, 500)))))
    info = zipfile.ZipFile(io.BytesIO(data)).getinfo(SHEET)
    start = info.header_offset + 30 + len(SHEET) + 40
    data[start : start + 40] = bytes(40)
    return bytes(data)


def wrong_checksum():
    data = zipped(good(), zipfile.ZIP_STORED)
    return data.replace(b"<v>1</v>", b"<v>9</v>")


def bomb():
    return with_part(SHEET, sheet_xml(" " * (64 << 20)))


def lying_bomb():
    """The directory promises a small part; the stream would give 256 MB."""
    press = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join(press.compress(bytes(1 << 20)) for _ in range(256)) + press.flush()
    stored = zipped(good(**{SHEET: packed}), zipfile.ZIP_STORED)
    local = zipfile.ZipFile(io.BytesIO(stored)).getinfo(SHEET).header_offset
    for method_at in (local + 8, stored.rindex(SHEET.encode()) - 46 + 10):
        stored = stored[:method_at] + struct.pack("<H", zipfile.ZIP_DEFLATED) + stored[method_at + 2 :]
    return stored


def twice():
    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w") as archive:
        warnings.simplefilter("ignore")
        for name, data in [*good().items(), (SHEET.upper(), b"<x/>")]:
            archive.writestr(name, data)
    return file.getvalue()


def overlapping():
    """Two entries of the directory share the bytes of one part."""
    data = with_part("xl/zzz.xml", b"<x/>")
    directory = data.rindex(b"xl/zzz.xml") - 46
    offset = zipfile.ZipFile(io.BytesIO(data)).getinfo(STRINGS).header_offset
    return data[: directory + 42] + struct.pack("<I", offset) + data[directory + 46 :]


def two_names():
    """The directory and the part's own header disagree on its name."""
    data = with_part("xl/zzz.xml", b"<x/>")
    return data.replace(b"xl/zzz.xml", b"xl/yyy.xml", 1)


def marked_as_encrypted():
    data = bytearray(zipped(good()))
    at = data.rindex(SHEET.encode()) - 46 + 8
    data[at] |= 1
    return bytes(data)


def many_parts():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for i in range(20_001):
            archive.writestr(f"{i}", b"")
    return file.getvalue()


DEEP = "<a>" * 200_000 + "</a>" * 200_000
TYPED = WORKBOOK_TYPE.encode()
FILES = {
    "password-encrypted": (lambda: OLE2 + "EncryptedPackage".encode("utf-16le"), "remove its password in Excel"),
    "old .xls": (lambda: OLE2 + "Workbook".encode("utf-16le"), "old binary .xls file; save it as .xlsx"),
    ".xlsb": (
        lambda: with_part(TYPES, good()[TYPES].replace(TYPED, b"application/vnd.ms-excel.sheet.binary.macroEnabled.main")),
        "not an .xlsx or .xlsm workbook",
    ),
    "Word document": (
        lambda: with_part(TYPES, good()[TYPES].replace(b"spreadsheetml.sheet.main", b"wordprocessingml.document.main")),
        "not an .xlsx or .xlsm workbook",
    ),
    "truncated": (lambda: zipped(good())[:-300], "damaged or cut short"),
    "half": (lambda: zipped(good())[:700], "damaged or cut short"),
    "empty": (lambda: b"", "an empty file"),
    "plain text": (lambda: b"a,b\n1,2\n", "not an .xlsx or .xlsm file"),
    "two letters": (lambda: b"PK", "damaged or cut short"),
    "corrupt deflate": (corrupt_deflate, f"the part {SHEET} is damaged"),
    "wrong checksum": (wrong_checksum, f"the part {SHEET} is damaged"),
    "zip bomb": (bomb, "unpacks to a suspicious size"),
    "zip bomb that lies": (lying_bomb, f"the part {SHEET} is damaged"),
    "too many parts": (many_parts, "too large when unpacked"),
    "deep sheet": (lambda: zipped(good(DEEP), zipfile.ZIP_STORED), "nested too deeply"),
    "deep workbook": (
        lambda: zipped(good() | {WORKBOOK: DEEP.encode()}, zipfile.ZIP_STORED),
        f"the part {WORKBOOK} is not well-formed",
    ),
    "XXE in the workbook": (lambda: doctype(WORKBOOK, EXTERNAL), "declares a document type"),
    "XXE in the shared strings": (lambda: doctype(STRINGS, EXTERNAL, b"&e;"), "declares a document type"),
    "XXE in a sheet": (lambda: doctype(SHEET, EXTERNAL), "a document type declaration is not allowed"),
    "billion laughs in the shared strings": (lambda: doctype(STRINGS, LAUGHS, b"&i;"), "xl/sharedStrings.xml"),
    "billion laughs in a sheet": (lambda: doctype(SHEET, LAUGHS), "a document type declaration is not allowed"),
    "UTF-16 document type in a sheet": (lambda: utf16(SHEET), "not encoded as UTF-8"),
    "UTF-16 document type in the workbook": (lambda: utf16(WORKBOOK), "declares a document type"),
    "climbing part name": (lambda: with_part("../../evil.xml", b"x"), "unsafe name '../../evil.xml'"),
    "encoded climbing part name": (lambda: with_part("%2e%2e/evil.xml", b"x"), "unsafe name"),
    "absolute part name": (lambda: with_part("/etc/evil", b"x"), "unsafe name '/etc/evil'"),
    "Windows part name": (lambda: with_part("C:\\evil", b"x"), "unsafe name"),
    "part name of two lines": (lambda: with_part("../a\nb", b"x"), "unsafe name"),
    "part twice": (twice, "twice"),
    "overlapping entries": (overlapping, "overlaps another"),
    "part with two names": (two_names, "has two names"),
    "encrypted part": (marked_as_encrypted, "encrypted or packed in an unknown way"),
    "unknown packing": (lambda: zipped(good(), zipfile.ZIP_LZMA), "encrypted or packed in an unknown way"),
    "missing sheet part": (lambda: without(SHEET), f"the part {SHEET} is missing"),
    "missing workbook part": (lambda: without(WORKBOOK), f"the part {WORKBOOK} is missing"),
    "missing relationships": (lambda: without("_rels/.rels"), "the workbook part is missing"),
    "missing relationships of the workbook": (lambda: without("xl/_rels/workbook.xml.rels"), "no worksheet in it"),
    "missing shared strings": (lambda: without(STRINGS), f"the part {STRINGS} is missing"),
    "missing content types": (lambda: without(TYPES), "is missing"),
    "workbook that is no XML": (lambda: with_part(WORKBOOK, b"PK"), "not well-formed XML"),
    "empty workbook part": (lambda: with_part(WORKBOOK, b""), "not well-formed XML"),
    "sheet cut short": (lambda: with_part(SHEET, sheet_xml(ROWS)[:-20]), "not well-formed XML"),
    "sheet that is no sheet": (lambda: with_part(SHEET, b"<chartsheet/>"), "not a worksheet"),
    "shared string out of range": (lambda: with_cell('<c r="A1" t="s"><v>1</v></c>'), "Data!A1 states a text"),
    "negative shared string": (lambda: with_cell('<c r="A1" t="s"><v>-1</v></c>'), "Data!A1 states a text"),
    "number that is none": (lambda: with_cell('<c r="A1"><v>one</v></c>'), 'Data!A1 states the number "one"'),
    "number of 5,000 digits": (lambda: with_cell(f'<c r="A1" t="s"><v>{"9" * 5000}</v></c>'), "Data!A1 states"),
    "row zero": (lambda: zipped(good('<row r="0"/>')), "row 0 lies outside the sheet"),
    "row beyond the last": (lambda: zipped(good('<row r="1048577"/>')), "row 1048577 lies outside the sheet"),
    "row of a million digits": (lambda: zipped(good(f'<row r="{"9" * 1_000_000}"/>')), "sheet Data"),
    "column beyond the last": (lambda: with_cell('<c r="XFE1"/>'), '"XFE1" lies outside the sheet'),
    "array over the whole sheet": (
        lambda: with_cell('<c r="A1"><f t="array" ref="A1:XFD1048576">1</f></c>'),
        "fills 17,179,869,184 cells",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("build", "reason"), FILES.values(), ids=FILES)
def test_hostile_files_are_refused_in_one_line(build, reason, tmp_path):
    path = tmp_path / "hostile.xlsx"
    path.write_bytes(build())
    started = time.perf_counter()
    with pytest.raises(WorkbookRefused) as refusal:
        read_all(path)
    assert time.perf_counter() - started < SECONDS
    message = str(refusal.value)
    assert message.startswith(f"{path}: ")
    assert reason in message
    assert "\n" not in message


def test_the_same_parts_unharmed_are_read(tmp_path):
    path = tmp_path / "good.xlsx"
    path.write_bytes(zipped(good()))
    assert list(read_all(path)[0].values()) == ["text", 1.0]


def test_an_attribute_of_8_megabytes_costs_little():
    data = zipped(good(f'<row r="1" note="{"x" * (8 << 20)}"/>'), zipfile.ZIP_STORED)
    started = time.perf_counter()
    assert list(Book(data, "b").scan("Data").rows) == [1]
    assert time.perf_counter() - started < SECONDS


def test_a_file_is_not_touched_by_reading(tmp_path):
    path = tmp_path / "hostile.xlsx"
    path.write_bytes(twice())
    before = path.read_bytes(), path.stat().st_mtime_ns
    with pytest.raises(WorkbookRefused):
        Book.open(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert [p.name for p in tmp_path.iterdir()] == ["hostile.xlsx"]
