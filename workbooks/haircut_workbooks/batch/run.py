"""Regenerating a portfolio: each deal through the one verified road, in a pool of processes."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from haircut.errors import CellError
from haircut_workbooks.batch.journal import Journal
from haircut_workbooks.batch.portfolio import DealError, Portfolio, Row, file_stem
from haircut_workbooks.package.book import Book, Value
from haircut_workbooks.package.container import WorkbookRefused
from haircut_workbooks.recalc.engine import Engine, RecalculationFailed
from haircut_workbooks.recalc.formualizer_engine import Formualizer
from haircut_workbooks.recalc.recalculate import Calculated, calculate, verify

OUTPUT, BREACH, CHECK, RANK = "Out_", "Breach_", "Check_", "Rank"
"""What the defined names of a book mean to a batch: results to list, covenant flags, checks that must be
TRUE, and the one cell that ranks the deals (the higher, the worse)."""

UNCALIBRATED = "_Uncalibrated"
"""Ending of a name whose number rests on something that no one has measured; never left out where it is shown."""


@dataclass(frozen=True)
class DealResult:
    """What became of one deal: its workbook and outputs, or the reason why there is none."""

    row: Row
    path: Path | None = None
    reason: str = ""
    outputs: dict[str, Value] = field(default_factory=dict)
    breaches: tuple[str, ...] = ()
    rank: float = 0.0

    @property
    def broken(self) -> int:
        """How many tests are broken, leaving out those that rest on an uncalibrated number."""
        return sum(not name.endswith(UNCALIBRATED) for name in self.breaches)


def named_values(book: Book, prefix: str) -> dict[str, Value]:
    """Values of the cells whose defined name begins with a prefix, in the order of the sheets."""
    return {
        name: book.value(address) for name, address in book.named_cells.items() if name.startswith(prefix)
    }


def check_deal(done: Calculated) -> None:
    """Raise `DealError` where one of the book's own checks is not TRUE."""
    for name, value in named_values(done.book, CHECK).items():
        if value is not True:
            address = done.book.named_cells[name]
            shown = "FALSE" if value is False else value
            whys = sorted(
                {f"{function}: {why}" for function, all_ in done.reasons.items() for why in all_[:1]}
            )
            because = f" ({'; '.join(whys[:3])})" if whys else ""
            raise DealError(f"the check {address} ({name}) is {shown}{because}; mend the inputs it rests on")


def broken_tests(book: Book) -> tuple[str, ...]:
    """Names of the tests that are TRUE; `DealError` where one is neither TRUE nor FALSE, so tells nothing."""
    values = named_values(book, BREACH)
    for name, value in values.items():
        if not isinstance(value, bool):
            raise DealError(
                f"the test {book.named_cells[name]} ({name}) is {value}; it must be TRUE or FALSE"
            )
    return tuple(name for name, value in values.items() if value)


def regenerate_deal(engine: Engine, book: Book, portfolio: Portfolio, row: Row, folder: Path) -> DealResult:
    """Regenerate one deal; whatever is wrong with it becomes the result's reason."""
    path = folder / f"{file_stem(row.label)}{Path(book.name).suffix or '.xlsx'}"
    journal = Journal(folder)
    try:
        journal.check(path)
        done = calculate(engine, book, portfolio.inputs(book, row))
        check_deal(done)
        breaches = broken_tests(done.book)
        verify(done.book)
        journal.write(path, done.book.data)
    except DealError as error:
        return DealResult(row, reason=f"{portfolio.path}, row {row.line}, {error}")
    except (RecalculationFailed, WorkbookRefused) as error:
        return DealResult(row, reason=f"{portfolio.path}, row {row.line}: {error}")
    return DealResult(
        row, path, outputs=named_values(done.book, OUTPUT), breaches=breaches, rank=_rank(done.book)
    )


def _rank(book: Book) -> float:
    value = book.value(book.named_cells[RANK]) if RANK in book.named_cells else 0.0
    return float("inf") if isinstance(value, CellError) else value if isinstance(value, float) else 0.0


def regenerate(
    book: Book,
    portfolio: Portfolio,
    folder: Path,
    workers: int | None = None,
    progress: Callable[[], object] = lambda: None,
) -> list[DealResult]:
    """Regenerate every deal of a portfolio.

    Parameters
    ----------
    book : Book
        The workbook to regenerate.
    portfolio : Portfolio
        The deals.
    folder : Path
        Where the workbooks go; it exists.
    workers : int, optional
        Processes; as many as there are processors if omitted.
    progress : callable
        Called when a deal is done.

    Returns
    -------
    list of DealResult
        In the portfolio's order. The same rows give the same bytes whatever the number of workers.
    """
    count = min(workers or os.cpu_count() or 1, len(portfolio.rows))
    results: dict[int, DealResult] = {}
    for result in _results(book, portfolio, folder, count):
        results[result.row.line] = result
        progress()
    return [results[row.line] for row in portfolio.rows]


def _results(book: Book, portfolio: Portfolio, folder: Path, count: int) -> Iterator[DealResult]:
    engine = Formualizer(
        book
    )  # also where a book that no engine can prepare is refused, before any process starts
    if count == 1:
        for row in portfolio.rows:
            yield regenerate_deal(engine, book, portfolio, row, folder)
        return
    pool = ProcessPoolExecutor(
        count, get_context("spawn"), initializer=_prepare, initargs=(book.data, book.name, portfolio, folder)
    )
    try:
        waiting = {pool.submit(_one, row): row for row in portfolio.rows}
        for done in as_completed(waiting):
            try:
                yield done.result()
            except BrokenProcessPool:
                row = waiting[done]
                reason = (
                    f"{portfolio.path}, row {row.line}: its process was stopped from outside; run it again"
                )
                yield DealResult(row, reason=reason)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_worker: Callable[[Row], DealResult]


def _prepare(data: bytes, name: str, portfolio: Portfolio, folder: Path) -> None:
    """Load the book and its engine once in each worker."""
    global _worker
    book = Book(data, name)
    engine = Formualizer(book)
    _worker = lambda row: regenerate_deal(engine, book, portfolio, row, folder)  # noqa: E731


def _one(row: Row) -> DealResult:
    return _worker(row)


def worst_first(results: list[DealResult]) -> list[DealResult]:
    """The deals that have a workbook, most broken tests first, then by the book's own rank."""
    return sorted((r for r in results if r.path is not None), key=lambda r: (-r.broken, -r.rank))
