from decimal import Context, Decimal

from hypothesis import given
from hypothesis import strategies as st

from haircut.models.comparison import fifteen_digits

NUMBERS = st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False)


def test_sums_that_a_sheet_shows_as_equal_are_equal():
    assert fifteen_digits(0.1 + 0.2) == fifteen_digits(0.3)
    assert fifteen_digits(1.1 * 3) == 3.3
    assert fifteen_digits(1.25 - 1e-13) < 1.25


@given(NUMBERS)
def test_fifteen_significant_digits_are_kept(x):
    assert fifteen_digits(x) == float(Context(prec=15).create_decimal(Decimal(x)))


@given(NUMBERS, NUMBERS)
def test_rounding_keeps_order_and_sign(x, y):
    low, high = sorted((x, y))
    assert fifteen_digits(low) <= fifteen_digits(high)
    assert fifteen_digits(-x) == -fifteen_digits(x)
    assert fifteen_digits(fifteen_digits(x)) == fifteen_digits(x)
