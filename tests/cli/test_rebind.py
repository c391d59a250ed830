"""The rebind command, as an analyst runs it: what it changes, what it says, what it refuses."""

import pytest
from tests.cli.test_command import SAMPLE, haircut, one_line
from tests.package.handmade import a_book, cells_xml, sheet_xml, workbook_parts, zipped

from haircut_workbooks.package.book import Book
from haircut_workbooks.package.forms import Form, calls
from haircut_workbooks.package.macros import macro_enabled

CELL = cells_xml(
    [['<c r="A1"><f>HC_LTV(1,2)+HC_LTV(1,4)</f><v>0.75</v></c>', '<c r="B1"><f>hc_ltv(1,2)</f></c>']]
)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "book.xlsx"
    path.write_bytes(a_book(CELL).data)
    return path


def formulas(path):
    return list(Book.open(path).formulas().values())


class TestInPlace:
    @pytest.mark.parametrize(
        ("host", "first", "needs"),
        [
            ("addin", "[1]!HC_LTV(1,2)+[1]!HC_LTV(1,4)", "haircut excel install"),
            ("web", "_xldudf_HC_LTV(1,2)+_xldudf_HC_LTV(1,4)", "haircut web serve"),
            ("calc", "HC.LTV(1,2)+HC.LTV(1,4)", "haircut calc install"),
        ],
    )
    def test_it_says_what_changed_and_what_the_host_needs(self, path, host, first, needs):
        result = haircut("rebind", path, "--to", host)
        assert (result.returncode, result.stderr) == (0, "")
        changed, needed = result.stdout.splitlines()
        assert changed == f"{path}: 3 calls rewritten in 2 cells"
        assert needs in needed
        assert formulas(path)[0] == first
        again = haircut("rebind", path, "--to", host)
        assert again.stdout.splitlines()[0] == f"{path}: nothing to rewrite, 3 had the form already"

    def test_and_back(self, path):
        before = Book.open(path)
        assert haircut("rebind", path, "--to", "addin").returncode == 0
        assert haircut("rebind", path, "--to", "plain").returncode == 0
        after = Book.open(path)
        assert [after.container.read(part) for part in after.container.parts] == [
            before.container.read(part) for part in before.container.parts
        ]

    def test_out_leaves_the_workbook(self, path, tmp_path):
        before = path.read_bytes()
        result = haircut("rebind", path, "--to", "web", "--out", tmp_path / "mac.xlsx")
        assert result.returncode == 0
        assert path.read_bytes() == before
        assert formulas(tmp_path / "mac.xlsx")[1] == "_xldudf_hc_ltv(1,2)"

    def test_a_workbook_without_calls(self, tmp_path):
        path = tmp_path / "none.xlsx"
        path.write_bytes(before := a_book().data)
        result = haircut("rebind", path, "--to", "addin")
        assert (result.returncode, result.stdout) == (0, f"{path}: calls no function of Haircut\n")
        assert path.read_bytes() == before


class TestExcel:
    def test_without_macros_it_says_how_to_get_them(self, path):
        result = haircut("rebind", path, "--to", "excel")
        assert f"run: haircut excel build {path} --out FOLDER" in result.stdout

    def test_with_macros_of_ours_it_is_ready(self, loan, tmp_path):
        path = tmp_path / "loan.xlsm"
        path.write_bytes(macro_enabled(loan))
        assert haircut("rebind", path, "--to", "addin").returncode == 0
        result = haircut("rebind", path, "--to", "excel")
        assert (result.returncode, result.stderr) == (0, "")
        assert "haircut excel build" not in result.stdout
        assert "haircut excel install" in result.stdout
        assert Book.open(path).formulas() == loan.formulas()


class TestWarnings:
    def test_a_name_that_is_no_function_stays_and_is_named(self, tmp_path):
        path = tmp_path / "book.xlsx"
        path.write_bytes(a_book(CELL.replace("hc_ltv", "HC_LTVV")).data)
        result = haircut("rebind", path, "--to", "web")
        assert result.returncode == 0
        assert "Data!B1 calls HC_LTVV, which is no function of this Haircut" in one_line(result)
        assert formulas(path)[1] == "HC_LTVV(1,2)"


class TestRefusals:
    def refused(self, path, *more):
        before = path.read_bytes()
        result = haircut("rebind", path, "--to", "web", *more)
        assert result.returncode == 2
        assert path.read_bytes() == before
        assert [p.name for p in path.parent.iterdir() if p.name.startswith(".haircut")] == []
        line = one_line(result)
        assert str(path) in line
        return line

    def test_a_signed_workbook_unless_it_is_allowed(self, tmp_path):
        path = tmp_path / "signed.xlsx"
        parts = workbook_parts({"Data": sheet_xml(CELL)}) | {"_xmlsignatures/sig1.xml": b"<Signature/>"}
        path.write_bytes(zipped(parts))
        assert "digitally signed; add --allow-signed" in self.refused(path)
        assert haircut("rebind", path, "--to", "web", "--allow-signed").returncode == 0
        assert formulas(path)[1] == "_xldudf_hc_ltv(1,2)"

    def test_a_formula_that_cannot_be_read(self, tmp_path):
        path = tmp_path / "book.xlsx"
        path.write_bytes(a_book(CELL.replace("hc_ltv(1,2)", "hc_ltv(1,2")).data)
        assert "Data!B1 calls Haircut in a formula that cannot be read" in self.refused(path)

    def test_an_encrypted_workbook(self, tmp_path):
        path = tmp_path / "book.xlsx"
        path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16le"))
        assert "encrypted" in self.refused(path)

    def test_a_workbook_that_excel_holds_open(self, path):
        path.with_name("~$book.xlsx").touch()
        assert "open in Excel" in self.refused(path)

    def test_a_host_that_there_is_not(self, path):
        result = haircut("rebind", path, "--to", "lotus")
        assert result.returncode == 2
        assert "lotus" in result.stderr


@pytest.mark.parametrize("host", [form for form in Form if form is not Form.PLAIN])
def test_the_template_verifies_and_regenerates_in_every_form(loan, host, tmp_path):
    path = tmp_path / "loan.xlsx"
    path.write_bytes(loan.data)
    assert haircut("rebind", path, "--to", host).returncode == 0
    result = haircut("verify", path)
    assert (result.returncode, result.stderr) == (0, "")
    (tmp_path / "deals.csv").write_text("\n".join(SAMPLE.read_text(encoding="utf-8").splitlines()[:2]) + "\n")
    result = haircut("regenerate", path, "--portfolio", tmp_path / "deals.csv", "--out", tmp_path / "deals")
    assert result.returncode == 0, result.stderr
    (deal,) = (p for p in (tmp_path / "deals").glob("*.xlsx") if p.name != "rollup.xlsx")
    assert formulas(deal) == formulas(path)
    assert sum(1 for text in formulas(deal) for _ in calls(text)) >= 229
