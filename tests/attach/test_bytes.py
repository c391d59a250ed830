"""What attaching does to the file: nothing but what a new sheet must change, and back byte for byte."""

import io
import re
import zipfile

import openpyxl
import pytest
from lxml import etree
from tests.attach.analyst import MAPPING, model, packed_of, parts_of
from tests.package.handmade import MAIN, book_of, cells_xml, sheet_xml

from haircut_workbooks.attach.earlier import remembered
from haircut_workbooks.attach.layout import NAME
from haircut_workbooks.attach.mapping import MappingError, mapped
from haircut_workbooks.attach.removal import detached, is_attached
from haircut_workbooks.attach.stress import attached
from haircut_workbooks.package.address import Address
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.container import WorkbookRefused
from haircut_workbooks.package.forms import Form
from haircut_workbooks.package.splice import Edit, splice
from haircut_workbooks.templates.sheets import FORMATS

LISTS = {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"}
ROWS = cells_xml([['<c r="A1"><v>3</v></c>', '<c r="B1"><v>4</v></c>'], ['<c r="A2"><v>1</v></c>', '<c r="B2"><v>2</v></c>']])  # fmt: skip
SMALL = {"cfads": "Data!A1:B1", "debt_service": "Data!A2:B2"}
STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"


def small(styles=None, **more):
    """A handmade book of four numbers, with this style sheet."""
    book = book_of({"Data": sheet_xml(ROWS)}, **more)
    if styles is None:
        return book
    related = book.container.read("xl/_rels/workbook.xml.rels").decode()
    kind = re.search('Type="(.*?)/worksheet"', related)[1]
    link = f'<Relationship Id="rIdY" Type="{kind}/styles" Target="styles.xml"/></Relationships>'
    types = book.container.read("[Content_Types].xml").decode()
    override = f'<Override PartName="/xl/styles.xml" ContentType="{STYLES_TYPE}"/></Types>'
    changed = {
        "xl/_rels/workbook.xml.rels": related.replace("</Relationships>", link).encode(),
        "[Content_Types].xml": types.replace("</Types>", override).encode(),
        "xl/styles.xml": styles.encode(),
    }
    return Book(book.container.with_parts(changed), book.name)


@pytest.mark.parametrize("form", Form)
def test_only_the_lists_change_and_they_come_back(bare, form):
    book = attached(bare, mapped(bare, MAPPING), form)
    before, packed, after = parts_of(bare), packed_of(bare), detached(book)
    for done in (book, after):
        assert {part for part, data in packed.items() if packed_of(done)[part] != data} == LISTS
    assert {part for part in before if parts_of(book)[part] != before[part]} == LISTS
    assert parts_of(after) == before
    assert after.container.parts == bare.container.parts


def test_the_sheet_stands_last_and_is_not_in_front(bare, stressed):
    assert list(stressed.sheets) == [*bare.sheets, NAME]
    assert b"tabSelected" not in stressed.container.read(stressed.sheets[NAME])


def test_the_sheet_comes_with_its_charts_and_their_values(stressed):
    book = openpyxl.load_workbook(io.BytesIO(stressed.data))
    assert len(book[NAME]._charts) == 3
    assert len(book["Model"]._charts) == 1
    charts = [data for part, data in parts_of(stressed).items() if "charts/chart" in part]
    drawn = next(data for data in charts if b"DSCR and its covenant" in data)
    first = re.search(
        rb"\$H\$\d+:\$H\$\d+.*?<c:v>(.*?)</c:v>|DSCR.*?<c:yVal>.*?<c:v>(.*?)</c:v>", drawn, re.DOTALL
    )
    assert float(first[1] or first[2]) == pytest.approx(8_500_000 / 5_673_576, rel=1e-4)


def test_charts_state_what_a_later_excel_would_take_otherwise(stressed):
    """Excel 2007 and later ones read a missing element differently, and the analyst's file may be of any."""
    charts = [
        data for part, data in parts_of(stressed).items() if "charts/chart" in part and b"covenant" in data
    ]
    assert len(charts) == 2
    for data in charts:
        root = etree.fromstring(data)
        stated = {name: [e.get("val") for e in root.iter(f"{{*}}{name}")] for name in ("delete", "smooth", "roundedCorners", "dispBlanksAs")}  # fmt: skip
        series = len(list(root.iter("{*}ser")))
        assert stated == {"delete": ["0"] * 2, "smooth": ["0"] * series, "roundedCorners": ["0"], "dispBlanksAs": ["gap"]}  # fmt: skip
        axis = [etree.QName(e).localname for e in next(root.iter("{*}valAx"))]
        order = ["axId", "scaling", "delete", "axPos", "majorGridlines", "title", "numFmt", "majorTickMark", "minorTickMark", "tickLblPos"]  # fmt: skip
        assert [name for name in axis if name in order] == [name for name in order if name in axis]


def test_the_styles_that_were_there_keep_their_ids(bare, stressed):
    before, after = (etree.fromstring(b.container.read("xl/styles.xml")) for b in (bare, stressed))
    for name in ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs"):
        old, new = before.find(f"{{*}}{name}"), after.find(f"{{*}}{name}")
        assert [etree.tostring(x) for x in old] == [etree.tostring(x) for x in new][: len(old)]
        assert int(new.get("count")) == len(new)


def test_another_reader_sees_formats_and_fills(stressed):
    sheet = openpyxl.load_workbook(io.BytesIO(stressed.data))[NAME]
    cells = {cell.value: cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)}
    value = sheet.cell(cells["DSCR covenant"].row, 6)
    assert (value.value, value.number_format, value.fill.fgColor.rgb) == (
        1.2,
        FORMATS["multiple"],
        "FFFFF8E1",
    )
    assert cells["Inputs"].font.b


