"""Dated, sourced, graded reference data, and its reader.

One row a fact in ``facts.csv``: a value or a range, its unit, the date it held, who published it, under
which licence, and how far to trust it. Nothing here is a default of any model.
"""

from csv import DictReader
from functools import cache
from importlib.resources import files

FIELDS = ("value", "low", "high", "unit", "as_of", "source", "url", "licence", "grade", "item", "topic")
NUMBERS = ("value", "low", "high")


@cache
def facts() -> dict[str, dict[str, str]]:
    """Return every fact by its id, each field as the file holds it.

    >>> facts()["dscr_covenant_ddtl_4"]["unit"]
    'x'
    """
    text = files(__name__).joinpath("facts.csv").read_text(encoding="utf-8")
    return {row["id"]: row for row in DictReader(text.splitlines())}
