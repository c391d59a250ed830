"""The task pane in Chromium, with a stub in the place of office.js, and its reading of formulas in Node."""

import json
import shutil
import subprocess

import pytest
from tests.hosts.web.running import HERE, node

from haircut import __version__
from haircut.facts import facts, gpus
from haircut.functions import FUNCTIONS

SHEET = {
    "A1": {"formula": "A title"},
    "B1": {"formula": "=HC_LTV(A2:A3,Value)"},
    "B2": {"formula": "=IF(C1>0,HC_LTV($A$2,-1),\"HC_DSCR(1,0)\")"},
    "B3": {"formula": "=HC_LTV(A2*2,100)+HC_DSCR(130,100)"},
    "B4": {"formula": "=HC_LTV('Loan'!A4,A5)"},
    "B5": {"formula": '=HC_FACT("no such fact")'},
    "B6": {"formula": "=HC_BOOK_VALUE(100,2,6,)"},
    "B7": {"formula": "=HC_LTV({70;35},{100;0})"},
    "B8": {"formula": "=HC_LTV(A2,Nowhere)"},
    "B9": {"formula": "=HC_LTV(<b>x</b>,1)"},
    "A2": {"values": [[70]]},
    "A4": {"values": [[None]]},
    "A5": {"values": [["#DIV/0!"]]},
    "A2:A3": {"values": [[70], [35]]},
    "C2": {"values": [[100]]},
}  # fmt: skip


@pytest.fixture(scope="module")
def pane(place, tmp_path_factory):
    """The pane, as a function from steps to what it shows after each."""
    chromium = shutil.which("chromium") or pytest.skip("Chromium is not installed")
    if not (HERE / "node_modules/playwright-core").is_dir():
        pytest.skip("the npm package playwright-core is not installed")

    def shown(*steps):
        task = {
            "base": place.base, "chromium": chromium, "profile": str(tmp_path_factory.mktemp("profile")),
            "sheet": SHEET, "names": {"Value": "C2"}, "steps": steps,
        }  # fmt: skip
        done = subprocess.run(
            [node(), str(HERE / "pane.js")],
            input=json.dumps(task),
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        held = json.loads(done.stdout)
        assert held["faults"] == []
        assert not any(one["wide"] for one in held["shown"])
        return [one["text"] for one in held["shown"]], held["shown"][0]["foot"]

    return shown


def test_the_selected_cell_is_explained(pane):
    texts, foot = pane(*({"select": f"B{row}"} for row in range(1, 10)), {"select": "A1"})
    ok, inner, formula, blank, fact, omitted, spilled, unknown, markup, title = texts
    assert "Loan!B1: HC_LTV" in ok and "\nok\n" in ok and '=HC_WHY("HC_LTV", A2:A3, Value)' in ok
    assert "#NUM!: value must be at least 0, but is -1" in inner and "HC_DSCR" not in inner
    assert "The argument A2*2 is a formula of its own." in formula
    assert '=HC_WHY("HC_LTV", A2*2, 100)' in formula and "Loan!B3: HC_DSCR" in formula
    assert "#DIV/0!: value holds #DIV/0!; mend that first" in blank
    assert '#N/A: there is no fact "no such fact"' in fact
    assert "\nok\n" in omitted
    assert "ok, but 1 of its elements are #DIV/0!" in spilled
    assert "The name Nowhere is not known in the whole workbook." in unknown
    assert "<b>x</b>" in markup
    assert title == "Select a cell that calls a function, to see what is wrong with it."
    count = len(facts()) + sum(map(len, gpus().values()))
    assert foot == f"Haircut {__version__}: {len(FUNCTIONS)} functions, {count} facts"


def test_functions_are_found_and_opened(pane):
    every, some, opened, none = pane(
        {"tab": "functions"},
        {"find": "function", "text": "loan value"},
        {"open": "HC_LTV"},
        {"find": "function", "text": "no such words"},
    )[0]
    assert all(name in every for name in FUNCTIONS)
    assert "HC_LTV" in some and "HC_WHY" not in some
    assert "HC_LTV(debt, value)" in opened and "=HC_LTV(" in opened and "Source:" in opened
    assert none.strip() == "No function says that."


def test_facts_are_found(pane):
    every, some, none = pane(
        {"tab": "facts"}, {"find": "fact", "text": "h100 memory"}, {"find": "fact", "text": "zzz"}
    )[0]
    assert '=HC_FACT("dscr_covenant_ddtl_4")' in every
    assert '=HC_GPU("H100", "memory_gb")' in some and "80 GB" in some and "dscr_covenant" not in some
    assert none.strip() == "No fact says that."


CALLS = [
    ("=HC_LTV(A1,B1)", [["HC_LTV", [{"reference": "A1"}, {"reference": "B1"}]]]),
    ("=_xldudf_HC_LTV(A1,$B$1:$B$9)*2", [["HC_LTV", [{"reference": "A1"}, {"reference": "$B$1:$B$9"}]]]),
    ("=hc_version()", [["HC_VERSION", []]]),
    ("=SUM(A1,MY.HC_LTV(1,2))+XHC_LTV(1)", []),
    ('="=HC_LTV(1,2)"', []),
    ("='HC_LTV(1,2)'!A1", []),
    ("=HC_LTV('It''s, (a) sheet'!A1:B2,Sheet1!C:C)",
     [["HC_LTV", [{"reference": "'It''s, (a) sheet'!A1:B2"}, {"reference": "Sheet1!C:C"}]]]),
    ('=HC_GPU("a ""b"", (c","d")', [["HC_GPU", [{"rows": [['a "b", (c']]}, {"rows": [["d"]]}]]]),
    ('=HC_X({1,2;-3.5,"a;b"},TRUE,50%,1e3,#N/A,)', [["HC_X", [
        {"rows": [[1, 2], [-3.5, "a;b"]]}, {"rows": [[True]]}, {"rows": [[0.5]]}, {"rows": [[1000]]},
        {"rows": [[{"error": "#N/A"}]]}, {"omitted": True}]]]),
    ("=HC_X(HC_Y(1,2),A1+1,B1#,Table1[Rent])", [
        ["HC_X", [{"formula": "HC_Y(1,2)"}, {"formula": "A1+1"}, {"reference": "B1#"}, {"formula": "Table1[Rent]"}]],
        ["HC_Y", [{"rows": [[1]]}, {"rows": [[2]]}]]]),
    ("=HC_X(1,", [["HC_X", [{"rows": [[1]]}]]]),
]  # fmt: skip


def test_a_formula_is_read_as_excel_reads_it():
    script = (HERE.parents[2] / "addin/haircut/hosts/web/static/formula.js").read_text(encoding="utf-8")
    script += """;process.stdout.write(JSON.stringify(JSON.parse(require("node:fs").readFileSync(0, "utf8")).map((formula) =>
        haircutCalls(formula).map(({ name, args }) => [name, args.map(readArgument)]))));"""
    done = subprocess.run(
        [node(), "-e", script],
        input=json.dumps([formula for formula, _ in CALLS]),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    for (formula, expected), got in zip(CALLS, json.loads(done.stdout), strict=True):
        assert got == expected, formula
