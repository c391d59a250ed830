"""Run the command with ``python -m haircut_workbooks.cli``."""

from haircut_workbooks.cli import main

main()
