"""Convertible notes."""

from haircut.models.convert import convert
from haircut.registry import Example, Function, Returns, declare, number, vector

COLUMNS = ["conversion price", "parity", "bond floor", "busted", "effective maturity"]

declare(
    Function(
        convert,
        "Miners",
        (
            vector("share_price", "USD", "Price of the share.", of="notes"),
            vector("ratio", "shares per 1,000 of par", "Conversion ratio.", of="notes"),
            vector("maturity", "years", "Years to maturity.", of="notes"),
            vector(
                "straight_yield", "annual nominal, half-yearly", "Yield of the straight debt.", of="notes"
            ),
            vector("coupon", "annual", "Coupon, paid twice a year.", of="notes"),
            vector(
                "put_time",
                "years",
                "Years until holders may sell back at par; leave out, or give the maturity, where there is no put.",
                of="notes",
            ),
            number("busted_below", "% of par", "Parity under which the note trades as debt alone."),
        ),
        Returns.TABLE,
        "1000 / ratio; ratio x price / 10; price at the straight yield, as Excel's PRICE, to put or maturity.",
        (
            Example((20, 50, 1, 0), [COLUMNS, [20, 100, 100, False, 1]], "At the conversion price."),
            Example(
                (5, 50, 2, 0.1, 0, 1),
                [COLUMNS, [20, 25, 90.70294785, True, 1]],
                "Busted, with a put: 100 / 1.05^2.",
            ),
        ),
    )
)
