"""The rules of the house that a machine can hold: imports, sizes, what a light import loads."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "addin").rglob("*.py")) + sorted((ROOT / "workbooks").rglob("*.py"))
HEAVY = (
    "pandas",
    "openpyxl",
    "xlwings",
    "xlsxwriter",
    "scipy",
    "formualizer",
    "ironcalc",
    "lxml",
    "pyopenvba",
    "starlette",
    "uvicorn",
    "cryptography",
)


def loaded_by(statement):
    code = f"{statement}; import sys; print(' '.join(sys.modules))"
    return set(
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.split()
    )


@pytest.mark.parametrize("module", ["haircut", "haircut.functions"])
def test_importing_the_add_in_is_light(module):
    assert not loaded_by(f"import {module}") & set(HEAVY)


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_file_grows_past_reason(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 450


@pytest.mark.parametrize("path", [p for p in SOURCES if p.name == "__init__.py"], ids=lambda p: p.parent.name)
def test_every_folder_says_what_lives_there(path):
    assert path.read_text(encoding="utf-8").startswith('"""')


def test_each_models_file_has_its_declarations():
    """One stem through models and functions; helpers of the models declare nothing."""
    helpers = {
        "__init__",
        "checks",
        "comparison",
        "conditional",
        "errors",
        "quadrature",
        "recursion",
        "sampling",
    }
    folder = ROOT / "addin/haircut/models"
    models = {p.stem for p in folder.glob("*.py")} - helpers | {
        p.parent.name for p in folder.glob("*/__init__.py")
    }
    assert models == {p.stem for p in (ROOT / "addin/haircut/functions").glob("*.py")} - {"__init__"}
