"""The VBA project in a workbook and in the add-in: what others read back, and what stays as it was."""

import io
import re
import shutil
import subprocess
import warnings
import zipfile
from importlib.resources import files
from pathlib import Path

import olefile
import openpyxl
import pytest
import xlsxwriter
from pyopenvba import ExcelFile

from haircut import __version__
from haircut.errors import HostRefused
from haircut.functions import FUNCTIONS
from haircut.hosts.excel import project
from haircut.hosts.excel.wrappers import functions_module, help_module
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.container import WorkbookRefused
from haircut_workbooks.package.macros import macro_enabled
from haircut_workbooks.templates import TEMPLATES

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # oletools calls pyparsing by names of long ago
    from oletools.olevba import VBA_Parser, decompress_stream

OWN = ("xlwings", "Dictionary", "Haircut", "HaircutHelp")
CODE_NAME = re.compile(rb' codeName="(ThisWorkbook|Sheet\d+)"')
VBA_TYPE = "application/vnd.ms-office.vbaProject"


@pytest.fixture(scope="module")
def template():
    return Book(TEMPLATES["gpu_loan"](), "gpu_loan.xlsx")


@pytest.fixture(scope="module")
def workbook(template):
    return macro_enabled(template)


@pytest.fixture(scope="module")
def addin():
    return project.addin()


def parts(data):
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def sources(data, *more):
    """The text of our modules, as olefile finds the streams and oletools decompresses them."""
    with olefile.OleFileIO(
        io.BytesIO(parts(data)["xl/vbaProject.bin"]), raise_defects=olefile.DEFECT_UNSURE
    ) as ole:
        streams = {name: ole.openstream(f"VBA/{name}").read() for name in (*OWN, *more)}
    return {name: decompress_stream(bytearray(stream)).decode("cp1252") for name, stream in streams.items()}


def module_names(data):
    """Every module, as olevba lists them."""
    parser = VBA_Parser("book.xlsm", data=data)
    names = {Path(name).stem for *_, name, _ in parser.extract_macros()}
    parser.close()
    return names


class TestModules:
    @pytest.mark.parametrize("built", ["workbook", "addin"])
    def test_others_read_back_what_was_written(self, built, request):
        data = request.getfixturevalue(built)
        read, written = sources(data), project.modules()
        assert {name: read[name] for name in ("xlwings", "Haircut", "HaircutHelp")} == {
            name: written[name] for name in ("xlwings", "Haircut", "HaircutHelp")
        }
        assert module_names(data) >= {*OWN, "ThisWorkbook", "Sheet1"}

    def test_xlwings_own_modules_are_its_own_but_for_the_name_of_the_settings(self, addin):
        read = sources(addin)
        theirs = files("xlwings").joinpath("xlwings.bas").read_bytes().decode()
        assert (
            read["xlwings"].replace(
                'PROJECT_NAME As String = "haircut"', 'PROJECT_NAME As String = "xlwings"'
            )
            == theirs
        )
        assert "BSD 3-clause license" in read["xlwings"] and "Zoomer Analytics LLC" in read["xlwings"]
        assert "@license: MIT" in read["Dictionary"]

    def test_a_class_has_no_file_header_and_says_its_base(self, addin):
        """Excel compiles it only so."""
        lines = sources(addin)["Dictionary"].splitlines()
        assert lines[0] == 'Attribute VB_Name = "Dictionary"'
        assert lines[1].startswith('Attribute VB_Base = "0{FCFB3D2A-')
        theirs = files("xlwings").joinpath("addin/Dictionary.cls").read_text(encoding="utf-8")
        assert lines[2:] == theirs.splitlines()[5:]

    def test_each_sheet_has_its_document_module(self, template, workbook):
        with zipfile.ZipFile(io.BytesIO(workbook)) as file:
            stored = [
                CODE_NAME.findall(file.read(part)) for part in (*template.sheets.values(), "xl/workbook.xml")
            ]
        names = [found[0].decode() for found in stored if len(found) == 1]
        assert len(names) == len(template.sheets) + 1
        assert set(names) == module_names(workbook) - set(OWN)

    def test_versions_are_told(self, addin, tmp_path):
        path = tmp_path / "haircut.xlam"
        path.write_bytes(addin)
        assert project.built_with(path)[0] == __version__
        assert f'XLWINGS_VERSION As String = "{project.built_with(path)[1]}"' in sources(addin)["xlwings"]

    def test_nothing_personal_is_in_it(self, addin):
        core = parts(addin)["docProps/core.xml"].decode()
        assert re.findall(r"<(?:dc:creator|cp:lastModifiedBy)>(.*?)<", core) in ([], ["", ""])

    def test_an_unknown_xlwings_is_refused(self, monkeypatch, tmp_path):
        (tmp_path / "addin").mkdir()
        for name in ("xlwings.bas", "addin/Dictionary.cls"):
            (tmp_path / name).write_text("another")
        monkeypatch.setattr(project, "files", lambda _: tmp_path)
        with pytest.raises(HostRefused, match="unknown to Haircut"):
            project.modules()


