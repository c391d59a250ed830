"""Small workbooks for the engines, written by xlsxwriter, and their sheets changed by hand where it cannot."""

import io
import re

import pytest
import xlsxwriter

from haircut_workbooks.package.book import Book
from haircut_workbooks.recalc.engine import RecalculationFailed
from haircut_workbooks.recalc.formualizer_engine import Formualizer
from haircut_workbooks.recalc.recalculate import recalculate

DEBT = [1.0, 2.0, 3.0, 4.0]


def made(fill, **options):
    """A book of one sheet, Data, that `fill` fills, given the workbook and the sheet."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, **options}) as workbook:
        fill(workbook, workbook.add_worksheet("Data"))
    return Book(file.getvalue(), "book.xlsx")


def of_formulas(formulas, column=(), **options):
    """A book with numbers or text down column A, and formulas by their cell."""

    def fill(_, sheet):
        sheet.write_column(0, 0, column)
        for ref, formula in formulas.items():
            sheet.write_formula(ref, formula)

    return made(fill, **options)


def with_rows(book, rows):
    """The book with other rows in its Data sheet."""
    part = book.sheets["Data"]
    cells = f"<sheetData>{rows}</sheetData>".encode()
    data = re.sub(rb"<sheetData/>|<sheetData>.*</sheetData>", lambda _: cells, book.container.read(part))
    return Book(book.container.with_parts({part: data}), book.name)


def calculated(book, inputs=None, sheet="Data"):
    """The value of each formula of a sheet by its cell, as the default engine has it."""
    given = {book.find(f"Data!{ref}"): value for ref, value in (inputs or {}).items()}
    values = Formualizer(book).recalculate(given).values
    return {
        str(address).partition("!")[2]: value for address, value in values.items() if address.sheet == sheet
    }


def finished(book):
    """The book with its values calculated and agreed."""
    return recalculate(Formualizer(book), book, {}).book


def failure(book, inputs=None):
    """What the default engine says of a book that it cannot calculate."""
    with pytest.raises(RecalculationFailed) as failed:
        calculated(book, inputs)
    return str(failed.value)


def iterating(book, count="100"):
    """The book, told to iterate its circular references."""
    part = "xl/workbook.xml"
    setting = f'<calcPr calcId="1" iterate="1" iterateCount="{count}" iterateDelta="0"/>'.encode()
    data = re.sub(rb"<calcPr[^>]*/>", setting, book.container.read(part))
    return Book(book.container.with_parts({part: data}), book.name)
