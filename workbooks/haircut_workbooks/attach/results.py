"""What the stress sheet finds: cover, values, convergence, checks, and the charts."""

from haircut_workbooks.attach.layout import BASIS, LABEL, NAME, STATUS, VALUE, Line, Page
from haircut_workbooks.attach.mapping import ITEMS, Mapped
from haircut_workbooks.attach.sections import SALE
from haircut_workbooks.package.address import Address, Area, column_letters, parse_area
from haircut_workbooks.templates.sheets import AMBER, BLUE, GREY, RED, RULE, TEAL, VIOLET, absolute

BASE, CONVERGED = column_letters(VALUE + 1), column_letters(VALUE + 2)
WORST = "MATCH(MIN({surplus}),{surplus},0)"
"""The period after which a forced sale would leave most debt unpaid."""
NOTES = (
    "Convergence leaves every factor's own distribution alone and moves dependence: a bad year comes with more of the factors at once.",
    "The value of the collateral falls with the rent, in proportion; neither the depth of the market nor the power price is stressed here.",
)
CHART_ROWS, CHART_COLUMNS, CHART_PIXELS = 15, 7, 532
CHARTS = (
    ("DSCR and its covenant", '0.0"x"', (("DSCR", "dscr", BLUE), ("Rent deflated", "deflated_dscr", VIOLET), ("Covenant", "covenant", RED))),
    ("Loan to value", "0%", (("Book", "book_ltv", BLUE), ("Economic", "economic_ltv", AMBER), ("Liquidation (uncalibrated)", "sale_ltv", RED), ("Limit", "limit", GREY))),
    ("Fall that breaks a covenant", "0%", (("Rent, DSCR", "break_rent", TEAL), ("Value, LTV", "break_value", AMBER))),
)  # fmt: skip


def least(column: str) -> str:
    """Formula of a column's smallest number, errors left out."""
    return f'=MINIFS({{{column}}},{{{column}}},"<1E+300")'


def most(column: str) -> str:
    """Formula of a column's largest number, errors left out."""
    return f'=MAXIFS({{{column}}},{{{column}}},"<1E+300")'


def worst(column: str) -> str:
    """A column's item at the worst period."""
    return f"INDEX({{{column}}},{WORST})"


def cover_lines(mapped: Mapped) -> list[Line]:
    """Cover in the workbook's own case, then with the rent deflated."""
    below = "=SUMPRODUCT(--({cfads}<{covenant}*{debt_service}),--({debt_service}>0))"
    lines = [
        Line("Lowest DSCR", "=HC_DSCR_MIN({cfads},{debt_service})", "multiple", "lowest_dscr"),
        Line("Average DSCR", "=HC_DSCR_AVG({cfads},{debt_service})", "multiple"),
        Line("Periods below the DSCR covenant", below, "count"),
    ]
    if mapped.has("debt"):
        llcr = "=HC_LLCR({cfads},{Debt},{Loan_Rate},{Frequency})"
        lines.append(Line("LLCR at closing", llcr, "multiple"))
    elif mapped.has("balances"):
        later = f"INDEX({{cfads}},2):INDEX({{cfads}},{mapped.periods})"
        llcr = f"=HC_LLCR({later},INDEX({{balances}},1),{{Loan_Rate}},{{Frequency}})"
        lines.append(Line("LLCR after the first period", llcr, "multiple"))
    if mapped.has("balances"):
        left = f"=INDEX({{balances}},{mapped.periods})"
        lines.append(Line("Debt left after the last period", left, "money"))
    if mapped.has("revenue"):
        lowest = "=HC_DSCR_MIN({deflated},{debt_service})"
        lines += [
            Line("Lowest DSCR, rent deflated", lowest, "multiple"),
            Line("Smallest rent fall that breaks DSCR", least("break_rent"), "share"),
        ]
    return lines


def value_lines(mapped: Mapped) -> list[Line]:
    """LTV on three values, and the depth that a forced sale rests on."""
    if not mapped.has("collateral"):
        return []
    lines = [Line("Loan to cost at closing", "={Debt}/{Cost}", "share")] if mapped.has("debt") else []
    lines += [
        Line("Highest book LTV", most("book_ltv"), "share"),
        Line("Highest economic LTV", most("economic_ltv"), "share"),
        Line("Smallest value fall that breaks LTV", least("break_value"), "share"),
    ]
    if not mapped.has("gpus"):
        return lines
    lgd = f"=HC_LGD({worst('balances')},{worst('proceeds')})"
    depth = f"HC_BREAK_DEPTH({worst('balances')}*{{Money}},{{Gpus}},{worst('economic')}*{{Money}}/{{Gpus}},{{Months}},{SALE})"
    return [
        *lines,
        Line("Worst period for a forced sale (uncalibrated)", f"={worst('period')}", "count"),
        Line("Liquidation LTV then (uncalibrated)", f"={worst('sale_ltv')}", "share"),
        Line("Loss given default then (uncalibrated)", lgd, "share", "sale_lgd"),
        Line("Assumed depth, GPUs (uncalibrated)", "={Depth}", "count"),
        Line("Break-even depth then, GPUs (uncalibrated)", f'=IFERROR({depth},"no depth")', "count"),
    ]


