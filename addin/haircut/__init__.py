"""Haircut: credit maths for collateral that ages like fresh food.

What a spreadsheet cell calls lives here: the models (``haircut.models``), the reference data
(``haircut.facts``), the declarations of the worksheet functions (``haircut.functions``), the border
between cells and models (``haircut.cells``) and the hosts. Whole workbooks are the business of
``haircut_workbooks``, which this package never imports. Start reading at ``haircut.registry``.
"""

__version__ = "0.1.0"
