"""LibreOffice as a recalculation engine: its copy of the book hands ranges over as arrays."""

from tests.hosts.calls import laid_out
from tests.office import warm_office

from haircut_workbooks.recalc.libreoffice_engine import LibreOffice


def answers():
    """What each call gives on this host, as rows of cells."""
    laid = laid_out()
    values = LibreOffice(laid.book, warm_office()).recalculate({}).values
    return laid.answers(values.get)
