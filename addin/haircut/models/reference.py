"""Reference data as a cell asks for it."""

from difflib import get_close_matches

from haircut.facts import FIELDS, NUMBERS, facts
from haircut.models.errors import InvalidValue, NotApplicable


def fact(id: str, field: str = "value") -> float | str:
    """One field of a dated, sourced and graded market fact.

    Parameters
    ----------
    id : str
        The fact's id, as the reference lists it.
    field : str
        "value", "low", "high", "unit", "as_of", "source", "url", "licence", "grade", "item" or "topic".

    Returns
    -------
    float or str
        A number for value, low and high; text for the rest.

    Raises
    ------
    NotApplicable
        No fact has that id (the message offers the nearest), or the fact has nothing in that field: a
        fact known only as a range has a low and a high, and no value.
    InvalidValue
        There is no field of that name.

    Examples
    --------
    >>> fact("dscr_covenant_ddtl_4"), fact("dscr_covenant_ddtl_4", "grade")
    (1.15, 'secondary')
    """
    key, column = id.strip().lower(), field.strip().lower()
    if column not in FIELDS:
        raise InvalidValue(f'field must be one of {", ".join(FIELDS)}, but is "{field}"')
    if key not in facts():
        near = get_close_matches(key, facts(), 3, 0.4)
        raise NotApplicable(
            f'there is no fact "{id}"' + (f"; did you mean {', '.join(near)}?" if near else "")
        )
    held = facts()[key][column]
    if not held:
        raise NotApplicable(
            f'the fact "{key}" has no {column}' + ("; see low and high" if column == "value" else "")
        )
    return float(held) if column in NUMBERS else held
