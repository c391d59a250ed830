"""What keeps the add-in from working: a machine where all is well, and one fault at a time, each with its cure."""

import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path, PureWindowsPath

import pytest

from haircut.errors import HostRefused
from haircut.hosts.excel import doctor, machine, project
from haircut.hosts.excel.machine import Machine, read_settings, settings_for, with_settings

EXCEL_EXE = r"C:\Program Files\Microsoft Office\root\Office16\EXCEL.EXE"
POLICY, USER = doctor.OFFICE


@pytest.fixture
def keys():
    return {doctor.EXCEL: {"": EXCEL_EXE}, doctor.CLICK_TO_RUN: {"Platform": "x64"}}


@pytest.fixture(scope="module")
def addin():
    return project.addin()


@pytest.fixture
def sound(tmp_path, keys, addin):
    """A machine on which the add-in works."""
    interpreter = tmp_path / "env/Scripts/python.exe"
    interpreter.parent.mkdir(parents=True)
    interpreter.touch()
    (tmp_path / f"env/xlwings64-{version('xlwings')}.dll").touch()
    environ = {"APPDATA": str(tmp_path / "AppData"), "USERPROFILE": str(tmp_path)}
    found = Machine(environ, interpreter, lambda key: keys.get(key, {}), lambda name: name == "win32com")
    for path in (found.addin, found.settings):
        path.parent.mkdir(parents=True)
    found.addin.write_bytes(addin)
    found.settings.write_text(with_settings("", settings_for(interpreter)))
    return found


def test_nothing_is_wrong_with_a_sound_machine(sound):
    assert doctor.faults(sound) == []


def test_the_places_are_those_of_excel_and_xlwings(sound, tmp_path):
    assert sound.addin == tmp_path / "AppData/Microsoft/Excel/XLSTART/haircut.xlam"
    client = project.modules()["xlwings"]
    assert r'Environ("USERPROFILE") & "\." & PROJECT_NAME & "\" & PROJECT_NAME & ".conf"' in client
    assert sound.settings == tmp_path / ".haircut/haircut.conf"


