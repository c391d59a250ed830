"""Every template keeps the conventions of the trade, cell by cell: nothing here knows what a workbook is about."""

import re
from pathlib import Path

import pytest
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token
from tests.templates.conftest import FOLDER

from haircut.errors import CellError
from haircut_workbooks.package.address import Address, parse_cell
from haircut_workbooks.package.book import parse_reference
from haircut_workbooks.templates import TEMPLATES
from haircut_workbooks.templates.lines import FIRST

NAMES = list(TEMPLATES)
VOLATILE = {"NOW(", "TODAY(", "RAND(", "RANDBETWEEN(", "OFFSET(", "INDIRECT(", "CELL(", "INFO("}
CONSTANTS = {"0", "1"}
"""What a formula may say in figures: all else has a name, a unit and a source on the assumptions sheet."""
INTERFACE = re.compile(r"(Out|Breach|Check)_\w+|\w+_Basis|Required(_\d)?|Rank|_xlnm\.\w+")
"""Names that a portfolio, its roll-up or Excel itself uses."""
PLACE = re.compile(r"(?:(?:'[^']+'|\w+)!)?\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?")


@pytest.fixture(params=NAMES)
def book(request, built):
    return built(request.param)


@pytest.fixture
def formulas(book):
    return book.formulas()


def tokens(formula):
    return Tokenizer(f"={formula}").items


def operands(formula, kind):
    return [t.value for t in tokens(formula) if t.type == Token.OPERAND and t.subtype == kind]


def numbers(formula):
    """The numbers that a formula states, but the digits that it rounds to."""
    inside = []
    for token in tokens(formula):
        if token.subtype == Token.OPEN:
            inside.append(token.value.upper())
        elif token.subtype == Token.CLOSE:
            inside.pop()
        elif token.subtype == Token.NUMBER and inside[-1:] != ["ROUND("]:
            yield token.value


def test_no_number_is_written_into_a_formula(formulas):
    found = {str(a): formula for a, formula in formulas.items() if set(numbers(formula)) - CONSTANTS}
    assert found == {}


def test_no_volatile_function_and_no_other_workbook(book, formulas):
    called = {t.value.upper() for f in formulas.values() for t in tokens(f) if t.subtype == Token.OPEN}
    assert called & VOLATILE == set()
    assert book.external_links == {}
    assert not any("[" in formula for formula in formulas.values())


def test_one_formula_a_row_through_time(book, formulas):
    """Cells from the first period on differ in nothing but their column."""
    different = []
    for sheet in time_sheets(book):
        rows = {}
        for address, formula in formulas.items():
            if address.sheet == sheet and address.column > FIRST:
                rows.setdefault(address.row, {})[address.column] = relative(formula, address)
        assert rows
        different += [(sheet, row) for row, cells in rows.items() if len(set(cells.values())) > 1]
    assert different == []


def time_sheets(book):
    names = [sheet for sheet in book.sheets if book.value(Address(sheet, 5, 2)) == "Period"]
    assert names or book.name.endswith("portfolio_convergence.xlsx"), "a book of loans has no periods"
    return names


def relative(formula, address):
    """The formula with every column told from its own."""

    def shifted(match):
        if match[1]:
            return match[0]
        return f"[{parse_cell(match[2] + '1')[1] - address.column}]{match[3]}"

    return re.sub(r"(\$?)\b([A-Z]{1,3})(\$?\d+)\b", lambda m: m[0] if m[1] else shifted(m), formula)


def test_no_formula_reads_a_blank_cell(book, formulas):
    values = book.values()
    blank = []
    for address, formula in formulas.items():
        for text in operands(formula, Token.RANGE):
            if not PLACE.fullmatch(text):
                continue
            sheet, area = parse_reference(text if "!" in text else f"'{address.sheet}'!{text}")
            blank += [(str(address), text) for place in area.cells if Address(sheet, *place) not in values][
                :1
            ]
    assert blank == []


def test_every_name_is_used(book, formulas):
    used = {text.casefold() for f in formulas.values() for text in operands(f, Token.RANGE)}
    used |= {column.casefold() for column in lists_of_a_portfolio(book)}
    idle = [n.name for n in book.names if n.name.casefold() not in used and not INTERFACE.fullmatch(n.name)]
    assert idle == []


def lists_of_a_portfolio(book):
    """Names of several cells that the template's sample portfolio fills, which formulas read cell by cell."""
    columns = (FOLDER / Path(book.name).stem / "portfolio.csv").read_text().partition("\n")[0].split(",")
    return [name for name, (_, area) in book.named_lines.items() if name in columns and area.size > 1]


def test_no_error_but_the_empty_one(book):
    errors = {
        str(a): v for a, v in book.values().items() if isinstance(v, CellError) and v is not CellError.NA
    }
    assert errors == {}


def test_every_check_holds_and_the_cover_counts_them(book):
    named = book.named_cells
    checks = {name: book.value(address) for name, address in named.items() if name.startswith("Check_")}
    assert checks and all(value is True for value in checks.values()), checks
    assert book.value(named["Failed_Checks"]) == 0


def test_inputs_are_open_and_all_else_is_locked(book):
    named = book.named_cells
    for name, address in named.items():
        typed = f"{name}_Basis" in named or name.endswith("_Basis") or name == "Deal"
        assert book.locked(address) is not typed, name


def test_every_input_has_unit_grade_date_source_and_help(book):
    named = book.named_cells
    for name, address in named.items():
        if f"{name}_Basis" in named:
            sheet, row, column = address
            unit, grade, as_of, source = (book.value(Address(sheet, row, column + i)) for i in range(1, 5))
            assert grade in ("Reported", "Estimated", "Assumed"), name
            assert re.match(r"\d{4}", as_of) and len(source) > len(f"{grade} {as_of}: "), name
            assert unit, name
            rules = book.scan(sheet).validations
            assert any((row, column) in area for rule in rules for area in rule.areas), name
