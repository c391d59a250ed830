"""The portfolio_convergence template against its own loans, recomputed in numpy: no loss function of Haircut is called."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from tests.templates.reading import Moved, value

from haircut.errors import CellError
from haircut.models.credit import fair_spread
from haircut_workbooks.package.address import Address
from haircut_workbooks.recalc.formualizer_engine import Formualizer

LOADS = ["Load_Coin", "Load_Rent", "Load_Power", "Load_Refi"]
TYPED = ["Name", "Borrower", "Tenant", "Chip", "Type", "Exposure", "Held", "PD", "LGD", "Years", "Balloon", "Spread", "DSCR", "LTV"]  # fmt: skip
BAD = np.array([-1.0, -1.0, 1.0, 1.0])
GRID = 500_000.0
"""USD: what every loss of the illustrative book is a whole multiple of."""
POINTS = np.linspace(-8, 8, 1601)
WEIGHTS = norm.pdf(POINTS) / norm.pdf(POINTS).sum()


@pytest.fixture(scope="module")
def book(built):
    return built("portfolio_convergence")


def block(book, name):
    sheet, area = book.named_area(name)
    cells = [book.value(Address(sheet, *place)) for place in area.cells]
    return np.array(cells).reshape(area.bottom - area.top + 1, -1).squeeze()


@pytest.fixture(scope="module")
def loans(book):
    """The loans as they are typed; rows without exposure are left out."""
    typed = {name: block(book, f"Loan_{name}") for name in TYPED} | {
        name: block(book, name) for name in LOADS
    }
    table = pd.DataFrame(typed)
    table = table[table.Exposure > 0].reset_index(drop=True)
    table["Severity"] = table.LGD * table.Exposure
    table["EL"] = table.PD * table.Severity
    return table


@pytest.fixture(scope="module")
def borrowers(loans):
    """Loans of one borrower as one obligor: sums, and means weighted by what a default would cost."""
    grouped = loans.groupby("Borrower", sort=False)
    table = grouped[["Exposure", "Severity", "EL"]].sum()
    table["PD"] = table.EL / table.Severity
    for load in LOADS:
        table[load] = (loans[load] * loans.Severity).groupby(
            loans.Borrower, sort=False
        ).sum() / table.Severity
    return table


def matrix(book, convergence):
    names = ["Coin", "Rent", "Power", "Refi"]
    quoted = np.eye(4)
    for i in range(4):
        for j in range(i + 1, 4):
            quoted[i, j] = quoted[j, i] = value(book, f"Corr_{names[i]}_{names[j]}")
    return (1 - convergence) * quoted + convergence * np.outer(BAD, BAD)


def correlations(book, borrowers, convergence):
    """Squared correlation of each borrower's return with the systematic part of the book's loss."""
    loads, factors = borrowers[LOADS].to_numpy(), matrix(book, convergence)
    direction = (borrowers.Severity * np.sqrt(borrowers.PD * (1 - borrowers.PD))).to_numpy() @ loads
    moves = loads @ factors @ direction / np.sqrt(direction @ factors @ direction)
    return np.maximum(moves, 0) ** 2


def conditional(borrowers, rho):
    """Default probabilities in each state of one factor: borrowers by states."""
    rho, threshold = rho[:, None], norm.ppf(borrowers.PD.to_numpy())[:, None]
    return norm.cdf((threshold - np.sqrt(rho) * POINTS) / np.sqrt(1 - rho))


def distribution(borrowers, rho, without=None):
    """Exact distribution of the loss in each state, in steps of the grid: states by losses."""
    units = np.rint(borrowers.Severity / GRID).astype(int).to_numpy()
    default = conditional(borrowers, rho)
    chances = np.zeros((POINTS.size, units.sum() + 1))
    chances[:, 0] = 1
    for i, unit in enumerate(units):
        if i != without:
            moved = np.roll(chances, unit, axis=1)
            chances += default[i][:, None] * (moved - chances)
    return chances


def tail(chances, confidence):
    """Place of the value at risk on the grid, and the expected shortfall in USD."""
    losses = GRID * np.arange(chances.size)
    place = int(np.argmax(np.cumsum(chances) >= confidence - 1e-12))
    beyond = (np.maximum(losses - losses[place], 0) * chances).sum()
    return place, losses[place] + beyond / (1 - confidence)


@pytest.fixture(scope="module")
def exact(book, borrowers):
    """Loss distributions as quoted and converged."""
    levels = {"Quoted": 0.0, "Converged": value(book, "Convergence")}
    return {
        case: WEIGHTS @ distribution(borrowers, correlations(book, borrowers, x))
        for case, x in levels.items()
    }


def test_loans_of_one_borrower_are_one_obligor(book, loans, borrowers):
    first = block(book, "Ob_Exposure") > 0
    assert list(block(book, "Loan_Borrower")[first]) == list(borrowers.index)
    assert block(book, "Ob_Exposure")[first] == pytest.approx(borrowers.Exposure.to_numpy(), rel=1e-12)
    assert block(book, "Ob_PD")[first] == pytest.approx(borrowers.PD.to_numpy(), rel=1e-12)
    assert block(book, "Ob_Loadings")[first] == pytest.approx(borrowers[LOADS].to_numpy(), rel=1e-12)
    for case, level in (("Quoted", 0.0), ("Converged", value(book, "Convergence"))):
        rho = correlations(book, borrowers, level)
        assert block(book, f"Rho_{case}")[first] == pytest.approx(rho, rel=1e-9)
    assert (borrowers.Exposure.max() > loans.Exposure.max()) and len(borrowers) < len(loans)


@pytest.mark.parametrize("case", ["Quoted", "Converged"])
def test_losses_on_one_factor_by_another_recursion(book, exact, loans, case):
    confidence = value(book, "Capital_Confidence")
    place, shortfall = tail(exact[case], confidence)
    assert value(book, f"One_{case}_EL") == pytest.approx(loans.EL.sum(), rel=1e-12)
    assert value(book, f"One_{case}_VaR") == pytest.approx(GRID * place, rel=1e-9)
    assert value(book, f"One_{case}_ES") == pytest.approx(shortfall, rel=1e-5)


def test_four_factors_by_plain_simulation(book, borrowers):
    """Half a million years of the four factors themselves: the one factor that carries the cover is near them."""
    rng, draws = np.random.default_rng(7), 500_000
    loads, confidence = borrowers[LOADS].to_numpy(), value(book, "Capital_Confidence")
    for case, level in (("Quoted", 0.0), ("Converged", value(book, "Convergence"))):
        factors = matrix(book, level)
        root = np.linalg.cholesky(factors)
        own = np.sqrt(1 - np.einsum("ij,jk,ik->i", loads, factors, loads))
        losses = np.zeros(draws)
        states = rng.standard_normal((draws, 4)) @ root.T
        for i, (chance, severity) in enumerate(zip(borrowers.PD, borrowers.Severity, strict=True)):
            asset = states @ loads[i] + own[i] * rng.standard_normal(draws)
            losses += severity * (asset < norm.ppf(chance))
        shortfall = np.sort(losses)[-round(draws * (1 - confidence)) :].mean()
        assert value(book, f"One_{case}_ES") == pytest.approx(shortfall, rel=0.03), case
        if case == "Converged":
            assert value(book, "Four_Converged_ES") == pytest.approx(shortfall, rel=0.03)


def test_parts_of_the_shortfall(book, borrowers, loans):
    """The part of one borrower is what it loses on average in the tail: the others are convolved without it."""
    level, confidence = value(book, "Convergence"), value(book, "Capital_Confidence")
    rho = correlations(book, borrowers, level)
    whole = WEIGHTS @ distribution(borrowers, rho)
    place, _ = tail(whole, confidence)
    reached = whole[: place + 1].sum()
    split = (reached - confidence) / whole[place]
    for name in ("CoreWeave", "MARA", "xAI"):
        i = list(borrowers.index).index(name)
        unit = round(borrowers.Severity.iloc[i] / GRID)
        joint = (WEIGHTS * conditional(borrowers, rho)[i]) @ distribution(borrowers, rho, without=i)
        in_tail = joint[place - unit + 1 :].sum() + split * joint[place - unit]
        part = borrowers.Severity.iloc[i] * in_tail / (1 - confidence)
        rows = block(book, "Loan_Borrower") == name
        assert block(book, "Tail_Converged")[rows].sum() == pytest.approx(part, rel=1e-4), name
        own = loans[loans.Borrower == name].Severity.to_numpy()
        assert block(book, "Tail_Converged")[rows] == pytest.approx(part * own / own.sum(), rel=1e-4)


def test_tranches_and_the_distribution(book, exact, loans):
    losses = GRID * np.arange(exact["Quoted"].size) / loans.Exposure.sum()
    ends = [0, *(value(book, f"Attach_{i}") for i in (2, 3, 4)), 1]
    for case, chances in exact.items():
        for i, (low, high) in enumerate(pairwise(ends)):
            lost = (np.clip(losses, low, high) - low) @ chances / (high - low)
            assert block(book, f"Tranche_{case}")[i] == pytest.approx(lost, rel=1e-4, abs=1e-9)
    first = block(book, "Slice_From")
    sheet, area = book.named_area("Slice_From")
    for case, column in (("Quoted", area.left + 4), ("Converged", area.left + 5)):
        shown = [book.value(Address(sheet, row, column)) for row in range(area.top, area.bottom + 1)]
        for low, chance in zip(first, shown, strict=True):
            width = value(book, "Slice")
            expected = (np.clip(losses, low, low + width) - low) @ exact[case] / width
            assert chance is CellError.NA if expected <= 1e-9 else chance == pytest.approx(expected, rel=1e-4)


def test_spread_of_a_tranche_from_the_count_of_defaults(book):
    """Forty equal pieces, quarter by quarter: losses at mid-quarter, premiums on what is left."""
    hazard, rho = block(book, "Piece_Hazard"), block(book, "Piece_Converged")
    years, rate, lgd = value(book, "Mean_Years"), value(book, "Base_Rate"), value(book, "Mean_LGD")
    ends = np.concatenate([[0.0], np.arange(years, 0, -0.25)[::-1]])
    attach, detach = block(book, "Attachments"), block(book, "Detachments")
    left = [np.ones(4)]
    for end in ends[1:]:
        chance = 1 - np.exp(-hazard * end)
        default = norm.cdf(
            (norm.ppf(chance)[:, None] - np.sqrt(rho)[:, None] * POINTS) / np.sqrt(1 - rho)[:, None]
        )
        counts = np.zeros((POINTS.size, hazard.size + 1))
        counts[:, 0] = 1
        for each in default:
            counts += each[:, None] * (np.roll(counts, 1, axis=1) - counts)
        lost = lgd * np.arange(hazard.size + 1) / hazard.size
        share = (np.clip(lost, attach[:, None], detach[:, None]) - attach[:, None]) / (detach - attach)[
            :, None
        ]
        left.append(1 - share @ (WEIGHTS @ counts))
    left, middle = np.array(left), (ends[1:] + ends[:-1]) / 2
    fallen, v, mid = -np.diff(left, axis=0), (1 + rate) ** -ends[1:, None], (1 + rate) ** -middle[:, None]
    premium = (np.diff(ends)[:, None] * (left[1:] * v + fallen * mid / 2)).sum(axis=0)
    spreads = 10_000 * (fallen * mid).sum(axis=0) / premium
    assert block(book, "Spread_Converged") == pytest.approx(spreads, rel=2e-3, abs=0.02)


def left_after(loans, year):
    path = loans.Exposure * (1 - (1 - loans.Balloon) * year / loans.Years)
    return path.where(loans.Years > year, 0.0)


def test_run_off(book, loans):
    for year in range(13):
        assert block(book, "Exposure_Left")[year] == pytest.approx(left_after(loans, year).sum(), rel=1e-12)
    assert block(book, "Due").sum() == pytest.approx(loans.Exposure.sum(), rel=1e-12)


def test_fair_spreads(book, loans):
    hurdle, liquidity, cost = (value(book, n) for n in ("Hurdle", "Liquidity_Premium", "Running_Cost"))
    rows = block(book, "Loan_Exposure") > 0
    capital = block(book, "Tail_Converged")[rows] - loans.EL
    fair = 10_000 * ((loans.EL + hurdle * capital) / loans.Exposure + liquidity + cost)
    assert block(book, "Book_Converged")[rows] == pytest.approx(fair.to_numpy(), rel=1e-9)
    gaps = (loans.Spread - fair).to_numpy()
    ranks = block(book, "Loan_Rank")
    assert sorted(ranks[rows]) == list(range(1, len(loans) + 1)) and not ranks[~rows].any()
    assert (np.diff(gaps[np.argsort(ranks[rows])]) <= 0).all()
    years = np.arange(1, 13)
    outstanding = np.array([left_after(loans, year - 1) for year in years]).T
    rho = {
        name: block(book, "Rho_Converged")[list(block(book, "Loan_Borrower")).index(name)]
        for name in set(loans.Borrower)
    }
    for i, loan in loans.iterrows():
        alone = fair_spread(1 - (1 - loan.PD) ** years, loan.LGD, outstanding[i], years, value(book, "Base_Rate"), hurdle, rho[loan.Borrower], value(book, "Capital_Confidence"), liquidity + cost)  # fmt: skip
        assert block(book, "Alone_Converged")[rows][i] == pytest.approx(alone, rel=1e-9)


def test_concentration(book, loans):
    total = loans.Exposure.sum()
    for group in ("Borrower", "Tenant", "Type"):
        largest = loans.groupby(group).Exposure.sum()
        assert value(book, f"Largest_{group}") == pytest.approx(largest.max() / total, rel=1e-12)
    assert value(book, "Largest_Loan") == pytest.approx(loans.Exposure.max() / total, rel=1e-12)
    chips = loans[loans.Chip != "-"].groupby("Chip").Exposure.sum()
    assert value(book, "Largest_Chip") == pytest.approx(chips.max() / total, rel=1e-12)
    shares = loans.groupby("Borrower").Exposure.sum() / total
    assert value(book, "Herfindahl_Borrower") == pytest.approx((shares**2).sum(), rel=1e-12)
    thin = loans[(loans.DSCR < 1) | (loans.LTV > 1)].Exposure.sum()
    assert value(book, "Thin") == pytest.approx(thin / total, rel=1e-12)


def test_chain_of_defaults(book, loans):
    """The chain in a loop of its own: what falls sells, the price falls, and so on."""
    unit, depth, trigger = (value(book, name) for name in ("Unit_Value", "Book_Depth", "Trigger_LTV"))
    gpus = loans[loans.Type == "GPU"]
    price, standing = unit * (1 - value(book, "First_Shock")), gpus
    while len(fallen := standing[standing.LTV * unit / price > trigger]):
        standing = standing.drop(fallen.index)
        price *= np.exp(-(fallen.Exposure / fallen.Held / fallen.LTV / unit).sum() / depth)
    assert value(book, "Chain_Price") == pytest.approx(price, rel=1e-9)
    fell = gpus.drop(standing.index)
    assert value(book, "Chain_Count") == len(fell)
    loss = (fell.Exposure * np.maximum(0, 1 - price / unit / fell.LTV)).sum()
    assert value(book, "Chain_Loss") == pytest.approx(loss, rel=1e-9)


def test_reverse_stress_goes_through_the_capital(book, borrowers, loans):
    capital, confidence = value(book, "Capital"), value(book, "Capital_Confidence")
    uses = block(book, "Level_Use")
    for level, use in zip(block(book, "Levels"), uses, strict=True):
        chances = WEIGHTS @ distribution(borrowers, correlations(book, borrowers, level))
        assert use == pytest.approx((tail(chances, confidence)[1] - loans.EL.sum()) / capital, rel=1e-5)
    assert uses[0] < 1 < uses[-1]
    assert value(book, "Break_Convergence") == pytest.approx(
        np.interp(1, uses, block(book, "Levels")), rel=1e-9
    )
    more = borrowers.assign(PD=block(book, "PD_Multiples")[1] * borrowers.PD)
    rho = correlations(book, borrowers, value(book, "Convergence"))
    shortfall = tail(WEIGHTS @ distribution(more, rho), confidence)[1]
    assert block(book, "PD_Use_Converged")[1] == pytest.approx(
        (shortfall - loans.EL.sum()) / capital, rel=1e-5
    )
    for multiple in (0, 2):
        weaker = block(book, "Loading_Multiples")[multiple] ** 2 * rho
        shortfall = tail(WEIGHTS @ distribution(borrowers, weaker), confidence)[1]
        use = block(book, "Loading_Use_Converged")[multiple]
        assert use == pytest.approx((shortfall - loans.EL.sum()) / capital, rel=1e-5)
    low, high = block(book, "Map_Use")[0], block(book, "Map_Use")[-1]
    assert (high > low).all() and (np.diff(block(book, "Map_Use"), axis=1) > 0).all()


def test_named_moves(book, borrowers):
    """All at once: each borrower's PD given the four factors, which is what the simulation draws around."""
    moves = np.array([-0.6, -0.4, 0.5, 0.03]) / [
        value(book, f"Vol_{n}") for n in ("Coin", "Rent", "Power", "Refi")
    ]
    loads, factors = borrowers[LOADS].to_numpy(), matrix(book, 0.0)
    own = np.sqrt(1 - np.einsum("ij,jk,ik->i", loads, factors, loads))
    given = norm.cdf((norm.ppf(borrowers.PD) - loads @ moves) / own)
    assert block(book, "Move_5").sum() == pytest.approx((given * borrowers.Severity).sum(), rel=1e-9)


