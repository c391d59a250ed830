"""The template workbooks, each built by code from shared styles and sheet builders.

``sheets`` is the shared vocabulary (styles, titled sheets, input blocks, timelines), one file per
template says what stands where. ``build`` returns a finished workbook: built, recalculated, verified.
"""

from collections.abc import Callable

from haircut_workbooks.templates.gpu_loan import gpu_loan

TEMPLATES: dict[str, Callable[[], bytes]] = {"gpu_loan": gpu_loan}
"""Every template by name: a function that returns the workbook's bytes, its values not yet calculated."""
