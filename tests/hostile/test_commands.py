"""Every hostile file through every command, with 300 MB: one clear line in 2 seconds, and nothing written."""

import io
import json
import os
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from tests.hostile.test_refusals import FILES, SHEET, STRINGS, WORKBOOK, good, with_cell, with_part
from tests.package.handmade import sheet_xml, zipped

SECONDS, MEGABYTES = 2.0, 300
COMMANDS = {
    "set": ["set", "hostile.xlsx", "Data!A1=1", "--recalc"],
    "recalc": ["recalc", "hostile.xlsx"],
    "verify": ["verify", "hostile.xlsx"],
    "inspect": ["inspect", "hostile.xlsx"],
}


def nul_in_a_name():
    data = zipped(good() | {"xl/zzz_xml": b"<x/>"})
    return data.replace(b"xl/zzz_xml", b"xl/zzz\0xml")


def zip64_offset_beyond_the_end():
    """The directory says that a part begins four gigabytes on."""
    data = bytearray(zipped(good()))
    at = data.rindex(SHEET.encode()) - 4
    data[at : at + 4] = struct.pack("<I", 0xFFFFFFFE)
    return bytes(data)


def zip64_without_its_field():
    """A size that says 'look in the zip64 field', where there is none."""
    data = bytearray(zipped(good()))
    at = data.rindex(SHEET.encode()) - 46 + 20
    data[at : at + 8] = b"\xff" * 8
    return bytes(data)


def names(listed):
    formula = '<row r="1"><c r="A1"><f>N0</f></c></row>'
    parts = good(formula)
    entries = "".join(f'<definedName name="{name}">{text}</definedName>' for name, text in listed)
    data = parts[WORKBOOK].replace(
        b"</workbook>", f"<definedNames>{entries}</definedNames></workbook>".encode()
    )
    return zipped(parts | {WORKBOOK: data})


def formula(text):
    return with_cell(f'<c r="B1"><f>{text}</f><v>1</v></c>')


WORSE = {
    "NUL in a part name": (nul_in_a_name, "unsafe name"),
    "zip64 offset beyond the end": (zip64_offset_beyond_the_end, "damaged"),
    "zip64 sizes without their field": (zip64_without_its_field, "too large when unpacked"),
    "a million empty rows": (
        lambda: zipped(good("".join(f'<row r="{r}"/>' for r in range(1, 1_000_001)))),
        "more than 400,000 rows",
    ),
    "formula of 40,000 characters": (lambda: formula("1" + "+1" * 20_000), "is 40,001 characters long"),
    "brackets 4,000 deep": (lambda: formula("(" * 4_000 + "1" + ")" * 4_000), "Data!B1 nests brackets"),
    "calls 2,000 deep": (lambda: formula("ABS(" * 2_000 + "1" + ")" * 2_000), "Data!B1 nests brackets"),
    "brackets that never close": (lambda: formula("(" * 90 + "1"), "cannot load it"),
    "names in a circle": (lambda: names([("N0", "N1"), ("N1", "N0")]), "Data!A1"),
    "a name that is itself": (lambda: names([("N0", "N0+1")]), "Data!A1"),
    "shared formula in a circle": (
        lambda: with_cell('<c r="B1"><f t="shared" ref="B1:B2" si="0">B1</f><v>0</v></c>'),
        "circular",
    ),
    "what-if table over its own inputs": (
        lambda: with_cell('<c r="A1"><f t="dataTable" ref="A1:B2" dt2D="1" r1="A1" r2="B1"/><v>0</v></c>'),
        "Data!A1",
    ),
    "array of a million cells": (
        lambda: with_cell('<c r="A1"><f t="array" ref="A1:A1048577">1</f><v>0</v></c>'),
        "outside the sheet",
    ),
}
HARMLESS = {
    "strings that claim to be 4 billion": lambda: with_part(
        STRINGS, good()[STRINGS].replace(b"<sst", b'<sst count="4294967295" uniqueCount="4294967295"')
    ),
    "a chain of 2,000 names": lambda: names([(f"N{i}", f"N{i + 1}") for i in range(2_000)] + [("N2000", "Data!$B$9")]),
    "a hundred thousand empty rows": lambda: zipped(
        good("".join(f'<row r="{r}"/>' for r in range(1, 100_001)))
    ),
    "60,000 merged cells": lambda: zipped(
        good() | {SHEET: sheet_xml("", "<mergeCells>" + '<mergeCell ref="B1:C2"/>' * 60_000 + "</mergeCells>")}
    ),
    "a validation over everything": lambda: zipped(
        good()
        | {SHEET: sheet_xml("", '<dataValidations><dataValidation sqref="A1:XFD1048576" type="whole">'
           "<formula1>0</formula1><formula2>9</formula2></dataValidation></dataValidations>")}
    ),
}  # fmt: skip
NO_VALUES = ("string", "number")
"""In the names of cases that lie in a cell's value, which `inspect` does not read."""


class Worker:
    """One process for all cases: starting one for each would take minutes."""

    def __init__(self, folder):
        root = Path(__file__).parents[2]
        command = [sys.executable, "-m", "tests.hostile.worker", str(MEGABYTES)]
        env = os.environ | {"PYTHONPATH": os.pathsep.join([str(root), *sys.path])}
        self.folder = folder
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def run(self, arguments):
        self.process.stdin.write(json.dumps(arguments) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, f"the process died of {arguments}"
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=30)


@pytest.fixture(scope="module")
def worker(tmp_path_factory):
    worker = Worker(tmp_path_factory.mktemp("hostile"))
    yield worker
    worker.close()


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is limited only on Linux")
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", [*FILES, *WORSE])
def test_one_line_quickly_and_nothing_written(name, command, worker):
    build, reason = (FILES | WORSE)[name]
    data = build()
    path = worker.folder / "hostile.xlsx"
    path.write_bytes(data)
    told = worker.run(COMMANDS[command])
    assert told["seconds"] < SECONDS
    assert path.read_bytes() == data
    assert [p.name for p in worker.folder.iterdir()] == ["hostile.xlsx"]
    if command == "inspect" and (name in WORSE or any(word in name for word in NO_VALUES)):
        assert told["status"] in (0, 2), told
        return
    assert told["status"] in (1, 2), told
    lines = told["err"].strip().splitlines()
    assert len(lines) == 1, told
    assert lines[0].startswith("haircut: hostile.xlsx: ")
    assert reason in lines[0] or name in FILES


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", HARMLESS)
def test_what_only_looks_hostile_is_read_or_refused_quickly(name, command, worker):
    (worker.folder / "hostile.xlsx").write_bytes(HARMLESS[name]())
    told = worker.run(COMMANDS[command])
    assert told["status"] in (0, 1, 2), told
    assert told["seconds"] < SECONDS
    assert len(told["err"].strip().splitlines()) == (told["status"] != 0)


def test_the_worker_is_short_of_memory(worker):
    """The limit bites: a sound file that unpacks to more than it allows ends the command."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for part, data in good().items():
            archive.writestr(part, data)
        archive.writestr("xl/big.bin", bytes(350 << 20))
    (worker.folder / "hostile.xlsx").write_bytes(file.getvalue())
    assert "MemoryError" in str(worker.run(COMMANDS["inspect"])["status"])
    (worker.folder / "hostile.xlsx").unlink()
