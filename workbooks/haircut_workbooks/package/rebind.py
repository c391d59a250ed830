"""The calls of a workbook rewritten from one stored form to another, and not a byte more than that takes."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token, TokenizerError

from haircut_workbooks.package.address import Address
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.container import WorkbookRefused
from haircut_workbooks.package.elements import Element
from haircut_workbooks.package.forms import Call, Form, calls, with_calls, written
from haircut_workbooks.package.links import add_link, addin_links, name_functions, remove_link
from haircut_workbooks.package.parts import Parts

LONGEST_FORMULA = 8192
_FORMULAS = {
    "sheet": ("f", "formula", "formula1", "formula2", "cfvo"),
    "table": ("calculatedColumnFormula", "totalsRowFormula"),
    "workbook": ("definedName",),
}
"""The elements of each kind of part that hold formulas: cells, conditional formats, validations, tables, names."""
_UNIT = re.compile(
    r"<!\[CDATA\[(?P<verbatim>.*?)\]\]>|<!--.*?-->|<\?.*?\?>|&(?P<named>\w+);|&\#(?P<number>\w+);|.",
    re.DOTALL,
)
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_VAL = re.compile(rb"""\sval\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_SUSPECT = re.compile(r"hc|\[|&\#|<", re.IGNORECASE)
"""What a formula must hold to be read more closely: most calls nothing of ours and refer to no link."""
_LINKED = re.compile(r"(?<!\w)\[(\d+)\]")
_TEXT = re.compile(r'"(?:[^"]|"")*"')


@dataclass
class Rebound:
    """A workbook with its calls in another form.

    Attributes
    ----------
    data : bytes
        The file.
    calls, cells, others : int
        Calls rewritten, and in how many cells and in how many names and rules they stand.
    already : int
        Calls that were in the form before.
    strangers : list of str
        Where a name begins with ``HC_`` but is no function, or one of another file: these stay.
    links : list of str
        Places of the add-in to which a link stays though the calls no longer use it.
    """

    data: bytes = b""
    calls: int = 0
    cells: int = 0
    others: int = 0
    already: int = 0
    strangers: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


def rebind(book: Book, form: Form) -> Rebound:
    """Rewrite every call of a Haircut function in one form.

    Parameters
    ----------
    book : Book
        The workbook; it is not changed.
    form : Form
        The form to write. Only the add-in's needs more than the text: a link to the add-in, which is added,
        and removed again with another form; numbers of other links stay.

    Raises
    ------
    WorkbookRefused
        A call stands in a formula that cannot be read, or would be too long, or a part cannot be spliced.
    """
    return _Rebinding(book, form).run()


