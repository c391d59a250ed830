"""Open a workbook in LibreOffice with its macros allowed, calculate, and print modules and cells as JSON.

Runs in the Python that has LibreOffice's bridge: python3 libreoffice_macros.py BOOK PROFILE
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ALWAYS_RUN_MACROS = 4


def started(profile):
    """The process of an office of its own, and its desktop; the first start with a new profile may end at once."""
    import uno  # late, for this file is also read by a Python that has no bridge
    from com.sun.star.connection import NoConnectException

    pipe = f"pipe,name=haircut{abs(hash(profile))};urp"
    command = [
        "soffice",
        "--headless",
        "--norestore",
        f"-env:UserInstallation={Path(profile).as_uri()}",
        f"--accept={pipe}",
    ]
    here = uno.getComponentContext()
    resolver = here.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", here)
    for _ in range(2):
        office = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        while office.poll() is None:
            try:
                there = resolver.resolve(f"uno:{pipe};StarOffice.ComponentContext")
            except NoConnectException:
                time.sleep(0.3)
            else:
                return office, there.ServiceManager.createInstanceWithContext(
                    "com.sun.star.frame.Desktop", there
                )
    raise SystemExit("LibreOffice does not start")


def read(desktop, path):
    """Modules by name, and what the first cells of column D show after a calculation."""
    from com.sun.star.beans import PropertyValue

    options = (("Hidden", True), ("MacroExecutionMode", ALWAYS_RUN_MACROS))
    values = tuple(PropertyValue(Name=name, Value=value) for name, value in options)
    document = desktop.loadComponentFromURL(Path(path).as_uri(), "_blank", 0, values)
    document.calculateAll()
    libraries, sheet = document.BasicLibraries, document.Sheets.getByIndex(0)
    modules = [module for name in libraries.ElementNames for module in libraries.getByName(name).ElementNames]
    return {"modules": modules, "cells": [sheet.getCellByPosition(3, row).String for row in range(3)]}


if __name__ == "__main__":
    office, desktop = started(sys.argv[2])
    try:
        print(json.dumps(read(desktop, sys.argv[1])), flush=True)
    finally:
        os.killpg(office.pid, signal.SIGKILL)
        os._exit(0)  # the bridge crashes where its other end is gone