@pytest.fixture(scope="module")
def engine(book):
    return Formualizer(book)


def answers(book):
    return [book.value(Address("Summary", row, 3)) for row in (5, 6, 7)]


def filled(book, name, values):
    """The cells of a list and what is typed into them; `values` maps places to values."""
    sheet, area = book.named_area(name)
    cells = [Address(sheet, *place) for place in area.cells]
    return {cells[i]: new for i, new in values.items()}


class Typed(Moved):
    """A workbook with cells typed over that have no name of their own."""

    def __init__(self, engine, book, cells):
        self._book, self._values = book, engine.recalculate(cells).values | cells
        self.find, self.values, self.named_area = book.find, book.values, book.named_area


def test_a_model_that_refuses_gives_no_answer(engine, book):
    """A borrower without variance of its own: the functions refuse, and nothing reads as zero loss."""
    cells = filled(book, "Load_Rent", {9: 0.95}) | filled(book, "Load_Coin", {9: 0.9})
    moved = Typed(engine, book, cells)
    assert all(str(answer).startswith("No answer") for answer in answers(moved))
    assert value(moved, "Check_Own_Variance") is False and value(moved, "Check_Numbers") is False
    assert value(moved, "Four_Converged_ES") is CellError.NA
    assert value(moved, "Rank") is CellError.NA


