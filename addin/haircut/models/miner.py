"""Bitcoin miners that borrow against coins and GPUs: what they earn, when they must roll, how they are geared."""

from math import ceil

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
    share,
)
from haircut.models.comparison import at_least, fifteen_digits
from haircut.models.errors import OutOfRange

BLOCKS_PER_HALVING = 210_000
FIRST_SUBSIDY = 5_000_000_000
"""Satoshi in the subsidy of the first block: 50 BTC."""
SATOSHI_PER_COIN = 1e8
BLOCKS_PER_DAY = 144
SECONDS_PER_BLOCK = 600
HASHES_PER_DIFFICULTY = 2.0**32
HASHES_PER_EXAHASH = 1e18
PETAHASHES_PER_EXAHASH = 1000
HOURS_PER_DAY = 24
LONGEST_WALL = 100


def subsidy(height: ArrayLike) -> FloatArray:
    """Coins that the bitcoin protocol creates in a block: 50, halved every 210,000 blocks.

    Parameters
    ----------
    height : int or array of shape (n,)
        Height of the block, counted from 0.

    Returns
    -------
    array of shape (n,)
        BTC a block, without fees.

    Raises
    ------
    OutOfRange
        A height that is negative or not a whole number.
    InvalidValue
        Heights that are no row or column of numbers.

    Notes
    -----
    50 BTC in satoshi, shifted right by floor(height / 210,000) bits: whole satoshi, as the protocol pays
    them, so from the tenth halving on a trace below 50 / 2^halvings, and 0 from the 33rd.

    Examples
    --------
    >>> subsidy([839999, 840000, 1050000]).tolist()
    [6.25, 3.125, 1.5625]
    """
    heights = as_vector("height", height)
    not_negative(height=heights)
    if (heights != np.floor(heights)).any():
        raise OutOfRange("height must be a whole number of blocks")
    halvings = np.minimum(heights // BLOCKS_PER_HALVING, 63).astype(np.int64)
    coins: FloatArray = np.right_shift(FIRST_SUBSIDY, halvings) / SATOSHI_PER_COIN
    return coins


def network_hashrate(difficulty: ArrayLike) -> FloatArray:
    """Hashrate of the whole network at which blocks come every ten minutes, given the difficulty.

    Parameters
    ----------
    difficulty : float or array of shape (n,)
        Mining difficulty as quoted (120 T is 120e12).

    Returns
    -------
    array of shape (n,)
        EH/s.

    Raises
    ------
    OutOfRange
        A difficulty of 0 or less.
    InvalidValue
        Difficulties that are no row or column of numbers.

    Notes
    -----
    difficulty x 2^32 / 600 / 10^18.

    Examples
    --------
    >>> network_hashrate(120e12).round(6).tolist()
    [858.993459]
    """
    hard = as_vector("difficulty", difficulty)
    positive(difficulty=hard)
    return hard * (HASHES_PER_DIFFICULTY / SECONDS_PER_BLOCK / HASHES_PER_EXAHASH)


def hashprice(
    coin_price: ArrayLike, network_ehs: ArrayLike, subsidy: ArrayLike, fees_per_block: ArrayLike
) -> FloatArray:
    """Revenue of one PH/s of mining power in a day: its share of the coins of 144 blocks.

    Parameters
    ----------
    coin_price : float or array of shape (n,)
        USD per BTC.
    network_ehs : float or array of shape (n,)
        Hashrate of the network, EH/s.
    subsidy : float or array of shape (n,)
        BTC created in a block.
    fees_per_block : float or array of shape (n,)
        Transaction fees in a block, BTC.

    Returns
    -------
    array of shape (n,)
        USD per PH/s and day; infinity where the network has no hashrate.

    Raises
    ------
    OutOfRange
        A negative price, hashrate, subsidy or fee.
    InvalidValue
        Ranges of different lengths, or one that is no row or column of numbers.

    Notes
    -----
    (subsidy + fees) x 144 x price / (EH/s x 1000).

    Examples
    --------
    >>> hashprice(90000, 1000, 3.125, 0.05).round(9).tolist()
    [41.148]
    """
    price, network, created, fees = broadcast(
        coin_price=coin_price, network_ehs=network_ehs, subsidy=subsidy, fees_per_block=fees_per_block
    )
    not_negative(coin_price=price, network_ehs=network, subsidy=created, fees_per_block=fees)
    return ratio((created + fees) * BLOCKS_PER_DAY * price, network * PETAHASHES_PER_EXAHASH, np.inf)


def mining_margin(hashprice: ArrayLike, efficiency_j_per_th: ArrayLike, power_price: ArrayLike) -> FloatArray:
    """What one PH/s earns in a day after its power: hashprice less the cost of electricity.

    Parameters
    ----------
    hashprice : float or array of shape (n,)
        Revenue, USD per PH/s and day.
    efficiency_j_per_th : float or array of shape (n,)
        Energy of the fleet, J/TH; all-in, with cooling, where the cost is to be all-in.
    power_price : float or array of shape (n,)
        USD/kWh; negative where the grid pays for consumption.

    Returns
    -------
    array of shape (n,)
        USD per PH/s and day; negative where mining does not pay for its power.

    Raises
    ------
    OutOfRange
        A negative hashprice or efficiency.
    InvalidValue
        Ranges of different lengths, or one that is no row or column of numbers.

    Notes
    -----
    hashprice - J/TH x 24 x USD/kWh: a PH/s at e J/TH draws e kW.

    Examples
    --------
    >>> mining_margin(45, 25, 0.05).tolist()
    [15.0]
    """
    earned, energy, power = broadcast(
        hashprice=hashprice, efficiency_j_per_th=efficiency_j_per_th, power_price=power_price
    )
    not_negative(hashprice=earned, efficiency_j_per_th=energy)
    finite(power_price=power)
    margin: FloatArray = earned - energy * HOURS_PER_DAY * power
    return margin


def maturity_wall(amounts: ArrayLike, times: ArrayLike, horizon: float = 2.0) -> Table:
    """Debt falling due year by year, in total, and inside the horizon.

    Parameters
    ----------
    amounts : array of shape (n,)
        Principal falling due, USD.
    times : array of shape (n,)
        When each falls due, years from now.
    horizon : float
        Years within which a maturity must be refinanced soon.

    Returns
    -------
    table
        ``year`` ("total", "inside horizon", then 1, 2, ... to the last maturity), ``amount`` (USD) and
        ``share`` of the total. Total and horizon come first, so that one INDEX finds them whatever the number
        of years. Year k takes what falls due after k - 1 and up to k years from now. NaN: no debt, no share.

    Raises
    ------
    OutOfRange
        A negative amount, time or horizon, a maturity more than 100 years away.
    InvalidValue
        Ranges of different lengths.

    Examples
    --------
    >>> wall = maturity_wall([10, 30, 60], [0.5, 2, 2.5])
    >>> wall["year"].tolist(), wall["amount"].tolist()
    (['total', 'inside horizon', 1, 2, 3], [100.0, 40.0, 10.0, 30.0, 60.0])
    """
    due, when = broadcast(amounts=amounts, times=times)
    not_negative(amounts=due, times=when, horizon=horizon)
    if when.max() > LONGEST_WALL:
        raise OutOfRange(f"times must be at most {LONGEST_WALL} years, but is {when.max():.6g}")
    years = [max(1, ceil(fifteen_digits(time))) for time in when.tolist()]
    soon = [at_least(horizon, time) for time in when.tolist()]
    by_year = np.bincount(np.array(years) - 1, weights=due)
    amount = np.concatenate([[due.sum(), due[soon].sum()], by_year])
    labels = ["total", "inside horizon", *range(1, by_year.size + 1)]
    whole = np.full(amount.shape, amount[0])
    return {"year": np.array(labels, dtype=object), "amount": amount, "share": ratio(amount, whole, np.nan)}


def rollover_gap(
    maturities: ArrayLike,
    cash: ArrayLike,
    committed: ArrayLike,
    coin_value: ArrayLike,
    coin_haircut: ArrayLike,
    free_cash_flow: ArrayLike,
) -> FloatArray:
    """Debt falling due that nothing in hand repays: what the market must agree to roll over.

    Parameters
    ----------
    maturities : float or array of shape (n,)
        Debt falling due up to the horizon, USD.
    cash, committed : float or array of shape (n,)
        Unrestricted cash, and undrawn committed lines, USD.
    coin_value : float or array of shape (n,)
        Unpledged coins at market, USD.
    coin_haircut : float or array of shape (n,)
        Share of that value lost in a forced sale, 0 to 1.
    free_cash_flow : float or array of shape (n,)
        Free cash flow up to the horizon, USD; negative where cash burns.

    Returns
    -------
    array of shape (n,)
        USD; negative where there is cash to spare.

    Raises
    ------
    OutOfRange
        A negative amount, a haircut outside 0 to 1.
    InvalidValue
        Ranges of different lengths.

    Notes
    -----
    maturities - (cash + committed + (1 - haircut) coins + free cash flow). Each item is a case of its own, a
    coin price for instance: to follow the years, give maturities and free cash flow cumulated to each year,
    or the same cash would be spent every year.

    Examples
    --------
    >>> rollover_gap(500, 50, 100, 200, [0.25, 0.75], 40).tolist()
    [160.0, 260.0]
    """
    due, held, lines, coins, lost, flow = broadcast(
        maturities=maturities,
        cash=cash,
        committed=committed,
        coin_value=coin_value,
        coin_haircut=coin_haircut,
        free_cash_flow=free_cash_flow,
    )
    not_negative(maturities=due, cash=held, committed=lines, coin_value=coins)
    share(coin_haircut=lost)
    finite(free_cash_flow=flow)
    gap: FloatArray = due - (held + lines + (1 - lost) * coins + flow)
    return gap


def lookthrough_ltv(
    debt: float, coin_value: float, gpu_value: float, cash: float, coin_falls: ArrayLike, gpu_falls: ArrayLike
) -> FloatArray:
    """Look-through LTV of a miner geared on coins and on GPUs, for every pair of falls of the two.

    Parameters
    ----------
    debt : float
        All debt, wherever in the group it sits, USD.
    coin_value, gpu_value, cash : float
        Coins and GPUs at market, and cash, USD.
    coin_falls : array of shape (n,)
        Falls in the value of the coins, 0 to 1: the rows.
    gpu_falls : array of shape (m,)
        Falls in the value of the GPUs, 0 to 1: the columns.

    Returns
    -------
    array of shape (n, m)
        Shares; infinity where nothing is left to lend against.

    Raises
    ------
    OutOfRange
        A negative amount, a fall outside 0 to 1.
    InvalidValue
        Falls that are no row or column of numbers.

    Notes
    -----
    D / (coins (1 - x) + GPUs (1 - y) + cash).

    Examples
    --------
    >>> lookthrough_ltv(60, 50, 40, 10, [0, 0.5], [0, 0.625]).tolist()
    [[0.6, 0.8], [0.8, 1.2]]
    """
    coin_lost, gpu_lost = as_vector("coin_falls", coin_falls), as_vector("gpu_falls", gpu_falls)
    not_negative(debt=debt, coin_value=coin_value, gpu_value=gpu_value, cash=cash)
    share(coin_falls=coin_lost, gpu_falls=gpu_lost)
    worth = coin_value * (1 - coin_lost)[:, None] + gpu_value * (1 - gpu_lost)[None, :] + cash
    return ratio(np.full(worth.shape, float(debt)), worth, np.inf)


def iso_default(
    debt: float, coin_value: float, gpu_value: float, cash: float, coin_falls: ArrayLike
) -> FloatArray:
    """Iso-default line: for each fall of the coins, the fall of the GPUs that leaves the equity at nothing.

    Parameters
    ----------
    debt, coin_value, gpu_value, cash : float
        As in `lookthrough_ltv`, USD.
    coin_falls : array of shape (n,)
        Falls in the value of the coins, 0 to 1.

    Returns
    -------
    array of shape (n,)
        A share of the GPUs' value. Negative: the equity is gone already, and GPUs would have to be worth that
        much more. NaN: no fall of the GPUs, not even to 0, wipes it out, or there are none.

    Raises
    ------
    OutOfRange
        A negative amount, a fall outside 0 to 1.
    InvalidValue
        Falls that are no row or column of numbers.

    Notes
    -----
    y = (A - D - coins x) / GPUs, A the coins, GPUs and cash before any fall; look-through LTV is 100 % on it.

    Examples
    --------
    >>> iso_default(60, 50, 40, 10, [0, 0.5, 1]).tolist()
    [1.0, 0.375, -0.25]
    """
    lost = as_vector("coin_falls", coin_falls)
    not_negative(debt=debt, coin_value=coin_value, gpu_value=gpu_value, cash=cash)
    share(coin_falls=lost)
    equity = coin_value * (1 - lost) + (cash - debt) + gpu_value
    falls = ratio(equity, np.full(lost.shape, float(gpu_value)), np.nan)
    return np.array([min(fall, 1.0) if at_least(1.0, fall) else np.nan for fall in falls.tolist()])
