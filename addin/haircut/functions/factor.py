"""Correlation convergence: a portfolio that several factors move."""

from haircut.models import factor
from haircut.registry import Example, Function, Returns, declare, matrix, number, vector

CATEGORY = "Correlation convergence"
LOADINGS = matrix(
    "loadings",
    "per standard deviation",
    "One row an obligor, one column a factor: above 0 the obligor does well when the factor rises.",
)
SIGNS = vector(
    "signs", "1 or -1", "Bad direction: 1 where a rise is bad, -1 where a fall is bad.", of="factors"
)

declare(
    Function(
        factor.factor_loss,
        CATEGORY,
        (
            vector("pds", "probability", "Each obligor's probability of default.", of="obligors"),
            vector("lgds", "share", "Mean loss given default.", of="obligors"),
            vector("exposures", "loan currency", "Exposure at default.", of="obligors"),
            LOADINGS,
            matrix("factor_correlation", "correlation", "Correlations of the factors as people quote them."),
            SIGNS,
            number("convergence", "0 to 1", "0 leaves the correlations as they are, 1 is full convergence."),
            number("confidence", "above 0, to 0.999", "Of value at risk and expected shortfall."),
            number(
                "lgd_sensitivity", "0 to 10", "How strongly LGD rises in a bad state; 0 leaves it constant."
            ),
        ),
        Returns.TABLE,
        "Normal copula of several factors (Gupton, Finger and Bhatia 1997, CreditMetrics), simulated on shifted"
        " Sobol points; shortfall by Rockafellar and Uryasev (2000).",
        (
            Example(
                ([[0.5], [0.5]], 0.4, 100, [[0.6, -0.2], [0.3, -0.5]], [[1, 0.1], [0.1, 1]], [-1, 1], 0.7),
                [
                    ["measure", "base", "base error", "converged", "converged error", "delta", "delta error"],
                    ["expected loss", 40, 0, 40, 0, 0, 0],
                    ["value at risk", 80, 0, 80, 0, 0, 0],
                    ["expected shortfall", 80, 0, 80, 0, 0, 0],
                ],
                "Rent, whose fall is bad, and power price, whose rise is; both loans default in more than 1 %.",
            ),
        ),
        simulated=True,
    )
)
