"""Losses base beside converged: on four factors, on one, by level of convergence, by tranche, by loan."""

from xlsxwriter.chart import Chart

from haircut_workbooks.templates.cover import line_chart
from haircut_workbooks.templates.market import quoted_correlation
from haircut_workbooks.templates.portfolio_convergence.inputs import LOANS, TYPES
from haircut_workbooks.templates.sheets import GREY, TYPED, TemplateBook, a1, absolute

FACTORS = ("coin", "rent", "power", "refinancing")
SIGNS = (-1, -1, 1, 1)
LEVELS = (0, 0.2, 0.4, 0.6, 0.8, 0.95)
ONE = "Loan_PD,Loan_LGD,Loan_Exposure,Loan_Correlation"
WHAT_IT_DOES = (
    "Convergence moves correlations alone: no factor's own distribution and no loan's own PD changes.",
    "Expected loss therefore stays, unless LGD rises in bad states or the loans' own forced sales push the price: wrong way.",
    "Equity tranches gain from convergence: losses come together or not at all. Senior tranches pay for it.",
    "VaR is not monotone in correlation where PD is under one less the confidence: read ES beside it.",
)


def add_factors(book: TemplateBook) -> None:
    """Correlations as quoted and converged; the losses that follow; what convergence does and does not do."""
    sheet = book.sheet(
        "Losses",
        "Losses, base and converged",
        "Four factors by simulation with its error; one factor exactly; the last with forced sales (uncalibrated).",
        [2, 30, *[17] * 7],
    )
    book.heading(sheet, 3, ["As quoted", *FACTORS], 1)
    for i, factor in enumerate(FACTORS):
        sheet.write(4 + i, 1, factor, book.style())
        for j in range(4):
            book.formula(sheet, 4 + i, 2 + j, quoted_correlation(i, j), "rent")
        sheet.write(4 + i, 6, SIGNS[i], book.style("count"))
    book.heading(sheet, 3, ["bad: 1 up, -1 down"], 6)
    book.name("Factor_Correlation", sheet, (4, 2), (7, 5))
    book.name("Factor_Signs", sheet, (4, 6), (7, 6))
    book.section(sheet, 9, "Converged", 5)
    book.spill(
        sheet, 10, 2, (4, 4), "=HC_CORR_CONVERGE(Factor_Correlation,Convergence,Factor_Signs)", ["rent"] * 4
    )
    for i, factor in enumerate(FACTORS):
        sheet.write(10 + i, 1, factor, book.style())
    book.name("Converged", sheet, (10, 2), (13, 5))
    calls = (
        ("Four factors, LGD that rises in bad states, with standard errors, USD m", "HC_FACTOR_LOSS(Loan_PD,Loan_LGD,Loan_Exposure,Loadings,Factor_Correlation,Factor_Signs,Convergence,Tail,LGD_Sensitivity)", "Four", 4, 7),
        ("One factor, exact, USD m", f"HC_PORTFOLIO_LOSS({ONE},Convergence,Tail)", "One", 5, 4),
        ("One factor, the fleets that default sold into one market: GPU loans alone lose by it (uncalibrated), USD m", f"HC_PORTFOLIO_LOSS({ONE},Convergence,Tail,,,Loan_Units,Book_Depth)", "Chain", 5, 4),
    )  # fmt: skip
    row = 15
    for title, call, stem, rows, columns in calls:
        book.section(sheet, row, title, 8)
        book.spill(sheet, row + 1, 1, (rows, columns), f"={call}", ["mn"] * columns)
        book.spilled_heading(sheet, row + 1, 1, columns)
        converged = 4 if columns == 7 else 3
        for offset, measure in ((2, "EL"), (rows, "ES")):
            book.name(f"{stem}_Base_{measure}", sheet, (row + offset, 2))
            book.name(f"{stem}_Converged_{measure}", sheet, (row + offset, converged))
        for column, kind in ((2, "Base"), (converged, "Converged")):
            book.name(f"{stem}_{kind}_VaR", sheet, (row + rows - 1, column))
        row += rows + 2
    book.section(sheet, row, "What convergence does, and what it does not", 8)
    for i, sentence in enumerate(WHAT_IT_DOES, start=1):
        sheet.write(row + i, 1, sentence, book.style())


