"""The ``haircut`` command: arguments and printing only.

Exit status: 0 done, 1 something in the work failed and is named, 2 the command itself could not be carried
out.
"""

import json
import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markdown import Markdown
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from haircut import __version__
from haircut.cells import OMITTED, call, unknown_function
from haircut.errors import CellError, WorksheetError
from haircut.functions import FUNCTIONS
from haircut.reference import entry
from haircut.registry import Function, by_category
from haircut_workbooks.batch.journal import Journal
from haircut_workbooks.batch.portfolio import ROLLUP, PortfolioError, read_portfolio
from haircut_workbooks.batch.rollup import heading, rollup
from haircut_workbooks.batch.run import DealResult, regenerate, worst_first
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.container import WorkbookRefused, write_file
from haircut_workbooks.recalc.engine import RecalculationFailed
from haircut_workbooks.recalc.formualizer_engine import Formualizer
from haircut_workbooks.recalc.recalculate import raise_if_any, recalculate, stale
from haircut_workbooks.recalc.replay import disagreements
from haircut_workbooks.templates import TEMPLATES

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Credit maths for collateral that ages like fresh food, in Excel workbooks.",
)
out = Console(highlight=False, soft_wrap=True, markup=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)
SHOWN_OUTPUTS = (
    "Out_Closing_Book_LTV",
    "Out_Closing_Economic_LTV",
    "Out_Closing_Contract_LTV",
    "Out_Closing_Liquidation_LTV_Uncalibrated",
    "Out_Closing_Break_Even_Depth_Uncalibrated",
    "Out_Contract_Min_DSCR",
)
MOST_SHOWN, TABLE_WIDTH = 6, 110


class Refused(Exception):
    """A command that cannot be carried out: exit status 2."""


def command(act: Callable[..., None]) -> Callable[..., None]:
    """Register a function as a command; what goes wrong becomes one line and an exit status."""

    @wraps(act)
    def guarded(*args: Any, **kwargs: Any) -> None:
        try:
            act(*args, **kwargs)
        except (Refused, PortfolioError, WorkbookRefused) as error:
            err.print(f"haircut: {error}")
            raise typer.Exit(2) from None
        except RecalculationFailed as error:
            err.print(f"haircut: {error}")
            raise typer.Exit(1) from None
        except KeyboardInterrupt:
            err.print("haircut: stopped; what was finished is whole, nothing is half written")
            raise typer.Exit(130) from None

    return app.command(name=act.__name__.rstrip("_"))(guarded)


def open_book(book: str) -> Book:
    """A template by its name, or a workbook by its path."""
    if book in TEMPLATES:
        return Book(TEMPLATES[book](), f"{book}.xlsx")
    if not Path(book).suffix and not Path(book).exists():
        raise Refused(f"{book}: neither a file nor a template; the templates are {', '.join(TEMPLATES)}")
    return Book.open(Path(book))


@command
def new(
    template: Annotated[str, typer.Argument(help="Name of a template, for instance gpu_loan.")],
    path: Annotated[Path, typer.Argument(metavar="OUT", help="Workbook to write; must not exist yet.")],
) -> None:
    """Write a new workbook from a template, its values calculated and verified.

    Example: haircut new gpu_loan loan.xlsx
    """
    if template not in TEMPLATES:
        raise Refused(f"{template}: no such template; the templates are {', '.join(TEMPLATES)}")
    if path.exists():
        raise Refused(f"{path}: exists already; choose another name")
    if path.suffix != ".xlsx":
        raise Refused(f"{path}: a template is an .xlsx workbook; end the name in .xlsx")
    book = open_book(template)
    write_file(path, recalculate(Formualizer(book), book, {}).book.data)
    out.print(f"{path}: written, {len(book.formulas()):,} formulas calculated and verified by two engines")


@command
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


@command
def verify(book: Annotated[Path, typer.Argument(help="Workbook to check; it is not changed.")]) -> None:
    """Check that a workbook's values are what two engines calculate from its inputs.

    Example: haircut verify loan.xlsx
    """
    source = Book.open(book)
    raise_if_any(f"{book}: stale or wrong values", stale(Formualizer(source), source))
    raise_if_any(f"{book}: the second engine disagrees", disagreements(source))
    out.print(f"{book}: verified, {len(source.formulas()):,} formulas agree in two engines")


@command
def regenerate_(
    book: Annotated[str, typer.Argument(help="A template's name or a workbook's path.")],
    portfolio: Annotated[
        Path,
        typer.Option(help="Table of deals: .csv, .parquet or .xlsx; a column is a defined name or Sheet!A1."),
    ],
    to: Annotated[Path, typer.Option("--out", help="Folder for the workbooks and the roll-up.")],
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; all processors if left out.")] = None,
) -> None:
    """Regenerate a workbook for every deal of a portfolio, and roll them up.

    Example: haircut regenerate gpu_loan --portfolio deals.csv --out deals
    """
    source = open_book(book)
    deals = read_portfolio(portfolio, source)
    make_folder(to)
    journal = Journal(to)
    journal.check(to / ROLLUP)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err) as bar:
        task = bar.add_task("Deals", total=len(deals.rows))
        results = regenerate(source, deals, to, workers, lambda: bar.advance(task))
    journal.write(to / ROLLUP, rollup(source, results, portfolio.name))
    print_results(source, results)
    failed = [result for result in results if result.path is None]
    for result in failed:
        err.print(f"haircut: {result.reason}")
    out.print(
        f"{len(results) - len(failed)} of {len(results)} deals in {to}, rolled up in {to / ROLLUP}",
        markup=False,
    )
    if failed:
        raise typer.Exit(1)


