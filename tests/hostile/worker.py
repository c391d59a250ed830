"""Runs commands on files in one process with little memory; a line of JSON for each: status, text, seconds of
processor time, which a busy machine does not stretch.

Arguments are the megabytes beyond what the process has after its imports, and the folder; the commands come
as JSON lists on the standard input.
"""

import contextlib
import io
import json
import resource
import sys
import time
from pathlib import Path

from haircut_workbooks.cli import app


def mapped():
    """Bytes of memory that the process has mapped."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def run(arguments):
    out, err = io.StringIO(), io.StringIO()
    started = time.process_time()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            app(args=arguments, prog_name="haircut")
            status = 0
        except SystemExit as stop:
            status = stop.code or 0
        except BaseException as error:
            status = f"{type(error).__name__}: {error}"
    return {
        "status": status,
        "err": err.getvalue(),
        "out": out.getvalue()[-300:],
        "seconds": time.process_time() - started,
    }


def main():
    limit = mapped() + int(sys.argv[1]) * (1 << 20)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
