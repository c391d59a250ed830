"""The extension file, built from the registry alone."""

import io
import json
import sys
import zipfile
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from haircut import __version__
from haircut.functions import FUNCTIONS
from haircut.hosts.calc.border import SPREADS
from haircut.hosts.calc.typelib import Method, type_library
from haircut.registry import Arg, Function, Kind

FILE_NAME = "haircut.oxt"
IDENTIFIER, IMPLEMENTATION = "haircut.calc", "haircut.calc.Functions"
SERVICE, MODULES, INTERFACE = "HC", ("haircut", "calc"), "XFunctions"
"""``HC`` and a method ``DSCR`` make ``HC.DSCR``, the one form in which LibreOffice before 25 finds an add-in's
function in an .xlsx file."""

_MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">
<manifest:file-entry manifest:media-type="application/vnd.sun.star.uno-typelibrary;type=RDB" manifest:full-path="haircut.rdb"/>
<manifest:file-entry manifest:media-type="application/vnd.sun.star.uno-components" manifest:full-path="haircut.components"/>
</manifest:manifest>
"""
# Read when the extension is installed; the component itself is only loaded where its type library is known.
_COMPONENTS = f"""<?xml version="1.0" encoding="UTF-8"?>
<components xmlns="http://openoffice.org/2010/uno-components">
<component loader="com.sun.star.loader.Python" uri="component.py">
<implementation name="{IMPLEMENTATION}"><service name="com.sun.star.sheet.AddIn"/></implementation>
</component>
</components>
"""
_DESCRIPTION = f"""<?xml version="1.0" encoding="UTF-8"?>
<description xmlns="http://openoffice.org/extensions/description/2006">
<identifier value="{IDENTIFIER}"/>
<version value="{__version__}"/>
<display-name><name lang="en">Haircut: credit maths for collateral that ages fast</name></display-name>
</description>
"""


def extension() -> bytes:
    """Return the extension, an .oxt file; the same declarations and folders give the same bytes."""
    parts = {
        "META-INF/manifest.xml": _MANIFEST.encode(),
        "haircut.components": _COMPONENTS.encode(),
        "description.xml": _DESCRIPTION.encode(),
        "haircut.rdb": type_library(MODULES, INTERFACE, [_method(f) for f in FUNCTIONS.values()]),
        "haircut.json": json.dumps(declared(), indent=1).encode(),
        "component.py": (files("haircut.hosts.calc") / "component.py").read_bytes(),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def declared() -> dict[str, Any]:
    """What the component needs to know: where Haircut is, and what the office shows of each function."""
    return {
        "python": f"{sys.version_info[0]}.{sys.version_info[1]}",
        "folders": _folders(),
        "service": SERVICE,
        "implementation": IMPLEMENTATION,
        "interface": ".".join((*MODULES, INTERFACE)),
        "functions": {method_name(f): _described(f) for f in FUNCTIONS.values()},
    }


def method_name(function: Function) -> str:
    """Return a function's name without its ``HC_``."""
    return function.name.removeprefix("HC_")


def _folders() -> list[str]:
    """The folders on Python's path that hold Haircut and what it needs."""
    found = [find_spec(package) for package in ("haircut", "numpy", "scipy")]
    return list(dict.fromkeys(str(Path(spec.origin).parents[1]) for spec in found if spec and spec.origin))


def _method(function: Function) -> Method:
    arguments = [(arg.name, "[]any" if arg.kind is Kind.ANY else "any") for arg in function.args]
    return Method(method_name(function), "[][]any" if function.returns in SPREADS else "any", arguments)


def _described(function: Function) -> dict[str, Any]:
    return {
        "name": function.name,
        "category": function.category,
        "description": function.summary,
        "arguments": [[arg.name, _help(arg)] for arg in function.args],
    }


def _help(arg: Arg) -> str:
    """Calc calls every argument of an add-in optional, so the help says which one is."""
    notes = [arg.unit] if arg.required else [arg.unit, "may be left out"]
    return f"{arg.help} ({'; '.join(filter(None, notes))})"
