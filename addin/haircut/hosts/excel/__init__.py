"""Excel on Windows, through xlwings: a VBA project with a wrapper for every function, and the server it calls.

``wrappers`` writes the VBA from the registry, ``project`` puts it into a workbook or the add-in, ``server``
is what VBA calls in Python, ``variants`` converts what COM carries, ``machine`` and ``doctor`` install
the add-in and find what keeps it from working. Only ``server`` imports xlwings, and only Excel imports ``server``.
"""
