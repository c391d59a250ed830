PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check templates reference soak benchmarks clean

demo: .venv/installed
	$(BIN)/haircut regenerate gpu_loan --portfolio templates/gpu_loan/portfolio.csv --out demo

test: .venv/tested-with check
	sh tests/libreoffice.sh
	sh tests/hosts/web/setup.sh
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n 2

check: .venv/tested-with
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

soak: .venv/installed
	$(BIN)/python -W error tests/cells/soak.py 100000

benchmarks: .venv/installed
	PYTHONPATH=. $(BIN)/python tests/benchmarks/schedules.py
	PYTHONPATH=. $(BIN)/python tests/benchmarks/scenario.py
	PYTHONPATH=. $(BIN)/python tests/benchmarks/factor_loss.py
	PYTHONPATH=. $(BIN)/python tests/benchmarks/web.py
	PYTHONPATH=. $(BIN)/python tests/benchmarks/writer.py

templates: .venv/installed
	for name in $$($(BIN)/python -c "from haircut_workbooks.templates import TEMPLATES; print(*TEMPLATES)"); do \
		rm -f templates/$$name/$$name.xlsx && $(BIN)/haircut new $$name templates/$$name/$$name.xlsx || exit; \
	done

reference: .venv/installed
	$(BIN)/python -m haircut.reference addin/reference

.venv/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Haircut needs Python 3.11 or newer: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/tested-with: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

clean:
	rm -rf .venv demo dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
