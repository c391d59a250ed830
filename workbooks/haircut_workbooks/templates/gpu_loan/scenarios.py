"""The sheet Scenarios: levers by case, the case that is selected, and what the model then uses."""

from haircut_workbooks.templates.gpu_loan.inputs import CASES, VINTAGES
from haircut_workbooks.templates.levers import Lever, add_levers
from haircut_workbooks.templates.sheets import GREY, TemplateBook

LEVERS = (
    Lever(
        "Lever_Decline", "Rent declines faster by", "share a year, added", "share", (0, 0.15, 0.05, 0.1, 0.1)
    ),
    Lever("Lever_Rent", "Market rent lost at closing", "share", "share", (0, 0, 0.1, 0.2, 0.2)),
    Lever("Lever_Earlier", "Releases come earlier by", "years", "years", (0, 0, 0.75, 0, 0)),
    Lever("Lever_Drop", "Value that each release takes", "share, added", "share", (0, 0.05, 0.2, 0.05, 0.1)),
    Lever("Lever_Rent_Drop", "Rent that each release takes", "share, added", "share", (0, 0, 0.15, 0, 0)),
    Lever("Lever_Power", "Power price rises by", "share", "share", (0, 0, 0, 0.25, 0)),
    Lever(
        "Lever_Base_Rate", "Base rate rises by", "annual, added; hedges hold", "rate", (0, 0, 0, 0.02, 0.02)
    ),
    Lever("Lever_Unpaid", "Contracted cash not received", "share", "share", (0, 0, 0, 0.1, 0.2)),
    Lever("Lever_Convergence", "Convergence", "added, to 0.99 at most", "share", (0, 0, 0, 0.4, 0.4)),
    Lever("Lever_Depth", "Market depth lost", "share", "share", (0, 0, 0.2, 0.4, 0.6)),
    Lever("Lever_Sellers", "Other distressed GPUs", "added, fleets like this", "share", (0, 0, 0, 0.5, 1)),
    Lever("Lever_Stay", "Legal stay", "months, added", "years", (0, 0, 0, 0, 3)),
)
LIVE = (
    ("Live_Rent_Decline", "Rent decline", "share a year", "share", "=MIN(Most_Convergence,Rent_Decline+Lever_Decline)"),
    ("Live_Rent", "Market rent at closing", "USD/GPU-hour", "rent", "=Rent*(1-Lever_Rent)"),
    ("Live_Release_Drop", "Value that each release takes", "share", "share", "=MIN(1,Release_Drop+Lever_Drop)"),
    ("Live_Release_Rent_Drop", "Rent that each release takes", "share", "share", "=MIN(1,Release_Rent_Drop+Lever_Rent_Drop)"),
    ("Live_Power_Price", "Power price", "USD/kWh", "number", "=Power_Price*(1+Lever_Power)"),
    ("Live_Base_Rate", "Base rate that the borrower pays", "annual", "rate", "=Base_Rate+Lever_Base_Rate*(1-Hedged_Share)"),
    ("Live_Realisation", "Contracted cash that is received", "share", "share", "=Realisation*(1-Lever_Unpaid)"),
    ("Live_Convergence", "Convergence", "share", "share", "=MIN(Most_Convergence,Convergence+Lever_Convergence)"),
    ("Live_Depth", "Market depth, uncalibrated", "GPUs", "count", "=Depth*(1-Lever_Depth)"),
    ("Live_Other_Units", "Other distressed GPUs", "GPUs", "count", "=Other_Units+Lever_Sellers*(Gpus_1+Gpus_2+Gpus_3)"),
    ("Live_Legal_Months", "Legal stay", "months", "years", "=Legal_Months+Lever_Stay"),
)  # fmt: skip
TRIPLES = (
    ("Live_Release_Times", "Release times, years from closing", "=Release_Time_{i}-Lever_Earlier"),
    ("Live_Release_Drops", "Value drops", "=Live_Release_Drop"),
    ("Live_Release_Rent_Drops", "Rent drops", "=Live_Release_Rent_Drop"),
    *((f"Release_Ages_{v}", f"Age of vintage {v} at each release", f"=Release_Time_{{i}}-Lever_Earlier-In_Service_{v}") for v in VINTAGES),
)  # fmt: skip


def add_scenarios(book: TemplateBook) -> None:
    """Write the levers, and below them what every other sheet reads."""
    sheet = add_levers(book, CASES, LEVERS, 12)
    top = len(LEVERS) + 6
    book.section(sheet, top - 1, "What the model uses", 5)
    for row, (name, label, unit, style, formula) in enumerate(LIVE, start=top):
        sheet.write(row, 1, label, book.style())
        sheet.write(row, 2, unit, book.style(font_color=GREY))
        book.formula(sheet, row, 3, formula, style)
        book.name(name, sheet, (row, 3))
    for row, (name, label, formula) in enumerate(TRIPLES, start=top + len(LIVE)):
        sheet.write(row, 1, label, book.style())
        sheet.write(row, 2, "one a release", book.style(font_color=GREY))
        for i in VINTAGES:
            book.formula(sheet, row, 2 + i, formula.format(i=i), "number")
        book.name(name, sheet, (row, 3), (row, 5))
