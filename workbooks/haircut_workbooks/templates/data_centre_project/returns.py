"""Sheet Returns: two rates found by halving, so that every engine finds the same: the owners', and the new lender's break."""

from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.templates.lines import Timeline
from haircut_workbooks.templates.sheets import GREY, TemplateBook, a1

STEPS = 40
HEAD, FIRST = 5, 6
SEARCHES = (
    ("Owners_Rate", "Owners' cash flow", "{owners:}", 1),
    ("Refi_Break", "The balloon lent, and what the new lender's cash repays of it", "{refi_flow:}", 6),
)
"""Name of what is found, the flows and their line, first column."""


def add_returns(book: TemplateBook, time: Timeline) -> None:
    """The rate a half-year at which each of two flows is worth nothing."""
    sheet = book.sheet("Returns", "Returns", "The rate at which the flows are worth nothing, found by halving between two ends; #N/A where it lies beyond them.", [2, 8, 14, 14, 14, 3, 8, 14, 14, 14])  # fmt: skip
    sheet.write_formula(2, 1, "=Deal", book.style(bold=True))
    for name, title, flows, column in SEARCHES:
        _search(book, sheet, name, title, time.text(f"SUMPRODUCT({flows}/(1+RATE)^{{period:}})"), column)


def _search(book: TemplateBook, sheet: Worksheet, name: str, title: str, worth: str, column: int) -> None:
    book.section(sheet, HEAD - 1, title, 4, column)
    book.heading(sheet, HEAD, ["Step", "Lower end", "Upper end", "Above 0"], column)
    step, low, high, positive = range(column, column + 4)
    for i in range(STEPS):
        row = FIRST + i
        middle = f"AVERAGE({a1(row + 1, low + 1)},{a1(row + 1, high + 1)})"
        before = [a1(row, place + 1) for place in (low, high, positive)]
        ends = ["=Least_Rate", "=Most_Rate"]
        if i:
            half = f"AVERAGE({before[0]},{before[1]})"
            ends = [f"=IF({before[2]}=1,{half},{before[0]})", f"=IF({before[2]}=1,{before[1]},{half})"]
        sheet.write(row, step, i + 1, book.style("count", font_color=GREY))
        for place, formula in zip((low, high), ends, strict=True):
            book.formula(sheet, row, place, formula, "number")
        at_middle = worth.replace("RATE", middle)
        sheet.write_formula(row, positive, f"=IF({at_middle}>0,1,0)", book.style("flag"))
    last = FIRST + STEPS
    at_ends = (worth.replace("RATE", end) for end in ("Least_Rate", "Most_Rate"))
    inside = "AND({}>0,{}<0)".format(*at_ends)
    sheet.write(last + 1, column, "Found", book.style(bold=True))
    book.formula(sheet, last + 1, low, f"=IF({inside},{a1(last, low + 1)},NA())", "rate", bold=True)
    book.name(name, sheet, (last + 1, low))
