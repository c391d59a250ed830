"""The labelled ranges of a deal scenario: what a sheet may state of a deal and its factors, and reading it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import MISSING, dataclass, field, fields
from difflib import get_close_matches
from functools import lru_cache, partial
from typing import Any, NamedTuple, TypeAlias

from haircut.models.checks import finite, not_negative, open_share, positive, share, whole
from haircut.models.errors import InvalidValue, OutOfRange

Rows: TypeAlias = Sequence[Sequence[Any]]
QUARTERS_PER_YEAR = 4
DT = 1 / QUARTERS_PER_YEAR
"""Years in a quarter."""
MOST_QUARTERS = 120
STYLES = ("annuity", "straight", "sculpted", "bullet")


def _between(low: float, high: float, **value: float) -> None:
    finite(**value)
    for name, number in value.items():
        if not low <= number <= high:
            raise OutOfRange(f"{name} must be between {low:g} and {high:g}, but is {number:.6g}")


def _style(**value: str) -> None:
    for name, word in value.items():
        if word not in STYLES:
            raise InvalidValue(f'{name} must be one of {", ".join(STYLES)}, but is "{word:.40}"')


RATE = partial(_between, -0.05, 1.0)
DISCOUNT = partial(_between, -0.5, 2.0)
RENT = partial(_between, 0.0, 1_000.0)
MULTIPLE = partial(_between, 0.0, 20.0)
LOAN_TO_VALUE = partial(_between, 0.0, 5.0)
YEARS = partial(_between, 0.0, 100.0)
MONTHS = partial(_between, 0.0, 120.0)
SOME_SHARE = partial(_between, 1e-6, 1.0)


def label(unit: str, check: Callable[..., None], meaning: str, default: Any = MISSING) -> Any:
    """One labelled value: its unit, the range that makes sense, what it means; required without a default."""
    return field(default=default, metadata={"unit": unit, "check": check, "meaning": meaning})


@dataclass(frozen=True, kw_only=True)
class Deal:
    """What the range ``deal`` states: each field is a label."""

    gpus: float = label("count", positive, "GPUs that secure the loan")
    unit_cost: float = label("USD", positive, "cost of one GPU when new, for the book value")
    book_life: float = label("years", positive, "straight-line life of the book value", 6.0)
    age: float = label("years", not_negative, "age of the fleet at closing, for the book value", 0.0)
    life: float = label("years", YEARS, "years from closing in which the fleet can still work")
    scrap: float = label("USD", not_negative, "value of a GPU that is switched off", 0.0)
    utilisation: float = label("share", share, "share of the merchant hours that are sold")
    availability: float = label("share", share, "share of all hours in which the fleet works", 1.0)
    contracted_share: float = label("share", share, "share of the fleet under a take-or-pay contract", 0.0)
    contract_rent: float | None = label("USD/GPU-hour", RENT, "rent under the contract", None)
    contract_years: float | None = label("years", YEARS, "when the contract ends", None)
    counterparty_pd: float = label(
        "annual", share, "probability a year that the tenant defaults, and the contract is lost", 0.0
    )
    kw_per_gpu: float = label("kW", positive, "power per GPU, all-in")
    hosting_cost: float = label("USD/GPU-hour", RENT, "hosting and staff without power")
    other_cost: float = label("USD a year", not_negative, "other operating costs", 0.0)
    debt: float = label("USD", positive, "debt drawn at closing")
    tenor: float = label("years", positive, "to maturity, in whole quarters")
    style: str = label("word", _style, "annuity, straight, sculpted or bullet", "annuity")
    target_dscr: float | None = label(
        "x", MULTIPLE, "of sculpted debt: all debt service is mean CFADS over it", None
    )
    balloon: float = label(
        "share", share, "share of the debt that falls due at maturity beside the last instalment", 0.0
    )
    base_rate: float = label("annual", RATE, "base rate; also discounts the losses")
    margin: float = label("annual", RATE, "margin; the debt pays base rate and margin, fixed")
    other_debt_service: float = label("USD a year", not_negative, "paid on other debt before this one", 0.0)
    dsra_months: float = label("months", MONTHS, "months of debt service to reserve", 0.0)
    opening_cash: float = label("USD", not_negative, "cash at closing", 0.0)
    minimum_cash: float = label("USD", not_negative, "kept before anything is distributed", 0.0)
    lockup_dscr: float = label("x", MULTIPLE, "below it nothing is distributed; 0 is no lock-up", 0.0)
    sweep: float = label("share", share, "share of the excess cash that prepays debt", 0.0)
    refi_max_ltv: float | None = label(
        "share", LOAN_TO_VALUE, "most that a new lender lends on the fleet's value", None
    )
    refi_min_dscr: float | None = label(
        "x", MULTIPLE, "cover that a new lender asks of last year's CFADS", None
    )
    refi_years: float | None = label("years", positive, "over which a new loan would be repaid", None)
    coins: float = label("BTC", not_negative, "treasury that is sold before the loan defaults", 0.0)
    coin_discount: float = label("share", share, "share of the coin price lost in a forced sale", 0.0)
    depth: float = label("GPUs", positive, "sales that move the price by 63 %; uncalibrated")
    depth_recovery: float = label("share a month", share, "price pressure that fades; uncalibrated")
    other_units: float = label("GPUs", not_negative, "sold by others in deep stress", 0.0)
    buyer_vacuum: float = label(
        "per unit of stress", not_negative, "rate at which stress empties the market", 0.0
    )
    hosting_mw_per_month: float = label(
        "MW", positive, "hosting that buyers can free in a month; uncalibrated"
    )
    hostable_share: float = label("share", SOME_SHARE, "of it fit for these racks", 1.0)
    legal_months: float = label("months", MONTHS, "stay before the first sale", 0.0)
    carry: float = label("USD/GPU-month", not_negative, "for each unsold GPU", 0.0)
    exit_cost: float = label("USD/GPU", not_negative, "de-installation, freight and fees", 0.0)
    value_decay: float = label("annual", DISCOUNT, "continuous loss of value while the fleet is sold", 0.0)
    discount_rate: float = label("annual effective", DISCOUNT, "of the collateral's cash")
    hurdle: float = label("annual", share, "return on capital above the base rate", 0.0)
    liquidity_premium: float = label("annual", RATE, "asked for a loan that cannot be sold", 0.0)
    confidence: float = label("share", open_share, "of VaR and ES", 0.99)

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if value is not None:
                item.metadata["check"](**{item.name: value})
        whole("tenor x 4", self.tenor * QUARTERS_PER_YEAR, 1, MOST_QUARTERS)
        if self.counterparty_pd == 1:
            raise OutOfRange("counterparty_pd must be below 1: a tenant sure to default is no tenant")
        if self.style in ("sculpted", "bullet") and self.balloon > 0:
            raise InvalidValue(f"balloon: {self.style} debt leaves what it does not repay; leave it out")
        for name in ("target_dscr", "refi_max_ltv", "refi_min_dscr"):
            if getattr(self, name) == 0:
                raise OutOfRange(f"{name} must be above 0")
        not_negative(**{"base_rate + margin": self.rate})
        self._together(
            self.contracted_share > 0, "contracted_share is above 0", "contract_rent", "contract_years"
        )
        self._together(self.style == "sculpted", "style is sculpted", "target_dscr")

    @property
    def quarters(self) -> int:
        """Quarters to maturity."""
        return round(self.tenor * QUARTERS_PER_YEAR)

    @property
    def rate(self) -> float:
        """The debt's annual nominal rate."""
        return self.base_rate + self.margin

    def refinancing_terms(self) -> tuple[float, float, float]:
        """Most LTV, least DSCR and years of a new loan; raise `InvalidValue` unless all are stated."""
        self._together(True, "debt is left at maturity", "refi_max_ltv", "refi_min_dscr", "refi_years")
        return self.refi_max_ltv or 0.0, self.refi_min_dscr or 0.0, self.refi_years or 0.0

    def _together(self, needed: bool, why: str, *names: str) -> None:
        for name in names:
            if needed and getattr(self, name) is None:
                raise InvalidValue(f"deal: {name} is missing, and {why}; add a row for it")


