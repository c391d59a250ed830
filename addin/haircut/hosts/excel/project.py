"""The VBA project: xlwings' own modules and ours, put into a macro-enabled workbook or the add-in.

Excel compiles the modules from their source when it first opens the file, so nothing needs Excel here, nor
trust in access to the VBA project. xlwings' modules (BSD) and its Dictionary (MIT) are read from the
installed xlwings and keep their notices; only the name of the settings file is ours.
"""

import io
import re
import zipfile
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from haircut import __version__
from haircut.errors import HostRefused
from haircut.hosts.excel.wrappers import FUNCTIONS_MODULE, HELP_MODULE, functions_module, help_module

ADDIN, ADDIN_SHEET = "haircut.xlam", "Haircut"
_WORKBOOK_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_ADDIN_TYPE = b"application/vnd.ms-excel.addin.macroEnabled.main+xml"
_SETTINGS_OF = re.compile(r'(PROJECT_NAME As String = )"xlwings"')


def modules() -> dict[str, str]:
    """The source of each module by its name: xlwings' server client, its Dictionary, the functions, their help.

    Raises
    ------
    HostRefused
        The installed xlwings is not one that this version knows.
    """
    try:
        client, dictionary = (
            files("xlwings").joinpath(name).read_text(encoding="utf-8-sig")
            for name in ("xlwings.bas", "addin/Dictionary.cls")
        )
    except (ImportError, OSError):
        raise HostRefused(
            "xlwings is missing or incomplete; run: pip install --force-reinstall xlwings"
        ) from None
    client, found = _SETTINGS_OF.subn(r'\1"haircut"', client)
    if found != 1:
        raise HostRefused("this xlwings is unknown to Haircut; run: pip install --upgrade haircut")
    sources = {
        "xlwings": client,
        "Dictionary": dictionary,
        FUNCTIONS_MODULE: functions_module(),
        HELP_MODULE: help_module(),
    }
    return {name: re.sub(r"\r?\n", "\r\n", source) for name, source in sources.items()}


def with_functions(package: bytes, name: str) -> bytes:
    """Return an .xlsm file with the functions in its VBA project; modules of other names stay.

    Parameters
    ----------
    package : bytes
        The file, with or without a VBA project.
    name : str
        What messages call it.

    Raises
    ------
    HostRefused
        The file is of a kind that cannot take a VBA project.
    """
    from pyopenvba import ExcelFile, PyOpenVBAError, VBAModuleKind

    sources = modules()
    try:
        with TemporaryDirectory() as folder:
            path = Path(folder, "book.xlsm")
            path.write_bytes(package)
            with ExcelFile(path) as file:
                project = file.vba_project() if file.has_vba_project() else file.add_vba_project()
                for module, source in sources.items():
                    kind = VBAModuleKind.other if module == "Dictionary" else VBAModuleKind.standard
                    if module in project.module_names():
                        project.delete_module(module)
                    project.add_module(module, source, kind=kind)
                file.save()
            return path.read_bytes()
    except (PyOpenVBAError, ValueError, AssertionError, KeyError) as error:
        why = " ".join(str(error).split()) or "its parts are laid out in an unusual way"
        raise HostRefused(
            f"{name}: cannot take the macros ({why}); open and save it in Excel, then build again"
        ) from None


def addin() -> bytes:
    """The add-in haircut.xlam, the same bytes each time."""
    book = zipfile.ZipFile(io.BytesIO(with_functions(_empty_workbook(), ADDIN)))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for info in book.infolist():
            data = book.read(info)
            if info.filename == "[Content_Types].xml":
                data = data.replace(_WORKBOOK_TYPE, _ADDIN_TYPE)
            elif info.filename == "xl/workbook.xml":
                data = data.replace(b"<workbookView ", b'<workbookView visibility="hidden" ')
            target.writestr(info, data)
    return out.getvalue()


def _empty_workbook() -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties(
            {"title": "Haircut", "comments": f"Version {__version__}", "created": datetime(2000, 1, 1)}
        )
        book.add_worksheet(ADDIN_SHEET)
    return out.getvalue()


def built_with(path: Path) -> tuple[str, str]:
    """The versions of Haircut and of xlwings that a built file was made with.

    Raises
    ------
    HostRefused
        The file holds no functions of Haircut, or cannot be read.
    """
    from pyopenvba import ExcelFile, PyOpenVBAError

    try:
        with ExcelFile(path) as file:
            sources = file.vba_modules()
        ours = re.search(r"' Haircut (\S+)\. ", sources[FUNCTIONS_MODULE])
        client = re.search(r'XLWINGS_VERSION As String = "(.+?)"', sources["xlwings"])
        assert ours and client
    except (PyOpenVBAError, OSError, ValueError, KeyError, AssertionError, zipfile.BadZipFile):
        raise HostRefused(f"{path}: not built by Haircut, or damaged") from None
    return ours[1], client[1]
