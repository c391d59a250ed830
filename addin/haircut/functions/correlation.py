"""Correlation convergence."""

from haircut.models import correlation
from haircut.registry import Example, Function, Returns, declare, matrix, number, vector

CATEGORY = "Correlation convergence"

declare(
    Function(
        correlation.corr_converge,
        CATEGORY,
        (
            matrix("matrix", "correlation", "Correlations as people quote them."),
            number("convergence", "0 to 1", "0 leaves the matrix as it is, 1 is full convergence."),
            vector(
                "signs",
                "1 or -1",
                "Bad direction: 1 where a rise is bad, -1 where a fall is bad.",
                of="factors",
            ),
            matrix(
                "target",
                "correlation",
                "Correlations at full convergence, all factors turned so that + is bad.",
            ),
        ),
        Returns.MATRIX,
        "S[(1 - l) S C S + l 11']S: a convex blend, so it stays a correlation matrix.",
        (Example(([[1, 0.2], [0.2, 1]], 0.5, [-1, 1]), [[1, -0.4], [-0.4, 1]]),),
    )
)

declare(
    Function(
        correlation.stressed_pd,
        CATEGORY,
        (
            vector(
                "default_probability", "probability", "Unconditional probability of default.", of="obligors"
            ),
            vector("correlation", "0 to below 1", "Asset correlation with the common factor.", of="obligors"),
            vector(
                "confidence",
                "above 0, below 1",
                "How bad the year is: 0.999 is one in a thousand.",
                of="obligors",
            ),
        ),
        Returns.VECTOR,
        "Vasicek (2002), The distribution of loan portfolio value; Hull's example gives 12.8 %.",
        (Example((0.5, 0.36, 0.5), 0.5, "At the median of a fair coin nothing moves."),),
    )
)