def make_folder(folder: Path) -> None:
    """Make the output folder, or refuse it before any work is done."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(
            f"{folder}: the folder cannot be made ({error.strerror}); choose another --out"
        ) from None
    if not os.access(folder, os.W_OK):
        raise Refused(f"{folder}: the folder cannot be written; choose another --out")


def print_results(book: Book, results: list[DealResult]) -> None:
    """Print the deals as a table, worst first; a star marks what rests on an uncalibrated depth."""
    done = worst_first(results)
    if not done:
        return
    names = [name for name in SHOWN_OUTPUTS if name in done[0].outputs] or list(done[0].outputs)[:MOST_SHOWN]
    titles = [heading(name).replace(" (uncalibrated)", "*").replace("Closing ", "") for name in names]
    table = Table("Deal", *titles, "Breaches", box=SIMPLE_HEAD)
    table.columns[0].no_wrap = True
    for column in table.columns[1:]:
        column.justify = "right"
    for result in done:
        shown = [
            format_value(result.outputs[name], book.number_format(book.named_cells[name])) for name in names
        ]
        table.add_row(Text(f"{result.row.label:.28}"), *shown, str(result.broken))
    Console(highlight=False, markup=False, width=max(out.width, TABLE_WIDTH)).print(table)
    if any("*" in title for title in titles):
        out.print("* uncalibrated: rests on an assumed market depth")


def format_value(value: object, number_format: str) -> str:
    """A value as the workbook shows it, near enough for a terminal.

    >>> format_value(0.7123, "0.0%"), format_value(20000.0, "#,##0"), format_value(1.2, '0.00"x"')
    ('71.2%', '20,000', '1.20x')
    """
    if not isinstance(value, float):
        return "" if value is None else str(value)
    if "yy" in number_format:
        from datetime import date, timedelta

        return (date(1899, 12, 30) + timedelta(days=value)).isoformat()
    if "%" in number_format:
        return f"{value:.1%}"
    return (
        f"{value:,.2f}x"
        if "x" in number_format
        else f"{value:,.0f}"
        if "#" in number_format
        else f"{value:.2f}"
    )


@command
def functions(
    name: Annotated[str | None, typer.Argument(help="One function, in full.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="All that is declared, as JSON.")] = False,
) -> None:
    """List the worksheet functions, or explain one.

    Example: haircut functions HC_DSCR
    """
    if name is not None and name.upper() not in FUNCTIONS:
        raise Refused(unknown_function(name))
    chosen = [FUNCTIONS[name.upper()]] if name else list(FUNCTIONS.values())
    if as_json:
        print(json.dumps([described(function) for function in chosen], indent=2, default=str))
    elif name:
        out.print(Markdown(entry(chosen[0])))
    else:
        for category, listed in by_category().items():
            out.print(f"\n{category}", style="bold")
            for function in listed:
                out.print(f"  {function.call_text}\n      {function.summary}")


def described(function: Function) -> dict[str, Any]:
    """Everything that a function declares, for a machine."""
    return {
        "name": function.name,
        "category": function.category,
        "summary": function.summary,
        "call": function.call_text,
        "returns": function.returns.value,
        "source": function.source,
        "simulated": function.simulated,
        "arguments": [
            {"name": a.name, "kind": a.kind.value, "unit": a.unit, "help": a.help, "required": a.required}
            | ({"default": a.default} if isinstance(a.default, int | float | str) else {})
            for a in function.args
        ],
        "examples": [
            {"arguments": list(e.args), "value": e.value, "says": e.says} for e in function.examples
        ],
    }


@app.command(name="call", context_settings={"ignore_unknown_options": True})
def call_(
    name: Annotated[str, typer.Argument(help="Function, for instance HC_DSCR.")],
    args: Annotated[
        list[str] | None, typer.Argument(help="Arguments, each as JSON; an empty one is left out.")
    ] = None,
) -> None:
    """Call a worksheet function.

    Each argument is JSON: a number, a "text", a [list] for a row or column, a [[list], [of lists]] for a
    grid, null for a blank. Example: haircut call HC_DSCR "[130, 120]" "[100, 100]"
    """
    function = FUNCTIONS.get(name.upper())
    try:
        if function is None:
            raise WorksheetError(CellError.NAME, unknown_function(name))
        value = call(function, [read_argument(text) for text in args or []])
    except WorksheetError as error:
        print(json.dumps({"error": error.error.value, "why": error.why}))
        raise typer.Exit(1) from None
    print(json.dumps(value, default=str))


def read_argument(text: str) -> Any:
    """An argument from JSON; the spelling of an error value is that error.

    >>> read_argument("[1, null]"), read_argument('"#N/A"')
    ([1, None], <CellError.NA: '#N/A'>)
    """
    if not text:
        return OMITTED
    try:
        return with_errors(json.loads(text))
    except (json.JSONDecodeError, RecursionError):
        message = f"{text:.60} is not JSON; write text in quotes, as '\"annuity\"'"
        raise WorksheetError(CellError.VALUE, message) from None


def with_errors(value: Any) -> Any:
    """Put `CellError` in the place of each text that spells one."""
    if isinstance(value, list):
        return [with_errors(item) for item in value]
    return (
        next((error for error in CellError if error.value == value), value)
        if isinstance(value, str)
        else value
    )


@command
def version() -> None:
    """Print the version."""
    out.print(__version__)


def main() -> None:
    """Run the command."""
    app(args=sys.argv[1:], prog_name="haircut")


if __name__ == "__main__":
    main()
