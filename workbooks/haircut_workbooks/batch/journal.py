"""What a batch wrote into a folder, so that it never writes over what someone has changed since."""

import hashlib
from pathlib import Path

from haircut_workbooks.package.container import WorkbookRefused, write_file

JOURNAL = ".haircut-journal"


class Journal:
    """The digests of every file that batches wrote into a folder, one line each, only ever added to.

    Parameters
    ----------
    folder : Path
        The output folder.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / JOURNAL

    def check(self, path: Path) -> None:
        """Raise `WorkbookRefused` where a file stands that no batch wrote, or that was changed since."""
        try:
            ours = not path.exists() or self._line(path.name, path.read_bytes()) in self._lines()
        except OSError as error:
            raise WorkbookRefused(
                f"{path}: cannot be read ({error.strerror}); move it or choose another --out"
            ) from None
        if not ours:
            raise WorkbookRefused(
                f"{path}: changed since it was written, or not from a batch; move it or choose another --out"
            )

    def write(self, path: Path, data: bytes) -> None:
        """Note a file, then write it; a note without its file does no harm.

        Raises
        ------
        WorkbookRefused
            The file is not ours to replace, or cannot be written.
        """
        self.check(path)
        try:
            with self._path.open("a", encoding="utf-8") as journal:
                journal.write(self._line(path.name, data) + "\n")
        except OSError as error:
            raise WorkbookRefused(
                f"{path.parent}: cannot be written ({error.strerror}); choose another --out"
            ) from None
        write_file(path, data)

    @staticmethod
    def _line(name: str, data: bytes) -> str:
        return f"{hashlib.sha256(data).hexdigest()}  {name}"

    def _lines(self) -> set[str]:
        return set(self._path.read_text(encoding="utf-8").splitlines()) if self._path.exists() else set()
