"""The border between cells and models: what each kind of cell content does, and that nothing else leaves it."""

import math
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haircut.cells import OMITTED, call
from haircut.errors import CellError, WorksheetError
from haircut.functions import FUNCTIONS

LTV, DSCR, BOOK = FUNCTIONS["HC_LTV"], FUNCTIONS["HC_DSCR"], FUNCTIONS["HC_BOOK_VALUE"]


def failure(name, *args):
    with pytest.raises(WorksheetError) as caught:
        call(FUNCTIONS[name], args)
    return caught.value.error, caught.value.why


class TestOrientation:
    def test_a_column_gives_a_column(self):
        assert call(LTV, [[[50.0], [60.0]], [[100.0], [100.0]]]) == [[0.5], [0.6]]

    def test_a_row_gives_a_row(self):
        assert call(LTV, [[[50.0, 60.0]], [[100.0, 100.0]]]) == [[0.5, 0.6]]

    def test_the_first_vector_decides(self):
        assert call(LTV, [[[50.0, 60.0]], [[100.0], [100.0]]]) == [[0.5, 0.6]]

    def test_a_scalar_broadcasts_and_the_range_decides(self):
        assert call(LTV, [50.0, [[100.0], [50.0]]]) == [[0.5], [1.0]]

    def test_only_scalars_give_a_scalar(self):
        assert call(LTV, [50.0, 100.0]) == 0.5

    def test_a_range_of_one_cell_is_a_scalar(self):
        assert call(LTV, [[[50.0]], [[100.0]]]) == 0.5

    def test_a_table_has_a_header_unless_told_otherwise(self):
        schedule = FUNCTIONS["HC_DEBT_SCHEDULE"]
        args = [100.0, 0.0, 2.0, "straight", 0.0, 1.0]
        with_header, without = call(schedule, args), call(schedule, [*args, False])
        assert with_header[0][0] == "opening"
        assert with_header[1:] == without == [[100.0, 0.0, 50.0, 50.0, 50.0], [50.0, 0.0, 50.0, 50.0, 0.0]]

    def test_a_block_is_no_vector(self):
        error, why = failure("HC_LTV", [[1.0, 2.0], [3.0, 4.0]], 1.0)
        assert error is CellError.VALUE
        assert "debt must be one row or one column, but is 2 by 2 cells" in why


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        (None, "blank"),
        ("12", 'text "12"'),
        ("", 'text ""'),
        (True, "is TRUE"),
        (False, "is FALSE"),
        (np.bool_(True), "is TRUE"),
        (float("nan"), "finite"),
        (float("inf"), "finite"),
        (date(1899, 1, 1), "date before"),
        (object(), "must be a number"),
    ],
)
def test_what_is_no_number_is_a_value_error_that_names_the_place(cell, says):
    error, why = failure("HC_LTV", [[50.0], [cell]], 100.0)
    assert error is CellError.VALUE
    assert "debt (item 2)" in why
    assert says in why


@pytest.mark.parametrize("cell", [Decimal("50"), 50, np.float64(50), np.int32(50)])
def test_every_kind_of_number_is_a_number(cell):
    assert call(LTV, [cell, 100.0]) == 0.5


def test_a_currency_decimal_that_is_no_number_is_refused():
    assert failure("HC_LTV", Decimal("NaN"), 1.0)[0] is CellError.VALUE


def test_a_date_is_its_serial_number():
    assert call(LTV, [date(2026, 3, 31), 46112.0]) == 1.0  # Excel: DATE(2026,3,31) = 46112
    assert call(LTV, [datetime(2026, 3, 31, 12), 46112.5]) == 1.0


@pytest.mark.parametrize("error", list(CellError))
def test_an_error_cell_comes_back_as_itself(error):
    assert failure("HC_LTV", [[1.0], [error]], 1.0)[0] is error


def test_an_error_cell_goes_before_any_other_fault():
    assert failure("HC_LTV", [["x"], [CellError.NA]], -1.0)[0] is CellError.NA


def test_out_of_range_is_a_num_error():
    assert failure("HC_STRESSED_PD", 1.2, 0.2, 0.99)[0] is CellError.NUM
    assert failure("HC_BOOK_VALUE", 100.0, 1.0, -6.0)[0] is CellError.NUM
    assert failure("HC_CORR_CONVERGE", [[1, 2], [2, 1]], 0.5, [1, 1])[0] is CellError.NUM


def test_nothing_to_divide_by():
    assert failure("HC_LLCR", [1.0, 2.0], 0.0, 0.1)[0] is CellError.DIV0
    assert call(LTV, [[[1.0], [1.0]], [[0.0], [2.0]]]) == [[CellError.DIV0], [0.5]]


def test_not_applicable():
    assert failure("HC_DSCR", 1.0, 0.0)[0] is CellError.NA
    assert call(DSCR, [[1.0, 2.0], [0.0, 2.0]]) == [[CellError.NA, 1.0]]


