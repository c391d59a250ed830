"""What differs between two workbooks, part by part and byte by byte, but for the cells that may."""

from haircut_workbooks.package.address import Address


def differences(old, new, allowed):
    """A line for each part or stretch of bytes that differs outside the allowed cells."""
    lines = [f"{part} is gone" for part in old.container.parts if not new.container.has(part)]
    lines += [f"{part} is new" for part in new.container.parts if not old.container.has(part)]
    sheets = {part.lower(): sheet for sheet, part in old.sheets.items()}
    for part in old.container.parts:
        if not new.container.has(part) or old.container.read(part) == new.container.read(part):
            continue
        sheet = sheets.get(part.lower())
        if sheet is None:
            lines.append(f"{part} differs")
        elif rest(old, sheet, allowed) != rest(new, sheet, allowed):
            lines.append(f"{sheet} differs outside the cells that may")
    return lines


def rest(book, sheet, allowed):
    """A sheet's bytes without the cells that may differ."""
    found = book.scan(sheet)
    cells = sorted((c.start, c.end) for place, c in found.cells.items() if Address(sheet, *place) in allowed)
    pieces, at = [], 0
    for start, end in cells:
        pieces.append(found.data[at:start])
        at = end
    return b"".join([*pieces, found.data[at:]])


def calculated_cells(book):
    """Every cell whose value a recalculation may renew: formulas and what they fill."""
    cells = set(book.formulas())
    for sheet in book.sheets:
        for _, area in book.scan(sheet).arrays:
            cells |= {Address(sheet, *place) for place in area.cells}
    return cells
