"""haircut calc, and books that LibreOffice calculates."""

import re
import zipfile

import pytest
from tests.cli.test_command import haircut, one_line
from tests.office import warm_office
from tests.recalc.test_libreoffice import iterating

from haircut_workbooks.package.book import Book


@pytest.fixture
def circular(tmp_path):
    path = tmp_path / "circular.xlsx"
    path.write_bytes(iterating({"B1": "=(A1+C1)/2*0.1", "C1": "=A1+B1-30"}, [100.0]).data)
    return path


@pytest.mark.parametrize("command", ["build", "install"])
def test_each_command_helps_with_an_example(command):
    result = haircut("calc", command, "--help")
    assert f"Example: haircut calc {command}" in " ".join(result.stdout.split())


def test_build_writes_the_extension(tmp_path):
    result = haircut("calc", "build", "--out", tmp_path / "new")
    assert (result.returncode, result.stderr) == (0, "")
    assert re.search(r"haircut\.oxt: \d+ functions", result.stdout)
    assert zipfile.is_zipfile(tmp_path / "new/haircut.oxt")


@pytest.mark.parametrize("command", [("calc", "install"), ("recalc", "--engine", "libreoffice")])
def test_without_an_office(command, circular, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    before = circular.read_bytes()
    result = haircut(*command, *([circular] if "recalc" in command else []))
    assert result.returncode == 2
    assert "sudo apt-get install libreoffice-calc python3-uno" in one_line(result)
    assert circular.read_bytes() == before


class TestCircularBooks:
    """interest = (A + C)/2 * 10 %, closing = A + interest - 30: closing = (105 - 30) / 0.95."""

    def test_the_default_engine_iterates_where_the_workbook_says_so(self, circular):
        result = haircut("recalc", circular)
        assert (result.returncode, result.stderr) == (0, "")
        book = Book.open(circular)
        assert book.value(book.find("Data!C1")) == pytest.approx(75 / 0.95, rel=1e-9)

    def test_libreoffice_iterates_them_and_a_second_engine_checks(self, circular):
        warm_office()
        result = haircut("recalc", circular, "--engine", "libreoffice")
        assert (result.returncode, result.stderr) == (0, "")
        assert "2 formulas calculated, verified by two engines" in result.stdout
        book = Book.open(circular)
        assert book.value(book.find("Data!C1")) == pytest.approx(75 / 0.95, rel=1e-12)
        assert haircut("verify", circular, "--engine", "libreoffice").returncode == 0

    def test_what_could_not_be_checked_is_told(self, tmp_path):
        warm_office()
        path = tmp_path / "alone.xlsx"
        path.write_bytes(iterating({"B1": "=B1*0.5+A1", "C1": "=A1*2"}, [1.0]).data)
        result = haircut("recalc", path, "--engine", "libreoffice")
        assert "verified by two engines in 1 of 2 cells; of the others Data!B1 is the first" in result.stdout

    def test_a_failure_leaves_the_file(self, tmp_path):
        warm_office()
        path = tmp_path / "endless.xlsx"
        path.write_bytes(iterating({"B1": "=B2*2+1", "B2": "=B1+A1"}, [1.0]).data)
        before = path.read_bytes(), sorted(tmp_path.iterdir())
        result = haircut("recalc", path, "--engine", "libreoffice")
        assert result.returncode == 1
        assert "Data!B" in one_line(result)
        assert (path.read_bytes(), sorted(tmp_path.iterdir())) == before
