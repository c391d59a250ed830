"""Whole portfolios of workbooks."""

import os
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
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

from haircut_workbooks.batch.journal import Journal
from haircut_workbooks.batch.portfolio import ROLLUP, read_portfolio
from haircut_workbooks.batch.rollup import heading, rollup
from haircut_workbooks.batch.run import DealResult, regenerate, worst_first
from haircut_workbooks.cli.app import Refused, app, err, guarded, out
from haircut_workbooks.cli.books import open_book
from haircut_workbooks.package.book import Book

SHOWN_OUTPUTS = (
    "Out_Closing_Book_LTV",
    "Out_Closing_Economic_LTV",
    "Out_Closing_Contract_LTV",
    "Out_Closing_Liquidation_LTV_Uncalibrated",
    "Out_Closing_Break_Even_Depth_Uncalibrated",
    "Out_Contract_Min_DSCR",
)
MOST_SHOWN, TABLE_WIDTH = 6, 110


@app.command("regenerate")
@guarded
def regenerate_(
    book: Annotated[str, typer.Argument(help="A template's name or a workbook's path.")],
    portfolio: Annotated[
        Path,
        typer.Option(
            help="Table of deals: .csv, .parquet or .xlsx; a column is a defined name or Sheet!A1."
            " A name of several cells in a row or column takes as many values, separated by ' | '."
        ),
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
    out.print(f"{len(results) - len(failed)} of {len(results)} deals in {to}, rolled up in {to / ROLLUP}")
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
        out.print("* uncalibrated: rests on assumptions of how a forced sale would go")


def format_value(value: object, number_format: str) -> str:
    """A value as the workbook shows it, near enough for a terminal.

    >>> format_value(0.7123, "0.0%"), format_value(20000.0, "#,##0"), format_value(1.2, '0.00"x"')
    ('71.2%', '20,000', '1.20x')
    """
    if not isinstance(value, float):
        return "" if value is None else str(value)
    if "yy" in number_format:
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
