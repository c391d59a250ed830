"""The generated VBA: the limits of VBA and of the function wizard, and the call that xlwings itself would write."""

import re
import subprocess
import sys
from inspect import Parameter, Signature
from itertools import pairwise
from pathlib import Path

import pytest
from tests.hosts.excel_host import XL_ERRORS

from haircut.functions import FUNCTIONS
from haircut.hosts.excel.wrappers import TAKEN, functions_module, help_module, wrapper
from haircut.registry import Arg, Function, Kind, Returns

MODULES = {"functions": functions_module(), "help": help_module()}
LONGEST_LINE, MOST_CONTINUATIONS, LARGEST_PROCEDURE, MOST_LINES = 1023, 24, 64 * 1024, 65_534
MOST_ARGUMENTS, MOST_OF_COUNT_AND_NAMES, LONGEST_HELP = 60, 254, 255
STRING = r'"((?:[^"]|"")*)"'


def said(name, text):
    """The declaration of a function that says a given text."""

    def model(step, Date=None):  # noqa: N803
        return 0.0

    model.__name__, model.__doc__ = name, text
    return Function(
        model, "Collateral", (Arg("step", "", text), Arg("Date", "", text)), Returns.NUMBER, "", ()
    )


@pytest.mark.parametrize("text", MODULES.values(), ids=MODULES)
class TestLimitsOfVba:
    def test_characters(self, text):
        assert text.encode("cp1252").decode("cp1252") == text

    def test_lines(self, text):
        lines = text.splitlines()
        assert len(lines) <= MOST_LINES
        assert max(map(len, lines)) <= LONGEST_LINE

    def test_continuations(self, text):
        runs = re.findall(r"(?:^.* _\n)+", text, re.MULTILINE)
        assert max((run.count("\n") for run in runs), default=0) <= MOST_CONTINUATIONS

    def test_procedures(self, text):
        starts = [
            match.start() for match in re.finditer(r"^(Public|Private) (Sub|Function)", text, re.MULTILINE)
        ]
        assert max(end - start for start, end in pairwise([*starts, len(text)])) < LARGEST_PROCEDURE

    def test_every_procedure_ends(self, text):
        opened = re.findall(r"^(?:Public|Private) (Sub|Function)", text, re.MULTILINE)
        assert opened == re.findall(r"^End (Sub|Function)", text, re.MULTILINE)


class TestWizard:
    @pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
    def test_names_fit(self, function):
        names = [arg.name for arg in function.args]
        assert len(names) <= MOST_ARGUMENTS
        assert len(names) + sum(map(len, names)) <= MOST_OF_COUNT_AND_NAMES

    def test_every_function_and_argument_is_described(self):
        text = help_module().replace(" _\n", "")
        described = dict(re.findall(r"^    Describe \"(\w+)\", (.*)$", text, re.MULTILINE))
        assert described.keys() == FUNCTIONS.keys()
        for name, function in FUNCTIONS.items():
            texts = re.findall(STRING, described[name])
            assert texts[0] == f"Haircut: {function.category}"
            assert len(texts) == 2 + len(function.args)
            assert all(0 < len(said) <= LONGEST_HELP for said in texts)

    def test_every_part_of_the_help_is_called(self):
        text = help_module()
        written = set(re.findall(r"^Private Sub (Describe\d+)\(", text, re.MULTILINE))
        assert written == set(re.findall(r"^    (Describe\d+)$", text, re.MULTILINE))

    def test_long_and_quoted_help_is_cut_and_escaped(self):
        shown = re.search(f"VB_Description = {STRING}\n", wrapper(said("long", 'say "it" ' * 60)))[1].replace(
            '""', '"'
        )
        assert shown == ('say "it" ' * 60)[:252] + "..."


class TestNames:
    def test_no_parameter_is_a_word_of_vba(self):
        for function in FUNCTIONS.values():
            names = re.search(r"\((.*)\)\n", wrapper(function))[1]
            words = re.findall(r"\w+", names.replace("Optional ", "").replace("ParamArray ", ""))
            assert not {word.lower() for word in words} & TAKEN

    def test_an_argument_called_like_a_word_of_vba_is_renamed(self):
        text = wrapper(said("clash", "Clash."))
        assert "HC_CLASH(step_, Optional Date_)" in text
        assert "Array(Held(step_), Held(Date_))" in text


def test_the_table_of_errors_makes_each_error_of_its_text():
    table = dict(re.findall(r'Case "(.*?)": WithError = CVErr\((\d+)\)', functions_module()))
    assert {number: text for text, number in table.items() if int(number) in XL_ERRORS} == {
        str(number): text for number, text in XL_ERRORS.items()
    }


def test_each_call_is_the_one_that_xlwings_writes():
    """Same parameters, same call, but for what ours does more: what the cells hold, and true errors."""
    theirs = subprocess.run(
        [sys.executable, "-m", "tests.hosts.test_excel_wrappers"],
        cwd=Path(__file__).parents[2], check=True, capture_output=True, text=True, timeout=120,
    ).stdout  # fmt: skip
    for name, function in FUNCTIONS.items():
        if any(arg.kind is Kind.ANY for arg in function.args):
            continue
        ours = re.sub(r"\b(\w+)_(?=[,)])", r"\1", re.sub(r"Held\((\w+)\)", r"\1", wrapper(function)))
        more = rf'Shown\(XLPy.CallUDF\(SERVER, "answer", Array\("{name}", (Array\(.*\))\), (.*)\)\)'
        ours = re.sub(more, rf'XLPy.CallUDF("server", "{name}", \1, \2)', ours)
        for line in (rf"^Function ({name}\(.*\))$", rf"^ *({name} = XLPy.*)$"):
            assert re.search(line, theirs, re.MULTILINE)[1] in ours


def write_as_xlwings():
    """Print what xlwings writes for functions of the same signatures."""
    import types

    from tests.hosts.windows import xlwings_on_windows

    xlwings_on_windows()
    from xlwings import udfs

    module = types.ModuleType("server")
    for name, function in FUNCTIONS.items():
        if any(arg.kind is Kind.ANY for arg in function.args):
            continue

        def stand_in():
            pass

        kind = Parameter.POSITIONAL_OR_KEYWORD
        stand_in.__signature__ = Signature(
            [Parameter(a.name, kind, default=Parameter.empty if a.required else None) for a in function.args]
        )
        stand_in.__name__ = name
        setattr(module, name, udfs.xlfunc(stand_in))
    udfs.generate_vba_wrapper("server", module, sys.stdout, types.SimpleNamespace(Name="book.xlsm"))


if __name__ == "__main__":
    write_as_xlwings()
