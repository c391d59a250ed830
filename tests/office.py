"""LibreOffice as an independent witness: it recalculates a workbook with the Haircut calls frozen."""

import subprocess

from haircut.errors import CellError
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.frozen import frozen, haircut_cells
from haircut_workbooks.recalc.replay import agree

# 0 = always recalculate when an .xlsx is loaded: the comparison must not read our own cached values back.
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""


def recalculated_by_libreoffice(book, folder):
    """The frozen book after LibreOffice loaded, recalculated and saved it."""
    source = folder / "frozen.xlsx"
    source.write_bytes(frozen(book))
    settings = folder / "profile/user"
    settings.mkdir(parents=True)
    (settings / "registrymodifications.xcu").write_text(SETTINGS, encoding="utf-8")
    command = ["soffice", "--headless", f"-env:UserInstallation={settings.parent.as_uri()}", "--convert-to",
               "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "out"), str(source)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return Book.open(folder / "out/frozen.xlsx")


def assert_libreoffice_agrees(book, folder):
    """Compare every standard formula's value with LibreOffice's own."""
    other = recalculated_by_libreoffice(book, folder)
    skipped = haircut_cells(book)
    compared = [address for address in book.formulas() if address not in skipped]
    wrong = [str(a) for a in compared if not close(book.value(a), other.value(a))]
    assert len(compared) > 2000
    assert wrong == []


def close(ours, theirs):
    """LibreOffice stores 15 digits, so sums that cancel to nothing may differ by a hundredth of a cent."""
    if isinstance(ours, CellError):
        return ours is theirs
    return agree(ours, theirs) or (
        isinstance(ours, float) and isinstance(theirs, float) and abs(ours - theirs) < 1e-4
    )
