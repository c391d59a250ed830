"""Formulas as LibreOffice should read them."""

import pytest

from haircut_workbooks.package.address import Area
from haircut_workbooks.package.book import Table
from haircut_workbooks.recalc.office_formulas import for_office, whole_call

TABLES = {"deals": Table("Data", Area(2, 2, 5, 3), 1, 0, ("key", "amount"))}
NAMES = {"rate": "Data!$B$1", "block": "Data!$A$1:$A$9"}

RULES = {
    "HC_LTV(70,100)": "HC.LTV(70,100)",
    "hc_ltv(70,100)": "HC.LTV(70,100)",
    "[12]!HC_LTV(70,100)": "HC.LTV(70,100)",
    "'C:\\add ins\\haircut.xlam'!HC_LTV(70,100)": "HC.LTV(70,100)",
    "_xll.HC_LTV(70,_xldudf_HC_DSCR(1,2))": "HC.LTV(70,HC.DSCR(1,2))",
    '"HC_LTV("&HC_UNKNOWN(1)': '"HC_LTV("&HC.UNKNOWN(1)',
    "'HC_LTV(1)'!A1": "'HC_LTV(1)'!A1",
    "_xlfn.IFNA(HC_LTV(1,2),0)": "_xlfn.IFNA(HC.LTV(1,2),0)",
    "HC_LTV(A1,B$1:B$9)": "HC.LTV(TRANSPOSE(TRANSPOSE(A1:A1)),TRANSPOSE(TRANSPOSE(B$1:B$9)))",
    "HC_LTV( 'a b'!$A$1 , Rate)": (
        "HC.LTV( TRANSPOSE(TRANSPOSE('a b'!$A$1:$A$1)) , TRANSPOSE(TRANSPOSE(Data!$B$1:$B$1)))"
    ),
    "HC_LTV(BLOCK,Twice)": "HC.LTV(TRANSPOSE(TRANSPOSE(Data!$A$1:$A$9)),Twice)",
    "HC_LTV(Deals[Amount],A1*2)": "HC.LTV(TRANSPOSE(TRANSPOSE('Data'!$C$3:$C$5)),A1*2)",
    "HC_LTV((A1),-A1)": "HC.LTV((A1),0+-A1)",
    "HC_LTV(,A1,)": "HC.LTV(,TRANSPOSE(TRANSPOSE(A1:A1)),)",
    "SUM(A1,B1:B9)": "SUM(A1,B1:B9)",
    "HC_LTV(SUM(A1:A2),{-1,2;3,4})": "HC.LTV(SUM(A1:A2),{-1,2;3,4})",
    "HC_LTV(1,TRUE)": "HC.LTV(1,TRUE)",
    "-A1": "0+-A1",
    "--(A1>0)": "0+--(A1>0)",
    "SUM(--(A1:A9>0),-A1)": "SUM(0+--(A1:A9>0),0+-A1)",
    "2*-A1^-2": "2*-A1^-2",
    "A1-B1": "A1-B1",
    "HC_LTV(1,2": "HC.LTV(1,2",
    "HC.LTV(1,B1)": "HC.LTV(1,TRANSPOSE(TRANSPOSE(B1:B1)))",
}


@pytest.mark.parametrize(("formula", "expected"), RULES.items())
def test_rules(formula, expected):
    assert for_office(formula, TABLES, NAMES, 3, dotted=True) == expected


def test_offices_that_know_the_plain_names():
    assert for_office("[1]!hc_ltv(1,HC_DSCR(2,3))", {}, {}, 1, dotted=False) == "HC_LTV(1,HC_DSCR(2,3))"


@pytest.mark.parametrize(
    ("formula", "name"),
    {
        "HC_LTV(A1,SUM(B1:B2))": "HC_LTV",
        "[1]!HC_LTV(1,2)": "HC_LTV",
        "HC.LTV(1,2)": "HC_LTV",
        "HC_LTV(1,2)+HC_LTV(3,4)": None,
        "(HC_LTV(1,2))": None,
        '"HC_LTV(1)"': None,
        "HC_UNKNOWN(1)": None,
        "HC_LTV(1,2))": None,
    }.items(),
)
def test_a_formula_that_is_one_call(formula, name):
    found = whole_call(formula)
    assert (found.name if found else None) == name
