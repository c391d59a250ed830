"""LibreOffice as a recalculation engine: its copy of the book hands ranges over as arrays."""

from tests.hosts.calls import laid_out

from haircut_workbooks.recalc.libreoffice_engine import LibreOffice
from haircut_workbooks.recalc.office import Office


def answers():
    """What each call gives on this host, as rows of cells."""
    laid = laid_out()
    with Office() as office:
        values = LibreOffice(laid.book, office).recalculate({}).values
    return laid.answers(values.get)
