"""The reference pages are what the declarations say, and say all of it."""

from pathlib import Path

import pytest

from haircut.functions import FUNCTIONS
from haircut.reference import entry, pages, sections

FOLDER = Path(__file__).parents[2] / "addin/reference"


def test_the_committed_pages_are_current():
    """Run `make reference` when this fails."""
    assert {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")} == pages()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_entry_has_all_that_an_analyst_looks_for(name):
    function, text = FUNCTIONS[name], entry(FUNCTIONS[name])
    assert function.summary in text
    assert function.source in text
    assert "**Example:**" in text
    assert all(arg.help in text and arg.unit in text for arg in function.args)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_model_documents_shapes_results_and_an_example(name):
    held = sections(FUNCTIONS[name])
    assert "Examples" in held
    if FUNCTIONS[name].args:
        assert {"Parameters", "Returns"} <= set(held)
