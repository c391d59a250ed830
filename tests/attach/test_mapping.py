"""Mappings: read, checked cell by cell, refused in words that name the cell and the cure."""

import pytest
from tests.attach.analyst import MAPPING, PERIODS, cfads, payment
from tests.recalc.made import made

from haircut.errors import CellError
from haircut_workbooks.attach.mapping import MappingError, as_file, mapped, periods_a_year, read_file
from haircut_workbooks.attach.propose import proposed
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.splice import Edit, splice

TWO = {item: MAPPING[item] for item in ("cfads", "debt_service")}


def refusal(book, **texts):
    with pytest.raises(MappingError) as caught:
        mapped(book, TWO | texts)
    return str(caught.value)


def test_a_minus_turns_the_sign(bare):
    found = mapped(bare, TWO)
    assert found.values["cfads"] == tuple(cfads())
    assert found.values["debt_service"] == (payment(),) * PERIODS
    assert str(found.sources["debt_service"]) == "-Model!F11:Q11"


def test_a_defined_name_serves_as_well():
    def fill(workbook, sheet):
        sheet.write_row("A1", [3, 4])
        sheet.write_row("A2", [1, 2])
        workbook.define_name("Cash", "=Data!$A$1:$B$1")

    found = mapped(made(fill), {"cfads": "cash", "debt_service": "data!a2:b2"})
    assert found.values == {"cfads": (3.0, 4.0), "debt_service": (1.0, 2.0)}


def test_rows_add_up():
    def fill(workbook, sheet):
        sheet.write_row("A1", [90, 80])
        sheet.write_row("A2", [7, 6])
        sheet.write_row("A3", [-40, -41])
        workbook.define_name("Interest", "=Data!$A$2:$B$2")

    book = made(fill)
    for text in ("Data!A2:B2 - Data!A3:B3", "-Data!A3:B3+'Data'!A2:B2", "interest + -Data!A3:B3"):
        assert mapped(book, {"cfads": "Data!A1:B1", "debt_service": text}).values["debt_service"] == (47, 47)
    with pytest.raises(MappingError, match='"Fees" is neither a range'):
        mapped(book, {"cfads": "Data!A1:B1", "debt_service": "Interest + Fees"})
    with pytest.raises(MappingError, match="Data!A3 is -40"):
        mapped(book, {"cfads": "Data!A1:B1", "debt_service": "Interest + Data!A3:B3"})


@pytest.mark.parametrize(
    ("item", "text", "words"),
    [
        ("debt_service", "Model!F11:Q11", ["Model!F11 is -", "-Model!F11:Q11"]),
        ("debt_service", "-Model!F11:P11", ["11 cells", "12", "same periods"]),
        ("debt_service", "Model!F11:Q12", ["2 x 12", "one row or one column"]),
        ("debt_service", "'The deal'!C3:C14", ["column", "cfads", "row"]),
        ("debt_service", "Debt!F11:Q11", ["no sheet Debt", "Model, The deal"]),
        ("debt_service", "Model F11:Q11", ["neither a range", "Model!F20:AS20"]),
        ("revenue", "Model!B7:M7", ['Model!B7 holds the text "Revenue"']),
        ("balances", "Model!G12:R12", ["Model!R12 holds nothing"]),
        ("dates", "Model!F7:Q7", ["not one month, quarter, half-year or year apart"]),
        ("gpus", "'The deal'!C4", ["gpus needs collateral"]),
        ("debt", "'The deal'!C5", ["debt needs balances"]),
        ("collateral", "'The deal'!C3", ["collateral needs balances"]),
        ("rate", "'The deal'!C5", ["The deal!C5 is 60000000", "such as 8 %"]),
        ("rate", "'The deal'!C5:C6", ["2 cells", "the one that holds it"]),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(bare, item, text, words):
    message = refusal(bare, **{item: text})
    assert message.startswith(item)
    assert all(word in message for word in words), message


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (Edit(CellError.REF), "Model!H9 holds #REF!; mend it first"),
        (Edit(True), "Model!H9 holds TRUE, not a number"),
        (Edit(None, formula="H7+H8"), "Model!H9 holds a formula without a value"),
        (Edit("n/a"), 'Model!H9 holds the text "n/a"'),
    ],
)
def test_a_cell_without_a_number_is_named(bare, edit, words):
    book = Book(splice(bare, {bare.find("Model!H9"): edit}), bare.name)
    assert words in refusal(book)


def test_nothing_due_is_refused(bare):
    zeros = {bare.find(f"Model!{column}11"): Edit(0.0) for column in "FGHIJKLMNOPQ"}
    assert "0 throughout" in refusal(Book(splice(bare, zeros), bare.name))


def test_without_cash_there_is_no_mapping(bare):
    with pytest.raises(MappingError, match="cfads is not mapped"):
        mapped(bare, {})


