"""The haircut command, run as an analyst runs it: what it prints, what it writes, how it ends."""

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from typer.testing import CliRunner

from haircut.functions import FUNCTIONS
from haircut_workbooks.cli import app
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.splice import Edit, splice

SAMPLE = Path(__file__).parents[2] / "templates/gpu_loan/portfolio.csv"


def process(*args):
    """The command in a process of its own."""
    command = [sys.executable, "-W", "error", "-m", "haircut_workbooks.cli", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def haircut(*args):
    """The same command without the second that a process takes to start."""
    done = CliRunner().invoke(app, list(map(str, args)), prog_name="haircut", catch_exceptions=False)
    return SimpleNamespace(returncode=done.exit_code, stdout=done.stdout, stderr=done.stderr)


def one_line(result):
    """The single line of a refusal, without its final newline."""
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("haircut: ")
    return lines[0]


@pytest.mark.parametrize("name", ["new", "recalc", "verify", "regenerate", "rebind", "functions", "call"])
def test_every_command_helps_with_an_example(name):
    result = haircut(name, "--help")
    assert result.returncode == 0
    assert "Example: haircut" in " ".join(result.stdout.split())


class TestCall:
    def test_a_row_gives_a_row(self):
        result = haircut("call", "HC_DSCR", "[130, 120]", "[100, 100]")
        assert (result.returncode, json.loads(result.stdout)) == (0, [[1.3, 1.2]])

    def test_a_negative_number_is_no_option(self):
        assert json.loads(haircut("call", "HC_SPREAD_GAP", "-5", "10").stdout) == -15

    def test_an_empty_argument_is_left_out(self):
        assert json.loads(haircut("call", "HC_BOOK_VALUE", "100", "8", "6", "").stdout) == 0

    @pytest.mark.parametrize(
        ("args", "error", "why"),
        [
            (["HC_LTV", "70", "-1"], "#NUM!", "value must be at least 0"),
            (["HC_LTV", "[70, null]", "1"], "#VALUE!", "blank"),
            (["HC_LTV", '"#N/A"', "1"], "#N/A", "debt holds #N/A"),
            (["HC_DSCR", "1", "0"], "#N/A", "no debt service"),
            (["HC_LTV", "seventy", "1"], "#VALUE!", "not JSON"),
            (["HC_LTV", "{70,35}", "1"], "#VALUE!", "write [1.5, 3.5] for {1.5,3.5}"),
            (["=HC_LTV(70,100)"], "#NAME?", "give the arguments after the name"),
            (["HC_LTVV", "70", "1"], "#NAME?", "HC_LTV"),
            (["HC_LTV", "NaN", "1"], "#VALUE!", "finite"),
        ],
    )
    def test_a_worksheet_error_is_json_with_status_1(self, args, error, why):
        result = haircut("call", *args)
        answer = json.loads(result.stdout)
        assert (result.returncode, answer["error"]) == (1, error)
        assert why in answer["why"]

    def test_elements_without_a_value_are_json_too(self):
        assert json.loads(haircut("call", "HC_DSCR", "[1, 2]", "[0, 1]").stdout) == [["#N/A", 2.0]]


def test_functions_as_json_hold_all_that_is_declared():
    listed = json.loads(haircut("functions", "--json").stdout)
    assert [function["name"] for function in listed] == list(FUNCTIONS)
    for function in listed:
        assert function["examples"]
        assert all(argument["unit"] and argument["help"] for argument in function["arguments"])


def test_functions_for_a_reader():
    printed = haircut("functions").stdout
    assert "HC_FAIR_SPREAD(cumulative_pds, lgds" in printed
    assert "Liquidation" in printed


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    path = tmp_path_factory.mktemp("new") / "loan.xlsx"
    result = process("new", "gpu_loan", path)
    assert (result.returncode, result.stderr) == (0, "")
    return path


class TestWorkbooks:
    def test_a_new_workbook_verifies(self, made):
        result = process("verify", made)
        assert result.returncode == 0
        assert "verified" in result.stdout

    def test_new_never_overwrites(self, made):
        before = made.read_bytes()
        result = process("new", "gpu_loan", made)
        assert result.returncode == 2
        assert "exists already" in one_line(result)
        assert made.read_bytes() == before

    def test_an_unknown_template_lists_the_known_ones(self, tmp_path):
        assert "gpu_loan" in one_line(haircut("new", "gpu_lone", tmp_path / "x.xlsx"))

    def test_recalc_mends_what_verify_finds(self, made, tmp_path):
        book = Book.open(made)
        stale = tmp_path / "stale.xlsx"
        stale.write_bytes(splice(book, {book.find("Debt"): Edit(1e8)}))
        found = haircut("verify", stale)
        assert found.returncode == 1
        assert "stale or wrong values: Summary!C6 holds" in one_line(found) or "more cells" in one_line(found)
        assert haircut("recalc", stale).returncode == 0
        assert haircut("verify", stale).returncode == 0

    def test_recalc_of_a_right_workbook_changes_no_byte(self, made, tmp_path):
        assert haircut("recalc", made, "--out", tmp_path / "same.xlsx").returncode == 0
        assert (tmp_path / "same.xlsx").read_bytes() == made.read_bytes()

    @pytest.mark.parametrize("content", [b"", b"text", b"PK\x03\x04 cut short"])
    def test_what_is_no_workbook_is_refused_in_a_line(self, content, tmp_path):
        path = tmp_path / "bad.xlsx"
        path.write_bytes(content)
        result = haircut("verify", path)
        assert result.returncode == 2
        assert str(path) in one_line(result)


class TestRegenerate:
    def test_two_deals_with_a_failure_end_in_1_and_say_why(self, tmp_path):
        table = pd.read_csv(SAMPLE, dtype=str).head(2)
        table.loc[0, "Gpus_1"] = "-5"
        table.to_csv(tmp_path / "p.csv", index=False)
        result = process(
            "regenerate", "gpu_loan", "--portfolio", tmp_path / "p.csv", "--out", tmp_path / "out"
        )
        assert result.returncode == 1
        assert f"{tmp_path / 'p.csv'}, row 2, column Gpus_1: must be above 0, but is -5" in result.stderr
        assert "1 of 2 deals" in result.stdout
        written = {p.name for p in (tmp_path / "out").iterdir()}
        assert written == {".haircut-journal", "CoreWeave_DDTL_2.0.xlsx", "rollup.xlsx"}

    def test_a_portfolio_without_rows_writes_nothing(self, tmp_path):
        (tmp_path / "p.csv").write_text("Deal,Debt\n")
        result = haircut(
            "regenerate", "gpu_loan", "--portfolio", tmp_path / "p.csv", "--out", tmp_path / "out"
        )
        assert result.returncode == 2
        assert "no rows" in one_line(result)
        assert not (tmp_path / "out").exists()

    def test_an_output_folder_that_cannot_be_made(self, tmp_path):
        (tmp_path / "file").write_text("")
        result = haircut("regenerate", "gpu_loan", "--portfolio", SAMPLE, "--out", tmp_path / "file")
        assert result.returncode == 2
        assert "cannot be" in one_line(result)

    def test_a_book_that_is_neither_file_nor_template(self, tmp_path):
        result = haircut("regenerate", "gpu_lone", "--portfolio", SAMPLE, "--out", tmp_path)
        assert "neither a file nor a template" in one_line(result)
