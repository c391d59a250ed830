"""Recalculation: a workbook and its inputs in, every value out, twice.

``engine`` says what an engine is; ``formualizer_engine`` is the default one, fed by ``lowering``, which
rewrites what that engine reads differently from Excel; ``libreoffice_engine`` is the one for books that it
refuses, fed by ``office_formulas``, over the warm ``office`` that ``office_worker`` drives; ``replay`` lets
IronCalc calculate every standard formula a second time. ``what_if``, ``loops`` and ``fetched`` are what both
have to know of a book, ``inspection`` tells it without calculating. ``recalculate`` joins them into the one
road from a book to verified bytes: start reading there. Nothing here writes a file.
"""
