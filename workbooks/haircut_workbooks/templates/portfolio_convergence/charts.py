"""Charts of columns side by side, which the other templates have no use for."""

from collections.abc import Sequence

from xlsxwriter.chart import Chart

from haircut_workbooks.templates.cover import dress
from haircut_workbooks.templates.sheets import AMBER, BLUE, TemplateBook


def bar_chart(
    book: TemplateBook,
    title: str,
    categories: str,
    series: Sequence[tuple[str, str]],
    number: str,
    axis: str = "General",
) -> Chart:
    """Columns side by side, dark beside light, so that they read in grey as well."""
    chart = book.book.add_chart({"type": "column"})
    for (name, values), colour in zip(series, (BLUE, AMBER), strict=False):
        line = {
            "name": name,
            "categories": f"={categories}",
            "values": f"={values}",
            "fill": {"color": colour},
        }
        chart.add_series(line | {"gap": 60, "overlap": 0})
    dress(chart, title, number, axis)
    return chart
