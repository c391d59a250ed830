"""Inputs of a workbook set from the terminal."""

from pathlib import Path
from typing import Annotated

import typer

from haircut_workbooks.cli.app import Refused, app, guarded, out
from haircut_workbooks.cli.books import (
    ASK,
    ITERATE,
    EngineName,
    EngineOption,
    calculated,
    open_with_password,
)
from haircut_workbooks.package.inputs import checked, edits_of
from haircut_workbooks.package.rules import Allowance, Raw, spelled
from haircut_workbooks.package.splice import splice


def typed(text: str) -> Raw:
    """What a value given on the command line means.

    >>> typed("2.1"), typed("true"), typed("2026-03-31"), typed('"2.1"'), typed("base case"), typed("")
    (2.1, True, datetime.date(2026, 3, 31), '2.1', 'base case', None)
    """
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    if text.upper() in ("TRUE", "FALSE"):
        return text.upper() == "TRUE"
    try:
        return spelled(text)
    except ValueError:
        return text or None


@app.command("set")
@guarded
def set_(
    book: Annotated[Path, typer.Argument(help="Workbook whose inputs to set.")],
    values: Annotated[
        list[str], typer.Argument(help="Sheet!A1=VALUE or Name=VALUE; nothing after = clears the cell.")
    ],
    to: Annotated[Path | None, typer.Option("--out", help="Write here instead of over the workbook.")] = None,
    recalc: Annotated[
        bool, typer.Option("--recalc", help="Recalculate and verify the formulas too.")
    ] = False,
    on_load: Annotated[
        bool,
        typer.Option("--full-calc-on-load", help="Let Excel calculate everything when it opens the file."),
    ] = False,
    allow_locked: Annotated[bool, typer.Option(help="Write to locked cells of protected sheets.")] = False,
    allow_signed: Annotated[bool, typer.Option(help="Write although it breaks a digital signature.")] = False,
    engine: EngineOption = EngineName.FORMUALIZER,
    iterate: ITERATE = False,
    ask: ASK = False,
) -> None:
    """Set input cells in a workbook's own bytes; nothing else in the file changes.

    A value is a number, TRUE or FALSE, a date such as 2026-03-31, or text, in quotes if it looks like one of
    these. Example: haircut set loan.xlsx Rent=2.1 "Assumptions!C25=sculpted" --out new.xlsx --recalc
    """
    source = open_with_password(book, ask)
    allow: list[Allowance] = []
    allow += ["locked"] if allow_locked else []
    allow += ["signed"] if allow_signed else []
    inputs = checked(source, parsed(values), allow)
    if recalc:
        done, said = calculated(source, inputs, engine, iterate)
        if on_load:
            done = done.changed(splice(done, {}, full_calc_on_load=True))
    else:
        done = source.changed(splice(source, edits_of(inputs), on_load))
        said = (
            "Excel will calculate it on opening"
            if on_load
            else "its formulas keep their old values: --recalc or --full-calc-on-load renews them"
        )
    done.write(to or book)
    out.print(f"{to or book}: {len(inputs)} {'cell' if len(inputs) == 1 else 'cells'} set, {said}")


def parsed(values: list[str]) -> dict[str, Raw]:
    """Each value by its target."""
    wanted: dict[str, Raw] = {}
    for text in values:
        target, equals, value = text.partition("=")
        if not equals or not target.strip():
            raise Refused(f"{text}: write it as Sheet!A1=VALUE or Name=VALUE")
        if target.strip() in wanted:
            raise Refused(f"{target.strip()}: given twice; leave one of its values out")
        wanted[target.strip()] = typed(value)
    return wanted