def test_without_loadings_nothing_converges(engine, book):
    cells = {cell: 0.0 for load in LOADS for cell in filled(book, load, dict.fromkeys(range(40), 0.0))}
    moved = Typed(engine, book, cells)
    assert value(moved, "One_Converged_ES") == value(moved, "One_Quoted_ES")
    assert len(set(block(moved, "Level_ES"))) == 1
    assert block(moved, "Tranche_Converged") == pytest.approx(block(moved, "Tranche_Quoted"), rel=1e-12)
    assert value(moved, "Failed_Checks") == 0


def test_a_loan_cut_in_two_is_the_same_risk(engine, book):
    """The second half of the first loan in an empty row: what the book loses does not move, only the count."""
    names = [f"Loan_{name}" for name in TYPED] + LOADS
    cells = {}
    for name in names:
        first = block(book, name)[0]
        half = first / 2 if name == "Loan_Exposure" else first
        typed = str(half) if isinstance(half, str) else float(half)
        cells |= filled(
            book, name, {39: typed} | ({0: typed} if name in ("Loan_Exposure", "Loan_Held") else {})
        )
    moved = Typed(engine, book, cells)
    assert value(moved, "Failed_Checks") == 0
    assert value(moved, "Loans") == value(book, "Loans") + 1
    for name in (
        "One_Converged_ES",
        "Herfindahl_Borrower",
        "Out_Fair_Spread_Converged",
        "Wrong_Converged_ES",
    ):
        assert value(moved, name) == pytest.approx(value(book, name), rel=1e-9), name


def test_every_broken_test_is_named(engine, book):
    moved = Moved(engine, book, Capital=400_000_000.0, Max_Tenant=0.05, Max_Loan=0.01)
    lend = answers(moved)[0]
    assert lend.startswith("Not as it stands")
    assert all(short in lend for short in ("the capital as quoted", "the largest tenant", "the largest loan"))
    assert value(moved, "Break_Convergence") == 0
