"""The stress sheet: its numbers are the models' own, it follows the analyst's cells, other programs agree."""

import numpy as np
import pytest
from scipy.stats import norm
from tests.attach.analyst import (
    COST,
    DEBT,
    GPUS,
    MAPPING,
    PERIODS,
    RATE,
    balances,
    cfads,
    model,
    payment,
    revenues,
)
from tests.office import recalculated_by_libreoffice
from tests.recalc.made import made

from haircut.errors import CellError
from haircut.models import collateral, correlation, covenant, coverage, liquidation, recovery
from haircut_workbooks.attach import sections
from haircut_workbooks.attach.earlier import remembered
from haircut_workbooks.attach.layout import BASIS, LABEL, NAME, VALUE
from haircut_workbooks.attach.mapping import mapped
from haircut_workbooks.attach.propose import proposed
from haircut_workbooks.attach.removal import detached
from haircut_workbooks.attach.stress import attached, summary
from haircut_workbooks.package.address import Address
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.forms import Form
from haircut_workbooks.package.frozen import haircut_cells
from haircut_workbooks.package.splice import Edit, splice
from haircut_workbooks.recalc.formualizer_engine import Formualizer
from haircut_workbooks.recalc.recalculate import recalculate, stale
from haircut_workbooks.recalc.replay import agree, disagreements
from haircut_workbooks.templates.sheets import FORMATS

YEARS = np.arange(1, PERIODS + 1) / 4


def place(book, text):
    """The only cell of the stress sheet that holds a text."""
    found = [a for a, value in book.values().items() if a.sheet == NAME and value == text]
    assert len(found) == 1, (text, found)
    return found[0]


def result(book, label):
    at = place(book, label)
    return book.value(Address(NAME, at.row, at.column + VALUE - LABEL))


def column(book, heading):
    at = place(book, heading)
    return [book.value(Address(NAME, at.row + 1 + i, at.column)) for i in range(PERIODS)]


def converged(book, label):
    at = place(book, label)
    return [book.value(Address(NAME, at.row, VALUE + 1 + i)) for i in range(3)]


