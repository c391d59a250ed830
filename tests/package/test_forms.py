"""The stored forms of a call, found where a call is and nowhere else, and told apart from what only looks like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.formula import Tokenizer

from haircut.functions import FUNCTIONS
from haircut_workbooks.package.forms import Form, calls, calls_haircut, plain, with_calls, written

STORED = {
    "HC_LTV(": "",
    "[1]!HC_LTV(": "[1]",
    "[12]!HC_LTV(": "[12]",
    "'C:\\Bob''s files\\haircut.xlam'!HC_LTV(": "'C:\\Bob''s files\\haircut.xlam'",
    "_xldudf_HC_LTV(": "",
    "_xlfn._xldudf_HC_LTV(": "",
    "_xll.HC_LTV(": "",
    "HC.LTV(": "",
    "HC_LTV (": "",
}


@pytest.mark.parametrize("stored", STORED)
def test_every_stored_form_is_a_call(stored):
    formula = f"1+{stored}A1,B1)"
    (call,) = calls(formula)
    assert (call.name, call.place, call.known, call.to_haircut) == ("HC_LTV", STORED[stored], True, True)
    assert formula[call.start : call.end] + "(" == stored.replace(" (", "(")
    assert plain(formula).replace(" (", "(") == "1+HC_LTV(A1,B1)"


@pytest.mark.parametrize(
    "formula",
    [
        '"HC_LTV(1,2)"',
        '"a""b HC_LTV(1,2)"',
        "'HC_LTV(1)'!A1",
        "'it''s HC_LTV(1)'!A1+1",
        "Deals[HC_LTV(1)]",
        "Deals[it''s HC_LTV(1)]",
        'Deals[["x],[HC_LTV(1)]]',
        "MYHC_LTV(1,2)",
        "X.HC_LTV(1,2)",
        "HC_LTV+1",
        "HC.RATE(1)",
        "HC_",
        "",
    ],
)
def test_what_only_looks_like_a_call_is_none(formula):
    assert list(calls(formula)) == []
    assert with_calls(formula, lambda call: "X") == formula


@pytest.mark.parametrize(
    ("formula", "known", "to_haircut"),
    [
        ("HC_LTVV(1,2)", False, True),
        ("[1]!HC_LTVV(1,2)", False, True),
        ("'C:\\other.xlam'!HC_LTV(1,2)", True, False),
        ("'C:\\myhaircut.xlam'!HC_LTV(1,2)", True, False),
        ("Macros.xlsm!HC_LTV(1,2)", True, False),
        ("'My sheet'!HC_LTV(1,2)", True, False),
    ],
)
def test_what_is_no_function_of_ours_is_told_apart(formula, known, to_haircut):
    (call,) = calls(formula)
    assert (call.known, call.to_haircut) == (known, to_haircut)
    assert calls_haircut(formula) is to_haircut
    if not to_haircut:
        assert plain(formula) == formula


def test_the_spelling_of_a_name_is_kept():
    (call,) = calls("hc_Debt_Schedule(1)")
    assert [written(call, form, 2) for form in Form] == [
        "hc_Debt_Schedule",
        "[2]!hc_Debt_Schedule",
        "_xldudf_hc_Debt_Schedule",
        "hc.Debt_Schedule",
    ]


# What stands between calls: the witness of how many calls there are is how many were put in.
OTHER = st.one_of(
    st.text(st.sampled_from("HC_LTV(1)[]'!. é"), max_size=12).map(lambda text: f'"{text}"'),
    st.text(st.sampled_from('HC_LTV(1)"!. é'), min_size=1, max_size=12).map(lambda text: f"'a{text}'!$B$2"),
    st.sampled_from(
        ["A1", "[2]Other!A1", "'[2]My sheet'!A1", "Deals[HC_LTV(x)]", "SUM(A1:A9)", "TRUE", "1%"]
    ),
)
CALLS = st.deferred(
    lambda: st.tuples(
        st.sampled_from(sorted(FUNCTIONS)), st.booleans(), st.lists(CALLS | OTHER, max_size=3)
    ).map(lambda drawn: f"{drawn[0].lower() if drawn[1] else drawn[0]}({','.join(drawn[2])})")
)
FORMULAS = st.lists(CALLS | OTHER, min_size=1, max_size=4).map("&".join)


def in_form(formula, form):
    return with_calls(formula, lambda call: written(call, form, 3))


@given(FORMULAS, st.sampled_from(Form), st.sampled_from(Form))
def test_there_and_back_is_the_same_formula(formula, first, second):
    stored = in_form(formula, first)
    assert in_form(in_form(stored, second), first) == stored
    assert plain(in_form(formula, second)) == formula


@given(FORMULAS, st.sampled_from(Form))
def test_another_reader_finds_the_calls_and_nothing_else_moved(formula, form):
    """openpyxl's tokens, one by one: a function of ours has the new form, every other token is the same."""
    old, new = (Tokenizer("=" + text).items for text in (formula, in_form(formula, form)))
    assert len(old) == len(new)
    for before, after in zip(old, new, strict=True):
        name = before.value[:-1]
        ours = before.type == "FUNC" and before.subtype == "OPEN" and name.upper() in FUNCTIONS
        dotted = name[:2] + "." + name[3:]
        expected = {"plain": name, "addin": f"[3]!{name}", "web": f"_xldudf_{name}", "calc": dotted}
        assert after.value == (expected[form] + "(" if ours else before.value)
