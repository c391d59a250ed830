"""The stress sheet in the analyst's own workbook: mapped, confirmed, attached, removed."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from haircut_workbooks.attach.earlier import remembered
from haircut_workbooks.attach.layout import NAME
from haircut_workbooks.attach.mapping import ITEMS, SERIES, as_file, mapped, read_file
from haircut_workbooks.attach.propose import proposed
from haircut_workbooks.attach.removal import detached, is_attached
from haircut_workbooks.attach.stress import attached, summary
from haircut_workbooks.cli.app import Refused, app, guarded, out
from haircut_workbooks.cli.rebind import Host, needed
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.container import write_file


def cells(item: str) -> Any:
    """The option that maps one item."""
    place = "Model!F20:AS20" if item in SERIES else "Deal!C4"
    return typer.Option(metavar="CELLS", help=f"{ITEMS[item][0].upper()}{ITEMS[item][1:]}, as {place}.")


@app.command("attach")
@guarded
def attach_(
    book: Annotated[Path, typer.Argument(help="The analyst's workbook, .xlsx or .xlsm.")],
    cfads: Annotated[str | None, cells("cfads")] = None,
    debt_service: Annotated[str | None, cells("debt_service")] = None,
    balances: Annotated[str | None, cells("balances")] = None,
    dates: Annotated[str | None, cells("dates")] = None,
    revenue: Annotated[str | None, cells("revenue")] = None,
    collateral: Annotated[str | None, cells("collateral")] = None,
    gpus: Annotated[str | None, cells("gpus")] = None,
    debt: Annotated[str | None, cells("debt")] = None,
    rate: Annotated[str | None, cells("rate")] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="File with the mapping, as --propose prints it.")
    ] = None,
    propose: Annotated[
        bool,
        typer.Option("--propose", help="Print the mapping that labels suggest, and attach nothing."),
    ] = False,
    host: Annotated[Host, typer.Option("--form", help="What is to calculate the sheet.")] = Host.ADDIN,
    remove: Annotated[bool, typer.Option("--remove", help="Take the stress sheet out again.")] = False,
    to: Annotated[Path | None, typer.Option("--out", help="Write here instead of over the workbook.")] = None,
) -> None:
    """Add a stress sheet to a workbook, mapped to its own cells; all else in it stays byte for byte.

    A minus before the cells turns their sign, a plus between them adds them up.
    Example: haircut attach model.xlsx --cfads Model!F20:AS20 --debt-service "Model!F25:AS25 + Model!F26:AS26"
    """
    source = Book.open(book)
    if remove:
        if not is_attached(source):
            raise Refused(f"{book}: has no sheet {NAME}")
        write_file(to or book, detached(source).data)
        out.print(f"{to or book}: the sheet {NAME} is taken out")
        return
    if propose:
        print_proposal(source)
        return
    options = (cfads, debt_service, balances, dates, revenue, collateral, gpus, debt, rate)
    given = {item: text for item, text in zip(ITEMS, options, strict=True) if text is not None}
    texts = (read_file(mapping) if mapping else {}) | given
    if not texts:
        texts = remembered(source) if is_attached(source) else confirmed(source)
    found = mapped(source, texts)
    done = attached(source, found, host.form)
    write_file(to or book, done.data)
    out.print(f"{to or book}: the sheet {NAME} is attached, calculated and verified by two engines")
    out.print(needed(to or book, host))
    for line in summary(done, found):
        out.print(f"  {line}")


def confirmed(source: Book) -> dict[str, str]:
    """A mapping found by labels, if the analyst at the terminal says yes to it."""
    if not sys.stdin.isatty():
        raise Refused(
            f"{source.name}: no mapping given; name the cells, or run: haircut attach {source.name} "
            "--propose > map.toml, read and mend it, and pass it back with --mapping map.toml"
        )
    texts = print_proposal(source)
    if not typer.confirm("Is this right?"):
        raise Refused("nothing is written; name the cells yourself, or mend what --propose prints")
    return texts


def print_proposal(source: Book) -> dict[str, str]:
    """Print, as a mapping file, what the labels in a workbook say."""
    found = proposed(source)
    texts = {item: each.text for item, each in found.items()}
    out.print(as_file(mapped(source, texts), {item: each.label for item, each in found.items()}), end="")
    return texts
