"""The miner_pivot template: a listed bitcoin miner that borrows to turn to AI hosting.

``inputs`` says what is assumed; ``operations``, ``debt``, ``cash`` and ``collateral`` what stands on the sheets through time;
``stress`` what breaks it; ``risk`` the scenarios and the price of the risk; ``summary`` the first page and the checks.
"""

from haircut_workbooks.templates.assumptions import assumptions
from haircut_workbooks.templates.back_matter import finished
from haircut_workbooks.templates.cover import Cover
from haircut_workbooks.templates.lines import Timeline
from haircut_workbooks.templates.miner_pivot import cash, collateral, debt, operations, risk, stress
from haircut_workbooks.templates.miner_pivot.inputs import CONSTANTS, DERIVED, PERIODS, SECTIONS
from haircut_workbooks.templates.miner_pivot.summary import CHECKS, WORDS, fill
from haircut_workbooks.templates.sheets import TemplateBook


def miner_pivot() -> bytes:
    """Build the workbook; its formulas are not yet calculated."""
    book = TemplateBook("Miner pivot")
    cover = Cover(book, "Miner pivot", "A listed bitcoin miner that borrows to turn to AI hosting.")
    assumptions(book, SECTIONS, DERIVED, CONSTANTS)
    risk.scenarios(book)
    risk.convergence(book)
    time = Timeline(book, PERIODS)
    operations.mining(time)
    operations.hosting(time)
    debt.converts(book, time)
    debt.debt(time)
    cash.cash(time)
    cash.cover(time)
    collateral.collateral(time)
    collateral.reverse(time)
    stress.breaking_point(book, time)
    debt.share_price(book, time)
    cash.wall(book, time)
    collateral.look_through(book, time)
    risk.deal_scenario(book, time)
    risk.quotes(book)
    fill(cover, time)
    return finished(book, time, CHECKS, WORDS)
