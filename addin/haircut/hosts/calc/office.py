"""The LibreOffice of this machine: where it is, whether it can run Haircut, and installing the extension."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from haircut.errors import HostRefused

_PYTHON = re.compile(rb"libpython(3\.\d+)")


def program_folder() -> Path:
    """Return the folder of the office's programs.

    Raises
    ------
    HostRefused
        There is no LibreOffice, or not one whose Python can load Haircut.
    """
    found = shutil.which("soffice")
    if found is None:
        raise HostRefused(
            "LibreOffice is not installed, or not as the packages of Debian and Ubuntu install it; run: "
            "sudo apt-get install libreoffice-calc python3-uno"
        )
    folder = Path(found).resolve().parent
    _check_python(folder)
    return folder


def _check_python(folder: Path) -> None:
    bridge = folder / "libpyuno.so"
    version = _PYTHON.search(bridge.read_bytes()) if bridge.exists() else None
    if version is None or not (folder / "pythonloader.py").exists():
        raise HostRefused(
            f"the LibreOffice in {folder} cannot run Python; run: sudo apt-get install python3-uno"
        )
    theirs, ours = version[1].decode(), f"{sys.version_info[0]}.{sys.version_info[1]}"
    if theirs != ours:
        raise HostRefused(
            f"the LibreOffice in {folder} runs Python {theirs}, which cannot load what is installed for Python "
            f"{ours}; install Haircut with that Python (python{theirs} -m venv ...) and run the command from there"
        )


def install(extension: Path) -> None:
    """Add the extension to the office, in place of an older one: for this user, or as root for all.

    Raises
    ------
    HostRefused
        The office refuses it.
    """
    command = [str(program_folder() / "unopkg"), "add", "--force", str(extension)]
    if os.geteuid() == 0:
        command.insert(2, "--shared")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
        raise HostRefused(
            f"{extension}: LibreOffice refuses it: {said[-1]}; close every LibreOffice and try again"
        )