def convergence(page: Page) -> None:
    """The same bad year twice: with the correlation as assumed, and converged towards 1."""
    page.section("Correlation convergence: the same bad year, as assumed and with everything turning bad together")  # fmt: skip
    page.book.heading(page.sheet, page.row, ["Base", "Converged", "Delta"], VALUE)
    page.row += 1
    lines = bad_year_lines(page.mapped)
    rows = {line.key: page.row + i + 1 for i, line in enumerate(lines)}
    for line in lines:
        look = page.style(line.style, bold=True, bottom=4, bottom_color=RULE)
        row = page.row
        page.places |= {key: f"{CONVERGED}{at}" for key, at in rows.items()}
        page.places["l"] = page.places["Convergence"]
        page.write(row, VALUE + 1, line.formula, look)
        page.sheet.write_formula(row, VALUE + 2, f"={CONVERGED}{row + 1}-{BASE}{row + 1}", look)
        page.places |= {key: f"{BASE}{at}" for key, at in rows.items()} | {"l": "0"}
        page.line(line)
    for text in NOTES:
        page.note(text)
    page.row += 1


def bad_year_lines(mapped: Mapped) -> list[Line]:
    """What a year at the chosen quantile of the common factor does; ``{l}`` is the convergence."""
    rho = "={Asset_Correlation}+{l}*(1-{Asset_Correlation})"
    lines = [Line("Correlation with one another", rho, "share", "rho")]
    if mapped.has("revenue"):
        left = "=EXP(-{Vol_Rent}*SQRT({rho})*NORM.S.INV({Confidence}))"
        cover = "{=HC_DSCR_MIN({cfads}-{revenue}*{Exposed}*(1-{rent_left}),{debt_service})}"
        lines += [
            Line("Rent left, expected in that year", left, "share", "rent_left"),
            Line("Lowest DSCR at that rent", cover, "multiple", "bad_dscr"),
        ]
    uncal = " (uncalibrated)" if mapped.has("gpus") else ""
    return [
        *lines,
        Line("Probability of default in that year", "=HC_STRESSED_PD({PD},{rho},{Confidence})", "share", "bad_pd"),
        *_bad_year_losses(mapped),
        Line(f"Expected loss in that year, of debt{uncal}", "={bad_pd}*{bad_lgd}", "share", "bad_el"),
    ]  # fmt: skip


def _bad_year_losses(mapped: Mapped) -> list[Line]:
    """Loss given default: typed in, or of the collateral, whose value falls with the rent where that is mapped."""
    left = "{rent_left}" if mapped.has("revenue") else "1"
    if mapped.has("gpus"):
        sale = f"HC_LIQUIDATION({{Gpus}},{{bad_value}}*{{Money}}/{{Gpus}},{{Months}},{{Depth}},{SALE},FALSE)"
        return [
            Line("Economic value then, in the worst period", f"={worst('economic')}*{left}", "money", "bad_value"),
            Line("Forced sale then brings (uncalibrated)", f"=MAX(0,INDEX({sale},1,10))/{{Money}}", "money", "bad_sale"),
            Line("Loss given default in that year (uncalibrated)", f"=HC_LGD({worst('balances')},{{bad_sale}})", "share", "bad_lgd"),
        ]  # fmt: skip
    if mapped.has("collateral"):
        highest = most("economic_ltv")[1:]
        lgd = f"=MAX(0,1-{left}/{highest})"
        return [Line("Loss given default, at the highest economic LTV", lgd, "share", "bad_lgd")]
    return [Line("Loss given default, as typed in", "={LGD}", "share", "bad_lgd")]


def checks(page: Page) -> None:
    """Lines that must be TRUE."""
    page.section("Checks: every line must be TRUE")
    first = page.row
    for label, formula in _check_lines(page):
        page.write(page.row, LABEL, formula, page.book.style(bold=True, align="center"))
        page.sheet.write(page.row, LABEL + 1, label, page.book.style())
        page.row += 1
    all_of_them = absolute((first, LABEL), (page.row - 1, LABEL))
    page.write(STATUS, LABEL + 2, f"=AND({all_of_them})", page.book.style(bold=True, align="center"))
    for cells in (all_of_them, absolute((STATUS, LABEL + 2))):
        true_or_false(page, cells)
    page.row += 1


