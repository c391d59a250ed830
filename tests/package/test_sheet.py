import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.package.handmade import MAIN, a_book, sheet_xml

from haircut_workbooks.package.address import Area, a1
from haircut_workbooks.package.sheet import SheetError, scan

SAMPLES = {
    "self-closing": ('<c r="A1"/>', None),
    "self-closing with space": ('<c r="A1" s="3" />', None),
    "number": ('<c r="A1"><v>1.5</v></c>', "1.5"),
    "spaces in the end tag": ('<c r="A1"><v>1</v ></c >', "1"),
    "angle bracket in an attribute": ('<c r="A1" note="a>b/>c"><v>2</v></c>', "2"),
    "single quotes": ("<c r='A1' note='\">'><v>2</v></c>", "2"),
    "self-closing with a bracket in an attribute": ('<c r="A1" note="/>"/>', None),
    "inline text": ('<c r="A1" t="inlineStr"><is><t>a</t></is></c>', "a"),
    "rich text": (
        '<c r="A1" t="inlineStr"><is><r><t>a</t></r><r><rPr><b/></rPr><t> b</t></r></is></c>',
        "a b",
    ),
    "phonetic text": (
        '<c r="A1" t="inlineStr"><is><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh></is></c>',
        "東京",
    ),
    "CDATA": ('<c r="A1" t="str"><v><![CDATA[<c r="B9"><v>7</v></c>]]></v></c>', '<c r="B9"><v>7</v></c>'),
    "comment inside": ('<c r="A1"><!-- <v>9</v></c> --><v>1</v></c>', "1"),
    "entities": ('<c r="A1" t="str"><v>a &lt; b &amp; &#x20AC;</v></c>', "a < b & €"),
    "formula": ('<c r="A1"><f>B1&gt;1</f><v>1</v></c>', "1"),
    "empty formula": ('<c r="A1"><f t="shared" si="0"/><v>4</v></c>', "4"),
}


@pytest.mark.parametrize(("element", "text"), SAMPLES.values(), ids=SAMPLES)
def test_a_cell_is_exactly_its_element(element, text):
    data = sheet_xml(f'<row r="1"><!-- <c r="Z1"/> -->{element}<c r="B1"><v>5</v></c></row>')
    found = scan(data)
    cell = found.cells[1, 1]
    assert data[cell.start : cell.end].decode() == element
    assert cell.text == text
    assert set(found.cells) == {(1, 1), (1, 2)}


@pytest.mark.parametrize(
    "lead", [b"", b"\xef\xbb\xbf", b'<?xml version="1.0" encoding="UTF-8"?>\r\n', b"<!-- > -->"]
)
def test_offsets_count_from_the_first_byte_of_the_part(lead):
    data = lead + sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>')
    cell = scan(data).cells[1, 1]
    assert data[cell.start : cell.end] == b'<c r="A1"><v>1</v></c>'


def test_a_namespace_prefix():
    data = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="2"><x:c r="B2"><x:f>1+1</x:f><x:v>2</x:v></x:c>'
        "</x:row></x:sheetData></x:worksheet>"
    ).encode()
    found = scan(data)
    cell = found.cells[2, 2]
    assert found.prefix == "x:"
    assert data[cell.start : cell.end] == b'<x:c r="B2"><x:f>1+1</x:f><x:v>2</x:v></x:c>'
    assert cell.formula.text == "1+1"
    assert data[cell.formula.start : cell.formula.end] == b"<x:f>1+1</x:f>"


def test_cells_and_rows_without_references_count_on():
    rows = '<row><c><v>1</v></c><c/><c r="F1"/><c><v>2</v></c></row><row r="5"/><row><c><v>3</v></c></row>'
    found = scan(sheet_xml(rows))
    assert {a1(*place): cell.text for place, cell in found.cells.items()} == {
        "A1": "1",
        "B1": None,
        "F1": None,
        "G1": "2",
        "A6": "3",
    }
    assert [found.rows[n].empty_tag for n in (1, 5, 6)] == [False, True, False]


def test_rows_are_exactly_their_elements():
    data = sheet_xml('<row r="1" spans="1:2"><c r="A1"/></row><row r="3" />')
    rows = scan(data).rows
    assert data[rows[1].start : rows[1].end] == b'<row r="1" spans="1:2"><c r="A1"/></row>'
    assert data[rows[1].inner_end : rows[1].end] == b"</row>"
    assert data[rows[3].start : rows[3].end] == b'<row r="3" />'


def test_formulas_of_every_kind():
    rows = (
        '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1*2</f><v>2</v></c>'
        '<c r="C1" cm="1"><f t="array" ref="C1:D2">SEQUENCE(2,2)</f><v>1</v></c>'
        '<c r="F1"><f t="dataTable" ref="F1:F3" dt2D="0" dtr="0" r1="B1"/><v>1</v></c></row>'
        '<row r="2"><c r="A2"><f t="shared" si="0"/><v>4</v></c></row>'
    )
    found = scan(sheet_xml(rows))
    assert found.cells[1, 1].formula.area is None
    assert found.cells[2, 1].formula.text == ""
    assert [str(area) for _, area in found.arrays] == ["C1:D2", "F1:F3"]


