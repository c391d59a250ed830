"""Excel through Office.js as a host: the add-in's script in Node, and the real server."""

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.hosts.calls import every_call
from tests.hosts.web.running import in_cells, read, serving

from haircut.errors import CellError

DECIDED_BY_HOST = {"passes on #REF!": [[CellError.VALUE]]}
"""Excel gives a function's cell no #REF!."""


def answers():
    """What each call gives on this host, as rows of cells."""
    with TemporaryDirectory() as folder, serving(Path(folder)) as place:
        held = in_cells(place, [(one.function.name, one.args) for one in every_call()])
    return [read(answer) for answer in held["answers"]]
