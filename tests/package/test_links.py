"""The link to the add-in: where the standard says, gone again without a trace, and never in another link's way."""

import re

import pytest
from tests.package.handmade import OFFICE, a_book, cells_xml, sheet_xml, workbook_parts, zipped
from tests.package.rebinding import contents, formulas_of, linked, rebound, workbook_xml

from haircut_workbooks.package.book import Book
from haircut_workbooks.package.container import WorkbookRefused
from haircut_workbooks.package.forms import Form
from haircut_workbooks.package.links import addin_links
from haircut_workbooks.package.rebind import rebind


class TestTheLink:
    CELL = cells_xml([['<c r="A1"><f>HC_LTV(1,2)+hc_ltv(1,HC_DSCR(1,2))</f></c>']])

    @pytest.mark.parametrize(
        "workbook",
        [
            "",
            "<externalReferences/>",
            "<externalReferences />",
            "<functionGroups/><calcPr calcId='1'/>",
            "<functionGroups><functionGroup name='x'/></functionGroups><definedNames/>",
        ],
    )
    def test_it_stands_where_the_standard_says_and_goes_again(self, workbook):
        old = a_book(self.CELL, workbook=workbook)
        new = rebound(old, Form.ADDIN)
        order = re.findall(
            r"<(sheets|functionGroups|externalReferences|definedNames|calcPr)\b", workbook_xml(new)
        )
        assert order == [name for name in ("sheets", "functionGroups", "externalReferences", "definedNames", "calcPr")
                         if name in order]  # fmt: skip
        assert re.search(r'<externalReference xmlns:r="[^"]+" r:id="rIdHaircut"/>', workbook_xml(new))
        assert contents(rebound(new, Form.WEB))["xl/workbook.xml"] == contents(old)["xl/workbook.xml"]
        assert contents(rebound(new, Form.PLAIN)) == contents(old)

    def test_every_name_that_is_called_is_in_it(self):
        (link,) = addin_links(new := rebound(a_book(self.CELL), Form.ADDIN))
        named = re.findall(rb'<definedName name="(\w+)"/>', new.container.read(link.part))
        assert named == [b"HC_DSCR", b"HC_LTV"]

    def test_a_workbook_without_calls_gets_none(self):
        old = a_book(cells_xml([['<c r="A1"><f>SUM(B1:B9)&amp;"HC_LTV(1,2)"</f></c>']]))
        assert rebind(old, Form.ADDIN).data == old.data

    def test_prefixes_are_kept(self):
        made = workbook_parts({"Data": sheet_xml(self.CELL)})
        text = re.sub(r"<(/?)(?=[a-z])", r"<\1x:", made["xl/workbook.xml"].decode()).replace(
            "xmlns=", "xmlns:x="
        )
        old = Book(zipped(made | {"xl/workbook.xml": text.encode()}), "book.xlsx")
        new = rebound(old, Form.ADDIN)
        assert "<x:externalReferences><x:externalReference " in workbook_xml(new)
        assert contents(rebound(new, Form.CALC))["xl/workbook.xml"] == text.encode()

    def test_a_strict_workbook_gets_a_strict_link(self):
        strict = "http://purl.oclc.org/ooxml/officeDocument/relationships"
        made = workbook_parts({"Data": sheet_xml(self.CELL)})
        made = {part: data.replace(OFFICE.encode(), strict.encode()) for part, data in made.items()}
        new = rebound(Book(zipped(made), "book.xlsx"), Form.ADDIN)
        (link,) = addin_links(new)
        assert b'xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"' in new.container.read(link.part)
        assert f'Type="{strict}/externalLink"'.encode() in new.container.read("xl/_rels/workbook.xml.rels")


