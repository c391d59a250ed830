"""What an input cell may take: its kind, and the data validation that the workbook itself states."""

import re
from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta
from typing import Literal

from haircut.errors import CellError
from haircut_workbooks.package.address import Address, Area
from haircut_workbooks.package.book import EPOCH, EPOCH_1904, Book, Value, parse_reference
from haircut_workbooks.package.container import WorkbookRefused
from haircut_workbooks.package.pivots import pivot_areas
from haircut_workbooks.package.sheet import Validation
from haircut_workbooks.package.splice import number_text

REQUIRED_NAME = re.compile(r"Required(_\d)?", re.IGNORECASE)
Raw = float | int | str | bool | date | None

_TESTS: dict[str, Callable[[float, float, float], bool]] = {
    "between": lambda x, low, high: low <= x <= high,
    "notBetween": lambda x, low, high: not low <= x <= high,
    "equal": lambda x, low, _: x == low,
    "notEqual": lambda x, low, _: x != low,
    "greaterThan": lambda x, low, _: x > low,
    "greaterThanOrEqual": lambda x, low, _: x >= low,
    "lessThan": lambda x, low, _: x < low,
    "lessThanOrEqual": lambda x, low, _: x <= low,
}
_WORDS = {
    "between": "from {} to {}",
    "notBetween": "below {} or above {}",
    "equal": "{}",
    "notEqual": "other than {}",
    "greaterThan": "above {}",
    "greaterThanOrEqual": "at least {}",
    "lessThan": "below {}",
    "lessThanOrEqual": "at most {}",
}


class InputRefused(ValueError):
    """A value that a cell will not take; the message says what it would take."""


Allowance = Literal["locked", "signed"]
"""What a caller may allow: writing to cells that a protected sheet locks, or into a signed file."""


def check_unsigned(book: Book, allow: Collection[Allowance] = ()) -> None:
    """Raise `WorkbookRefused` where any change would break a digital signature of the whole file."""
    if book.container.signed and "signed" not in allow:
        raise WorkbookRefused(
            f"{book.name}: digitally signed, and a change breaks the signature; "
            "remove it in Excel, or allow it with --allow-signed"
        )


def check_place(book: Book, address: Address, allow: Collection[Allowance] = ()) -> None:
    """Raise `InputRefused` unless a cell is one that an analyst types into."""
    scan = book.scan(address.sheet)
    place = (address.row, address.column)
    cell = scan.cells.get(place)
    if cell is not None and cell.formula is not None:
        raise InputRefused(f"{address} holds a formula; name an input cell instead")
    for anchor, area in scan.arrays:
        if place in area:
            raise InputRefused(
                f"{address} is filled by the formula in {Address(address.sheet, anchor.row, anchor.column)}"
            )
    for area in scan.merged:
        if place in area and place != (area.top, area.left):
            raise InputRefused(f"{address} is hidden in the merged cells {area}; name its top left cell")
    for table in book.tables.values():
        first, last = table.area.top + table.headers, table.area.bottom - table.totals
        if table.sheet == address.sheet and place in table.area and not first <= address.row <= last:
            raise InputRefused(f"{address} is a header or total of a table; name a cell of its body")
    if any(place in area for area in pivot_areas(book, address.sheet)):
        raise InputRefused(f"{address} belongs to a pivot table; name a cell of the data that it shows")
    if "locked" not in allow and book.locked(address):
        raise InputRefused(
            f"{address} is locked, and its sheet protected; unprotect it in Excel, or allow it with --allow-locked"
        )


def required(book: Book) -> list[tuple[str, Area]]:
    """The blocks that a workbook says must hold something, by names such as ``Required``."""
    blocks = (book.named_area(name.name) for name in book.names if REQUIRED_NAME.fullmatch(name.name))
    return [block for block in blocks if block is not None]


def accepted(book: Book, address: Address, raw: Raw) -> Value:
    """Return a value in the kind that the cell holds, or say what the cell would take.

    Parameters
    ----------
    book : Book
        The workbook.
    address : Address
        An input cell.
    raw : number, text, boolean or date
        What was given; text is read as a number or an ISO date where the cell holds a number.

    Raises
    ------
    InputRefused
        The wrong kind, or against the cell's data validation.
    """
    rule = _rule(book, address)
    held = book.value(address)
    kind = rule.attributes.get("type", "") if rule is not None else ""
    value: Value
    if isinstance(held, bool):
        value = _boolean(raw)
    elif isinstance(held, float) or kind in ("decimal", "whole", "date", "time"):
        value = _number(raw, is_date=kind == "date", date1904=book.date1904)
    elif isinstance(raw, str) and held is None and kind == "":
        value = _read(raw, book.date1904)
    else:
        value = raw if isinstance(raw, str | bool) else _number(raw, False, book.date1904)
    if rule is not None:
        if kind == "list":
            _check_choice(_choices(book, address.sheet, rule), value)
        else:
            _check_limits(rule, kind, value, book.date1904)
    return value


