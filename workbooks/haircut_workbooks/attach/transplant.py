"""A sheet moved from a scratch workbook into another's bytes, with its drawing, charts and styles."""

import re

from lxml import etree

from haircut_workbooks.attach.layout import NAME
from haircut_workbooks.package.address import Address
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.elements import Element
from haircut_workbooks.package.forms import Form, calls, with_calls, written
from haircut_workbooks.package.links import add_link, addin_links, name_functions
from haircut_workbooks.package.parts import Parts
from haircut_workbooks.package.splice import Edit, splice

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "application/vnd.openxmlformats-officedocument"
STYLE_LISTS = (
    "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles",
    "colors", "extLst",
)  # fmt: skip
"""What a style sheet holds, in the order that it must have."""
CHART_DEFAULTS = (
    ("chartSpace", "date1904", "0", ()),
    ("chartSpace", "roundedCorners", "0", ("date1904", "lang")),
    ("chart", "autoTitleDeleted", "0", ("title",)),
    ("chart", "dispBlanksAs", "gap", ("plotVisOnly",)),
    ("title", "overlay", "0", ("tx", "layout")),
    ("legend", "overlay", "0", ("legendPos", "layout")),
    ("scatterChart", "varyColors", "0", ("scatterStyle",)),
    ("ser", "smooth", "0", ("yVal",)),
    ("valAx", "delete", "0", ("scaling",)),
    ("valAx", "majorTickMark", "out", ("axPos", "majorGridlines", "title", "numFmt")),
    ("valAx", "minorTickMark", "none", ("majorTickMark",)),
)
"""What a chart element holds when it is left out, and behind which others it stands.

Files of Excel 2007, as the scratch workbook says it is, mean these by leaving them out; in a later file what is
left out means the schema's own defaults: no axes, smooth lines, gaps as zeros.
"""
_FIRST_OWN_FORMAT = 164
_COUNT = re.compile(rb"""(\scount=)(["'])(\d+)\2""")
_TAG = re.compile(r"<(/?)(?=\w)")


def transplant(parts: Parts, book: Book, scratch: Book, drawn: Book, form: Form) -> None:
    """Put the stress sheet of a scratch workbook after the last sheet of another.

    Parameters
    ----------
    parts : Parts
        The parts of the workbook that takes the sheet; they are changed.
    book : Book
        That workbook.
    scratch : Book
        The workbook that holds the sheet with its values.
    drawn : Book
        The same workbook with the values in its charts.
    form : Form
        How the sheet's calls are stored.
    """
    root = etree.fromstring(with_own_text(scratch))
    use_styles(root, *add_styles(parts, book, scratch))
    store_calls(root, form, link_to_addin(parts, book, root) if form is Form.ADDIN else 0)
    sheet = free(parts, "xl/worksheets/sheet{}.xml")
    data = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    parts.add(sheet, data, f"{TYPES}.spreadsheetml.worksheet+xml")
    add_drawing(parts, sheet, drawn)
    key = parts.relate(book.workbook_part, f"{OFFICE}/worksheet", sheet)
    present = parts.find(book.workbook_part, "sheet")
    number = max(int(item.attributes.get("sheetId", "0")) for item in present) + 1
    beside = present[-1].attributes
    id_attribute = next(name for name in beside if name.endswith(":id"))
    # Some programs declare the prefix on each sheet instead of once for all.
    declared = {name: text for name, text in beside.items() if name.startswith("xmlns:")}
    new = declared | {"name": NAME, "sheetId": str(number), id_attribute: key}
    parts.insert(book.workbook_part, "sheets", "sheet", new)


def free(parts: Parts, pattern: str) -> str:
    """The first part name of a pattern that no part has."""
    i = 1
    while parts.has(pattern.format(i)):
        i += 1
    return pattern.format(i)


def add_drawing(parts: Parts, sheet: str, drawn: Book) -> None:
    """Add the drawing of the stress sheet and its charts under free names."""
    source = drawn.sheets[NAME]
    for key, found in drawn.related(source, "drawing").items():
        drawing = free(parts, "xl/drawings/drawing{}.xml")
        parts.add(drawing, drawn.container.read(found), f"{TYPES}.drawing+xml")
        parts.relate(sheet, f"{OFFICE}/drawing", drawing, key)
        for chart_key, chart_found in drawn.related(found, "chart").items():
            chart = free(parts, "xl/charts/chart{}.xml")
            parts.add(chart, spelled_out(drawn.container.read(chart_found)), f"{TYPES}.drawingml.chart+xml")
            parts.relate(drawing, f"{OFFICE}/chart", chart, chart_key)


def spelled_out(chart: bytes) -> bytes:
    """A chart with every default stated that depends on the version of Excel that saved the file."""
    root = etree.fromstring(chart)
    space = root.tag.removesuffix("chartSpace")
    for parent, child, value, behind in CHART_DEFAULTS:
        for element in root.iter(space + parent):
            if element.find(space + child) is None:
                places = [
                    i for i, held in enumerate(element) if held.tag in {space + name for name in behind}
                ]
                new = etree.Element(space + child)
                new.set("val", value)
                element.insert(max(places, default=-1) + 1, new)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def with_own_text(scratch: Book) -> bytes:
    """The bytes of the stress sheet with its text in its own cells."""
    cells = scratch.scan(NAME).cells.values()
    texts = [Address(NAME, cell.row, cell.column) for cell in cells if cell.attributes.get("t") == "s"]
    inline = Book(splice(scratch, {address: Edit(scratch.value(address)) for address in texts}), scratch.name)
    return inline.container.read(inline.sheets[NAME])


