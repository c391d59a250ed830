"""Single workbooks: new from a template, recalculated, verified."""

from pathlib import Path
from typing import Annotated

import typer

from haircut_workbooks.cli.app import Refused, app, guarded, out
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.container import write_file
from haircut_workbooks.package.macros import macro_enabled
from haircut_workbooks.recalc.formualizer_engine import Formualizer
from haircut_workbooks.recalc.recalculate import raise_if_any, recalculate, stale
from haircut_workbooks.recalc.replay import disagreements
from haircut_workbooks.templates import TEMPLATES


def open_book(book: str) -> Book:
    """A template by its name, or a workbook by its path."""
    if book in TEMPLATES:
        return Book(TEMPLATES[book](), f"{book}.xlsx")
    if not Path(book).suffix and not Path(book).exists():
        raise Refused(f"{book}: neither a file nor a template; the templates are {', '.join(TEMPLATES)}")
    return Book.open(Path(book))


@app.command()
@guarded
def new(
    template: Annotated[str, typer.Argument(help="Name of a template, for instance gpu_loan.")],
    path: Annotated[
        Path, typer.Argument(metavar="OUT", help="Workbook to write, .xlsx or .xlsm; must not exist yet.")
    ],
    xlsm: Annotated[
        bool, typer.Option("--xlsm", help="With the functions in it, as the ending .xlsm says.")
    ] = False,
) -> None:
    """Write a new workbook from a template, its values calculated and verified.

    Example: haircut new gpu_loan loan.xlsx
    """
    if template not in TEMPLATES:
        raise Refused(f"{template}: no such template; the templates are {', '.join(TEMPLATES)}")
    if path.exists():
        raise Refused(f"{path}: exists already; choose another name")
    endings = [".xlsm"] if xlsm else [".xlsx", ".xlsm"]
    if path.suffix not in endings:
        raise Refused(f"{path}: end the name in {' or '.join(endings)}")
    book = open_book(template)
    done = recalculate(Formualizer(book), book, {}).book
    write_file(path, macro_enabled(done) if path.suffix == ".xlsm" else done.data)
    out.print(f"{path}: written, {len(book.formulas()):,} formulas calculated and verified by two engines")


@app.command()
@guarded
def recalc(
    book: Annotated[Path, typer.Argument(help="Workbook to recalculate.")],
    to: Annotated[Path | None, typer.Option("--out", help="Write here instead of over the workbook.")] = None,
) -> None:
    """Recalculate a workbook in place: only values that moved change, every other byte stays.

    Example: haircut recalc loan.xlsx
    """
    source = Book.open(book)
    done = recalculate(Formualizer(source), source, {})
    write_file(to or book, done.book.data)
    out.print(
        f"{to or book}: {len(source.formulas()):,} formulas calculated and verified by two engines",
        markup=False,
    )


@app.command()
@guarded
def verify(book: Annotated[Path, typer.Argument(help="Workbook to check; it is not changed.")]) -> None:
    """Check that a workbook's values are what two engines calculate from its inputs.

    Example: haircut verify loan.xlsx
    """
    source = Book.open(book)
    raise_if_any(f"{book}: stale or wrong values", stale(Formualizer(source), source))
    raise_if_any(f"{book}: the second engine disagrees", disagreements(source))
    out.print(f"{book}: verified, {len(source.formulas()):,} formulas agree in two engines")
