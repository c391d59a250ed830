"""LibreOffice Calc: the worksheet functions as a Python UNO component in an extension, ``haircut.oxt``.

``extension`` builds the file from the registry, with the type library that ``typelib`` writes; ``component``
is what the office loads: it finds Haircut and hands each call to ``border``. ``office`` finds the installed
office and installs the extension. Nothing here but ``component`` needs UNO. Start reading at ``extension``.
"""
