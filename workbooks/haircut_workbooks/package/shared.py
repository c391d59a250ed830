"""Shared formulas: the file holds the text once, at the master, and each follower reads it moved.

Spreadsheet readers that move the text themselves take a quoted sheet name such as ``'Q1 2026'`` for a cell
and move that too, so both engines are given the text of every follower.
"""

from functools import lru_cache

from openpyxl.formula.tokenizer import TokenizerError
from openpyxl.formula.translate import Translator, TranslatorError

from haircut_workbooks.package.address import a1
from haircut_workbooks.package.sheet import Cell, Scan, SheetError


def follower_formulas(scan: Scan) -> dict[tuple[int, int], str]:
    """Return the text that each follower of a shared formula stands for.

    Raises
    ------
    SheetError
        A follower has no master, or its formula would reach outside the sheet.
    """
    masters: dict[str, Cell] = {}
    followers: list[tuple[str, Cell]] = []
    for cell in scan.cells.values():
        if cell.formula is not None and cell.formula.attributes.get("t") == "shared":
            group = cell.formula.attributes.get("si", "")
            if cell.formula.text:
                masters.setdefault(group, cell)
            else:
                followers.append((group, cell))
    texts = {}
    for group, cell in followers:
        master = masters.get(group)
        if master is None or master.formula is None:
            raise SheetError(f"the shared formula in {a1(cell.row, cell.column)} has no master")
        try:
            text = _moved(master.formula.text, cell.row - master.row, cell.column - master.column)
        except (TranslatorError, TokenizerError, IndexError):
            place = a1(cell.row, cell.column)
            raise SheetError(f"the shared formula in {place} reaches outside the sheet or is none") from None
        texts[cell.row, cell.column] = text
    return texts


@lru_cache(maxsize=1 << 16)
def _moved(text: str, rows: int, columns: int) -> str:
    """A formula as it reads some rows down and columns right; kept, for a batch meets the same book often.

    >>> _moved("'Q1 2026'!B2*$A$1", 1, 0)
    "'Q1 2026'!B3*$A$1"
    """
    moved = Translator(f"={text}", origin="A1").translate_formula(row_delta=rows, col_delta=columns)
    return str(moved)[1:]
