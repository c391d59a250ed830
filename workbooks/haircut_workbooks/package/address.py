"""Cell references: text to row and column, and back."""

import re
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")


class Address(NamedTuple):
    """One cell of a workbook; rows and columns count from 1."""

    sheet: str
    row: int
    column: int

    def __str__(self) -> str:
        return f"{self.sheet}!{a1(self.row, self.column)}"


@dataclass(frozen=True)
class Area:
    """A block of cells on one sheet, both corners included."""

    top: int
    left: int
    bottom: int
    right: int

    def __contains__(self, place: tuple[int, int]) -> bool:
        row, column = place
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    @property
    def shape(self) -> tuple[int, int]:
        """How many rows and columns the block has."""
        return self.bottom - self.top + 1, self.right - self.left + 1

    @property
    def size(self) -> int:
        """How many cells the block has."""
        rows, columns = self.shape
        return rows * columns

    @property
    def cells(self) -> list[tuple[int, int]]:
        """Every row and column in the block, row by row."""
        rows, columns = range(self.top, self.bottom + 1), range(self.left, self.right + 1)
        return [(row, column) for row in rows for column in columns]

    def __str__(self) -> str:
        first, last = a1(self.top, self.left), a1(self.bottom, self.right)
        return first if first == last else f"{first}:{last}"


@cache
def column_letters(column: int) -> str:
    """Letters of a column.

    >>> column_letters(1), column_letters(28), column_letters(16384)
    ('A', 'AB', 'XFD')
    """
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@cache
def column_number(letters: bytes) -> int:
    """Number of a column from its capital letters.

    >>> column_number(b"A"), column_number(b"XFD")
    (1, 16384)
    """
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def a1(row: int, column: int) -> str:
    """Text of a cell reference.

    >>> a1(12, 3)
    'C12'
    """
    return f"{column_letters(column)}{row}"


def parse_cell(text: str) -> tuple[int, int]:
    """Row and column of a cell reference; ValueError if it is none.

    >>> parse_cell("$AB$7")
    (7, 28)
    """
    match = _CELL.fullmatch(text)
    if match is None:
        raise ValueError(f'"{text}" is not a cell reference')
    row, column = int(match[2]), column_number(match[1].upper().encode())
    if row > LAST_ROW or column > LAST_COLUMN:
        raise ValueError(f'"{text}" lies outside the sheet')
    return row, column


def parse_area(text: str) -> Area:
    """Area of a cell or range reference; ValueError if it is none.

    >>> str(parse_area("$B$2:C9"))
    'B2:C9'
    """
    first, _, last = text.partition(":")
    top, left = bottom, right = parse_cell(first)
    if last:
        bottom, right = parse_cell(last)
    return Area(min(top, bottom), min(left, right), max(top, bottom), max(left, right))
