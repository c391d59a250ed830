"""The stress sheet from a mapping to verified bytes, and out again.

The sheet is built in a scratch workbook, where the analyst's sheets hold the mapped cells alone, as the
numbers that the analyst's workbook shows. Both engines calculate it there: so a workbook that no engine can
calculate whole can still be stressed, and none of its own formulas is touched.
"""

from collections.abc import Mapping

from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.attach import results, sections
from haircut_workbooks.attach.earlier import Kept, typed_in
from haircut_workbooks.attach.layout import BASIS, LABEL, NAME, STATUS, TITLE, VALUE, Page
from haircut_workbooks.attach.mapping import Mapped, MappingError
from haircut_workbooks.attach.removal import detached, is_attached
from haircut_workbooks.attach.transplant import free, transplant
from haircut_workbooks.attach.undo import RELATIONSHIP, record
from haircut_workbooks.package.address import Address
from haircut_workbooks.package.book import Book, Value
from haircut_workbooks.package.container import WorkbookRefused
from haircut_workbooks.package.forms import Form
from haircut_workbooks.package.parts import Parts
from haircut_workbooks.recalc.formualizer_engine import Formualizer
from haircut_workbooks.recalc.recalculate import recalculate
from haircut_workbooks.templates.sheets import GREY, TemplateBook

SHOWN = {
    "multiple": "{:.2f}x".format,
    "share": "{:.1%}".format,
    "count": "{:,.0f}".format,
    "money": "{:,.10g}".format,
}
"""How the command shows a result of each number format."""
STRICT = b"http://purl.oclc.org/ooxml/"
WIDEST = 23
SUBTITLE = "Cells on yellow are typed in, the basis says what is assumed; every other number follows this workbook's own cells."


def attached(book: Book, mapped: Mapped, form: Form = Form.ADDIN) -> Book:
    """Return the workbook with the stress sheet in it; where it has one already, with a new one for it.

    Parameters
    ----------
    book : Book
        The analyst's workbook.
    mapped : Mapped
        Which of its cells mean what.
    form : Form
        How the sheet's calls are stored.

    Returns
    -------
    Book
        The workbook, every part but the lists of sheets, parts and styles as it was. What was typed into an
        earlier stress sheet is kept.

    Raises
    ------
    RecalculationFailed
        The sheet cannot be calculated from the mapped cells, or the two engines differ.
    WorkbookRefused
        The workbook cannot take a sheet.
    MappingError
        The mapping names cells of the stress sheet itself.
    """
    if any(term.sheet == NAME for item in mapped.sources.values() for term in item.terms):
        raise MappingError(f"the mapping names cells of the sheet {NAME} itself; map the workbook's own")
    _refuse_what_takes_no_sheet(book)
    kept = typed_in(book, mapped) if is_attached(book) else {}
    bare = detached(book) if is_attached(book) else book
    scratch = Book(built(book, mapped, kept, {}), book.name)
    done = recalculate(Formualizer(scratch), scratch, {}).book
    # Viewers that do not calculate draw what the charts hold, so they are built again from the values.
    drawn = Book(built(book, mapped, kept, done.values()), book.name)
    parts = Parts(bare.container)
    transplant(parts, bare, done, drawn, form)
    undo = free(parts, "customXml/item{}.xml")
    parts.add(undo, b"", "application/xml")
    parts.relate(bare.workbook_part, RELATIONSHIP, undo)
    parts.put(undo, record(bare.container, parts))
    return Book(parts.packed(), book.name)


