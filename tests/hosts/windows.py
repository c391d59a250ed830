"""xlwings as it runs on Windows, here: stand-ins for pywin32, so that its own server and converters are imported.

Only in a process of its own: the stand-ins stay in ``sys.modules``.
"""

import ctypes
import datetime
import sys
import types
from unittest.mock import MagicMock

MISSING = -2147352572


class NotAnObject(TypeError):
    """What unwrapping a plain value raises."""


def _module(name, **members):
    module = types.ModuleType(name)
    module.__dict__.update(members, __path__=[], __file__=name)
    sys.modules[name] = module
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, module)


def _unwrap(variant):
    raise NotAnObject(variant)


def xlwings_on_windows():
    """The package ``xlwings``, its Windows modules loaded."""
    dispatch = type("PyIDispatch", (), {})
    _module("pywintypes", com_error=Exception, TimeType=datetime.datetime, IID=str)
    _module(
        "pythoncom", IID_IDispatch="IDispatch", TypeIIDs={"IDispatch": dispatch}, CoInitialize=lambda: None
    )
    for name in ("win32api", "win32con", "win32gui", "win32process", "win32event", "win32timezone"):
        _module(name, TimeZoneInfo=MagicMock())
    _module("win32com")
    plain = {name: type(name, (), {}) for name in ("CDispatch", "CoClassBaseClass", "DispatchBaseClass")}
    _module("win32com.client", **plain, Dispatch=lambda it: it, DispatchEx=MagicMock(), gencache=MagicMock())
    _module("win32com.client.gencache")
    _module("win32com.client.dynamic", CDispatch=plain["CDispatch"])
    _module("win32com.server")
    _module("win32com.server.dispatcher")
    _module("win32com.server.policy")
    _module("win32com.server.util", unwrap=_unwrap, wrap=lambda it, *_: it)
    import pandas  # noqa: F401  before the platform changes under it

    ctypes.windll, ctypes.oledll, loader, platform = MagicMock(), MagicMock(), ctypes.PyDLL, sys.platform
    sys.platform, ctypes.PyDLL = "win32", MagicMock()
    try:
        import xlwings
        import xlwings.com_server
    finally:
        sys.platform, ctypes.PyDLL = platform, loader
    return xlwings
