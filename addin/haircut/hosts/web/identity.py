"""Who the server is: a random token and a certificate for this machine alone, kept in the user's folder."""

import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from haircut.errors import HostRefused


@dataclass(frozen=True)
class Identity:
    """What a server is known by: the host's name, the token in its addresses, the files of its certificate."""

    host: str
    token: str
    certificate: Path
    key: Path


def identity(folder: Path, host: str) -> Identity:
    """Read the token and the certificate, or make them at the first time and when the certificate runs out.

    Parameters
    ----------
    folder : Path
        The user's own folder for them.
    host : str
        The name or the IPv4 address that Excel will ask for.

    Raises
    ------
    HostRefused
        If ``host`` is no such name, or the folder cannot be written, or does not hold what it should.
    """
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,62}[A-Za-z0-9])?", host) or host == "0.0.0.0":
        raise HostRefused(
            f'--host "{host}" is no name or address that Excel can ask for; give this machine\'s name'
        )
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = Identity(host, _token(folder / "token"), folder / f"{host}.pem", folder / f"{host}.key")
        _certify(found)
    except OSError as error:
        raise HostRefused(f"{folder}: cannot be used ({error.strerror}); make it writable") from None
    return found


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    aside.unlink(missing_ok=True)
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    aside.replace(path)


def _token(path: Path) -> str:
    if not path.exists():
        write_private(path, secrets.token_urlsafe(32).encode())
    token = path.read_text(encoding="ascii", errors="replace")
    if not re.fullmatch(r"[A-Za-z0-9_-]{43}", token):
        raise HostRefused(f"{path}: holds no token; delete it, and install the manifest again")
    return token


def _certify(known: Identity) -> None:
    from haircut.hosts.web.certificate import certify, in_force

    try:
        if known.key.exists() and known.certificate.exists() and in_force(known.certificate.read_bytes()):
            return
    except ValueError:
        raise HostRefused(f"{known.certificate}: holds no certificate; delete it and start again") from None
    key, certificate = certify(known.host)
    write_private(known.key, key)
    write_private(known.certificate, certificate)
