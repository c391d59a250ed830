"""A docstring's Raises names every error that a bad argument brings about."""

import re
from inspect import getdoc, signature

import numpy as np
import pytest

from haircut.functions import FUNCTIONS
from haircut.models import errors

ERRORS = tuple(
    error for error in vars(errors).values() if isinstance(error, type) and issubclass(error, Exception)
)
BAD = (
    float("nan"),
    -1e9,
    1e9,
    0.0,
    1.0,
    "nonsense",
    [],
    [1.0, 2.0, 3.0],
    [0.2, -0.1],
    [[1.0, 0.5], [0.4, 1.0]],
)


def raised(model, args):
    """The names of the errors of a good call with one or two of its arguments made bad."""
    names = set()
    given = [*args, *(p.default for p in list(signature(model).parameters.values())[len(args) :])]
    for place in range(len(given)):
        for bad in BAD:
            changed = [*given[:place], bad, *given[place + 1 :]]
            try:
                with np.errstate(all="ignore"):
                    model(*changed)
            except ERRORS as error:
                names.add(type(error).__name__)
            except (TypeError, ValueError, AttributeError):
                pass  # Text for a number and the like: the border of the cells refuses it before.
    return names


@pytest.mark.parametrize("function", [f for f in FUNCTIONS.values() if f.args], ids=lambda f: f.name)
def test_every_error_is_documented(function):
    section = (getdoc(function.model) or "").partition("Raises\n------\n")[2].partition("\n\n")[0]
    args = function.examples[0].args[: len(signature(function.model).parameters)]
    named = {
        name for line in section.splitlines() if not line.startswith(" ") for name in re.findall(r"\w+", line)
    }
    assert raised(function.model, args) - named == set()
