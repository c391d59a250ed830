"""The worksheet functions from a terminal."""

import json
from typing import Annotated, Any

import typer
from rich.markdown import Markdown

from haircut import __version__
from haircut.cells import OMITTED, call, unknown_function
from haircut.errors import CellError, WorksheetError
from haircut.functions import FUNCTIONS
from haircut.reference import entry, label_tables
from haircut.registry import Function, by_category
from haircut_workbooks.cli.app import Refused, app, guarded, out


@app.command()
@guarded
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
        out.print(Markdown(entry(chosen[0]) + label_tables(chosen)))
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
        if "(" in name:
            raise WorksheetError(
                CellError.NAME, "give the arguments after the name: haircut call HC_LTV 70 100"
            )
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
        cure = "write [1.5, 3.5] for {1.5,3.5}" if "{" in text else "write text in quotes, as '\"annuity\"'"
        message = f"{text:.60} is not JSON; {cure}"
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


@app.command()
@guarded
def version() -> None:
    """Print the version."""
    out.print(__version__)
