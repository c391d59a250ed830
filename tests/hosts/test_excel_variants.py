"""What COM carries: nothing that is no number becomes one, and no result is lost on the way."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.hosts.excel_host import ERROR_CODE, XL_ERRORS

from haircut.cells import OMITTED, call
from haircut.errors import CellError, WorksheetError
from haircut.facts import facts, gpus
from haircut.functions import FUNCTIONS
from haircut.hosts.excel.variants import ERROR_NUMBERS, FIRST_CODE, MISSING, received, sent


@pytest.mark.parametrize(("number", "text"), XL_ERRORS.items())
def test_each_error_has_excels_number(number, text):
    assert ERROR_NUMBERS[CellError(text)] == number
    assert received([ERROR_CODE + number, ((ERROR_CODE + number,),)]) == [
        CellError(text),
        [[CellError(text)]],
    ]


def test_every_error_value_has_a_number_of_its_own():
    assert set(ERROR_NUMBERS) == set(CellError)
    assert len(set(ERROR_NUMBERS.values())) == len(CellError)


def test_the_codes_are_those_that_com_documents():
    assert FIRST_CODE & 0xFFFFFFFF == 0x800A0000
    assert MISSING & 0xFFFFFFFF == 0x80020004


def test_an_error_that_a_later_excel_adds_is_an_error():
    assert received([ERROR_CODE + 2099]) == [CellError.VALUE]


def test_a_number_as_large_as_an_error_code_stays_a_number():
    assert received([-2146826246.0, ((-2146826246.0,),), 7, True]) == [
        -2146826246.0,
        [[-2146826246.0]],
        7,
        True,
    ]
    assert type(received([float(MISSING)])[0]) is float


def test_missing_is_left_out_and_an_empty_cell_is_blank():
    assert received([MISSING, None, ((None, 1.0),)]) == [OMITTED, None, [[None, 1.0]]]
    assert call(FUNCTIONS["HC_BOOK_VALUE"], received([100.0, 8.0, 6.0, MISSING])) == 0
    with pytest.raises(WorksheetError, match="blank"):
        call(FUNCTIONS["HC_BOOK_VALUE"], received([100.0, 8.0, 6.0, None]))


def test_currency_and_dates_are_numbers_to_the_functions():
    assert call(FUNCTIONS["HC_LTV"], received([Decimal("70.0000"), 100.0])) == 0.7
    day = datetime(2026, 3, 31, tzinfo=UTC)  # pywin32 marks every date as UTC
    assert call(FUNCTIONS["HC_LTV"], received([day, 1.0])) == 46112  # Excel's serial number of that day


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(allow_nan=False),
    st.text(max_size=9),
    st.sampled_from(list(CellError)),
)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=4))
def test_what_is_sent_comes_back_but_errors_as_their_text(rows):
    back = received([tuple(map(tuple, sent(rows)))])[0]
    assert back == [[str(cell) if isinstance(cell, CellError) else cell for cell in row] for row in rows]


def test_no_text_of_the_reference_data_spells_an_error():
    """Such a text would reach the cell as that error."""
    rows = [*facts().values(), *(row for known in gpus().values() for row in known.values())]
    assert not {value for row in rows for value in row.values()} & {error.value for error in CellError}
