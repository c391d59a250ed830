"""What a workbook holds, told in a terminal."""

import json
from pathlib import Path
from typing import Annotated

import typer

from haircut_workbooks.cli.app import app, guarded, out
from haircut_workbooks.cli.books import ASK, open_with_password
from haircut_workbooks.recalc.inspection import Inspection
from haircut_workbooks.recalc.inspection import inspect as inspected

SHOWN = 8


@app.command()
@guarded
def inspect(
    book: Annotated[Path, typer.Argument(help="Workbook to look at; it is not changed.")],
    as_json: Annotated[bool, typer.Option("--json", help="All that was found, as JSON.")] = False,
    ask: ASK = False,
) -> None:
    """Tell what a workbook holds and what stands in the way of recalculating it; nothing is calculated.

    Example: haircut inspect loan.xlsx
    """
    found = inspected(open_with_password(book, ask))
    if as_json:
        print(json.dumps(found.as_dict(), indent=2))
        return
    for title, text in lines(found):
        out.print(f"{title:<18} {text}")


def lines(found: Inspection) -> list[tuple[str, str]]:
    """The report, a title and a text each."""
    loops = found.loops
    circular = "not searched: too many references" if loops is None else "none"
    if loops:
        how = "iterated" if found.iterates else "the workbook does not iterate: recalc needs --iterate"
        circular = f"loops {len(loops)}, of {sum(map(len, loops)):,} cells, {how}: {few([c for x in loops for c in x])}"
    return [
        ("sheets", f"{found.sheets:,}"),
        ("formulas", f"{found.formulas:,}"),
        ("names, tables", f"{found.names:,}, {found.tables:,}"),
        ("functions", few([f"{n} {k:,}" for n, k in _by_count(found.functions)])),
        ("Haircut functions", few([f"{n} {k:,}" for n, k in _by_count(found.haircut)])),
        ("unknown here", few([f"{n} {k:,}" for n, k in _by_count(found.unknown)])),
        ("not verifiable", few([f"{n} {k:,}" for n, k in _by_count(found.unverified)])),
        ("fetched by Excel", few([f"{n} {k:,}" for n, k in _by_count(found.fetched)])),
        ("volatile cells", few(found.volatile)),
        ("other workbooks", few(found.links)),
        ("what-if tables", f"{found.what_if_tables:,}"),
        ("circular", circular),
        ("macros", "yes" if found.macros else "no"),
        ("protected sheets", few(found.protected_sheets)),
        ("signed", "yes" if found.signed else "no"),
        ("recalculation", verdict(found)),
    ]


def verdict(found: Inspection) -> str:
    """Which engine may calculate the workbook, as far as the text of its formulas tells."""
    if found.unknown:
        return "the default engine does not know every function; --engine libreoffice may, macros only Excel"
    if found.unverified:
        return "the default engine knows every function, the second one does not, so it cannot be verified"
    if found.loops and not found.iterates:
        return "the built-in engines, with --iterate"
    return "the built-in engines know every function"


def few(items: list[str]) -> str:
    """The first few of some items, and how many more there are.

    >>> few(["a", "b"]), few([])
    ('a, b', 'none')
    """
    more = f" and {len(items) - SHOWN:,} more" if len(items) > SHOWN else ""
    return ", ".join(items[:SHOWN]) + more if items else "none"


def _by_count(calls: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(calls.items(), key=lambda item: (-item[1], item[0]))
