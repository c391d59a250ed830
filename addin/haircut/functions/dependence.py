"""Correlation convergence: matrices checked and repaired, joint and tail dependence."""

from haircut.models import dependence
from haircut.registry import Example, Function, Returns, declare, matrix, number, vector

CATEGORY = "Correlation convergence"
MATRIX = matrix("matrix", "correlation", "Correlations as people quote them.")
CORRELATION = vector("correlation", "-1 to 1", "The copula's correlation, of asset values.", of="pairs")
DEGREES = vector(
    "degrees", "number", "Degrees of freedom of a Student t copula; leave out for the Gaussian.", of="pairs"
)

declare(
    Function(
        dependence.corr_nearest,
        CATEGORY,
        (MATRIX,),
        Returns.MATRIX,
        "Higham (2002), Computing the nearest correlation matrix. Distance: SQRT(SUMXMY2(matrix, the answer)).",
        (
            Example(([[1, 0.2], [0.2, 1]],), [[1, 0.2], [0.2, 1]], "One already."),
            Example(
                ([[1, -1, -1], [-1, 1, -1], [-1, -1, 1]],),
                [[1, -0.5, -0.5], [-0.5, 1, -0.5], [-0.5, -0.5, 1]],
                "By symmetry: three factors cannot all move apart by more.",
            ),
        ),
    )
)

declare(
    Function(
        dependence.corr_check,
        CATEGORY,
        (MATRIX,),
        Returns.NUMBER,
        "Smallest eigenvalue; below 0 the matrix is no correlation matrix.",
        (
            Example(([[1, 0.3], [0.3, 1]],), 0.7),
            Example(([[1, -1, -1], [-1, 1, -1], [-1, -1, 1]],), -1, "1 + 2 x (-1)."),
        ),
    )
)

declare(
    Function(
        dependence.convergence_regime,
        CATEGORY,
        (
            vector("stress", "any scale", "Stress indicator."),
            number("base", "0 to 1", "Convergence in calm markets."),
            number("crisis", "base to 1", "Convergence in a crisis."),
            number("midpoint", "as stress", "Stress at which convergence is half way."),
            number("steepness", "per unit of stress", "Steepness of the change."),
        ),
        Returns.VECTOR,
        "Logistic: base + (crisis - base) / (1 + exp(-steepness (stress - midpoint))).",
        (
            Example((0.5, 0.2, 0.8), 0.5, "Half way at the midpoint."),
            Example(([0, 100], 0.2, 0.8, 0, 1), [0.5, 0.8]),
        ),
    )
)

declare(
    Function(
        dependence.tail_dependence,
        CATEGORY,
        (CORRELATION, DEGREES),
        Returns.VECTOR,
        "2 t(nu + 1)(-sqrt((nu + 1)(1 - rho) / (1 + rho))): Embrechts, McNeil and Straumann (2002).",
        (
            Example(([0.9, 1],), [0, 1], "A Gaussian copula has no tail dependence."),
            Example((0, 1), 0.292893218813452, "Cauchy without correlation: 1 - 1/sqrt(2)."),
        ),
    )
)

declare(
    Function(
        dependence.joint_default,
        CATEGORY,
        (
            vector("default_1", "probability", "The first borrower's probability of default.", of="pairs"),
            vector("default_2", "probability", "The second borrower's.", of="pairs"),
            CORRELATION,
            DEGREES,
        ),
        Returns.VECTOR,
        "Bivariate normal (Plackett 1954) or Student t (Dunnett and Sobel 1954) probability, by quadrature.",
        (
            Example((0.5, 0.5, 0.5), 0.333333333333333, "1/4 + arcsin(rho) / (2 pi)."),
            Example((0.02, 0.03, [0, 1]), [0.0006, 0.02], "Independent, and as one."),
        ),
    )
)
