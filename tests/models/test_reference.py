import pytest

from haircut.facts import FIELDS, NUMBERS, facts
from haircut.models.errors import InvalidValue, NotApplicable
from haircut.models.reference import fact

# The covenant is stated in the filing that the fact cites.
COVENANT = "dscr_covenant_ddtl_4"
RANGES = [id for id, row in facts().items() if not row["value"]]


@pytest.mark.parametrize("id", facts())
def test_every_field_of_every_fact_is_a_number_or_a_text(id):
    for field in FIELDS:
        held = facts()[id][field]
        if held:
            assert fact(id, field) == (float(held) if field in NUMBERS else held)
        else:
            with pytest.raises(NotApplicable, match=f'"{id}" has no {field}'):
                fact(id, field)


def test_every_fact_says_what_it_is_where_it_is_from_and_how_far_to_trust_it():
    for id in facts():
        for field in ("item", "unit", "as_of", "source", "licence", "grade"):
            assert fact(id, field)
        value, low, high = (float(facts()[id][field] or "nan") for field in NUMBERS)
        assert any(number == number for number in (value, low, high)), id
        assert not (value < low or value > high or low > high), id


def test_a_covenant_by_its_id_whatever_the_case_and_the_spaces():
    assert fact(COVENANT) == fact(f"  {COVENANT.upper()} ", " Value ") == 1.15


def test_a_range_has_no_value_and_says_where_to_look():
    assert RANGES
    with pytest.raises(NotApplicable, match="has no value; see low and high"):
        fact(RANGES[0])


def test_an_unknown_id_offers_the_nearest():
    with pytest.raises(
        NotApplicable, match=f'there is no fact "dscr_covenant_ddtl_44"; did you mean .*{COVENANT}'
    ):
        fact("dscr_covenant_ddtl_44")
    with pytest.raises(NotApplicable, match='^there is no fact "zzzzzzzz"$'):
        fact("zzzzzzzz")


def test_an_unknown_field_is_refused_by_name():
    with pytest.raises(InvalidValue, match='^field must be one of value, low, .*, but is "worth"$'):
        fact(COVENANT, "worth")
