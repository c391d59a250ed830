"""What a lender gets back: the three loan-to-values, the haircut that would have held, the loss given default."""

import numpy as np
from numpy.typing import ArrayLike

from haircut.models.checks import (
    FloatArray,
    Table,
    as_vector,
    broadcast,
    finite,
    not_negative,
    positive,
    ratio,
    same_length,
    share,
)
from haircut.models.collateral import ltv
from haircut.models.errors import OutOfRange

SMALLEST_BALANCE = 1e-9
"""Share of the first balance below which a balance is the residue of a roll-forward, not a debt."""


def liquidation_ltv(debt: ArrayLike, book: ArrayLike, economic: ArrayLike, proceeds: ArrayLike) -> Table:
    """The three loan-to-values side by side: on the books, as a going concern, in a forced sale.

    Parameters
    ----------
    debt : array of shape (n,)
        Drawn debt, USD.
    book, economic, proceeds : arrays of shape (n,)
        Book value, economic value, and net proceeds of a forced sale, USD.

    Returns
    -------
    table
        ``book LTV``, ``economic LTV``, ``liquidation LTV``, shares; infinity where the value is 0.

    Raises
    ------
    OutOfRange
        A negative debt, value or proceeds.
    InvalidValue
        Ranges of different lengths, or one that is no row or column of numbers.

    Examples
    --------
    >>> {k: v.tolist() for k, v in liquidation_ltv(70, 100, 80, 50).items()}
    {'book LTV': [0.7], 'economic LTV': [0.875], 'liquidation LTV': [1.4]}
    """
    values = {"book": book, "economic": economic, "proceeds": proceeds}
    names = ("debt", *values)
    owed, *worths = broadcast(debt=debt, **values)
    not_negative(**dict(zip(names, (owed, *worths), strict=True)))
    titles = ("book LTV", "economic LTV", "liquidation LTV")
    return {title: ltv(owed, worth) for title, worth in zip(titles, worths, strict=True)}


def haircut(value: float, proceeds: ArrayLike, balances: ArrayLike, target_lgd: float = 0.0) -> float:
    """Smallest haircut at closing at which no period's forced sale loses more than the target.

    Parameters
    ----------
    value : float
        Collateral value at closing, USD.
    proceeds : array of shape (n,)
        Net proceeds of a forced sale in each period, USD.
    balances : array of shape (n,)
        Loan balance at the same dates, the first at closing; only its shape matters, not its size.
    target_lgd : float
        Loss given default that the lender accepts, 0 to below 1.

    Returns
    -------
    float
        A share of the value, 0 to 1; the advance rate is 1 less it.

    Raises
    ------
    OutOfRange
        A value of 0 or less, a negative balance, no balance at closing, a target outside 0 to below 1.
    InvalidValue
        Ranges of different lengths.

    Notes
    -----
    1 - min_t proceeds_t / (value_0 (balance_t / balance_0) (1 - LGD)), kept between 0 and 1; dates at which
    nothing is owed (a residue below 1e-9 of the first balance) do not count.

    Examples
    --------
    >>> round(haircut(100, [60, 40], [80, 40]), 12)
    0.4
    """
    brought, owed = as_vector("proceeds", proceeds), as_vector("balances", balances)
    positive(value=value)
    finite(proceeds=brought)
    not_negative(balances=owed)
    positive(**{"balances at closing": float(owed[0])})
    same_length(proceeds=brought, balances=owed)
    share(target_lgd=target_lgd)
    if target_lgd == 1:
        raise OutOfRange("target_lgd must be below 1: a loss of everything needs no haircut")
    due = owed > SMALLEST_BALANCE * owed[0]
    advance = (brought[due] * owed[0] / (value * owed[due] * (1 - target_lgd))).min()
    return float(np.clip(1 - advance, 0.0, 1.0))


def lgd(
    exposure: ArrayLike,
    proceeds: ArrayLike,
    cover_limit: ArrayLike = 0.0,
    cover_default: ArrayLike = 0.0,
    wrong_way: ArrayLike = 0.0,
) -> FloatArray:
    """Loss given default after the collateral, and after a guarantee or insurance that may itself fail.

    Parameters
    ----------
    exposure : array of shape (n,)
        Exposure at default, USD.
    proceeds : array of shape (n,)
        Net proceeds of the collateral, USD; negative where the sale costs more than it brings.
    cover_limit : float or array of shape (n,)
        The most that the guarantee or insurance pays, USD.
    cover_default : float or array of shape (n,)
        Probability that its provider has failed when the loan defaults, were the two independent.
    wrong_way : float or array of shape (n,)
        How far the provider shares the fate of the collateral: 0 independent, 1 it fails whenever the
        loan defaults.

    Returns
    -------
    array of shape (n,)
        A share of exposure, 0 to 1; NaN where nothing is exposed.

    Raises
    ------
    OutOfRange
        A negative exposure or limit, a probability or wrong-way share outside 0 to 1.
    InvalidValue
        Ranges of different lengths, or one that is no row or column of numbers.

    Notes
    -----
    Shortfall s = E - clip(proceeds, 0, E); the provider pays min(limit, s) with probability
    (1 - cover_default)(1 - wrong_way).

    Examples
    --------
    >>> lgd(100, 60).tolist(), lgd(100, 60, cover_limit=25, cover_default=0.1).round(12).tolist()
    ([0.4], [0.175])
    """
    owed, brought, limit, fails, shared = broadcast(
        exposure=exposure,
        proceeds=proceeds,
        cover_limit=cover_limit,
        cover_default=cover_default,
        wrong_way=wrong_way,
    )
    not_negative(exposure=owed, cover_limit=limit)
    finite(proceeds=brought)
    share(cover_default=fails, wrong_way=shared)
    shortfall = owed - np.clip(brought, 0.0, owed)
    paid = (1 - fails) * (1 - shared) * np.minimum(limit, shortfall)
    return ratio(shortfall - paid, owed, np.nan)
