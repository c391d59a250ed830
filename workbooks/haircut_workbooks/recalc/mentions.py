"""What a formula's text mentions: functions, cells and ranges, names, other workbooks."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from haircut_workbooks.package.address import LAST_COLUMN, LAST_ROW, Area, column_number

_MENTION = re.compile(
    r"""
    "(?:[^"]|"")*+"
    | (?P<table>(?:[^\W\d]|\\)[\w.]*+)?\[(?P<body>(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*+\])*+)\]
          (?P<linked>[^!\[\](),+*/^&=<>"]*![$\w:.]*+)?
    | (?:(?P<sheet>'(?:[^']|'')++'|[^\W\d][\w.]*+)!)?
      (?: (?P<cells>\$?[A-Z]{1,3}\$?\d{1,7}(?::\$?[A-Z]{1,3}\$?\d{1,7})?) (?![\w.(!])
        | (?P<columns>\$?[A-Z]{1,3}:\$?[A-Z]{1,3}) (?![\w.(!])
        | (?P<rows>\$?\d{1,7}:\$?\d{1,7}) (?![\w.(!]) )
    | (?P<call>[^\W\d][\w.]*+)\(
    | (?P<word>(?:[^\W\d]|\\)[\w.?\\]*+)
    | \d[\w.]*+
    """,
    re.VERBOSE | re.IGNORECASE,
)
_CORNER = re.compile(r"(\$?)([A-Z]{0,3})(\$?)(\d*)", re.IGNORECASE)
_PREFIX = re.compile(r"_XLFN\.(?:_XLWS\.)?|_XLWS\.|_XLL\.|_XLDUDF_")


@dataclass(frozen=True)
class Mentioned:
    """A block that a formula reads; ``moves`` says which of top, left, bottom, right move with the formula."""

    sheet: str | None
    area: Area
    moves: tuple[bool, bool, bool, bool]

    def seen_from(self, rows: int, columns: int) -> Area:
        """The block that the formula reads once it stands some rows down and columns right."""
        a, (top, left, bottom, right) = self.area, self.moves
        return Area(
            a.top + rows * top, a.left + columns * left, a.bottom + rows * bottom, a.right + columns * right
        )


@dataclass
class Mentions:
    """All that one formula mentions; names and table columns as written, functions in capitals."""

    functions: list[str] = field(default_factory=list)
    blocks: list[Mentioned] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    linked: bool = False


@lru_cache(maxsize=1 << 14)
def mentions(formula: str) -> Mentions:
    """Return what a stored formula (without its equals sign) mentions; text in quotes is skipped.

    >>> found = mentions("SUM('My sheet'!$B$2:C9, Rate) + _xlfn.XLOOKUP(1, A:A, deals[Debt])")
    >>> found.functions, [(block.sheet, str(block.area)) for block in found.blocks], found.names, found.tables
    (['SUM', 'XLOOKUP'], [('My sheet', 'B2:C9'), (None, 'A1:A1048576')], ['Rate'], ['deals'])
    """
    found = Mentions()
    for match in _MENTION.finditer(formula):
        if match["call"]:
            found.functions.append(_PREFIX.sub("", match["call"].upper()))
        elif match["cells"] or match["columns"] or match["rows"]:
            sheet = match["sheet"]
            if sheet is not None and "[" in sheet:
                found.linked = True
                continue
            name = sheet.strip("'").replace("''", "'") if sheet is not None else None
            block = _block(name, match["cells"] or match["columns"] or match["rows"])
            if block is None:
                found.names.append(match[0])
            else:
                found.blocks.append(block)
        elif match["table"]:
            found.tables.append(match["table"])
        elif match["body"] is not None:
            found.linked = found.linked or bool(match["linked"])
        elif match["word"] and match["word"].upper() not in ("TRUE", "FALSE"):
            found.names.append(match["word"])
    return found


def with_names(formula: str, meaning: Callable[[str], str | None]) -> str:
    """Put what a name means, in brackets, in place of each name that means something.

    >>> with_names('Rate*SUM(Rates)&"Rate"', {"Rate": "0.25"}.get)
    '(0.25)*SUM(Rates)&"Rate"'
    """

    def put(match: re.Match[str]) -> str:
        qualified = "!" in (
            formula[match.start() - 1 : match.start()],
            formula[match.end() : match.end() + 1],
        )
        meant = meaning(match["word"]) if match["word"] and not qualified else None
        return match[0] if meant is None else f"({meant})"

    return _MENTION.sub(put, formula)


def _block(sheet: str | None, text: str) -> Mentioned | None:
    first, _, last = text.partition(":")
    corners = [_CORNER.fullmatch(corner) for corner in (first, last or first)]
    places, moves = [], []
    for match, row_limit, column_limit in zip(corners, (1, LAST_ROW), (1, LAST_COLUMN), strict=True):
        if match is None:
            return None
        column = column_number(match[2].upper().encode()) if match[2] else column_limit
        places.append((int(match[4]) if match[4] else row_limit, column))
        # In a whole column the dollar of the letters is the first group; whole rows have theirs there too.
        moves.append(
            (
                bool(match[4]) and not (match[3] or (not match[2] and match[1])),
                bool(match[2]) and not match[1],
            )
        )
    (top, left), (bottom, right) = places
    if max(top, bottom) > LAST_ROW or max(left, right) > LAST_COLUMN:
        return None
    area = Area(min(top, bottom), min(left, right), max(top, bottom), max(left, right))
    return Mentioned(sheet, area, (moves[0][0], moves[0][1], moves[1][0], moves[1][1]))


RANDOM = {"RAND", "RANDBETWEEN", "RANDARRAY"}
VOLATILE = {"NOW", "TODAY", "OFFSET", "INDIRECT", "CELL", "INFO"} | RANDOM
"""Functions that Excel calculates again each time, whatever they read."""