def add_levels(book: TemplateBook) -> None:
    """EL, VaR, ES and the tranches at each level of convergence, on one factor."""
    sheet = book.sheet(
        "By convergence",
        "By convergence",
        "One factor, exact: how losses and tranches move from correlations as quoted to full convergence.",
        [2, 14, *[15] * 8],
    )
    book.heading(
        sheet,
        3,
        ["Convergence", "EL, USD m", "VaR, USD m", "ES, USD m", "Equity, EL", "Mezzanine, EL", "Senior, EL"],
    )
    book.section(sheet, 12, "Tranches: attachment and detachment, share of losses", 4)
    for i, (low, high) in enumerate(
        (("0", "Equity_End"), ("Equity_End", "Mezzanine_End"), ("Mezzanine_End", "1"))
    ):
        sheet.write(13 + i, 1, ("equity", "mezzanine", "senior")[i], book.style())
        for column, end in ((2, low), (3, high)):
            book.formula(sheet, 13 + i, column, f"={end}", "share")
    book.name("Attachments", sheet, (13, 2), (15, 2))
    book.name("Detachments", sheet, (13, 3), (15, 3))
    top = 19
    book.section(sheet, top - 1, "Workings", 9)
    for i, level in enumerate(LEVELS):
        row, at = 4 + i, top + 6 * i
        sheet.write(row, 1, level, book.style("share", **TYPED))
        cell = a1(row + 1, 2)
        book.spill(sheet, at, 1, (5, 4), f"=HC_PORTFOLIO_LOSS({ONE},{cell},Tail)", ["mn"] * 4)
        book.spill(
            sheet, at, 6, (4, 5), f"=HC_TRANCHE_LOSS({ONE},Attachments,Detachments,{cell})", ["share"] * 5
        )
        book.spilled_heading(sheet, at, 1, 4)
        book.spilled_heading(sheet, at, 6, 5)
        for column, place, style in (
            (2, (at + 1, 3), "mn"),
            (3, (at + 3, 3), "mn"),
            (4, (at + 4, 3), "mn"),
            (5, (at + 1, 9), "share"),
            (6, (at + 2, 9), "share"),
            (7, (at + 3, 9), "share"),
        ):
            book.formula(sheet, row, column, f"={a1(place[0] + 1, place[1] + 1)}", style, bold=True)
    rows = range(4, 4 + len(LEVELS))
    book.name("Level_Equity", sheet, (rows[0], 5), (rows[-1], 5))
    book.name("Level_ES", sheet, (rows[0], 4), (rows[-1], 4))
    for i, chart in enumerate(level_charts(book)):
        chart.set_size({"width": 480, "height": 260})
        sheet.insert_chart(2 + 14 * i, 10, chart)


def level_charts(book: TemplateBook) -> list[Chart]:
    """Losses and tranches by level of convergence."""

    def part(column: int) -> str:
        return "'By convergence'!" + absolute((4, column), (3 + len(LEVELS), column))

    return [
        line_chart(book, "Losses by convergence, USD m", part(1), [("EL", part(2)), ("VaR", part(3)), ("ES", part(4))], "#,##0,,", "0%", low=0),
        line_chart(book, "Expected loss of the tranches by convergence", part(1), [("Equity", part(5)), ("Mezzanine", part(6)), ("Senior", part(7))], "0%", "0%", low=0),
    ]  # fmt: skip


