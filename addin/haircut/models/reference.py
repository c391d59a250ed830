"""Reference data as a cell asks for it."""

from difflib import get_close_matches

from haircut.facts import FIELDS, GPU_COLUMNS, NUMBERS, facts, gpus
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


def gpu(model: str, field: str) -> float | str:
    """One figure of a GPU model: power, memory, speed, launch, rent or resale price, dated and sourced.

    Parameters
    ----------
    model : str
        The model's name, as in "H100" or "GB200 NVL72"; case, spaces and punctuation do not matter.
    field : str
        What is asked, as in "tdp_kw". With _low or _high the end of a range; with _unit, _as_of, _source,
        _url, _licence or _grade what stands behind the figure.

    Returns
    -------
    float or str
        A number for a figure and the ends of its range; text for the rest. A GB200 or GB300 figure is for
        one GPU, half a superchip, unless the field names the rack.

    Raises
    ------
    NotApplicable
        No GPU has that name or no such field is known for it (the message offers the nearest), or the
        figure is known only as a range, or only without one.

    Examples
    --------
    >>> gpu("H100", "memory_gb"), gpu("h-100", "memory_gb_unit")
    (80.0, 'GB')
    """
    names = {_letters_and_digits(name): name for name in gpus()}
    key = _letters_and_digits(model)
    if key not in names:
        near = [names[close] for close in get_close_matches(key, names, 3, 0.4)] or list(names.values())
        raise NotApplicable(f'there is no GPU "{model}"; did you mean {", ".join(near)}?')
    name, known = names[key], gpus()[names[key]]
    asked, column = field.strip().lower(), "value"
    if asked not in known:
        column = next((ending for ending in GPU_COLUMNS if asked.endswith(f"_{ending}")), column)
        asked = asked.removesuffix(f"_{column}")
    if asked not in known:
        near = get_close_matches(asked, known, 3, 0.4) or list(known)
        raise NotApplicable(f'no "{field}" is known for {name}; did you mean {", ".join(near)}?')
    held = known[asked][column]
    if not held:
        cure = f"; ask for {asked}_low or {asked}_high" if column == "value" else f"; ask for {asked}"
        what = "single value" if column == "value" else column
        raise NotApplicable(f"the {asked} of {name} has no {what}" + cure)
    return float(held) if column in NUMBERS else held


def _letters_and_digits(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())
