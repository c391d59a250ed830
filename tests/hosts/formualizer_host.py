"""The recalculation engine of the batch as a host."""

from tests.hosts.calls import laid_out

from haircut_workbooks.recalc.formualizer_engine import Formualizer


def answers():
    """What each call gives on this host, as rows of cells."""
    laid = laid_out()
    values = Formualizer(laid.book).recalculate({}).values
    return laid.answers(values.get)
