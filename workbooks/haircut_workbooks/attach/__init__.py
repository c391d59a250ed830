"""The stress sheet put into the analyst's own workbook, mapped to its own cells.

``mapping`` reads which cells mean what and checks them, ``propose`` looks for them by their labels,
``layout``, ``sections`` and ``results`` say what stands on the sheet, ``transplant`` moves it into the
workbook's bytes, ``undo`` and ``removal`` take it out again. ``stress`` joins them: start reading there.
Nothing here writes a file.
"""
