"""Excel as a host, without Excel: another project's interpreter runs the generated VBA, which calls xlwings' server.

Between the two stands what pywin32 does with a VARIANT, as it was measured: an error value arrives as its
code, a blank as None, a range as a tuple of rows. What only Excel can prove is in addin/haircut/hosts/CHECKLIST.md.
"""

import pickle
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

from pyopenvba import interpreter as vba
from tests.hosts.calls import every_call
from tests.hosts.windows import MISSING, xlwings_on_windows

from haircut.cells import OMITTED
from haircut.errors import CellError

# Excel's XlCVError constants, as its documentation lists them.
XL_ERRORS = {
    2000: "#NULL!", 2007: "#DIV/0!", 2015: "#VALUE!", 2023: "#REF!", 2029: "#NAME?", 2036: "#NUM!", 2042: "#N/A",
    2043: "#GETTING_DATA", 2045: "#SPILL!", 2046: "#CONNECT!", 2047: "#BLOCKED!", 2048: "#UNKNOWN!",
    2049: "#FIELD!", 2050: "#CALC!",
}  # fmt: skip
ERROR_CODE = -0x80000000 + 0xA0000  # of a VARIANT that holds an error: this, and the constant

ARGUMENT_NOT_OPTIONAL = 449  # what VBA raises before a wrapper runs, and Excel shows as #VALUE!


class Range(vba.VBAObject):
    """Cells, as a wrapper sees them."""

    vba_type_name = "Range"

    def __init__(self, rows, areas=1):
        self.rows, self.count = rows, areas

    @vba.member
    def Value2(self):  # noqa: N802
        one_cell = len(self.rows) == 1 and len(self.rows[0]) == 1
        return to_vba(self.rows[0][0] if one_cell else self.rows)

    @vba.member
    def Areas(self):  # noqa: N802
        return self

    @vba.member
    def Count(self):  # noqa: N802
        return vba.VBAInt(self.count, "Long")


class Server(vba.VBAObject):
    """What xlwings' module gives as XLPy: the COM object of the Python server."""

    def __init__(self, answer):
        self.answer = answer

    @vba.method
    def CallUDF(self, module, function, args, workbook, caller):  # noqa: N802
        book = SimpleNamespace(Worksheets=())
        return to_vba(self.answer(str(module), str(function), to_python(args), book, None), start=0)


class Excel(vba.HostBridge):
    """The names that the wrappers use of Excel and of xlwings' module."""

    def __init__(self, answer):
        self.globals = {"xlpy": Server(answer), "thisworkbook": Range([[]]), "application": Application()}

    def global_object(self, name):
        return self.globals.get(name.lower()) or super().global_object(name)


class Application(vba.VBAObject):
    """Excel itself."""

    @vba.member
    def Caller(self):  # noqa: N802
        return Range([[None]])


def to_vba(value, start=1):
    """A Python value as a Variant; rows as an array that counts from ``start``."""
    if isinstance(value, list | tuple):
        rows = [list(row) for row in value] if value and isinstance(value[0], list | tuple) else [list(value)]
        bounds = [(start, start + len(rows) - 1), (start, start + len(rows[0]) - 1)]
        items = [to_vba(row[c]) for c in range(len(rows[0])) for row in rows]
        return vba.VBAArray(bounds if isinstance(value[0], list | tuple) else bounds[1:], items=items)
    if isinstance(value, CellError):
        return vba.VBAErrorValue(next(number for number, text in XL_ERRORS.items() if text == value.value))
    if value is None or value is OMITTED:
        return vba.EMPTY if value is None else vba.MISSING
    return value if isinstance(value, bool | str) else float(value)


def to_python(value):
    """A Variant as pywin32 hands it to Python."""
    if isinstance(value, vba.VBAArray):
        items = [to_python(item) for item in value.items]
        if value.dimensions == 1:
            return tuple(items)
        height = value.bounds[0][1] - value.bounds[0][0] + 1
        return tuple(tuple(items[r::height]) for r in range(height))
    if isinstance(value, vba.VBAErrorValue):
        return ERROR_CODE + value.number
    if value is vba.EMPTY or value is vba.MISSING:
        return None if value is vba.EMPTY else MISSING
    return value if isinstance(value, bool | str | float) else int(value)


def shown(value):
    """A result as rows of cells."""
    if isinstance(value, vba.VBAArray):
        items = [shown(item)[0][0] for item in value.items]
        height = value.bounds[0][1] - value.bounds[0][0] + 1 if value.dimensions == 2 else 1
        return [items[r::height] for r in range(height)]
    if isinstance(value, vba.VBAErrorValue):
        return [[CellError(XL_ERRORS[value.number])]]
    return [[value if isinstance(value, bool) else str(value) if isinstance(value, str) else float(value)]]


def cells(arg):
    """An argument of a call: a constant as it is typed, or the range that holds it."""
    if isinstance(arg, list | tuple):
        rows = [list(row) if isinstance(row, list | tuple) else row for row in arg]
        return Range(rows if isinstance(rows[0], list) else [rows])
    return Range([[arg]]) if isinstance(arg, CellError) else to_vba(arg)


def excel(answer=None):
    """A function that calls a worksheet function by its name, as a cell does; ``answer`` stands for the server."""
    answer = answer or xlwings_on_windows().com_server.XLPython().CallUDF
    from haircut.hosts.excel.wrappers import FUNCTIONS_MODULE, functions_module

    code = re.sub(r"(?m)^Attribute .*\n", "", functions_module())  # data for Excel's lists, not code
    machine = vba.Interpreter(Excel(answer))
    machine.add_module(code, name=FUNCTIONS_MODULE)

    def call(name, *args):
        try:
            return shown(machine.run(name, args))
        except vba.VBARuntimeError as error:
            if error.number == ARGUMENT_NOT_OPTIONAL:
                return [[CellError.VALUE]]
            raise

    return call


def in_windows(module):
    """What a module of this folder prints as a pickle, in a process that takes itself for Windows."""
    command = [sys.executable, "-m", f"tests.hosts.{module}"]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[2], check=True, capture_output=True, timeout=300
    )
    return pickle.loads(done.stdout)


def answers():
    """What each call gives on this host, as rows of cells."""
    return in_windows("excel_host")


if __name__ == "__main__":
    call = excel()
    found = [call(one.function.name, *map(cells, one.args)) for one in every_call()]
    sys.stdout.buffer.write(pickle.dumps(found))