@pytest.mark.parametrize(("days", "frequency"), [(365, 1), (182, 2), (91, 4), (31, 12)])
def test_frequency_from_dates(days, frequency):
    assert periods_a_year(tuple(46000.0 + days * i for i in range(6)), "here") == frequency


def test_a_gap_in_the_dates_is_refused():
    with pytest.raises(MappingError):
        periods_a_year((46000.0, 46091.0, 46182.0, 46400.0), "here")


class TestFile:
    def test_what_is_proposed_is_read_back(self, bare, tmp_path):
        found = proposed(bare)
        texts = {item: each.text for item, each in found.items()}
        path = tmp_path / "map.toml"
        labels = {item: each.label for item, each in found.items()}
        path.write_text(as_file(mapped(bare, texts), labels), encoding="utf-8")
        assert read_file(path) == texts
        assert "'Closing balance'" in path.read_text(encoding="utf-8")

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("cfads = Model!F9", "cannot be read as a mapping"),
            ("cash = 'Model!F9:Q9'", "no such item as cash"),
            ("cfads = 9", "cfads must be text"),
            ("", "names no cells; each line is an item"),
        ],
    )
    def test_a_bad_file_is_named(self, tmp_path, text, words):
        path = tmp_path / "map.toml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(MappingError, match=words) as caught:
            read_file(path)
        assert str(path) in str(caught.value)

    def test_a_missing_file_is_named(self, tmp_path):
        with pytest.raises(
            MappingError, match=r"nowhere.toml: cannot be read as a mapping \(No such file or directory\)"
        ):
            read_file(tmp_path / "nowhere.toml")


class TestProposal:
    def test_labels_left_of_rows(self, bare):
        assert {item: found.text for item, found in proposed(bare).items()} == MAPPING

    def test_debt_service_in_two_rows(self):
        def fill(_, sheet):
            rows = {"CFADS": 150, "Interest income": 3, "Interest rate": 0.08, "Interest expense": -30, "Principal repayment": 70}  # fmt: skip
            for i, (label, value) in enumerate(rows.items()):
                sheet.write_row(i, 0, [label, *[value] * 4])

        found = proposed(made(fill))["debt_service"]
        assert (found.text, found.label) == (
            "-Data!B4:E4 + Data!B5:E5",
            "Interest expense + Principal repayment",
        )

    def test_formulas_that_were_never_calculated_are_named(self):
        def fill(_, sheet):
            sheet.write("A1", "CFADS")
            for column in range(1, 5):
                sheet.write_formula(0, column, "=1+1", None, "")

        book = made(fill)
        empty = {address: Edit(None, keep_formula=True) for address in book.formulas()}
        with pytest.raises(MappingError, match="Data!B1 holds a formula without a value; .*haircut recalc"):
            proposed(Book(splice(book, empty), book.name))

    def test_labels_above_columns(self):
        def fill(_, sheet):
            sheet.write_row("B2", ["CFADS", "Total debt service", "DSCR", "Loan balance, closing"])
            for i in range(5):
                sheet.write_row(2 + i, 1, [130 - i, 100, 1.3, 400 - 100 * i])

        found = {item: each.text for item, each in proposed(made(fill)).items()}
        assert found == {"cfads": "Data!B3:B7", "debt_service": "Data!C3:C7", "balances": "Data!E3:E7"}

    def test_periods_are_those_that_cash_and_debt_service_share(self):
        def fill(_, sheet):
            sheet.write_row("A1", ["CFADS", "USD", 5, 9, 9, 9, 9])
            sheet.write_row("A2", ["Debt service", "USD", "", 7, 7, 7, 7])

        found = {item: each.text for item, each in proposed(made(fill)).items()}
        assert found == {"cfads": "Data!D1:G1", "debt_service": "Data!D2:G2"}

    def test_a_ratio_is_not_what_it_divides(self):
        def fill(_, sheet):
            sheet.write_row("A1", ["CFADS", 5, 9, 9])
            sheet.write_row("A2", ["Debt service cover ratio", 1.2, 1.3, 1.3])

        with pytest.raises(MappingError, match="labelled as debt_service.*suggest cfads = Data!B1:D1 "):
            proposed(made(fill))

    def test_neither_a_multiple_of_interest_nor_cash(self):
        def fill(_, sheet):
            sheet.write_row("A1", ["EBITDA/Interest", 5, 9, 9])
            sheet.write_row("A2", ["EBITDA", 9, 9, 9])
            sheet.write_row("A3", ["Debt service", 5, 5, 5])
            sheet.write_row("A4", ["Ending cash balance", 7, 8, 9])

        found = {item: each.text for item, each in proposed(made(fill)).items()}
        assert found == {"cfads": "Data!B2:D2", "debt_service": "Data!B3:D3"}

    def test_a_workbook_without_labels_proposes_nothing(self):
        with pytest.raises(MappingError, match="labelled as cfads"):
            proposed(made(lambda _, sheet: sheet.write_row("A1", [1, 2, 3])))
