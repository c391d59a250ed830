import pytest

from haircut.facts import GPU_COLUMNS, NUMBERS, gpus
from haircut.models.errors import NotApplicable
from haircut.models.reference import gpu

EVERY = [pytest.param(name, field, id=f"{name}-{field}") for name, known in gpus().items() for field in known]
RANGES = [(name, field) for name, known in gpus().items() for field, row in known.items() if not row["value"]]


@pytest.mark.parametrize(("name", "field"), EVERY)
def test_every_column_of_every_figure_is_a_number_or_a_text(name, field):
    row = gpus()[name][field]
    for column in GPU_COLUMNS:
        wanted = row[column] and (float(row[column]) if column in NUMBERS else row[column])
        asked = [f"{field}_{column}"] + ([field] if column == "value" else [])
        for text in asked:
            if wanted:
                assert gpu(name, text) == wanted
            else:
                with pytest.raises(NotApplicable, match=f"^the {field} of {name} has no"):
                    gpu(name, text)


@pytest.mark.parametrize(("name", "field"), EVERY)
def test_every_figure_has_a_unit_a_date_a_source_a_licence_and_a_grade(name, field):
    row = gpus()[name][field]
    for column in ("unit", "as_of", "source", "licence", "grade"):
        assert row[column]
    assert row["value"] or (row["low"] and row["high"])
    if row["low"] and row["high"]:
        assert float(row["low"]) <= float(row["high"])
        if row["value"]:
            assert float(row["low"]) <= float(row["value"]) <= float(row["high"])


def test_names_ignore_case_spaces_and_punctuation():
    assert gpu("h100", "memory_gb") == gpu(" H-100 ", " Memory_GB ") == 80.0
    assert gpu("gb200nvl72", "gpus_per_rack") == gpu("GB200 (NVL-72)", "gpus_per_rack") == 72.0


def test_names_stay_apart_without_their_punctuation():
    plain = ["".join(sign for sign in name.casefold() if sign.isalnum()) for name in gpus()]
    assert len(set(plain)) == len(plain)


def test_no_field_ends_like_a_column():
    for known in gpus().values():
        for field in known:
            assert not field.endswith(tuple(f"_{column}" for column in GPU_COLUMNS))


def test_a_range_says_what_to_ask_for():
    assert RANGES
    name, field = RANGES[0]
    with pytest.raises(NotApplicable, match=f"no single value; ask for {field}_low or {field}_high$"):
        gpu(name, field)
    assert gpu("H100", "resale_usd_low") < gpu("H100", "resale_usd_high")


def test_an_unknown_model_or_field_offers_the_nearest():
    with pytest.raises(NotApplicable, match='^there is no GPU "H1000"; did you mean H100'):
        gpu("H1000", "tdp_kw")
    with pytest.raises(NotApplicable, match='^there is no GPU "GB200"; did you mean .*GB200 NVL72'):
        gpu("GB200", "tdp_kw")
    with pytest.raises(NotApplicable, match=r'^there is no GPU "\?"; did you mean .*H100'):
        gpu("?", "tdp_kw")
    with pytest.raises(NotApplicable, match='^no "memory" is known for H100; did you mean memory_gb'):
        gpu("H100", "memory")
    with pytest.raises(NotApplicable, match='^no "zzz_low" is known for H100; did you mean .*tdp_kw'):
        gpu("H100", "zzz_low")
