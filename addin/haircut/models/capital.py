"""What a default costs on average, what a bank must hold against the rest, and what the market asks for it."""

from math import ceil, inf

import numpy as np
from numpy.typing import ArrayLike

from haircut.models.checks import (
    FloatArray,
    above_minus_one,
    below_one,
    broadcast,
    not_negative,
    positive,
    share,
    whole,
)
from haircut.models.comparison import fifteen_digits
from haircut.models.correlation import stressed_pd
from haircut.models.errors import InvalidValue, OutOfRange

REGULATORY_CONFIDENCE = 0.999
RETAIL_CORRELATION = {"mortgage": 0.15, "revolving": 0.04}
ASSET_CLASSES = ("corporate", "sme", *RETAIL_CORRELATION)
SMALLEST_TURNOVER, LARGEST_TURNOVER = 5.0, 50.0
"""Annual sales between which Basel's firm-size adjustment runs, millions of euros."""
LONGEST_SWAP = 100
MOST_PAYMENTS = 12


SMALLEST_IRB_PD = 0.0003
"""Floor of the annual PD in the maturity adjustment (Basel II, paragraph 285)."""


def corporate_correlation(default_probability: FloatArray) -> FloatArray:
    """Basel's supervisory asset correlation of a corporate: 24 % for the best, 12 % for the worst.

    >>> corporate_correlation(np.array([0.0, 1.0])).round(6).tolist()
    [0.24, 0.12]
    """
    weight = -np.expm1(-50 * default_probability) / -np.expm1(-50.0)
    return np.asarray(0.12 * weight + 0.24 * (1 - weight))


def maturity_adjustment(default_probability: FloatArray, maturity: FloatArray) -> FloatArray:
    """Basel's maturity adjustment; 1 for a maturity of one year.

    >>> maturity_adjustment(np.array([0.01]), np.array([1.0])).tolist()
    [1.0]
    """
    b = (0.11852 - 0.05478 * np.log(np.maximum(default_probability, SMALLEST_IRB_PD))) ** 2
    return np.asarray((1 + (maturity - 2.5) * b) / (1 - 1.5 * b))


def unexpected_loss(
    default_probability: FloatArray,
    lgd: FloatArray,
    maturity: FloatArray,
    correlation: FloatArray | float | None,
    confidence: float,
) -> FloatArray:
    """Capital for unexpected loss, a share of exposure: LGD (WCDR - PD) MA, never below 0.

    >>> pd, lgd, m = np.array([0.01]), np.array([0.45]), np.array([2.5])
    >>> (unexpected_loss(pd, lgd, m, None, 0.999) * 1250).round(2).tolist()  # Basel II Annex 5: 92.32 %
    [92.32]
    """
    rho = corporate_correlation(default_probability) if correlation is None else correlation
    worst = stressed_pd(default_probability, rho, confidence)
    adjusted = maturity_adjustment(default_probability, np.clip(maturity, 1.0, 5.0))
    return np.maximum(lgd * (worst - default_probability) * adjusted, 0.0)


def expected_loss(
    pds: ArrayLike,
    lgds: ArrayLike,
    exposures: ArrayLike,
    discount_rate: float = 0.0,
    times: ArrayLike | None = None,
) -> float:
    """Expected loss: the sum of PD x LGD x exposure, discounted where times are given.

    Parameters
    ----------
    pds : float or array of shape (n,)
        Probability of default of each obligor, or of one loan in each period; not cumulative.
    lgds : float or array of shape (n,)
        Loss given default, 0 to 1.
    exposures : float or array of shape (n,)
        Exposure at default, USD.
    discount_rate : float
        Annual effective rate; needs times.
    times : array of shape (n,), optional
        When each loss falls, years.

    Returns
    -------
    float
        USD.

    Raises
    ------
    OutOfRange
        A PD or LGD outside 0 to 1, a negative exposure or time, a discount rate of -1 or less.
    InvalidValue
        A discount rate without times, ranges of different lengths.

    Notes
    -----
    sum of PD LGD EAD (1 + discount_rate)^-t.

    Examples
    --------
    >>> round(expected_loss([0.01, 0.02], 0.4, [1000, 500]), 12)
    8.0
    """
    probability, lost, exposed, years = broadcast(
        pds=pds, lgds=lgds, exposures=exposures, times=0.0 if times is None else times
    )
    share(pds=probability, lgds=lost)
    not_negative(exposures=exposed, times=years)
    above_minus_one(discount_rate=discount_rate)
    if times is None and discount_rate != 0:
        raise InvalidValue("times are needed with a discount_rate: a loss without a time is not discounted")
    return float(np.sum(probability * lost * exposed * (1 + discount_rate) ** -years))


