"""The warm office: many books, some deaths, and nothing left behind."""

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import xlsxwriter
from tests.office import warm_office
from tests.recalc.made import of_formulas

from haircut.errors import HostRefused
from haircut_workbooks.package.address import Area
from haircut_workbooks.package.book import Book
from haircut_workbooks.recalc import office as office_module
from haircut_workbooks.recalc.engine import RecalculationFailed
from haircut_workbooks.recalc.libreoffice_engine import LibreOffice
from haircut_workbooks.recalc.office import Block, Office

BOOKS, KILLED_BEFORE = 200, {30: "office", 90: "worker", 150: "office"}
SLOW = "SUMPRODUCT(1/(1+ROW($1:$200000)*ROW($1:$200000)))"
HERE = Path(__file__).parents[3]


def office_processes(office):
    """The ids of the office's processes; the worker first."""
    group = office._worker.process.pid
    found = subprocess.run(["pgrep", "-g", str(group)], capture_output=True, text=True, check=False).stdout
    return [group, *(pid for pid in map(int, found.split()) if pid != group)]


def book(number):
    """A book whose answers follow from its number."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("Data")
        sheet.write_column("A1", [number, 1000, 0])
        sheet.write_formula("B1", "=HC_LTV(A1,A2)", None, -1)
        sheet.write_formula("B2", "=SUM(A1:A3)*2", None, -1)
        sheet.write_formula("B3", "=HC_LTV(A1,A3)", None, -1)
    return Book(file.getvalue(), f"book {number}.xlsx")


@pytest.fixture
def office():
    warm_office()
    with Office() as own:
        yield own


def test_two_hundred_books_and_three_deaths(office):
    wrong = []
    for number in range(BOOKS):
        if number in KILLED_BEFORE:
            worker, child = office_processes(office)
            os.kill(child if KILLED_BEFORE[number] == "office" else worker, signal.SIGKILL)
        values = LibreOffice(book(number), office).recalculate({}).values
        got = [str(value) for _, value in sorted(values.items())]
        if got != [str(number / 1000), str((number + 1000) * 2.0), "#DIV/0!"]:
            wrong.append((number, got))
    assert wrong == []
    processes, folder = office_processes(office), office.folder
    office.__exit__()
    assert_gone(processes, folder)


def assert_gone(processes, folder):
    """A killed process may need a moment until the system has removed it."""
    until = time.monotonic() + 10
    while (alive := [pid for pid in processes if running(pid)]) or folder.exists():
        assert time.monotonic() < until, (alive, folder.exists())
        time.sleep(0.02)


def running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_book_that_kills_it_twice_fails_by_name_and_the_next_is_right(office, monkeypatch):
    ask = office_module._Worker.ask

    def dying(worker, request, seconds):
        os.kill(office_processes(office)[1], signal.SIGKILL)
        return ask(worker, request, seconds)

    with monkeypatch.context() as patched, pytest.raises(RecalculationFailed, match="book 7.*ended twice"):
        patched.setattr(office_module._Worker, "ask", dying)
        LibreOffice(book(7), office).recalculate({})
    assert LibreOffice(book(8), office).recalculate({}).values[("Data", 1, 2)] == 0.008


def test_a_book_that_takes_too_long_fails_by_name_and_the_next_is_right(office):
    slow = of_formulas({f"B{row}": f"={SLOW}+A{row}" for row in range(1, 400)})
    office.seconds = 2
    with pytest.raises(RecalculationFailed, match="book.xlsx: .* did not finish it within 2 seconds"):
        LibreOffice(slow, office).recalculate({})
    office.seconds = 60
    assert LibreOffice(book(9), office).recalculate({}).values[("Data", 1, 2)] == 0.009


def test_a_lock_that_someone_left_does_not_matter(office):
    (office.folder / ".~lock.book.xlsx#").write_text(",someone,elsewhere,01.01.2026 00:00,file:///nowhere;")
    assert LibreOffice(book(5), office).recalculate({}).values[("Data", 1, 2)] == 0.005


def test_what_is_no_workbook_is_refused_and_the_next_is_right(office):
    with pytest.raises(RecalculationFailed, match="junk.xlsx: LibreOffice cannot calculate it"):
        office.calculate(b"junk", "junk.xlsx", [Block("Data", Area(1, 1, 1, 1))])
    assert LibreOffice(book(6), office).recalculate({}).values[("Data", 1, 2)] == 0.006


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_when_the_caller_ends(how):
    """Even where the caller has no chance to clear up."""
    warm_office()
    code = (
        "import time\n"
        "from haircut_workbooks.recalc.office import Office\n"
        "from tests.hosts.calc.test_warm_office import office_processes\n"
        "with Office() as office:\n"
        "    print(office.folder, *office_processes(office), flush=True); time.sleep(60)"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")])}
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
    ) as caller:
        folder, *processes = caller.stdout.readline().split()
        assert all(running(pid) for pid in processes)
        caller.send_signal(how)
        caller.wait(20)
    assert_gone(list(map(int, processes)), Path(folder))


def test_an_office_that_does_not_start_says_why(monkeypatch):
    warm_office()
    monkeypatch.setattr(office_module, "PYTHON", sys.executable)
    with pytest.raises(HostRefused, match="does not start: .* has no UNO: apt-get install python3-uno"):
        Office().__enter__()
