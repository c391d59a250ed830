"""Circular references, found in the text of the formulas alone: what reads itself, and where to cut it.

A range counts as read as a whole, and both branches of an IF count, so what is found here may be a loop that
never closes; what no text names, as OFFSET and INDIRECT read it, is not found.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator

from haircut_workbooks.package.address import Address, Area
from haircut_workbooks.package.book import Book
from haircut_workbooks.recalc.mentions import mentions

MOST_EDGES, DEEPEST_NAME = 10_000_000, 20


class TooManyReferences(Exception):
    """So many cells read so many others that a search for loops would take minutes."""


def loops(book: Book) -> list[list[Address]]:
    """Return every set of formula cells that read each other.

    Raises
    ------
    TooManyReferences
        The search would take too long.
    """
    return _Search(_Graph(book)).run()


def cuts(book: Book) -> list[Address]:
    """Return cells that, taken out, leave no loop: where a walk along the references comes back to itself.

    Raises
    ------
    TooManyReferences
        The search would take too long.
    """
    graph = _Graph(book)
    found: set[Address] = set()
    done: set[Address] = set()
    for loop in _Search(graph).run():
        members = set(loop)
        for start in loop:
            if start in done or start in found:
                continue
            on_path, path = {start}, [(start, graph.reads(start))]
            while path:
                cell, following = path[-1]
                other = next(following, None)
                if other is None:
                    path.pop()
                    on_path.discard(cell)
                    done.add(cell)
                elif other in on_path:
                    found.add(other)
                elif other in members and other not in done and other not in found:
                    on_path.add(other)
                    path.append((other, graph.reads(other)))
    return sorted(found)


class _Graph:
    """Which formula cells each formula cell reads."""

    def __init__(self, book: Book) -> None:
        self.book, self.edges = book, 0
        self.sheets = {name.casefold(): name for name in book.sheets}
        self.names = {(n.sheet or "", n.name.casefold()): n.text for n in book.names}
        self.texts: dict[Address, tuple[str, int, int]] = {}
        self.rows: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        self.filled: dict[Address, Address] = {}
        for sheet in book.sheets:
            masters: dict[str, tuple[str, int, int]] = {}
            for place, cell in book.scan(sheet).cells.items():
                if cell.formula is None:
                    continue
                text, row, column = cell.formula.text, *place
                if cell.formula.attributes.get("t") == "shared":
                    group = cell.formula.attributes.get("si", "")
                    text, row, column = masters.setdefault(group, (text, row, column))
                self.texts[Address(sheet, *place)] = text, place[0] - row, place[1] - column
                self.rows[sheet][place[1]].append(place[0])
            for anchor, area in book.scan(sheet).arrays:
                for row, column in area.cells:
                    self.filled[Address(sheet, row, column)] = Address(sheet, anchor.row, anchor.column)
                    self.rows[sheet][column].append(row)
            for places in self.rows[sheet].values():
                places[:] = sorted(set(places))

    def reads(self, address: Address) -> Iterator[Address]:
        """The formula cells that one formula reads."""
        text, rows, columns = self.texts[address]
        for sheet, area in self._areas(text, address.sheet, rows, columns, 0):
            lines = self.rows.get(sheet, {})
            wanted = range(area.left, area.right + 1) if area.right - area.left < len(lines) else lines
            for column in wanted:
                if area.left <= column <= area.right and column in lines:
                    places = lines[column]
                    for row in places[bisect_left(places, area.top) : bisect_right(places, area.bottom)]:
                        self.edges += 1
                        if self.edges > MOST_EDGES:
                            raise TooManyReferences
                        found = Address(sheet, row, column)
                        yield self.filled.get(found, found)

    def _areas(
        self, text: str, sheet: str, rows: int, columns: int, depth: int
    ) -> Iterator[tuple[str, Area]]:
        """The sheets and blocks that a text mentions, also through names and tables."""
        found = mentions(text)
        for block in found.blocks:
            home = sheet if block.sheet is None else self.sheets.get(block.sheet.casefold())
            if home is not None:
                yield home, block.seen_from(rows, columns)
        for name in found.tables:
            table = self.book.tables.get(name.casefold())
            if table is not None:
                yield table.sheet, table.area
        for name in found.names if depth < DEEPEST_NAME else ():
            own = self.names.get((sheet, name.casefold()))
            meant = own if own is not None else self.names.get(("", name.casefold()))
            if meant is not None:
                yield from self._areas(meant, sheet, 0, 0, depth + 1)


class _Search:
    """Tarjan's strongly connected components, without recursion."""

    def __init__(self, graph: _Graph) -> None:
        self.graph = graph
        self.index: dict[Address, int] = {}
        self.low: dict[Address, int] = {}
        self.stack: list[Address] = []
        self.waiting: set[Address] = set()
        self.found: list[list[Address]] = []

    def run(self) -> list[list[Address]]:
        for start in self.graph.texts:
            if start not in self.index:
                self.visit(start)
        return self.found

    def visit(self, start: Address) -> None:
        path = [(start, self.enter(start))]
        while path:
            cell, following = path[-1]
            other = next(following, None)
            if other is None:
                path.pop()
                self.leave(cell)
                if path:
                    above = path[-1][0]
                    self.low[above] = min(self.low[above], self.low[cell])
            elif other not in self.index:
                path.append((other, self.enter(other)))
            elif other in self.waiting:
                self.low[cell] = min(self.low[cell], self.index[other])

    def enter(self, cell: Address) -> Iterator[Address]:
        self.index[cell] = self.low[cell] = len(self.index)
        self.stack.append(cell)
        self.waiting.add(cell)
        return self.graph.reads(cell)

    def leave(self, cell: Address) -> None:
        if self.low[cell] != self.index[cell]:
            return
        members: list[Address] = []
        while not members or members[-1] != cell:
            members.append(self.stack.pop())
            self.waiting.discard(members[-1])
        if len(members) > 1 or cell in set(self.graph.reads(cell)):
            self.found.append(sorted(members))
