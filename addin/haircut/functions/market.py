"""The market that a forced sale meets."""

from math import log

from haircut.models import market
from haircut.registry import Example, Function, Returns, declare, number, text, vector

CATEGORY = "Liquidation"

declare(
    Function(
        market.price_impact,
        CATEGORY,
        (
            vector("quantity", "GPUs", "GPUs sold, those of other distressed sellers included.", of="sales"),
            vector(
                "depth",
                "GPUs",
                "Sales that take the price to nothing (linear) or move it by 63 % (exponential, floor), or volume "
                "traded over the time of the volatility (sqrt). Uncalibrated: your own input.",
                of="sales",
            ),
            text("law", "word", "linear, sqrt, exponential or floor."),
            number(
                "volatility", "share", "Volatility over the time in which the depth trades; sqrt needs it."
            ),
            number("coefficient", "multiple", "Volatilities paid for selling the depth; for sqrt alone."),
            number("floor_share", "share of price", "Where buyers always stand; for floor alone."),
        ),
        Returns.VECTOR,
        "Kyle (1985); square-root law; exponential and floor after Cont and Schaanning (2017). Averages over the sale.",
        (
            Example(([0, 5000, 40000], 10000, "linear"), [0, 0.25, 1]),
            Example((2, 8, "sqrt", 0.03), 0.015, "Half of 3 %, for a quarter of the volume."),
            Example(
                (log(2), 1, "exponential"),
                1 - 0.5 / log(2),
                "The price halves; on average 0.5 / ln 2 of it is paid.",
            ),
            Example((0.5 * log(2), 1, "floor", 0, 1, 0.5), 0.5 * (1 - 0.5 / log(2)), "Half of it is safe."),
        ),
    )
)

declare(
    Function(
        market.default_chain,
        CATEGORY,
        (
            vector("debts", "USD", "Drawn debt of each borrower.", of="borrowers"),
            vector("units", "GPUs", "GPUs that secure it; all are sold when it falls.", of="borrowers"),
            number("unit_value", "USD/GPU", "Price of one GPU before the shock."),
            vector("trigger_ltv", "share", "The borrower falls when its LTV is above this.", of="borrowers"),
            number("depth", "GPUs", "Sales that move the price by 63 %. Uncalibrated: your own input."),
            number("first_shock", "share", "Fall of the price that starts the chain."),
        ),
        Returns.TABLE,
        "Forced sales to the fixed point, after Cont and Schaanning (2017); depth is uncalibrated.",
        (
            Example(
                ([80, 45, 10], 100, 1, 0.8, 100 / log(2), 0.1),
                [
                    ["round", "who falls", "count", "units sold", "price", "loss"],
                    ["total", "1, 2", 2, 200, 0.225, 125 - 67.5 / log(2)],
                    [0, "none", 0, 0, 0.9, 0],
                    [1, "1", 1, 100, 0.45, 80 - 45 / log(2)],
                    [2, "2", 1, 100, 0.225, 45 - 22.5 / log(2)],
                ],
                "Each sale halves the price; 80 of 90 breaks 80 %, then 45 of 45.",
            ),
        ),
    )
)

declare(
    Function(
        market.optimal_sale,
        CATEGORY,
        (
            number("units", "GPUs", "GPUs to sell."),
            number("horizon", "time", "By when all is sold, in the unit of time of the other arguments."),
            number("count", "periods", "Number of equal periods, at most 1,200."),
            number("volatility", "USD/GPU", "Standard deviation of the price over one unit of time."),
            number("permanent", "USD/GPU per GPU", "Lasting fall of the price for each GPU sold."),
            number("temporary", "USD/GPU per GPU/time", "Discount for each GPU sold in a unit of time."),
            number("fixed_cost", "USD/GPU", "Half the bid-ask spread, freight and fees."),
            number("risk_aversion", "per USD", "Price of a USD squared of variance; 0 sells evenly."),
        ),
        Returns.TABLE,
        "Almgren and Chriss (2000), Optimal execution of portfolio transactions.",
        (
            Example(
                (200, 2, 2, 1, 0.1, 0.3, 1, 0),
                [
                    ["period", "time", "units sold", "units left", "expected cost", "variance"],
                    ["total", 2, 200, 0, 7200, 10000],
                    [1, 1, 100, 100, 4100, 10000],
                    [2, 2, 100, 0, 3100, 0],
                ],
                "100 a period at 1 + 0.3 x 100; the first fall of 10 is borne by the 100 still held.",
            ),
        ),
    )
)
