"""What a cell style says: how a number is shown, and whether a protected sheet locks the cell."""

from functools import cached_property

from lxml import etree

BUILT_IN_FORMATS = {
    "1": "0",
    "2": "0.00",
    "3": "#,##0",
    "4": "#,##0.00",
    "9": "0%",
    "10": "0.00%",
    "14": "yyyy-mm-dd",
    "49": "@",
}


class Styles:
    """The cell styles of a workbook, by their number.

    Parameters
    ----------
    root : element or None
        The styles part; None where the workbook has none.
    """

    def __init__(self, root: etree._Element | None) -> None:
        self._root = etree.Element("none") if root is None else root

    @cached_property
    def _formats(self) -> list[str]:
        own = {
            str(i.get("numFmtId")): str(i.get("formatCode"))
            for i in self._root.iterfind("{*}numFmts/{*}numFmt")
        }
        known = BUILT_IN_FORMATS | own
        return [
            known.get(str(xf.get("numFmtId")), "General") for xf in self._root.iterfind("{*}cellXfs/{*}xf")
        ]

    @cached_property
    def _locks(self) -> list[bool]:
        """Whether each style locks; a style without a word on it follows its named style, else it locks."""
        named = [_lock(xf) for xf in self._root.iterfind("{*}cellStyleXfs/{*}xf")]
        locks = []
        for xf in self._root.iterfind("{*}cellXfs/{*}xf"):
            own, parent = _lock(xf), xf.get("xfId", "0")
            if own is None and parent.isdecimal() and int(parent) < len(named):
                own = named[int(parent)]
            locks.append(own is not False)
        return locks

    def number_format(self, style: str) -> str:
        """How a style shows a number; ``General`` where the style is unknown."""
        known = style.isdecimal() and int(style) < len(self._formats)
        return self._formats[int(style)] if known else "General"

    def locked(self, style: str) -> bool:
        """Whether a style locks its cell once the sheet is protected."""
        known = style.isdecimal() and int(style) < len(self._locks)
        return self._locks[int(style)] if known else True


def _lock(xf: etree._Element) -> bool | None:
    protection = xf.find("{*}protection")
    stated = None if protection is None else protection.get("locked")
    return None if stated is None else stated in ("1", "true")
