"""The ``haircut`` command: arguments and printing only, one file per kind of work.

Exit status: 0 done, 1 something in the work failed and is named, 2 the command itself could not be carried
out. Start reading at ``app``; importing a file of this folder adds its commands.
"""

import sys

from haircut_workbooks.cli import (
    attach,
    books,
    calc,
    excel,
    functions,
    inputs,
    inspection,
    portfolios,
    rebind,
    web,
)
from haircut_workbooks.cli.app import app

__all__ = [
    "attach",
    "books",
    "calc",
    "excel",
    "functions",
    "inputs",
    "inspection",
    "main",
    "portfolios",
    "rebind",
    "web",
]


def main() -> None:
    """Run the command."""
    app(args=sys.argv[1:], prog_name="haircut")