@dataclass(frozen=True)
class Factor:
    """One risk factor: its level today, its drift and its volatility."""

    name: str
    level: float
    drift: float
    volatility: float

    def __post_init__(self) -> None:
        _between(0.0, FACTORS[self.name].most, **{f"{self.name} level": self.level})
        _between(0.0, 5.0, **{f"{self.name} volatility": self.volatility})
        _between(-5.0, 5.0, **{f"{self.name} drift": self.drift})


class Risk(NamedTuple):
    """What a factor is: 1 where a rise is bad, -1 where a fall is; the unit and most of its level; when it is needed."""

    sign: int
    unit: str
    most: float
    needed: str


FACTORS = {
    "rent": Risk(-1, "USD/GPU-hour", 1_000.0, "required"),
    "power": Risk(1, "USD/kWh", 10.0, "required"),
    "coin": Risk(-1, "USD", 1e9, "with coins"),
    "refi_spread": Risk(1, "annual", 1.0, "with debt left at maturity"),
}
"""Every factor, in the order in which they are drawn."""
COLUMNS = ("factor", "level", "drift", "volatility")


def named(range_name: str, cell: object, names: Iterable[str]) -> str:
    """The name that a cell spells, whatever its case, spaces and underscores; or raise `InvalidValue`."""
    by_key = _by_key(tuple(names))
    if isinstance(cell, str) and _key(cell) in by_key:
        return by_key[_key(cell)]
    near = get_close_matches(_key(cell), list(by_key), 1, 0.6)
    hint = f"did you mean {by_key[near[0]]}?" if near else f"it must be one of {', '.join(by_key.values())}"
    raise InvalidValue(f'{range_name}: there is no "{cell!s:.40}"; {hint}')


