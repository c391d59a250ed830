"""The first page of a template: would you lend, at what spread, and what breaks it."""

from collections.abc import Sequence

from xlsxwriter.chart import Chart
from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.templates.sheets import (
    AMBER,
    BLUE,
    GREY,
    INK,
    PAPER,
    RED,
    RULE,
    TEAL,
    Look,
    Result,
    TemplateBook,
    a1,
)

LEFT, RIGHT, LAST = 1, 4, 5
"""Columns of the two blocks: each a label and a value."""
CHART = (500, 245)
CHART_ROWS = 13


REPORTED = Result(
    "Out_Reported_Inputs",
    "Deal inputs reported or estimated",
    '=(COUNTIF(Deal_Grades,"Reported")+COUNTIF(Deal_Grades,"Estimated"))/(ROWS(Deal_Grades)-COUNTIF(Deal_Grades,"-"))',
    "share",
)
"""How much of a deal is known; every cover shows it."""


class Cover:
    """The summary sheet; make it first, fill it last."""

    def __init__(self, book: TemplateBook, title: str, subtitle: str) -> None:
        self.book = book
        self.sheet = book.sheet("Summary", title, subtitle, [2, 54, 18, 3, 54, 18, 2])
        self.sheet.set_portrait()
        self.sheet.activate()
        self.next = {LEFT: 0, RIGHT: 0}

    def answers(self, deal: str, verdict: str, spread: str, breaks: str) -> None:
        """Say which deal this is, and answer the three questions, each by a formula that gives a sentence; none where a check fails."""
        book, sheet = self.book, self.sheet
        sheet.write_formula(2, LEFT, deal, book.style(bold=True, font_size=12))
        lines = (("Would you lend?", verdict), ("At what spread?", spread), ("What breaks it?", breaks))
        none = '"No answer: "&Failed_Checks&" of the checks fail; the sheet Checks names them."'
        for row, (question, sentence) in enumerate(lines, start=4):
            answer = f"=IF(Failed_Checks>0,{none},{sentence.removeprefix('=')})"
            sheet.set_row(row, 32)
            box: Look = {
                "bg_color": PAPER,
                "valign": "vcenter",
                "text_wrap": True,
                "bottom": 1,
                "bottom_color": RULE,
            }
            sheet.write(row, LEFT, question, book.style(bold=True, font_size=12, font_color=BLUE, **box))
            sheet.merge_range(row, LEFT + 1, row, LAST, "", book.style(font_size=11, **box))
            sheet.write_formula(row, LEFT + 1, answer, book.style(font_size=11, **box))
        self.next = dict.fromkeys(self.next, 8)

    def figures(self, side: int, title: str, lines: Sequence[Result]) -> None:
        """Add a block of figures under what stands on that side (`LEFT` or `RIGHT`), each with its name."""
        book, sheet, top = self.book, self.sheet, self.next[side]
        book.section(sheet, top, title, 2, side)
        self.next[side] = book.results(sheet, top + 1, lines, side, bold=True) + 1

    def tests(self, title: str, lines: Sequence[tuple[str, str, str]]) -> None:
        """Add the tests on the right: tuples of name, label and a formula that is TRUE where the deal fails.

        LibreOffice shows 0 and 1 where an answer reads them first, so their format says it in words.
        """
        first = self.next[RIGHT] + 1
        self.figures(RIGHT, title, [Result(name, label, formula, "truth") for name, label, formula in lines])
        passes_and_fails(
            self.book, self.sheet, (first, RIGHT + 1), (first + len(lines) - 1, RIGHT + 1), good=False
        )

    def charts(self, charts: Sequence[Chart]) -> None:
        """Add the charts two by two under the longer side, then how sound the workbook is."""
        book, sheet, row = self.book, self.sheet, max(self.next.values())
        for i, chart in enumerate(charts):
            chart.set_size({"width": CHART[0], "height": CHART[1]})
            sheet.insert_chart(
                row + CHART_ROWS * (i // 2), (LEFT, RIGHT)[i % 2], chart, {"x_offset": 2, "y_offset": 2}
            )
        row += CHART_ROWS * ((len(charts) + 1) // 2) + 1
        small = book.style(font_size=8, font_color=GREY)
        sheet.write_formula(
            row, LEFT, '="Checks that fail: "&Failed_Checks&". Calculated by Haircut "&HC_VERSION()', small
        )
        # LibreOffice 7.4 falls over where a conditional format lies in an area that ends at the last cell.
        sheet.print_area(0, 0, row + 2, LAST + 1)


def passes_and_fails(
    book: TemplateBook, sheet: Worksheet, first: tuple[int, int], last: tuple[int, int], good: bool
) -> None:
    """Colour TRUE and FALSE: ``good`` says which of them is good news."""
    fine = book.style(font_color=TEAL, bold=True)
    bad = book.style(font_color="#FFFFFF", bg_color=RED, bold=True)
    corner = a1(first[0] + 1, first[1] + 1)
    for value, style in ((good, fine), (not good, bad)):
        criteria = f"={corner}" if value else f"=NOT({corner})"
        sheet.conditional_format(*first, *last, {"type": "formula", "criteria": criteria, "format": style})


def line_chart(
    book: TemplateBook,
    title: str,
    categories: str,
    series: Sequence[tuple[str, str]],
    number: str,
    axis: str,
    low: float | None = None,
    high: float | None = None,
    every: int = 1,
) -> Chart:
    """A line chart that reads in grey as well: each series has its own colour and its own dash.

    Parameters
    ----------
    book : TemplateBook
        The workbook.
    title : str
        What the chart shows, with its unit.
    categories : str
        Range of the horizontal axis.
    series : sequence of (str, str)
        Name and range of each line, five at most.
    number, axis : str
        Number formats of the vertical and of the horizontal axis.
    low, high : float, optional
        Ends of the vertical axis.
    every : int
        How many categories a label of the horizontal axis stands for.
    """
    chart = book.book.add_chart({"type": "line"})
    looks = (
        (BLUE, "solid"),
        (AMBER, "dash"),
        (RED, "square_dot"),
        (TEAL, "long_dash"),
        (INK, "round_dot"),
    )
    for (name, values), (colour, dash) in zip(series, looks, strict=False):
        chart.add_series(
            {
                "name": name,
                "categories": f"={categories}",
                "values": f"={values}",
                "line": {"color": colour, "width": 2, "dash_type": dash},
            }
        )
    dress(chart, title, number, axis, low, high, every)
    return chart


def column_chart(
    book: TemplateBook,
    title: str,
    categories: str,
    series: Sequence[tuple[str, str]],
    number: str,
    axis: str,
    every: int = 1,
) -> Chart:
    """A chart of stacked columns that reads in grey as well: dark first, then light; arguments as of `line_chart`."""
    chart = book.book.add_chart({"type": "column", "subtype": "stacked"})
    for (name, values), colour in zip(series, (BLUE, AMBER, TEAL), strict=False):
        chart.add_series(
            {
                "name": name,
                "categories": f"={categories}",
                "values": f"={values}",
                "fill": {"color": colour},
                "gap": 40,
            }
        )
    dress(chart, title, number, axis, every=every)
    return chart


def dress(
    chart: Chart,
    title: str,
    number: str,
    axis: str,
    low: float | None = None,
    high: float | None = None,
    every: int = 1,
) -> None:
    """Give a chart the title, the axes and the legend that all charts have."""
    small = {"size": 8, "color": INK}
    chart.set_title({"name": title, "name_font": {"size": 11, "bold": True, "color": INK}, "overlay": False})
    chart.set_x_axis(
        {
            "num_format": axis,
            "num_font": small,
            "label_position": "low",
            "line": {"color": GREY},
            "major_tick_mark": "none",  # LibreOffice draws one a period, a thick band
        }
        | ({"interval_unit": every, "interval_tick": every} if every > 1 else {})
    )
    limits = {k: v for k, v in (("min", low), ("max", high)) if v is not None}
    grid = {"visible": True, "line": {"color": RULE, "width": 0.5}}
    chart.set_y_axis(
        {"num_format": number, "num_font": small, "major_gridlines": grid, "line": {"none": True}} | limits
    )
    chart.set_legend({"position": "bottom", "font": small})
    chart.show_na_as_empty_cell()
    # XlsxWriter writes nothing for a gap, and LibreOffice takes nothing for zero.
    chart.show_blanks_as("span")
    chart.set_chartarea({"border": {"color": RULE}})
