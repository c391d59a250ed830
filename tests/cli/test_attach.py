"""haircut attach, as an analyst runs it."""

import os
import pty
import subprocess
import sys

import pytest
from tests.attach.analyst import MAPPING, model, packed_of, parts_of
from tests.attach.test_bytes import LISTS
from tests.cli.test_command import haircut, one_line

from haircut_workbooks.attach.layout import NAME
from haircut_workbooks.package.book import Book

CASH = ["--cfads", MAPPING["cfads"], "--debt-service", MAPPING["debt_service"]]


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "model.xlsx"
    path.write_bytes(model().data)
    return path


def answered(path, answer):
    """The command at a terminal, where someone types an answer."""
    master, slave = pty.openpty()
    command = [sys.executable, "-W", "error", "-m", "haircut_workbooks.cli", "attach", str(path)]
    with subprocess.Popen(command, stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        os.write(master, answer.encode())
        out, err = process.communicate(timeout=120)
    os.close(slave)
    os.close(master)
    return process.returncode, out.decode(), err.decode()


def test_help_has_an_example():
    result = haircut("attach", "--help")
    assert result.returncode == 0
    assert "Example: haircut attach model.xlsx" in " ".join(result.stdout.split())


def test_attached_in_place_and_taken_out_again(path):
    before = Book.open(path)
    result = haircut("attach", path, *CASH)
    assert result.returncode == 0, result.stderr
    assert "Lowest DSCR: 1." in result.stdout
    assert "add-in" in result.stdout
    assert list(Book.open(path).sheets)[-1] == NAME
    assert haircut("verify", path).returncode == 0
    assert haircut("attach", path, "--remove").returncode == 0
    after = Book.open(path)
    assert parts_of(after) == parts_of(before)
    moved = {part for part, data in packed_of(after).items() if packed_of(before)[part] != data}
    assert moved == LISTS  # packed anew, to the same bytes when unpacked


def test_written_elsewhere_in_another_form(path, tmp_path):
    before, to = path.read_bytes(), tmp_path / "stressed.xlsx"
    assert haircut("attach", path, *CASH, "--form", "plain", "--out", to).returncode == 0
    assert path.read_bytes() == before
    assert any(text.startswith("HC_DSCR(") for text in Book.open(to).formulas().values())


def test_a_proposal_is_passed_back_by_hand(path, tmp_path):
    before = path.read_bytes()
    proposal = haircut("attach", path, "--propose")
    assert proposal.returncode == 0
    assert path.read_bytes() == before
    (tmp_path / "map.toml").write_text(proposal.stdout, encoding="utf-8")
    result = haircut("attach", path, "--mapping", tmp_path / "map.toml")
    assert result.returncode == 0, result.stderr
    assert "Liquidation LTV then (uncalibrated)" in result.stdout


def test_options_go_before_the_mapping_file(path, tmp_path):
    (tmp_path / "map.toml").write_text(
        'cfads = "Model!F7:Q7"\ndebt_service = "-Model!F11:Q11"\n', encoding="utf-8"
    )
    assert haircut("attach", path, "--mapping", tmp_path / "map.toml", *CASH[:2]).returncode == 0
    assert any(text == "Model!F9" for text in Book.open(path).formulas().values())


def test_a_second_time_it_needs_no_mapping(path):
    assert haircut("attach", path, *CASH).returncode == 0
    once = path.read_bytes()
    assert haircut("attach", path).returncode == 0
    assert path.read_bytes() == once


def test_nothing_is_guessed_where_no_one_can_confirm(path):
    before = path.read_bytes()
    result = haircut("attach", path)
    assert result.returncode == 2
    assert "no mapping given" in one_line(result)
    assert path.read_bytes() == before


def test_someone_at_the_terminal_confirms(path):
    before = path.read_bytes()
    code, out, err = answered(path, "n\n")
    assert code == 2
    assert "Model!F9:Q9" in out
    assert "nothing is written" in err
    assert path.read_bytes() == before
    code, out, _ = answered(path, "y\n")
    assert code == 0
    assert NAME in Book.open(path).sheets


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--cfads", "Nowhere!A1:B1", "--debt-service", "Model!F11:Q11"], "no sheet Nowhere"),
        (["--cfads", "Model!F9:Q9"], "debt_service is not mapped"),
        (["--mapping", "nowhere.toml"], "nowhere.toml"),
        (["--remove"], f"has no sheet {NAME}"),
    ],
)
def test_refusals_are_one_line_and_nothing_is_written(path, args, words):
    before = path.read_bytes()
    result = haircut("attach", path, *args)
    assert result.returncode == 2
    assert words in one_line(result)
    assert path.read_bytes() == before


def test_a_workbook_open_in_excel_is_left_alone(path):
    path.with_name("~$model.xlsx").write_bytes(b"")
    before = path.read_bytes()
    result = haircut("attach", path, *CASH)
    assert (result.returncode, "open in Excel" in one_line(result)) == (2, True)
    assert path.read_bytes() == before
