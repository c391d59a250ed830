"""The default engine: formualizer, with Haircut's functions registered and its departures from Excel mended."""

import re
from collections.abc import Mapping
from functools import cached_property
from itertools import groupby
from typing import Any

import formualizer

from haircut.errors import CellError
from haircut_workbooks.package.address import Address, Area, a1, parse_area
from haircut_workbooks.package.book import Book, Value
from haircut_workbooks.package.forms import calls_haircut
from haircut_workbooks.package.sheet import Cell
from haircut_workbooks.package.splice import Edit, splice
from haircut_workbooks.recalc.border import FROM_KIND, Border, outgoing
from haircut_workbooks.recalc.engine import UNFINISHED, Recalculated, RecalculationFailed
from haircut_workbooks.recalc.fetched import fetched_cells
from haircut_workbooks.recalc.loops import loops
from haircut_workbooks.recalc.lowering import FIXED, ITEM, deepest, lowered
from haircut_workbooks.recalc.names import without_formula_names
from haircut_workbooks.recalc.what_if import results, what_if_tables

_LINK = re.compile(r"\[\d+\][^!]")
SETTLED, NOISE, ROUNDS, MOST_TABLES_IN_A_ROW, MOST_PASSES = 1e-11, 1e-6, 100, 4, 10
"""A loop is iterated until hardly anything moves, so that every formula in it holds; the second number allows
for rounding where numbers are large, and what it lets through the second engine still has to find again."""
DEEPEST_FORMULA = 100
"""Excel allows 64 levels; the engines are not safe from much deeper ones."""
_NOT_DONE = {
    "NImpl": "#N/IMPL!",
    "Circ": "part of a circular reference (#CIRC!)",
    "Cancelled": "cancelled",
    "Error": "#ERROR!",
}


