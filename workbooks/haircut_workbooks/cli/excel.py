"""Excel on Windows: macro-enabled workbooks and the add-in, built anywhere; installed and examined there."""

import locale
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from haircut.errors import HostRefused
from haircut.hosts.excel.doctor import faults, outdated
from haircut.hosts.excel.machine import Machine, settings_for, this_machine, with_settings
from haircut.hosts.excel.project import ADDIN, addin
from haircut_workbooks.cli.app import Refused, app, err, group, guarded, out
from haircut_workbooks.cli.portfolios import make_folder
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.container import WorkbookRefused, write_file
from haircut_workbooks.package.links import addin_links
from haircut_workbooks.package.macros import macro_enabled

excel = group("Excel on Windows: macro-enabled workbooks, the add-in, and what keeps it from working.")
app.add_typer(excel, name="excel")


@excel.command()
@guarded
def build(
    to: Annotated[Path, typer.Option("--out", help="Folder for what is built.")],
    book: Annotated[Path | None, typer.Argument(help="Workbook to make an .xlsm of.")] = None,
) -> None:
    """Build the .xlsm form of a workbook, whose calls need no add-in; without a workbook, the add-in.

    The workbook stays, byte for byte, but for what makes it an .xlsm. Example: haircut excel build loan.xlsx --out macros
    """
    make_folder(to)
    if book is None:
        write_file(to / ADDIN, addin())
        out.print(f"{to / ADDIN}: built; on Windows, haircut excel install puts it where Excel starts it")
        return
    source, path = Book.open(book), to / book.with_suffix(".xlsm").name
    if path.exists():
        raise Refused(f"{path}: exists already; choose another --out")
    write_file(path, macro_enabled(source))
    out.print(f"{path}: built; it calculates in Excel on a machine where haircut excel install was run")


@excel.command()
@guarded
def install() -> None:
    """Install the add-in for the next start of Excel, with this interpreter.

    Example: haircut excel install
    """
    machine = this_machine()
    encoding = locale.getencoding()  # VBA reads the file in the encoding of the machine
    known = machine.settings.read_text(encoding) if machine.settings.exists() else ""
    settings = with_settings(known, settings_for(machine.interpreter)).encode(encoding)
    for path, data in ((machine.settings, settings), (machine.addin, addin())):
        make_folder(path.parent)
        try:
            write_file(path, data)
        except WorkbookRefused as error:
            raise Refused(f"{error}; close Excel and try again") from None
    out.print(f"{machine.addin}: installed; start Excel and type =HC_VERSION()")
    report(faults(machine))


@excel.command()
@guarded
def doctor(
    book: Annotated[Path | None, typer.Argument(help="Workbook whose macros or links to check too.")] = None,
) -> None:
    """Find what keeps the functions from working in Excel, and say how to mend it.

    Example: haircut excel doctor loan.xlsx
    """
    machine = this_machine()
    report(faults(machine) + (faults_of(book, machine) if book else []))
    out.print("nothing stands in the way of the functions in Excel")


def faults_of(path: Path, machine: Machine) -> list[str]:
    """What keeps the functions of one workbook from working: links to another add-in, or macros of another version."""
    book = Book.open(path)
    found = [
        f"{path} calls the functions of {link.target}; in Excel: Data > Edit Links > Change Source > {machine.addin}"
        for link in addin_links(book)
        if not link.at_startup and Path(link.target) != machine.addin
    ]
    if book.container.has("xl/vbaProject.bin"):
        with suppress(HostRefused):  # macros of its own, none of ours
            found.append(outdated(path, f"run: haircut excel build {path} --out FOLDER"))
    return [fault for fault in found if fault]


def report(found: list[str]) -> None:
    """Print faults; there being any is a failure."""
    for fault in found:
        err.print(f"haircut: {fault}")
    if found:
        raise typer.Exit(1)
