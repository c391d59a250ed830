"""Names that stand for a formula or a constant, which the engines do not know, put into the formulas that use them."""

from functools import partial

from haircut_workbooks.package.address import Address
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.sheet import LONGEST_FORMULA
from haircut_workbooks.package.splice import Edit, splice
from haircut_workbooks.recalc.mentions import mentions, with_names


def without_formula_names(book: Book) -> Book:
    """Return a workbook in whose formulas each such name is replaced by what it stands for, in brackets.

    Left as they are: names that move with the cell they are used in, reach into another workbook, stand for
    themselves, or would make a formula longer than any may be.
    """
    names = _Names(book)
    edits: dict[Address, Edit] = {}
    for sheet in book.sheets if names.texts else ():
        followers = book.shared_formulas(sheet)
        for place, cell in book.scan(sheet).cells.items():
            if cell.formula is not None:
                text = followers.get(place, cell.formula.text)
                plain = names.put_into(text, sheet)
                if plain != text and len(plain) <= LONGEST_FORMULA:
                    edits[Address(sheet, *place)] = Edit(book.cached(cell), True, cell.formula.area, plain)
    return book.changed(splice(book, edits)) if edits else book


class _Names:
    """What each name stands for that is neither cells nor a function, by the sheet that sees it."""

    def __init__(self, book: Book) -> None:
        self.texts: dict[tuple[str | None, str], str] = {}
        self._meanings: dict[tuple[str, str], str | None] = {}
        for name in book.names:
            said = mentions(name.text)
            moves = any(block.sheet is None or any(block.moves) for block in said.blocks)
            if name.target is None and name.text and not (moves or said.linked or "LAMBDA" in said.functions):
                self.texts[name.sheet, name.name.casefold()] = name.text

    def put_into(self, text: str, sheet: str) -> str:
        """A formula on a sheet, each name in it replaced."""
        return with_names(text, partial(self._meaning, sheet))

    def _meaning(self, sheet: str, name: str) -> str | None:
        key = name.casefold()
        if (sheet, key) not in self._meanings:
            self._meanings[sheet, key] = None  # what a name means inside its own text
            text = self.texts.get((sheet, key), self.texts.get((None, key)))
            if text is not None:
                plain = self.put_into(text, sheet)
                self._meanings[sheet, key] = plain if len(plain) <= LONGEST_FORMULA else None
        return self._meanings[sheet, key]
