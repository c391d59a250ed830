"""The table of worksheet functions: what one is, what its arguments are, and the table itself.

A function is declared once, in ``haircut.functions``, around a model. Its name is the model's name, its
summary the first line of the model's docstring, its defaults the model's defaults; the declaration adds
what a model does not know: units, help, the shapes in a sheet, the source and worked examples.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import Enum
from inspect import Parameter, signature
from typing import Any

from haircut.errors import CellError


class Kind(Enum):
    """What an argument must be in the sheet."""

    NUMBER = "number"
    VECTOR = "row or column of numbers"
    MATRIX = "block of numbers"
    LABELLED = "rows of labels and values"
    TEXT = "text"
    FLAG = "TRUE or FALSE"
    ANY = "anything, any number of them"


class Returns(Enum):
    """What comes back to the sheet."""

    NUMBER = "number"
    VECTOR = "vector"
    MATRIX = "matrix"
    TABLE = "table"
    SCALAR = "number or text"


REQUIRED: Any = Parameter.empty

CATEGORIES = (
    "Rent and revenue",
    "Collateral",
    "Duration",
    "Coverage",
    "Debt",
    "Borrowing base",
    "Miners",
    "Correlation convergence",
    "Liquidation",
    "Reverse stress",
    "Price of credit",
    "Reference and help",
)
"""Every category, in the order in which help and reference list them."""


@dataclass(frozen=True)
class Arg:
    """One argument of a worksheet function.

    ``group`` names what the items of a vector stand for (periods, releases, ...): all vectors of a group
    have one length, and a single number serves for every item. ``labels`` lists what a labelled range may
    state: label, unit, whether it is required or its default, meaning.
    """

    name: str
    unit: str
    help: str
    kind: Kind = Kind.NUMBER
    group: str = ""
    default: Any = REQUIRED
    labels: tuple[tuple[str, str, str, str], ...] = ()

    @property
    def required(self) -> bool:
        """Whether a call must give this argument."""
        return self.default is REQUIRED and self.kind is not Kind.ANY


def number(name: str, unit: str, help: str) -> Arg:
    """Declare an argument that is one number."""
    return Arg(name, unit, help)


def vector(name: str, unit: str, help: str, of: str = "periods") -> Arg:
    """Declare an argument that is a row or column of numbers, or one number for every item."""
    return Arg(name, unit, help, Kind.VECTOR, of)


def matrix(name: str, unit: str, help: str) -> Arg:
    """Declare an argument that is a block of numbers."""
    return Arg(name, unit, help, Kind.MATRIX)


def labelled(name: str, unit: str, help: str, labels: Iterable[tuple[str, str, str, str]]) -> Arg:
    """Declare an argument that is a block of labels and their values."""
    return Arg(name, unit, help, Kind.LABELLED, labels=tuple(labels))


def text(name: str, unit: str, help: str) -> Arg:
    """Declare an argument that is text."""
    return Arg(name, unit, help, Kind.TEXT)


PERIODS = number("periods", "a year", "Periods a year: 4 for quarters, 12 for months.")
HEADERS = Arg("headers", "TRUE or FALSE", "FALSE leaves out the header row.", Kind.FLAG, default=True)


@dataclass(frozen=True)
class Example:
    """A worked example: the arguments as a sheet holds them, and the value to six digits or better.

    A list is a row; a list of lists is a block of rows.
    """

    args: tuple[Any, ...]
    value: Any
    says: str = ""


@dataclass(frozen=True)
class Gap:
    """What stands in the place of an element that has no value, and why."""

    error: CellError
    why: str


@dataclass(frozen=True)
class Function:
    """One worksheet function: a model and what a sheet must know of it.

    ``along`` is the group whose length and direction the result takes: that of the first vector, unless told.
    """

    model: Callable[..., Any]
    category: str
    args: tuple[Arg, ...]
    returns: Returns
    source: str
    examples: tuple[Example, ...]
    undefined: Gap = Gap(CellError.NUM, "the result is not a number")
    unbounded: Gap = Gap(CellError.NUM, "the result is too large for a number")
    simulated: bool = False
    along: str = ""
    name: str = field(init=False)

    def __post_init__(self) -> None:
        vectors = (arg.group for arg in self.args if arg.kind is Kind.VECTOR)
        object.__setattr__(self, "along", self.along or next(vectors, ""))
        object.__setattr__(self, "name", "HC_" + self.model.__name__.upper())
        object.__setattr__(self, "args", self._with_defaults())

    def _with_defaults(self) -> tuple[Arg, ...]:
        declared, known = [arg.name for arg in self.args], signature(self.model).parameters
        if declared != list(known):
            raise TypeError(f"{self.name} declares {declared}, but its model takes {list(known)}")
        args = [replace(arg, default=known[arg.name].default) for arg in self.args]
        return (*args, HEADERS) if self.returns is Returns.TABLE else tuple(args)

    @property
    def summary(self) -> str:
        """The first line of the model's docstring."""
        return (self.model.__doc__ or "").strip().splitlines()[0]

    @property
    def call_text(self) -> str:
        """The call as a help line shows it, optional arguments in brackets with their default."""
        return f"{self.name}({', '.join(_shown(arg) for arg in self.args)})"


def _shown(arg: Arg) -> str:
    if arg.kind is Kind.ANY:
        return f"{arg.name}..."
    if arg.required:
        return arg.name
    if arg.default is None or arg.default == ():
        return f"[{arg.name}]"
    if isinstance(arg.default, tuple):
        return f"[{arg.name} = {{{', '.join(f'{item:g}' for item in arg.default)}}}]"
    default = str(arg.default).upper() if isinstance(arg.default, bool) else arg.default
    return f"[{arg.name} = {default:g}]" if isinstance(default, float) else f"[{arg.name} = {default}]"


FUNCTIONS: dict[str, Function] = {}
"""Every declared function by its worksheet name; filled by importing ``haircut.functions``."""


def declare(function: Function) -> Function:
    """Put a function into the table."""
    if function.name in FUNCTIONS:
        raise TypeError(f"{function.name} is declared twice")
    if function.category not in CATEGORIES:
        raise TypeError(f"{function.name} has the unknown category {function.category!r}")
    FUNCTIONS[function.name] = function
    return function


def by_category() -> dict[str, list[Function]]:
    """Every declared function under its category, in the order of `CATEGORIES`."""
    found = {category: [f for f in FUNCTIONS.values() if f.category == category] for category in CATEGORIES}
    return {category: functions for category, functions in found.items() if functions}