def test_lengths_of_one_group_must_agree():
    error, why = failure("HC_LTV", [1.0, 2.0], [1.0, 2.0, 3.0])
    assert error is CellError.VALUE
    assert "value has 3 items, but debt has 2" in why


def test_an_omitted_argument_takes_its_default():
    assert call(BOOK, [100.0, 8.0, 6.0, OMITTED]) == call(BOOK, [100.0, 8.0, 6.0]) == 0.0


def test_a_blank_is_not_an_omission():
    assert failure("HC_BOOK_VALUE", 100.0, 8.0, 6.0, None)[0] is CellError.VALUE


def test_missing_and_surplus_arguments():
    assert "value is missing" in failure("HC_LTV", 1.0)[1]
    assert "at most 2 arguments" in failure("HC_LTV", 1.0, 2.0, 3.0)[1]


@pytest.mark.parametrize("grid", [[], [[]], [[1.0], [1.0, 2.0]], [1.0, [2.0]]])
def test_a_jagged_or_empty_range_is_refused(grid):
    assert failure("HC_LTV", grid, 1.0)[0] is CellError.VALUE


def test_negative_zero_does_not_reach_a_cell():
    assert math.copysign(1, call(DSCR, [-0.0, 1.0])) == 1.0


class TestWhy:
    def test_it_explains_a_fault(self):
        why = call(FUNCTIONS["HC_WHY"], ["hc_ltv", [[70.0], [None]], 100.0])
        assert why == "#VALUE!: debt (item 2) must be a number, but the cell is blank"

    def test_it_explains_an_error_cell(self):
        assert call(FUNCTIONS["HC_WHY"], ["HC_LTV", CellError.REF, 1.0]).startswith("#REF!: debt holds #REF!")

    def test_it_says_ok(self):
        assert call(FUNCTIONS["HC_WHY"], ["HC_LTV", 70.0, 100.0]) == "ok"

    def test_it_counts_elements_without_a_value(self):
        why = call(FUNCTIONS["HC_WHY"], ["HC_DSCR", [1.0, 2.0], [0.0, 2.0]])
        assert why == "ok, but 1 of its elements are #N/A: no debt service is due"

    def test_an_unknown_name_offers_the_nearest(self):
        error, why = failure("HC_WHY", "HC_DSRC")
        assert error is CellError.NA
        assert "HC_DSCR" in why

    @pytest.mark.parametrize(
        ("name", "args", "nearest"),
        [
            ("HC_FACT", ["dscr_covenant_ddtl_44"], "dscr_covenant_ddtl_4"),
            ("HC_GPU", ["H1000", "tdp_kw"], "H100"),
            ("HC_GPU", ["H100", "memory"], "memory_gb"),
        ],
    )
    def test_unknown_reference_data_is_na_and_offers_the_nearest(self, name, args, nearest):
        assert failure(name, *args)[0] is CellError.NA
        why = call(FUNCTIONS["HC_WHY"], [name, *args])
        assert why.startswith("#N/A: ")
        assert f"did you mean {nearest}" in why


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(),
    st.floats(-10, 10),
    st.integers(),
    st.text(max_size=8),
    st.decimals(),
    st.dates(),
    st.datetimes(),
    st.sampled_from(list(CellError)),
    st.sampled_from(["annuity", "HC_LTV", "value"]),
)
GRIDS = st.one_of(
    CELLS,
    st.just(OMITTED),
    st.lists(CELLS, max_size=4),
    st.lists(st.lists(CELLS, min_size=1, max_size=3), max_size=3),
    st.lists(st.floats(0, 1), min_size=2, max_size=3),
    st.integers(1, 3).flatmap(
        lambda n: st.lists(st.lists(st.floats(-1, 1), min_size=n, max_size=n), min_size=n, max_size=n)
    ),
    st.floats(0, 1),
)


def leaves(value):
    return [leaf for row in value for leaf in row] if isinstance(value, list) else [value]


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
@settings(max_examples=300)
@given(data=st.data())
def test_no_grid_whatever_gets_anything_else_out(name, data):
    function = FUNCTIONS[name]
    args = data.draw(st.lists(GRIDS, max_size=len(function.args) + 1))
    try:
        value = call(function, args)
    except WorksheetError as error:
        assert error.why
        return
    for leaf in leaves(value):
        assert isinstance(leaf, float | bool | str | CellError)
        assert not isinstance(leaf, float) or math.isfinite(leaf)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
@settings(max_examples=200)
@given(data=st.data())
def test_numbers_of_any_size_in_an_example_get_nothing_else_out(name, data):
    """One cell of a good call replaced: the faults that random grids never reach."""
    function = FUNCTIONS[name]
    args = list(function.examples[0].args)
    if not args:
        return
    args[data.draw(st.integers(0, len(args) - 1))] = data.draw(GRIDS)
    try:
        value = call(function, args)
    except WorksheetError:
        return
    assert all(not isinstance(leaf, float) or math.isfinite(leaf) for leaf in leaves(value))