def use_styles(root: etree._Element, first_style: int, first_rule: int) -> None:
    """Let a sheet's style ids count from the first of ours."""
    for tag, attribute, first in (
        ("c", "s", first_style),
        ("row", "s", first_style),
        ("col", "style", first_style),
        ("cfRule", "dxfId", first_rule),
    ):
        for element in root.iter(f"{{*}}{tag}"):
            if tag == "c" or element.get(attribute) is not None:
                element.set(attribute, str(first + int(element.get(attribute, "0"))))


def link_to_addin(parts: Parts, book: Book, root: etree._Element) -> int:
    """Add the link to the add-in, unless the workbook has one, and name in it what a sheet calls; return its number."""
    links = addin_links(book)
    part = links[0].part if links else add_link(book, parts)
    name_functions(
        parts, part, {call.name.upper() for f in root.iter("{*}f") for call in calls(f.text or "")}
    )
    return links[0].number if links else len(book.external_links) + 1


def store_calls(root: etree._Element, form: Form, link: int) -> None:
    """Rewrite a sheet's calls in a form."""
    for formula in root.iter("{*}f"):
        formula.text = with_calls(formula.text or "", lambda call: written(call, form, link))


def add_styles(parts: Parts, book: Book, scratch: Book) -> tuple[int, int]:
    """Append the scratch workbook's styles to the other's; return the ids of the first cell style and rule."""
    source = next(iter(scratch.related(scratch.workbook_part, "styles").values()))
    target = next(iter(book.related(book.workbook_part, "styles").values()), "")
    data = scratch.container.read(source)
    if not target:
        part = free(parts, "xl/styles{}.xml")
        parts.add(part, data, f"{TYPES}.spreadsheetml.styles+xml")
        parts.relate(book.workbook_part, f"{OFFICE}/styles", part)
        return 0, 0
    parts.find(target, "styleSheet")  # refuses what must not be parsed
    ours, theirs = etree.fromstring(data), etree.fromstring(parts.read(target))
    counts = {name: len(theirs.findall(f"{{*}}{name}/*")) for name in STYLE_LISTS}
    formats = [int(item.get("numFmtId", "0")) for item in theirs.iter("{*}numFmt")]
    _renumber(ours, counts, max([_FIRST_OWN_FORMAT - 1, *formats]) + 1 - _FIRST_OWN_FORMAT)
    for name in ("numFmts", "fonts", "fills", "borders", "cellXfs", "dxfs"):
        found = ours.find(f"{{*}}{name}")
        if found is not None and len(found):
            _append(parts, target, name, found)
    return counts["cellXfs"], counts["dxfs"]


def _renumber(ours: etree._Element, counts: dict[str, int], formats: int) -> None:
    """Let our cell styles point at our fonts, fills, borders and formats where they will stand."""
    for item in ours.iterfind("{*}numFmts/{*}numFmt"):
        item.set("numFmtId", str(int(item.get("numFmtId", "0")) + formats))
    for xf in ours.iterfind("{*}cellXfs/{*}xf"):
        for name, attribute in (("fonts", "fontId"), ("fills", "fillId"), ("borders", "borderId")):
            xf.set(attribute, str(int(xf.get(attribute, "0")) + counts[name]))
        number = int(xf.get("numFmtId", "0"))
        xf.set("numFmtId", str(number + formats if number >= _FIRST_OWN_FORMAT else number))


def _append(parts: Parts, part: str, name: str, items: etree._Element) -> None:
    """Put styles at the end of their list; make the list where there is none."""
    root = parts.find(part, "styleSheet")[-1]
    data = parts.read(part)
    new = "".join(_text(item, root.prefix) for item in items).encode()
    found = [element for element in parts.find(part, name) if element.prefix == root.prefix]
    if found:
        parts.put(part, _grown(data, found[0], new, len(items)))
        return
    earlier = parts.find(part, *STYLE_LISTS[: STYLE_LISTS.index(name)])
    at = max([root.inner_start, *(element.end for element in earlier if element.prefix == root.prefix)])
    opening, closing = f'<{root.prefix}{name} count="{len(items)}">', f"</{root.prefix}{name}>"
    parts.put(part, data[:at] + opening.encode() + new + closing.encode() + data[at:])


def _grown(data: bytes, found: Element, new: bytes, more: int) -> bytes:
    opening = data[found.start : found.inner_start]
    counted = _COUNT.sub(lambda match: b'%s"%d"' % (match[1], int(match[3]) + more), opening)
    inner, closing = data[found.inner_start : found.inner_end], data[found.inner_end : found.end]
    if found.empty_tag:
        counted, closing = counted[:-2].rstrip() + b">", f"</{found.tag}>".encode()
    return data[: found.start] + counted + inner + new + closing + data[found.end :]


def _text(item: etree._Element, prefix: str) -> str:
    """An element as text that takes its namespace from where it is put."""
    text = etree.tostring(item, encoding="unicode", with_tail=False).replace(f' xmlns="{MAIN}"', "")
    return _TAG.sub(rf"<\1{prefix}", text)
