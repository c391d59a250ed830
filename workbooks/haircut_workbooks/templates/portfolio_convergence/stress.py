"""The sheet Stress: what breaks the capital (reverse stress), and the loss that named moves of the factors would bring."""

from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.templates.portfolio_convergence.borrowers import SIGNS
from haircut_workbooks.templates.portfolio_convergence.convergence import FIRST as LEVEL_FIRST
from haircut_workbooks.templates.portfolio_convergence.convergence import LEVEL_ROW, LEVELS
from haircut_workbooks.templates.portfolio_convergence.losses import fetched
from haircut_workbooks.templates.portfolio_convergence.slots import Slots, paged
from haircut_workbooks.templates.sheets import (
    BLUE,
    GREY,
    HEAT,
    INK,
    RULE,
    TYPED,
    Result,
    TemplateBook,
    a1,
    absolute,
)

FALLS, MULTIPLES = 5, 7
ANSWER, MAP, PDS, CASES, GIVEN, TOP = 4, 13, 22, 31, 52, 62
WIDTHS = (2, 5, 56, *[13] * 8)
FIRST = 3
VOLS = ("Vol_Coin", "Vol_Rent", "Vol_Power", "Vol_Refi")
MOVES = (
    ("No move", (0, 0, 0, 0)),
    ("Rent falls", (0, -0.4, 0, 0)),
    ("Coin falls", (-0.6, 0, 0, 0)),
    ("Spreads rise", (0, 0, 0, 0.03)),
    ("Power rises", (0, 0, 0.5, 0)),
    ("All at once", (-0.6, -0.4, 0.5, 0.03)),
)
"""Named moves of coin, rent, power (shares) and refinancing (points)."""
FACTORS = ("Coin, share", "GPU rent, share", "Power, share", "Refinancing, points")
NOTES = (
    "Capital needed under stress is the ES of the stressed book less the expected loss as priced today; 100 % is all the capital that the book may use.",
    "A fall of collateral value takes the same share of every recovery. Between the points of a table the answers are interpolated; 'none' means that no point of it breaks.",
    "Named moves, assumed 2026-11, stresses and no forecasts: each borrower's PD given these of the factors over a year, times what a default would cost.",
    "With the factors known and no tail, the loss without a move is below the expected loss of the year.",
)
assert len(SIGNS) == len(VOLS)


def add_stress(slots: Slots) -> None:
    """Add the answers, the heat map, the multiples of PD, the named moves, and what the functions give."""
    book = slots.book
    sheet = book.sheet(
        "Stress",
        "Stress and reverse stress",
        "One factor, exact, LGD constant, one year at the confidence of capital. What breaks the book is where its capital is used up.",
        WIDTHS,
    )
    paged(sheet, WIDTHS, GIVEN - 2)
    _answers(book, sheet)
    _map(book, sheet)
    _multiples(book, sheet)
    _moves(slots, sheet)
    for i, note in enumerate(NOTES):
        sheet.write(CASES + 13 + i, 2, note, book.style(font_color=GREY))
    book.section(sheet, GIVEN - 2, "As the functions give it: ES of the stressed book, USD", LEVELS + 1, 2)


def crossing(points: str, uses: str) -> str:
    """Formula of where a rising line of capital use goes through 100 %, or "none"."""
    before = f'COUNTIF({uses},"<=1")'
    low, high = f"INDEX({points},{before})", f"INDEX({points},{before}+1)"
    under, over = f"INDEX({uses},{before})", f"INDEX({uses},{before}+1)"
    between = f"{low}+({high}-{low})*(1-{under})/({over}-{under})"
    return f'=IF(MAX({uses})<=1,"none",IF({before}=0,INDEX({points},1),{between}))'