class _Rebinding:
    def __init__(self, book: Book, form: Form) -> None:
        self.book, self.form = book, form
        self.parts = Parts(book.container)
        self.links = addin_links(book)
        self.number = self.links[0].number if self.links else len(book.external_links) + 1
        self.done = Rebound()
        self.names: set[str] = set()
        self.used: set[int] = set()

    def run(self) -> Rebound:
        self.part(self.book.workbook_part, "workbook")
        for sheet, part in self.book.sheets.items():
            self.part(part, "sheet", sheet)
            for table in self.book.related(part, "table").values():
                self.part(table, "table", sheet)
        if self.names:
            link = self.links[0].part if self.links else add_link(self.book, self.parts)
            name_functions(self.parts, link, self.names)
        for held in reversed(self.links):
            if held.number in self.used:
                continue
            if held.ours and held.number == len(self.book.external_links):
                remove_link(self.book, self.parts, held)
            else:
                self.done.links.append(held.target)
        self.done.data = self.parts.packed()
        return self.done

    def part(self, part: str, kind: str, sheet: str = "") -> None:
        """Rewrite the formulas of one part."""
        cells = dict(self.cells(sheet)) if kind == "sheet" else {}
        data, pieces, at = self.parts.read(part), [], 0
        for element in sorted(self.parts.find(part, *_FORMULAS[kind]), key=lambda e: e.start):
            span = _span(data, element)
            if span is None:
                continue
            place, sharing = cells.get(element.start, (_place(kind, sheet, element), 0))
            old = data[slice(*span)].decode()
            new = self.formula(old, place, sharing) if _SUSPECT.search(old) else old
            if new != old:
                pieces += [data[at : span[0]], new.encode()]
                at = span[1]
        if pieces:
            self.parts.put(part, b"".join([*pieces, data[at:]]))

    def cells(self, sheet: str) -> Iterator[tuple[int, tuple[str, int]]]:
        """Where each formula of a sheet's cells starts, its cell, and how many cells share it."""
        found = [(c, c.formula) for c in self.book.scan(sheet).cells.values() if c.formula is not None]
        followers = Counter(f.attributes.get("si") for _, f in found if not f.text)
        for cell, formula in found:
            group = formula.attributes.get("si")
            sharing = 1 + (followers[group] if group is not None and formula.text else 0)
            yield formula.start, (str(Address(sheet, cell.row, cell.column)), sharing)

    def formula(self, raw: str, place: str, sharing: int) -> str:
        """A formula as the XML holds it, rewritten; ``sharing`` is how many cells have it."""
        text, offsets = _decoded(raw)
        news = {call: self.call(call, text[call.start : call.end], place, sharing) for call in calls(text)}
        changed = [call for call, new in news.items() if new != text[call.start : call.end]]
        spans = [(offsets[call.start][0], offsets[call.end - 1][1]) for call in changed]
        if changed and (not _readable(text) or any("<" in raw[slice(*span)] for span in spans)):
            raise WorkbookRefused(
                f"{self.book.name}: {place} calls Haircut in a formula that cannot be read (={text:.60}); mend it first"
            )
        rewritten = with_calls(text, news.__getitem__)
        if changed and len(rewritten) >= LONGEST_FORMULA:
            raise WorkbookRefused(
                f"{self.book.name}: the formula in {place} would be longer than Excel allows; split it first"
            )
        self.used |= {int(number) for number in _LINKED.findall(_TEXT.sub("", rewritten))}
        self.done.calls += len(changed) * max(1, sharing)
        self.done.cells += sharing if changed else 0
        self.done.others += bool(changed) and not sharing
        for (start, end), call in reversed(list(zip(spans, changed, strict=True))):
            raw = raw[:start] + news[call] + raw[end:]
        return raw

    def call(self, call: Call, text: str, place: str, sharing: int) -> str:
        """Place, mark and name of a call in the new form, or as they are."""
        numbers = [0, *(link.number for link in self.links)]  # [0] is the workbook itself
        if not call.known or not call.to_haircut or (call.link is not None and call.link not in numbers):
            self.done.strangers.append(f"{place} calls {text}")
            return text
        in_form = call.link if self.form is Form.ADDIN and call.link else None
        new = written(call, self.form, in_form or self.number)
        if self.form is Form.ADDIN:
            self.names |= {call.name.upper()} if in_form in (None, self.number) else set()
        self.done.already += max(1, sharing) if new == text else 0
        return new


def _place(kind: str, sheet: str, element: Element) -> str:
    """Where a formula stands that no cell holds."""
    if kind == "workbook":
        return f"the name {element.attributes.get('name')}"
    return f"a {'table' if kind == 'table' else 'rule'} of sheet {sheet}"


def _span(data: bytes, element: Element) -> tuple[int, int] | None:
    """Where an element holds the text of a formula: inside its tags, or in an attribute of a colour scale's."""
    if element.name == "cfvo":
        if element.attributes.get("type") != "formula":
            return None
        match = _VAL.search(data, element.start, element.inner_start)
        return match.span(match.lastindex or 0) if match else None
    return (
        (element.inner_start, element.inner_end)
        if element.leaf and element.inner_end > element.inner_start
        else None
    )


def _decoded(raw: str) -> tuple[str, list[tuple[int, int]]]:
    """The text that XML stands for, and for each character where it starts and ends in the XML.

    >>> _decoded("A1&lt;2")
    ('A1<2', [(0, 1), (1, 2), (2, 6), (6, 7)])
    """
    text, offsets = "", []
    for unit in _UNIT.finditer(raw):
        if unit["verbatim"] is not None:
            text += unit["verbatim"]
            offsets += [(i, i + 1) for i in range(*unit.span("verbatim"))]
        elif unit[0][:2] not in ("<!", "<?"):
            text += _character(unit)
            offsets.append(unit.span())
    return text, offsets


def _character(unit: re.Match[str]) -> str:
    if unit["number"]:
        return chr(int("0" + unit["number"], 16 if unit["number"][0] == "x" else 10))
    return _NAMED[unit["named"]] if unit["named"] else unit[0]


def _readable(formula: str) -> bool:
    """Whether a formula's text and brackets close.

    >>> _readable("HC_LTV(A1,1)"), _readable("HC_LTV(A1"), _readable("HC_LTV(A1,1))"), _readable('HC_LTV("')
    (True, False, False, False)
    """
    try:
        tokens = Tokenizer("=" + formula).items
    except (TokenizerError, IndexError):  # a bracket too many is an IndexError
        return False
    return bool(sum((t.subtype == Token.OPEN) - (t.subtype == Token.CLOSE) for t in tokens) == 0)
