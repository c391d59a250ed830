"""What only Excel's cells hold: several areas, typed arrays, other errors; and a server that does not answer."""

import pickle
import sys

import pytest
from pyopenvba import interpreter as vba
from tests.hosts.excel_host import Range, excel, in_windows, to_vba

from haircut.errors import CellError


def refuses(*_):
    raise vba.VBARuntimeError(1000, "Could not activate Python COM server")


def asked():
    """Each case by its name, called through xlwings' server."""
    call = excel()
    blank = Range([[1.0], [None]])
    return {
        "typed row": call("HC_LTV", to_vba((70.0, 35.0)), 100.0),
        "typed column": call("HC_LTV", to_vba([[70.0], [35.0]]), 100.0),
        "one cell": call("HC_LTV", Range([[70.0]]), Range([[100.0]])),
        "two areas": call("HC_LTV", Range([[70.0]], areas=2), 100.0),
        "two areas, why": call("HC_WHY", "HC_LTV", Range([[70.0]], areas=2), 100.0),
        "blank in a range": call("HC_LTV", blank, 100.0),
        "blank, why": call("HC_WHY", "HC_LTV", blank, 100.0),
        "left out, why": call("HC_WHY", "HC_BOOK_VALUE", 100.0, 8.0, 6.0, vba.MISSING),
        "spilled": call("HC_LTV", vba.VBAErrorValue(2045), 100.0),
        "error in a row": call("HC_LTV", Range([[70.0, 35.0]]), Range([[100.0, 0.0]])),
        "flag": call("HC_COLLATERAL_VALUE", 30.0, 25.0, 26.0, vba.MISSING, False),
        "nothing given": call("HC_WHY", "HC_VERSION"),
    }


@pytest.fixture(scope="module")
def answers():
    return in_windows("test_excel_cells")


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("typed row", [[0.7, 0.35]]),
        ("typed column", [[0.7], [0.35]]),
        ("one cell", [[0.7]]),
        ("two areas", [[CellError.VALUE]]),
        ("two areas, why", [["#VALUE!: debt holds #VALUE!; mend that first"]]),
        ("blank in a range", [[CellError.VALUE]]),
        ("blank, why", [["#VALUE!: debt (item 2) must be a number, but the cell is blank"]]),
        ("left out, why", [["ok"]]),
        ("spilled", [[CellError.SPILL]]),
        ("error in a row", [[0.7, CellError.DIV0]]),
        ("flag", [[25.0, "step"]]),
        ("nothing given", [["ok"]]),
    ],
)
def test_a_cell_shows(answers, case, expected):
    assert answers[case] == expected


def test_a_server_that_does_not_answer_is_an_error_and_never_a_number():
    call = excel(refuses)
    assert call("HC_LTV", 70.0, 100.0) == [[CellError.VALUE]]
    assert call("HC_WHY", "HC_LTV", 70.0, 100.0) == [
        ["Python does not answer (Could not activate Python COM server); run: haircut excel doctor"]
    ]


if __name__ == "__main__":
    sys.stdout.buffer.write(pickle.dumps(asked()))
