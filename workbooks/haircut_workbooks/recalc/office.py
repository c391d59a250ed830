"""A warm LibreOffice: one headless office for many workbooks, restarted when it dies, killed at the end."""

import io
import json
import os
import shutil
import signal
import subprocess
import tempfile
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Timer
from typing import Any, NamedTuple

from haircut.errors import HostRefused
from haircut.hosts.calc.extension import extension
from haircut.hosts.calc.office import program_folder
from haircut_workbooks.package.address import Area
from haircut_workbooks.recalc import office_worker
from haircut_workbooks.recalc.engine import RecalculationFailed

PYTHON = "/usr/bin/python3"
"""The Python for which Debian and Ubuntu package the office's UNO."""

FIRST_WITH_PLAIN_NAMES = 25
SECONDS_A_BOOK, SECONDS_TO_START = 120, 90
# Mode 1 leaves the calculating to the worker, which does it once; numbers and TRUE read as in an English workbook.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>1</value></prop></item>
<item oor:path="/org.openoffice.Setup/L10N">
<prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>en-US</value></prop></item>
</oor:items>"""


class Block(NamedTuple):
    """Cells to read: a sheet and an area of it."""

    sheet: str
    area: Area

    @property
    def corners(self) -> tuple[str, int, int, int, int]:
        """The sheet and both corners, counted from 0."""
        return self.sheet, self.area.top - 1, self.area.left - 1, self.area.bottom - 1, self.area.right - 1


class Office:
    """A warm headless LibreOffice with Haircut's functions in it, as a context manager.

    It has a profile of its own in a temporary folder, which goes when it goes.

    Parameters
    ----------
    seconds : float
        How long one workbook may take.

    Raises
    ------
    HostRefused
        On entering: there is no office, it cannot run Haircut, or it does not start.
    """

    def __init__(self, seconds: float = SECONDS_A_BOOK) -> None:
        self.seconds = seconds
        self._worker: _Worker | None = None

    def __enter__(self) -> "Office":
        self.program = program_folder()
        self.folder = Path(tempfile.mkdtemp(prefix="haircut-office-"))
        try:
            settings = self.folder / "profile/user/registrymodifications.xcu"
            settings.parent.mkdir(parents=True)
            settings.write_text(_SETTINGS, "utf-8")
            with zipfile.ZipFile(io.BytesIO(extension())) as archive:
                archive.extractall(self.folder / "extensions/haircut")
            self.version = self._start()["version"]
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def dotted(self) -> bool:
        """Whether it knows an add-in's function in a file only by a dotted name, ``HC.DSCR``."""
        return int(self.version.partition(".")[0]) < FIRST_WITH_PLAIN_NAMES

    def calculate(self, data: bytes, name: str, blocks: Sequence[Block]) -> list[list[list[Any]]]:
        """Return the rows of each block after recalculating a workbook; an error is a list of its number.

        A workbook during which the office dies is tried once more in a new office.

        Raises
        ------
        RecalculationFailed
            The office cannot read the workbook, takes too long over it, or dies of it twice.
        HostRefused
            The office cannot be started again.
        """
        path = self.folder / "book.xlsx"
        path.write_bytes(data)
        request = {"load": str(path), "read": [block.corners for block in blocks]}
        try:
            answer = self._asked(request)
        except _Late:
            raise RecalculationFailed(
                f"{name}: LibreOffice did not finish it within {self.seconds:g} seconds"
            ) from None
        except _Died as died:
            raise RecalculationFailed(
                f"{name}: LibreOffice ended twice while calculating it ({died})"
            ) from None
        if "refused" in answer:
            raise RecalculationFailed(f"{name}: LibreOffice cannot calculate it: {answer['refused']}")
        rows: list[list[list[Any]]] = answer["blocks"]
        return rows

    def _asked(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer to a request, from a new office if the old one has died or dies of it."""
        try:
            if self._worker is not None:
                return self._worker.ask(request, self.seconds)
        except _Late:
            self._stop()
            raise
        except _Died:
            self._stop()
        self._start()
        assert self._worker is not None
        try:
            return self._worker.ask(request, self.seconds)
        except _Died:
            self._stop()
            raise

    def _start(self) -> dict[str, Any]:
        self._worker = _Worker(self.program, self.folder)
        try:
            return self._worker.answer(SECONDS_TO_START)
        except _Died as died:
            self._stop()
            raise HostRefused(f"LibreOffice in {self.program} does not start: {died}") from None

    def _stop(self) -> None:
        if self._worker is not None:
            self._worker.stop()
            self._worker = None


class _Died(Exception):
    """The office ended before it answered; the message is its last complaint."""


class _Late(_Died):
    """The office did not answer in time and was killed."""


class _Worker:
    """The process that drives the office; both are one process group."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.complaints = folder / "complaints.txt"
        self.late = False
        with self.complaints.open("w") as complaints:
            # A session of its own: Ctrl-C reaches the caller alone, and one signal ends worker and office.
            self.process = subprocess.Popen(
                [PYTHON, "-I", office_worker.__file__, str(program), str(folder)],
                text=True, start_new_session=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints,
            )  # fmt: skip

    def ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        """The answer to a request."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
        except OSError:
            raise _Died(self._last_complaint()) from None
        return self.answer(seconds)

    def answer(self, seconds: float) -> dict[str, Any]:
        """The next answer; an office that takes too long over it is killed."""
        assert self.process.stdout is not None
        timer = Timer(seconds, self._too_late)
        timer.start()
        try:
            line = self.process.stdout.readline()
        finally:
            timer.cancel()
        if self.late:
            raise _Late("it did not answer in time")
        if not line.endswith("\n"):
            raise _Died(self._last_complaint())
        answer: dict[str, Any] = json.loads(line)
        return answer

    def stop(self) -> None:
        """Kill worker and office."""
        self._kill()
        self.process.communicate()

    def _too_late(self) -> None:
        self.late = True
        self._kill()

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def _last_complaint(self) -> str:
        lines = self.complaints.read_text("utf-8", "replace").splitlines()
        return next((line.strip() for line in reversed(lines) if line.strip()), "it gave no reason")
