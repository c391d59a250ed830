"""Formulas rewritten for the default engine, in its own copy only, where it departs from Excel.

Comparisons and criteria go to 15 digits; stored forms of Haircut calls (``[1]!``, ``_xll.``, ``_xldudf_``)
become plain names; an argument left out in the middle of a Haircut call is marked as such;
structured references become cells; a bare range in an ordinary cell is met with ``@``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token, TokenizerError

from haircut.functions import FUNCTIONS
from haircut_workbooks.package.address import Area, a1

COMPARE, ROUND = "HC__COMPARE", "HC__ROUND"
OMITTED_TEXT = "HC__OMITTED"
_OPERATORS = {"=", "<>", "<", ">", "<=", ">="}
_STORED_FORM = re.compile(r"(?:\[\d+\]!|'[^']*\.xlam'!|_xldudf_|_xll\.)(?=HC_)", re.IGNORECASE)
_FUTURE = re.compile(r"_xlfn\.(?:_xlws\.)?|_xlws\.", re.IGNORECASE)
_CRITERIA = {
    "COUNTIF(": (0, 2),
    "COUNTIFS(": (0, 2),
    "SUMIF(": (0, 9),
    "AVERAGEIF(": (0, 9),
    "SUMIFS(": (1, 2),
    "AVERAGEIFS(": (1, 2),
    "MAXIFS(": (1, 2),
    "MINIFS(": (1, 2),
}
"""First criteria range of each function and the step to the next."""
_STRUCTURED = re.compile(r"([A-Za-z_\\][\w.]*)\[((?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*)\]")


@dataclass(frozen=True)
class Table:
    """A table of the workbook, as structured references see it."""

    sheet: str
    area: Area
    headers: int
    totals: int
    columns: tuple[str, ...]


def lowered(formula: str, tables: Mapping[str, Table], row: int, array: bool = False) -> str:
    """Return a stored formula (without its equals sign) as the engine should read it.

    >>> lowered("IF(A1>=1.25,1,0)", {}, 1)
    'IF(HC__COMPARE(">=",A1,1.25),1,0)'
    >>> lowered("[1]!HC_DEBT_SCHEDULE(100,0.1,2,B1,,4)", {}, 1)
    'HC_DEBT_SCHEDULE(100,0.1,2,B1,"HC__OMITTED",4)'
    """
    text = _FUTURE.sub("", _STORED_FORM.sub("", formula))
    if "[" in text and tables:
        text = _STRUCTURED.sub(lambda match: _cells_of(match, tables, row), text)
    try:
        tokens = Tokenizer("=" + text).items
    except TokenizerError:
        return text
    return _Lowering(tokens, array).run()


class _Lowering:
    def __init__(self, tokens: list[Token], array: bool) -> None:
        self.tokens, self.at, self.array = tokens, 0, array

    def run(self) -> str:
        return self.argument_list(depth=0)[0]

    def argument_list(self, depth: int) -> list[str]:
        """The arguments up to the closing bracket, or the whole formula."""
        arguments = []
        while True:
            arguments.append(self.expression(depth))
            if self.at == len(self.tokens) or self.tokens[self.at].type != Token.SEP:
                return arguments
            self.at += 1

    def expression(self, depth: int) -> str:
        """One argument: the comparisons in it, left to right, become calls."""
        text, operands, operators = "", [], []
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token.type == Token.SEP or token.subtype == Token.CLOSE:
                break
            self.at += 1
            if token.subtype == Token.OPEN:
                text += self.bracket(token, depth)
            elif token.type == Token.OP_IN and token.value in _OPERATORS:
                operands.append(text.strip())
                operators.append(token.value)
                text = ""
            else:
                text += self.operand(token, depth)
        if not operators:
            return text
        result, *rest = [*operands, text.strip()]
        for operator, operand in zip(operators, rest, strict=True):
            result = f'{COMPARE}("{operator}",{result},{operand})'
        return result

    def operand(self, token: Token, depth: int) -> str:
        bare_range = (
            depth == 0 and not self.array and token.type == Token.OPERAND and token.subtype == Token.RANGE
        )
        return f"@{token.value}" if bare_range and ":" in token.value else str(token.value)

    def bracket(self, opening: Token, depth: int) -> str:
        name = str(opening.value)
        if opening.type in (Token.ARRAY, "ARRAYROW"):
            return name + self.verbatim_to_close()
        arguments = self.argument_list(depth + (opening.type == Token.FUNC))
        closing = self.tokens[self.at].value if self.at < len(self.tokens) else ")"
        self.at += 1
        if opening.type == Token.FUNC:
            arguments = _with_omitted(name, _rounded_criteria(name, arguments))
        return name + ",".join(arguments) + str(closing)

    def verbatim_to_close(self) -> str:
        text, level = "", 1
        while level and self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            level += (token.subtype == Token.OPEN) - (token.subtype == Token.CLOSE)
            text += str(token.value)
        return text


def _rounded_criteria(name: str, arguments: list[str]) -> list[str]:
    if name.upper() not in _CRITERIA:
        return arguments
    first, step = _CRITERIA[name.upper()]
    return [
        f"{ROUND}({text})" if i >= first and (i - first) % step == 0 and not _whole_columns(text) else text
        for i, text in enumerate(arguments)
    ]


def _whole_columns(reference: str) -> bool:
    """Whether a range has no row numbers: too many cells to hand to a function."""
    return ":" in reference and not any(letter.isdigit() for letter in reference.rpartition("!")[2])


def _with_omitted(name: str, arguments: list[str]) -> list[str]:
    """Mark what a Haircut call leaves out, which the engine would hand over as 0."""
    if name[:-1].upper() not in FUNCTIONS or len(arguments) == 1:
        return arguments
    return [text if text.strip() else f'"{OMITTED_TEXT}"' for text in arguments]


def _cells_of(match: re.Match[str], tables: Mapping[str, Table], row: int) -> str:
    table = tables.get(match[1].casefold())
    if table is None:
        return match[0]
    body = match[2]
    parts = re.findall(r"\[((?:[^\[\]']|'.)*)\]", body) if "[" in body else [body]
    items = {part.casefold() for part in parts if part.startswith("#")}
    names = [part for part in parts if part and not part.startswith("#")]
    if body.startswith("@"):
        items.add("#this row")
        names = [name.lstrip("@") for name in names]
    places = [table.columns.index(name.replace("'", "").casefold()) for name in names]
    left = table.area.left + (min(places) if places else 0)
    right = table.area.left + max(places) if places else table.area.right
    first, last = table.area.top + table.headers, table.area.bottom - table.totals
    if "#this row" in items:
        first = last = row
    elif "#headers" in items:
        first = last = table.area.top
    elif "#totals" in items:
        first = last = table.area.bottom
    elif "#all" in items:
        first, last = table.area.top, table.area.bottom
    sheet = table.sheet.replace("'", "''")
    corner, opposite = a1(first, left), a1(last, right)
    return f"'{sheet}'!{corner}" if corner == opposite else f"'{sheet}'!{corner}:{opposite}"
