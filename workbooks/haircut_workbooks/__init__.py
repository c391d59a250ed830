"""Whole workbooks: read, recalculated, verified and written with nothing lost.

``package`` knows OOXML files, ``recalc`` the calculation engines, ``templates`` builds new workbooks,
``batch`` runs portfolios, ``cli`` is the ``haircut`` command. What a single cell calls is in ``haircut``.
Start reading at ``recalc``.
"""