class TestNumbers:
    def test_the_analyst_s_cells_are_read(self, stressed):
        assert column(stressed, "CFADS") == pytest.approx(cfads(), rel=1e-15)
        assert column(stressed, "Debt service") == pytest.approx([payment()] * PERIODS, rel=1e-15)
        assert column(stressed, "Debt at period's end") == pytest.approx(balances(), rel=1e-15)

    def test_cover(self, stressed):
        service = [payment()] * PERIODS
        assert column(stressed, "DSCR") == pytest.approx(np.array(cfads()) / payment(), rel=1e-12)
        assert result(stressed, "Lowest DSCR") == pytest.approx(min(cfads()) / payment(), rel=1e-12)
        assert result(stressed, "LLCR at closing") == pytest.approx(
            sum(cash / (1 + RATE / 4) ** (i + 1) for i, cash in enumerate(cfads())) / DEBT, rel=1e-12
        )
        below = sum(cash < 1.2 * due for cash, due in zip(cfads(), service, strict=True))
        assert result(stressed, "Periods below the DSCR covenant") == below

    def test_a_rent_that_falls_a_fifth_a_year(self, stressed):
        left = 0.8**YEARS
        deflated = np.array(cfads()) - np.array(revenues()) * (1 - left)
        assert column(stressed, "CFADS, rent deflated") == pytest.approx(deflated, rel=1e-12)
        assert result(stressed, "Lowest DSCR, rent deflated") == pytest.approx(
            coverage.dscr_min(deflated, [payment()] * PERIODS), rel=1e-12
        )

    def test_the_rent_fall_that_breaks_dscr_brings_it_to_the_covenant(self, stressed):
        falls = np.array(column(stressed, "Rent fall that breaks DSCR"))
        stressed_cash = np.array(cfads()) - np.array(revenues()) * falls
        assert stressed_cash / payment() == pytest.approx([1.2] * PERIODS, rel=1e-12)
        assert result(stressed, "Smallest rent fall that breaks DSCR") == pytest.approx(min(falls), rel=1e-12)

    def test_three_values_of_the_collateral(self, stressed):
        book = collateral.book_value(COST, YEARS, 6)
        step = collateral.step_value(COST, YEARS, 0.15, [1.5, 3.5], [0.2, 0.2], 0.05)
        assert column(stressed, "Book LTV") == pytest.approx(np.array(balances()) / book, rel=1e-12)
        assert column(stressed, "Economic LTV") == pytest.approx(np.array(balances()) / step, rel=1e-12)
        proceeds = [sale(value / GPUS) for value in step]
        assert column(stressed, "Forced sale brings (uncal.)") == pytest.approx(proceeds, rel=1e-9)
        worst = int(np.argmax(np.array(balances()) - proceeds))
        assert result(stressed, "Worst period for a forced sale (uncalibrated)") == worst + 1
        assert result(stressed, "Loss given default then (uncalibrated)") == pytest.approx(
            float(recovery.lgd(balances()[worst], proceeds[worst])[0]), rel=1e-9
        )

    def test_the_value_fall_that_breaks_ltv(self, stressed):
        step = collateral.step_value(COST, YEARS, 0.15, [1.5, 3.5], [0.2, 0.2], 0.05)
        expected = covenant.break_value(balances(), step, [0.8] * PERIODS)
        assert column(stressed, "Value fall that breaks LTV") == pytest.approx(expected, rel=1e-9)

    def test_convergence_moves_dependence_alone(self, stressed):
        base, both, delta = converged(stressed, "Probability of default in that year")
        assert base == pytest.approx(float(correlation.stressed_pd(0.02, 0.2, 0.99)[0]), rel=1e-12)
        assert both == pytest.approx(float(correlation.stressed_pd(0.02, 0.6, 0.99)[0]), rel=1e-12)
        assert delta == pytest.approx(both - base, rel=1e-12)
        assert result(stressed, "Correlation with one another") == 0.2

    def test_a_bad_year_takes_rent_and_collateral_together(self, stressed):
        worst = int(result(stressed, "Worst period for a forced sale (uncalibrated)")) - 1
        value = collateral.step_value(COST, YEARS, 0.15, [1.5, 3.5], [0.2, 0.2], 0.05)[worst]
        for i, rho in enumerate((0.2, 0.6)):
            left = np.exp(-0.4 * np.sqrt(rho) * norm.ppf(0.99))
            cash = np.array(cfads()) - np.array(revenues()) * (1 - left)
            assert converged(stressed, "Lowest DSCR at that rent")[i] == pytest.approx(min(cash) / payment())
            lgd = 1 - sale(left * value / GPUS) / balances()[worst]
            shown = converged(stressed, "Loss given default in that year (uncalibrated)")[i]
            assert shown == pytest.approx(lgd, rel=1e-9)
            assert shown > 0

    def test_every_check_holds(self, stressed):
        assert stressed.value(Address(NAME, 3, 4)) is True


def sale(unit_value):
    """What the liquidation model, called directly, brings in all."""
    months = liquidation.months_to_sell(GPUS, 1.3, 20, 0.8)
    table = liquidation.liquidation(GPUS, unit_value, months, 20_000, 0.1, 0, 0.15, 0.12, 30, 400, 3)
    return max(0.0, table["present value"][0])


def relabelled(book, **inputs):
    """The workbook with other values typed in."""
    return Book(splice(book, {book.find(cell): Edit(value) for cell, value in inputs.items()}), book.name)


