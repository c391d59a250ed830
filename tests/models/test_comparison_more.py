from hypothesis import given
from hypothesis import strategies as st

from haircut.models.comparison import at_least, fifteen_digits

NUMBERS = st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False)


def test_a_covenant_is_met_where_the_sheet_shows_it_met():
    assert at_least(0.3 / 0.1, 3)
    assert at_least(3, 0.3 / 0.1)
    assert not at_least(1.25 - 1e-13, 1.25)


@given(NUMBERS, NUMBERS)
def test_it_is_the_comparison_of_the_rounded_numbers(a, b):
    assert at_least(a, b) == (fifteen_digits(a) >= fifteen_digits(b))


@given(NUMBERS, st.floats(-4e-14, 4e-14))
def test_it_is_that_comparison_for_numbers_a_rounding_apart(a, apart):
    b = a * (1 + apart)
    assert at_least(a, b) == (fifteen_digits(a) >= fifteen_digits(b))
