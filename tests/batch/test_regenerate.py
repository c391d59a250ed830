"""A portfolio through the one road: what works, what fails by name, what is never half written."""

from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from tests.office import assert_libreoffice_agrees

from haircut.errors import CellError
from haircut_workbooks.batch.portfolio import DealError, PortfolioError, read_portfolio
from haircut_workbooks.batch.rollup import rollup
from haircut_workbooks.batch.run import broken_tests, regenerate, worst_first
from haircut_workbooks.package.address import Address
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.splice import Edit, splice

SAMPLE = Path(__file__).parents[2] / "templates/gpu_loan/portfolio.csv"


@pytest.fixture(scope="module")
def table():
    return pd.read_csv(SAMPLE, dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def sample(loan, tmp_path_factory):
    folder = tmp_path_factory.mktemp("deals")
    return regenerate(loan, read_portfolio(SAMPLE, loan), folder)


@pytest.fixture(scope="module")
def one_failed(loan, table, tmp_path_factory):
    """Two deals, of which the first cannot be calculated."""
    folder, two = tmp_path_factory.mktemp("failed"), table.head(2).copy()
    two.loc[0, "Gpus_1"] = "-5"
    return regenerate(loan, portfolio_of(two, folder / "p.csv", loan), folder, workers=1)


def portfolio_of(table, path, loan):
    table.to_csv(path, index=False)
    return read_portfolio(path, loan)


class TestTheSample:
    def test_at_least_twelve_deals_are_verified(self, sample):
        assert len(sample) >= 12
        assert [result.reason for result in sample if result.path is None] == []

    def test_every_input_says_where_it_comes_from(self, table):
        bases = [name for name in table.columns if name.endswith("_Basis")]
        assert len(bases) >= 20
        for name in bases:
            assert table[name].str.match(r"(Reported|Estimated|Assumed) 20\d\d[-\d]*: \S").all(), name

    def test_the_basis_stands_beside_the_number_in_the_workbook(self, sample, table):
        book = Book.open(sample[0].path)
        assert book.value(book.find("Debt_Basis")) == table["Debt_Basis"][0]

    @pytest.mark.parametrize("deal", range(15))
    def test_libreoffice_agrees_on_every_deal(self, sample, deal):
        assert_libreoffice_agrees(Book.open(sample[deal].path))

    def test_the_same_deals_give_the_same_bytes_with_one_worker(self, sample, loan, table, tmp_path):
        portfolio = portfolio_of(table.head(2), tmp_path / "two.csv", loan)
        for alone, pooled in zip(regenerate(loan, portfolio, tmp_path, workers=1), sample, strict=False):
            assert alone.path.read_bytes() == pooled.path.read_bytes()


class TestTheRollup:
    def test_a_line_a_deal_worst_first(self, sample, loan, tmp_path):
        path = tmp_path / "rollup.xlsx"
        path.write_bytes(rollup(loan, sample, "portfolio.csv"))
        sheet = openpyxl.load_workbook(path)["Portfolio"]
        deals = [sheet.cell(row, 3).value for row in range(7, 7 + len(sample))]
        assert deals == [result.row.label for result in worst_first(sample)]
        breaches = [sheet.cell(row, 4).value for row in range(7, 7 + len(sample))]
        assert breaches == sorted(breaches, reverse=True)

    def test_three_ltvs_side_by_side_and_the_uncalibrated_ones_say_so(self, sample, loan, tmp_path):
        path = tmp_path / "rollup.xlsx"
        path.write_bytes(rollup(loan, sample, "portfolio.csv"))
        book = openpyxl.load_workbook(path)
        heads = [cell.value for cell in book["Portfolio"][6] if cell.value]
        assert {
            "Closing Book LTV",
            "Closing Economic LTV",
            "Closing Liquidation LTV (uncalibrated)",
            "Break Even Depth (uncalibrated)",
        } <= set(heads)
        assert len(book["Charts"]._charts) == 4

    def test_the_same_results_give_the_same_bytes(self, sample, loan):
        assert rollup(loan, sample, "x") == rollup(loan, sample, "x")

    def test_failed_deals_are_listed_with_their_reason(self, loan, one_failed, tmp_path):
        path = tmp_path / "rollup.xlsx"
        path.write_bytes(rollup(loan, one_failed, "p.csv"))
        assert "Gpus_1" in openpyxl.load_workbook(path)["Failed"]["C3"].value


class TestBadPortfolios:
    @pytest.mark.parametrize(
        ("change", "says"),
        [
            (
                lambda t: t.rename(columns={"Debt": "Debtt"}),
                r"row 1: unknown column 'Debtt'; did you mean Debt\?",
            ),
            (
                lambda t: t.drop(columns=["Debt"]),
                "row 1: the column Debt is missing, which gpu_loan.xlsx requires",
            ),
            (lambda t: t.rename(columns={"Deal": "Deal;Debt"}), "separated by commas, not semicolons"),
            (lambda t: t.head(0), "no rows"),
            (lambda t: t.assign(Opex_Per_Hour="1"), "column Opex_Per_Hour: Assumptions!C.* holds a formula"),
            (lambda t: t.assign(**{"Assumptions!C20": "1"}), "two columns name the same cell"),
            (lambda t: t.assign(Deal="Rollup"), "is the roll-up's own name"),
            (lambda t: pd.concat([t, t]), "rows 2 and 3 would both be written to"),
        ],
    )
    def test_a_table_that_cannot_be_used_is_refused_whole(self, change, says, table, loan, tmp_path):
        with pytest.raises(PortfolioError, match=says) as caught:
            portfolio_of(change(table.head(1)), tmp_path / "p.csv", loan)
        assert str(tmp_path / "p.csv") in str(caught.value)
        assert "\n" not in str(caught.value)

    @pytest.mark.parametrize(
        ("name", "bad", "says"),
        [
            ("Gpus_1", "-5", "must be above 0, but is -5; the cell is Assumptions!C"),
            ("Debt", "a lot", 'must be a number, but is the text "a lot"'),
            ("Debt", "", "blank"),
            ("Debt", "nan", "finite"),
            ("Borrower", "a\x01b", "character 2 of the text is no printable one"),
            ("Closing", "soon", "a date such as 2026-03-31"),
            ("Style", "balloon", "must be one of annuity, straight, bullet, sculpted"),
            ("Tenor_Years", "30", "from 0.25 to 10"),
            ("Contracted_Share", "1.2", "from 0 to 1"),
        ],
    )
    def test_a_bad_deal_fails_by_row_and_column(self, name, bad, says, table, loan, tmp_path):
        table = table.head(1).copy()
        table.loc[0, name] = bad
        path = tmp_path / "p.csv"
        (failed,) = regenerate(loan, portfolio_of(table, path, loan), tmp_path, workers=1)
        assert failed.path is None
        assert f"{path}, row 2, column {name}: " in failed.reason
        assert says in failed.reason
        assert [p.name for p in tmp_path.iterdir()] == ["p.csv"]

    def test_the_others_go_on(self, one_failed):
        failed, fine = one_failed
        assert failed.path is None
        assert {p.name for p in fine.path.parent.iterdir()} == {"p.csv", fine.path.name, ".haircut-journal"}

    @pytest.mark.parametrize("name", ["missing.csv", "text.parquet", "text.xlsx", "text.doc"])
    def test_an_unreadable_file(self, name, loan, tmp_path):
        if not name.startswith("missing"):
            (tmp_path / name).write_text("nothing")
        with pytest.raises(PortfolioError, match=name):
            read_portfolio(tmp_path / name, loan)


def test_parquet_and_excel_give_what_csv_gives(table, loan, tmp_path):
    typed = table.head(1).copy()
    for name in ("Gpus_1", "Debt", "Tenor_Years"):
        typed[name] = typed[name].astype(float)
    typed["Closing"] = pd.to_datetime(typed["Closing"])
    typed.to_parquet(tmp_path / "p.parquet")
    typed.to_excel(tmp_path / "p.xlsx", index=False)
    csv = portfolio_of(table.head(1), tmp_path / "p.csv", loan)
    expected = csv.inputs(loan, csv.rows[0])
    for name in ("p.parquet", "p.xlsx"):
        portfolio = read_portfolio(tmp_path / name, loan)
        assert portfolio.inputs(loan, portfolio.rows[0]) == expected


def test_a_number_given_without_a_basis_does_not_keep_the_old_one(table, loan, tmp_path):
    portfolio = portfolio_of(table.head(1).drop(columns=["Debt_Basis"]), tmp_path / "p.csv", loan)
    assert "without a basis" in portfolio.inputs(loan, portfolio.rows[0])[loan.find("Debt_Basis")]


def test_a_cell_address_serves_as_a_column(table, loan, tmp_path):
    portfolio = portfolio_of(
        table.head(1).rename(columns={"Debt": str(loan.find("Debt"))}), tmp_path / "p.csv", loan
    )
    assert portfolio.inputs(loan, portfolio.rows[0])[loan.find("Debt")] == float(table["Debt"][0])


def test_a_blank_says_how_to_keep_the_books_value(table, loan, tmp_path):
    portfolio = portfolio_of(table.head(1).assign(Debt=""), tmp_path / "p.csv", loan)
    with pytest.raises(DealError, match="drop the column to keep the book's own"):
        portfolio.inputs(loan, portfolio.rows[0])


class TestNothingIsLost:
    def test_a_second_run_replaces_what_the_first_wrote(self, table, loan, tmp_path):
        portfolio = portfolio_of(table.head(1), tmp_path / "p.csv", loan)
        (first,) = regenerate(loan, portfolio, tmp_path)
        before = first.path.read_bytes()
        (second,) = regenerate(loan, portfolio, tmp_path)
        assert second.path.read_bytes() == before

    def test_a_workbook_that_someone_changed_is_not_replaced(self, table, loan, tmp_path):
        portfolio = portfolio_of(table.head(1), tmp_path / "p.csv", loan)
        (first,) = regenerate(loan, portfolio, tmp_path)
        mine = splice(Book.open(first.path), {Address("Summary", 3, 12): Edit("my note")})
        first.path.write_bytes(mine)
        (second,) = regenerate(loan, portfolio, tmp_path)
        assert second.path is None
        assert "changed since it was written" in second.reason
        assert first.path.read_bytes() == mine


def test_a_number_given_by_its_cell_loses_its_old_basis_too(table, loan, tmp_path):
    by_cell = table.head(1).drop(columns=["Debt_Basis"]).rename(columns={"Debt": str(loan.find("Debt"))})
    portfolio = portfolio_of(by_cell, tmp_path / "p.csv", loan)
    assert "without a basis" in portfolio.inputs(loan, portfolio.rows[0])[loan.find("Debt_Basis")]


def test_kinds_of_number_and_blank_that_tables_hold(table, loan, tmp_path):
    typed = table.head(1).assign(Debt=[Decimal("2300000000.50")], Rating=["n/a"])
    typed.to_parquet(tmp_path / "p.parquet")
    portfolio = read_portfolio(tmp_path / "p.parquet", loan)
    assert portfolio.inputs(loan, portfolio.rows[0])[loan.find("Debt")] == 2300000000.5
    typed.assign(Debt=1e9).to_excel(tmp_path / "p.xlsx", index=False)
    portfolio = read_portfolio(tmp_path / "p.xlsx", loan)
    assert portfolio.inputs(loan, portfolio.rows[0])[loan.find("Rating")] == "n/a"
    typed.assign(Debt=pd.array([None], dtype="Int64")).to_parquet(tmp_path / "p.parquet")
    portfolio = read_portfolio(tmp_path / "p.parquet", loan)
    with pytest.raises(DealError, match="column Debt: blank"):
        portfolio.inputs(loan, portfolio.rows[0])


def test_a_test_that_tells_nothing_fails_the_deal(loan):
    book = Book(splice(loan, {loan.find("Breach_DSCR"): Edit(CellError.NA, keep_formula=True)}), "x.xlsx")
    with pytest.raises(DealError, match=r"Breach_DSCR\) is #N/A"):
        broken_tests(book)


def test_an_impossible_matrix_fails_by_the_check_and_not_by_the_engines(table, loan, tmp_path):
    bad = table.head(1).assign(Corr_Coin_Rent="0.99", Corr_Coin_Power="0.99", Corr_Rent_Power="-0.99")
    (result,) = regenerate(loan, portfolio_of(bad, tmp_path / "p.csv", loan), tmp_path)
    assert "Check_" in result.reason
    assert "no correlation matrix" in result.reason


def test_text_that_looks_like_a_formula_stays_text(table, loan, tmp_path):
    bad = table.head(1).assign(Deal="=1+1", Gpus_1="-1")
    (result,) = regenerate(loan, portfolio_of(bad, tmp_path / "p.csv", loan), tmp_path)
    path = tmp_path / "rollup.xlsx"
    path.write_bytes(rollup(loan, [result], "p.csv"))
    cell = openpyxl.load_workbook(path)["Failed"]["B3"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
