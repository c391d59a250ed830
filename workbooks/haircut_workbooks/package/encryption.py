"""Workbooks encrypted with a password: read and written with msoffcrypto-tool, where it is installed."""

import io
from typing import Any

from haircut_workbooks.package.container import OLE2, WorkbookRefused


def is_encrypted(data: bytes) -> bool:
    """Whether a file is an OLE2 one that holds an encrypted package."""
    return data[:4] == OLE2 and "EncryptedPackage".encode("utf-16le") in data


def decrypted(data: bytes, name: str, password: str) -> bytes:
    """Return the workbook inside an encrypted file.

    Raises
    ------
    WorkbookRefused
        The password is wrong, the file is damaged, or the library is not there.
    """
    library = _library(name)
    plain = io.BytesIO()
    try:
        file = library.OfficeFile(io.BytesIO(data))
        file.load_key(password=password, verify_password=True)
        file.decrypt(plain, verify_integrity=file.type == "agile")
    except library.exceptions.InvalidKeyError:
        raise WorkbookRefused(f"{name}: the password is wrong; give the one that opens it in Excel") from None
    except Exception as error:  # the library lets through whatever a damaged file provokes
        raise WorkbookRefused(f"{name}: cannot be decrypted ({error}); get a fresh copy") from None
    return plain.getvalue()


def encrypted(data: bytes, name: str, password: str) -> bytes:
    """Return a workbook encrypted with a password, as Excel would, after reading it back.

    Raises
    ------
    WorkbookRefused
        The library is not there, or what it wrote does not come back the same.
    """
    _library(name)
    from msoffcrypto.format.ooxml import OOXMLFile

    file = io.BytesIO()
    OOXMLFile(io.BytesIO(data)).encrypt(password, file)
    if decrypted(file.getvalue(), name, password) != data:
        raise WorkbookRefused(f"{name}: could not be encrypted again; nothing was written")
    return file.getvalue()


def _library(name: str) -> Any:
    try:
        import msoffcrypto
        import msoffcrypto.exceptions
    except ImportError:
        raise WorkbookRefused(
            f"{name}: the workbook is encrypted, and opening it needs msoffcrypto-tool; "
            "install it with pip install 'haircut[encrypted]'"
        ) from None
    return msoffcrypto
