"""Single workbooks: new from a template, recalculated, verified."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from haircut.errors import CellError
from haircut_workbooks.cli.app import Refused, app, guarded, out
from haircut_workbooks.package.address import Address
from haircut_workbooks.package.book import Book, Value
from haircut_workbooks.package.container import write_file
from haircut_workbooks.package.macros import macro_enabled
from haircut_workbooks.package.rules import check_unsigned
from haircut_workbooks.recalc.engine import Engine
from haircut_workbooks.recalc.fetched import fetched_cells
from haircut_workbooks.recalc.formualizer_engine import Formualizer
from haircut_workbooks.recalc.libreoffice_engine import LibreOffice
from haircut_workbooks.recalc.office import Office
from haircut_workbooks.recalc.recalculate import calculate, raise_if_any, recalculate, stale
from haircut_workbooks.recalc.recalculate import verify as check
from haircut_workbooks.recalc.replay import opinion
from haircut_workbooks.templates import TEMPLATES

PASSWORD = "HAIRCUT_PASSWORD"
ITERATE = Annotated[
    bool, typer.Option("--iterate", help="Iterate circular references, as Excel can be told to.")
]
ASK = Annotated[
    bool, typer.Option("--password-prompt", help=f"Ask for the file's password; or set {PASSWORD}.")
]


def open_with_password(path: Path, ask: bool) -> Book:
    """Open a workbook, with the password from a prompt or the environment if it is encrypted."""
    password = typer.prompt(f"Password of {path}", hide_input=True, err=True) if ask else os.getenv(PASSWORD)
    return Book.open(path, password)


class EngineName(StrEnum):
    """The engines that can calculate a book."""

    FORMUALIZER = "formualizer"
    LIBREOFFICE = "libreoffice"


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


EngineOption = Annotated[
    EngineName,
    typer.Option("--engine", help="What calculates; libreoffice for books that the default engine refuses."),
]


@app.command()
@guarded
def recalc(
    book: Annotated[Path, typer.Argument(help="Workbook to recalculate.")],
    to: Annotated[Path | None, typer.Option("--out", help="Write here instead of over the workbook.")] = None,
    engine: EngineOption = EngineName.FORMUALIZER,
    iterate: ITERATE = False,
    allow_signed: Annotated[bool, typer.Option(help="Write although it breaks a digital signature.")] = False,
    ask: ASK = False,
) -> None:
    """Recalculate a workbook in place: only values that moved change, every other byte stays.

    Example: haircut recalc loan.xlsx
    """
    source = open_with_password(book, ask)
    check_unsigned(source, ["signed"] if allow_signed else [])
    done, said = calculated(source, {}, engine, iterate)
    done.write(to or book)
    out.print(f"{to or book}: {said}")


@app.command()
@guarded
def verify(
    book: Annotated[Path, typer.Argument(help="Workbook to check; it is not changed.")],
    engine: EngineOption = EngineName.FORMUALIZER,
    iterate: ITERATE = False,
    ask: ASK = False,
) -> None:
    """Check that a workbook's values are what two engines calculate from its inputs.

    Example: haircut verify loan.xlsx
    """
    source = open_with_password(book, ask)
    with prepared(engine, source, iterate) as calculating:
        raise_if_any(f"{book}: stale or wrong values", stale(calculating, source))
    said = checked(engine, source, iterate)
    out.print(f"{book}: {len(source.formulas()):,} formulas hold what they calculate to, {said}")


def calculated(
    book: Book, inputs: Mapping[Address, Value], engine: EngineName, iterate: bool
) -> tuple[Book, str]:
    """A book recalculated with new inputs and checked, and what to say of it."""
    with prepared(engine, book, iterate) as calculating:
        done = calculate(calculating, book, inputs).book
    said = f"{len(book.formulas()):,} formulas calculated, {checked(engine, done, iterate)}"
    cells = fetched_cells(book) if engine is EngineName.FORMUALIZER else {}
    if cells:
        said += f"; {len(cells)} cells keep what Excel fetched, such as {min(cells)}"
    return done, said + errors_in(done)


def errors_in(book: Book) -> str:
    """What to say of the cells of a book that hold an error; #N/A is often meant."""
    found = {
        address: value
        for address, value in book.values().items()
        if isinstance(value, CellError) and value is not CellError.NA
    }
    if not found:
        return ""
    first = next(iter(found))
    return f"; {len(found):,} cells hold errors, the first {first}: {found[first].value}"


@contextmanager
def prepared(name: EngineName, book: Book, iterate: bool) -> Iterator[Engine]:
    """The engine of that name over a book; LibreOffice iterates as the book itself says."""
    if name is EngineName.FORMUALIZER:
        yield Formualizer(book, iterate)
        return
    if iterate:
        raise Refused("--iterate is for the default engine; LibreOffice iterates where the workbook says so")
    with Office() as office:
        yield LibreOffice(book, office)


def checked(engine: EngineName, book: Book, iterate: bool) -> str:
    """Let the second engine check a book, and say how far it could.

    After the default engine it must agree on every cell; after LibreOffice on every cell that it can
    calculate at all.
    """
    if engine is EngineName.FORMUALIZER:
        check(book, iterate)
        return "verified by two engines"
    found = opinion(book)
    raise_if_any(f"{book.name}: the two engines disagree", found.disagreements)
    if not found.unread:
        return "verified by two engines"
    return (
        f"verified by two engines in {found.checked:,} of {found.checked + len(found.unread):,} cells; "
        f"of the others {found.unread[0]} is the first"
    )