class TestLinksOfTheAnalyst:
    ELSEWHERE = "file:///C:\\Users\\a%20b\\Haircut.xlam"

    def test_they_keep_their_numbers(self):
        old = linked(["[1]Data!A1+HC_LTV(1,2)", "'[2]x y'!A1"], "prices.xlsx", "costs.xlsx")
        new = rebound(old, Form.ADDIN)
        assert formulas_of(new) == ["[1]Data!A1+[3]!HC_LTV(1,2)", "'[2]x y'!A1"]
        assert contents(rebound(new, Form.PLAIN)) == contents(old)

    def test_one_to_the_add_in_in_another_folder_is_the_add_in_form(self):
        old = linked(["[1]!HC_LTV(1,2)", "HC_DSCR(1,2)"], self.ELSEWHERE, "costs.xlsx")
        new = rebound(old, Form.ADDIN)
        assert formulas_of(new) == ["[1]!HC_LTV(1,2)", "[1]!HC_DSCR(1,2)"]
        assert len(addin_links(new)) == 1
        named = re.findall(
            rb'<definedName name="(\w+)"/>', new.container.read("xl/externalLinks/externalLink1.xml")
        )
        assert named == [b"HC_DSCR", b"HC_LTV"]

    def test_one_to_the_add_in_stays_and_is_named(self):
        old = linked(["[1]!HC_LTV(1,2)"], self.ELSEWHERE)
        done = rebind(old, Form.WEB)
        assert done.links == ["C:\\Users\\a b\\Haircut.xlam"]
        assert formulas_of(Book(done.data, "x")) == ["_xldudf_HC_LTV(1,2)"]
        assert (
            contents(rebound(Book(done.data, "x"), Form.ADDIN))["xl/worksheets/sheet1.xml"]
            == contents(old)["xl/worksheets/sheet1.xml"]
        )

    def test_a_broken_link_becomes_a_whole_one(self):
        old = a_book(cells_xml([["<c r=\"A1\"><f>'C:\\R&amp;D\\haircut.xlam'!HC_LTV(1,2)</f></c>"]]))
        assert formulas_of(rebound(old, Form.ADDIN)) == ["[1]!HC_LTV(1,2)"]
        assert formulas_of(rebound(old, Form.PLAIN)) == ["HC_LTV(1,2)"]

    def test_ours_stays_while_another_stands_behind_it_or_a_formula_needs_it(self):
        ours = rebound(linked(["HC_LTV(1,2)", "[1]!HC_LTVV(1,2)"], "prices.xlsx"), Form.ADDIN)
        sheet = ours.container.read("xl/worksheets/sheet1.xml").replace(b"[1]!HC_LTVV", b"[2]!HC_LTVV")
        needed = Book(ours.container.with_parts({"xl/worksheets/sheet1.xml": sheet}), "book.xlsx")
        assert len(addin_links(rebound(needed, Form.PLAIN))) == 1
        workbook = workbook_xml(ours)
        (first,) = re.findall('<externalReference r:id="rIdX0"/>', workbook)
        moved = workbook.replace(first, "").replace("</externalReferences>", first + "</externalReferences>")
        sheet = sheet.replace(b"[2]!HC_LTV(", b"[1]!HC_LTV(").replace(b"[2]!HC_LTVV(", b"SUM(")
        behind = Book(
            ours.container.with_parts({"xl/workbook.xml": moved.encode(), "xl/worksheets/sheet1.xml": sheet}),
            "book.xlsx",
        )
        done = rebind(behind, Form.PLAIN)
        assert done.links == ["haircut.xlam"]
        assert len(addin_links(Book(done.data, "x"))) == 1


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("file:///C:\\Users\\a%20b\\haircut.xlam", ["C:\\Users\\a b\\haircut.xlam"]),
        ("/Users/a/haircut.xlam", ["/Users/a/haircut.xlam"]),
        ("HAIRCUT.XLAM", ["HAIRCUT.XLAM"]),
        ("shorthaircut.xlam", []),
        ("prices.xlsx", []),
    ],
)
def test_links_to_an_add_in_are_found(target, found):
    links = addin_links(linked(["A1"], "prices.xlsx", target))
    assert [link.target for link in links] == found
    assert all((link.number, link.at_startup) == (2, False) for link in links)


def test_a_link_of_ours_leads_to_the_start_folder():
    (link,) = addin_links(rebound(a_book(TestTheLink.CELL), Form.ADDIN))
    assert (link.number, link.target, link.at_startup, link.ours) == (1, "haircut.xlam", True, True)


def test_a_link_that_cannot_take_a_name_is_refused():
    book = linked(["[1]!HC_LTV(1,2)"], "haircut.xlam")
    part = "xl/externalLinks/externalLink1.xml"
    book = Book(
        book.container.with_parts({part: b"<externalLink><externalBook/></externalLink>"}), "book.xlsx"
    )
    with pytest.raises(WorkbookRefused, match=f"book.xlsx: the part {part} lacks its sheetNames"):
        rebind(book, Form.ADDIN)
