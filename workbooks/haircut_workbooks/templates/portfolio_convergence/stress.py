"""The sheet Stress: what breaks the capital (reverse stress), and the loss that named moves of the factors would bring."""

from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.templates.portfolio_convergence.convergence import FIRST as LEVEL_FIRST
from haircut_workbooks.templates.portfolio_convergence.convergence import LEVEL_ROW, LEVELS
from haircut_workbooks.templates.portfolio_convergence.losses import CASES, fetched
from haircut_workbooks.templates.portfolio_convergence.slots import Slots, paged
from haircut_workbooks.templates.sheets import (
    BLUE,
    GREY,
    HEAT,
    INK,
    RULE,
    TYPED,
    Look,
    Result,
    TemplateBook,
    a1,
    absolute,
)

FALLS, MULTIPLES = 5, 7
ANSWER, MAP, PDS, LOADS, WATER, MOVE, GIVEN, TOP = 4, 14, 22, 27, 30, 35, 54, 65
WIDTHS = (2, 5, 56, *[13] * 8)
FIRST = 3
HEADING: Look = {"bold": True, "font_color": "#FFFFFF", "bg_color": BLUE}
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
    _multiples(book, sheet, PDS, GIVEN + FALLS, "PD", ("=1", "={}+PD_Step"), "(Ob_PD*{at}<1)*Ob_PD*{at}+(Ob_PD*{at}>=1),Ob_LGD,Ob_Exposure,Rho_{case}")  # fmt: skip
    _multiples(book, sheet, LOADS, GIVEN + FALLS + 2, "loading", ("=0", "={}+Load_Step"), "Ob_PD,Ob_LGD,Ob_Exposure,(Rho_{case}*{at}^Square<1)*Rho_{case}*{at}^Square+(Rho_{case}*{at}^Square>=1)")  # fmt: skip
    _under_water(book, sheet)
    _moves(slots, sheet)
    for i, note in enumerate(NOTES):
        sheet.write(MOVE + 12 + i, 2, note, book.style(font_color=GREY))
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
        Result("", "Multiple of every loading, correlations as quoted", crossing("Loading_Multiples", "Loading_Use_Quoted"), "multiple"),
        Result("", "Multiple of every loading, converged", crossing("Loading_Multiples", "Loading_Use_Converged"), "multiple"),
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
        book.formula(sheet, MAP - 1, FIRST + i, level, "share", **HEADING)
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


def _multiples(
    book: TemplateBook,
    sheet: Worksheet,
    top: int,
    given: int,
    what: str,
    steps: tuple[str, str],
    arguments: str,
) -> None:
    """Capital use by multiple of something: its first value and its step, and the arguments of the stressed book."""
    book.section(sheet, top - 2, f"Capital needed, share of the capital, by multiple of every {what}", MULTIPLES + 1, 2)  # fmt: skip
    book.heading(sheet, top - 1, [f"Multiple of {what}"], 2)
    for column in range(FIRST, FIRST + MULTIPLES):
        times = steps[1].format(a1(top, column)) if column > FIRST else steps[0]
        book.formula(sheet, top - 1, column, times, "multiple", **HEADING)
        for j, case in enumerate(CASES):
            at = absolute((top - 1, column))
            cell = _es(book, sheet, given + j, column, arguments.format(at=at, case=case))
            book.formula(sheet, top + j, column, _use(cell), "share")
    last, name = FIRST + MULTIPLES - 1, what[0].upper() + what[1:]
    for j, case in enumerate(CASES):
        sheet.write(top + j, 2, f"Correlations {case.lower()}", book.style())
        book.name(f"{name}_Use_{case}", sheet, (top + j, FIRST), (top + j, last))
    book.name(f"{name}_Multiples", sheet, (top - 1, FIRST), (top - 1, last))


def _under_water(book: TemplateBook, sheet: Worksheet) -> None:
    """Exposure that its collateral would no longer cover, by fall of value."""
    title = "Exposure whose economic LTV would be above 1, by fall of collateral value"
    book.section(sheet, WATER, title, FALLS + 1, 2)
    sheet.write(WATER + 1, 2, "Fall of collateral value", book.style(bold=True))
    sheet.write(WATER + 2, 2, "Share of exposure", book.style())
    for i in range(FALLS):
        fall = absolute((WATER + 1, FIRST + i))
        book.formula(sheet, WATER + 1, FIRST + i, f"={absolute((MAP + i, 2))}", "share", bold=True)
        share = f"=SUMPRODUCT((Loan_LTV>1-{fall})*Loan_Exposure)/Exposure"
        book.formula(sheet, WATER + 2, FIRST + i, share, "share")


def _moves(slots: Slots, sheet: Worksheet) -> None:
    """Expected loss given named moves of the factors."""
    book = slots.book
    book.section(sheet, MOVE - 1, "Named moves of the factors over the year", len(MOVES) + 1, 2)
    book.heading(sheet, MOVE, ["Move", *(name for name, _ in MOVES)], 2)
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
            sheet.write(MOVE + 1 + j, column, move, book.style("share", **TYPED))
            sheet.data_validation(
                MOVE + 1 + j,
                column,
                MOVE + 1 + j,
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
            book.formula(sheet, MOVE + 5 + j, column, f"={a1(MOVE + j + 2, column + 1)}/{VOLS[j]}", "rent")
        drift = "+".join(
            f"[{load}]*{absolute((MOVE + 5 + j, column))}"
            for j, load in enumerate(("Ob_Coin", "Ob_Rent", "Ob_Power", "Ob_Refi"))
        )
        given = (
            f"=IF([Ob_PD]>0,[Ob_Severity]*NORM.S.DIST(([threshold]-({drift}))/SQRT(1-[Ob_Explained]),TRUE),0)"
        )
        slots.column(sheet, TOP, column, f"Move_{i}", f"Loss: {name.lower()}, USD m", given, "mn")
        book.formula(sheet, MOVE + 9, column, f"=SUM(Move_{i})", "mn", bold=True, top=1, top_color=RULE)
        loss, still = a1(MOVE + 10, column + 1), absolute((MOVE + 9, FIRST))
        book.formula(sheet, MOVE + 10, column, f"={loss}/{still}", "multiple")
        book.formula(sheet, MOVE + 11, column, f"=({loss}-{still})/Capital", "share")
    for j, factor in enumerate(FACTORS):
        sheet.write(MOVE + 1 + j, 2, factor, book.style())
        sheet.write(
            MOVE + 5 + j, 2, factor.partition(",")[0] + ", standard deviations", book.style(font_color=GREY)
        )
    for j, label in enumerate(
        (
            "Loss expected then, USD m",
            "Multiple of that without a move",
            "Beyond it, share of the capital",
        )
    ):
        sheet.write(MOVE + 9 + j, 2, label, book.style(bold=j == 0))
