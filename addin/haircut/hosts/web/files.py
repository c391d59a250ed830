"""The files that Excel reads, made from the registry and the templates in ``static``."""

import json
import re
from importlib.resources import files as resources
from pathlib import Path
from typing import Any

from haircut import __version__
from haircut.errors import HostRefused
from haircut.facts import facts, gpus
from haircut.functions import FUNCTIONS
from haircut.hosts.web.icon import icon
from haircut.hosts.web.wire import Limits
from haircut.reference import errors, formula_text, one_line, sections
from haircut.registry import Arg, Function, Kind, by_category

STATIC = ("taskpane.html", "taskpane.css", "taskpane.js", "formula.js")
ICONS = (16, 32, 64, 80, 192)
GRACE = 5.0
"""Seconds that the script waits for an answer after the server's own time is up."""


def files(base: str, limits: Limits) -> dict[str, bytes]:
    """Every file of the add-in by its name.

    Parameters
    ----------
    base : str
        The address under which the server answers, with its token and a final slash.
    limits : Limits
        What one request may ask for.
    """
    made = {
        "manifest.xml": _template("manifest.xml", base=base, version=_four_parts()),
        "manifest.json": _template("manifest.json", base=base, version=__version__),
        "functions.json": json.dumps(metadata(), indent=1),
        "functions.js": _script(limits),
        "pane.json": json.dumps(pane(), separators=(",", ":"), allow_nan=False),
        **{name: _template(name) for name in STATIC},
    }
    drawn = {f"icon-{size}.png": icon(size) for size in ICONS}
    return {name: text.encode() for name, text in made.items()} | drawn


def write(made: dict[str, bytes], folder: Path) -> None:
    """Write the files into a folder that is new or empty.

    Raises
    ------
    HostRefused
        If the folder holds anything already, or cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise HostRefused(f"{folder}: is not empty; choose a new folder")
        for name, data in made.items():
            (folder / name).write_bytes(data)
    except OSError as error:
        raise HostRefused(f"{folder}: cannot be written ({error.strerror}); choose another folder") from None


def metadata() -> dict[str, Any]:
    """What Excel must know of each function to offer and call it: the content of functions.json."""
    return {"allowErrorForDataTypeAny": True, "functions": [_described(f) for f in FUNCTIONS.values()]}


def _described(function: Function) -> dict[str, Any]:
    return {
        "id": function.name,
        "name": function.name,
        "description": function.summary,
        "parameters": [_parameter(arg) for arg in function.args],
        "result": {"type": "any", "dimensionality": "matrix"},
        "options": {"cancelable": True, "requiresParameterAddresses": True},
    }


def _parameter(arg: Arg) -> dict[str, Any]:
    described = {"name": arg.name, "description": f"{arg.help} ({arg.unit})", "type": "any"}
    more = {"repeating": True} if arg.kind is Kind.ANY else {} if arg.required else {"optional": True}
    return described | {"dimensionality": "matrix"} | more


def _script(limits: Limits) -> str:
    table = {
        function.name: {
            "named": sum(arg.kind is not Kind.ANY for arg in function.args),
            "repeating": any(arg.kind is Kind.ANY for arg in function.args),
        }
        for function in FUNCTIONS.values()
    }
    return _template(
        "functions.js",
        functions=json.dumps(table),
        most_calls=limits.calls,
        most_cells=limits.cells,
        patience=int((limits.seconds + GRACE) * 1000),
    )


def pane() -> dict[str, Any]:
    """What the task pane shows: every function in words, and the facts."""
    return {
        "version": __version__,
        "categories": [
            {"name": category, "functions": [_in_words(function) for function in functions]}
            for category, functions in by_category().items()
        ],
        "facts": list(facts().values()),
        "gpus": [row for fields in gpus().values() for row in fields.values()],
    }


def _in_words(function: Function) -> dict[str, Any]:
    held = sections(function)
    return {
        "name": function.name,
        "call": function.call_text,
        "summary": function.summary,
        "args": [
            {"name": a.name, "help": a.help, "unit": a.unit, "kind": a.kind.value, "required": a.required}
            for a in function.args
        ],
        "returns": one_line(held.get("Returns", function.returns.value)),
        "formula": one_line(held.get("Notes", "")),
        "errors": errors(function),
        "source": function.source,
        "simulated": function.simulated,
        "examples": [
            {
                "call": f"={function.name}({', '.join(map(formula_text, example.args))})",
                "value": formula_text(example.value),
                "says": example.says,
            }
            for example in function.examples
        ],
    }


def _four_parts() -> str:
    """The version as a manifest wants it: four numbers."""
    return ".".join([*re.findall(r"\d+", __version__), "0", "0", "0"][:4])


def _template(name: str, **values: object) -> str:
    text = resources(__package__).joinpath("static", name).read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace("{{" + key + "}}", str(value))
    return text
