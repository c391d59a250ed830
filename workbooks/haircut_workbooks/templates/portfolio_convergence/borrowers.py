"""The sheet Borrowers: who defaults as one, what moves each, and its correlation with the book, quoted and converged."""

from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.templates.market import quoted_correlation
from haircut_workbooks.templates.portfolio_convergence.loans import LOADS
from haircut_workbooks.templates.portfolio_convergence.slots import SLOTS, Slots, paged
from haircut_workbooks.templates.sheets import GREY, Result, absolute

FACTORS = ("Coin", "GPU rent", "Power", "Refinancing")
SIGNS = (-1, -1, 1, 1)
FIRST = 3
"""Column of the first factor."""
SIGN_ROW, QUOTED, DIRECTION, PULL, CONVERGED = 4, 6, 10, 11, 14
TOP = 29
WIDTHS = (2, 5, 58, *[11.5] * 17)
NOTES = (
    "Loans of one borrower default together: exposure and loss add up, PD and loadings are means weighted by what a default would cost, so that expected loss stays as typed.",
    "A borrower's correlation is that of its asset return with what moves the book as a whole, squared: one factor for all, taken from the four. A hedge (a return that rises when the book loses) counts as 0.",
    "Convergence moves the matrix of the factors alone. At 1 the four factors are one, and the one-factor losses are those of the four.",
)
ROW = "[Ob_Coin]:[Ob_Refi]"


def add_borrowers(slots: Slots) -> None:
    """Add the matrices above, the borrowers below; a borrower stands in the row of its first loan."""
    book = slots.book
    sheet = book.sheet(
        "Borrowers",
        "Borrowers and what moves them",
        "Four factors, their correlations as quoted and converged, and what they do to each borrower.",
        WIDTHS,
    )
    paged(sheet, WIDTHS, TOP - 1)
    sheet.freeze_panes(0, 3)
    book.heading(sheet, 3, ["Factor", *FACTORS], 2)
    sheet.write(SIGN_ROW, 2, "Bad direction: 1 a rise, -1 a fall", book.style())
    for i, sign in enumerate(SIGNS):
        sheet.write(SIGN_ROW, FIRST + i, sign, book.style("count"))
    book.name("Factor_Signs", sheet, (SIGN_ROW, FIRST), (SIGN_ROW, FIRST + 3))
    _matrices(slots, sheet)
    book.results(sheet, 19, [
        Result("Book_Move", "What moves the book: standard deviation, quoted, USD m", "=SQRT(MAX(0,SUMPRODUCT(Pull,Direction)))", "mn"),
        Result("Book_Bad", "The same, were all factors one and bad, USD m", "=SUMPRODUCT(Factor_Signs,Direction)", "mn"),
        Result("", "Borrowers with a loading that hedges (gains where the factor turns bad)", "=SUMPRODUCT(((Ob_Coin<0)+(Ob_Rent<0)+(Ob_Power>0)+(Ob_Refi>0)>0)*(Ob_Exposure>0))", "count"),
        Result("Smallest_Eigenvalue", "Smallest eigenvalue of the quoted matrix", "=HC_CORR_CHECK(Factor_Correlation)", "number"),
    ], 2)  # fmt: skip
    for i, note in enumerate(NOTES):
        sheet.write(24 + i, 2, note, book.style(font_color=GREY))
    _borrowers(slots, sheet)


def _matrices(slots: Slots, sheet: Worksheet) -> None:
    book, last = slots.book, FIRST + 3
    for top, title in ((QUOTED, "Correlations as quoted"), (CONVERGED, "Correlations, converged")):
        sheet.write(top - 1, 2, title, book.style(bold=True))
        for i, factor in enumerate(FACTORS):
            sheet.write(top + i, 2, factor, book.style(indent=1))
    for i in range(4):
        for j in range(4):
            book.formula(sheet, QUOTED + i, FIRST + j, quoted_correlation(i, j), "rent")
    book.name("Factor_Correlation", sheet, (QUOTED, FIRST), (QUOTED + 3, last))
    sheet.write(DIRECTION, 2, "What the book holds of each, USD m", book.style())
    sheet.write(PULL, 2, "How each moves with the book, USD m", book.style())
    for i, load in enumerate(LOADS):
        own = load.replace("Load", "Ob")
        book.formula(sheet, DIRECTION, FIRST + i, f"=SUMPRODUCT(Ob_Stake,{own})", "mn")
        line = absolute((QUOTED + i, FIRST), (QUOTED + i, last))
        book.formula(sheet, PULL, FIRST + i, f"=SUMPRODUCT({line},Direction)", "mn")
    book.name("Direction", sheet, (DIRECTION, FIRST), (DIRECTION, last))
    book.name("Pull", sheet, (PULL, FIRST), (PULL, last))
    converge = "=HC_CORR_CONVERGE(Factor_Correlation,Convergence,Factor_Signs)"
    book.spill(sheet, CONVERGED, FIRST, (4, 4), converge, ["rent"] * 4)


