"""The calls of a workbook rewritten for another host."""

from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from haircut.errors import HostRefused
from haircut.hosts.excel.project import built_with
from haircut_workbooks.cli.app import Refused, app, err, guarded, out
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.container import write_file
from haircut_workbooks.package.forms import Form
from haircut_workbooks.package.rebind import Rebound, rebind


class Host(StrEnum):
    """Where the functions of a workbook are to be found."""

    EXCEL = "excel"
    ADDIN = "addin"
    WEB = "web"
    CALC = "calc"
    PLAIN = "plain"

    @property
    def form(self) -> Form:
        """How calls are stored there: the macros of a workbook are called by their plain name."""
        return Form.PLAIN if self is Host.EXCEL else Form(self)


NEEDS = {
    Host.EXCEL: "its own macros calculate it where haircut excel install was run",
    Host.ADDIN: "Excel on Windows calculates it with the add-in: haircut excel install",
    Host.WEB: "Excel on Mac, Windows and the web calculates it with the Office add-in: haircut web serve",
    Host.CALC: "LibreOffice 7.4 calculates it with the extension: haircut calc install; Excel shows #NAME?",
    Host.PLAIN: "what knows the plain names calculates it: macros of the workbook, an XLL, LibreOffice 25.2",
}


@app.command(name="rebind")
@guarded
def rebind_(
    book: Annotated[Path, typer.Argument(help="Workbook whose calls to rewrite.")],
    host: Annotated[Host, typer.Option("--to", help="What is to calculate the functions.")],
    to: Annotated[Path | None, typer.Option("--out", help="Write here instead of over the workbook.")] = None,
    allow_signed: Annotated[bool, typer.Option(help="Write although it breaks a digital signature.")] = False,
) -> None:
    """Rewrite the calls of the functions for another host: only they change, every other byte stays.

    excel: macros in the workbook itself; addin: the add-in haircut.xlam; web: the Office add-in;
    calc: LibreOffice; plain: the bare names. Example: haircut rebind loan.xlsx --to addin
    """
    source, path = Book.open(book), to or book
    if source.container.signed and not allow_signed:
        raise Refused(f"{book}: digitally signed; add --allow-signed to rewrite it and lose the signature")
    done = rebind(source, host.form)
    write_file(path, done.data)
    out.print(said(path, done))
    if done.calls + done.already:
        out.print(needed(path, host))
    for stranger in done.strangers:
        err.print(f"haircut: {path}: {stranger}, which is no function of this Haircut; it stays as it is")
    for link in done.links:
        err.print(f"haircut: {path}: the link to {link} stays; in Excel: Data > Edit Links > Break Link")


def said(path: Path, done: Rebound) -> str:
    """What was rewritten, in a line."""
    where = [f"{done.cells:,} cells"] if done.cells else []
    where += [f"{done.others:,} names and rules"] if done.others else []
    already = f", {done.already:,} had the form already" if done.already else ""
    if not done.calls:
        return f"{path}: " + (
            f"nothing to rewrite{already}" if done.already else "calls no function of Haircut"
        )
    return f"{path}: {done.calls:,} calls rewritten in {' and '.join(where)}{already}"


def needed(path: Path, host: Host) -> str:
    """What the analyst needs to calculate the workbook there."""
    if host is Host.EXCEL:
        with suppress(HostRefused):
            built_with(path)
            return f"{path}: {NEEDS[host]}"
        return f"{path}: has no macros of Haircut yet; run: haircut excel build {path} --out FOLDER"
    return f"{path}: {NEEDS[host]}"
