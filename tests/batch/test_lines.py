"""A column that names several cells takes as many values."""

from io import BytesIO

import pytest
import xlsxwriter

from haircut_workbooks.batch.portfolio import NO_BASIS, DealError, PortfolioError, read_portfolio
from haircut_workbooks.package.book import Book

NAMES = {
    "Deal": "$B$1",
    "Loans": "$A$2:$C$2",
    "Rates": "$A$3:$A$5",
    "Rates_Basis": "$D$3",
    "Block": "$A$7:$B$8",
    "Required": "$B$1",
    "Required_2": "$A$2:$C$5",
}


@pytest.fixture(scope="module")
def book():
    file = BytesIO()
    workbook = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = workbook.add_worksheet("Book")
    sheet.write("B1", "a deal")
    sheet.write_row("A2", ["x", "y", "z"])
    sheet.write_column("A3", [0.1, 0.2, 0.3])
    sheet.write("D3", "Assumed 2026: nothing is known")
    limits = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1}
    sheet.data_validation("A3:A5", limits)
    for name, place in NAMES.items():
        workbook.define_name(name, f"=Book!{place}")
    workbook.close()
    return Book(file.getvalue(), "lines.xlsx")


@pytest.fixture
def given(book, tmp_path):
    """What the first row of a portfolio puts into the book."""

    def inputs(**columns):
        columns = {"Deal": "one", "Loans": "a | b | c", "Rates": "0 | 0.5 | 1"} | columns
        path = tmp_path / "p.csv"
        lines = (",".join(columns), ",".join(columns.values()))
        path.write_text("\n".join(lines) + "\n")
        portfolio = read_portfolio(path, book)
        found = portfolio.inputs(book, portfolio.rows[0])
        return {str(address): value for address, value in found.items()}

    return inputs


def test_each_value_goes_into_its_own_cell_of_the_row_or_column(given):
    assert given(Loans="a|b | c,d | e".replace(",", ";")) == {
        "Book!B1": "one", "Book!A2": "a|b", "Book!B2": "c;d", "Book!C2": "e",
        "Book!A3": 0.0, "Book!A4": 0.5, "Book!A5": 1.0, "Book!D3": NO_BASIS,
    }  # fmt: skip


def test_one_basis_serves_a_whole_column(given):
    assert given(Rates_Basis="Reported 2026: a report")["Book!D3"] == "Reported 2026: a report"


@pytest.mark.parametrize("rates", ["0.5", "0 | 1", "0 | 0.5 | 1 | 1"])
def test_too_many_or_too_few_values_are_counted(given, rates):
    count = rates.count("|") + 1
    says = rf'column Rates: takes 3 values separated by " \| ", but has {count}; .* Book!A3 to Book!A5'
    with pytest.raises(DealError, match=says):
        given(Rates=rates)


@pytest.mark.parametrize(
    ("rates", "says"),
    [
        ("0 | 1.5 | 1", "from 0 to 1, but is 1.5; the cell is Book!A4"),
        ("0 | 1 | much", 'number, but is the text "much"; the cell is Book!A5'),
        (" | 0 | 1", "blank; .* the cell is Book!A3"),
        ("0 |  | 1", "blank; .* the cell is Book!A4"),
    ],
)
def test_each_value_is_held_against_its_own_cell(given, rates, says):
    with pytest.raises(DealError, match=f"column Rates: .*{says}"):
        given(Rates=rates)


def test_a_block_is_no_column(given):
    with pytest.raises(PortfolioError, match="unknown column 'Block'"):
        given(Block="1 | 2 | 3 | 4")


def test_a_cell_of_a_line_cannot_be_given_twice(given):
    with pytest.raises(PortfolioError, match="two columns name the same cell"):
        given(**{"Book!A4": "0.3"})


def test_a_second_block_can_be_required(given, book, tmp_path):
    (tmp_path / "q.csv").write_text("Deal,Loans\none,a | b | c\n")
    with pytest.raises(PortfolioError, match=r"the column Rates is missing.*\(Book!A3:A5\)"):
        read_portfolio(tmp_path / "q.csv", book)