def true_or_false(page: Page, cells: str) -> None:
    """Colour checks: TRUE green, FALSE white on red."""
    good = page.book.style(bold=True, font_color=TEAL)
    bad = page.book.style(bold=True, font_color="#FFFFFF", bg_color=RED)
    for value, style in ((False, bad), (True, good)):
        page.sheet.conditional_format(
            cells, {"type": "cell", "criteria": "==", "value": value, "format": style}
        )


def _check_lines(page: Page) -> list[tuple[str, str]]:
    mapped = page.mapped
    terms = [term for item in mapped.sources.values() for term in item.terms]
    counts = ",".join(f"COUNT({term.cells_text})={term.area.size}" for term in terms)
    gap = f"{{lowest_dscr}}-{least('dscr')[1:]}"
    lines = [
        ("Every mapped cell of the workbook holds a number", f"=AND({counts})"),
        ("The lowest DSCR is the least of its column", f"=ABS({gap})<=0.000000001"),
        ("Periods a year are 1, 2, 4 or 12", "=OR({Frequency}=1,{Frequency}=2,{Frequency}=4,{Frequency}=12)"),
    ]
    if mapped.has("dates"):
        all_of_them = parse_area(page.places["dates"])
        later, earlier = (
            Area(all_of_them.top + i, all_of_them.left, all_of_them.bottom - 1 + i, all_of_them.right)
            for i in (1, 0)
        )
        lines.append(("The dates rise", f"=SUMPRODUCT(--({later}<={earlier}))=0"))
    if mapped.has("collateral"):
        tie = "ABS(INDEX({economic_ltv},1)*INDEX({economic},1)-INDEX({balances},1))"
        lines.append(("Economic LTV times economic value is the debt", f"={tie}<=0.000001*{{Cost}}"))
    if mapped.has("gpus"):
        each = "{Cost}*{Money}/{Gpus}"
        lines.append(("One GPU costs 100 to 1,000,000 USD: the unit of money is right", f"=AND({each}>=100,{each}<=1000000)"))  # fmt: skip
    return lines


def sources(page: Page) -> None:
    """Which cells of the workbook the sheet reads."""
    page.section("Cells of the workbook as attached; the formulas follow them when rows or columns move")
    for item, source in page.mapped.sources.items():
        for column, text, colour in (
            (LABEL, item, GREY),
            (VALUE, str(source), BLUE),
            (BASIS, ITEMS[item], GREY),
        ):
            page.sheet.write(page.row, column, text, page.book.style(font_color=colour))
        page.row += 1


def charts(page: Page) -> None:
    """Native charts side by side, as far as there is something to draw."""
    column = LABEL
    for title, number, series in CHARTS:
        present = [(label, key, colour) for label, key, colour in series if key in page.letters]
        if not present:
            continue
        chart = page.book.book.add_chart({"type": "scatter", "subtype": "straight"})
        for label, key, colour in present:
            chart.add_series({"name": label, "line": {"color": colour, "width": 2}, **_drawn(page, key)})
        chart.set_title({"name": title, "name_font": {"size": 12, "bold": True}})
        plain = {"visible": False}
        chart.set_x_axis({"name": "Years", "min": 0, "num_format": "0", "label_position": "low", "major_gridlines": plain})  # fmt: skip
        chart.set_y_axis(
            {"num_format": number, "major_gridlines": {"visible": True, "line": {"color": RULE}}}
        )
        chart.set_legend({"position": "bottom"})
        chart.show_na_as_empty_cell()
        chart.set_size({"width": CHART_PIXELS, "height": 280})
        page.sheet.insert_chart(page.row, column, chart, {"x_offset": 2, "y_offset": 4})
        column += CHART_COLUMNS
    page.row += CHART_ROWS


def _drawn(page: Page, key: str) -> dict[str, object]:
    """A series' cells, and the values that viewers show which do not calculate."""
    drawn: dict[str, object] = {}
    for axis, column in (("categories", "years"), ("values", key)):
        area = page.places[column]
        drawn[axis] = f"='{NAME}'!{area}"
        cells = [Address(NAME, *place) for place in parse_area(area).cells]
        drawn[f"{axis}_data"] = [v if isinstance(v, float) else None for v in map(page.computed.get, cells)]
    return drawn