def deal_labels() -> list[tuple[str, str, str, str]]:
    """Each label of a deal: its name, unit, "required" or its default, and meaning."""
    return [
        (item.name, item.metadata["unit"], _default_text(item.default), item.metadata["meaning"])
        for item in fields(Deal)
    ]


def _default_text(default: Any) -> str:
    if default is MISSING:
        return "required"
    if default is None:
        return "where it applies"
    return f"{default:g}" if isinstance(default, float) else str(default)


def factor_labels() -> list[tuple[str, str, str, str]]:
    """Each factor: its name, the unit of its level, when it is needed, and its bad direction."""
    bad = {1: "a rise is bad", -1: "a fall is bad"}
    return [(name, risk.unit, risk.needed, bad[risk.sign]) for name, risk in FACTORS.items()]


def read_deal(rows: Rows) -> Deal:
    """Read the range ``deal``: label, value and, if there is a third column, the unit.

    Parameters
    ----------
    rows : rows of 2 or 3 cells
        Labels ignore case, spaces and underscores. Rows that are blank throughout are passed over.

    Returns
    -------
    Deal
        The terms, each within its range.

    Raises
    ------
    InvalidValue
        A label that is unknown, given twice or missing though required; a unit that is not the label's; a
        value of the wrong kind.
    OutOfRange
        A value outside the range that makes sense.

    Examples
    --------
    >>> read_deal([["Gpus", 1000]])
    Traceback (most recent call last):
    haircut.models.errors.InvalidValue: deal: unit_cost is missing; add a row for it
    """
    known = {item.name: item for item in fields(Deal)}
    values: dict[str, Any] = {}
    for row in _filled("deal", rows):
        if len(row) not in (2, 3):
            raise InvalidValue("deal must have two columns, label and value, and may have a third, unit")
        item = known[named("deal", row[0], known)]
        if item.name in values:
            raise InvalidValue(f"deal: {item.name} is given twice; leave one row")
        if len(row) == 3 and not _blank(row[2]) and _key(row[2]) != _key(item.metadata["unit"]):
            raise InvalidValue(f'deal: {item.name} is in {item.metadata["unit"]}, not in "{row[2]!s:.40}"')
        values[item.name] = _word(row[1]) if item.name == "style" else _number("deal", item.name, row[1])
    for item in fields(Deal):
        if item.default is MISSING and item.name not in values:
            raise InvalidValue(f"deal: {item.name} is missing; add a row for it")
    return Deal(**values)


def read_factors(rows: Rows) -> dict[str, Factor]:
    """Read the range ``factors``: a header row, then a row a factor.

    Parameters
    ----------
    rows : rows of 4 cells
        Headers factor, level, drift, volatility, in any order; factors coin, rent, power, refi_spread.

    Returns
    -------
    dict of Factor
        By factor, in the order of the rows.

    Raises
    ------
    InvalidValue
        A header or factor that is unknown, given twice or missing; a cell of the wrong kind.
    OutOfRange
        A negative level or volatility, a volatility above 5 or a drift outside -5 to 5.

    Examples
    --------
    >>> read_factors([["factor", "level", "drift", "volatility"], ["Rent", 2.35, -0.2, 0.4]])
    {'rent': Factor(name='rent', level=2.35, drift=-0.2, volatility=0.4)}
    """
    filled = _filled("factors", rows)
    headers = [named("factors", cell, COLUMNS) for cell in filled[0]]
    if sorted(headers) != sorted(COLUMNS):
        raise InvalidValue(f"factors must have the headers {', '.join(COLUMNS)}, each once")
    found: dict[str, Factor] = {}
    for row in filled[1:]:
        cells = dict(zip(headers, row, strict=True))
        name = named("factors", cells.pop("factor"), FACTORS)
        if name in found:
            raise InvalidValue(f"factors: {name} is given twice; leave one row")
        numbers = {key: _number("factors", f"{name} {key}", cell) for key, cell in cells.items()}
        found[name] = Factor(name, **numbers)
    return found


def _filled(name: str, rows: Rows) -> list[Sequence[Any]]:
    filled = [row for row in rows if not all(_blank(cell) for cell in row)]
    if not filled:
        raise InvalidValue(f"{name} must hold at least one row")
    return filled


def _blank(cell: object) -> bool:
    return cell is None or cell == ""


@lru_cache
def _by_key(names: tuple[str, ...]) -> dict[str, str]:
    return {_key(name): name for name in names}


def _key(text: object) -> str:
    return "".join(str(text).lower().replace("_", " ").split())


def _word(cell: object) -> str:
    return str(cell).strip().lower()


def _number(name: str, item: str, cell: object) -> float:
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        what = "is blank" if _blank(cell) else f'holds "{cell!s:.40}"'
        raise InvalidValue(f"{name}: {item} {what}; give a number")
    return float(cell)
