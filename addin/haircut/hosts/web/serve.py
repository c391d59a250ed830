"""Starting the server, and what a user has to do so that Excel finds it."""

import socket
import ssl
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from haircut.errors import HostRefused
from haircut.hosts.web.files import files
from haircut.hosts.web.identity import Identity, identity, write_private
from haircut.hosts.web.wire import Limits

if TYPE_CHECKING:
    import uvicorn

PORT = 8765
LOOPBACK = ("localhost", "127.0.0.1")
WEF = Path("Library/Containers/com.microsoft.Excel/Data/Documents/wef")
"""Where Excel for Mac looks for the manifests of a user's own add-ins, below the home folder."""
CONNECTIONS = 64


@dataclass(frozen=True)
class Place:
    """Where the add-in is served: an identity and a port."""

    known: Identity
    port: int

    @property
    def base(self) -> str:
        """The address of the add-in, which holds the token."""
        return f"https://{self.known.host}:{self.port}/{self.known.token}/"

    @property
    def hosts(self) -> tuple[str, ...]:
        """The values of the Host header that are answered."""
        names = LOOPBACK if self.known.host in LOOPBACK else (self.known.host,)
        return tuple(f"{name.lower()}:{self.port}" for name in names)


def build(folder: Path, host: str, port: int) -> dict[str, bytes]:
    """Make every file of the add-in for a server that is started later.

    Raises
    ------
    HostRefused
        If the folder for the token and the certificate cannot be used.
    """
    return files(Place(identity(folder, host), port).base, Limits())


def install(folder: Path, host: str, port: int) -> Path:
    """Put the manifest where Excel for Mac finds it.

    Raises
    ------
    HostRefused
        On another system, or without Excel; the message says what to do there.
    """
    excel = Path.home() / WEF.parents[2]
    if sys.platform != "darwin":
        raise HostRefused(
            "only Excel for Mac takes a manifest from a folder; elsewhere start haircut web serve and add the "
            "manifest in Excel as it says"
        )
    if not excel.is_dir():
        raise HostRefused(f"{excel}: not found; install Excel and open it once")
    manifest = Path.home() / WEF / "haircut.xml"
    try:
        manifest.parent.mkdir(parents=True, exist_ok=True)
        write_private(manifest, build(folder, host, port)["manifest.xml"])
    except OSError as error:
        raise HostRefused(f"{manifest}: cannot be written ({error.strerror})") from None
    return manifest


def serve(folder: Path, host: str, port: int, say: Callable[[str], None]) -> None:
    """Answer Excel until stopped; first write the manifest and say what to do with it.

    Parameters
    ----------
    folder : Path
        The user's own folder for the token, the certificate and the manifest.
    host, port : str, int
        Where to listen; port 0 takes any free one.
    say : callable
        Prints a line.

    Raises
    ------
    HostRefused
        If the port is taken, or the folder cannot be used.
    """
    known = identity(folder, host)
    with _listening(host, port) as listener:
        place = Place(known, listener.getsockname()[1])
        server, manifest = server_for(place, Limits()), folder / "manifest.xml"
        write_private(manifest, files(place.base, Limits())["manifest.xml"])
        for line in steps(place, manifest):
            say(line)
        server.run(sockets=[listener])


def server_for(place: Place, limits: Limits) -> "uvicorn.Server":
    """Make the server that answers at a place; it is given its socket when it runs."""
    import uvicorn

    from haircut.hosts.web.server import Impatient, application

    config = uvicorn.Config(
        application(files(place.base, limits), place.known.token, place.hosts, limits),
        ssl_certfile=place.known.certificate,
        ssl_keyfile=place.known.key,
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
        http=Impatient,
        ws="none",
        limit_concurrency=CONNECTIONS,
        timeout_keep_alive=limits.idle,
    )
    try:
        config.load()
    except ssl.SSLError:
        message = f"{place.known.certificate}: does not go with its key; delete both and start again"
        raise HostRefused(message) from None
    return uvicorn.Server(config)


def steps(place: Place, manifest: Path) -> list[str]:
    """Say what a user does once, before Excel shows the functions."""
    certificate = place.known.certificate
    return [
        f"Haircut answers Excel at https://{place.known.host}:{place.port}; stop it with Ctrl-C.",
        f"The manifest holds this machine's token, keep it to yourself: {manifest}",
        "",
        "Once, let this machine trust the server (its certificate is good for nothing else):",
        "  Mac      security add-trusted-cert -r trustRoot -p ssl "
        f'-k ~/Library/Keychains/login.keychain-db "{certificate}"',
        f'  Windows  certutil -user -addstore Root "{certificate}"',
        "Once, add the manifest to Excel:",
        "  Mac      haircut web install, then in Excel: Home > Add-ins > Haircut",
        "  Windows  put it into a shared folder, add that under File > Options > Trust Center > Trusted Add-in",
        "           Catalogs, then Home > Add-ins > More > Shared folder > Haircut",
        "  Web      Home > Add-ins > More > Upload my add-in, in a browser on this machine",
        "",
        "Then a cell can hold =HC_LTV(70, 100), and the button Haircut on the tab Home opens the reference.",
    ]


def _listening(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port))
    except OSError as error:
        cure = "choose another with --port, and add the new manifest"
        raise HostRefused(f"{host}, port {port}: cannot be listened on ({error.strerror}); {cure}") from None