def capital(
    default_probability: ArrayLike,
    lgd: ArrayLike,
    maturity: ArrayLike = 2.5,
    asset_class: str = "corporate",
    turnover: ArrayLike | None = None,
) -> FloatArray:
    """Basel's capital for unexpected loss, a share of exposure; 12.5 times it is the risk weight.

    Parameters
    ----------
    default_probability : float or array of shape (n,)
        One-year probability of default, 0 to 1; apply any regulatory floor first.
    lgd : float or array of shape (n,)
        Downturn loss given default, 0 to 1.
    maturity : float or array of shape (n,)
        Effective maturity, years, counted from 1 to 5; mortgage and revolving do not use it.
    asset_class : str
        "corporate", "sme", "mortgage" or "revolving".
    turnover : float or array of shape (n,), optional
        Annual sales, millions of euros, counted from 5 to 50; sme needs it, the other classes do not use it.

    Returns
    -------
    array of shape (n,)
        K, a share of exposure at default, without the scaling factor of 1.06 of Basel II; 0 at a PD of 1,
        where Basel asks for the LGD less the best estimate of loss instead.

    Raises
    ------
    OutOfRange
        A PD or LGD outside 0 to 1, a negative maturity or turnover.
    InvalidValue
        A class that is none of the four, sme without a turnover, ranges of different lengths.

    Notes
    -----
    LGD (WCDR - PD) MA at 99.9 %, Basel II, paragraphs 272-273 and 328-329 (CRE31). Asset correlation: 12 to
    24 % by PD for a corporate, less 4 % (1 - (S - 5) / 45) for an sme; 15 % for a mortgage and 4 % for
    revolving retail, without maturity adjustment.

    Examples
    --------
    >>> (capital([0.01, 0.01], 0.45) * 1250).round(2).tolist()  # Basel II Annex 5: 92.32 %
    [92.32, 92.32]
    >>> (capital(0.01, 0.45, asset_class="sme", turnover=5) * 1250).round(1).tolist()
    [72.4]
    """
    default, loss, years, sales = broadcast(
        default_probability=default_probability,
        lgd=lgd,
        maturity=maturity,
        turnover=LARGEST_TURNOVER if turnover is None else turnover,
    )
    share(default_probability=default, lgd=loss)
    not_negative(maturity=years, turnover=sales)
    name = asset_class.strip().lower()
    if name not in ASSET_CLASSES:
        raise InvalidValue(f'asset_class must be one of {", ".join(ASSET_CLASSES)}, but is "{asset_class}"')
    if name in RETAIL_CORRELATION:
        # A maturity of one year has no adjustment, and retail has none at all.
        rho, years = np.full(default.shape, RETAIL_CORRELATION[name]), np.ones(default.shape)
    else:
        rho = corporate_correlation(default)
    if name == "sme":
        if turnover is None:
            raise InvalidValue("turnover is needed for sme: annual sales in millions of euros")
        rho = rho - 0.04 * (LARGEST_TURNOVER - np.clip(sales, SMALLEST_TURNOVER, LARGEST_TURNOVER)) / (
            LARGEST_TURNOVER - SMALLEST_TURNOVER
        )
    return unexpected_loss(default, loss, years, rho, REGULATORY_CONFIDENCE)


def cds_spread(
    default_probability: float, recovery: float, maturity: float, rate: float, payments: float = 4
) -> float:
    """Spread at which a credit default swap costs nothing, for a default probability spread evenly in time.

    Parameters
    ----------
    default_probability : float
        Risk-neutral probability of default from now to maturity, 0 to below 1.
    recovery : float
        Share of the notional recovered, 0 to 1.
    maturity : float
        Years, above 0 to 100.
    rate : float
        Annual effective risk-free rate.
    payments : float
        Premiums a year, 1 to 12, each at the end of its period; a first period may be short.

    Returns
    -------
    float
        Basis points a year.

    Raises
    ------
    OutOfRange
        A probability outside 0 to below 1, a recovery outside 0 to 1, a maturity or number of payments
        outside its limits, a rate of -1 or less or too extreme to calculate with.

    Notes
    -----
    Constant hazard h = -ln(1 - PD) / T; default at mid-period, when half the period's premium has accrued:
    (1 - R) sum dS v(mid) / sum (dt S v(end) + dt / 2 dS v(mid)); Hull, Options, Futures and Other
    Derivatives, credit derivatives. Close to h (1 - R), the credit triangle.

    Examples
    --------
    >>> round(cds_spread(0.05, 0.25, 1, 0.03, 1))
    390
    """
    not_negative(default_probability=default_probability)
    below_one(default_probability=default_probability)
    share(recovery=recovery)
    ends = premium_dates(maturity, payments)
    survival = (1 - default_probability) ** (ends / maturity)
    return (1 - recovery) * float(par_spread(survival, ends, rate))


def premium_dates(maturity: float, payments: float) -> FloatArray:
    """Ends of the premium periods, and 0 before them; the first period is short where they do not fit.

    >>> premium_dates(1.25, 2).tolist()
    [0.0, 0.25, 0.75, 1.25]
    """
    positive(maturity=maturity)
    yearly = whole("payments", payments, 1, MOST_PAYMENTS)
    if maturity > LONGEST_SWAP:
        raise OutOfRange(f"maturity must be at most {LONGEST_SWAP} years, but is {maturity:.6g}")
    count = max(1, ceil(fifteen_digits(maturity * yearly)))
    return np.append(0.0, maturity - np.arange(count - 1.0, -1.0, -1.0) / yearly)


def par_spread(outstanding: FloatArray, ends: FloatArray, rate: float) -> FloatArray:
    """Premium in basis points a year on what is outstanding that pays for what goes out of it by loss.

    >>> par_spread(np.array([[1.0, 0.95]]), np.array([0.0, 1.0]), 0.0).round(4).tolist()
    [512.8205]
    """
    above_minus_one(rate=rate)
    width, middle = np.diff(ends), (ends[1:] + ends[:-1]) / 2
    with np.errstate(over="ignore", invalid="ignore"):
        lost = -np.diff(outstanding) * (1 + rate) ** -middle
        premium = (width * (outstanding[..., 1:] * (1 + rate) ** -ends[1:] + lost / 2)).sum(axis=-1)
    if not ((premium > 0) & (premium < inf)).all():
        raise OutOfRange("rate is too extreme: the premiums have no present value to calculate with")
    spread: FloatArray = 1e4 * lost.sum(axis=-1) / premium
    return spread
