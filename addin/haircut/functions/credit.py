"""Price of credit."""

from haircut.models import credit
from haircut.registry import Example, Function, Returns, declare, number, vector

CATEGORY = "Price of credit"

declare(
    Function(
        credit.fair_spread,
        CATEGORY,
        (
            vector("cumulative_pds", "probability", "Probability of default from closing to each time."),
            vector("lgds", "share", "Loss given default."),
            vector("exposures", "USD", "Exposure during the period that ends at each time."),
            vector("times", "years", "End of each period."),
            number("rate", "annual effective", "Discount rate."),
            number("hurdle", "annual", "Return that capital must earn above the rate; 0 leaves capital out."),
            number(
                "correlation",
                "0 to below 1",
                "Asset correlation for the capital; left out: Basel's corporate formula.",
            ),
            number("confidence", "above 0, below 1", "Confidence of the capital."),
            number("liquidity_premium", "annual", "Added to the spread."),
        ),
        Returns.NUMBER,
        "[PV(EL) + hurdle x PV(capital)] / PV(annuity); capital: Basel II, paragraph 272.",
        (
            Example(
                (0.1, 0.5, 100, 1, 0.05),
                10000 * 0.05 / 0.95,
                "5 of 100 is lost, 95 on average pays the spread.",
            ),
        ),
    )
)

declare(
    Function(
        credit.spread_gap,
        CATEGORY,
        (
            vector("quoted", "bp", "Spread the loan pays."),
            vector("fair", "bp", "Spread it should pay."),
        ),
        Returns.VECTOR,
        "Quoted less fair; below 0 the lender is not paid for the risk.",
        (Example((225, 400), -175),),
    )
)
