"""What the stress sheet takes in: its inputs, the analyst's single cells, and the columns by period."""

from dataclasses import replace

from haircut_workbooks.attach.layout import Column, Line
from haircut_workbooks.attach.mapping import Mapped, Sum
from haircut_workbooks.package.address import a1
from haircut_workbooks.templates.gpu_loan.inputs import SECTIONS
from haircut_workbooks.templates.market import ILLUSTRATION, SHARE
from haircut_workbooks.templates.sheets import Input, above, at_least, between, one_of

_TEMPLATE = {item.name: item for _, items in SECTIONS for item in items}
ASSUMED = "Assumed 2026-11: replace it by the deal's own"
SALE = "{Depth_Recovery},{Other_Units},{Decay},{Discount_Rate},{Carry},{Exit_Cost},{Legal_Months}"
"""The last arguments of a forced sale."""
PERIOD = "Period"
LINKED_COLUMNS = {
    "Date": "dates",
    "CFADS": "cfads",
    "Debt service": "debt_service",
    "Revenue": "revenue",
    "Debt at period's end": "balances",
}
"""The columns whose every cell is one of the analyst's, by their headings."""
SINGLE_CELLS = {
    "Rate of the debt": "rate",
    "Debt at closing": "debt",
    "Cost of the collateral at closing": "collateral",
    "GPUs": "gpus",
}
"""The analyst's single cells, by their labels."""


def _assumed(*names: str) -> list[Input]:
    """Inputs as the loan template has them; its illustrative deal terms are only assumed here."""
    found = [_TEMPLATE[name] for name in names]
    return [replace(item, basis=ASSUMED) if item.basis == ILLUSTRATION else item for item in found]


def inputs(mapped: Mapped) -> list[Input]:
    """The cells to type in: only those that something on the sheet uses."""
    items = _assumed("Min_DSCR")
    if not mapped.has("dates"):
        items.append(
            Input("Frequency", "Periods a year", 4, "1, 2, 4 or 12", "count", "Assumed 2026-11: quarters; no dates are mapped", one_of("1", "2", "4", "12"))
        )  # fmt: skip
    if mapped.has("revenue"):
        items += [
            replace(_TEMPLATE["Rent_Decline"], label="Rent decline beyond the workbook's own"),
            Input("Exposed", "Revenue that moves with the rent", 1.0, "share of revenue", "share", "Assumed 2026-11: nothing is under contract; 1 less the contracted share", SHARE),
            _TEMPLATE["Vol_Rent"],
        ]  # fmt: skip
    if mapped.has("balances") and not mapped.has("rate"):
        items.append(Input("Loan_Rate", "Rate of the debt", 0.08, "annual nominal", "rate", ASSUMED, between(-0.05, 1)))  # fmt: skip
    if mapped.has("collateral"):
        items += _assumed("Max_LTV", "Book_Life", "Decay")
        items += [
            replace(_TEMPLATE["Release_Time_1"], unit="years after purchase"),
            replace(_TEMPLATE["Release_Time_2"], unit="years after purchase"),
            _TEMPLATE["Release_Drop"],
            _TEMPLATE["Floor_Share"],
            Input("Age", "Age of the collateral at closing", 0, "years", "years", "Assumed 2026-11: new at closing", at_least(0)),
        ]  # fmt: skip
    if mapped.has("gpus"):
        items.append(Input("Money", "One unit of money in the workbook", 1, "USD", "count", "Assumed 2026-11: it is in USD; 1,000 or 1,000,000 where it is in thousands or millions", above(0)))  # fmt: skip
        items += _assumed("Depth", "Depth_Recovery", "Other_Units", "Kw_Per_Gpu", "Hosting_MW_Per_Month", "Hostable_Share", "Legal_Months", "Carry", "Exit_Cost", "Discount_Rate")  # fmt: skip
    items += _assumed("PD", "Asset_Correlation", "Convergence", "Confidence")
    if not mapped.has("collateral"):
        items.append(Input("LGD", "Loss given default", 0.45, "share", "share", "Assumed 2026-11: Basel II, paragraph 287, senior unsecured; map collateral and gpus to see it follow", SHARE))  # fmt: skip
    return items