def _read(text: str, date1904: bool) -> Value:
    """What a typed text means in a blank cell: a number or an ISO date where it reads as one."""
    try:
        return _number(text, False, date1904)
    except InputRefused:
        return text


def _rule(book: Book, address: Address) -> Validation | None:
    place = (address.row, address.column)
    rules = book.scan(address.sheet).validations
    return next((rule for rule in rules if any(place in area for area in rule.areas)), None)


def _boolean(raw: Raw) -> bool:
    if isinstance(raw, str) and raw.strip().upper() in ("TRUE", "FALSE"):
        return raw.strip().upper() == "TRUE"
    if isinstance(raw, bool):
        return raw
    raise InputRefused(f"must be TRUE or FALSE, but is {raw!r}")


def spelled(text: str) -> float | date:
    """The number or ISO date that a text spells; ValueError if it spells neither.

    >>> spelled("2.1"), spelled("2026-03-31")
    (2.1, datetime.date(2026, 3, 31))
    """
    if "_" in text:
        raise ValueError(text)
    return date.fromisoformat(text) if text.count("-") == 2 and text[:4].isdigit() else float(text)


def _number(raw: Raw, is_date: bool, date1904: bool) -> float:
    what = "a date such as 2026-03-31" if is_date else "a number"
    if isinstance(raw, str):
        text = raw.strip()
        try:
            raw = spelled(text)
        except ValueError:
            raise InputRefused(f'must be {what}, but is the text "{raw:.40}"') from None
    if isinstance(raw, date):
        moment = (
            raw.replace(tzinfo=None) if isinstance(raw, datetime) else datetime(raw.year, raw.month, raw.day)
        )
        first = EPOCH_1904 if date1904 else datetime(1900, 3, 1)
        if moment < first:
            raise InputRefused(f"must be a date from {first:%Y-%m-%d} on")
        return (moment - (EPOCH_1904 if date1904 else EPOCH)) / timedelta(days=1)
    if raw is None or isinstance(raw, bool):
        raise InputRefused(f"must be {what}, but is {'blank' if raw is None else str(raw).upper()}")
    try:
        value = float(raw)
    except OverflowError:
        raise InputRefused("must be a number that a cell can hold, but is too large") from None
    if value != value or value in (float("inf"), float("-inf")):
        raise InputRefused(f"must be a finite number, but is {value}")
    return value


def _choices(book: Book, sheet: str, rule: Validation) -> list[str]:
    """What a list allows, written in the rule or in a range; empty where that is a formula."""
    text = rule.formulas[0] if rule.formulas else ""
    if text.startswith('"'):
        return [choice.strip() for choice in text[1:-1].replace('""', '"').split(",")]
    here = sheet.replace("'", "''")
    target = book.named_area(text) or parse_reference(text) or parse_reference(f"'{here}'!{text}")
    if target is None or target[0] not in book.sheets:
        return []
    cells, area = book.scan(target[0]).cells, target[1]
    places = area.cells if area.size < len(cells) else [place for place in cells if place in area]
    values = [book.cached(cells[place]) for place in places if place in cells]
    return [_shown(value) for value in values if value is not None]


def _shown(value: Value) -> str:
    if isinstance(value, bool | CellError | None):
        return "" if value is None else str(value).upper()
    return value if isinstance(value, str) else number_text(value)


def _check_choice(choices: list[str], value: Value) -> None:
    if choices and _shown(value) not in choices:
        raise InputRefused(f'must be one of {", ".join(choices)}, but is "{_shown(value)}"')


def _check_limits(rule: Validation, kind: str, value: Value, date1904: bool) -> None:
    unit = ""
    if kind == "textLength":
        value, unit = float(len(_shown(value))), " characters"
    if kind not in ("decimal", "whole", "date", "time", "textLength") or not isinstance(value, float):
        return
    try:
        low, high = ([float(text) for text in rule.formulas] + [0.0, 0.0])[:2]
    except ValueError:
        return
    operator = rule.attributes.get("operator", "between")
    whole = kind == "whole"
    if operator in _TESTS and _TESTS[operator](value, low, high) and (not whole or value == int(value)):
        return
    shown = [_as_date(x, date1904) if kind == "date" else f"{x:.15g}" for x in (low, high, value)]
    limits = _WORDS.get(operator, "").format(*shown[:2])
    raise InputRefused(f"must be {'a whole number ' if whole else ''}{limits}{unit}, but is {shown[2]}")


def _as_date(serial: float, date1904: bool) -> str:
    try:
        return f"{(EPOCH_1904 if date1904 else EPOCH) + timedelta(days=serial):%Y-%m-%d}"
    except OverflowError:
        return f"{serial:g}"
