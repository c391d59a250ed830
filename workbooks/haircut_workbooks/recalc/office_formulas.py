"""Formulas rewritten for LibreOffice, in its own copy only, where it departs from Excel.

Stored forms of Haircut calls become the form that it knows; structured references become cells; the ranges
handed to a Haircut call become arrays; and a minus sign makes a number of TRUE.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token, TokenizerError

from haircut.functions import FUNCTIONS
from haircut.registry import Function
from haircut_workbooks.package.book import Table
from haircut_workbooks.package.forms import Form, plain, with_calls, written
from haircut_workbooks.recalc.lowering import stored_plainly

_CELL = re.compile(r"(?:.*!)?(\$?[A-Z]{1,3}\$?\d+)", re.IGNORECASE)


def for_office(
    formula: str, tables: Mapping[str, Table], names: Mapping[str, str], row: int, dotted: bool
) -> str:
    """Return a stored formula (without its equals sign) as LibreOffice should read it.

    It would hand over a blank cell as 0 and refuse a range with an error in it; in an array, both arrive.
    ``names`` are the casefolded names that stand for cells, and these cells. ``dotted`` is for offices that
    know a function in a file only as ``HC.DSCR``.

    >>> for_office("[1]!HC_LTV(A1:A9,Rate,3)", {}, {"rate": "Data!$B$1"}, 1, dotted=True)
    'HC.LTV(TRANSPOSE(TRANSPOSE(A1:A9)),TRANSPOSE(TRANSPOSE(Data!$B$1:$B$1)),3)'
    >>> for_office("--(A1>0)", {}, {}, 1, dotted=True)
    '0+--(A1>0)'
    """
    text = stored_plainly(formula, tables, row)
    try:
        tokens = Tokenizer("=" + text).items
    except (TokenizerError, IndexError):  # a bracket too many is an IndexError
        return text
    text = _Rewriting(names).run(tokens)
    return with_calls(text, lambda call: written(call, Form.CALC)) if dotted else text


def whole_call(formula: str) -> Function | None:
    """The Haircut function of a formula that is one call of it and nothing else.

    >>> whole_call("[1]!HC_LTV(A1,(B1))").name, whole_call("HC_LTV(A1,B1)*2")
    ('HC_LTV', None)
    """
    text = plain(formula)
    function = FUNCTIONS.get(text.partition("(")[0].upper())
    if function is None:
        return None
    try:
        tokens = Tokenizer("=" + text).items
    except (TokenizerError, IndexError):
        return None
    depths = list(accumulate((t.subtype == Token.OPEN) - (t.subtype == Token.CLOSE) for t in tokens))
    return function if depths.index(0) == len(tokens) - 1 else None


@dataclass
class _Bracket:
    """An open bracket: whether it is a Haircut call or an array constant, and where its current item starts."""

    start: int
    haircut: bool = False
    constant: bool = False


class _Rewriting:
    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names
        self.pieces: list[str] = []
        self.ranges: set[int] = set()
        self.open = [_Bracket(0)]

    def run(self, tokens: list[Token]) -> str:
        for token in tokens:
            text, inner = str(token.value), self.open[-1]
            if token.subtype == Token.OPEN:
                self.bracket(token)
            elif token.type == Token.SEP or token.subtype == Token.CLOSE:
                self.finish_item(inner)
                self.pieces.append(text)
                inner.start = len(self.pieces)
                if token.subtype == Token.CLOSE and len(self.open) > 1:
                    self.open.pop()
            else:
                if token.type == Token.OP_PRE and len(self.pieces) == inner.start and not inner.constant:
                    text = f"0+{text}"  # here a minus leaves TRUE a truth value; in Excel it becomes a number
                if token.type == Token.OPERAND and token.subtype == Token.RANGE:
                    self.ranges.add(len(self.pieces))
                self.pieces.append(text)
        return "".join(self.pieces)

    def bracket(self, opening: Token) -> None:
        name = str(opening.value)
        haircut = opening.type == Token.FUNC and name[:-1].upper() in FUNCTIONS
        self.pieces.append(name.upper() if haircut else name)
        self.open.append(_Bracket(len(self.pieces), haircut, opening.type == Token.ARRAY))

    def finish_item(self, bracket: _Bracket) -> None:
        """An argument of a Haircut call that is a reference and nothing else becomes an array."""
        item = [i for i in range(bracket.start, len(self.pieces)) if self.pieces[i].strip()]
        if bracket.haircut and len(item) == 1 and item[0] in self.ranges:
            text = self.pieces[item[0]]
            reference = self.names.get(text.casefold(), text)
            if cell := _CELL.fullmatch(reference):
                reference += f":{cell[1]}"
            if ":" in reference:
                self.pieces[item[0]] = f"TRANSPOSE(TRANSPOSE({reference}))"
