"""The quick scanner beside the careful one: the same findings, whatever the bytes."""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.package.handmade import cells_xml, sheet_xml

from haircut_workbooks.package.quick import LazyCells, quick_scan
from haircut_workbooks.package.sheet import SheetError, scan

ROWS = cells_xml(
    [
        ['<c r="A1" s="3"><v>1</v></c>', '<c r="C1" t="s"><v>0</v></c>', '<c r="D1"/>'],
        ['<c r="B2" t="str"><f>A1&amp;"&lt;"</f><v>1&lt;</v></c>'],
        ['<c r="A3"><f t="shared" ref="A3:A4" si="0">A1*2</f><v>2</v></c>'],
        ['<c r="A4"><f t="shared" si="0"/><v>0</v></c>', '<c r="B4" t="inlineStr"><is><t>x y</t></is></c>'],
        ['<c r="A5" cm="1"><f t="array" ref="A5:B6">SEQUENCE(2,2)</f><v>1</v></c>', '<c r="B5"><v>2</v></c>'],
        ['<c r="A6" t="e" vm="1"><v>#VALUE!</v></c>', '<c r="B6" t="b"><v>1</v></c>'],
    ]
)
AROUND = {"before": '<dimension ref="A1:D6"/>', "after": '<mergeCells><mergeCell ref="C3:D4"/></mergeCells>'}


def findings(found):
    listed = {field.name: getattr(found, field.name) for field in dataclasses.fields(found)}
    return listed | {"cells": dict(found.cells)}


def assert_same(data):
    assert findings(quick_scan(data)) == findings(scan(data))


def test_what_excel_writes_is_read_quickly_and_alike():
    data = sheet_xml(ROWS, **AROUND)
    assert isinstance(quick_scan(data).cells, LazyCells)
    assert_same(data)


ODDITIES = {
    "a comment": ("<row", "<!-- <row r='9'> --><row"),
    "CDATA": ("<v>0</v>", "<v><![CDATA[0]]></v>"),
    "single quotes": ('r="B2"', "r='B2'"),
    "an array in single quotes": ('t="array"', "t='array'"),
    "spaces between cells": ("</c><c", "</c> <c"),
    "spaces between rows": ("</row><row", "</row>\n<row"),
    "no cell references": (' r="C1"', ""),
    "attributes in another order": ('r="A1" s="3"', 's="3" r="A1"'),
    "an empty value": ("<v>1</v>", "<v/>"),
    "rich text": ("<t>x y</t>", "<r><t>x</t></r><r><t> y</t></r>"),
    "a numeric entity": ("<v>1&lt;</v>", "<v>1&#60;</v>"),
    "a line end": ("<t>x y</t>", "<t>x\r\ny</t>"),
    "an entity in an attribute": ('s="3"', 's="3" note="&amp;"'),
    "an angle bracket in an attribute": ('<row r="2"', '<row r="2" note="a>b"'),
    "an element of the future": ("<v>0</v>", "<v>0</v><x/>"),
    "an empty row": ('<row r="2">', '<row r="2"/><row r="7">'),
}


@pytest.mark.parametrize("old_new", ODDITIES.values(), ids=ODDITIES)
def test_oddities_are_read_alike(old_new):
    data = sheet_xml(ROWS, **AROUND)
    changed = data.replace(*(text.encode() for text in old_new))
    assert changed != data
    try:
        expected = findings(scan(changed))
    except SheetError as error:
        with pytest.raises(SheetError, match=str(error).partition("(")[0].strip()):
            dict(quick_scan(changed).cells)
    else:
        assert findings(quick_scan(changed)) == expected


@settings(max_examples=300, deadline=None)
@given(
    st.integers(0, 10_000),
    st.sampled_from([b"", b" ", b"<", b">", b'"', b"'", b"/", b"&", b"r", b"9", b"\r"]),
)
def test_damage_is_found_alike_or_not_touched(where, byte):
    """A byte changed anywhere: read alike, or refused by both as soon as every cell is asked for."""
    data = sheet_xml(ROWS, **AROUND)
    at = where % len(data)
    changed = data[:at] + byte + data[at + 1 :]
    try:
        expected = findings(scan(changed))
    except SheetError:
        expected = None
    try:
        found = findings(quick_scan(changed))
    except SheetError:
        found = None
    assert found == expected
