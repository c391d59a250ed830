"""The template workbooks, each built by code from shared styles and sheet builders.

``sheets`` holds the styles, ``assumptions`` the sheet of inputs, ``lines`` the sheets that go through time,
``cover`` the first page and its charts, ``back_matter`` checks, function index, glossary and protection. One
folder a template says what stands where. Start at ``data_centre_project``. What these functions return is not
calculated yet: the command ``haircut new`` does that.
"""

from collections.abc import Callable

from haircut_workbooks.templates.data_centre_project import data_centre_project
from haircut_workbooks.templates.gpu_loan import gpu_loan
from haircut_workbooks.templates.miner_pivot import miner_pivot
from haircut_workbooks.templates.portfolio_convergence import portfolio_convergence

TEMPLATES: dict[str, Callable[[], bytes]] = {
    "gpu_loan": gpu_loan,
    "data_centre_project": data_centre_project,
    "miner_pivot": miner_pivot,
    "portfolio_convergence": portfolio_convergence,
}
"""Every template by name: a function that returns the workbook's bytes, its values not yet calculated."""
