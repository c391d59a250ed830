"""The command's frame: the application, its two consoles, and how an error becomes a line and an exit status."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import typer
from rich.console import Console

from haircut.errors import HostRefused
from haircut_workbooks.attach.mapping import MappingError
from haircut_workbooks.batch.portfolio import PortfolioError
from haircut_workbooks.package.container import WorkbookRefused
from haircut_workbooks.recalc.engine import RecalculationFailed

P = ParamSpec("P")


def group(help: str) -> typer.Typer:
    """A set of commands that print plain text and leave errors to `guarded`."""
    return typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        help=help,
    )


app = group("Credit maths for collateral that ages like fresh food, in Excel workbooks.")
out = Console(highlight=False, soft_wrap=True, markup=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)


class Refused(Exception):
    """A command that cannot be carried out: exit status 2."""


def guarded(act: Callable[P, None]) -> Callable[P, None]:
    """Turn what goes wrong in a command into one line and an exit status."""

    @wraps(act)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            act(*args, **kwargs)
        except (Refused, HostRefused, MappingError, PortfolioError, WorkbookRefused) as error:
            err.print(f"haircut: {error}")
            raise typer.Exit(2) from None
        except RecalculationFailed as error:
            err.print(f"haircut: {error}")
            raise typer.Exit(1) from None
        except KeyboardInterrupt:
            err.print("haircut: stopped; what was finished is whole, nothing is half written")
            raise typer.Exit(130) from None

    return run