class TestOneFaultAtATime:
    def only(self, machine, *said):
        faults = doctor.faults(machine)
        assert len(faults) == 1, faults
        for text in said:
            assert text in faults[0]

    def test_no_settings(self, sound):
        sound.settings.unlink()
        self.only(sound, "haircut.conf is missing", "haircut excel install")

    def test_settings_without_an_interpreter(self, sound):
        sound.settings.write_text('"SHOW CONSOLE","True"\n')
        self.only(sound, "nowhere", "haircut excel install")

    def test_an_interpreter_that_was_deleted(self, sound, tmp_path):
        sound.settings.write_text(with_settings("", settings_for(tmp_path / "gone/python.exe")))
        self.only(sound, "gone/python.exe", "does not exist", "haircut excel install")

    def test_the_interpreter_of_another_environment(self, sound, tmp_path):
        (tmp_path / "python.exe").touch()
        sound.settings.write_text(with_settings("", settings_for(tmp_path / "python.exe")))
        self.only(sound, str(tmp_path / "python.exe"), str(sound.interpreter), "haircut excel install")

    def test_python_of_the_store(self, sound, monkeypatch):
        monkeypatch.setattr(doctor, "from_store", lambda path: path == str(sound.interpreter))
        self.only(sound, "Python of the Microsoft Store", "python.org")

    def test_no_pywin32(self, sound):
        self.only(replace(sound, has_package=lambda name: False), "pip install pywin32")

    def test_no_excel(self, sound, keys):
        del keys[doctor.EXCEL]
        self.only(sound, "Excel is not installed")

    def test_excel_of_the_store(self, sound, keys):
        keys[doctor.EXCEL] = {"": r"C:\Program Files\WindowsApps\Microsoft.Office.Desktop\EXCEL.EXE"}
        self.only(sound, "Excel of the Microsoft Store", "office.com")

    def test_no_add_in(self, sound):
        sound.addin.unlink()
        self.only(sound, "haircut.xlam is missing", "haircut excel install")

    def test_an_add_in_that_is_another(self, sound):
        sound.addin.write_bytes(b"PK")
        self.only(sound, "not built by Haircut", "haircut excel install")

    @pytest.mark.parametrize("what", ["Haircut", "xlwings"])
    def test_an_older_add_in(self, sound, monkeypatch, what):
        old = ("0.0.9", version("xlwings")) if what == "Haircut" else (doctor.__version__, "0.30.1")
        monkeypatch.setattr(doctor, "built_with", lambda path: old)
        self.only(sound, f"built by Haircut {old[0]} with xlwings {old[1]}", "haircut excel install")

    def test_no_library_of_xlwings(self, sound, tmp_path):
        (tmp_path / f"env/xlwings64-{version('xlwings')}.dll").unlink()
        self.only(sound, "64-bit Excel", "pip install --force-reinstall xlwings")

    def test_a_library_for_the_other_excel(self, sound, keys):
        keys[doctor.CLICK_TO_RUN] = {"Platform": "x86"}
        self.only(sound, f"xlwings32-{version('xlwings')}.dll", "32-bit Excel")

    def test_an_add_in_marked_as_downloaded(self, sound):
        sound.addin.with_name("haircut.xlam:Zone.Identifier").touch()
        self.only(sound, "blocks it", "haircut excel install")

    @pytest.mark.parametrize(("key", "who"), [(POLICY, "a policy"), (USER, "the Trust Center")])
    @pytest.mark.parametrize(
        ("sub", "name", "value", "said"),
        [
            ("Security", "VBAWarnings", 4, "forbids all macros"),
            ("Security", "VBAWarnings", 3, "forbids macros without a signature"),
            ("Security", "RequireAddinSig", 1, "signed add-ins only"),
            (r"Security\Trusted Locations", "AllLocationsDisabled", 1, "switches trusted locations off"),
        ],
    )
    def test_macros_that_are_forbidden(self, sound, keys, key, who, sub, name, value, said):
        keys[rf"{key}\{sub}"] = {name: value}
        self.only(sound, who, said)

    def test_macros_that_excel_asks_about(self, sound, keys):
        keys[rf"{USER}\Security"] = {"VBAWarnings": 2}
        assert doctor.faults(sound) == []

    def test_an_add_in_that_excel_switched_off(self, sound, keys):
        item = b"\x01\0\0\0" + r"c:\users\a\xlstart\Haircut.xlam".encode("utf-16-le")
        keys[rf"{USER}\Resiliency\DisabledItems"] = {"3F1A2": item, "other": 7}
        self.only(sound, "Disabled Items")


class TestSettings:
    def test_other_lines_stay_as_they_are(self):
        text = '"SHOW CONSOLE","True"\n"interpreter_win","C:\\old.exe"\nsomething else\n'
        changed = with_settings(text, settings_for(Path("python.exe")))
        assert changed.startswith('"SHOW CONSOLE","True"\nsomething else\n')
        assert read_settings(changed) == {
            "SHOW CONSOLE": "True", "INTERPRETER_WIN": "python.exe", "ADD_WORKBOOK_TO_PYTHONPATH": "False",
        }  # fmt: skip

    def test_writing_twice_is_writing_once(self):
        once = with_settings("", settings_for(Path("python.exe")))
        assert with_settings(once, settings_for(Path("python.exe"))) == once

    def test_xlwings_knows_each_setting(self):
        client = project.modules()["xlwings"]
        assert all(f'GetConfig("{name}"' in client for name in settings_for(Path("python.exe")))


@pytest.mark.parametrize(
    ("path", "store"),
    [(r"C:\Users\a\AppData\Local\Microsoft\WindowsApps\python.exe", True), (EXCEL_EXE, False)],
)
def test_programs_of_the_store_are_told_by_their_folder(path, store):
    assert machine.from_store(str(PureWindowsPath(path))) is store


@pytest.mark.skipif(sys.platform == "win32", reason="Windows is where it works")
def test_elsewhere_the_machine_is_refused():
    with pytest.raises(HostRefused, match="for Windows"):
        machine.this_machine()
