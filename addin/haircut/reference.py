"""The reference: every worksheet function in words, made from its declaration and its model's docstring.

``pages`` gives one Markdown page a family; ``python -m haircut.reference FOLDER`` writes them.
"""

import re
import sys
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from textwrap import dedent
from typing import Any

import haircut.functions  # noqa: F401 - fills the table
from haircut.errors import CellError
from haircut.registry import Arg, Function, by_category

NOTES = files("haircut") / "notes"
"""Prose that stands above a family's functions, by the page's name."""
_SECTION = re.compile(r"^(\w[\w ]*)\n-{3,}\n", re.MULTILINE)


def sections(function: Function) -> dict[str, str]:
    """The numpydoc sections of a model's docstring by title.

    >>> from haircut.registry import FUNCTIONS
    >>> sorted(sections(FUNCTIONS["HC_LTV"]))
    ['Examples', 'Parameters', 'Raises', 'Returns']
    """
    rest = (function.model.__doc__ or "").partition("\n")[2]
    parts = _SECTION.split(dedent(rest))
    return dict(zip(parts[1::2], (part.strip("\n") for part in parts[2::2]), strict=True))


def formula_text(value: Any) -> str:
    """A value as it stands in a formula.

    >>> formula_text([1, 2.5]), formula_text([["a", True], [None, CellError.NA]])
    ('{1,2.5}', '{"a",TRUE;,#N/A}')
    """
    if isinstance(value, list | tuple):
        rows = value if value and isinstance(value[0], list | tuple) else [value]
        return "{" + ";".join(",".join(map(formula_text, row)) for row in rows) + "}"
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return f'"{value}"'
    return str(value) if isinstance(value, CellError) else f"{value:.12g}"


def entry(function: Function) -> str:
    """The Markdown entry of one function."""
    held = sections(function)
    lines = [f"## {function.name}", "", f"`{function.call_text}`", "", function.summary, ""]
    if function.args:
        lines += ["| argument | what | unit | |", "|---|---|---|---|", *map(_argument, function.args), ""]
    lines += ["**Comes back:** " + one_line(held.get("Returns", function.returns.value)), ""]
    if "Notes" in held:
        lines += ["**Formula:** " + "\n\n".join(map(one_line, held["Notes"].split("\n\n"))), ""]
    reasons = errors(function)
    if reasons:
        lines += ["**Errors:**", "", *(f"- `{error}` {why}" for error, why in reasons), ""]
    lines += [f"**Source:** {function.source}", ""]
    if function.simulated:
        lines += ["**Simulated**, with a standard error.", ""]
    for example in function.examples:
        call = f"={function.name}({', '.join(map(formula_text, example.args))})"
        says = f" ({example.says})" if example.says else ""
        lines += [f"**Example:** `{call}` gives `{formula_text(example.value)}`{says}", ""]
    return "\n".join(lines)


def label_tables(functions: Iterable[Function]) -> str:
    """What each labelled range of some functions may state, each range once."""
    lines = []
    for arg in {arg.name: arg for function in functions for arg in function.args if arg.labels}.values():
        lines += [
            f"## Labels of `{arg.name}`",
            "",
            "| label | unit | default | meaning |",
            "|---|---|---|---|",
        ]
        lines += [f"| `{name}` | {unit} | {default} | {says} |" for name, unit, default, says in arg.labels]
        lines += [""]
    return "\n".join(lines)


ERROR_NAMES = {
    "InvalidValue": "#VALUE!",
    "OutOfRange": "#NUM!",
    "NothingToDivideBy": "#DIV/0!",
    "NotApplicable": "#N/A",
}


def errors(function: Function) -> list[tuple[str, str]]:
    """Each error value that a call can give, and when: from the model, and in place of a missing element.

    >>> from haircut.registry import FUNCTIONS
    >>> errors(FUNCTIONS["HC_LTV"])[-1]
    ('#DIV/0!', 'Where the collateral is worth 0.')
    """
    items = re.split(r"^(\w+)\n", sections(function).get("Raises", ""), flags=re.MULTILINE)[1:]
    raised = [(ERROR_NAMES[name], one_line(text)) for name, text in zip(items[::2], items[1::2], strict=True)]
    gaps = [
        (str(gap.error), f"Where {gap.why}.")
        for gap in (function.undefined, function.unbounded)
        if gap.error is not CellError.NUM
    ]
    return raised + gaps


def _argument(arg: Arg) -> str:
    optional = "" if arg.required else "optional"
    if not arg.required and isinstance(arg.default, int | float | str):
        optional = f"default {formula_text(arg.default)}"
    kind = "" if arg.kind.value == "number" else f" ({arg.kind.value})"
    return f"| `{arg.name}` | {arg.help}{kind} | {arg.unit} | {optional} |"


def one_line(text: str) -> str:
    """A paragraph of a docstring on one line, its code in single backquotes."""
    return re.sub(r"``([^`]*)``", r"`\1`", " ".join(text.split()))


def pages() -> dict[str, str]:
    """Every reference page by file name: one a family, and an index."""
    made = {}
    index = ["# The worksheet functions", ""]
    for category, functions in by_category().items():
        name = category.lower().replace(" ", "_") + ".md"
        note = NOTES / name
        above = note.read_text(encoding="utf-8") if note.is_file() else ""
        parts = [f"# {category}\n", above, *map(entry, functions), label_tables(functions)]
        made[name] = "\n".join(filter(None, parts)).rstrip() + "\n"
        index += [f"## [{category}]({name})", ""]
        index += [f"- `{function.call_text}`: {function.summary}" for function in functions] + [""]
    made["README.md"] = "\n".join(index)
    return made


def main(folder: str) -> None:
    """Write the pages into a folder."""
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (target / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
