"""What the tests of stored forms share: a book in another form, its parts, and books with links."""

from tests.package.handmade import MAIN, OFFICE, PACKAGE, cells_xml, sheet_xml, workbook_parts, zipped

from haircut_workbooks.package.book import Book
from haircut_workbooks.package.rebind import rebind


def rebound(book, form):
    return Book(rebind(book, form).data, book.name)


def contents(book):
    return {part: book.container.read(part) for part in book.container.parts}


def workbook_xml(book):
    return book.container.read("xl/workbook.xml").decode()


def linked(formulas, *targets):
    """A book with these formulas in column A, and links to these files, numbered from 1."""
    rows = cells_xml([[f'<c r="A{r}"><f>{formula}</f></c>'] for r, formula in enumerate(formulas, 1)])
    references = "".join(f'<externalReference r:id="rIdX{i}"/>' for i in range(len(targets)))
    parts = workbook_parts(
        {"Data": sheet_xml(rows)}, f"<externalReferences>{references}</externalReferences>"
    )
    related = ""
    for i, target in enumerate(targets):
        part = f"xl/externalLinks/externalLink{i + 1}.xml"
        parts[part] = (
            f'<externalLink xmlns="{MAIN}"><externalBook xmlns:r="{OFFICE}" r:id="rId1"><sheetNames>'
            f'<sheetName val="a"/></sheetNames></externalBook></externalLink>'
        ).encode()
        parts[f"xl/externalLinks/_rels/externalLink{i + 1}.xml.rels"] = (
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Target="{target}" '
            f'Type="{OFFICE}/externalLinkPath" TargetMode="External"/></Relationships>'
        ).encode()
        related += (
            f'<Relationship Id="rIdX{i}" Type="{OFFICE}/externalLink" '
            f'Target="externalLinks/externalLink{i + 1}.xml"/>'
        )
    rels = parts["xl/_rels/workbook.xml.rels"].replace(b"</Rel", related.encode() + b"</Rel")
    return Book(zipped(parts | {"xl/_rels/workbook.xml.rels": rels}), "book.xlsx")


def formulas_of(book):
    return list(book.formulas().values())
