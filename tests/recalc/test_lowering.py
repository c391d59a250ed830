import pytest

from haircut_workbooks.package.address import parse_area
from haircut_workbooks.package.book import Table
from haircut_workbooks.recalc.lowering import lowered

COLUMNS = ("key", "amount", "a [b] #1", "it's")
TABLES = {
    "deals": Table("Data", parse_area("B2:E6"), 1, 1, COLUMNS),
    "bare": Table("Bob's", parse_area("A1:A3"), 0, 0, ("only",)),
}


def check(cases, **more):
    for formula, expected in cases.items():
        assert lowered(formula, TABLES, 4, **more) == expected


def test_comparisons_become_calls():
    check(
        {
            "A1>=1.25": 'HC__COMPARE(">=",A1,1.25)',
            "A1 >= 1.25": 'HC__COMPARE(">=",A1,1.25)',
            "A1<>B1": 'HC__COMPARE("<>",A1,B1)',
            "A1+1=B1*2": 'HC__COMPARE("=",A1+1,B1*2)',
            'A1&"x"="ax"': 'HC__COMPARE("=",A1&"x","ax")',
            "1<A1<3": 'HC__COMPARE("<",HC__COMPARE("<",1,A1),3)',
            "(A1>1)*(B1<2)": '(HC__COMPARE(">",A1,1))*(HC__COMPARE("<",B1,2))',
            "-A1>-1": 'HC__COMPARE(">",-A1,-1)',
            "--(A1>1)": '--(HC__COMPARE(">",A1,1))',
            "A1>=5%": 'HC__COMPARE(">=",A1,5%)',
            "1E-5<A1": 'HC__COMPARE("<",1E-5,A1)',
            "A1=#N/A": 'HC__COMPARE("=",A1,#N/A)',
            "A1=TRUE": 'HC__COMPARE("=",A1,TRUE)',
        }
    )


def test_comparisons_inside_functions():
    check(
        {
            "IF(AND(A1>1,OR(B1<2,C1=3)),D1,E1)": 'IF(AND(HC__COMPARE(">",A1,1),'
            'OR(HC__COMPARE("<",B1,2),HC__COMPARE("=",C1,3))),D1,E1)',
            "IF(IF(A1>0,B1,C1)>0,1,)": 'IF(HC__COMPARE(">",IF(HC__COMPARE(">",A1,0),B1,C1),0),1,)',
            'SUMPRODUCT((A1:A9>=B1)*(C1:C9="x"),D1:D9)': 'SUMPRODUCT((HC__COMPARE(">=",A1:A9,B1))'
            '*(HC__COMPARE("=",C1:C9,"x")),D1:D9)',
            "SUM(IF({1,2;3,4}>2,1,0))": 'SUM(IF(HC__COMPARE(">",{1,2;3,4},2),1,0))',
        }
    )


def test_what_is_no_comparison_stays():
    for formula in (
        "A1+B1*2^3%",
        '"a>=b"&"c=d"',
        '"say ""1>2"""',
        "'a>b = c'!A1+1",
        "SUM('Bob''s <1>'!A1:B2)",
        '{1,-2;"a=b",TRUE}',
        "SUM((A1:A2,B1))",
        "SUM(A1:B3 B2:C4)",
        "OFFSET(A1,,1)",
        "Sheet2!$A$1",
        "PI()",
        "#REF!+1",
        "",
    ):
        assert lowered(formula, TABLES, 4) == formula


def test_criteria_are_rounded_with_their_ranges():
    check(
        {
            'COUNTIF(A1:A9,">=1.25")': 'COUNTIF(HC__ROUND(A1:A9),">=1.25")',
            "COUNTIF(A1:A9,B1)": "COUNTIF(HC__ROUND(A1:A9),HC__ROUND(B1))",
            "countif(A1:A9,0.3)": "countif(HC__ROUND(A1:A9),0.3)",
            'SUMIFS(C1:C9,A1:A9,">1",B1:B9,">="&D1)': 'SUMIFS(C1:C9,HC__ROUND(A1:A9),">1",'
            'HC__ROUND(B1:B9),HC__ROUND(">="&D1))',
            'SUMIF(A1:A9,">1",C1:C9)': 'SUMIF(HC__ROUND(A1:A9),">1",C1:C9)',
            '_xlfn.MAXIFS(C1:C9,A1:A9,"x")': 'MAXIFS(C1:C9,HC__ROUND(A1:A9),"x")',
            'COUNTIF(A:A,">1")': 'COUNTIF(A:A,">1")',
            "COUNTIF(Deals[Amount],1)": "COUNTIF(HC__ROUND('Data'!$C$3:$C$5),1)",
        }
    )


def test_stored_forms_of_haircut_calls():
    for stored in ("[1]!", "[12]!", "_xll.", "_xldudf_", "_xlfn._xldudf_", "'C:\\Bob''s\\haircut.xlam'!"):
        assert lowered(f"1+{stored}HC_LTV(A1,B1)", {}, 1) == "1+HC_LTV(A1,B1)"


