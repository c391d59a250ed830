import numpy as np
import pytest

from haircut.models import checks
from haircut.models.errors import InvalidValue, ModelError, NotApplicable, NothingToDivideBy, OutOfRange

RANGES = [
    (checks.finite, [-1e300, 0, 1e300], [np.nan, np.inf, -np.inf], "a finite number"),
    (checks.not_negative, [0, -0.0, 5], [-1e-300, np.nan, np.inf], "at least 0"),
    (checks.positive, [1e-300, 5], [0, -1, np.nan, np.inf], "above 0"),
    (checks.share, [0, 0.5, 1], [-1e-9, 1.2, np.nan], "between 0 and 1"),
    (checks.open_share, [1e-9, 0.5], [0, 1, np.nan], "above 0 and below 1"),
    (checks.below_one, [-3, 0.999], [1, 2, np.nan, -np.inf], "below 1"),
    (checks.above_minus_one, [-0.999, 3], [-1, -2, np.nan, np.inf], "above -1"),
]


@pytest.mark.parametrize(("check", "good", "bad", "rule"), RANGES)
def test_a_range_check_accepts_its_range_and_names_what_lies_outside(check, good, bad, rule):
    for value in good:
        check(rate=value)
    check(rate=np.array(good), other=np.float64(good[-1]))
    for value in bad:
        with pytest.raises(OutOfRange, match=f"^rate must be {rule}, but is "):
            check(rate=value)
        with pytest.raises(OutOfRange, match=rf"^rate must be {rule}, but is .* \(item {len(good) + 1}\)$"):
            check(rate=np.array([*good, value, good[0]], dtype=float))


def test_a_check_says_which_item_of_which_argument_is_wrong():
    with pytest.raises(OutOfRange, match=r"^ages must be at least 0, but is -3 \(item 2\)$"):
        checks.not_negative(cost=1.0, ages=np.array([1.0, -3.0, -4.0]))


def test_an_empty_vector_breaks_no_range():
    checks.share(shock_drops=np.array([]))


def test_vectors_must_have_one_length():
    checks.same_length(a=np.ones(2), b=np.zeros(2))
    with pytest.raises(InvalidValue, match="lengths differ: a has 2, b has 3"):
        checks.same_length(a=np.ones(2), b=np.ones(3))


@pytest.mark.parametrize("values", [[], [[1.0, 2.0]], np.ones((2, 2))])
def test_a_vector_is_one_row_or_column_with_at_least_one_item(values):
    with pytest.raises(InvalidValue, match="^times must be one row or one column"):
        checks.as_vector("times", values)


def test_a_number_serves_for_every_item():
    cost, ages = checks.broadcast(cost=2, ages=[1, 2, 3])
    assert cost.tolist() == [2, 2, 2]
    assert ages.tolist() == [1, 2, 3]
    with pytest.raises(InvalidValue, match="a has 2, b has 3"):
        checks.broadcast(a=[1, 2], b=[1, 2, 3], c=7)


def test_a_whole_number_within_limits():
    assert checks.whole("count", 12.0, 1, 1200) == 12
    for value in (0, 1201, 2.5, np.nan, np.inf):
        with pytest.raises(OutOfRange, match="^count must be a whole number from 1 to 1,200"):
            checks.whole("count", value, 1, 1200)


def test_the_tree_of_errors():
    for error in (InvalidValue, OutOfRange, NothingToDivideBy, NotApplicable):
        assert issubclass(error, ModelError)
    assert issubclass(ModelError, ValueError)
