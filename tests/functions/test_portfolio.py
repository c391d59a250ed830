"""What the cells of the portfolio functions show for bad input, and how their answers lie."""

import pytest

from haircut.cells import call
from haircut.errors import CellError, WorksheetError
from haircut.functions import FUNCTIONS

BOOK = [[0.02, 0.05], 0.5, [100.0, 200.0], 0.2]


def failure(name, *args):
    with pytest.raises(WorksheetError) as caught:
        call(FUNCTIONS[name], args)
    return caught.value.error, caught.value.why


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("HC_PORTFOLIO_LOSS", []),
        ("HC_RISK_CONTRIBUTION", []),
        ("HC_TRANCHE_LOSS", [[0.0, 0.1], [0.1, 1.0]]),
    ],
)
@pytest.mark.parametrize(
    ("place", "value", "error", "says"),
    [
        (0, [0.02, 1.2], CellError.NUM, "pds must be between 0 and 1, but is 1.2 (item 2)"),
        (0, [0.02, float("nan")], CellError.VALUE, "pds (item 2) must be a finite number"),
        (0, [0.02, None], CellError.VALUE, "pds (item 2) must be a number, but the cell is blank"),
        (0, [0.02, CellError.NA], CellError.NA, "pds (item 2) holds #N/A"),
        (0, [0.02, 0.05, 0.1], CellError.VALUE, "exposures has 2 items, but pds has 3"),
        (1, "half", CellError.VALUE, 'lgds must be a number, but is the text "half"'),
        (2, [100.0, -5.0], CellError.NUM, "exposures must be at least 0, but is -5 (item 2)"),
        (3, 1.2, CellError.NUM, "correlation must be between 0 and 1, but is 1.2"),
        (3, [0.1, 0.2, 0.3], CellError.VALUE, "correlation has 3 items, but pds has 2"),
    ],
)
def test_bad_obligors_are_named(name, more, place, value, error, says):
    args = [*BOOK, *more]
    args[place] = value
    got, why = failure(name, *args)
    assert got is error
    assert says in why


def test_tranches_that_cross_or_do_not_pair_are_named():
    crossing = failure("HC_TRANCHE_LOSS", *BOOK, [0.0, 0.3], [0.1, 0.2])
    assert crossing == (
        CellError.NUM,
        "detachments must be above attachments, but are 0.2 against 0.3 (item 2)",
    )
    error, why = failure("HC_TRANCHE_SPREAD", [0.01, 0.02], 0.4, 0.3, [0.0, 0.3], [0.1, 0.3, 1.0], 5, 0.03)
    assert error is CellError.VALUE
    assert "detachments has 3 items, but attachments has 2" in why
    assert failure("HC_TRANCHE_LOSS", [0.1, 0.1], 0.5, 0, 0.2, 0, 1)[0] is CellError.DIV0


@pytest.mark.parametrize("hazards", [0.02, [[0.01, 0.02, 0.03]], [[0.01], [0.02], [0.03]]])
def test_tranche_spreads_lie_as_the_attachments_whatever_the_hazards(hazards):
    spread = FUNCTIONS["HC_TRANCHE_SPREAD"]
    row = call(spread, [hazards, 0.4, 0.3, [[0.0, 0.3]], [[0.3, 1.0]], 5, 0.03])
    column = call(spread, [hazards, 0.4, 0.3, [[0.0], [0.3]], [[0.3], [1.0]], 5, 0.03])
    assert column == [[value] for value in row[0]]
    assert call(spread, [hazards, 0.4, 0.3, 0.0, 0.3, 5, 0.03]) == pytest.approx(row[0][0], rel=1e-12)


def test_contributions_lie_as_the_obligors_do():
    down = call(FUNCTIONS["HC_RISK_CONTRIBUTION"], [[[0.02], [0.05]], *BOOK[1:]])
    across = call(FUNCTIONS["HC_RISK_CONTRIBUTION"], [[[0.02, 0.05]], *BOOK[1:]])
    assert across == [[value for [value] in down]]


def test_headers_can_be_left_out():
    table = call(FUNCTIONS["HC_TRANCHE_LOSS"], [*BOOK, [0.0, 0.1], [0.1, 1.0]])
    assert table[0] == ["attachment", "detachment", "base", "converged", "delta"]
    assert call(FUNCTIONS["HC_TRANCHE_LOSS"], [*BOOK, [0.0, 0.1], [0.1, 1.0], 0, False]) == table[1:]
