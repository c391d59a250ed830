"""The credit models: pure functions of numbers and numpy arrays, one file per family.

Nothing here knows of cells, workbooks or hosts, and nothing is imported but numpy, scipy and
``haircut.facts``. Time is in years from closing, rates are annual decimals, money is in the loan's
currency and positive, rent is USD per GPU-hour. A function raises one of the errors of
``haircut.models.errors``; where single elements of an array answer have no value, its docstring says
what a NaN or an infinity at that place means. Start reading at ``collateral``.
"""
