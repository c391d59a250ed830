"""The commands for Excel, as an analyst runs them, and as Windows would."""

import sys
from importlib.metadata import version

import pytest
from tests.cli.test_command import haircut, one_line

from haircut.hosts.excel import doctor, project
from haircut.hosts.excel.machine import Machine, read_settings
from haircut_workbooks.cli import excel
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.links import Link
from haircut_workbooks.package.macros import macro_enabled


@pytest.fixture
def windows(tmp_path, monkeypatch):
    """A machine with Excel and an environment in which Haircut is not yet installed for it."""
    interpreter = tmp_path / "env/Scripts/python.exe"
    interpreter.parent.mkdir(parents=True)
    interpreter.touch()
    (interpreter.parent / f"xlwings64-{version('xlwings')}.dll").touch()
    keys = {doctor.EXCEL: {"": r"C:\Office16\EXCEL.EXE"}}
    environ = {"APPDATA": str(tmp_path / "AppData"), "USERPROFILE": str(tmp_path)}
    machine = Machine(environ, interpreter, lambda key: keys.get(key, {}), lambda name: True)
    monkeypatch.setattr(excel, "this_machine", lambda: machine)
    return machine


@pytest.mark.parametrize("name", ["build", "install", "doctor"])
def test_every_command_helps_with_an_example(name):
    assert "Example: haircut excel" in " ".join(haircut("excel", name, "--help").stdout.split())


class TestBuild:
    def test_the_add_in(self, tmp_path):
        result = haircut("excel", "build", "--out", tmp_path / "built")
        assert (result.returncode, result.stderr) == (0, "")
        assert (tmp_path / "built/haircut.xlam").read_bytes() == project.addin()

    def test_a_workbook_and_not_over_another(self, tmp_path, loan):
        (tmp_path / "loan.xlsx").write_bytes(loan.data)
        args = ("excel", "build", tmp_path / "loan.xlsx", "--out", tmp_path)
        result = haircut(*args)
        assert (result.returncode, result.stderr) == (0, "")
        assert Book.open(tmp_path / "loan.xlsm").values() == loan.values()
        again = haircut(*args)
        assert again.returncode == 2
        assert "loan.xlsm: exists already; choose another --out" in one_line(again)

    def test_what_is_no_workbook(self, tmp_path):
        result = haircut("excel", "build", tmp_path / "none.xlsx", "--out", tmp_path)
        assert result.returncode == 2
        assert "none.xlsx: cannot be read" in one_line(result)
        assert list(tmp_path.iterdir()) == []


class TestNew:
    def test_a_template_with_the_functions_in_it(self, tmp_path):
        result = haircut("new", "gpu_loan", tmp_path / "loan.xlsm", "--xlsm")
        assert (result.returncode, result.stderr) == (0, "")
        assert "xl/vbaProject.bin" in Book.open(tmp_path / "loan.xlsm").container.parts

    @pytest.mark.parametrize(("name", "more"), [("loan.xlsx", ["--xlsm"]), ("loan.xls", [])])
    def test_another_ending_is_refused(self, tmp_path, name, more):
        result = haircut("new", "gpu_loan", tmp_path / name, *more)
        assert result.returncode == 2
        assert "end the name in" in one_line(result)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows is where it works")
@pytest.mark.parametrize("name", ["install", "doctor"])
def test_elsewhere_one_line_says_that_it_is_for_windows(name):
    result = haircut("excel", name)
    assert result.returncode == 2
    assert "for Windows" in one_line(result)


class TestOnWindows:
    def test_installing_mends_what_the_doctor_finds(self, windows):
        before = haircut("excel", "doctor")
        assert before.returncode == 1
        assert before.stderr.count("haircut excel install") == 2
        done = haircut("excel", "install")
        assert (done.returncode, done.stderr) == (0, "")
        assert windows.addin.read_bytes() == project.addin()
        assert haircut("excel", "doctor").stdout == "nothing stands in the way of the functions in Excel\n"

    def test_installing_keeps_other_settings(self, windows):
        windows.settings.parent.mkdir()
        windows.settings.write_text('"SHOW CONSOLE","True"\n')
        assert haircut("excel", "install").returncode == 0
        kept = read_settings(windows.settings.read_text())
        assert (kept["SHOW CONSOLE"], kept["INTERPRETER_WIN"]) == ("True", str(windows.interpreter))

    def test_an_add_in_that_excel_holds_is_refused(self, windows):
        windows.addin.parent.mkdir(parents=True)
        windows.addin.with_name("~$haircut.xlam").touch()
        result = haircut("excel", "install")
        assert result.returncode == 2
        assert "close Excel and try again" in result.stderr

    def test_a_link_to_another_add_in(self, windows, loan, tmp_path, monkeypatch):
        (tmp_path / "loan.xlsx").write_bytes(loan.data)
        haircut("excel", "install")
        assert haircut("excel", "doctor", tmp_path / "loan.xlsx").returncode == 0
        places = ((r"C:\old\haircut.xlam", False), (str(windows.addin), False), ("haircut.xlam", True))
        links = [Link(i, "", "", target, started) for i, (target, started) in enumerate(places, 1)]
        monkeypatch.setattr(excel, "addin_links", lambda book: links)
        result = haircut("excel", "doctor", tmp_path / "loan.xlsx")
        assert result.returncode == 1
        assert r"C:\old\haircut.xlam" in result.stderr and "Change Source" in result.stderr
        assert result.stderr.count("Change Source") == 1

    def test_macros_of_another_version(self, windows, loan, tmp_path, monkeypatch):
        path = tmp_path / "loan.xlsm"
        path.write_bytes(macro_enabled(loan))
        haircut("excel", "install")
        assert haircut("excel", "doctor", path).returncode == 0
        monkeypatch.setattr(doctor, "built_with", lambda it: ("0.0.9", "0.30.1") if it == path else now)
        now = (doctor.__version__, version("xlwings"))
        result = haircut("excel", "doctor", path)
        assert result.returncode == 1
        assert f"haircut: {path} was built by Haircut 0.0.9" in result.stderr
        assert f"haircut excel build {path}" in result.stderr
