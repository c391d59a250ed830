"""Convertible notes read as debt: what the shares carry, what the bond alone is worth, when it falls due."""

import numpy as np
from numpy.typing import ArrayLike

from haircut.models.checks import FloatArray, Table, above_minus_one, broadcast, not_negative, positive
from haircut.models.comparison import at_least

PAR_PER_NOTE = 1000
PAR = 100
COUPONS_PER_YEAR = 2


def _price(years: FloatArray, coupon: FloatArray, straight_yield: FloatArray) -> FloatArray:
    """Price without accrued interest, % of par, of a bond with half-yearly coupons."""
    halves = COUPONS_PER_YEAR * years
    count = np.maximum(np.ceil(halves), 1.0)
    to_first = halves - (count - 1)
    growth = np.log1p(straight_yield / COUPONS_PER_YEAR)
    flat = growth == 0
    coupons = np.where(flat, count, np.expm1(-count * growth) / np.where(flat, 1.0, np.expm1(-growth)))
    paid = PAR * coupon / COUPONS_PER_YEAR
    price: FloatArray = (
        paid * np.exp(-growth * to_first) * coupons + PAR * np.exp(-growth * halves) - paid * (1 - to_first)
    )
    return price


def convert(
    share_price: ArrayLike,
    ratio: ArrayLike,
    maturity: ArrayLike,
    straight_yield: ArrayLike,
    coupon: ArrayLike = 0.0,
    put_time: ArrayLike | None = None,
    busted_below: float = 50.0,
) -> Table:
    """Convertible notes as a lender sees them: conversion price, parity, bond floor, busted or not, when due.

    Parameters
    ----------
    share_price : float or array of shape (n,)
        USD a share.
    ratio : float or array of shape (n,)
        Conversion ratio: shares per 1,000 of par.
    maturity : float or array of shape (n,)
        Years to maturity.
    straight_yield : float or array of shape (n,)
        Yield of the issuer's straight debt: annual nominal, compounded twice a year.
    coupon : float or array of shape (n,)
        Annual coupon, paid twice a year.
    put_time : float or array of shape (n,), optional
        Years until holders may sell the note back at par; a put at the maturity or later is none.
    busted_below : float
        Parity under which a note trades as debt alone, % of par.

    Returns
    -------
    table
        ``conversion price`` (USD a share), ``parity`` and ``bond floor`` (% of par), ``busted`` (true where
        parity is below the limit) and ``effective maturity`` (years).

    Raises
    ------
    OutOfRange
        A negative price, coupon, put or limit, a ratio or maturity of 0 or less, a yield of -1 or less.
    InvalidValue
        Ranges of different lengths.

    Notes
    -----
    Conversion price 1000 / ratio, parity ratio x share price / 10. The bond floor is the price at the straight
    yield without accrued interest, as notes are quoted and Excel's PRICE counts (30/360): to the put or to
    maturity, whichever is worth more. The effective maturity is the put where parity is below par, for then
    holders sell back; the limit of 50 is a convention. Principal is par: a capped call does not reduce it.

    Examples
    --------
    >>> note = convert(5, 50, 2, 0.1, put_time=1)
    >>> note["parity"].tolist(), note["bond floor"].round(4).tolist(), note["busted"].tolist()
    ([25.0], [90.7029], [True])
    """
    puts = maturity if put_time is None else put_time
    price, shares, years, rate, paid, put = broadcast(
        share_price=share_price,
        ratio=ratio,
        maturity=maturity,
        straight_yield=straight_yield,
        coupon=coupon,
        put_time=puts,
    )
    positive(ratio=shares, maturity=years)
    above_minus_one(straight_yield=rate)
    not_negative(share_price=price, coupon=paid, put_time=put, busted_below=busted_below)
    due = np.minimum(put, years)
    parity = shares * price / (PAR_PER_NOTE / PAR)
    in_the_money = np.array([at_least(value, PAR) for value in parity.tolist()])
    return {
        "conversion price": PAR_PER_NOTE / shares,
        "parity": parity,
        "bond floor": np.maximum(_price(years, paid, rate), _price(due, paid, rate)),
        "busted": np.array([not at_least(value, busted_below) for value in parity.tolist()]),
        "effective maturity": np.where(in_the_money, years, due),
    }
