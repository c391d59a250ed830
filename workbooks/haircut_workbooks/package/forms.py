r"""The forms in which files store a call of a Haircut function, stated here and nowhere else.

Macros in the workbook and an XLL store the plain name, ``HC_LTV(``; the add-in for Excel stores its place
before it, ``[1]!HC_LTV(``, where 1 numbers a link to another file, or ``'C:\...\haircut.xlam'!HC_LTV(``
where the link is broken; Office.js stores ``_xldudf_HC_LTV(``; LibreOffice 7.4 knows ``HC.LTV(`` alone.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from haircut.functions import FUNCTIONS
from haircut.hosts.excel.project import ADDIN

_STORED = re.compile(
    r"""
    "(?:[^"]|"")*"
    | (?<![\w.\\!])
      (?:(?P<place>\[\d+\]|'(?:[^']|'')*'|[\w.]+)!)?
      (?:(?:_xlfn\.)?_xldudf_|_xll\.)?
      (?P<name>HC[_.]\w+)(?=\s*\()
    | '(?:[^']|'')*'
    | \[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*\]
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Text, quoted sheet names and the columns of tables are matched too, so that nothing inside them is a call."""


class Form(StrEnum):
    """The forms that `written` writes."""

    PLAIN = "plain"
    ADDIN = "addin"
    WEB = "web"
    CALC = "calc"


@dataclass(frozen=True)
class Call:
    """A call found in a formula.

    ``name`` is the plain name as it is spelled; ``place`` what stands before the exclamation mark, if any;
    ``start`` and ``end`` say where place, mark and name stand.
    """

    name: str
    place: str
    start: int
    end: int

    @property
    def link(self) -> int | None:
        """The number of the link that leads to the function."""
        return int(self.place[1:-1]) if self.place.startswith("[") else None

    @property
    def known(self) -> bool:
        """Whether the name is a function of this library."""
        return self.name.upper() in FUNCTIONS

    @property
    def to_haircut(self) -> bool:
        """Whether it leads to Haircut, as far as the formula tells: not to a sheet or file of another name."""
        return self.place == "" or self.link is not None or is_addin(self.place.strip("'"))


def is_addin(place: str) -> bool:
    r"""Whether a path or address is that of Haircut's add-in for Excel.

    >>> is_addin(r"C:\Users\a\haircut.xlam"), is_addin("Haircut.xlam"), is_addin("other/shorthaircut.xlam")
    (True, True, False)
    """
    return re.split(r"[\\/]", place)[-1].lower() == ADDIN


def calls(formula: str) -> Iterator[Call]:
    r"""Every call in a formula, in whichever form, of a name that begins with ``HC_``.

    >>> [call.name for call in calls("[1]!HC_LTV(A1,_xldudf_hc_dscr(B1,HC.LLCR(1,2)))&\"HC_LTV(\"")]
    ['HC_LTV', 'hc_dscr', 'HC_LLCR']
    """
    if "hc" not in formula.lower():
        return
    for match in _STORED.finditer(formula):
        if match["name"]:
            dotted = match["name"][2] == "."
            call = Call(match["name"].replace(".", "_", 1), match["place"] or "", *match.span())
            if call.known or not dotted:
                yield call


def written(call: Call, form: Form, link: int = 1) -> str:
    """Place, mark and name of a call in another form; ``link`` is the number of the link to the add-in.

    >>> [written(next(calls("HC_LTV(1,2)")), form, 3) for form in Form]
    ['HC_LTV', '[3]!HC_LTV', '_xldudf_HC_LTV', 'HC.LTV']
    """
    if form is Form.CALC:
        return call.name.replace("_", ".", 1)
    mark = {Form.PLAIN: "", Form.ADDIN: f"[{link}]!", Form.WEB: "_xldudf_"}[form]
    return mark + call.name


def with_calls(formula: str, new: Callable[[Call], str]) -> str:
    """A formula with the place, mark and name of each call replaced."""
    pieces, at = [], 0
    for call in calls(formula):
        pieces += [formula[at : call.start], new(call)]
        at = call.end
    return "".join([*pieces, formula[at:]])


def plain(formula: str) -> str:
    r"""A formula with its calls in the plain form, as an engine reads it.

    >>> plain("[1]!HC_LTV(A1,1)+'Q1'!A1&\"[1]!HC_LTV(\"")
    'HC_LTV(A1,1)+\'Q1\'!A1&"[1]!HC_LTV("'
    """
    return with_calls(
        formula,
        lambda call: written(call, Form.PLAIN) if call.to_haircut else formula[call.start : call.end],
    )


def calls_haircut(formula: str) -> bool:
    """Whether a formula calls Haircut, be it a function that this version does not know."""
    return any(call.to_haircut for call in calls(formula))
