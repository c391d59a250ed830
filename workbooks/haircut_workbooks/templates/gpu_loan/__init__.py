"""The gpu_loan template: a GPU-backed delayed-draw term loan, from draws and rent to three LTVs and a fair spread.

``inputs`` says what is assumed, ``scenarios`` which case runs; the other files say what stands on which sheet,
in the order of the workbook; ``summary`` holds the cover and the checks.
"""

from haircut_workbooks.templates.assumptions import assumptions
from haircut_workbooks.templates.back_matter import finished
from haircut_workbooks.templates.cover import Cover
from haircut_workbooks.templates.gpu_loan.collateral import (
    add_collateral,
    add_liquidation,
    fill_forced_sale,
    forced_sale_sheet,
)
from haircut_workbooks.templates.gpu_loan.convergence import (
    add_stressed_cash,
    convergence_sheet,
    fill_convergence,
)
from haircut_workbooks.templates.gpu_loan.coverage import add_coverage, fill_mismatch, mismatch_sheet
from haircut_workbooks.templates.gpu_loan.credit import add_credit, add_readings, fill_price, price_sheet
from haircut_workbooks.templates.gpu_loan.deal_scenario import fill_scenario, scenario_sheets
from haircut_workbooks.templates.gpu_loan.debt import add_debt, add_waterfall, fill_sources, sources_sheet
from haircut_workbooks.templates.gpu_loan.fleet import add_cash_flow, add_fleet
from haircut_workbooks.templates.gpu_loan.inputs import CONSTANTS, DERIVED, PERIODS, SECTIONS
from haircut_workbooks.templates.gpu_loan.scenarios import add_scenarios
from haircut_workbooks.templates.gpu_loan.summary import CHECKS, fill_cover
from haircut_workbooks.templates.lines import Timeline
from haircut_workbooks.templates.sheets import TemplateBook

WORDS = (
    "Advance rate", "Balloon", "Break-even depth", "CFADS", "Convergence", "Covenant", "DSCR", "DSRA", "Delayed draw",
    "Duration gap", "Economic value", "EL", "ES", "Fair spread", "Grade", "LGD", "Liquidation value", "LLCR", "LTV",
    "PD", "Re-contracting cliff", "Sculpting", "Sweep", "Take-or-pay", "VaR",
)  # fmt: skip


def gpu_loan() -> bytes:
    """Build the workbook; its formulas are not yet calculated."""
    book = TemplateBook("GPU-backed delayed-draw term loan")
    cover = Cover(book, "GPU-backed delayed-draw term loan", "Two ways to look at one loan: the cash that serves it, and the machines that secure it.")  # fmt: skip
    assumptions(book, SECTIONS, DERIVED, CONSTANTS)
    add_scenarios(book)
    time = Timeline(book, PERIODS)
    sources = sources_sheet(book)
    add_fleet(time)
    add_cash_flow(time)
    add_debt(time)
    add_waterfall(time)
    add_collateral(time)
    add_liquidation(time)
    forced_sale = forced_sale_sheet(book)
    add_coverage(time)
    mismatch = mismatch_sheet(book)
    convergence = convergence_sheet(book)
    add_stressed_cash(time)
    add_credit(time)
    price = price_sheet(book)
    scenario = scenario_sheets(book)
    add_readings(book)
    fill_sources(book, sources, time)
    fill_forced_sale(book, forced_sale, time)
    fill_mismatch(book, mismatch, time)
    fill_convergence(book, convergence, time)
    fill_price(book, price, time)
    fill_scenario(book, scenario, time)
    fill_cover(cover, time)
    return finished(book, time, CHECKS, WORDS)
