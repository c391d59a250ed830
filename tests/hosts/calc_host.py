"""LibreOffice Calc as an analyst meets it: the calls as they are typed, ranges handed over as Calc does."""

from tests.hosts.calls import every_call, laid_out
from tests.office import warm_office

from haircut.hosts.calc.border import ERRORS
from haircut_workbooks.package.address import Area
from haircut_workbooks.package.forms import Form, with_calls, written
from haircut_workbooks.package.splice import Edit, splice
from haircut_workbooks.recalc.office import Block

TRUTHS = {True: 1.0, False: 0.0}


def in_numbers(rows):
    """An add-in's TRUE is 1 in Calc."""
    return [[TRUTHS[cell] if isinstance(cell, bool) else cell for cell in row] for row in rows]


DECIDED_BY_HOST = {
    one.name: in_numbers(one.direct)
    for one in every_call()
    if any(isinstance(cell, bool) for row in one.direct for cell in row)
}


def answers():
    """What each call gives on this host, as rows of cells."""
    laid = laid_out()
    blocks = [
        Block(at.sheet, Area(at.row, at.column, at.row + len(one.direct) - 1, len(one.direct[0])))
        for at, one in zip(laid.anchors, every_call(), strict=True)
    ]
    office = warm_office()
    edits = {
        at: Edit(None, formula=typed(laid.book.formulas()[at], office.dotted), area=block.area)
        for at, block in zip(laid.anchors, blocks, strict=True)
    }
    found = office.calculate(splice(laid.book, edits), laid.book.name, blocks)
    return [[[cell_of(value) for value in row] for row in rows] for rows in found]


def typed(formula, dotted):
    """A formula as the office stores what is typed."""
    return with_calls(formula, lambda call: written(call, Form.CALC)) if dotted else formula


def cell_of(value):
    """A value as the office hands it out; an error is a list of its number."""
    return ERRORS[value[0]] if isinstance(value, list) else value
