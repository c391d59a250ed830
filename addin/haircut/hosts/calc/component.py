"""The UNO component that the office loads from the extension, with the office's own Python.

It stands alone: what the office shows of each function comes from the file ``haircut.json`` beside it, and
Haircut itself is imported at the first call, from the folders that this file names. Where that fails, every
cell is #VALUE! and HC_WHY says why.
"""

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import uno
import unohelper
from com.sun.star.lang import Locale, XServiceInfo, XServiceName
from com.sun.star.sheet import LocalizedName, XAddIn, XCompatibilityNames

DECLARED = json.loads(Path(__file__).with_name("haircut.json").read_text("utf-8"))
FUNCTIONS: dict[str, Any] = DECLARED["functions"]
IMPLEMENTATION, SERVICE = str(DECLARED["implementation"]), str(DECLARED["service"])
SERVICES = (IMPLEMENTATION, "com.sun.star.sheet.AddIn")
ENGLISH = Locale("en", "US", "")


class Border:
    """Haircut's border, found once; or the reason why it cannot be had."""

    def __init__(self) -> None:
        self.found: Any = None
        self.why = ""

    def answer(self, method: str, args: tuple[Any, ...]) -> Any:
        """What a call gives; #VALUE!, and words from HC_WHY, where Haircut cannot be imported."""
        if self.found is None and not self.why:
            self.find()
        if self.found is not None:
            return self.found.answer(FUNCTIONS[method]["name"], args)
        if method == "WHY":
            return self.why
        raise RuntimeError(self.why)

    def find(self) -> None:
        """Import Haircut with its folders first, then put them last: other extensions keep their own packages."""
        folders = [folder for folder in DECLARED["folders"] if folder not in sys.path]
        sys.path[:0] = folders
        try:
            import_module("scipy")
            self.found = import_module("haircut.hosts.calc.border")
        except Exception as error:  # whatever a broken installation raises must become words
            here = f"{sys.version_info[0]}.{sys.version_info[1]}"
            self.why = (
                f"Haircut cannot start in this office, which runs Python {here}; it was installed with Python "
                f"{DECLARED['python']} in {DECLARED['folders'][0]} ({type(error).__name__}: {error}). Install "
                f"Haircut with Python {here} and run: haircut calc install"
            )
        sys.path[:] = [entry for entry in sys.path if entry not in folders] + folders


BORDER = Border()


def _method(name: str) -> Any:
    return lambda self, *args: BORDER.answer(name, args)


class Described(unohelper.Base, XServiceName, XServiceInfo, XAddIn, XCompatibilityNames):
    """What the office asks of an add-in, from the declarations; the first method's spelling is UNO's own."""

    def __init__(self, _context: Any) -> None:
        self.locale = ENGLISH

    def getServiceName(self) -> str:
        return SERVICE

    def getImplementationName(self) -> str:
        return IMPLEMENTATION

    def supportsService(self, name: str) -> bool:
        return name in SERVICES

    def getSupportedServiceNames(self) -> tuple[str, ...]:
        return SERVICES

    def setLocale(self, locale: Any) -> None:
        self.locale = locale

    def getLocale(self) -> Any:
        return self.locale

    def getProgrammaticFuntionName(self, shown: str) -> str:
        return next((method for method, f in FUNCTIONS.items() if f["name"] == shown), "")

    def getDisplayFunctionName(self, method: str) -> str:
        return str(FUNCTIONS[method]["name"])

    def getFunctionDescription(self, method: str) -> str:
        return str(FUNCTIONS[method]["description"])

    def getDisplayArgumentName(self, method: str, index: int) -> str:
        return str(FUNCTIONS[method]["arguments"][index][0])

    def getArgumentDescription(self, method: str, index: int) -> str:
        return str(FUNCTIONS[method]["arguments"][index][1])

    def getProgrammaticCategoryName(self, method: str) -> str:
        return "Add-In"

    def getDisplayCategoryName(self, method: str) -> str:
        return str(FUNCTIONS[method]["category"])

    def getCompatibilityNames(self, method: str) -> tuple[Any, ...]:
        return (LocalizedName(ENGLISH, FUNCTIONS[method]["name"]),)


Component = type(
    "Component", (Described, uno.getClass(DECLARED["interface"])), {name: _method(name) for name in FUNCTIONS}
)
g_ImplementationHelper = unohelper.ImplementationHelper()  # noqa: N816
g_ImplementationHelper.addImplementation(Component, IMPLEMENTATION, SERVICES)
