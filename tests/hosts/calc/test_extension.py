"""The extension file, and what refuses to go with it."""

import io
import json
import os
import re
import struct
import subprocess
import sys
import zipfile

import pytest

from haircut.errors import CellError, HostRefused
from haircut.hosts.calc import office
from haircut.hosts.calc.border import CODES, answer, error_number
from haircut.hosts.calc.extension import extension
from haircut.hosts.calc.typelib import Method, type_library


@pytest.fixture(scope="module")
def parts():
    with zipfile.ZipFile(io.BytesIO(extension())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


class TestTheFile:
    def test_it_is_built_the_same_twice(self):
        assert extension() == extension()

    def test_it_lists_what_it_holds(self, parts):
        listed = re.findall(r'full-path="([^"]+)"', parts["META-INF/manifest.xml"].decode())
        assert sorted(listed) == ["haircut.components", "haircut.rdb"]
        component = re.search(r'uri="([^"]+)"', parts["haircut.components"].decode())[1]
        assert parts.keys() == {
            *listed, component, "META-INF/manifest.xml", "description.xml", "haircut.json"
        }  # fmt: skip

    def test_it_finds_haircut_where_it_is_installed(self, parts):
        """A bare interpreter, given the folders and nothing else, calls a function."""
        folders = json.loads(parts["haircut.json"])["folders"]
        code = (
            f"import sys; sys.path[:0] = {folders!r}\n"
            "from haircut.hosts.calc.border import answer; print(answer('HC_LTV', (70.0, 100.0)))"
        )
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True
        )
        assert done.stdout == "((0.7,),)\n"

    def test_uno_is_not_needed_to_build_it(self):
        code = "import haircut.hosts.calc.extension, haircut.hosts.calc.office, sys; assert 'uno' not in sys.modules"
        subprocess.run([sys.executable, "-c", code], check=True)


def test_a_type_library_by_hand():
    """LibreOffice's unoidl/README.md: magic, root map, then an interface with one method and one argument."""
    data = type_library(("m",), "X", [Method("f", "any", [("a", "any")])])
    interface = (
        b"\x05" + b"\1\0\0\0" + b"\x1b\0\0\0com.sun.star.uno.XInterface" + bytes(8) + b"\1\0\0\0"
        b"\1\0\0\0f" + b"\3\0\0\0any" + b"\1\0\0\0" + b"\0" + b"\1\0\0\0a" + b"\x45\0\0\x80" + bytes(4)
    )  # fmt: skip
    at = 16 + len(interface)
    module = b"X\0" + b"\0" + b"\1\0\0\0" + at.to_bytes(4, "little") + (16).to_bytes(4, "little")
    root = b"m\0" + (at + len(module)).to_bytes(4, "little") + (at + 2).to_bytes(4, "little")
    head = b"UNOIDL\xff\0" + (at + len(module) + 2).to_bytes(4, "little") + b"\1\0\0\0"
    assert data == head + interface + module + root


HERE = f"3.{sys.version_info[1]}"
NAN = 0x7FF8_0000_0000_0000


def bits(number):
    return struct.unpack("<Q", struct.pack("<d", number))[0]


class TestBorder:
    @pytest.mark.parametrize(("error", "code"), CODES.items())
    def test_errors_come_in_and_go_out_as_their_code(self, error, code):
        given = ((error_number(error),), (1.0,))
        assert bits(answer("HC_LTV", (given, 100.0))[0][0]) == bits(error_number(error)) == NAN | code
        assert answer("HC_WHY", ("HC_LTV", (given, 100.0))) == (
            f"{error}: debt (item 1) holds {error}; mend that first"
        )

    def test_an_element_without_a_value_is_an_error_in_its_place(self):
        ((first,), (second,)) = answer("HC_LTV", (70.0, ((100.0,), (0.0,))))
        assert (first, bits(second)) == (0.7, NAN | CODES[CellError.DIV0])

    @pytest.mark.parametrize("error", [error for error in CellError if error not in CODES])
    def test_errors_that_calc_does_not_have_are_value(self, error):
        assert bits(error_number(error)) == NAN | CODES[CellError.VALUE]

    def test_left_out_in_the_middle_and_at_the_end(self):
        assert answer("HC_BOOK_VALUE", (100.0, 8.0, 6.0, None)) == ((0.0,),)
        assert "missing" in answer("HC_WHY", ("HC_LTV", (None, 100.0)))
        assert "value is missing" in answer("HC_WHY", ("HC_LTV", (70.0,)))
        assert "name is missing" in answer("HC_WHY", ("HC_WHY", ()))

    def test_a_blank_in_a_range_is_no_number(self):
        assert "blank" in answer("HC_WHY", ("HC_LTV", ((("",), (1.0,)), 100.0)))


class TestInstalling:
    def unopkg(self, folder, monkeypatch, script='#!/bin/sh\necho "$@" > $0.asked\n', python="3.11"):
        """A stand-in for an installed office: what counts of it is what it is asked, and its Python."""
        folder.mkdir()
        for name in ("soffice", "unopkg"):
            (folder / name).write_text(script)
            (folder / name).chmod(0o755)
        (folder / "pythonloader.py").touch()
        (folder / "libpyuno.so").write_bytes(f"..libpython{python}.so.1.0..".encode())
        monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)

    @pytest.mark.parametrize(("user", "asked"), [(1000, "add --force"), (0, "add --shared --force")])
    def test_for_the_user_or_as_root_for_all(self, user, asked, tmp_path, monkeypatch):
        self.unopkg(tmp_path / "program", monkeypatch, python=HERE)
        monkeypatch.setattr(os, "geteuid", lambda: user)
        office.install(tmp_path / "haircut.oxt")
        assert (tmp_path / "program/unopkg.asked").read_text() == f"{asked} {tmp_path}/haircut.oxt\n"

    def test_what_the_office_says_is_passed_on(self, tmp_path, monkeypatch):
        self.unopkg(tmp_path / "program", monkeypatch, "#!/bin/sh\necho ERROR: locked >&2; exit 1\n", HERE)
        with pytest.raises(HostRefused, match="haircut.oxt: LibreOffice refuses it: ERROR: locked; close"):
            office.install(tmp_path / "haircut.oxt")

    def test_no_office(self, tmp_path, monkeypatch):
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(HostRefused, match="not installed.*apt-get install libreoffice-calc python3-uno"):
            office.program_folder()

    def test_an_office_without_python(self, tmp_path, monkeypatch):
        self.unopkg(tmp_path / "program", monkeypatch)
        (tmp_path / "program/libpyuno.so").unlink()
        with pytest.raises(HostRefused, match="cannot run Python; run: sudo apt-get install python3-uno"):
            office.program_folder()

    def test_an_office_of_another_python(self, tmp_path, monkeypatch):
        self.unopkg(tmp_path / "program", monkeypatch, python="3.9")
        with pytest.raises(HostRefused, match=f"runs Python 3.9, .* for Python {HERE}; .*python3.9 -m venv"):
            office.program_folder()
