"""The data_centre_project template: a data centre built on project debt, from construction to the last repayment.

``inputs`` says what is assumed, ``scenarios`` what each case moves; ``project`` holds construction, operation, debt
and cash, ``value`` the collateral and the price of the risk, ``summary`` all that does not go through time.
"""

from haircut_workbooks.templates.assumptions import assumptions
from haircut_workbooks.templates.back_matter import finished
from haircut_workbooks.templates.cover import Cover
from haircut_workbooks.templates.data_centre_project.inputs import (
    CASES,
    CONSTANTS,
    DERIVED,
    PERIODS,
    SECTIONS,
)
from haircut_workbooks.templates.data_centre_project.project import (
    add_agreed,
    add_cash,
    add_construction,
    add_debt,
    add_operation,
)
from haircut_workbooks.templates.data_centre_project.scenarios import LEVERS, NEVER
from haircut_workbooks.templates.data_centre_project.summary import CHECKS, add_blocks, fill
from haircut_workbooks.templates.data_centre_project.value import add_credit, add_value
from haircut_workbooks.templates.levers import add_levers
from haircut_workbooks.templates.lines import Timeline
from haircut_workbooks.templates.sheets import TemplateBook

WORDS = (
    "Balloon",
    "CFADS",
    "DSCR",
    "DSRA",
    "Economic value",
    "Fair spread",
    "Grade",
    "LGD",
    "LLCR",
    "LTV",
    "PD",
    "Sculpting",
)


def data_centre_project() -> bytes:
    """Build the workbook; its formulas are not yet calculated."""
    book = TemplateBook("Data centre project")
    cover = Cover(
        book,
        "Data centre project",
        "Project debt on a data centre let to one tenant: long like a building, as short-lived as what it holds.",
    )
    assumptions(book, SECTIONS, DERIVED, CONSTANTS)
    add_levers(book, CASES, LEVERS, NEVER)
    time = Timeline(book, PERIODS)
    for add in (add_agreed, add_construction, add_operation, add_debt, add_cash, add_value, add_credit):
        add(time)
    add_blocks(book, time)
    fill(cover, time)
    return finished(book, time, CHECKS, WORDS)
