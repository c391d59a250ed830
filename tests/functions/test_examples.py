"""What every declaration must carry, and every worked example through the border of the cells."""

import re
from keyword import iskeyword, issoftkeyword
from pathlib import Path

import pytest

from haircut.cells import call
from haircut.errors import CellError, WorksheetError
from haircut.functions import FUNCTIONS

PROMISED = [
    "HC_RENT_CURVE",
    "HC_GPU_REVENUE",
    "HC_BOOK_VALUE",
    "HC_STEP_VALUE",
    "HC_RENT_VALUE",
    "HC_COLLATERAL_VALUE",
    "HC_LTV",
    "HC_DSCR",
    "HC_DSCR_MIN",
    "HC_LLCR",
    "HC_DEBT_SCULPT",
    "HC_DEBT_SCHEDULE",
    "HC_CORR_CONVERGE",
    "HC_STRESSED_PD",
    "HC_PORTFOLIO_LOSS",
    "HC_RISK_CONTRIBUTION",
    "HC_TRANCHE_LOSS",
    "HC_TRANCHE_SPREAD",
    "HC_MONTHS_TO_SELL",
    "HC_LIQUIDATION",
    "HC_LIQUIDATION_LTV",
    "HC_BREAK_DEPTH",
    "HC_HAIRCUT",
    "HC_LGD",
    "HC_FAIR_SPREAD",
    "HC_SPREAD_GAP",
    "HC_FACT",
    "HC_WHY",
    "HC_VERSION",
]

# The reserved identifiers of the VBA language specification, MS-VBAL 3.3.5.2.
VBA_KEYWORDS = set((Path(__file__).parent / "vba_keywords.txt").read_text(encoding="utf-8").split())

MOST_ARGUMENTS = 60  # Visual Basic takes no more in one procedure.
LONGEST_HELP = 255  # Excel's function wizard shows no more.

EXAMPLES = [
    pytest.param(function, example, id=f"{name}-{number}")
    for name, function in FUNCTIONS.items()
    for number, example in enumerate(function.examples, 1)
]
EVERY_FUNCTION = pytest.mark.parametrize("function", FUNCTIONS.values(), ids=lambda function: function.name)


def grid(value):
    """A value as rows of cells: a list is a row, or a column, of single cells."""
    if not isinstance(value, list):
        return [[value]]
    return value if isinstance(value[0], list) else [value]


def same_cell(got, expected):
    if isinstance(expected, bool | str | CellError) or isinstance(got, bool | str | CellError):
        return type(got) is type(expected) and got == expected
    return got == pytest.approx(expected, rel=1e-6, abs=1e-9)


def same(got, expected):
    got, expected = grid(got), grid(expected)
    shapes_agree = [len(row) for row in got] == [len(row) for row in expected]
    return shapes_agree and all(
        same_cell(a, b)
        for row, wanted in zip(got, expected, strict=True)
        for a, b in zip(row, wanted, strict=True)
    )


def answer(function, args):
    try:
        return call(function, args)
    except WorksheetError as error:
        return error.error


@pytest.mark.parametrize(("function", "example"), EXAMPLES)
def test_an_example_gives_its_value(function, example):
    got = answer(function, example.args)
    assert same(got, example.value), got


def test_a_comparison_tells_types_shapes_and_values_apart():
    assert same([[1.0, CellError.NA], ["a", True]], [[1 + 1e-7, CellError.NA], ["a", True]])
    assert not same(1.0, True)
    assert not same(1.0, "1.0")
    assert not same([[1.0], [2.0]], [1.0, 2.0])
    assert not same(1.0, 1.00001)
    assert not same([[CellError.NA]], [[CellError.NUM]])


def test_every_promised_function_is_declared():
    assert [name for name in PROMISED if name not in FUNCTIONS] == []


@EVERY_FUNCTION
def test_a_declaration_is_complete(function):
    assert function.examples
    for text in (function.category, function.summary, function.source):
        assert text.strip()
    for arg in function.args:
        assert arg.unit.strip(), arg.name
        assert arg.help.strip(), arg.name


@EVERY_FUNCTION
def test_a_declaration_fits_its_hosts(function):
    assert len(function.args) <= MOST_ARGUMENTS
    assert len(function.summary) <= LONGEST_HELP
    for arg in function.args:
        assert len(arg.help) <= LONGEST_HELP, arg.name


@EVERY_FUNCTION
def test_a_name_is_one_for_every_host(function):
    assert re.fullmatch(r"HC(_[A-Z]+)+", function.name)
    for name in (function.name, *(arg.name for arg in function.args)):
        assert not re.fullmatch(r"[A-Z]{1,3}[0-9]+", name.upper()), name
    for arg in function.args:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", arg.name), arg.name
        assert not iskeyword(arg.name) and not issoftkeyword(arg.name), arg.name
        assert arg.name not in VBA_KEYWORDS, arg.name


@EVERY_FUNCTION
def test_optional_arguments_follow_the_required_ones(function):
    required = [arg.required for arg in function.args]
    assert required == sorted(required, reverse=True)
    assert len({arg.name for arg in function.args}) == len(function.args)
