"""The machine that Excel runs on: where the add-in and its settings lie, and what Windows knows of Excel."""

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path, PureWindowsPath
from typing import Any

from haircut.errors import HostRefused
from haircut.hosts.excel.project import ADDIN

_SETTING = re.compile(r'"([^"]*)","([^"]*)"')


@dataclass(frozen=True)
class Machine:
    """What the installation and its checks look at.

    ``registry`` gives the values of a key of the Windows registry by their names; ``has_package`` tells
    whether the interpreter can import a package.
    """

    environ: Mapping[str, str]
    interpreter: Path
    registry: Callable[[str], Mapping[str, Any]]
    has_package: Callable[[str], bool]

    @property
    def addin(self) -> Path:
        """Where Excel starts the add-in from."""
        return Path(self.environ["APPDATA"], "Microsoft", "Excel", "XLSTART", ADDIN)

    @property
    def settings(self) -> Path:
        """The file in which the add-in looks up the interpreter; it is Haircut's alone."""
        return Path(self.environ["USERPROFILE"], ".haircut", "haircut.conf")


def this_machine() -> Machine:
    """The machine that runs this.

    Raises
    ------
    HostRefused
        It does not run Windows.
    """
    if sys.platform != "win32":
        raise HostRefused(
            "Excel's add-in is for Windows; run this command there, or build a workbook here: haircut excel build"
        )
    import os

    return Machine(
        os.environ, Path(sys.executable), _registry_values, lambda name: find_spec(name) is not None
    )


def _registry_values(key: str) -> Mapping[str, Any]:
    """The values of a registry key by name, the default one under the empty name; none if there is no such key."""
    if sys.platform != "win32":
        return {}
    import winreg

    hive, _, path = key.partition("\\")
    root = {"HKCU": winreg.HKEY_CURRENT_USER, "HKLM": winreg.HKEY_LOCAL_MACHINE}[hive]
    try:
        with winreg.OpenKey(root, path, access=winreg.KEY_READ | winreg.KEY_WOW64_64KEY) as opened:
            values = [winreg.EnumValue(opened, number) for number in range(winreg.QueryInfoKey(opened)[1])]
    except OSError:
        return {}
    return {name: data for name, data, _ in values}


def read_settings(text: str) -> dict[str, str]:
    r"""Settings by their name in capitals, from the text of a settings file.

    >>> read_settings('"INTERPRETER_WIN","C:\\py\\python.exe"\n')
    {'INTERPRETER_WIN': 'C:\\py\\python.exe'}
    """
    return {name.upper(): value for name, value in _SETTING.findall(text)}


def with_settings(text: str, changes: Mapping[str, str]) -> str:
    r"""Text of a settings file with some settings changed or added, and every other line as it was.

    >>> print(with_settings('"SHOW CONSOLE","True"\n"INTERPRETER_WIN","old"\n', {"INTERPRETER_WIN": "new"}), end="")
    "SHOW CONSOLE","True"
    "INTERPRETER_WIN","new"
    """
    kept = [line for line in text.splitlines() if not read_settings(line).keys() & changes.keys()]
    return "".join(
        f"{line}\n" for line in [*kept, *(f'"{name}","{value}"' for name, value in changes.items())]
    )


def settings_for(interpreter: Path) -> dict[str, str]:
    """What the add-in must know: the interpreter, and that no folder of a workbook goes onto its path."""
    return {"INTERPRETER_WIN": str(interpreter), "ADD_WORKBOOK_TO_PYTHONPATH": "False"}


def from_store(path: str) -> bool:
    """Whether a program comes from the Microsoft Store, whose programs cannot start one another."""
    return "windowsapps" in [part.lower() for part in PureWindowsPath(path).parts]
