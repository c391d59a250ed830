"""An OOXML workbook file: opened safely, read cell by cell, and written in place.

``container`` is the zip, ``sheet`` finds each cell's bytes, ``book`` joins sheets, names and shared
strings, ``splice`` puts values into the bytes, ``rules`` says what a cell takes, ``inputs`` sets values in a
file (start reading there), ``quick`` reads what Excel wrote the fast way, ``parts`` adds and removes parts,
``rebind`` rewrites the calls of functions from one of the ``forms`` to another. Nothing here calculates, and
nothing saves through a spreadsheet library: what is not changed is copied byte for byte.
"""
