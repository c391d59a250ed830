"""Real workbooks: three inputs set, recalculated or refused, and nothing else changed.

Run with ``python tests/corpus/survey.py FOLDER [PART OF A NAME ...]``; the folder holds workbooks saved by Excel.
For each it prints whether both engines calculate it and how many formulas come to the value that Excel had
cached, then sets three inputs, compares the result part by part, and lets LibreOffice open what was written,
if that is installed and opened the original. Nothing in the project needs such a folder.
"""

import shutil
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path

from haircut_workbooks.package.address import Address
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.container import WorkbookRefused
from haircut_workbooks.package.inputs import edits_of
from haircut_workbooks.package.rules import InputRefused, check_place, check_unsigned
from haircut_workbooks.package.splice import splice
from haircut_workbooks.recalc.engine import RecalculationFailed
from haircut_workbooks.recalc.formualizer_engine import Formualizer
from haircut_workbooks.recalc.inspection import VOLATILE
from haircut_workbooks.recalc.mentions import mentions
from haircut_workbooks.recalc.recalculate import recalculate, verify
from haircut_workbooks.recalc.replay import agree

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.package.differences import calculated_cells, differences

INPUTS = 3
EXCEL_STOPS_AT = 1e-6
"""Excel's IRR, and its loops, stop where the next step is small; it also shows tiny differences as 0."""


def same(cached, value):
    """Whether a value is what Excel had cached."""
    if isinstance(cached, float) and isinstance(value, float):
        return abs(cached - value) <= EXCEL_STOPS_AT * max(1.0, abs(cached))
    return agree(cached, value)


def free_inputs(book):
    """The first numbers that an analyst might type over."""
    for sheet in book.sheets:
        for place, cell in book.scan(sheet).cells.items():
            address = Address(sheet, *place)
            if cell.formula is None and isinstance(book.cached(cell), float):
                try:
                    check_place(book, address)
                except InputRefused:
                    continue
                yield address


def surveyed(book, path):
    """What became of a workbook: recalculated or why not, formulas equal to Excel's, and the changed book."""
    inputs = {address: book.value(address) + 1.0 for address in islice(free_inputs(book), INPUTS)}
    formulas = book.formulas()
    said, equal, done = "no formulas", "", None
    for iterate in (False, True) if formulas else ():
        try:
            engine = Formualizer(book, iterate)
            values = engine.recalculate({}).values
            equal = f"{sum(same(book.value(a), v) for a, v in values.items()):,} of {len(values):,}"
            verify(recalculate(engine, book, {}, iterate).book, iterate)
            done = recalculate(engine, book, inputs, iterate).book
            said = "two engines" + (" with --iterate" if iterate and not book.iterates else "")
            break
        except RecalculationFailed as error:
            said = "refused: " + str(error).removeprefix(f"{path}: ")
            if "--iterate" not in said:
                break
    if done is None:
        done = book.changed(splice(book, edits_of(inputs)))
    lines = differences(book, done, set(inputs) | calculated_cells(book))
    volatile = sum(bool(VOLATILE & set(mentions(text).functions)) for text in formulas.values())
    return said, equal, volatile, lines, done, len(inputs)


def opened_by_libreoffice(paths, folder):
    """The names that LibreOffice could open and save again, all in one process."""
    if shutil.which("soffice") is None or not paths:
        return None
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "ods",
        "--outdir",
        str(folder),
        *map(str, paths),
    ]
    for _ in range(2):  # a fresh profile's first start may end at once
        subprocess.run(command, capture_output=True, timeout=1500)
    return {path.stem for path in folder.glob("*.ods")}


def main():
    folder, parts = Path(sys.argv[1]), sys.argv[2:]
    paths = [
        p for p in sorted(folder.glob("*.xls[xm]")) if not parts or any(part in p.name for part in parts)
    ]
    bad = 0
    with tempfile.TemporaryDirectory() as scratch:
        written = []
        for path in paths:
            try:
                book = Book.open(path)
                check_unsigned(book)
                said, equal, volatile, lines, done, count = surveyed(book, path)
                done.write(Path(scratch) / path.name)
                written.append(Path(scratch) / path.name)
            except WorkbookRefused as error:
                said, equal, volatile, lines, count = f"refused: {error}", "", 0, [], 0
            bad += bool(lines)
            nothing_else = f"{count} inputs set, nothing else differs" if not lines else "; ".join(lines)
            print(
                f"{path.name[:44]:44} | {said[:120]} | {equal} | {volatile} volatile | {nothing_else}",
                flush=True,
            )
        (Path(scratch) / "before").mkdir()
        (Path(scratch) / "after").mkdir()
        before = opened_by_libreoffice(paths, Path(scratch) / "before")
        after = opened_by_libreoffice(written, Path(scratch) / "after")
        if before is None:
            print("LibreOffice is not installed: opening was not tried")
        else:
            lost = before & {path.stem for path in written} - after
            print(
                f"LibreOffice opens {len(before)} originals and {len(after)} results; no longer: {sorted(lost)}"
            )
            bad += len(lost)
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
