"""The assumptions sheet: every input with its unit, its grade, its date and its source."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.templates.sheets import (
    GRADES,
    GREY,
    RULE,
    TYPED,
    Input,
    Look,
    TemplateBook,
    a1,
)

SHEET = "Assumptions"
LABEL, VALUE, UNIT, GRADE, AS_OF, BASIS = range(1, 7)
LAST_COLUMN = BASIS
MESSAGE, TITLE = 255, 32
"""Most characters that Excel shows of a cell's help and of its title."""


@dataclass(frozen=True)
class Derived:
    """A quantity that several sheets use, a formula of inputs."""

    name: str
    label: str
    formula: str
    unit: str
    style: str


@dataclass(frozen=True)
class Constant:
    """A unit conversion that formulas name instead of repeating its number."""

    name: str
    label: str
    value: float
    unit: str


BASIS_POINTS = Constant("Basis_Points", "Basis points in one", 10_000, "bp")
CENT = Constant("Cent", "What still counts as zero", 0.01, "USD")
TINY = Constant("Tiny", "What still counts as equal", 1e-9, "share")
HOURS_PER_YEAR = Constant("Hours_Per_Year", "Hours a year", 8760, "hours")


def assumptions(
    book: TemplateBook,
    sections: Sequence[tuple[str, Sequence[Input]]],
    derived: Sequence[Derived],
    constants: Sequence[Constant],
) -> Worksheet:
    """Add the sheet: sections of inputs, then what follows from them, then the constants.

    The first section is what every deal of a portfolio must give; its block is named ``Required``.
    """
    sheet = book.sheet(
        SHEET,
        SHEET,
        "Blue on yellow is typed in; black is calculated; green fetches another cell. The source says 'grade date: where from'.",
        (2, 42, 22, 24, 11, 11, 90),
        pages=0,
    )
    sheet.freeze_panes(4, 0)
    sheet.repeat_rows(0, 3)
    book.heading(sheet, 3, ["Input", "Value", "Unit", "Grade", "As of", "Grade, date and source"])
    row = 4
    for i, (title, items) in enumerate(sections):
        book.section(sheet, row, title, LAST_COLUMN)
        for offset, item in enumerate(items, start=1):
            _input(book, sheet, row + offset, item)
        first, row = row + 1, row + len(items) + 1
        if i == 0:
            book.name("Required", sheet, (first, VALUE), (row - 1, VALUE))
            book.name("Deal_Grades", sheet, (first, GRADE), (row - 1, GRADE))
        row += 1
    book.section(sheet, row, "Derived", LAST_COLUMN)
    for line in derived:
        row += 1
        sheet.write(row, LABEL, line.label, book.style())
        book.formula(sheet, row, VALUE, line.formula, line.style, align="right")
        sheet.write(row, UNIT, line.unit, book.style(font_color=GREY, indent=1))
        book.name(line.name, sheet, (row, VALUE))
    row += 2
    book.section(sheet, row, "Constants", LAST_COLUMN)
    for constant in constants:
        row += 1
        sheet.write(row, LABEL, constant.label, book.style())
        sheet.write(row, VALUE, constant.value, book.style("general", align="right"))
        sheet.write(row, UNIT, constant.unit, book.style(font_color=GREY, indent=1))
        book.name(constant.name, sheet, (row, VALUE))
    return sheet


def _input(book: TemplateBook, sheet: Worksheet, row: int, item: Input) -> None:
    under: Look = {"bottom": 4, "bottom_color": RULE}
    value = item.value
    if isinstance(value, date):
        value = datetime(value.year, value.month, value.day)
    sheet.write(row, LABEL, item.label, book.style(**under))
    sheet.write(row, VALUE, value, book.style(item.style, align="right", **TYPED))
    sheet.write(row, UNIT, item.unit, book.style(font_color=GREY, indent=1, **under))
    book.name(item.name, sheet, (row, VALUE))
    rule = item.rule or {"validate": "any"}
    message = item.help or f"{item.label}: {item.unit or 'text'}"
    if len(message) > MESSAGE:
        raise ValueError(f"{item.name}: its help is {len(message)} characters long, Excel shows {MESSAGE}")
    help_ = {"input_title": item.label[:TITLE], "input_message": message, "error_title": item.label[:TITLE]}
    sheet.data_validation(row, VALUE, row, VALUE, rule | help_)
    if not item.basis:
        sheet.write(row, GRADE, "-", book.style(font_color=GREY, **under))
    else:
        grade, as_of = item.basis.split(":")[0].partition(" ")[::2]
        if grade not in GRADES or not as_of:
            raise ValueError(f"{item.name}: a basis reads 'Grade date: source', not {item.basis!r}")
        basis = a1(row + 1, BASIS + 1)
        sheet.write(row, BASIS, item.basis, book.style(**TYPED | {"font_size": 9}))
        book.name(f"{item.name}_Basis", sheet, (row, BASIS))
        before = f'FIND(":",{basis})-1'
        grey = book.style(font_color=GREY, **under)
        word = f'LEFT({basis},FIND(" ",{basis})-1)'
        sheet.write_formula(row, GRADE, f'=IFERROR({word},"not stated")', grey)
        sheet.write_formula(
            row, AS_OF, f'=IFERROR(MID(LEFT({basis},{before}),FIND(" ",{basis})+1,LEN({basis})),"")', grey
        )
