"""Reference data and help."""

from haircut import __version__
from haircut.cells import why
from haircut.models.reference import fact, gpu
from haircut.registry import Arg, Example, Function, Kind, Returns, declare, text

CATEGORY = "Reference and help"


def version() -> str:
    """Version of Haircut that calculates this cell.

    Examples
    --------
    >>> version() == __version__
    True
    """
    return __version__


declare(
    Function(
        fact,
        CATEGORY,
        (
            text("id", "id", "The fact's id, as the reference lists it."),
            text(
                "field", "word", "value, low, high, unit, as_of, source, url, licence, grade, item or topic."
            ),
        ),
        Returns.SCALAR,
        "Haircut's reference data: each row dated, sourced and graded.",
        (Example(("dscr_covenant_ddtl_4",), 1.15), Example(("dscr_covenant_ddtl_4", "grade"), "secondary")),
    )
)

declare(
    Function(
        gpu,
        CATEGORY,
        (
            text("model", "name", "As in H100 or GB200 NVL72; case, spaces and punctuation do not matter."),
            text(
                "field",
                "word",
                "As tdp_kw, kw_all_in, memory_gb, fp16_dense_tflops, launch_year, resale_usd or rent_usd_per_hour; "
                "add _low or _high for a range, _unit, _as_of, _source, _url, _licence or _grade for its origin.",
            ),
        ),
        Returns.SCALAR,
        "Haircut's GPU data: each figure dated, sourced and graded.",
        (
            Example(("H100", "memory_gb"), 80.0, "Nvidia H100 SXM."),
            Example(("h-100", "memory_gb_unit"), "GB"),
        ),
    )
)

declare(
    Function(
        why,
        CATEGORY,
        (
            text("name", "function", "Name of the function to explain."),
            Arg("args", "any", "The same arguments as in the call.", Kind.ANY),
        ),
        Returns.SCALAR,
        "The function's own checks.",
        (
            Example(("HC_LTV", 70, 100), "ok"),
            Example(("HC_LTV", 70, -1), "#NUM!: value must be at least 0, but is -1"),
        ),
    )
)

declare(
    Function(version, CATEGORY, (), Returns.SCALAR, "The installed package.", (Example((), __version__),))
)
