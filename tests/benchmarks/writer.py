"""Target D3: writing three inputs and up to 8,000 results into a workbook, beside openpyxl's load and save.

Twice: from a file's bytes to a file's bytes, and into a workbook that is open, as a portfolio is regenerated.

Run with ``python tests/benchmarks/writer.py [FOLDER]``: over every workbook of a folder, or over some made here.
Both write the same cells and first have to agree on what was written; then 9 rounds of each in turn, and the
median of the paired ratios, for each workbook and over all. No time is asserted anywhere.
"""

import io
import sys
import time
import warnings
from itertools import islice
from pathlib import Path
from statistics import median

import openpyxl
import xlsxwriter

from haircut_workbooks.package.address import Address
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.container import WorkbookRefused
from haircut_workbooks.package.splice import Edit, splice

ROUNDS, INPUTS, RESULTS = 9, 3, 8_000


def made(sheets, rows, columns):
    """A workbook of styled numbers and formulas, with a note and a chart on each sheet."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
        money = workbook.add_format({"num_format": "#,##0.00"})
        for i in range(sheets):
            sheet = workbook.add_worksheet(f"S{i}")
            for row in range(rows):
                sheet.write(row, 0, row * 1.5, money)
                sheet.write(row, 1, f"label {row}")
                for column in range(2, columns):
                    sheet.write_formula(row, column, f"=A{row + 1}*{column}", money, row * 1.5 * column)
            chart = workbook.add_chart({"type": "line"})
            chart.add_series({"values": f"=S{i}!$C$1:$C${rows}"})
            sheet.insert_chart("N2", chart)
            sheet.write_comment("B1", "note")
    return file.getvalue()


def chosen(data):
    """The edits: new numbers in the first input cells, and another result in each formula cell."""
    book = Book(data, "book")
    cells = [(Address(s, *place), cell) for s in book.sheets for place, cell in book.scan(s).cells.items()]
    blocks = {(s, place) for s in book.sheets for _, area in book.scan(s).arrays for place in area.cells}
    free = [a for a, cell in cells if cell.formula is None and isinstance(book.cached(cell), float)]
    inputs = islice((a for a in free if (a.sheet, a[1:]) not in blocks), INPUTS)
    formulas = [a for a, cell in cells if cell.formula is not None and (a.sheet, a[1:]) not in blocks]
    edits = {address: Edit(i + 0.25) for i, address in enumerate(inputs)}
    return edits | {a: Edit(i + 0.5, keep_formula=True) for i, a in enumerate(formulas[:RESULTS])}


def in_place(data, edits):
    return splice(Book(data, "book"), edits)


def load_and_save(data, macros):
    file = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(data), keep_vba=macros).save(file)
    return file.getvalue()


def check(data, edits):
    """Every edit is read back by openpyxl, and nothing else has moved."""
    before, after = (
        openpyxl.load_workbook(io.BytesIO(d), data_only=True) for d in (data, in_place(data, edits))
    )
    for sheet in before.sheetnames:
        if sheet in Book(data, "book").sheets:
            for old, new in zip(before[sheet].iter_rows(), after[sheet].iter_rows(), strict=True):
                for a, b in zip(old, new, strict=True):
                    edit = edits.get(Address(sheet, a.row, a.column))
                    assert str(b.value) == str(a.value) or edit is not None, (sheet, a.coordinate)
                    if edit is not None and b.is_date is False:
                        assert b.value == edit.value, (sheet, a.coordinate, b.value)


def seconds(act, *args):
    start = time.perf_counter()
    act(*args)
    return time.perf_counter() - start


def measure(name, data, macros=False):
    """One line for a workbook; both median ratios, or None where one of the two refuses the workbook."""
    try:
        edits = chosen(data)
        check(data, edits)
    except (WorkbookRefused, KeyError, ValueError, TypeError) as error:
        print(f"{name:50.50} left out: {error!s:.90}")
        return None
    opened = Book(data, name)
    splice(opened, edits)  # what is found once for all the deals of a portfolio
    rounds = [
        (
            seconds(in_place, data, edits),
            seconds(splice, opened, edits),
            seconds(load_and_save, data, macros),
        )
        for _ in range(ROUNDS)
    ]
    file = median(theirs / ours for ours, _, theirs in rounds)
    open_ = median(theirs / ours for _, ours, theirs in rounds)
    ours, alone, theirs = (median(times) * 1e3 for times in zip(*rounds, strict=True))
    print(
        f"{name:40.40} {len(edits):6,} cells {ours:7.1f} ms, open {alone:7.1f} ms, openpyxl {theirs:7.1f} ms: "
        f"{file:6.1f} and {open_:6.1f} times",
        flush=True,
    )
    return file, open_


def main():
    warnings.simplefilter("ignore")  # openpyxl's, about what it loses
    if len(sys.argv) > 1:
        paths = sorted(Path(sys.argv[1]).glob("*.xls[xm]"))
        ratios = [measure(p.name, p.read_bytes(), p.suffix == ".xlsm") for p in paths]
    else:
        sizes = [(2, 60, 8), (6, 200, 9), (3, 800, 12), (1, 50, 200)]
        ratios = [measure(f"{s} sheets of {r} x {c}", made(s, r, c)) for s, r, c in sizes]
    known = [ratio for ratio in ratios if ratio is not None]
    file, open_ = (median(column) for column in zip(*known, strict=True))
    print(
        f"median of {len(known)} workbooks: {file:.1f} times as fast as openpyxl's load and save, {open_:.1f} open"
    )


if __name__ == "__main__":
    main()