class TestLife:
    def test_it_follows_the_analyst_s_cells(self, stressed):
        engine = Formualizer(stressed)
        before = result(stressed, "Lowest DSCR")
        done = recalculate(engine, stressed, {stressed.find("'The deal'!C7"): 2 * 2_500_000.0}).book
        lowest = (min(revenues()) - 5_000_000) / payment()
        assert result(done, "Lowest DSCR") == pytest.approx(lowest, rel=1e-12) != before

    def test_it_follows_its_own_inputs(self, stressed):
        at = place(stressed, "Rent decline beyond the workbook's own")
        cell = Address(NAME, at.row, VALUE + 1)
        done = recalculate(Formualizer(stressed), stressed, {cell: 0.0}).book
        assert result(done, "Lowest DSCR, rent deflated") == result(done, "Lowest DSCR")

    def test_nothing_in_it_is_stale_and_two_engines_agree(self, stressed):
        assert stale(Formualizer(stressed), stressed) == []
        assert disagreements(stressed) == []

    @pytest.mark.parametrize("form", Form)
    def test_its_values_are_the_same_in_every_form(self, bare, stressed, form):
        book = attached(bare, mapped(bare, MAPPING), form)
        assert book.values() == stressed.values()
        calls = {"plain": "HC_DSCR(", "addin": "[1]!HC_DSCR(", "web": "_xldudf_HC_DSCR(", "calc": "HC.DSCR("}
        assert any(text.startswith(calls[form]) for text in book.formulas().values())

    def test_a_workbook_that_no_engine_calculates_can_be_stressed(self, bare):
        circular = {
            bare.find("Model!B2"): Edit(1.0, formula="C2"),
            bare.find("Model!C2"): Edit(1.0, formula="B2"),
        }
        book = Book(splice(bare, circular), "circular.xlsx")
        done = attached(book, mapped(book, MAPPING))
        assert result(done, "Lowest DSCR") == pytest.approx(min(cfads()) / payment(), rel=1e-12)

    def test_dates_of_1904(self):
        book = model(date_1904=True)
        done = attached(book, mapped(book, MAPPING), Form.PLAIN)
        assert column(done, "Date")[0] == 46112 - 1462
        assert result(done, "Periods a year, from the dates") == 4

    def test_libreoffice_opens_it_and_calculates_the_same(self, stressed):
        other = recalculated_by_libreoffice(stressed)
        skipped = haircut_cells(stressed)
        compared = [a for a in stressed.formulas() if a.sheet == NAME and a not in skipped]
        assert len(compared) > 10 * PERIODS
        assert [str(a) for a in compared if not agree(stressed.value(a), other[a])] == []


class TestSheet:
    @pytest.mark.parametrize("items", [2, 3, 4, 5, 6, 7, 9])
    def test_it_reaches_as_far_as_the_mapping(self, bare, items):
        book = attached(bare, mapped(bare, dict(list(MAPPING.items())[:items])))
        assert result(book, "Lowest DSCR") == pytest.approx(min(cfads()) / payment(), rel=1e-12)
        assert ("Liquidation LTV (uncal.)" in book.values().values()) == (items >= 7)
        assert book.value(Address(NAME, 3, 4)) is True

    def test_labels_of_inputs_are_met_once(self, bare, stressed):
        for item in sections.inputs(mapped(bare, MAPPING)):
            assert place(stressed, item.label).column == LABEL + 1

    def test_every_input_says_what_it_rests_on(self, bare, stressed):
        for item in sections.inputs(mapped(bare, MAPPING)):
            at = place(stressed, item.label)
            assert str(stressed.value(Address(NAME, at.row, BASIS + 1))).startswith("Assumed")

    def test_what_rests_on_a_depth_says_so_and_the_break_even_depth_stands_beside(self, bare, stressed):
        words = [
            line
            for line in summary(stressed, mapped(bare, MAPPING))
            if "Liquidation" in line or "depth" in line
        ]
        assert len(words) == 3
        assert all("uncalibrated" in line for line in words)

    def test_a_depth_that_no_market_offers_is_said_in_words(self, bare):
        cheap = relabelled(bare, **{"'The deal'!C3": 20_000_000.0})
        book = attached(cheap, mapped(cheap, MAPPING))
        assert result(book, "Break-even depth then, GPUs (uncalibrated)") == "no depth"

    def test_a_workbook_in_millions_shows_decimals(self, stressed):
        def fill(_, sheet):
            sheet.write_row("A1", [30.5, 31.25])
            sheet.write_row("A2", [20.0, 20.5])

        book = made(fill)
        small = attached(book, mapped(book, {"cfads": "Data!A1:B1", "debt_service": "Data!A2:B2"}))
        for done, shown in ((small, "cents"), (stressed, "money")):
            at = place(done, "CFADS")
            assert done.number_format(Address(NAME, at.row + 1, at.column)) == FORMATS[shown]

    def test_a_wrong_unit_of_money_fails_a_check(self, bare):
        thousands = relabelled(bare, **{"'The deal'!C3": 100_000.0})
        book = attached(thousands, mapped(thousands, MAPPING))
        assert book.value(Address(NAME, 3, 4)) is False
        assert "NOT ALL CHECKS HOLD" in summary(book, mapped(thousands, MAPPING))[0]

    def test_without_dates_the_summary_says_what_it_took(self, stressed, bare):
        undated = mapped(bare, {item: text for item, text in MAPPING.items() if item != "dates"})
        assert "periods are quarters unless" in summary(stressed, undated)[0]
        assert not any("periods are" in line for line in summary(stressed, mapped(bare, MAPPING)))

    def test_a_period_without_debt_service_has_no_dscr(self, bare):
        book = relabelled(bare, **{"Model!Q11": 0.0})
        done = attached(book, mapped(book, MAPPING))
        assert column(done, "DSCR")[-1] is CellError.NA
        assert done.value(Address(NAME, 3, 4)) is True


