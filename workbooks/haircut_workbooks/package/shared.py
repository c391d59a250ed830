"""Shared formulas: the file holds the text once, at the master, and each follower reads it moved.

Spreadsheet readers that move the text themselves take a quoted sheet name such as ``'Q1 2026'`` for a cell
and move that too, so both engines are given the text of every follower.
"""

from collections import defaultdict
from collections.abc import Collection
from functools import lru_cache

from openpyxl.formula.tokenizer import TokenizerError
from openpyxl.formula.translate import Translator, TranslatorError

from haircut_workbooks.package.address import Area, a1
from haircut_workbooks.package.sheet import Cell, Scan, SheetError


def follower_formulas(scan: Scan) -> dict[tuple[int, int], str]:
    """Return the text that each follower of a shared formula stands for.

    Raises
    ------
    SheetError
        A follower has no master, or its formula would reach outside the sheet.
    """
    masters, followers = _groups(scan)
    texts = {}
    for group, cells in followers.items():
        for cell in cells:
            if group not in masters:
                raise SheetError(f"the shared formula in {a1(cell.row, cell.column)} has no master")
            texts[cell.row, cell.column] = _text_at(masters[group], cell)
    return texts


def new_masters(scan: Scan, gone: Collection[tuple[int, int]]) -> dict[tuple[int, int], tuple[str, Area]]:
    """Return who inherits each shared formula whose master goes: its text there, and the block that is left.

    Raises
    ------
    SheetError
        The formula would reach outside the sheet.
    """
    masters, followers = _groups(scan)
    heirs = {}
    for group, master in masters.items():
        left = [cell for cell in followers[group] if (cell.row, cell.column) not in gone]
        if (master.row, master.column) in gone and left:
            heir = min(left, key=lambda cell: (cell.row, cell.column))
            rows, columns = [cell.row for cell in left], [cell.column for cell in left]
            area = Area(min(rows), min(columns), max(rows), max(columns))
            heirs[heir.row, heir.column] = _text_at(master, heir), area
    return heirs


def _groups(scan: Scan) -> tuple[dict[str, Cell], dict[str, list[Cell]]]:
    """The master of each shared formula, and its followers."""
    masters: dict[str, Cell] = {}
    followers: dict[str, list[Cell]] = defaultdict(list)
    for cell in scan.cells.values():
        if cell.formula is not None and cell.formula.attributes.get("t") == "shared":
            group = cell.formula.attributes.get("si", "")
            if cell.formula.text:
                masters.setdefault(group, cell)
            else:
                followers[group].append(cell)
    return masters, followers


def _text_at(master: Cell, cell: Cell) -> str:
    assert master.formula is not None
    try:
        return _moved(master.formula.text, cell.row - master.row, cell.column - master.column)
    except (TranslatorError, TokenizerError, IndexError):
        place = a1(cell.row, cell.column)
        raise SheetError(f"the shared formula in {place} reaches outside the sheet or is none") from None


@lru_cache(maxsize=1 << 16)
def _moved(text: str, rows: int, columns: int) -> str:
    """A formula as it reads some rows down and columns right; kept, for a batch meets the same book often.

    >>> _moved("'Q1 2026'!B2*$A$1", 1, 0)
    "'Q1 2026'!B3*$A$1"
    """
    moved = Translator(f"={text}", origin="A1").translate_formula(row_delta=rows, col_delta=columns)
    return str(moved)[1:]
