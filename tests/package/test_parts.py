"""Parts added and removed: the lists that name them come back to the byte."""

import io
import zipfile

import pytest
from tests.package.handmade import a_book, sheet_xml, workbook_parts, zipped

from haircut_workbooks.package.container import Container, WorkbookRefused
from haircut_workbooks.package.parts import TYPES, Parts

KIND, TYPE, NEW = "http://example.org/note", "application/note+xml", "xl/notes/note1.xml"
RELS = "xl/_rels/workbook.xml.rels"


def reopened(parts):
    return Container(parts.packed(), "book.xlsx")


def contents(container):
    return {part: container.read(part) for part in container.parts}


def added(container):
    parts = Parts(container)
    parts.add(NEW, b"<note/>", TYPE)
    key = parts.relate("xl/workbook.xml", KIND, NEW)
    parts.relate(NEW, KIND, "C:\\a & b.txt", external=True)
    return parts, key


def test_a_part_with_what_names_it():
    old = a_book('<row r="1"/>').container
    parts, key = added(old)
    new = reopened(parts)
    assert (key, new.read(NEW)) == ("rId2", b"<note/>")
    assert new.parts == [*old.parts, NEW, "xl/notes/_rels/note1.xml.rels"]
    assert f'<Override PartName="/{NEW}" ContentType="{TYPE}"/></Types>'.encode() in new.read(TYPES)
    assert f'<Relationship Id="rId2" Type="{KIND}" Target="notes/note1.xml"/>'.encode() in new.read(RELS)
    assert b'Target="C:\\a &amp; b.txt" TargetMode="External"/>' in new.read("xl/notes/_rels/note1.xml.rels")
    assert zipfile.ZipFile(io.BytesIO(parts.packed())).testzip() is None


def test_added_and_removed_again_leaves_every_part_as_it_was():
    old = a_book('<row r="1"/>').container
    parts, key = added(old)
    parts = Parts(reopened(parts))
    parts.remove(NEW)
    parts.unrelate("xl/workbook.xml", key)
    assert contents(reopened(parts)) == contents(old)


def test_nothing_changed_is_the_same_file():
    book = a_book('<row r="1"/>')
    parts = Parts(book.container)
    parts.put("xl/workbook.xml", parts.read("xl/workbook.xml"))
    assert parts.packed() == book.data


@pytest.mark.parametrize(
    "listing",
    [
        "<Relationships xmlns='urn:x'/>",
        "<Relationships xmlns='urn:x' />",
        "<Relationships xmlns='urn:x'></Relationships>",
        "<p:Relationships xmlns:p='urn:x'>\n  <p:Relationship Id='rId1'/>\n</p:Relationships>\n",
        "<Relationships a='/&gt;>'><!-- </Relationships> --></Relationships>",
    ],
)
def test_a_list_of_any_shape_comes_back(listing):
    made = workbook_parts({"Data": sheet_xml()}) | {"xl/worksheets/_rels/sheet1.xml.rels": listing.encode()}
    old = Container(zipped(made), "book.xlsx")
    parts = Parts(old)
    key = parts.relate("xl/worksheets/sheet1.xml", KIND, NEW)
    between = reopened(parts)
    assert b'Target="../notes/note1.xml"' in between.read("xl/worksheets/_rels/sheet1.xml.rels")
    parts = Parts(between)
    parts.unrelate("xl/worksheets/sheet1.xml", key)
    assert contents(reopened(parts)) == contents(old)


def test_an_override_in_another_spelling_goes_with_its_part():
    made = workbook_parts({"Data": sheet_xml()}) | {"xl/My note.xml": b"<note/>"}
    override = b'<Override PartName="/xl/my%20note.xml" ContentType="a/b"/>'
    made[TYPES] = made[TYPES].replace(b"</Types>", override + b"</Types>")
    parts = Parts(Container(zipped(made), "book.xlsx"))
    parts.remove("xl/My note.xml")
    assert override not in reopened(parts).read(TYPES)
    assert not reopened(parts).has("xl/My note.xml")


@pytest.mark.parametrize(
    ("listing", "why"),
    [
        (b"<Relationships>", "not well-formed"),
        (b"<!DOCTYPE x []><Relationships/>", "document type"),
        ('<?xml version="1.0" encoding="UTF-16"?><Relationships/>'.encode("utf-16"), "not encoded as UTF-8"),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?><Relationships/>', "encoded as ISO-8859-1"),
        (b"<a>" * 300 + b"</a>" * 300, "nested too deeply"),
        (b"<Other/>", "lacks its Relationships"),
    ],
)
def test_a_list_that_cannot_be_spliced_is_refused_by_name(listing, why):
    made = workbook_parts({"Data": sheet_xml()}) | {"xl/worksheets/_rels/sheet1.xml.rels": listing}
    parts = Parts(Container(zipped(made), "book.xlsx"))
    with pytest.raises(
        WorkbookRefused, match=rf"book.xlsx: the part xl/worksheets/_rels/sheet1.xml.rels.* {why}"
    ):
        parts.relate("xl/worksheets/sheet1.xml", KIND, NEW)


def test_a_signature_is_seen():
    made = workbook_parts({"Data": sheet_xml()})
    assert not Container(zipped(made), "book.xlsx").signed
    assert Container(zipped(made | {"_xmlsignatures/origin.sigs": b""}), "book.xlsx").signed
