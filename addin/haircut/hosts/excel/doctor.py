"""What keeps the add-in from working, each fault with its cure; a check returns an empty text where all is well."""

import locale
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from haircut import __version__
from haircut.errors import HostRefused
from haircut.hosts.excel.machine import Machine, from_store, read_settings
from haircut.hosts.excel.project import ADDIN, built_with

INSTALL = "run: haircut excel install"
EXCEL = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
CLICK_TO_RUN = r"HKLM\SOFTWARE\Microsoft\Office\ClickToRun\Configuration"
OFFICE = (r"HKCU\Software\Policies\Microsoft\Office\16.0\Excel", r"HKCU\Software\Microsoft\Office\16.0\Excel")
FORBIDDEN = {3: "macros without a signature", 4: "all macros"}


def interpreter(machine: Machine) -> str:
    """The settings name an interpreter that exists and is the one that has Haircut."""
    if not machine.settings.exists():
        return f"{machine.settings} is missing, so Excel does not know where Python is; {INSTALL}"
    named = read_settings(machine.settings.read_text(locale.getencoding())).get("INTERPRETER_WIN", "")
    if not named or not Path(named).exists():
        return (
            f"{machine.settings} names the interpreter {named or 'nowhere'}, which does not exist; {INSTALL}"
        )
    if Path(named).parent != machine.interpreter.parent:
        return f"Excel uses {named}, but this command runs with {machine.interpreter}; {INSTALL}"
    return ""


def python_from_store(machine: Machine) -> str:
    """Python is not the Microsoft Store's."""
    if from_store(str(machine.interpreter)):
        return "Excel cannot start the Python of the Microsoft Store; install Python from python.org, then Haircut"
    return ""


def pywin32(machine: Machine) -> str:
    """Python can talk to Excel."""
    return (
        "" if machine.has_package("win32com") else "the package pywin32 is missing; run: pip install pywin32"
    )


def excel(machine: Machine) -> str:
    """Excel is installed, and not the Microsoft Store's."""
    found = machine.registry(EXCEL).get("")
    if not found:
        return "Excel is not installed; install the desktop Excel of Microsoft 365 or Office 2016 or later"
    if from_store(str(found)):
        return (
            "the Excel of the Microsoft Store cannot start Python; install the desktop Excel from office.com"
        )
    return ""


def addin(machine: Machine) -> str:
    """The add-in stands where Excel starts it, and is this version's."""
    if not machine.addin.exists():
        return f"{machine.addin} is missing; {INSTALL}"
    try:
        return outdated(machine.addin, INSTALL)
    except HostRefused as error:
        return f"{error}; {INSTALL}"


def outdated(path: Path, cure: str) -> str:
    """The file was built by this Haircut with this xlwings; each version of xlwings has a library of its own.

    Raises
    ------
    HostRefused
        The file was not built by Haircut.
    """
    built, ours = built_with(path), (__version__, version("xlwings"))
    if built == ours:
        return ""
    return (
        f"{path} was built by Haircut {built[0]} with xlwings {built[1]}, "
        f"but Haircut {ours[0]} with xlwings {ours[1]} is installed; {cure}"
    )


def library(machine: Machine) -> str:
    """The library of xlwings for this Excel, 32 or 64 bits, lies beside the interpreter or one folder above."""
    bits = "32" if machine.registry(CLICK_TO_RUN).get("Platform") == "x86" else "64"
    name = f"xlwings{bits}-{version('xlwings')}.dll"
    folder = machine.interpreter.parent
    if (folder / name).exists() or (folder.parent / name).exists():
        return ""
    return f"{name}, which {bits}-bit Excel needs, is not in {folder}; run: pip install --force-reinstall xlwings"


def blocked(machine: Machine) -> str:
    """The add-in bears no mark of the web, with which Excel would not run it."""
    if machine.addin.with_name(f"{ADDIN}:Zone.Identifier").exists():
        return f"{machine.addin} is marked as downloaded, so Excel blocks it; {INSTALL}"
    return ""


def macros(machine: Machine) -> str:
    """No setting forbids the macros."""
    for place, key in zip(("a policy of your organisation", "the Trust Center"), OFFICE, strict=True):
        security = machine.registry(rf"{key}\Security")
        if machine.registry(rf"{key}\Security\Trusted Locations").get("AllLocationsDisabled") == 1:
            return f"{place} switches trusted locations off; ask for XLSTART to be allowed"
        if security.get("RequireAddinSig") == 1:
            return f"{place} allows signed add-ins only; ask for an exception, or have the add-in signed"
        if security.get("VBAWarnings") in FORBIDDEN:
            kind = FORBIDDEN[security["VBAWarnings"]]
            return f"{place} forbids {kind}, so an .xlsm does not calculate; allow them, or use the add-in with .xlsx"
    return ""


def disabled(machine: Machine) -> str:
    """Excel has not switched the add-in off after a crash."""
    items = machine.registry(rf"{OFFICE[1]}\Resiliency\DisabledItems").values()
    if any(ADDIN.encode("utf-16-le") in item.lower() for item in items if isinstance(item, bytes)):
        return (
            "Excel has switched the add-in off; in Excel: File > Options > Add-ins > Disabled Items > Enable"
        )
    return ""


CHECKS: tuple[Callable[[Machine], str], ...] = (
    interpreter,
    python_from_store,
    pywin32,
    excel,
    addin,
    library,
    blocked,
    macros,
    disabled,
)


def faults(machine: Machine) -> list[str]:
    """Each fault of a machine with its cure, in the order in which to mend them."""
    return [found for check in CHECKS if (found := check(machine))]
