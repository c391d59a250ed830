"""Attach a stress sheet to every workbook of a folder and take it out again; print what happened, a line each.

Run: python tests/corpus/attach_survey.py FOLDER. Where no label says what is CFADS, any two rows of numbers
serve: it is the bytes that are surveyed.
"""

import sys
import time
from pathlib import Path

from haircut_workbooks.attach.mapping import MappingError, Source, mapped
from haircut_workbooks.attach.propose import proposed
from haircut_workbooks.attach.removal import detached
from haircut_workbooks.attach.stress import attached
from haircut_workbooks.package.address import Area
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.container import WorkbookRefused
from haircut_workbooks.recalc.engine import RecalculationFailed

RUNS = ((0, 3), (0, 1), (3, 0), (1, 0))
"""How many rows down and columns right a run of numbers reaches, the longest first."""


def any_rows(book):
    """The first run of numbers, none negative and not all of them 0, as both cash and debt service."""
    for down, right in RUNS:
        for sheet in book.sheets:
            for row, column in book.scan(sheet).cells:
                area = Area(row, column, row + down, column + right)
                numbers = [book.value(cell) for cell in Source(sheet, area).cells]
                if all(isinstance(n, float) and n >= 0 for n in numbers) and any(numbers):
                    return {item: str(Source(sheet, area)) for item in ("cfads", "debt_service")}
    raise MappingError(f"{book.name}: no two numbers side by side")


def parts_of(book):
    return {part: book.container.read(part) for part in book.container.parts}


def surveyed(path):
    """What became of one workbook: how it was mapped, which parts changed, whether they came back."""
    book = Book.open(path)
    how = "labels"
    try:
        texts = {item: found.text for item, found in proposed(book).items()}
    except MappingError:
        how, texts = "any rows", any_rows(book)
    start = time.perf_counter()
    with_sheet = attached(book, mapped(book, texts))
    took = time.perf_counter() - start
    before, during, after = parts_of(book), parts_of(with_sheet), parts_of(detached(with_sheet))
    changed = [part for part, data in before.items() if during[part] != data]
    back = "same bytes" if after == before else "DIFFERS"
    return how, f"{len(changed)} of {len(before)}", f"{len(during) - len(before)}", back, f"{took:.1f} s"


def main(folder):
    print(f"{'workbook':<52}{'mapped by':<11}{'changed':<11}{'added':<7}{'taken out':<12}{'took':<6}")
    for path in sorted(folder.glob("*.xls?")):
        try:
            how, changed, added, back, took = surveyed(path)
        except (MappingError, WorkbookRefused, RecalculationFailed) as error:
            print(f"{path.name[:50]:<52}refused: {str(error).removeprefix(str(path))[:120]}")
            continue
        print(f"{path.name[:50]:<52}{how:<11}{changed:<11}{added:<7}{back:<12}{took:<6}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
