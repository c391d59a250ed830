"""The road from a book to verified bytes, and the second engine that checks it."""

import pytest
from tests.recalc.made import finished, made, of_formulas, with_rows

from haircut.errors import CellError
from haircut_workbooks.package.address import Address
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.splice import Edit, splice
from haircut_workbooks.recalc.engine import Recalculated, RecalculationFailed
from haircut_workbooks.recalc.formualizer_engine import Formualizer
from haircut_workbooks.recalc.recalculate import recalculate, stale
from haircut_workbooks.recalc.replay import agree, disagreements


def fill(_, sheet):
    sheet.write_column("A1", [125.0, 100.0])
    sheet.write_formula("B1", "=HC_DSCR(A1,A2)")
    sheet.write_formula("B2", '=IF(B1>=1.25,"meets","breach")')
    sheet.write_formula("B3", "=SUM(A1:A2)*2")
    sheet.write_formula("B4", "=B1>1")
    sheet.write_formula("B5", "=1/(A1-125)")
    sheet.write_formula("B6", '=IF(A1>0,"","x")')


@pytest.fixture(scope="module")
def done():
    return finished(made(fill))


def held(book):
    return {str(a).partition("!")[2]: v for a, v in book.values().items() if a.column == 2}


def test_every_value_is_in_the_file(done):
    assert held(done) == {"B1": 1.25, "B2": "meets", "B3": 450.0, "B4": True, "B5": CellError.DIV0, "B6": ""}


def test_an_up_to_date_book_is_the_same_file(done):
    assert recalculate(Formualizer(done), done, {}).book.data == done.data


def test_an_input_as_it_is_changes_nothing(done):
    inputs = {done.find("Data!A1"): 125.0}
    assert recalculate(Formualizer(done), done, inputs).book.data == done.data


def test_only_what_moved_changes(done):
    new = recalculate(Formualizer(done), done, {done.find("Data!A1"): 110.0}).book
    assert held(new) | {"A1": new.value(new.find("Data!A1"))} == {
        "A1": 110.0,
        "B1": 1.1,
        "B2": "breach",
        "B3": 420.0,
        "B4": True,
        "B5": pytest.approx(-1 / 15),
        "B6": "",
    }
    changed = [part for part in done.container.parts if done.container.read(part) != new.container.read(part)]
    assert changed == [done.sheets["Data"]]
    cells, old_cells = new.scan("Data"), done.scan("Data")
    same = [
        place
        for place, cell in cells.cells.items()
        if cells.data[cell.start : cell.end]
        == old_cells.data[old_cells.cells[place].start : old_cells.cells[place].end]
    ]
    assert sorted(same) == [(2, 1), (4, 2), (6, 2)]


TAMPERED = {"B2": "breach", "B3": 450.001, "B4": False, "B5": 0.0, "B6": "x"}


@pytest.mark.parametrize(("ref", "wrong"), TAMPERED.items(), ids=TAMPERED)
def test_one_false_value_is_named_and_no_other(done, ref, wrong):
    false = Book(splice(done, {done.find(f"Data!{ref}"): Edit(wrong, keep_formula=True)}), done.name)
    assert [line.split()[0] for line in disagreements(false)] == [f"Data!{ref}"]
    assert [line.split()[0] for line in stale(Formualizer(false), false)] == [f"Data!{ref}"]


def test_a_false_value_of_a_haircut_call_is_stale(done):
    """The second engine takes calls as they are; it then differs where a standard formula reads them."""
    false = Book(splice(done, {done.find("Data!B1"): Edit(1.0, keep_formula=True)}), done.name)
    assert [line.split()[0] for line in stale(Formualizer(false), false)] == ["Data!B1"]
    assert [line.split()[0] for line in disagreements(false)] == ["Data!B2", "Data!B4"]


def test_nothing_differs_in_a_finished_book(done):
    assert disagreements(done) == []
    assert stale(Formualizer(done), done) == []


def test_a_spill_of_another_size_is_stale():
    def spill(_, sheet):
        sheet.write("A1", 3)
        sheet.write_dynamic_array_formula("B1:B2", "=SEQUENCE(A1)")

    book = made(spill)
    assert "Data!B1 spills over B1:B3" in stale(Formualizer(book), book)


def test_a_spill_that_shrinks_clears_what_it_left():
    def spill(_, sheet):
        sheet.write("A1", 4)
        sheet.write_dynamic_array_formula("B1:B4", "=SEQUENCE(A1)")

    book = finished(made(spill))
    new = recalculate(Formualizer(book), book, {book.find("Data!A1"): 2.0}).book
    assert held(new) == {"B1": 1.0, "B2": 2.0}
    assert str(new.scan("Data").cells[1, 2].formula.area) == "B1:B2"


class Wrong:
    """An engine that errs."""

    def recalculate(self, inputs):
        book = finished(made(fill))
        return Recalculated({book.find("Data!B3"): 1.0}, {})


def test_an_engine_that_errs_is_found_out(done):
    with pytest.raises(RecalculationFailed) as failed:
        recalculate(Wrong(), done, {})
    assert str(failed.value) == (
        "book.xlsx: the two engines disagree: Data!B3 holds 1.0, the second engine says 450.0"
    )


def test_functions_that_one_engine_dates_differently_fail_by_name():
    """The second engine knows no 1904 dates: such a book is refused, not half right."""
    book = made(lambda _, sheet: sheet.write_formula("B1", "=DATE(2026,3,31)"), date_1904=True)
    with pytest.raises(RecalculationFailed, match=r"the two engines disagree: Data!B1 holds 44650\.0"):
        finished(book)


def test_shared_formulas_are_checked_one_by_one(capfd):
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f t="shared" ref="B1:B2" si="0">\'Q1 2026\'!A1*2</f></c></row>'
        '<row r="2"><c r="A2"><v>2</v></c><c r="B2"><f t="shared" si="0"/></c></row>'
    )

    def quarters(workbook, _):
        for quarter in (1, 2):
            workbook.add_worksheet(f"Q{quarter} 2026").write_column(0, 0, [quarter * 10, quarter * 10 + 1])

    done = finished(with_rows(made(quarters), rows))
    assert held(done) == {"B1": 20.0, "B2": 22.0}
    false = Book(splice(done, {done.find("Data!B2"): Edit(44.0, keep_formula=True)}), done.name)
    assert [line.split()[0] for line in disagreements(false)] == ["Data!B2"]
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (1.0, 1.0 + 1e-10, True),
        (1.0, 1.0 + 1e-8, False),
        (0.0, 1e-300, False),
        (0.0, 0.0, True),
        (None, "", True),
        (None, 0.0, True),
        (None, None, True),
        (None, False, False),
        (True, 1.0, False),
        ("a", "A", False),
        (CellError.NA, CellError.NA, True),
        (CellError.NA, "#N/A", False),
    ],
)
def test_agreement(a, b, same):
    assert agree(a, b) is agree(b, a) is same


def test_a_book_of_nothing_is_done_at_once():
    book = of_formulas({}, [1.0])
    assert finished(book).data == book.data


def test_a_wrong_member_of_an_array_is_found_too():
    def fill(_, sheet):
        sheet.write_column("A1", [1, 2, 3])
        sheet.write_array_formula("B1:B3", "{=A1:A3*2}")

    book = finished(made(fill))
    tampered = Book(splice(book, {Address("Data", 2, 2): Edit(5.0, keep_formula=True)}), "book.xlsx")
    assert disagreements(tampered) == ["Data!B2 holds 5.0, the second engine says 4.0"]
