"""haircut set and haircut inspect, run as an analyst runs them."""

import io
import json
from datetime import date

import openpyxl
import pytest
import xlsxwriter
from msoffcrypto.format.ooxml import OOXMLFile
from tests.cli.test_command import haircut, one_line
from tests.package.differences import calculated_cells, differences

from haircut_workbooks.package.book import Book


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "loan.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("Inputs")
        sheet.write_column("A1", [2.4, "base case", True])
        sheet.write_datetime("A4", date(2026, 3, 31), workbook.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_formula("B1", "=A1*100", None, 240)
        sheet.write_formula("B2", "=IF(A3,TODAY(),OFFSET(A1,0,0))")
        workbook.define_name("Rent", "=Inputs!$A$1")
    return path


def cells(path):
    sheet = openpyxl.load_workbook(path, data_only=True)["Inputs"]
    return {ref: sheet[ref].value for ref in ("A1", "A2", "A3", "A4", "A5", "B1")}


class TestSet:
    def test_each_spelling_of_a_value(self, path, tmp_path):
        out = tmp_path / "new.xlsx"
        wanted = [
            "Rent=2.1",
            'Inputs!A2="3"',
            "inputs!a3=false",
            "Inputs!A4=2027-01-31",
            "Inputs!A5=more text",
        ]
        done = haircut("set", path, *wanted, "--out", out)
        assert done.returncode == 0, done.stderr
        found = cells(out)
        assert [found["A1"], found["A2"], found["A3"], found["A5"]] == [2.1, "3", False, "more text"]
        assert found["A4"].isoformat() == "2027-01-31T00:00:00"
        assert found["B1"] == 240
        assert "5 cells set, its formulas keep their old values" in done.stdout
        assert cells(path)["A1"] == 2.4

    def test_nothing_after_the_sign_clears(self, path):
        assert haircut("set", path, "Rent=").returncode == 0
        assert cells(path)["A1"] is None

    def test_recalculated_and_verified(self, path):
        old = Book.open(path)
        done = haircut("set", path, "Rent=2.1", "--recalc")
        assert done.returncode == 0, done.stderr
        assert "verified by two engines" in done.stdout
        assert cells(path)["B1"] == pytest.approx(210)
        new = Book.open(path)
        assert differences(old, new, calculated_cells(old) | {old.find("Rent")}) == []

    @pytest.mark.parametrize(
        ("arguments", "reason"),
        [
            (["Inputs!B1=1"], "Inputs!B1 holds a formula; name an input cell instead"),
            (["Rent=high"], 'Inputs!A1 must be a number, but is the text "high"'),
            (["Rent"], "Rent: write it as Sheet!A1=VALUE or Name=VALUE"),
            (["Rent=1", "Rent=2"], "given twice"),
            (["Inputs!A4=1900-02-28"], "must be a date from 1900-03-01 on"),
        ],
    )
    def test_a_refusal_is_a_line_and_nothing_is_written(self, arguments, reason, path):
        before = path.read_bytes()
        done = haircut("set", path, *arguments)
        assert done.returncode == 2
        assert reason in one_line(done)
        assert path.read_bytes() == before

    def test_an_encrypted_workbook_by_its_password(self, path, monkeypatch):
        file = io.BytesIO()
        OOXMLFile(io.BytesIO(path.read_bytes())).encrypt("secret", file)
        path.write_bytes(file.getvalue())
        assert "give its password" in one_line(haircut("set", path, "Rent=1"))
        monkeypatch.setenv("HAIRCUT_PASSWORD", "secret")
        assert haircut("set", path, "Rent=1").returncode == 0
        assert Book.open(path, "secret").value(Book.open(path, "secret").find("Rent")) == 1


class TestInspect:
    def test_as_json(self, path):
        found = json.loads(haircut("inspect", path, "--json").stdout)
        assert found["functions"] == {"IF": 1, "OFFSET": 1, "TODAY": 1}
        assert found["volatile"] == ["Inputs!B2"]
        assert (found["sheets"], found["formulas"], found["names"]) == (1, 2, 1)
        assert (found["loops"], found["unknown"], found["macros"], found["signed"]) == ([], {}, False, False)

    def test_what_stands_in_the_way(self, tmp_path):
        with xlsxwriter.Workbook(tmp_path / "b.xlsx") as workbook:
            sheet = workbook.add_worksheet("S")
            sheet.protect()
            for ref, formula in {
                "A1": "=A2+1",
                "A2": "=SUM(A1:A1)",
                "A3": "=NOSUCH(1)",
                "A4": "=HC_LTV(1,2)",
            }.items():
                sheet.write_formula(ref, formula)
            sheet.write_formula("A5", "=[1]Other!A1")
        found = json.loads(haircut("inspect", tmp_path / "b.xlsx", "--json").stdout)
        assert found["loops"] == [["S!A1", "S!A2"]]
        assert found["unknown"] == {"NOSUCH": 1}
        assert found["haircut"] == {"HC_LTV": 1}
        assert found["links"] == ["S!A5"]
        assert found["protected_sheets"] == ["S"]
        text = haircut("inspect", tmp_path / "b.xlsx").stdout
        assert "recalc needs --iterate: S!A1, S!A2" in text
        assert "--engine libreoffice may" in text
