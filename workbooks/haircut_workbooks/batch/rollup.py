"""The roll-up: one workbook that ranks the deals of a batch, marks breaches and charts what matters."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from haircut.errors import CellError
from haircut_workbooks.batch.run import UNCALIBRATED, DealResult, worst_first
from haircut_workbooks.package.book import Book, Value
from haircut_workbooks.templates.sheets import AMBER, BLUE, CREATED, GREY, INK, RED, RULE

HEADER_ROW = 5
SERIES_COLOURS = (BLUE, AMBER, RED)
DEPTHS = ("Out_Closing_Break_Even_Depth_Uncalibrated", "Out_Assumed_Depth_Uncalibrated")
LTVS = ("Out_Closing_Book_LTV", "Out_Closing_Economic_LTV", "Out_Closing_Liquidation_LTV_Uncalibrated")


def heading(name: str) -> str:
    """What a reader sees for a defined name.

    >>> heading("Out_Closing_Liquidation_LTV_Uncalibrated"), heading("Breach_DSCR")
    ('Closing Liquidation LTV (uncalibrated)', 'DSCR')
    """
    text = name.partition("_")[2]
    note = " (uncalibrated)" if text.endswith(UNCALIBRATED) else ""
    return text.removesuffix(UNCALIBRATED).replace("_", " ") + note


def rollup(book: Book, results: Sequence[DealResult], source: str) -> bytes:
    """Build the roll-up workbook.

    Parameters
    ----------
    book : Book
        The book that was regenerated; its number formats are used again.
    results : sequence of DealResult
        Every deal, failed ones too.
    source : str
        What the deals came from, for the title.
    """
    file = BytesIO()
    workbook = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    workbook.set_properties({"title": "Portfolio roll-up", "author": "Haircut", "created": CREATED})
    done = worst_first(list(results))
    sheet = workbook.add_worksheet("Portfolio")
    _title(
        workbook,
        sheet,
        f"{len(done)} of {len(results)} deals from {source}; most broken tests first, then by the book's own rank",
    )
    names = list(done[0].outputs) if done else []
    if done:
        _lines(workbook, sheet, book, done, names)
        _charts(workbook, done, names)
    failed = [result for result in results if result.path is None]
    if failed:
        _failed(workbook, failed)
    workbook.close()
    return file.getvalue()


def _style(workbook: Any, **settings: Any) -> Format:
    return workbook.add_format({"font_name": "Calibri", "font_size": 10, "font_color": INK} | settings)


def _title(workbook: Any, sheet: Worksheet, subtitle: str) -> None:
    sheet.hide_gridlines(2)
    sheet.write(0, 1, "Portfolio roll-up", _style(workbook, bold=True, font_size=16, font_color=BLUE))
    sheet.write(1, 1, subtitle, _style(workbook, italic=True, font_color=GREY))
    note = "Columns marked (uncalibrated) rest on assumptions of how a forced sale would go, which nobody publishes. Where a depth is assumed, compare it with the break-even one."
    sheet.write(2, 1, note, _style(workbook, italic=True, font_color=GREY))
    sheet.set_column(0, 0, 2)
    sheet.set_landscape()
    sheet.set_paper(8)
    sheet.fit_to_pages(1, 0)


def _lines(workbook: Any, sheet: Worksheet, book: Book, done: list[DealResult], names: list[str]) -> None:
    head = _style(workbook, bold=True, font_color="#FFFFFF", bg_color=BLUE, text_wrap=True, valign="vcenter")
    sheet.set_row(HEADER_ROW, 60)
    for column, text in enumerate(
        ["Rank", "Deal", "Breaches", "Which"] + [heading(name) for name in names], start=1
    ):
        sheet.write(HEADER_ROW, column, text, head)
    sheet.set_column(1, 1, 6)
    sheet.set_column(2, 2, 30)
    sheet.set_column(3, 3, 9)
    sheet.set_column(4, 4, 34)
    sheet.set_column(5, 4 + len(names), 13)
    line = {"bottom": 4, "bottom_color": RULE}
    plain = _style(workbook, **line)
    bad = _style(workbook, bold=True, font_color=RED, **line)
    styles = {
        n: _style(workbook, num_format=book.number_format(book.named_cells[n]), align="right", **line)
        for n in names
    }
    for rank, result in enumerate(done, start=1):
        row = HEADER_ROW + rank
        sheet.write(row, 1, rank, plain)
        sheet.write_url(
            row, 2, f"external:{result.path.name}" if result.path else "", plain, result.row.label
        )
        sheet.write(row, 3, result.broken, bad if result.broken else plain)
        sheet.write(row, 4, ", ".join(map(heading, result.breaches)), bad if result.broken else plain)
        for column, name in enumerate(names, start=5):
            _write(sheet, row, column, result.outputs[name], styles[name])
    last = HEADER_ROW + len(done)
    sheet.autofilter(HEADER_ROW, 1, last, 4 + len(names))
    sheet.freeze_panes(HEADER_ROW + 1, 3)
    over = _style(workbook, font_color=RED, bold=True)
    for column, name in enumerate(names, start=5):
        if "_LTV" in name:
            sheet.conditional_format(
                HEADER_ROW + 1,
                column,
                last,
                column,
                {"type": "cell", "criteria": ">", "value": 1, "format": over},
            )


def _write(sheet: Worksheet, row: int, column: int, value: Value, style: Format) -> None:
    if isinstance(value, CellError):
        sheet.write_formula(
            row, column, f"={value.value}" if value is not CellError.NA else "=NA()", style, value.value
        )
    elif value is not None:
        sheet.write(row, column, value, style)


def _charts(workbook: Any, done: list[DealResult], names: list[str]) -> None:
    """The three LTVs at the worst date, break-even against assumed depth, quoted against fair spread."""
    groups = (
        ("Loan to value at closing, cut off at 300 %", [n for n in names if n in LTVS], "0%"),
        ("Market depth, GPUs: what the sale would need, and what is assumed (uncalibrated)", [n for n in names if n in DEPTHS], "#,##0"),
        ("Spread, bp: fair (uncalibrated LGD) and quoted", [n for n in names if n.startswith(("Out_Fair_Spread", "Out_Quoted"))], "#,##0"),
        ("Expected shortfall, USD m: as quoted, and converged", [n for n in names if n in ("Out_Base_ES", "Out_Converged_ES")], "#,##0,,"),
        ("Lowest DSCR: base, and a converged bad year", [n for n in names if n in ("Out_Min_DSCR", "Out_Converged_Min_DSCR")], '0.0"x"'),
    )  # fmt: skip
    sheet = workbook.add_worksheet("Charts")
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 1)
    first, last = HEADER_ROW + 1, HEADER_ROW + len(done)
    drawn = 0
    for title, series, number in groups:
        if not series:
            continue
        chart = workbook.add_chart({"type": "column"})
        for i, name in enumerate(series):
            column = 5 + names.index(name)
            chart.add_series(
                {
                    "name": heading(name),
                    "categories": ["Portfolio", first, 2, last, 2],
                    "values": ["Portfolio", first, column, last, column],
                    "fill": {"color": SERIES_COLOURS[i % 3]},
                    "gap": 80,
                }
            )
        chart.set_title({"name": title, "name_font": {"size": 12, "bold": True}})
        chart.set_x_axis({"num_font": {"rotation": -45, "size": 8}, "label_position": "low"})
        limits = {"min": 0, "max": 3} if number == "0%" else {}
        chart.set_y_axis(
            {"num_format": number, "major_gridlines": {"visible": True, "line": {"color": RULE}}} | limits
        )
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 760, "height": 380})
        sheet.insert_chart(1 + 20 * (drawn // 2), 1 + 12 * (drawn % 2), chart)
        drawn += 1


def _failed(workbook: Any, failed: list[DealResult]) -> None:
    sheet = workbook.add_worksheet("Failed")
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 2)
    sheet.set_column(1, 1, 30)
    sheet.set_column(2, 2, 140)
    sheet.write(0, 1, "Deals without a workbook", _style(workbook, bold=True, font_size=16, font_color=RED))
    for row, result in enumerate(failed, start=2):
        sheet.write(row, 1, result.row.label, _style(workbook, bold=True))
        sheet.write(row, 2, result.reason, _style(workbook, text_wrap=True))
