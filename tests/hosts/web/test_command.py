"""The commands haircut web serve, build and install, run as a user runs them."""

import os
import re
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.test_command import haircut
from tests.hosts.web.running import LIMITS, ask, in_cells

from haircut.errors import HostRefused
from haircut.hosts.web import serve
from haircut.hosts.web.files import files
from haircut.hosts.web.identity import Identity, identity
from haircut.hosts.web.serve import WEF, Place, install, server_for
from haircut_workbooks.cli import web

COMMAND = [sys.executable, "-W", "error", "-m", "haircut_workbooks.cli", "web"]


@pytest.fixture
def home(tmp_path, monkeypatch):
    """The environment of a user without any settings yet."""
    monkeypatch.setattr(web, "FOLDER", tmp_path / "config/haircut/web")
    return os.environ | {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config")}


@pytest.mark.parametrize("name", ["serve", "build", "install"])
def test_every_command_helps_with_an_example(home, name):
    result = haircut("web", name, "--help")
    assert result.returncode == 0
    assert f"Example: haircut web {name}" in result.stdout


LAST_LINE = (
    "Then a cell can hold =HC_LTV(70, 100), and the button Haircut on the tab Home opens the reference.\n"
)


def test_serve_prints_the_steps_answers_cells_and_stops_at_ctrl_c(home):
    command = [*COMMAND, "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=home) as server:
        try:
            printed = "".join(iter(server.stdout.readline, LAST_LINE))
            manifest = Path(re.search(r"keep it to yourself: (.*)", printed)[1])
            base = re.search(r'"(https://localhost:\d+/[^/]+/)taskpane.html"', manifest.read_text())[1]
            port, token = re.fullmatch(r"https://localhost:(\d+)/(.*)/", base).groups()
            place = Place(identity(manifest.parent, "localhost"), int(port))
            assert place.known.token == token
            assert in_cells(place, [("HC_LTV", (70, 100))])["answers"] == [[[0.7]]]
            assert ask(place, "GET", f"/{token}/manifest.xml")[2] == manifest.read_bytes()
        finally:
            server.send_signal(signal.SIGINT)
            assert server.wait(20) == 130
    assert stat.S_IMODE(manifest.stat().st_mode) == 0o600
    for step in ("security add-trusted-cert", "certutil -user -addstore Root", "Upload my add-in"):
        assert step in printed


def test_a_taken_port_is_refused_in_one_line(home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = haircut("web", "serve", "--port", port)
    assert result.returncode == 2
    assert re.fullmatch(
        rf"haircut: localhost, port {port}: cannot be listened on \(.*\); choose another with --port, and add the new manifest\n",
        result.stderr,
    )


def test_build_writes_the_files_for_the_same_token_as_serve_uses(home, tmp_path):
    result = haircut("web", "build", "--out", tmp_path / "addin", "--port", 9000)
    assert (result.returncode, result.stderr) == (0, "")
    known = identity(tmp_path / "config/haircut/web", "localhost")
    assert {p.name: p.read_bytes() for p in (tmp_path / "addin").iterdir()} == files(
        Place(known, 9000).base, LIMITS
    )
    assert haircut("web", "build", "--out", tmp_path / "addin").returncode == 2


class TestInstall:
    def test_elsewhere_than_on_a_mac_it_is_refused_with_the_cure(self, home):
        result = haircut("web", "install")
        assert result.returncode == 2
        assert "only Excel for Mac takes a manifest from a folder" in result.stderr
        assert len(result.stderr.splitlines()) == 1

    def test_without_excel_it_is_refused(self, tmp_path, monkeypatch):
        monkeypatch.setattr(serve.sys, "platform", "darwin")
        monkeypatch.setattr(Path, "home", lambda: tmp_path)
        with pytest.raises(
            HostRefused, match=r"com\.microsoft\.Excel: not found; install Excel and open it once"
        ):
            install(tmp_path / "web", "localhost", 8765)

    def test_on_a_mac_the_manifest_lands_where_excel_looks(self, tmp_path, monkeypatch):
        monkeypatch.setattr(serve.sys, "platform", "darwin")
        monkeypatch.setattr(Path, "home", lambda: tmp_path)
        (tmp_path / WEF.parents[2]).mkdir(parents=True)
        manifest = install(tmp_path / "web", "localhost", 8765)
        assert manifest == tmp_path / WEF / "haircut.xml"
        assert b"https://localhost:8765/" in manifest.read_bytes()


def test_a_certificate_that_is_not_of_its_key_is_refused(tmp_path):
    known, other = identity(tmp_path / "a", "localhost"), identity(tmp_path / "b", "localhost")
    mixed = Identity(known.host, known.token, known.certificate, other.key)
    with pytest.raises(HostRefused, match="does not go with its key; delete both"):
        server_for(Place(mixed, 8765), LIMITS)


def test_only_the_name_that_is_served_is_answered_to():
    known = Identity("mac.lan", "t", Path("c"), Path("k"))
    assert Place(known, 9000).hosts == ("mac.lan:9000",)
    assert Place(known, 9000).base == "https://mac.lan:9000/t/"
