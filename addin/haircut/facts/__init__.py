"""Dated, sourced, graded reference data, and its reader.

One row a fact in ``facts.csv``, one row a GPU model and field in ``gpus.csv``: a value or a range, its
unit, the date it held, who published it, under which licence, and how far to trust it. Nothing here is a
default of any model.
"""

from csv import DictReader
from functools import cache
from importlib.resources import files

FIELDS = ("value", "low", "high", "unit", "as_of", "source", "url", "licence", "grade", "item", "topic")
NUMBERS = ("value", "low", "high")
GPU_COLUMNS = (*NUMBERS, "unit", "as_of", "source", "url", "licence", "grade")


@cache
def facts() -> dict[str, dict[str, str]]:
    """Return every fact by its id, each field as the file holds it.

    >>> facts()["dscr_covenant_ddtl_4"]["unit"]
    'x'
    """
    return {row["id"]: row for row in _rows("facts.csv")}


@cache
def gpus() -> dict[str, dict[str, dict[str, str]]]:
    """Return what is known of every GPU model, by its name and by field, as the file holds it.

    >>> gpus()["H100"]["memory_gb"]["unit"]
    'GB'
    """
    known: dict[str, dict[str, dict[str, str]]] = {}
    for row in _rows("gpus.csv"):
        known.setdefault(row["model"], {})[row["field"]] = row
    return known


def _rows(name: str) -> list[dict[str, str]]:
    return list(DictReader(files(__name__).joinpath(name).read_text(encoding="utf-8").splitlines()))