@pytest.mark.parametrize(
    "styles",
    [
        None,
        f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><fills count="2"><fill/><fill/></fills>'
        '<borders><border/></borders><cellXfs count="1"><xf/></cellXfs><dxfs count="0"/></styleSheet>',
        f'<x:styleSheet xmlns:x="{MAIN}"><x:fonts><x:font/></x:fonts><x:fills><x:fill/></x:fills><x:borders>'
        "<x:border/></x:borders><x:cellXfs><x:xf/></x:cellXfs></x:styleSheet>",
        f'<styleSheet xmlns="{MAIN}"><cellXfs count="1"><xf/></cellXfs></styleSheet>',
    ],
    ids=["none", "plain", "prefixed", "bare"],
)  # fmt: skip
def test_style_sheets_of_every_shape(styles):
    book = small(styles)
    done = attached(book, mapped(book, SMALL))
    assert parts_of(detached(done)) == parts_of(book)
    if styles is None:
        return
    root = etree.fromstring(done.container.read("xl/styles.xml"))
    assert [etree.QName(child).localname for child in root] == [
        name
        for name in ("numFmts", "fonts", "fills", "borders", "cellXfs", "dxfs")
        if root.find(f"{{*}}{name}") is not None
    ]
    assert {etree.QName(element).namespace for element in root.iter()} == {MAIN}
    for xf in root.iterfind("{*}cellXfs/{*}xf"):
        for attribute, name in (("fontId", "fonts"), ("fillId", "fills"), ("borderId", "borders")):
            assert int(xf.get(attribute, "0")) < max(1, len(root.find(f"{{*}}{name}")))


class TestRefused:
    def test_a_protected_structure(self):
        book = small(before='<workbookProtection lockStructure="1"/>')
        with pytest.raises(WorkbookRefused, match="structure is protected"):
            attached(book, mapped(book, SMALL))

    def test_a_signed_workbook(self, bare):
        data = bare.container.with_parts({"_xmlsignatures/origin.sigs": b""})
        book = Book(data, "signed.xlsx")
        with pytest.raises(WorkbookRefused, match="digitally signed"):
            attached(book, mapped(book, MAPPING))

    def test_a_strict_workbook(self, bare):
        strict = bare.container.read("xl/workbook.xml").replace(
            MAIN.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main"
        )
        book = Book(bare.container.with_parts({"xl/workbook.xml": strict}), "strict.xlsx")
        with pytest.raises(WorkbookRefused, match="Strict Open XML"):
            attached(book, mapped(book, MAPPING))

    def test_its_own_cells(self, stressed):
        cells = f"'{NAME}'!F6:F7"
        with pytest.raises(MappingError, match="itself"):
            attached(stressed, mapped(stressed, {"cfads": cells, "debt_service": cells}))

    def test_a_sheet_name_that_excel_does_not_allow(self):
        name = "a name that is longer than any that Excel takes"
        book = book_of({name: sheet_xml(ROWS)})
        cells = {item: text.replace("Data", f"'{name}'") for item, text in SMALL.items()}
        with pytest.raises(WorkbookRefused, match="does not allow the sheet name"):
            attached(book, mapped(book, cells))

    def test_a_sheet_of_that_name_that_is_another_s(self):
        book = book_of({"Data": sheet_xml(ROWS), NAME: sheet_xml()})
        with pytest.raises(WorkbookRefused, match="not one that Haircut attached"):
            attached(book, mapped(book, SMALL))


