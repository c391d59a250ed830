"""One headless LibreOffice, driven by requests on standard input: run by the Python that has the office's UNO.

The first answer is the office's version. Each request is a line of JSON: the file to ``load`` and the blocks
to ``read`` as sheet, top, left, bottom, right, counted from 0; the answer holds each block's rows, an error
cell as its number in a list. When standard input ends, as it does whenever the caller ends, the office is
killed and its folder removed.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

START_AGAIN, MOST_STARTS, SECONDS = 81, 3, 60
NEVER, VALUES, OOXML = 0, 1, "Calc MS Excel 2007 XML"
CLOSE_ENOUGH, MOST_ITERATIONS = 1e-9, 1000
"""When a loop has converged: far closer than a workbook's own limit, so that every formula of it holds."""

LOAD = {"Hidden": True, "FilterName": OOXML, "MacroExecutionMode": NEVER, "UpdateDocMode": NEVER}


def main(program: str, folder: str) -> None:
    """Run the office of a program folder, its profile and extensions in another folder, and answer requests."""
    try:
        import uno
    except ImportError:
        sys.exit(f"{sys.executable} has no UNO: apt-get install python3-uno")
    office = Office(Path(program), Path(folder))
    try:
        context = office.connect(uno)
        manager = context.ServiceManager
        desktop = manager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        answer({"version": version(manager, context)})
        for line in sys.stdin:
            answer(recalculated(desktop, json.loads(line)))
    finally:
        office.process.kill()
        office.process.wait()
    shutil.rmtree(folder)


class Office:
    """The office's process, with the extensions of its folder and none of those installed on the machine."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.pipe = f"haircut-{os.getpid()}"
        self.command = [
            f"{program}/soffice.bin", "--headless", "--invisible", "--norestore", "--nologo", "--nodefault",
            "--nolockcheck", f"--accept=pipe,name={self.pipe};urp;",
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            f"-env:BUNDLED_EXTENSIONS={(folder / 'extensions').as_uri()}",
            f"-env:UNO_SHARED_PACKAGES_CACHE={(folder / 'none').as_uri()}",
        ]  # fmt: skip
        self.starts = 0
        self.start()

    def start(self) -> None:
        """Start it; what it prints goes where this process's complaints go.

        PYTHONPATH is not meant for it, and the Python in it takes its folders from the first python3 on PATH.
        """
        own = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        own["PATH"] = os.defpath
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=sys.stderr, env=own)
        self.starts += 1

    def connect(self, uno: Any) -> Any:
        """The office's context. On a new profile the office asks to be started again."""
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        until = time.monotonic() + SECONDS
        while True:
            try:
                return resolver.resolve(f"uno:pipe,name={self.pipe};urp;StarOffice.ComponentContext")
            except Exception:
                status = self.process.poll()
                if status == START_AGAIN and self.starts < MOST_STARTS:
                    self.start()
                elif status is not None:
                    sys.exit(f"the office ended with status {status}")
                elif time.monotonic() > until:
                    sys.exit(f"the office did not answer for {SECONDS} seconds")
                time.sleep(0.02)


def version(manager: Any, context: Any) -> str:
    """The office's version, for instance 7.4."""
    provider = manager.createInstanceWithContext("com.sun.star.configuration.ConfigurationProvider", context)
    asked = properties({"nodepath": "/org.openoffice.Setup/Product"})
    product = provider.createInstanceWithArguments("com.sun.star.configuration.ConfigurationAccess", asked)
    return str(product.ooSetupVersion)


def recalculated(desktop: Any, request: dict[str, Any]) -> dict[str, Any]:
    """The answer to one request."""
    document = desktop.loadComponentFromURL(Path(request["load"]).as_uri(), "_blank", 0, properties(LOAD))
    if document is None:
        return {
            "refused": "the office cannot open it; run the command once more, or save the file in Excel first"
        }
    try:
        document.IterationEpsilon, document.IterationCount = CLOSE_ENOUGH, MOST_ITERATIONS
        document.calculateAll()
        sheets = {name: document.Sheets.getByName(name) for name, *_ in request["read"]}
        blocks = [values(sheets[name], *place) for name, *place in request["read"]]
        truths = {name: shown_as_truths(sheet) for name, sheet in sheets.items()}
        for rows, (name, top, left, *_) in zip(blocks, request["read"], strict=True):
            for r, c in truths[name] & {(top + r, left + c) for r, c in numbers(rows)}:
                rows[r - top][c - left] = bool(rows[r - top][c - left])
        return {"blocks": blocks}
    finally:
        document.close(True)


def values(sheet: Any, top: int, left: int, bottom: int, right: int) -> list[list[Any]]:
    """The values of a block's cells; an error as a list of its number."""
    rows = [list(row) for row in sheet.getCellRangeByPosition(left, top, right, bottom).getDataArray()]
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if value is None:
                row[c] = [sheet.getCellByPosition(left + c, top + r).getError()]
    return rows


def numbers(rows: list[list[Any]]) -> list[tuple[int, int]]:
    """Where there are numbers in a block."""
    return [(r, c) for r, row in enumerate(rows) for c, value in enumerate(row) if isinstance(value, float)]


def shown_as_truths(sheet: Any) -> set[tuple[int, int]]:
    """The cells that show TRUE or FALSE, which the office holds as numbers: row and column."""
    sheet.Rows.IsFiltered = False  # a search leaves out what a filter hides
    search = sheet.createSearchDescriptor()
    search.SearchString, search.SearchRegularExpression = "^(TRUE|FALSE)$", True
    search.SearchType = VALUES
    found = sheet.findAll(search)
    return {
        (row, column)
        for area in (found.RangeAddresses if found is not None else ())
        for row in range(area.StartRow, area.EndRow + 1)
        for column in range(area.StartColumn, area.EndColumn + 1)
    }


def properties(values: dict[str, Any]) -> tuple[Any, ...]:
    """Named values in the form that the office takes."""
    from com.sun.star.beans import PropertyValue

    return tuple(PropertyValue(name, 0, value, 0) for name, value in values.items())


def answer(what: dict[str, Any]) -> None:
    """Print one answer."""
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