def _answers(book: TemplateBook, sheet: Worksheet) -> None:
    book.section(sheet, ANSWER - 1, "What uses up the capital", 2, 2)
    book.results(sheet, ANSWER, [
        Result("Break_Convergence", "Convergence, all else as it is", crossing("Levels", "Level_Use"), "share"),
        Result("Break_Fall", "Fall of collateral value, converged", crossing("Map_Falls", "Fall_Use"), "share"),
        Result("", "Multiple of every PD, correlations as quoted", crossing("PD_Multiples", "PD_Use_Quoted"), "multiple"),
        Result("Break_PD", "Multiple of every PD, converged", crossing("PD_Multiples", "PD_Use_Converged"), "multiple"),
        Result("", "Capital left, converged, USD m", "=Capital-Needed_Converged", "mn"),
    ], 2)  # fmt: skip


def _es(book: TemplateBook, sheet: Worksheet, row: int, column: int, arguments: str) -> str:
    """One cell with the ES of a stressed book; returns the cell."""
    es = f"=INDEX(HC_PORTFOLIO_LOSS({arguments},0,Capital_Confidence),ES_Row,Figures)"
    book.spill(sheet, row, column, (1, 1), es, ["mn"])
    return a1(row + 1, column + 1)


def _use(cell: str) -> str:
    return f"=({fetched(cell)[1:]}-One_Quoted_EL)/Capital"


def _map(book: TemplateBook, sheet: Worksheet) -> None:
    """Capital use by convergence and fall of collateral value."""
    book.section(
        sheet,
        MAP - 2,
        "Capital needed, share of the capital that may be used: convergence across, fall of collateral value down",
        LEVELS + 2,
        2,
    )
    book.heading(sheet, MAP - 1, ["Fall of collateral value"], 2)
    book.heading(sheet, MAP - 1, ["As chosen"], FIRST + LEVELS)
    for i in range(LEVELS):
        level = f"=Convergence!{absolute((LEVEL_ROW, LEVEL_FIRST + i))}"
        book.formula(
            sheet, MAP - 1, FIRST + i, level, "share", bold=True, font_color="#FFFFFF", bg_color=BLUE
        )
    for j in range(FALLS):
        row = MAP + j
        fall = f"={a1(row, 3)}+Fall_Step" if j else "=0"
        book.formula(sheet, row, 2, fall, "share", font_color=INK, align="left")
        for i, rho in enumerate([*(f"Rho_{i}" for i in range(LEVELS)), "Rho_Converged"]):
            lgd = f"1-(1-Ob_LGD)*(1-{absolute((row, 2))})"
            cell = _es(book, sheet, GIVEN + j, FIRST + i, f"Ob_PD,{lgd},Ob_Exposure,{rho}")
            book.formula(sheet, row, FIRST + i, _use(cell), "share")
    last = (MAP + FALLS - 1, FIRST + LEVELS - 1)
    sheet.conditional_format(MAP, FIRST, *last, HEAT)
    book.name("Map_Use", sheet, (MAP, FIRST), last)
    book.name("Map_Falls", sheet, (MAP, 2), (MAP + FALLS - 1, 2))
    book.name("Fall_Use", sheet, (MAP, FIRST + LEVELS), (MAP + FALLS - 1, FIRST + LEVELS))