def resaved(book):
    """The workbook as another program saves it, with a sheet of its own put after the stress sheet."""
    other = openpyxl.load_workbook(io.BytesIO(book.data))
    other.create_sheet("Later")["A1"] = 1
    other["Later"].print_title_rows = "1:1"
    file = io.BytesIO()
    other.save(file)
    return Book(file.getvalue(), book.name)


def test_a_workbook_saved_by_another_program_takes_the_sheet(bare):
    """openpyxl declares the prefix of relationships on each sheet alone."""
    book = resaved(bare)
    assert b"<workbook xmlns:r" not in book.container.read("xl/workbook.xml")
    values = {address: Edit(value, keep_formula=True) for address, value in bare.values().items()}
    book = Book(splice(book, values), book.name)
    done = attached(book, mapped(book, MAPPING))
    assert openpyxl.load_workbook(io.BytesIO(done.data)).sheetnames == ["Model", "The deal", "Later", NAME]
    assert parts_of(detached(done)) == parts_of(book)


class TestSavedByAnotherProgram:
    """Then the bytes from before are gone: the sheet and all that is its own goes, the rest stays."""

    def test_the_sheet_is_cut_out(self, stressed):
        book = resaved(stressed)
        done = detached(book)
        assert list(done.sheets) == ["Model", "The deal", "Later"]
        assert {part for part in done.container.parts if "chart" in part and "rels" not in part} == {"xl/charts/chart1.xml"}  # fmt: skip
        assert done.formulas() == {a: f for a, f in book.formulas().items() if a.sheet != NAME}
        again = openpyxl.load_workbook(io.BytesIO(done.data))
        assert again["Later"].print_title_rows == "$1:$1"
        assert not re.search(rb"urn:haircut", b"".join(parts_of(done).values()))

    def test_every_relationship_leads_to_a_part(self, stressed):
        done = detached(resaved(stressed))
        names = zipfile.ZipFile(io.BytesIO(done.data)).namelist()
        types = done.container.read("[Content_Types].xml").decode()
        assert all(part.lstrip("/") in names for part in re.findall('PartName="(.*?)"', types))

    def test_the_calculation_chain_goes_with_it(self, stressed):
        book = resaved(stressed)
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
        related = book.container.read("xl/_rels/workbook.xml.rels").replace(
            b"</Relationships>",
            f'<Relationship Id="rIdC" Type="{kind}" Target="calcChain.xml"/></Relationships>'.encode(),
        )
        chain = {"xl/_rels/workbook.xml.rels": related, "xl/calcChain.xml": b"<calcChain/>"}
        done = detached(Book(book.container.with_parts(chain), book.name))
        assert not done.container.has("xl/calcChain.xml")
        assert b"calcChain" not in done.container.read("xl/_rels/workbook.xml.rels")

    def test_a_formula_that_refers_to_it_forbids_that(self, stressed):
        book = resaved(stressed)
        user = Book(splice(book, {Address("Later", 2, 1): Edit(1.0, formula=f"'{NAME}'!F6")}), book.name)
        with pytest.raises(WorkbookRefused, match="Later!A2 refers to the sheet"):
            detached(user)

    def test_a_damaged_record_is_not_believed(self, stressed):
        part = next(iter(p for p in stressed.container.parts if p.startswith("customXml/item")))
        undo = stressed.container.read(part)
        for bad in (undo.replace(b'start="', b'start="1'), undo.replace(b"attached>", b"x>"), undo[:-40]):
            book = Book(stressed.container.with_parts({part: bad}), stressed.name)
            assert list(detached(book).sheets) == ["Model", "The deal"]


class TestRemembered:
    def test_the_mapping_is_read_from_the_formulas(self, stressed):
        assert remembered(stressed) == MAPPING

    def test_also_after_another_program_saved_it(self, stressed):
        book = resaved(stressed)
        assert remembered(book) == MAPPING
        assert is_attached(book)

    def test_a_workbook_without_the_sheet(self):
        assert not is_attached(model())
