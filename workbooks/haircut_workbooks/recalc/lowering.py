"""Formulas rewritten for the default engine, in its own copy only, where it departs from Excel.

Comparisons and criteria go to 15 digits; IRR leaves out blanks; TEXT with an empty format keeps text; Haircut
calls of every stored form become plain names; an argument left out in the middle of one is marked as such;
structured references become cells; a bare range in an ordinary cell is met with ``@``.
"""

import re
from collections.abc import Mapping

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token, TokenizerError

from haircut.functions import FUNCTIONS
from haircut_workbooks.package.address import column_letters
from haircut_workbooks.package.book import Table
from haircut_workbooks.package.forms import plain

COMPARE, ITEM, FIXED, ROUND = "HC__COMPARE", "HC__ITEM", "HC__FIXED", "HC__ROUND"
NUMBERS = "HC__NUMBERS"
OMITTED_TEXT = "HC__OMITTED"
_OPERATORS = {"=", "<>", "<", ">", "<=", ">="}
_STORED = re.compile(
    r"""
    "(?:[^"]|"")*"
    | '(?:[^']|'')*'
    | (?P<future>_xlfn\.(?:_xlws\.)?|_xlws\.)
    | (?P<table>(?:[^\W\d]|\\)[\w.]*)\[(?P<body>(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*)\]
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Marks of newer functions and structured references; text and quoted sheet names are matched first."""
_LITERAL = re.compile(r'"(?:[^"]|"")*"|[-+\d.]*')
_CELL = re.compile(r"(?:.*!)?\$?[A-Z]{1,3}\$?\d+", re.IGNORECASE)
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


def lowered(
    formula: str,
    tables: Mapping[str, Table],
    row: int,
    array: bool = False,
    spills: Mapping[str, str] | None = None,
) -> str:
    """Return a stored formula (without its equals sign) as the engine should read it.

    ``spills`` gives the block that stands for a reference to a spill, where spills do not move.

    >>> lowered("IF(A1>=1.25,1,0)", {}, 1)
    'IF(HC__COMPARE(">=",A1,1.25),1,0)'
    >>> lowered("[1]!HC_DEBT_SCHEDULE(100,0.1,2,B1,,4)", {}, 1)
    'HC_DEBT_SCHEDULE(100,0.1,2,B1,"HC__OMITTED",4)'
    """
    text = stored_plainly(formula, tables, row, future=True)
    try:
        tokens = Tokenizer("=" + text).items
    except (TokenizerError, IndexError):  # a bracket too many is an IndexError
        return text
    return _Lowering(tokens, array, spills or {}).run()


def deepest(formula: str) -> int:
    """How deep the brackets of a formula are nested; text in quotes does not count.

    >>> deepest('IF(A1=")",(B1+(C1)),0)')
    3
    """
    depth = most = 0
    for sign in re.findall(r'"(?:[^"]|"")*"|[()]', formula):
        depth += (sign == "(") - (sign == ")")
        most = max(most, depth)
    return most


def stored_plainly(formula: str, tables: Mapping[str, Table], row: int, future: bool = False) -> str:
    """Return a formula with plain Haircut names and cells for structured references.

    With ``future`` the functions that Excel marks as newer lose their mark.

    >>> stored_plainly("_xldudf_HC_LTV(1,2)+_xlfn.SEQUENCE(3)", {}, 1)
    'HC_LTV(1,2)+_xlfn.SEQUENCE(3)'
    """

    def known(match: re.Match[str]) -> str:
        return match[0] if match["future"] and not future else _plain(match, tables, row)

    return _STORED.sub(known, plain(formula))


class _Lowering:
    def __init__(self, tokens: list[Token], array: bool, spills: Mapping[str, str]) -> None:
        self.tokens, self.at, self.array, self.spills = tokens, 0, array, spills

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
        """A range or name outside every function: an ordinary cell takes the item in its own row or column."""
        text = str(token.value)
        bare = depth == 0 and not self.array and token.type == Token.OPERAND and token.subtype == Token.RANGE
        return f"@{text}" if bare and not _CELL.fullmatch(text) else text

    def bracket(self, opening: Token, depth: int) -> str:
        name = str(opening.value)
        if opening.type == Token.ARRAY:
            return name + self.verbatim_to_close()
        arguments = self.argument_list(depth + (opening.type == Token.FUNC))
        closing = self.tokens[self.at].value if self.at < len(self.tokens) else ""
        self.at = min(self.at + 1, len(self.tokens))
        if name.upper() == "SINGLE(":
            return f"@({arguments[0]})"
        if name.upper() == "ANCHORARRAY(":
            return self.spills.get(arguments[0].replace("$", "").upper(), f"{arguments[0]}#")
        if name.upper() == "TEXT(" and [a.strip() for a in arguments[1:]] == ['""']:
            return f'IF(ISTEXT({arguments[0]}),{arguments[0]},"")'
        if name.upper() in ("IRR(", "MIRR("):
            arguments[0] = f"{NUMBERS}({arguments[0]})"
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
    done = list(arguments)
    for i in range(first, len(arguments) - 1, step):
        if not _whole_columns(arguments[i]):
            done[i] = f"{ROUND}({arguments[i]})"
            if not _LITERAL.fullmatch(arguments[i + 1].strip()):
                done[i + 1] = f"{ROUND}({arguments[i + 1]})"
    return done


def _whole_columns(reference: str) -> bool:
    """Whether a range has no row numbers: too many cells to hand to a function."""
    return ":" in reference and not any(letter.isdigit() for letter in reference.rpartition("!")[2])


def _with_omitted(name: str, arguments: list[str]) -> list[str]:
    """Mark what a Haircut call leaves out, which the engine would hand over as 0."""
    if name[:-1].upper() not in FUNCTIONS or len(arguments) == 1:
        return arguments
    return [text if text.strip() else f'"{OMITTED_TEXT}"' for text in arguments]


def _plain(match: re.Match[str], tables: Mapping[str, Table], row: int) -> str:
    """What a file stores as the engine knows it; text and quoted names as they are."""
    if match["future"]:
        return ""
    table = tables.get((match["table"] or "").casefold())
    return match[0] if table is None else _cells_of(table, match["body"], row) or match[0]


def _cells_of(table: Table, body: str, row: int) -> str:
    """The cells of a structured reference; empty where the table has no such column."""
    parts = (
        re.findall(r"\[((?:[^\[\]']|'.)*)\]", body)
        if "[" in re.sub("'.", "", body)
        else [body.removeprefix("@")]
    )
    items = {part.casefold() for part in parts if part.startswith("#")}
    if body.startswith("@"):
        items.add("#this row")
    names = [re.sub("'(.)", r"\1", part).casefold() for part in parts if part and not part.startswith("#")]
    if not set(names) <= set(table.columns):
        return ""
    places = [table.columns.index(name) for name in names] or [0, len(table.columns) - 1]
    left, right = (column_letters(table.area.left + place) for place in (min(places), max(places)))
    first, last = _rows_of(table, items, row)
    # A formula that is moved keeps its table but for the row it stands in.
    dollar = "" if "#this row" in items else "$"
    corner, opposite = f"${left}{dollar}{first}", f"${right}{dollar}{last}"
    sheet = table.sheet.replace("'", "''")
    return f"'{sheet}'!{corner}" if corner == opposite else f"'{sheet}'!{corner}:{opposite}"


def _rows_of(table: Table, items: set[str], row: int) -> tuple[int, int]:
    top, bottom = table.area.top, table.area.bottom
    first, last = top + table.headers, bottom - table.totals
    if "#this row" in items:
        return row, row
    if items <= {"#data"}:
        return first, last
    return (
        top if items & {"#headers", "#all"} else first if "#data" in items else bottom,
        bottom if items & {"#totals", "#all"} else last if "#data" in items else top,
    )
