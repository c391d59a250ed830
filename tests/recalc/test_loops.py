"""Circular references from the text of formulas, beside scipy's search in the graph they were made from."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components
from tests.package.handmade import a_book, cells_xml

from haircut_workbooks.package.address import Address, column_letters
from haircut_workbooks.recalc.loops import cuts, loops
from haircut_workbooks.recalc.mentions import mentions

CELLS = 9


def book_reading(edges):
    """Formula cells A1, B1, ... in one row, each the sum of those it reads."""
    texts = [
        "+".join(["1", *(f"{column_letters(j + 1)}1" for i, j in edges if i == k)]) for k in range(CELLS)
    ]
    return a_book(
        cells_xml([[f'<c r="{column_letters(k + 1)}1"><f>{t}</f></c>' for k, t in enumerate(texts)]])
    )


def loops_of(edges):
    graph = np.zeros((CELLS, CELLS))
    for i, j in edges:
        graph[i, j] = 1
    _, labels = connected_components(graph, connection="strong")
    groups = [[k for k in range(CELLS) if labels[k] == label] for label in set(labels)]
    return sorted(group for group in groups if len(group) > 1 or (group[0], group[0]) in edges)


EDGES = st.sets(st.tuples(st.integers(0, CELLS - 1), st.integers(0, CELLS - 1)), max_size=18)


@settings(deadline=None, max_examples=150)
@given(EDGES)
def test_the_loops_are_the_strongly_connected_cells(edges):
    found = sorted([address.column - 1 for address in loop] for loop in loops(book_reading(edges)))
    assert found == loops_of(edges)


@settings(deadline=None, max_examples=150)
@given(EDGES)
def test_without_the_cuts_nothing_loops(edges):
    cut = {address.column - 1 for address in cuts(book_reading(edges))}
    assert loops_of({(i, j) for i, j in edges if not {i, j} & cut}) == []
    assert bool(cut) == bool(loops_of(edges))


def test_through_ranges_names_tables_spills_and_shared_formulas():
    rows = (
        '<row r="1"><c r="A1"><f>SUM(B:B)</f></c><c r="B1"><f>Rate*2</f></c></row>'
        '<row r="2"><c r="C2"><f t="shared" ref="C2:C3" si="0">D2</f></c><c r="D2"><f>E2</f></c></row>'
        '<row r="3"><c r="C3"><f t="shared" si="0"/></c><c r="D3"><f>C3</f></c></row>'
        '<row r="5"><c r="F5" cm="1"><f t="array" ref="F5:F6">G5:G6*1</f></c><c r="G6"><f>F6</f></c></row>'
    )
    rows = rows.replace('<c r="G6">', '</row><row r="6"><c r="G6">')
    names = '<definedNames><definedName name="Rate">Base</definedName><definedName name="Base">Data!$A$1</definedName></definedNames>'
    found = loops(a_book(rows, workbook=names))
    assert [[str(a).partition("!")[2] for a in loop] for loop in sorted(found)] == [
        ["A1", "B1"],
        ["C3", "D3"],
        ["F5", "G6"],
    ]


@pytest.mark.parametrize(
    ("text", "functions", "blocks", "names", "linked"),
    [
        ('IF(A1="B2",C$3,"D4")', ["IF"], ["A1", "C3"], [], False),
        ("'It''s'!A1:B2+Sheet2!$C$1", [], ["A1:B2", "C1"], [], False),
        ("[1]Sheet1!A1*'[2]My sheet'!B2", [], [], [], True),
        ("_xlfn._xlws.FILTER(A:A,1:1)", ["FILTER"], ["A1:A1048576", "A1:XFD1"], [], False),
        ("LOG10(A1)+Tax_2024+a1b", ["LOG10"], ["A1"], ["Tax_2024", "a1b"], False),
        ("deals[[#Totals],[Debt]]+deals[@Rent]", [], [], [], False),
        ("1E5+2.5e3-TRUE", [], [], [], False),
        ("XFE1+A1048577", [], [], ["XFE1", "A1048577"], False),
    ],
)
def test_what_a_formula_mentions(text, functions, blocks, names, linked):
    found = mentions(text)
    assert found.functions == functions
    assert [str(block.area) for block in found.blocks] == blocks
    assert found.names == names
    assert found.linked is linked


def test_a_followers_references_move_as_the_dollars_say():
    (block,) = mentions("SUM($A2:B$3)").blocks
    assert str(block.seen_from(rows=5, columns=2)) == "A7:D3"
    assert Address("Data", 1, 1) < Address("Data", 1, 2)
