"""The worksheet functions in LibreOffice Calc."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from haircut.functions import FUNCTIONS
from haircut.hosts.calc.extension import FILE_NAME, extension
from haircut.hosts.calc.office import install
from haircut_workbooks.cli.app import app, group, guarded, out
from haircut_workbooks.cli.portfolios import make_folder
from haircut_workbooks.package.container import write_file

calc = group("The worksheet functions in LibreOffice Calc, on Debian and Ubuntu.")
app.add_typer(calc, name="calc")


@calc.command()
@guarded
def build(
    to: Annotated[Path, typer.Option("--out", help="Folder for the extension.")],
) -> None:
    """Write the extension, haircut.oxt, for this machine: it finds Haircut where it is installed now.

    Example: haircut calc build --out .
    """
    make_folder(to)
    write_file(to / FILE_NAME, extension())
    out.print(f"{to / FILE_NAME}: {len(FUNCTIONS)} functions for LibreOffice Calc")


@calc.command(name="install")
@guarded
def install_() -> None:
    """Add the functions to LibreOffice Calc, for you; as root, for everyone on the machine.

    Example: haircut calc install
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILE_NAME
        path.write_bytes(extension())
        install(path)
    out.print(f"LibreOffice Calc has {len(FUNCTIONS)} functions of Haircut; restart it and try =HC_VERSION()")
