"""The portfolio_convergence template: a lender's book of GPU loans, sites and miners, as quoted beside converged.

``inputs`` says what is assumed, ``loans`` is the typed book (``sample`` what it holds when new), ``slots`` how a
table goes down the loans. ``borrowers``, ``losses``, ``convergence``, ``tranches``, ``value``, ``concentration``,
``run_off``, ``sale`` and ``stress`` each make a sheet, ``summary`` the first page and the checks.
"""

from haircut_workbooks.templates.assumptions import assumptions
from haircut_workbooks.templates.back_matter import finished
from haircut_workbooks.templates.cover import Cover
from haircut_workbooks.templates.portfolio_convergence.borrowers import add_borrowers
from haircut_workbooks.templates.portfolio_convergence.concentration import add_concentration
from haircut_workbooks.templates.portfolio_convergence.convergence import add_convergence
from haircut_workbooks.templates.portfolio_convergence.inputs import CONSTANTS, DERIVED, SECTIONS
from haircut_workbooks.templates.portfolio_convergence.loans import add_loans
from haircut_workbooks.templates.portfolio_convergence.losses import add_losses
from haircut_workbooks.templates.portfolio_convergence.run_off import add_run_off
from haircut_workbooks.templates.portfolio_convergence.sale import add_sale
from haircut_workbooks.templates.portfolio_convergence.stress import add_stress
from haircut_workbooks.templates.portfolio_convergence.summary import TIES, WORDS, fill
from haircut_workbooks.templates.portfolio_convergence.tranches import add_tranches
from haircut_workbooks.templates.portfolio_convergence.value import add_value
from haircut_workbooks.templates.sheets import TemplateBook


def portfolio_convergence() -> bytes:
    """Build the workbook; its formulas are not yet calculated."""
    book = TemplateBook("Portfolio under convergence")
    cover = Cover(
        book,
        "Portfolio under convergence",
        "A lender's book where coin, rent, power and refinancing turn bad together.",
    )
    assumptions(book, SECTIONS, DERIVED, CONSTANTS)
    slots = add_loans(book)
    add_borrowers(slots)
    add_losses(book)
    add_convergence(slots)
    add_tranches(slots)
    add_concentration(slots)
    add_run_off(slots)
    add_value(slots)
    add_sale(slots)
    add_stress(slots)
    fill(cover, slots)
    return finished(book, None, TIES, WORDS)