class TestWorkbook:
    def test_all_else_is_byte_for_byte_as_it_was(self, template, workbook):
        before, after = parts(template.data), parts(workbook)
        assert list(after) == [*before, "xl/vbaProject.bin"]
        changed = {name for name in before if before[name] != after[name]}
        sheets = set(template.sheets.values())
        assert changed == {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"} | sheets
        for part in (*sheets, "xl/workbook.xml"):
            assert CODE_NAME.sub(b"", after[part]) == before[part]
        types = after["[Content_Types].xml"].decode()
        types = types.replace(f'<Default Extension="bin" ContentType="{VBA_TYPE}"/>', "")
        assert types.replace("vnd.ms-excel.sheet.macroEnabled.main", "vnd.openxmlformats-officedocument.spreadsheetml.sheet.main").encode() == before["[Content_Types].xml"]  # fmt: skip
        relations = after["xl/_rels/workbook.xml.rels"].decode()
        assert (
            re.sub(r'<Relationship Id="rId\d+" Type="[^"]*/vbaProject"[^>]*>', "", relations).encode()
            == before["xl/_rels/workbook.xml.rels"]
        )

    def test_formulas_keep_their_plain_text_and_values(self, loan):
        built = Book(macro_enabled(loan), "loan.xlsm")
        assert built.formulas() == loan.formulas()
        assert built.values() == loan.values()
        assert any("HC_" in text and "!HC_" not in text for text in built.formulas().values())

    def test_the_same_bytes_each_time(self, template, workbook, addin):
        assert macro_enabled(template) == workbook
        assert project.addin() == addin

    def test_building_again_replaces_the_functions_and_keeps_other_modules(
        self, template, workbook, tmp_path
    ):
        path = tmp_path / "own.xlsm"
        path.write_bytes(workbook)
        with ExcelFile(path) as file:
            file.vba_project().add_module("Mine", "Public Sub Mine()\r\nEnd Sub\r\n")
            file.set_module("Haircut", "' an older version\r\n")
            file.save()
        read = sources(macro_enabled(Book.open(path)), "Mine")
        assert "Public Sub Mine()" in read["Mine"]
        assert read["Haircut"] == project.modules()["Haircut"]

    def test_openpyxl_keeps_the_project(self, template, workbook):
        book = openpyxl.load_workbook(io.BytesIO(workbook), keep_vba=True)
        out = io.BytesIO()
        book.save(out)
        assert book.sheetnames == list(template.sheets)
        assert parts(out.getvalue())["xl/vbaProject.bin"] == parts(workbook)["xl/vbaProject.bin"]

    def test_a_template_of_excel_is_refused(self, template):
        types = template.container.read("[Content_Types].xml").replace(
            b".sheet.main+xml", b".template.main+xml"
        )
        data = template.container.with_parts({"[Content_Types].xml": types})
        with pytest.raises(WorkbookRefused, match=r"loan\.xltx: a template of Excel; save it as an \.xlsx"):
            macro_enabled(Book(data, "loan.xltx"))

    def test_a_layout_that_takes_no_project_is_refused(self, template):
        part = "xl/workbook.xml"
        data = (
            template.container.read(part)
            .replace(b"<", b"<x:")
            .replace(b"<x:/", b"</x:")
            .replace(b"<x:?", b"<?")
        )
        data = data.replace(b"xmlns=", b"xmlns:x=")
        prefixed = Book(template.container.with_parts({part: data}), "prefixed.xlsx")
        assert list(prefixed.sheets) == list(template.sheets)
        with pytest.raises(
            HostRefused, match=r"prefixed\.xlsx: cannot take the macros .*; open and save it in Excel"
        ):
            macro_enabled(prefixed)


class TestAddin:
    def test_it_is_an_add_in_with_a_hidden_window(self, addin):
        stored = parts(addin)
        assert b"application/vnd.ms-excel.addin.macroEnabled.main+xml" in stored["[Content_Types].xml"]
        assert b"spreadsheetml.sheet.main" not in stored["[Content_Types].xml"]
        assert b'<workbookView visibility="hidden"' in stored["xl/workbook.xml"]

    def test_a_file_that_is_none_tells_no_version(self, tmp_path):
        path = tmp_path / "haircut.xlam"
        for data in (b"PK", b"", b"not a zip"):
            path.write_bytes(data)
            with pytest.raises(HostRefused, match="not built by Haircut"):
                project.built_with(path)


# A function of its own, and the wrappers' server replaced: LibreOffice has none of xlwings' libraries.
WITHOUT_SERVER = "Public Function HC_PURE(a, b)\n    HC_PURE = a * 2 + b\nEnd Function\n"
UNO = (
    shutil.which("soffice")
    and Path("/usr/bin/python3").exists()
    and not subprocess.run(
        ["/usr/bin/python3", "-c", "import uno"], capture_output=True, check=False
    ).returncode
)


@pytest.mark.skipif(not UNO, reason="LibreOffice or its Python bridge is not installed")
class TestLibreOffice:
    """Another reader of the project, and another compiler: one word that it does not take empties every cell."""

    def test_it_compiles_the_wrappers_and_calculates_with_them(self, tmp_path):
        path = tmp_path / "book.xlsm"
        with xlsxwriter.Workbook(tmp_path / "book.xlsx") as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, [10, 3])
            for row, formula in enumerate(("HC_PURE(A1,B1)", "HC_VERSION()", "HC_LTV(A1,B1)")):
                sheet.write_formula(row, 3, f"={formula}")
        shutil.copy(tmp_path / "book.xlsx", path)
        code, replaced = re.subn(
            r"XLPy\.CallUDF\(.*, Application\.Caller\)", '"answered"', functions_module()
        )
        assert replaced == len(FUNCTIONS)
        with ExcelFile(path) as file:
            vba = file.add_vba_project()
            for name, text in (("Haircut", code + WITHOUT_SERVER), ("HaircutHelp", help_module())):
                vba.add_module(name, text.replace("\n", "\r\n"))
            file.save()
        shown = calculated_by_libreoffice(path, tmp_path)
        assert shown["cells"][:2] == ["23", "answered"]
        assert {"Haircut", "HaircutHelp", "ThisWorkbook", "Sheet1"} <= set(shown["modules"])

    def test_it_keeps_the_project_of_a_built_workbook(self, workbook, tmp_path):
        path = tmp_path / "loan.xlsm"
        path.write_bytes(workbook)
        assert set(OWN) <= set(calculated_by_libreoffice(path, tmp_path)["modules"])


def calculated_by_libreoffice(path, folder):
    """The modules that LibreOffice finds in a workbook, and what D1:D3 of its first sheet show."""
    import json

    script = Path(__file__).with_name("libreoffice_macros.py")
    command = ["/usr/bin/python3", str(script), str(path), str(folder / "profile")]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=180)
    return json.loads(done.stdout)
