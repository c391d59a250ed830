"""Batches: a portfolio and a book in, one verified workbook a deal and a roll-up out.

``portfolio`` reads the table and pairs its columns with the book's cells, ``run`` regenerates the deals in
a process pool, ``rollup`` writes the workbook that ranks them. Start reading at ``run``.
"""