def summary(book: Book, mapped: Mapped) -> list[str]:
    """Return the sheet's results in words, one a line; what puts them in doubt first."""
    lines = []
    if book.value(Address(NAME, STATUS + 1, LABEL + 3)) is not True:
        lines.append("NOT ALL CHECKS HOLD: see the sheet")
    if not mapped.has("dates"):
        lines.append(
            "No dates are mapped: periods are quarters unless you change Periods a year on the sheet"
        )
    for column, found in ((LABEL, results.cover_lines(mapped)), (BASIS, results.value_lines(mapped))):
        for row, line in enumerate(found, start=STATUS + 4):
            value = book.value(Address(NAME, row, column + VALUE - LABEL + 1))
            lines.append(f"{line.label}: {SHOWN[line.style](value) if isinstance(value, float) else value}")
    return lines


def _refuse_what_takes_no_sheet(book: Book) -> None:
    workbook = book.container.read(book.workbook_part)
    if book.container.signed:
        raise WorkbookRefused(f"{book.name}: digitally signed; remove the signature in Excel first")
    if STRICT in workbook:
        raise WorkbookRefused(
            f"{book.name}: a Strict Open XML workbook; save it as Excel Workbook (.xlsx) first"
        )
    locks = Parts(book.container).find(book.workbook_part, "workbookProtection")
    if any(lock.attributes.get("lockStructure") in ("1", "true") for lock in locks):
        raise WorkbookRefused(
            f"{book.name}: its structure is protected; unprotect the workbook in Excel first"
        )


def built(analysts: Book, mapped: Mapped, kept: Kept, computed: Mapping[Address, Value]) -> bytes:
    """Build the scratch workbook: the mapped cells on sheets of the analyst's names, then the stress sheet."""
    book = TemplateBook(TITLE)
    book.book.date_1904 = analysts.date1904
    stubs: dict[str, Worksheet] = {}
    for term in (term for item in mapped.sources.values() for term in item.terms):
        if term.sheet not in stubs:
            stubs[term.sheet] = _stub(book, term.sheet)
        for cell in term.cells:
            stubs[term.sheet].write_number(cell.row - 1, cell.column - 1, analysts.value(cell))
    sheet = book.sheet(NAME, TITLE, SUBTITLE, [2, *[11] * WIDEST], pages=0)
    write_page(Page(book, sheet, mapped, kept, computed))
    return book.finished()


def _stub(book: TemplateBook, name: str) -> Worksheet:
    try:
        return book.book.add_worksheet(name)
    except XlsxWriterException:
        raise WorkbookRefused(f"Excel does not allow the sheet name {name}; rename the sheet first") from None


def write_page(page: Page) -> None:
    """Place every input, result and column, then write the sheet from top to bottom."""
    cover, values = results.cover_lines(page.mapped), results.value_lines(page.mapped)
    inputs, derived = sections.inputs(page.mapped), sections.derived(page.mapped)
    columns = sections.columns(page.mapped)
    top = STATUS + 2
    charts = top + 2 + max(len(cover), len(values))
    first = charts + results.CHART_ROWS + 1
    table = first + len(inputs) + len(derived) + 2
    page.place(top + 1, cover)
    page.place(top + 1, values, BASIS)
    page.place(first, [*inputs, *derived])
    page.place_table(table, columns)
    write_status(page)
    for title, lines, column in (("Cover", cover, LABEL), ("Value of the collateral", values, BASIS)):
        page.row = top
        page.lines(title, lines, column)
    page.row = charts
    results.charts(page)
    page.row = first - 1
    page.section("Inputs")
    page.inputs(inputs)
    for line in derived:
        page.line(line)
    page.row = table - 1
    page.section("By period")
    page.table(columns)
    results.convergence(page)
    results.checks(page)
    results.sources(page)


def write_status(page: Page) -> None:
    """Write what calculated the sheet, in the rows that stay in sight; the checks add whether they hold."""
    page.sheet.write(STATUS, LABEL, "All checks hold", page.book.style(bold=True))
    version = '="Calculated by Haircut "&HC_VERSION()'
    page.sheet.write_formula(STATUS, BASIS, version, page.book.style(font_size=8, font_color=GREY))
    page.sheet.freeze_panes(STATUS + 1, 0)
