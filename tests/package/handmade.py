"""The smallest workbook, written by hand, so that a test decides every byte of its sheets."""

import io
import zipfile

from haircut_workbooks.package.book import Book

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"


def sheet_xml(rows="", after="", before=""):
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'.encode()


def workbook_parts(sheets, workbook="", shared=None, before=""):
    """Every part of a workbook, by name; `sheets` gives each sheet's bytes by its name."""
    numbers = dict(enumerate(sheets, 1))
    listed = "".join(f'<sheet name="{name}" sheetId="{i}" r:id="rId{i}"/>' for i, name in numbers.items())
    related = "".join(
        f'<Relationship Id="rId{i}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i in numbers
    )
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="{SHEET_TYPE}"/>' for i in numbers
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" '
        f'ContentType="application/xml"/><Default Extension="rels" ContentType="application/'
        f'vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
        f'ContentType="{WORKBOOK_TYPE}"/>{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{before}<sheets>{listed}</sheets>'
        f"{workbook}</workbook>",
    }
    if shared is not None:
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{shared}</sst>'
        related += f'<Relationship Id="rIdS" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    parts["xl/_rels/workbook.xml.rels"] = (
        f'<Relationships xmlns="{PACKAGE}/relationships">{related}</Relationships>'
    )
    encoded = {name: text.encode() for name, text in parts.items()}
    return encoded | {f"xl/worksheets/sheet{i}.xml": sheets[name] for i, name in numbers.items()}


def zipped(parts, compression=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file.getvalue()


def a_book(rows="", after="", before="", **more):
    """A book of one sheet, Data, from the XML of its rows and what stands around them."""
    return Book(zipped(workbook_parts({"Data": sheet_xml(rows, after, before)}, **more)), "book.xlsx")


def book_of(sheets, **more):
    """A book from the bytes of each sheet."""
    return Book(zipped(workbook_parts(sheets, **more)), "book.xlsx")


def cells_xml(cells):
    """One row for each list of cell elements."""
    return "".join(f'<row r="{r}">{"".join(row)}</row>' for r, row in enumerate(cells, 1))