class TestAgain:
    def test_attaching_twice_is_attaching_once(self, bare, stressed):
        assert attached(stressed, mapped(stressed, MAPPING), Form.PLAIN).data == stressed.data

    def test_what_was_typed_in_is_kept_with_its_basis(self, stressed):
        typed = {
            Address(NAME, place(stressed, "Market depth").row, VALUE + 1): Edit(5000.0),
            Address(NAME, place(stressed, "Book life").row, VALUE + 1): Edit(4.0),
            Address(NAME, place(stressed, "Book life").row, BASIS + 1): Edit("The borrower's accounts"),
        }
        book = Book(splice(stressed, typed), stressed.name)
        again = attached(book, mapped(book, MAPPING), Form.PLAIN)
        assert result(again, "Market depth") == 5000
        assert result(again, "Assumed depth, GPUs (uncalibrated)") == 5000
        at = place(again, "Market depth")
        assert again.value(Address(NAME, at.row, BASIS + 1)) == "Typed in by the analyst"
        assert (
            again.value(Address(NAME, place(again, "Book life").row, BASIS + 1)) == "The borrower's accounts"
        )


def test_debt_service_in_two_rows_is_read_and_remembered():
    def fill(_, sheet):
        for i, (label, value) in enumerate({"CFADS": 150.0, "Interest": -30.0, "Principal": 70.0}.items()):
            sheet.write_row(i, 0, [label, *[value] * 4])

    book = made(fill)
    done = attached(book, mapped(book, {item: each.text for item, each in proposed(book).items()}))
    assert column(done, "DSCR")[:4] == [1.5] * 4
    assert remembered(done) == {"cfads": "Data!B1:E1", "debt_service": "-Data!B2:E2 + Data!B3:E3"}
    assert {part: detached(done).container.read(part) for part in book.container.parts} == {
        part: book.container.read(part) for part in book.container.parts
    }


def test_a_link_that_the_analyst_has_rewritten_is_not_taken_for_its_cells(stressed):
    header = place(stressed, "CFADS")
    first = Address(NAME, header.row + 1, header.column)
    assert remembered(stressed)["cfads"] == MAPPING["cfads"]
    for more in ("*2", "+10"):
        text = stressed.formulas()[first] + more
        edited = Book(splice(stressed, {first: Edit(1.0, formula=text, keep_formula=True)}), stressed.name)
        assert "cfads" not in remembered(edited)