class Formualizer:
    """Formualizer over one book, prepared once; every recalculation starts from a fresh load.

    Parameters
    ----------
    book : Book
        The workbook to calculate.
    iterate : bool
        Whether to iterate circular references also where the workbook does not say so.
    spills_move : bool
        Whether spills find their own size; else each keeps the block that the file gives it.
    """

    def __init__(self, book: Book, iterate: bool = False, spills_move: bool = True) -> None:
        self.book, self.iterate = book, iterate or book.iterates
        self._spills_move = spills_move
        self.fetched = fetched_cells(book)
        self.formulas = {a: text for a, text in book.formulas().items() if a not in self.fetched}
        self._arrays: dict[Address, Area] = {}
        self._spills: dict[Address, Area] = {}
        self._tables = what_if_tables(book)
        self._blocks = {} if spills_move else _blocks(book)

    @cached_property
    def _copy(self) -> bytes:
        """The engine's own copy of the book; made, it also says which arrays and spills there are."""
        plain = without_formula_names(self.book)
        edits: dict[Address, Edit] = {}
        for sheet in self.book.sheets:
            edits |= self._prepared(sheet, plain)
        # The engine would follow the file's own setting; how it iterates is said in `_loaded`.
        return splice(plain.without_iteration() if self.book.iterates else plain, edits)

    def _prepared(self, sheet: str, plain: Book) -> dict[Address, Edit]:
        """The cells of the engine's copy that differ from the plain book's."""
        edits: dict[Address, Edit] = {}
        followers = plain.shared_formulas(sheet)
        for place, cell in plain.scan(sheet).cells.items():
            if cell.formula is None:
                continue
            address = Address(sheet, *place)
            if address in self.fetched:
                edits[address] = Edit(self.book.value(address))
                continue
            if cell.formula.area is not None:
                edits |= self._prepared_array(address, cell, cell.formula.area)
                continue
            text = followers.get(place, cell.formula.text)
            self._check_depth(address, text)
            text = lowered(text, self.book.tables, cell.row, spills=self._blocks.get(sheet))
            if text != cell.formula.text or "t" in cell.formula.attributes:
                edits[address] = Edit(None, formula=text)
        return edits

    def _check_depth(self, address: Address, text: str) -> None:
        if text.count("(") > DEEPEST_FORMULA and deepest(text) > DEEPEST_FORMULA:
            raise RecalculationFailed(
                f"{self.book.name}: {address} nests brackets more than {DEEPEST_FORMULA} deep; split the formula"
            )

    def _prepared_array(self, anchor: Address, cell: Cell, area: Area) -> dict[Address, Edit]:
        """A Haircut call or dynamic array spills from its anchor; an old array formula is cut item by item."""
        assert cell.formula is not None
        if cell.formula.attributes.get("t") == "dataTable":
            return {anchor: Edit(self.book.value(anchor))}  # calculated by trials, in `_what_if`
        self._check_depth(anchor, cell.formula.text)
        blocks = self._blocks.get(anchor.sheet)
        text = lowered(cell.formula.text, self.book.tables, cell.row, array=True, spills=blocks)
        spills = "cm" in cell.attributes or calls_haircut(text)
        call, shape = (FIXED, f",{area.shape[0]},{area.shape[1]}") if spills else (ITEM, "")
        if spills and self._spills_move:
            self._spills[anchor] = area
            filled = {Address(anchor.sheet, *place): Edit(None) for place in area.cells}
            return filled | {anchor: Edit(None, formula=text)}
        self._arrays[anchor] = area
        return {
            Address(anchor.sheet, *place): Edit(None, formula=f"{call}({text},{row},{column}{shape})")
            for place, (row, column) in zip(area.cells, Area(1, 1, *area.shape).cells, strict=True)
        }

    def recalculate(self, inputs: Mapping[Address, Value]) -> Recalculated:
        """Return the value of every formula, given the inputs.

        Raises
        ------
        RecalculationFailed
            The engine cannot load the book, or left a cell at #NAME?, #N/IMPL!, #SPILL! or #CIRC!.
        """
        self._check_fetched(inputs)
        if self._spills_move and not self.iterate and self._only_haircut_spills:
            try:
                return self._still._calculated(inputs, fits=True)
            except _SpillsMove:
                pass
        try:
            return self._calculated(inputs)
        except _SpillsMove:
            return self._still._calculated(inputs)

    @cached_property
    def _only_haircut_spills(self) -> bool:
        """Whether several cells are filled by Haircut calls alone.

        They seldom change their size, and where they keep it one pass in the order of the cells is enough.
        """
        spills = [
            cell
            for sheet in self.book.sheets
            for cell, area in self.book.scan(sheet).arrays
            if area.size > 1 and "cm" in cell.attributes
        ]
        return bool(spills) and all(cell.formula and calls_haircut(cell.formula.text) for cell in spills)

    @cached_property
    def _still(self) -> "Formualizer":
        """The engine that keeps every spill to its block."""
        return Formualizer(self.book, self.iterate, spills_move=False)

    def _calculated(self, inputs: Mapping[Address, Value], fits: bool = False) -> Recalculated:
        """The values; with ``fits`` every spill must fit the block that it is kept to."""
        workbook = self._loaded()
        workbook.set_temporal_egress("serial")
        border = Border(workbook)
        self._set(workbook, inputs)
        self._evaluate_until_still(workbook, border)
        if fits and border.misfit:
            raise _SpillsMove
        tried = self._what_if(workbook, border)
        areas = {anchor: self._extent(workbook, anchor) for anchor in self._spills} | self._arrays
        values = self._values(workbook, areas) | tried
        return Recalculated(values, areas, border.reasons)

    def _check_fetched(self, inputs: Mapping[Address, Value]) -> None:
        moved = [str(cell) for cell, read in self.fetched.items() if read & inputs.keys()]
        if moved:
            raise RecalculationFailed(
                f"{self.book.name}: {moved[0]} fetches data that only Excel can, and reads an input; set it in Excel"
            )

    def _set(self, workbook: Any, inputs: Mapping[Address, Value]) -> None:
        for address, value in inputs.items():
            workbook.set_value(address.sheet, address.row, address.column, outgoing(value))

    def _evaluate(self, workbook: Any, border: Border) -> None:
        try:
            workbook.evaluate_all()
        except formualizer.ExcelEvaluationError as error:
            border.raise_interrupt()
            if "did not converge" in str(error) and self._spills_move:
                raise _SpillsMove from None
            raise RecalculationFailed(f"{self.book.name}: cannot be calculated: {error}") from None
        border.raise_interrupt()
        if self.iterate:
            self._check_settled(workbook)

    def _evaluate_until_still(self, workbook: Any, border: Border) -> None:
        """Evaluate, and then everything again, until nothing moves.

        Where spills feed spills, the engine leaves some readers of the later ones at a value from before.
        """
        self._evaluate(workbook, border)
        if self.iterate or all(area.size == 1 for area in self._spills.values()):
            return
        after = self._held(workbook)
        for _ in range(MOST_PASSES):
            before = after
            for run in self._typed:
                workbook.set_values_batch(*run[0], [[workbook.get_value(*address)] for address in run])
            self._evaluate(workbook, border)
            after = self._held(workbook)
            if after == before:
                return
        raise RecalculationFailed(f"{self.book.name}: its spills feed each other without end")

    @cached_property
    def _typed(self) -> list[list[Address]]:
        """Every cell that holds what was typed, and no part of a spill, in runs down a column."""
        spilled = {
            Address(anchor.sheet, *place) for anchor, area in self._spills.items() for place in area.cells
        }
        cells = sorted(
            (sheet, column, row)
            for sheet in self.book.sheets
            for (row, column), cell in self.book.scan(sheet).cells.items()
            if cell.formula is None and not isinstance(self.book.cached(cell), CellError | None)
        )
        typed = (Address(sheet, row, column) for sheet, column, row in cells)
        kept = enumerate(address for address in typed if address not in spilled)
        runs = groupby(kept, key=lambda item: (item[1].sheet, item[1].column, item[1].row - item[0]))
        return [[address for _, address in run] for _, run in runs]

    def _held(self, workbook: Any) -> list[Any]:
        return [workbook.get_value(*address) for address in self.formulas]

    def _check_settled(self, workbook: Any) -> None:
        """A loop that runs away, or still moves after many rounds, has no value that could be saved."""
        told = workbook.last_cycle_telemetry()
        if told is None or not told.iterated_sccs:
            return
        moving = told.nan_converged or (told.capped_sccs and not told.max_abs_delta_at_stop <= NOISE)
        overflown = {
            address
            for address in self.formulas
            if self._incoming(workbook.get_value(*address)) is CellError.NUM
        }
        if moving or overflown:
            looped = {cell for loop in loops(self.book) for cell in loop}
            if moving or looped & overflown:
                raise RecalculationFailed(
                    f"{self.book.name}: the circular references through "
                    f"{', '.join(map(str, sorted(looped)[:5]))} do not settle in {ROUNDS:,} rounds; "
                    "break the loop, or start it from other inputs"
                )

    def _what_if(self, workbook: Any, border: Border) -> dict[Address, Value]:
        """Every result of the what-if tables, tried in the engine, and put where other formulas read it."""
        found: dict[Address, Value] = {}
        for _ in range(MOST_TABLES_IN_A_ROW if self._tables else 0):
            before = found
            found = results(
                self._tables,
                lambda address: self._incoming(workbook.get_value(*address)),
                lambda inputs, formula: self._tried(workbook, border, inputs, formula),
            )
            self._set(workbook, found)
            self._evaluate(workbook, border)
            if found == before:
                return found
        if found:
            raise RecalculationFailed(f"{self.book.name}: its what-if tables feed each other without end")
        return found

    def _tried(
        self, workbook: Any, border: Border, inputs: Mapping[Address, Value], formula: Address
    ) -> Value:
        """The value of a formula with other inputs, which are put back, but not calculated again."""
        kept = {address: (workbook.get_formula(*address), workbook.get_value(*address)) for address in inputs}
        self._set(workbook, inputs)
        self._evaluate(workbook, border)
        value = self._incoming(workbook.get_value(*formula))
        for address, (text, raw) in kept.items():
            if text:
                workbook.set_formula(*address, text)
            else:
                workbook.set_value(*address, raw)
        return value

    def _loaded(self) -> Any:
        config = formualizer.EvaluationConfig()
        config.enable_parallel = False
        # Only loops that close count, as in Excel: a switched-off circuit breaker is no loop.
        config.cycle_detection = "runtime"
        if self.iterate:
            # Tighter than Excel's 0.001, so that what is saved fulfils every formula of the loop.
            config.cycle_policy, config.iterate_max_change = "iterate", SETTLED
            config.iterate_max_iterations = ROUNDS
        config.date_system = "1904" if self.book.date1904 else "1900"
        whole = formualizer.WorkbookConfig(mode=formualizer.WorkbookMode.Ephemeral, eval_config=config)
        try:
            return formualizer.Workbook.from_bytes(self._copy, config=whole)
        except (OSError, ValueError, RuntimeError) as error:
            links = [str(address) for address, text in self.formulas.items() if _LINK.search(text)]
            why = f"{links[0]} reads another workbook" if links else f"the engine cannot load it ({error})"
            raise RecalculationFailed(f"{self.book.name}: {why}") from None

    def _extent(self, workbook: Any, anchor: Address) -> Area:
        quoted = anchor.sheet.replace("'", "''")
        spill = workbook.inspect_cell(f"'{quoted}'!{str(anchor).rpartition('!')[2]}").cell.spill
        extent = spill.extent if spill is not None else None
        return parse_area(extent.rpartition("!")[2]) if extent else Area(*anchor[1:], *anchor[1:])

    def _values(self, workbook: Any, areas: Mapping[Address, Area]) -> dict[Address, Value]:
        tables = {Address(t.sheet, t.area.top, t.area.left) for t in self._tables}
        wanted = {a for a in self.formulas if a not in areas and a not in tables}
        for anchor, area in areas.items():
            wanted |= {Address(anchor.sheet, *place) for place in area.cells}
        values: dict[Address, Value] = {}
        failed = []
        for address in sorted(wanted):
            raw = workbook.get_value(*address)
            if isinstance(raw, dict) and raw.get("kind") in _NOT_DONE:
                failed.append(f"{address} is {_NOT_DONE[raw['kind']]}")
                continue
            value = self._incoming(raw)
            if isinstance(value, CellError) and value in UNFINISHED:
                failed.append(f"{address} is {value} ({self._formula(address)})")
            values[address] = value
        if failed:
            more = f" and {len(failed) - 5} more cells" if len(failed) > 5 else ""
            loop = any("#CIRC!" in line for line in failed) and not self.iterate
            cure = (
                "iterate it with --iterate" if loop else "the LibreOffice engine (--engine libreoffice) may"
            )
            raise RecalculationFailed(
                f"{self.book.name}: cannot be calculated: {'; '.join(failed[:5])}{more}; {cure}"
            )
        return values

    def _formula(self, address: Address) -> str:
        return "=" + self.formulas.get(address, "")[:80]

    def _incoming(self, raw: Any) -> Value:
        if isinstance(raw, dict):
            return FROM_KIND.get(raw.get("kind", ""), CellError.VALUE)
        if raw is None:
            return 0.0
        return raw if isinstance(raw, bool | str) else float(raw)


class _SpillsMove(Exception):
    """A spill does not fit its block, or there are too many that feed each other for the engine to place them."""


def _blocks(book: Book) -> dict[str, dict[str, str]]:
    """The block of each array formula of each sheet, by the reference to its first cell."""
    return {
        sheet: {a1(anchor.row, anchor.column): str(area) for anchor, area in book.scan(sheet).arrays}
        for sheet in book.sheets
    }