def _multiples(book: TemplateBook, sheet: Worksheet) -> None:
    """Capital use by multiple of every PD, and the collateral under water by fall of value."""
    book.section(
        sheet, PDS - 2, "Capital needed, share of the capital, by multiple of every PD", MULTIPLES + 1, 2
    )
    book.heading(sheet, PDS - 1, ["Multiple of PD"], 2)
    for i in range(MULTIPLES):
        column = FIRST + i
        times = f"={a1(PDS, column)}+PD_Step" if i else "=1"
        book.formula(
            sheet, PDS - 1, column, times, "multiple", bold=True, font_color="#FFFFFF", bg_color=BLUE
        )
        at = absolute((PDS - 1, column))
        chance = f"(Ob_PD*{at}<1)*Ob_PD*{at}+(Ob_PD*{at}>=1)"
        for j, case in enumerate(("Quoted", "Converged")):
            cell = _es(book, sheet, GIVEN + FALLS + 1 + j, column, f"{chance},Ob_LGD,Ob_Exposure,Rho_{case}")
            book.formula(sheet, PDS + j, column, _use(cell), "share")
    for j, case in enumerate(("Quoted", "Converged")):
        sheet.write(PDS + j, 2, f"Correlations {case.lower()}", book.style())
        book.name(f"PD_Use_{case}", sheet, (PDS + j, FIRST), (PDS + j, FIRST + MULTIPLES - 1))
    book.name("PD_Multiples", sheet, (PDS - 1, FIRST), (PDS - 1, FIRST + MULTIPLES - 1))
    book.section(
        sheet,
        PDS + 3,
        "Exposure whose economic LTV would be above 1, by fall of collateral value",
        FALLS + 1,
        2,
    )
    sheet.write(PDS + 4, 2, "Fall of collateral value", book.style(bold=True))
    sheet.write(PDS + 5, 2, "Share of exposure", book.style())
    for i in range(FALLS):
        column = FIRST + i
        book.formula(sheet, PDS + 4, column, f"={absolute((MAP + i, 2))}", "share", bold=True)
        fall = absolute((PDS + 4, column))
        book.formula(
            sheet, PDS + 5, column, f"=SUMPRODUCT((Loan_LTV>1-{fall})*Loan_Exposure)/Exposure", "share"
        )


def _moves(slots: Slots, sheet: Worksheet) -> None:
    """Expected loss given named moves of the factors."""
    book = slots.book
    book.section(sheet, CASES - 1, "Named moves of the factors over the year", len(MOVES) + 1, 2)
    book.heading(sheet, CASES, ["Move", *(name for name, _ in MOVES)], 2)
    sheet.set_row(TOP - 1, 32)
    slots.labels(sheet, TOP)
    slots.column(
        sheet,
        TOP,
        FIRST + len(MOVES),
        "threshold",
        "Default threshold",
        "=IF([Ob_PD]>0,NORM.S.INV([Ob_PD]),0)",
        "number",
    )
    for i, (name, moves) in enumerate(MOVES):
        column = FIRST + i
        for j, move in enumerate(moves):
            sheet.write(CASES + 1 + j, column, move, book.style("share", **TYPED))
            sheet.data_validation(
                CASES + 1 + j,
                column,
                CASES + 1 + j,
                column,
                {
                    "validate": "decimal",
                    "criteria": "between",
                    "minimum": -5,
                    "maximum": 5,
                    "input_title": name,
                    "input_message": FACTORS[j],
                },
            )
            book.formula(sheet, CASES + 5 + j, column, f"={a1(CASES + j + 2, column + 1)}/{VOLS[j]}", "rent")
        drift = "+".join(
            f"[{load}]*{absolute((CASES + 5 + j, column))}"
            for j, load in enumerate(("Ob_Coin", "Ob_Rent", "Ob_Power", "Ob_Refi"))
        )
        given = (
            f"=IF([Ob_PD]>0,[Ob_Severity]*NORM.S.DIST(([threshold]-({drift}))/SQRT(1-[Ob_Explained]),TRUE),0)"
        )
        slots.column(sheet, TOP, column, f"Move_{i}", f"Loss: {name.lower()}, USD m", given, "mn")
        book.formula(sheet, CASES + 9, column, f"=SUM(Move_{i})", "mn", bold=True, top=1, top_color=RULE)
        loss, still = a1(CASES + 10, column + 1), absolute((CASES + 9, FIRST))
        book.formula(sheet, CASES + 10, column, f"={loss}/{still}", "multiple")
        book.formula(sheet, CASES + 11, column, f"=({loss}-{still})/Capital", "share")
    for j, factor in enumerate(FACTORS):
        sheet.write(CASES + 1 + j, 2, factor, book.style())
        sheet.write(
            CASES + 5 + j, 2, factor.partition(",")[0] + ", standard deviations", book.style(font_color=GREY)
        )
    for j, label in enumerate(
        (
            "Loss expected then, USD m",
            "Multiple of that without a move",
            "Beyond it, share of the capital",
        )
    ):
        sheet.write(CASES + 9 + j, 2, label, book.style(bold=j == 0))