def correlation(level: str) -> str:
    """Formula of a borrower's correlation with the book at a level of convergence."""
    move = f"((1-{level})*[with_book]+{level}*[Ob_With_Bad]*Book_Bad)"
    variance = f"((1-{level})*Book_Move^Square+{level}*Book_Bad^Square)"
    return f"=IF({variance}>0,MAX(0,{move})^Square/{variance},0)"


def explained() -> str:
    """Formula of the share of a borrower's variance that the factors explain, as quoted."""
    lines = (absolute((QUOTED + i, FIRST), (QUOTED + i, FIRST + 3)) for i in range(4))
    terms = (
        f"[{load.replace('Load', 'Ob')}]*SUMPRODUCT({ROW},{line})"
        for load, line in zip(LOADS, lines, strict=True)
    )
    return "=" + "+".join(terms)


def _borrowers(slots: Slots, sheet: Worksheet) -> None:
    sheet.set_row(TOP - 1, 45)
    mine = "(Loan_Borrower=[Loan_Borrower])*Loan_Exposure*Loan_LGD"
    mean = "=IF([Ob_Severity]>0,SUMPRODUCT(" + mine + "*{})/[Ob_Severity],0)"
    columns = (
        ("first", "First loan of its borrower", "=IF(AND([Loan_Exposure]>0,COUNTIFS(Loan_Borrower,[Loan_Borrower],Loan_Exposure,\">0\",Loan_Number,\"<\"&[Loan_Number])=0),1,0)", "flag"),
        ("Ob_Exposure", "Exposure to the borrower, USD m", "=[first]*SUMIF(Loan_Borrower,[Loan_Borrower],Loan_Exposure)", "mn"),
        ("Ob_Severity", "Lost if it defaults, USD m", f"=[first]*SUMPRODUCT({mine})", "mn"),
        ("Ob_LGD", "LGD", "=IF([Ob_Exposure]>0,[Ob_Severity]/[Ob_Exposure],0)", "share"),
        ("Ob_PD", "PD, one year", mean.format("Loan_PD"), "rate"),
        *((load.replace("Load", "Ob"), factor, mean.format(load), "rent") for load, factor in zip(LOADS, FACTORS, strict=True)),
        ("Ob_Stake", "Stake: standard deviation of its loss, USD m", "=[Ob_Severity]*SQRT([Ob_PD]*(1-[Ob_PD]))", "mn"),
        ("Ob_Explained", "Explained by the factors, quoted", explained(), "share"),
        ("with_book", "Its return with the book's", f"=SUMPRODUCT({ROW},Pull)", "mn"),
        ("Ob_With_Bad", "Its return, all bad", f"=SUMPRODUCT({ROW},Factor_Signs)", "rent"),
        ("Rho_Quoted", "Correlation with the book, quoted", correlation("0"), "share"),
        ("Rho_Converged", "Correlation, converged", correlation("Convergence"), "share"),
    )  # fmt: skip
    for column, (name, heading, formula, style) in enumerate(columns, start=3):
        slots.column(sheet, TOP, column, name, heading, formula, style)
    slots.column(sheet, TOP, 1, "", "No.", "=[Loan_Number]", "count", align="center")
    slots.column(
        sheet, TOP, 2, "", "Borrower, at its first loan", '=IF([first]=1,[Loan_Borrower],"")', "text"
    )
    at = 3 + [name for name, *_ in columns].index("Ob_Coin")
    slots.book.name("Ob_Loadings", sheet, (TOP, at), (TOP + SLOTS - 1, at + 3))
    last = 3 + len(columns)
    for column, (rho, heading) in enumerate((("Quoted", "quoted"), ("Converged", "converged")), start=last):
        call = f"=HC_RISK_CONTRIBUTION(Ob_PD,Ob_LGD,Ob_Exposure,Rho_{rho},0,Capital_Confidence)"
        slots.spill(sheet, TOP, column, f"Ob_ES_{rho}", f"Part of ES, {heading}, USD m", call, "mn")
