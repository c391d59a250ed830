from tests.package.handmade import a_book, cells_xml

from haircut_workbooks.package.address import Address
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.frozen import frozen, haircut_cells

ROWS = cells_xml(
    [
        [
            '<c r="A1"><f>[1]!HC_LTV(B1,C1)</f><v>0.7</v></c>',
            '<c r="D1" cm="1"><f t="array" ref="D1:E2">_xll.hc_cash_sweep(B1)</f><v>1</v></c>',
            '<c r="E1"><v>2</v></c>',
            '<c r="F1" t="e"><f>HC_DSCR(B1,0)</f><v>#DIV/0!</v></c>',
        ],
        [
            '<c r="A2"><f>A1*2</f><v>1.4</v></c>',
            '<c r="B2" t="str"><f>"HC_LTV is a name"</f><v>HC_LTV is a name</v></c>',
            '<c r="D2" t="str"><v>a</v></c>',
        ],
        ['<c r="A3"><f t="shared" ref="A3:A4" si="0">IF(HC_DSCR(B3,C3)&gt;1,1,0)</f><v>1</v></c>'],
        [
            '<c r="A4"><f t="shared" si="0"/><v>0</v></c>',
            '<c r="C4"><f t="shared" ref="C4:C5" si="1">A4+1</f></c>',
        ],
        ['<c r="C5"><f t="shared" si="1"/><v>1</v></c>'],
    ]
)


def cell(ref):
    return a_book(ROWS).find(f"Data!{ref}")


def test_cells_that_call_or_are_filled():
    assert haircut_cells(a_book(ROWS)) == {
        cell(ref) for ref in ["A1", "D1", "D2", "E1", "E2", "F1", "A3", "A4"]
    }


def test_calls_become_their_values_and_the_rest_stays():
    book = a_book(ROWS)
    done = Book(frozen(book), "frozen")
    assert set(done.formulas()) == {cell(ref) for ref in ["A2", "B2", "C4", "C5"]}
    assert done.formulas()[Address("Data", 5, 3)] == "A5+1"
    assert done.value(Address("Data", 5, 3)) == 1.0
    calls = haircut_cells(book)
    assert {a: done.value(a) for a in calls} == {a: book.value(a) for a in calls}


def test_a_book_without_calls_is_the_same_file():
    book = a_book('<row r="1"><c r="A1"><f>1+1</f><v>2</v></c></row>')
    assert frozen(book) == book.data
