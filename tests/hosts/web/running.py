"""A running server, and cells that call it through the add-in's own script in Node."""

import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
import threading
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.hosts.calls import grid

from haircut.cells import OMITTED
from haircut.errors import CellError
from haircut.hosts.web.identity import identity
from haircut.hosts.web.serve import Place, server_for
from haircut.hosts.web.wire import Limits

LIMITS = Limits()
HERE = Path(__file__).parent


@contextmanager
def serving(folder, limits=LIMITS):
    """A server on a free port of this machine, in a thread; gives its place."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        place = Place(identity(folder, "localhost"), listener.getsockname()[1])
        server = server_for(place, limits)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield place
        finally:
            server.should_exit = True
            thread.join()


def ask(place, method, path, body=None, headers=None):
    """One request to a place as any program could send it: the status, the headers and the body of the answer."""
    context = ssl.create_default_context(cafile=place.known.certificate)
    connection = http.client.HTTPSConnection("localhost", place.port, context=context, timeout=30)
    with closing(connection):
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()


def node():
    """The Node command, or a skip that says it is missing."""
    if not shutil.which("node"):
        pytest.skip("Node is not installed")
    return "node"


def in_cells(place, calls, blanks="zero", **task):
    """What cells show that hold these calls, a ``(name, args)`` each, all recalculated at once.

    ``blanks`` says how empty cells reach a function: as "zero", as Excel for Windows and Mac does, or as "null".
    """
    task |= {"base": place.base, "blanks": blanks, "calls": [one_call(*call) for call in calls]}
    done = subprocess.run(
        [node(), str(HERE / "excel.js")],
        input=json.dumps(task),
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"NODE_EXTRA_CA_CERTS": str(place.known.certificate)},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def one_call(name, args, more=None):
    """A call as Node is told of it; ``more`` may say that its cells are unreadable."""
    return {"name": name, "args": [None if arg is OMITTED else rows_in(arg) for arg in args]} | (more or {})


def rows_in(arg):
    rows = grid(list(arg) if isinstance(arg, tuple) else arg)
    return [[{"error": cell.value} if isinstance(cell, CellError) else cell for cell in row] for row in rows]


def read(answer):
    """The rows of a cell and those it spills to, an error as `CellError`."""
    return [[CellError(cell["error"]) if isinstance(cell, dict) else cell for cell in row] for row in answer]
