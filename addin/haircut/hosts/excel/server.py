"""What the VBA wrappers call: one function that answers for every worksheet function, inside xlwings' server."""

from typing import Any

import xlwings as xw

from haircut.cells import call
from haircut.errors import WorksheetError
from haircut.functions import FUNCTIONS
from haircut.hosts.excel.variants import received, sent


@xw.func
@xw.arg("name", "raw")
@xw.arg("args", "raw")
@xw.ret("raw")
def answer(name, args):  # type: ignore[no-untyped-def]  # xlwings takes type hints for converters
    """Rows of cells for a call, an error value as its text."""
    try:
        value: Any = call(FUNCTIONS[name], received(args))
    except WorksheetError as error:
        value = error.error
    return sent(value)