def add_by_loan(book: TemplateBook) -> None:
    """Each loan's share of the expected shortfall, its fair spread, and the ranking by what it pays beyond it."""
    sheet = book.sheet(
        "By loan",
        "By loan",
        "Contributions to ES add up; fair spread against quoted, ranked by what is paid beyond the fair one.",
        [2, 30, *[14] * 9, 3, 8, 30, 14],
        pages=0,
    )
    sheet.set_row(3, 44)
    sheet.freeze_panes(4, 2)
    book.heading(
        sheet,
        3,
        [
            "Loan",
            "Exposure, USD m",
            "Share",
            "ES contribution, USD m",
            "converged, USD m",
            "of ES, converged",
            "Fair spread, bp",
            "Quoted, bp",
            "Quoted less fair",
            "Rank",
        ],
    )
    last = 4 + LOANS - 1
    for column, level in ((4, "0"), (5, "Convergence")):
        book.spill(sheet, 4, column, (LOANS, 1), f"=HC_RISK_CONTRIBUTION({ONE},{level},Tail)", ["mn"])
    for i in range(LOANS):
        row, r = 4 + i, 5 + i
        loan = {
            n: f"Loans!{c}{6 + i}"
            for n, c in zip(
                ("name", "exposure", "pd", "lgd", "years", "spread", "rho"), "BDEFGHN", strict=True
            )
        }
        book.formula(sheet, row, 1, f"={loan['name']}", "text")
        book.formula(sheet, row, 2, f"={loan['exposure']}", "mn")
        book.formula(sheet, row, 3, f"=C{r}/SUM(Loan_Exposure)", "share")
        book.formula(sheet, row, 6, f"=F{r}/SUM({absolute((4, 5), (last, 5))})", "share")
        fair = f"HC_FAIR_SPREAD(1-(1-{loan['pd']})^{loan['years']},{loan['lgd']},MAX(1,{loan['exposure']}),{loan['years']},Base_Rate,Hurdle,{loan['rho']},Capital_Confidence,Liquidity_Premium)"
        book.formula(sheet, row, 7, f"={fair}", "bp")
        book.formula(sheet, row, 8, f"={loan['spread']}", "bp")
        book.formula(sheet, row, 9, f"=I{r}-H{r}", "bp", bold=True)
        gaps = absolute((4, 9), (last, 9))
        book.formula(
            sheet,
            row,
            10,
            f"=1+SUMPRODUCT(--({gaps}>J{r}))+SUMPRODUCT(({gaps}=J{r})*(Loan_Number<Loans!A{6 + i}))",
            "count",
        )
    for name, column in (
        ("Loan_Share", 3),
        ("Base_Contribution", 4),
        ("Converged_Contribution", 5),
        ("Loan_Gap", 9),
        ("Loan_Rank", 10),
    ):
        book.name(name, sheet, (4, column), (last, column))
    book.heading(sheet, 3, ["Rank", "Best paid first", "Gap, bp"], 12)
    for i in range(LOANS):
        row, r = 4 + i, 5 + i
        book.formula(sheet, row, 12, f"=Loans!A{6 + i}", "count")
        book.formula(sheet, row, 13, f"=INDEX(Loan_Name,MATCH(M{r},Loan_Rank,0))", "text")
        book.formula(sheet, row, 14, f"=INDEX(Loan_Gap,MATCH(M{r},Loan_Rank,0))", "bp")


def add_concentration(book: TemplateBook) -> None:
    """How much of the book is one loan, five loans, one type."""
    sheet = book.sheet("Concentration", "Concentration", "Shares of exposure.", [2, 40, 16, 16])
    book.section(sheet, 3, "Largest loans", 3)
    for i, count in enumerate((1, 5, 10)):
        row = 4 + i
        sheet.write(row, 1, "Largest loans, how many", book.style())
        sheet.write(row, 2, count, book.style("count"))
        sizes = f"SUMPRODUCT((Loan_Exposure>=LARGE(Loan_Exposure,C{row + 1}))*Loan_Exposure)"
        book.formula(sheet, row, 3, f"={sizes}/SUM(Loan_Exposure)", "share", bold=True)
    book.name("Largest_Share", sheet, (4, 3))
    sheet.write(7, 1, "Herfindahl index: 1 is one loan", book.style())
    book.formula(sheet, 7, 3, "=SUMPRODUCT(Loan_Share,Loan_Share)", "number", bold=True)
    book.name("Herfindahl", sheet, (7, 3))
    book.section(sheet, 9, "Types", 3)
    for i, kind in enumerate(TYPES):
        sheet.write(10 + i, 1, kind, book.style())
        book.formula(sheet, 10 + i, 2, f"=SUMIF(Loan_Type,B{11 + i},Loan_Exposure)", "mn")
        book.formula(sheet, 10 + i, 3, f"=C{11 + i}/SUM(Loan_Exposure)", "share", bold=True)
    book.name("Type_Exposure", sheet, (10, 2), (12, 2))
    book.name("Type_Share", sheet, (10, 3), (12, 3))
    sheet.write(
        14,
        1,
        "Equal sizes at the edge count together, so a share may hold a loan more.",
        book.style(font_color=GREY, italic=True),
    )