def test_arguments_left_out():
    check(
        {
            "HC_DEBT_SCHEDULE(100,0.1,2,B1,,4)": 'HC_DEBT_SCHEDULE(100,0.1,2,B1,"HC__OMITTED",4)',
            "hc_ltv(,1)": 'hc_ltv("HC__OMITTED",1)',
            "HC_LTV(1, )": 'HC_LTV(1,"HC__OMITTED")',
            "SUM(HC_LTV(,[1]!HC_LTV(1,)),,2)": 'SUM(HC_LTV("HC__OMITTED",HC_LTV(1,"HC__OMITTED")),,2)',
            "HC_VERSION()": "HC_VERSION()",
            "HC_UNKNOWN(,1)": "HC_UNKNOWN(,1)",
            "IF(A1,,1)": "IF(A1,,1)",
        }
    )


def test_newer_functions_lose_their_prefix():
    check(
        {
            "_xlfn.XLOOKUP(A1,B1:B9,C1:C9)": "XLOOKUP(A1,B1:B9,C1:C9)",
            "_xlfn._xlws.FILTER(A1:A9,B1:B9>1)": 'FILTER(A1:A9,HC__COMPARE(">",B1:B9,1))',
            "SUM(_xlfn.ANCHORARRAY(A1))": "SUM(A1#)",
            "_xlfn.SINGLE(A1:A9)*2": "@(A1:A9)*2",
        }
    )


def test_nothing_inside_text_or_a_sheet_name_is_a_stored_form():
    for formula in ('"_xlfn.X [1]!HC_LTV( Deals[Amount]"', "'_xlfn. Deals[Amount]'!A1", '"it\'s"&"\'"&A1'):
        assert lowered(formula, TABLES, 4) == formula


def test_structured_references():
    check(
        {
            "SUM(Deals[Amount])": "SUM('Data'!$C$3:$C$5)",
            "SUM(DEALS[[Key]:[Amount]])": "SUM('Data'!$B$3:$C$5)",
            "Deals[[#This Row],[Amount]]*2": "'Data'!$C4*2",
            "Deals[@Amount]*2": "'Data'!$C4*2",
            "SUM(Deals[@[Key]:[Amount]])": "SUM('Data'!$B4:$C4)",
            "SUM(Deals[@[a '[b'] '#1]])": "SUM('Data'!$D4)",
            "SUM(Deals[a '[b'] '#1])": "SUM('Data'!$D$3:$D$5)",
            "SUM(Deals[it''s])": "SUM('Data'!$E$3:$E$5)",
            "ROWS(Deals[#All])": "ROWS('Data'!$B$2:$E$6)",
            "ROWS(Deals[])": "ROWS('Data'!$B$3:$E$5)",
            "ROWS(Deals[#Data])": "ROWS('Data'!$B$3:$E$5)",
            "INDEX(Deals[#Headers],1,2)": "INDEX('Data'!$B$2:$E$2,1,2)",
            "Deals[[#Headers],[Key]]": "'Data'!$B$2",
            "Deals[[#Totals],[Amount]]": "'Data'!$C$6",
            "ROWS(Deals[[#Headers],[#Data],[Key]])": "ROWS('Data'!$B$2:$B$5)",
            "ROWS(Deals[[#Data],[#Totals]])": "ROWS('Data'!$B$3:$E$6)",
            "SUM(Bare[Only])": "SUM('Bob''s'!$A$1:$A$3)",
            "Deals[@Amount]>=1.25": "HC__COMPARE(\">=\",'Data'!$C4,1.25)",
        }
    )


def test_a_column_or_table_that_is_not_there_stays_for_the_engine_to_name():
    assert lowered("SUM(Deals[Nothing])", TABLES, 4) == "SUM(Deals[Nothing])"
    assert lowered("SUM(Others[Amount])", TABLES, 4) == "SUM(Others[Amount])"


def test_an_ordinary_cell_takes_one_item_of_a_range():
    check(
        {
            "A1:A9*2": "@A1:A9*2",
            "Block+1": "@Block+1",
            "-'My sheet'!A1:A9": "-@'My sheet'!A1:A9",
            "(A1:A9)>1": 'HC__COMPARE(">",(@A1:A9),1)',
            "$A$1+Data!B2": "$A$1+Data!B2",
            "SUM(A1:A9*Block)": "SUM(A1:A9*Block)",
            "Deals[Amount]*2": "@'Data'!$C$3:$C$5*2",
        }
    )


def test_an_array_formula_takes_them_all():
    check({"A1:A9*Block": "A1:A9*Block", "A1:A9>1": 'HC__COMPARE(">",A1:A9,1)'}, array=True)


@pytest.mark.parametrize("formula", ['"unclosed', "A1)", "{1,2"])
def test_what_is_no_formula_passes_through(formula):
    assert isinstance(lowered(formula, {}, 1), str)
