"""The data_centre_project template: a data centre built on project debt, from construction to the end of its life.

``inputs`` says what is assumed, ``scenarios`` what each case moves. ``case`` holds what every case of the site has:
lease, cash, worth. ``project`` is construction and operation, ``cash`` the loan and the account, ``value`` collateral,
loss and reverse stress, ``views`` the same project seen twice, ``sizing`` and
``returns`` the tables that do not go through time,
``convergence`` and ``deal_scenario`` dependence, ``summary`` the cover and the checks.
"""

from haircut_workbooks.templates.assumptions import assumptions
from haircut_workbooks.templates.back_matter import finished
from haircut_workbooks.templates.cover import Cover
from haircut_workbooks.templates.data_centre_project.cash import add_cash, add_debt, add_refinancing
from haircut_workbooks.templates.data_centre_project.convergence import add_convergence
from haircut_workbooks.templates.data_centre_project.deal_scenario import add_deal_scenario
from haircut_workbooks.templates.data_centre_project.inputs import (
    CASES,
    CONSTANTS,
    DERIVED,
    PERIODS,
    SECTIONS,
)
from haircut_workbooks.templates.data_centre_project.project import (
    add_agreed,
    add_construction,
    add_operation,
)
from haircut_workbooks.templates.data_centre_project.returns import add_returns
from haircut_workbooks.templates.data_centre_project.scenarios import LEVERS, NEVER
from haircut_workbooks.templates.data_centre_project.sizing import add_blocks
from haircut_workbooks.templates.data_centre_project.summary import CHECKS, fill
from haircut_workbooks.templates.data_centre_project.value import add_credit, add_stress, add_value
from haircut_workbooks.templates.data_centre_project.views import add_two_views, add_views
from haircut_workbooks.templates.levers import add_levers
from haircut_workbooks.templates.lines import Timeline
from haircut_workbooks.templates.sheets import TemplateBook

SHEETS = (
    add_agreed,
    add_construction,
    add_operation,
    add_debt,
    add_cash,
    add_value,
    add_refinancing,
    add_credit,
    add_stress,
    add_views,
)
WORDS = (
    "Balloon",
    "CFADS",
    "Convergence",
    "DSCR",
    "DSRA",
    "Duration gap",
    "Economic value",
    "Fair spread",
    "Grade",
    "LGD",
    "LLCR",
    "Lock-up",
    "LTV",
    "PD",
    "PLCR",
    "Sculpting",
    "Sweep",
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
    for add in SHEETS:
        add(time)
    for add_table in (add_blocks, add_returns, add_two_views, add_convergence, add_deal_scenario):
        add_table(book, time)
    fill(cover, time)
    return finished(book, time, CHECKS, WORDS)