def test_what_stands_around_the_cells():
    after = (
        '<sheetProtection sheet="1"/><mergeCells><mergeCell ref="A1:B2"/></mergeCells>'
        '<dataValidations><dataValidation type="whole" sqref="C1 D1:D9"><formula1>1</formula1>'
        "<formula2>5</formula2></dataValidation></dataValidations>"
        '<extLst><ext><x14:dataValidations xmlns:x14="u" xmlns:xm="v"><x14:dataValidation type="list">'
        "<x14:formula1><xm:f>Lists!$A$1:$A$2</xm:f></x14:formula1><xm:sqref>E1:E3</xm:sqref>"
        "</x14:dataValidation></x14:dataValidations></ext></extLst>"
    )
    found = scan(sheet_xml("", after, '<dimension ref="A1"/>'))
    assert found.merged == [Area(1, 1, 2, 2)]
    assert found.protected
    assert [(rule.areas, rule.formulas) for rule in found.validations] == [
        ([Area(1, 3, 1, 3), Area(1, 4, 9, 4)], ["1", "5"]),
        ([Area(1, 5, 3, 5)], ["Lists!$A$1:$A$2"]),
    ]


def test_rows_of_a_drawing_anchor_are_no_rows():
    """A form control in the sheet holds xdr:row elements of its own."""
    after = (
        '<controls xmlns:xdr="d"><control><anchor><from><xdr:col>1</xdr:col><xdr:row>7</xdr:row></from>'
        "</anchor></control></controls>"
    )
    assert set(scan(sheet_xml('<row r="1"/>', after)).rows) == {1}


REFUSED = {
    "row zero": '<row r="0"/>',
    "row beyond the last": '<row r="1048577"/>',
    "row that is no number": '<row r="x"/>',
    "row with a very long number": f'<row r="{"9" * 100_000}"/>',
    "row twice": '<row r="1"/><row r="1"/>',
    "row in a row": '<row r="1"><row r="2"/></row>',
    "cell beyond the last column": '<row r="1"><c r="XFE1"/></row>',
    "cell after the last column": '<row r="1"><c r="XFD1"/><c/></row>',
    "cell that is no reference": '<row r="1"><c r="1A"/></row>',
    "cell twice": '<row r="1"><c r="A1"/><c r="A1"/></row>',
    "cell in another row": '<row r="1"><c r="A2"/></row>',
    "cell in a cell": '<row r="1"><c r="A1"><c r="B1"/></c></row>',
    "cell outside a row": '<c r="A1"/>',
    "array that is no area": '<row r="1"><c r="A1"><f t="array" ref="huh">1</f></c></row>',
    "array over the whole sheet": '<row r="1"><c r="A1"><f t="array" ref="A1:XFD1048576">1</f></c></row>',
    "deep": "<a>" * 300 + "</a>" * 300,
    "unclosed": '<row r="1">',
}


@pytest.mark.parametrize("rows", REFUSED.values(), ids=REFUSED)
def test_a_sheet_that_no_spreadsheet_writes_is_refused(rows):
    with pytest.raises(SheetError) as refusal:
        scan(sheet_xml(rows))
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (sheet_xml().decode().encode("utf-16"), "not encoded as UTF-8"),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?>' + sheet_xml(), "encoded as ISO-8859-1"),
        (b'<?xml version="1.0" encoding="nonsense"?>' + sheet_xml(), "encoded as nonsense"),
        (b"<!DOCTYPE worksheet>" + sheet_xml(), "document type"),
        (sheet_xml(after="<mergeCell/>"), "lacks its ref"),
        (sheet_xml(after="<sheetData/>"), "cells twice"),
        (b"<chartsheet/>", "not a worksheet"),
        (b"", "no element found"),
    ],
)
def test_a_part_that_cannot_be_spliced_is_refused(data, why):
    with pytest.raises(SheetError, match=why):
        scan(data)


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
quoted = texts.map(lambda t: t.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;"))
escaped = texts.map(lambda t: t.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
contents = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(lambda x: f"<v>{x!r}</v>"),
    escaped.map(lambda t: f"<is><t>{t}</t></is>"),
    st.tuples(escaped, escaped).map(lambda p: f'<f ca="1">{p[0]}</f>\n<v>{p[1]}</v>'),
    escaped.map(lambda t: f"<!-- {t.replace('-', '')} --><v>1</v>"),
    texts.filter(lambda t: "]]>" not in t).map(lambda t: f"<v><![CDATA[{t}]]></v>"),
)


@st.composite
def elements(draw, place):
    attributes = f' r="{a1(*place)}"' + "".join(
        f' {name}="{draw(quoted)}"' for name in draw(st.sets(st.sampled_from(string.ascii_lowercase[:6])))
    )
    space = draw(st.sampled_from(["", " ", "\n"]))
    if draw(st.booleans()):
        return f"<c{attributes}{space}/>"
    return f"<c{attributes}{space}>{draw(contents)}</c{space}>"


@settings(deadline=None)
@given(st.data(), st.sets(st.tuples(st.integers(1, 40), st.integers(1, 300)), max_size=12))
def test_every_cell_of_a_random_sheet_is_found(data, places):
    expected = {place: data.draw(elements(place)) for place in sorted(places)}
    between = data.draw(st.sampled_from(["", "\n  ", "<!-- <c> -->", "<?pi <c?>"]))
    rows = "".join(
        f'<row r="{row}">'
        + between.join(e for (r, _), e in expected.items() if r == row)
        + f"</row>{between}"
        for row in sorted({row for row, _ in places})
    )
    sheet = sheet_xml(rows)
    found = scan(sheet)
    assert {place: sheet[cell.start : cell.end].decode() for place, cell in found.cells.items()} == expected


def test_a_book_names_itself_and_the_sheet_in_a_refusal():
    with pytest.raises(ValueError, match=r"^book\.xlsx: sheet Data: row 0 lies outside the sheet"):
        a_book('<row r="0"/>').scan("Data")
