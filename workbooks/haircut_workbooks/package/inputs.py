"""Values set in a workbook that exists: found by name, checked, spliced in, and written whole or not at all."""

from collections.abc import Collection, Mapping
from pathlib import Path

from haircut_workbooks.package.address import Address
from haircut_workbooks.package.book import Book, Value
from haircut_workbooks.package.container import WorkbookRefused
from haircut_workbooks.package.rules import (
    Allowance,
    InputRefused,
    Raw,
    accepted,
    check_place,
    check_unsigned,
    required,
)
from haircut_workbooks.package.splice import Edit, splice


def set_values(
    path: Path | str,
    values: Mapping[str, Raw],
    out: Path | str | None = None,
    *,
    allow: Collection[Allowance] = (),
    full_calc_on_load: bool = False,
    password: str | None = None,
) -> dict[Address, Value]:
    """Set input cells of a workbook file; everything else in the file stays byte for byte.

    Formulas keep the values they had: let Excel calculate when it opens the file (``full_calc_on_load``),
    or recalculate with ``haircut_workbooks.recalc``. Charts and pivot tables follow when Excel refreshes them.

    Parameters
    ----------
    path : path
        An .xlsx or .xlsm file.
    values : mapping
        New values by defined name or ``Sheet!A1``: a number, text, boolean, date (days as the workbook
        counts them), or None to clear the cell.
    out : path, optional
        Where to write; over the file itself if omitted.
    allow : {"locked", "signed"}, optional
        Also write to cells that a protected sheet locks, or into a file whose signature this breaks.
    full_calc_on_load : bool
        Whether to tell Excel to calculate every formula when it opens the file.
    password : str, optional
        Opens an encrypted file; it is written encrypted with the same password.

    Returns
    -------
    dict of Address to value
        What was written to each cell.

    Raises
    ------
    WorkbookRefused
        The file cannot be read or written safely, or a cell does not take its value: a formula, part of an
        array, spill, what-if table, merged block, pivot table or table header, locked, the wrong kind, or
        against its data validation. Nothing is written then; the message names file, sheet, cell and cure.

    Examples
    --------
    >>> import tempfile, xlsxwriter
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "loan.xlsx"
    >>> with xlsxwriter.Workbook(path) as workbook:
    ...     sheet = workbook.add_worksheet("Inputs")
    ...     _ = sheet.write("B2", 2.4), sheet.write("B3", "=B2*8760", None, 21024)
    ...     _ = workbook.define_name("Rent", "=Inputs!$B$2")
    >>> set_values(path, {"Rent": 2.1, "Inputs!A1": "base case"}, full_calc_on_load=True)
    {Address(sheet='Inputs', row=2, column=2): 2.1, Address(sheet='Inputs', row=1, column=1): 'base case'}
    >>> set_values(path, {"Inputs!B3": 1})  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    haircut_workbooks.package.container.WorkbookRefused: ...: Inputs!B3 holds a formula; name an input cell instead
    """
    book = Book.open(Path(path), password)
    inputs = checked(book, values, allow)
    data = splice(book, edits_of(inputs), full_calc_on_load)
    book.changed(data).write(Path(out or path))
    return inputs


def edits_of(inputs: Mapping[Address, Value]) -> dict[Address, Edit]:
    """The edits that put inputs into their cells."""
    return {address: Edit(value) for address, value in inputs.items()}


def checked(book: Book, values: Mapping[str, Raw], allow: Collection[Allowance] = ()) -> dict[Address, Value]:
    """Return each value by its cell and in the cell's kind, or refuse the first that a cell does not take.

    Raises
    ------
    WorkbookRefused
        As `set_values`.
    """
    check_unsigned(book, allow)
    inputs: dict[Address, Value] = {}
    for target, raw in values.items():
        try:
            address = book.find(target)
        except KeyError as error:
            raise WorkbookRefused(f"{book.name}: {error.args[0]}") from None
        if address in inputs:
            raise WorkbookRefused(f"{book.name}: {address} is given twice; leave one of its values out")
        try:
            check_place(book, address, allow)
        except InputRefused as error:
            raise WorkbookRefused(f"{book.name}: {error}") from None
        try:
            if raw is None and any(
                address.sheet == there and address[1:] in block for there, block in required(book)
            ):
                raise InputRefused("is required by the workbook; give it a value")
            inputs[address] = None if raw is None else accepted(book, address, raw)
        except InputRefused as error:
            raise WorkbookRefused(f"{book.name}: {address} {error}") from None
    return inputs