def columns(mapped: Mapped) -> list[Column]:
    """The table by period, as far as the mapping reaches."""
    found = [
        Column("period", PERIOD, lambda i: str(i + 1), "count"),
        Column("years", "Years", "=<period>/{Frequency}", "years"),
    ]
    if mapped.has("dates"):
        found.append(_linked(mapped, "Date", "date"))
    found += [
        _linked(mapped, "CFADS", "money"),
        _linked(mapped, "Debt service", "money"),
        Column("dscr", "DSCR", "=HC_DSCR({cfads},{debt_service})", "multiple", array=True),
        Column("covenant", "Covenant", "={Min_DSCR}", "multiple"),
    ]
    if mapped.has("revenue"):
        found += [
            _linked(mapped, "Revenue", "money"),
            Column("rent_index", "Rent left, share", "=HC_RENT_CURVE(1,{Rent_Decline},{years})", "share", array=True),
            Column("deflated", "CFADS, rent deflated", "=<cfads>-<revenue>*{Exposed}*(1-<rent_index>)", "money"),
            Column("deflated_dscr", "DSCR, rent deflated", "=HC_DSCR({deflated},{debt_service})", "multiple", array=True),
            Column("other_cash", "Cash that does not move", "=<cfads>-<revenue>", "money"),
            Column("break_rent", "Rent fall that breaks DSCR", "=HC_BREAK_RENT({revenue},{other_cash},{debt_service},{covenant},{Exposed})", "share", array=True),
        ]  # fmt: skip
    if mapped.has("balances"):
        found.append(_linked(mapped, "Debt at period's end", "money"))
    if mapped.has("collateral"):
        found += _value_columns(mapped)
    return found


def _value_columns(mapped: Mapped) -> list[Column]:
    book = "=HC_BOOK_VALUE({Cost},{years}+{Age},{Book_Life})"
    step = "=HC_STEP_VALUE({Cost},{years}+{Age},{Decay},{Release_Time_1}:{Release_Time_2},{Release_Drop},{Floor_Share})"
    found = [
        Column("book", "Book value", book, "money", array=True),
        Column("economic", "Economic value", step, "money", array=True),
    ]
    if mapped.has("gpus"):
        sale = "HC_LIQUIDATION({Gpus},<economic>*{Money}/{Gpus},{Months},{Depth}," + SALE + ",FALSE)"
        found += [
            Column("proceeds", "Forced sale brings (uncal.)", f"=MAX(0,INDEX({sale},1,10))/{{Money}}", "money"),
            Column("surplus", "Left over, debt repaid (uncal.)", "=<proceeds>-<balances>", "money"),
        ]  # fmt: skip
    found += [
        Column("book_ltv", "Book LTV", "=HC_LTV({balances},{book})", "share", array=True),
        Column("economic_ltv", "Economic LTV", "=HC_LTV({balances},{economic})", "share", array=True),
    ]
    if mapped.has("gpus"):
        found.append(
            Column("sale_ltv", "Liquidation LTV (uncal.)", "=HC_LTV({balances},{proceeds})", "share", array=True)
        )  # fmt: skip
    return [
        *found,
        Column("limit", "LTV limit", "={Max_LTV}", "share"),
        Column("break_value", "Value fall that breaks LTV", "=HC_BREAK_VALUE({balances},{economic},{limit})", "share", array=True),
    ]  # fmt: skip


def _linked(mapped: Mapped, heading: str, style: str) -> Column:
    """A column whose every cell is one of the analyst's."""
    item = LINKED_COLUMNS[heading]
    cells = links(mapped.sources[item])
    return Column(item, heading, lambda i: cells[i], style)


def links(item: Sum) -> list[str]:
    """A formula for each period of an item, or its one cell, that adds up the analyst's own.

    >>> from haircut_workbooks.attach.mapping import Source
    >>> from haircut_workbooks.package.address import Area
    >>> interest, principal = Source("Q1", Area(2, 6, 2, 7), turned=True), Source("Q1", Area(3, 6, 3, 7))
    >>> links(Sum((interest, principal)))
    ["=-'Q1'!F2+'Q1'!F3", "=-'Q1'!G2+'Q1'!G3"]
    """
    cells = [
        [f"{'-' if t.turned else '+'}{t.quoted_sheet}!{a1(*place)}" for place in t.area.cells]
        for t in item.terms
    ]
    return ["=" + "".join(terms).removeprefix("+") for terms in zip(*cells, strict=True)]


def derived(mapped: Mapped) -> list[Line]:
    """What several formulas use: the analyst's single cells, and what follows from them and the inputs."""
    lines = []
    if mapped.has("dates"):
        span = f"INDEX({{dates}},{mapped.periods})-INDEX({{dates}},1)"
        frequency = f"=ROUND(365.25*{mapped.periods - 1}/({span}),0)"
        lines.append(Line("Periods a year, from the dates", frequency, "count", "Frequency"))
    keys = {"rate": "Loan_Rate", "debt": "Debt", "collateral": "Cost", "gpus": "Gpus"}
    styles = {"rate": "rate", "debt": "money", "collateral": "money", "gpus": "count"}
    for label, item in SINGLE_CELLS.items():
        if mapped.has(item):
            name, style = keys[item], styles[item]
            lines.append(Line(label, links(mapped.sources[item])[0], style, name))
    if mapped.has("gpus"):
        months = "=HC_MONTHS_TO_SELL({Gpus},{Kw_Per_Gpu},{Hosting_MW_Per_Month},{Hostable_Share})"
        lines.append(Line("Months of selling after the legal stay", months, "number", "Months"))
    return lines
