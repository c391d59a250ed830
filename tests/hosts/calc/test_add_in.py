"""The add-in inside a real office: the wizard's help, the type library as the office reads it, typed formulas."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from tests.office import pipe_of, warm_office

from haircut.functions import FUNCTIONS
from haircut.registry import Kind
from haircut_workbooks.recalc.office import Office

ADD_IN_CATEGORY = 11  # com.sun.star.sheet.FunctionCategory.ADDINS
NOT_AVAILABLE, ILLEGAL_PARAMETER = 32767, 504
TYPED = {
    "=HC_LTV(70;100)": ["0.7", 0],
    "=hc_ltv(70;100)": ["0.7", 0],
    "=SUM(HC_LTV(A3:A4;10))": ["0.7", 0],
    '=HC_WHY("HC_LTV";70;-1)': ["#NUM!: value must be at least 0, but is -1", 0],
    "=HC_BOOK_VALUE(100;8;6;)": ["0", 0],
    "=HC_DSCR(1;0)": ["#N/A", NOT_AVAILABLE],
}


DIFFERENT = {
    "=HC_LTV(A1;100)": ["0", 0],
    "=HC_LTV(A3:A4;A1:A2)": ["Err:504", ILLEGAL_PARAMETER],
}
"""Where Calc decides before the function is called: a blank cell is 0, a range with an error is refused."""


@pytest.fixture(scope="module")
def asked():
    return ask(warm_office(), *TYPED, *DIFFERENT)


def ask(office, *formulas):
    script = Path(__file__).with_name("ask_office.py")
    command = ["/usr/bin/python3", str(script), pipe_of(office), *formulas]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout)


def test_the_wizard_explains_every_function(asked):
    assert asked["wizard"].keys() == FUNCTIONS.keys()
    for name, function in FUNCTIONS.items():
        shown = asked["wizard"][name]
        assert (shown["category"], shown["help"]) == (ADD_IN_CATEGORY, function.summary)
        assert [given[0] for given in shown["arguments"]] == [arg.name for arg in function.args]
        for arg, (_, text) in zip(function.args, shown["arguments"], strict=True):
            assert text.startswith(arg.help) and arg.unit in text
            assert ("may be left out" in text) != (arg.required)


def test_the_office_reads_the_type_library(asked):
    methods = {
        name: (result, arguments)
        for name, result, arguments in asked["methods"]
        if not name.startswith(("query", "acquire", "release"))
    }
    assert {f"HC_{name}" for name in methods} == FUNCTIONS.keys()
    for name, (result, arguments) in methods.items():
        args = FUNCTIONS[f"HC_{name}"].args
        assert arguments == [[arg.name, "[]any" if arg.kind is Kind.ANY else "any"] for arg in args]
        assert result in ("any", "[][]any")


def test_formulas_as_they_are_typed(asked):
    assert dict(zip([*TYPED, *DIFFERENT], asked["typed"], strict=True)) == TYPED | DIFFERENT


def test_where_haircut_cannot_be_imported_the_cells_say_so(monkeypatch):
    warm_office()
    monkeypatch.setattr("haircut.hosts.calc.extension._folders", lambda: ["/no/such/folder"])
    with Office() as office:
        (value, _), (why, _), (shown, _) = ask(
            office, "=HC_LTV(70;100)", '=HC_WHY("HC_LTV";70;100)', "=IFERROR(HC_DSCR(1;2);-1)"
        )["typed"]
    assert (value, shown) == ("#VALUE!", "-1")
    assert re.fullmatch(
        r"Haircut cannot start in this office, which runs Python 3\.\d+; it was installed with Python 3\.\d+ in "
        r"/no/such/folder \(.*\)\. Install Haircut with Python 3\.\d+ and run: haircut calc install",
        why,
    )
